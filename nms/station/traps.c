#include "station/traps.h"

#include "base/pace.h"
#include "base/table.h"
#include "base/text.h"
#include "mibs/names.h"
#include "station/alert.h"
#include "station/polling.h"
#include "station/storms.h"
#include "station/trap_kinds.h"

#include <stdlib.h>

#include <jansson.h>

enum {
    TOLD_MAX = 512,        /* notifications remembered as evidence */
    TOLD_MS = 60000,       /* so long */
    VALUES_MAX = 8192,     /* octets of varbinds that an event keeps */
    SHOWN_MAX = 400,       /* octets of its text */
    NAME_MAX_OCTETS = 160, /* of its type */
    POLLS_PER_S = 200,     /* that notifications ask for: ... */
    POLLS_BURST = 2000,
    FACTS_PER_S = 5, /* ... readings of all facts */
    FACTS_BURST = 100,
    IN_STORMS_PER_S = 1,
    IN_STORMS_BURST = 10,
};

/* Where ports are told of by their ifIndex: as a value, or as an instance. */
static const struct oid if_index_name = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1);
static const struct oid if_entry = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1);
static const struct oid if_x_entry = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1);

struct told {
    struct ident device;
    uint32_t if_index;
    struct mono at;
};

struct traps {
    struct traps_parts parts;
    struct storms *storms;
    struct table *engines; /* engine id -> struct ident */
    struct told told[TOLD_MAX];
    size_t told_next;
    struct pace polls, facts, in_storms; /* that notifications ask for */
    struct buffer text, values;          /* of the one at hand */
};

struct traps *traps_new(const struct traps_parts *parts)
{
    struct traps *t = mem_new(struct traps);

    t->parts = *parts;
    t->storms = storms_new();
    t->engines = table_new();
    return t;
}

void traps_free(struct traps *t)
{
    size_t at = 0;
    void *value;

    if (t == NULL)
        return;
    while (table_next(t->engines, &at, NULL, &value))
        free(value);
    table_free(t->engines);
    storms_free(t->storms);
    buffer_fini(&t->text);
    buffer_fini(&t->values);
    free(t);
}

/* ---- whom it is about ---- */

void traps_learn(struct traps *t, const struct device *d)
{
    struct bytes id = d->facts->system.engine_id;
    struct ident *kept;

    if (id.len == 0 || id.len > MESSAGE_ENGINE_ID_MAX)
        return;
    kept = table_find(t->engines, id);
    if (kept == NULL) {
        /* Devices that are gone leave theirs: as many again at most. */
        if (table_count(t->engines) > 2 * inventory_count(t->parts.inventory))
            return;
        kept = mem_new(struct ident);
        (void)table_put(t->engines, id, kept); /* there was none */
    }
    *kept = d->id;
}

struct device *traps_engine(const struct traps *t, struct bytes engine_id)
{
    const struct ident *id = table_find(t->engines, engine_id);

    return id != NULL ? inventory_by_id(t->parts.inventory, id) : NULL;
}

static struct device *device_of(const struct traps *t,
                                const struct notification *n)
{
    struct device *d = inventory_by_addr(t->parts.inventory, &n->origin);

    if (d == NULL && n->engine_id.len > 0 && !n->inform)
        d = traps_engine(t, n->engine_id);
    return d != NULL ? d : inventory_by_addr(t->parts.inventory, &n->from);
}

/* Who sent it, which is not always whom it is about. */
static const struct device *sender_of(const struct traps *t,
                                      const struct notification *n)
{
    const struct device *d = inventory_by_addr(t->parts.inventory, &n->from);

    return d == NULL && n->engine_id.len > 0 && !n->inform
               ? traps_engine(t, n->engine_id)
               : d;
}

/* The ifIndex that it tells of; 0: of none. */
static uint32_t if_index_of(const struct notification *n)
{
    for (size_t i = 0; i < n->count; i++) {
        const struct varbind *vb = &n->varbinds[i];
        bool of_port =
            oid_begins(vb->name, if_entry) || oid_begins(vb->name, if_x_entry);
        int64_t number = 0;

        if (oid_begins(vb->name, if_index_name))
            number = value_integer(&vb->value, 0);
        else if (of_port && vb->name.len > 1)
            number = vb->name.sub[vb->name.len - 1];
        if (number > 0 && number <= INT32_MAX)
            return (uint32_t)number;
    }
    return 0;
}

/* ---- what is looked at ---- */

static void remember(struct traps *t, const struct device *d, uint32_t if_index,
                     struct mono now)
{
    t->told[t->told_next] =
        (struct told){.device = d->id, .if_index = if_index, .at = now};
    t->told_next = (t->told_next + 1) % TOLD_MAX;
}

unsigned traps_evidence(const struct traps *t, const struct ident *device,
                        uint32_t if_index, struct mono now)
{
    for (size_t i = 0; i < TOLD_MAX; i++)
        if (t->told[i].if_index == if_index &&
            ident_equal(&t->told[i].device, device) &&
            mono_ms_between(t->told[i].at, now) <= TOLD_MS)
            return ALERT_BY_TRAP;
    return 0;
}

/* ---- what is kept ---- */

/* "linkDown" of "IF-MIB::linkDown". */
static const char *without_module(const char *name)
{
    const char *colons = strstr(name, "::");

    return colons != NULL ? colons + 2 : name;
}

static void add_varbind(struct traps *t, const struct varbind *vb, json_t *list)
{
    struct buffer OWNED_BUFFER name = {0}, value = {0};

    names_format(t->parts.names, vb->name, &name);
    names_value(t->parts.names, vb->name, &vb->value, &value);
    if (value.at == NULL)
        buffer_text(&value, "");
    json_array_append_new(
        list, json_pack("{s:s,s:s}", "name", name.at, "value", value.at));
    if (t->text.len < SHOWN_MAX)
        buffer_format(&t->text, "%s %s=%s",
                      json_array_size(list) > 1 ? "," : ":",
                      without_module(name.at), value.at);
}

/* What it says: text for people, values for programs. */
static void describe(struct traps *t, const struct notification *n,
                     const char *name)
{
    static const char *const versions[] = {"1", "2c", "2", "3"};
    char from[ADDR_TEXT_MAX], oid[OID_TEXT_MAX];
    json_t *list = json_array(), *values;
    size_t octets = 0;

    buffer_clear(&t->text);
    buffer_text(&t->text, without_module(name));
    for (size_t i = 0; i < n->count && octets < VALUES_MAX; i++) {
        const struct value *v = &n->varbinds[i].value;

        octets += 4 * n->varbinds[i].name.len;
        if (v->type == VALUE_OCTETS || v->type == VALUE_OPAQUE)
            octets += v->octets.len;
        add_varbind(t, &n->varbinds[i], list);
    }
    values = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:b,s:o}", "notification", name, "oid",
        oid_format(n->trap, oid, sizeof oid), "from",
        addr_format(&n->from, from, sizeof from), "version",
        n->version >= 0 && n->version < 4 ? versions[n->version] : "",
        "credential", n->credential != NULL ? n->credential->name : "",
        "inform", (int)n->inform, "varbinds", list);
    OWNED(free) char *text = json_dumps(values, JSON_COMPACT);
    buffer_clear(&t->values);
    buffer_text(&t->values, text != NULL ? text : "{}");
    json_decref(values);
}

/* "sw1", "sw1:Gi0/1", or the address of who is no device. */
static void name_object(const struct notification *n, const struct device *d,
                        uint32_t if_index, struct buffer *out)
{
    const char *port =
        d != NULL && if_index > 0 ? polling_port_name(d, if_index) : NULL;
    char addr[ADDR_TEXT_MAX];

    if (d == NULL || d->name == NULL)
        buffer_text(out, addr_format(&n->origin, addr, sizeof addr));
    else if (port != NULL)
        buffer_format(out, "%s:%s", d->name, port);
    else
        buffer_text(out, d->name);
}

static void keep(struct traps *t, const struct notification *n,
                 const char *object, bool storm)
{
    const struct trap_kind *kind = trap_kind_of(n->trap);
    struct buffer OWNED_BUFFER name = {0};
    char type[NAME_MAX_OCTETS];

    names_format(t->parts.names, n->trap, &name);
    (void)snprintf(type, sizeof type, "notification.%s",
                   without_module(name.at));
    struct event_subject subject = {
        .class = kind->class,
        .severity = kind->severity,
        .type = type,
        .object = object,
        .source = "notification",
        .quiet = true,
    };
    if (storm) {
        events_add(t->parts.events, n->at, &subject,
                   "%s, of a storm: counted, not kept one by one",
                   without_module(name.at));
        return;
    }
    describe(t, n, name.at);
    subject.values = t->values.at;
    events_add(t->parts.events, n->at, &subject, "%s", t->text.at);
}

/* ---- what comes ---- */

/* Whoever sends, also in others' names, has the station ask at a pace that it
 * can keep beside its polls; in a storm of the sender alone. */
static bool is_to_be_verified(struct traps *t, enum storm_verdict storm,
                              bool is_sender, bool facts, struct mono now)
{
    if (storm != STORM_NONE && !is_sender)
        return false;
    if (storm != STORM_NONE)
        return pace_allows(&t->in_storms, now, IN_STORMS_PER_S,
                           IN_STORMS_BURST);
    return facts ? pace_allows(&t->facts, now, FACTS_PER_S, FACTS_BURST)
                 : pace_allows(&t->polls, now, POLLS_PER_S, POLLS_BURST);
}

bool traps_take(struct traps *t, const struct notification *n, struct mono now)
{
    const struct device *sender = sender_of(t, n);
    enum storm_verdict storm = storms_take(
        t->storms, &n->from, sender != NULL ? &sender->id : NULL, now);
    const struct trap_kind *kind = trap_kind_of(n->trap);
    struct device *d = device_of(t, n);
    uint32_t if_index = if_index_of(n);
    struct buffer OWNED_BUFFER object = {0};

    name_object(n, d, storm == STORM_NONE ? if_index : 0, &object);
    if (storm == STORM_BEGINS)
        t->parts.storm(t->parts.arg, sender, &n->from, NULL);
    keep(t, n, object.at, storm != STORM_NONE);
    bool facts = kind->look == LOOK_FACTS;
    if (d != NULL && kind->look != LOOK_NOWHERE &&
        is_to_be_verified(t, storm, d == sender, facts, now)) {
        remember(t, d, if_index, now);
        t->parts.verify(t->parts.arg, d, facts);
    }
    return storm == STORM_NONE;
}

void traps_tick(struct traps *t, struct mono now)
{
    struct storm over;

    while (storms_over(t->storms, now, &over))
        t->parts.storm(t->parts.arg,
                       inventory_by_id(t->parts.inventory, &over.device),
                       &over.from, &over);
}

size_t traps_storms(const struct traps *t)
{
    return storms_count(t->storms);
}
