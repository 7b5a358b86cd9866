#include "station/causes_parts.h"

#include "station/polling.h"
#include "topology/dominators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FAR_ASKS = 12 }; /* FAR_AGAIN_MS apart, while it is down */

/* ---- who is down ---- */

static void tell(struct causes *c, const struct device *d,
                 enum severity severity)
{
    struct condition told = {
        .object = {.class = OBJECT_DEVICE, .device = d->id, .part = ""},
        .type = c->unreachable,
        .severity = severity,
        .at = d->since,
        .evidence = ALERT_BY_POLL,
        .name = d->name,
        .device = d->name,
        .text = severity == SEVERITY_CLEARED ? "answers again"
                                             : "answers neither echo nor SNMP",
        .value = (double)NAN,
        .limit = (double)NAN,
        .hold_ms = CAUSES_WAIT_MS};

    alerts_tell(c->alerts, &told);
    c->dirty = true;
}

const struct ident *causes_id(const struct causes *c, uint32_t node)
{
    return &c->inferred->input.devices[node].id;
}

static void put(struct table *t, const struct device *d)
{
    struct down *down = mem_new(struct down);

    *down = (struct down){.id = d->id, .since = d->since};
    free(table_put(t, ident_key(&d->id), down));
}

void causes_suspect(struct causes *c, const struct device *d, bool begins)
{
    if (begins)
        put(c->suspects, d);
    else
        free(table_remove(c->suspects, ident_key(&d->id)));
}

void causes_down(struct causes *c, const struct device *d)
{
    put(c->downs, d);
    tell(c, d, c->unreachable->severity);
}

void causes_up(struct causes *c, const struct device *d)
{
    causes_gone(c, d);
    tell(c, d, SEVERITY_CLEARED);
}

void causes_gone(struct causes *c, const struct device *d)
{
    free(table_remove(c->downs, ident_key(&d->id)));
    free(table_remove(c->suspects, ident_key(&d->id)));
    c->dirty = true;
}

/* ---- what explains an alert ---- */

/* The alert of a device that is down; NULL if it is not, or was not told yet.
 */
const struct alert_record *causes_of_device(const struct causes *c,
                                            const struct ident *id)
{
    struct object_ref object = {
        .class = OBJECT_DEVICE, .device = *id, .part = ""};
    const struct alert_record *r =
        alerts_of(c->alerts, &object, c->unreachable, "");

    return r != NULL && r->state == ALERT_ACTIVE ? r : NULL;
}

uint32_t causes_node(const struct causes *c, const struct ident *id)
{
    uint32_t node =
        c->inferred != NULL ? inferred_node(c->inferred, id) : UINT32_MAX;

    return node < c->nodes ? node : UINT32_MAX;
}

/* Which device explains that this one is down: itself, or one above it. */
const struct ident *causes_cause(const struct causes *c, const struct ident *id)
{
    uint32_t node = causes_node(c, id);

    if (node == UINT32_MAX || c->by_node[node] == ABOVE_NONE)
        return id;
    return causes_id(c, c->by_node[node]);
}

uint32_t causes_index(const struct causes *c, const struct ident *id)
{
    const struct alert_record *r = causes_of_device(c, id);

    if (r == NULL)
        return 0;
    const struct alert_record *cause = causes_of_device(c, causes_cause(c, id));
    return cause != NULL ? cause->index : r->index;
}

/* What explains that a device is down: one before it is. */
static uint32_t above(const struct causes *c, const struct alert_record *r)
{
    const struct alert_record *cause =
        causes_of_device(c, causes_cause(c, &r->object.device));

    return cause != NULL && cause->index != r->index ? cause->index : 0;
}

uint32_t causes_of(struct causes *c, const struct alert_record *r)
{
    uint32_t cause = 0;

    if (!ident_is_set(&r->object.device))
        return 0;
    if (r->type == c->unreachable)
        return above(c, r);
    if (table_count(c->downs) > 0)
        cause = causes_index(c, &r->object.device);
    if (cause == 0 && r->type == c->port_down)
        cause = causes_of_port(c, r);
    else if (cause == 0 && causes_is_session(c, r))
        cause = causes_of_session(c, r);
    return cause;
}

/* ---- making it ---- */

/* A cable went down: whoever is at its other end may be what died. Or it came
 * back: who died may answer again soon. */
static void note_far_end(struct causes *c, const struct alert_record *r)
{
    const struct ident *far = causes_far_end(c, r);

    if (far != NULL && c->far.count < CAUSES_ASK_MAX)
        *array_add(&c->far) = (struct far_end){.id = *far, .asks = FAR_ASKS};
}

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct causes *c = arg;
    struct bytes key = {(const uint8_t *)&now->index, sizeof now->index};

    (void)before;
    c->dirty |= news == ALERT_RAISED || news == ALERT_ENDED;
    if (now->type == c->port_down &&
        ((news == ALERT_RAISED && now->cause == 0) || news == ALERT_ENDED))
        note_far_end(c, now);
    if (causes_is_session(c, now) && news != ALERT_ENDED)
        (void)table_put(c->sessions, key, c);
    else
        (void)table_remove(c->sessions, key);
    if (now->cause != 0 && news != ALERT_ENDED) {
        (void)table_put(c->explained, key, c);
        return;
    }
    (void)table_remove(c->explained, key);
    free(table_remove(c->graces, key));
}

/* Those of an earlier run that are explained, or may be. */
static void resume(struct causes *c)
{
    struct alert_book *book = alerts_book(c->alerts);

    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *r = book->active[i];
        struct bytes key = {(const uint8_t *)&r->index, sizeof r->index};

        if (r->cause != 0)
            (void)table_put(c->explained, key, c);
        if (causes_is_session(c, r))
            (void)table_put(c->sessions, key, c);
    }
    alert_book_unref(book);
}

static void free_values(struct table *t)
{
    size_t at = 0;
    void *value;

    while (table_next(t, &at, NULL, &value))
        free(value);
    table_free(t);
}

struct causes *causes_new(struct alerts *alerts, struct inventory *inventory,
                          struct polling *polling)
{
    struct causes *c = mem_new(struct causes);
    struct alert_listener listener = {on_alert, c};

    c->alerts = alerts;
    c->inventory = inventory;
    c->polling = polling;
    c->unreachable = alert_type_find("device.unreachable");
    c->port_down = alert_type_find("port.down");
    c->bgp_down = alert_type_find("bgp.down");
    c->ospf_down = alert_type_find("ospf.down");
    c->downs = table_new();
    c->suspects = table_new();
    c->asked = table_new();
    c->graces = table_new();
    c->explained = table_new();
    c->sessions = table_new();
    alerts_listen(alerts, &listener);
    resume(c);
    return c;
}

void causes_free(struct causes *c)
{
    if (c == NULL)
        return;
    free_values(c->downs);
    free_values(c->suspects);
    free_values(c->graces);
    free_values(c->asked);
    table_free(c->explained);
    table_free(c->sessions);
    keymap_fini(&c->ends);
    free(c->at_node);
    free(c->node_links);
    array_fini(&c->far);
    free(c->by_node);
    free(c->unsure);
    free(c);
}
