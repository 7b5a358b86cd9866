#include "station/persist.h"

#include "base/arena.h"
#include "base/log.h"
#include "mibs/facts_json.h"
#include "mibs/facts_pack.h"
#include "station/config.h"
#include "station/learned.h"
#include "station/polling.h"
#include "station/ports_kept.h"
#include "station/store.h"
#include "wire/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Version of the texts, so that a later station knows what it reads. */
enum { DEVICE_VERSION = 1, KEPT_OCTETS = 200 };

/* What is kept of a device, as it was when that was asked for: the store's
 * thread makes the text, which takes longer than the loop has. Texts that the
 * device shares with nobody are copied. */
struct kept {
    struct arena *arena;
    const char *name, *dir, *credential, *why;
    struct device_addrs addrs;
    struct decisions decisions;
    struct ports_kept *ports;
    struct device device; /* its numbers; nothing that it points to */
};

static void keep_decisions(struct kept *k, const struct decisions *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct decision *one = array_add(&k->decisions);

        *one = from->at[i];
        /* only read */
        one->why = (char *)(uintptr_t)arena_text(k->arena, one->why);
        one->second = (char *)(uintptr_t)arena_text(k->arena, one->second);
        one->second_why =
            (char *)(uintptr_t)arena_text(k->arena, one->second_why);
    }
}

static struct kept *kept_new(const struct device *d)
{
    struct kept *k = mem_new(struct kept);
    struct arena *arena = arena_new_of(KEPT_OCTETS);

    k->arena = arena;
    k->name = arena_text(arena, d->name);
    k->dir = arena_text(arena, d->dir);
    k->why = arena_text(arena, d->why);
    k->credential =
        arena_text(arena, d->credential != NULL ? d->credential->name : "");
    for (size_t i = 0; i < d->addrs.count; i++)
        *array_add(&k->addrs) = d->addrs.at[i];
    keep_decisions(k, &d->decisions);
    k->ports = polling_ports_keep(d);
    k->device = *d;
    return k;
}

static void kept_free(void *object)
{
    struct kept *k = object;

    array_fini(&k->addrs);
    array_fini(&k->decisions);
    ports_kept_free(k->ports);
    arena_free(k->arena);
    free(k);
}

static json_t *addrs_to_json(const struct device_addrs *addrs)
{
    json_t *list = json_array();
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < addrs->count; i++)
        json_array_append_new(
            list, json_string(addr_format(&addrs->at[i], text, sizeof text)));
    return list;
}

static void kept_write(const void *object, struct buffer *out)
{
    const struct kept *k = object;
    const struct device *d = &k->device;
    struct buffer OWNED_BUFFER ports = {0};

    ports_kept_write(k->ports, &ports);
    json_t *o = json_pack(
        "{s:i,s:s,s:s,s:o,s:i,s:s,s:i,s:I,s:I,s:I,s:s,s:o,s:b,s:b,s:i,s:I,s:s}",
        "version", DEVICE_VERSION, "name", k->name, "dir", k->dir, "addrs",
        addrs_to_json(&k->addrs), "port", d->port, "credential", k->credential,
        "kind", (int)d->kind, "first_seen", (json_int_t)d->first_seen.ms,
        "last_seen", (json_int_t)d->last_seen.ms, "collected_at",
        (json_int_t)d->collected_at.ms, "why", k->why, "decisions",
        decisions_to_json(&k->decisions), "station", d->station, "by_hand",
        d->by_hand, "reach", (int)d->reach, "since", (json_int_t)d->since.ms,
        "ports", ports.at);
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (text == NULL)
        log_error("state: %s cannot be written as text", k->name);
    else
        buffer_text(out, text);
    free(text);
}

/* Facts do not change: the store's thread writes them. */
static void write_facts(const void *object, struct buffer *out)
{
    OWNED(facts_unref) struct facts *open = facts_open(object);

    facts_to_json(open, out);
}

static void free_facts(void *object)
{
    facts_unref(object);
}

void persist_device(struct store *store, struct device *d, bool with_facts)
{
    char id[IDENT_TEXT_MAX];

    ident_format(&d->id, id, sizeof id);
    store_begin(store);
    store_put_later(store, "device", id,
                    &(struct store_value){kept_new(d), kept_write, kept_free});
    if (with_facts)
        store_put_later(store, "facts", id,
                        &(struct store_value){facts_ref(d->facts), write_facts,
                                              free_facts});
    store_end(store);
    d->unsaved = false;
}

void persist_learned(struct store *store, const struct device *d)
{
    struct buffer OWNED_BUFFER text = {0};
    char id[IDENT_TEXT_MAX];

    if (d->agent == NULL || !agent_habits(d->agent)->changed)
        return;
    learned_to_json(agent_habits(d->agent), &text);
    store_put(store, "learned", ident_format(&d->id, id, sizeof id), text.at);
    agent_habits_saved(d->agent);
}

void persist_forget(struct store *store, const struct device *d)
{
    char id[IDENT_TEXT_MAX];

    ident_format(&d->id, id, sizeof id);
    store_begin(store);
    store_delete(store, "device", id);
    store_delete(store, "facts", id);
    store_delete(store, "learned", id);
    store_end(store);
}

struct loading {
    struct inventory *inv;
    struct polling *polling;
    const struct config *config;
};

static void addrs_from_json(struct inventory *inv, struct device *d,
                            const json_t *list)
{
    struct addr addr;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text != NULL && addr_parse(text, &addr) == 0)
            (void)inventory_give_addr(inv, d, &addr);
    }
}

/* A folder of series is a name: whatever the text says, it leads nowhere. */
static bool is_folder(const char *name)
{
    return name[0] != '\0' && strchr(name, '/') == NULL &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void device_from_json(const struct loading *l, const struct ident *id,
                             const json_t *o)
{
    struct device *d = inventory_add(l->inv, id);
    const char *ports = text_of(o, "ports");
    int64_t kind = number_of(o, "kind");

    addrs_from_json(l->inv, d, json_object_get(o, "addrs"));
    if (is_folder(text_of(o, "dir")))
        inventory_restore_dir(l->inv, d, text_of(o, "dir"));
    (void)inventory_rename(l->inv, d, text_of(o, "name"));
    d->port = (uint16_t)number_of(o, "port");
    d->credential = config_credential(l->config, text_of(o, "credential"));
    d->kind =
        kind > 0 && kind < DEVICE_KINDS ? (enum device_kind)kind : KIND_UNKNOWN;
    d->first_seen.ms = number_of(o, "first_seen");
    d->last_seen.ms = number_of(o, "last_seen");
    d->collected_at.ms = number_of(o, "collected_at");
    device_why(d, text_of(o, "why"));
    decisions_from_json(&d->decisions, json_object_get(o, "decisions"));
    d->station = json_is_true(json_object_get(o, "station"));
    d->by_hand = json_is_true(json_object_get(o, "by_hand"));
    int64_t reach = number_of(o, "reach");
    d->reach = reach > 0 && reach < REACHES ? (enum reach)reach : REACH_UNKNOWN;
    d->since.ms = number_of(o, "since");
    polling_ports_from_json(l->polling, d, ports, strlen(ports));
    d->unsaved = false;
}

static int on_device(void *arg, const char *key, const char *text)
{
    const struct loading *l = arg;
    json_t *object = json_loads(text, 0, NULL);
    struct ident id;

    if (!json_is_object(object) || ident_parse(key, &id) < 0 ||
        inventory_by_id(l->inv, &id) != NULL)
        log_error("state: device %s cannot be read and is left out", key);
    else
        device_from_json(l, &id, object);
    json_decref(object);
    return 0;
}

static int on_facts(void *arg, const char *key, const char *text)
{
    const struct loading *l = arg;
    struct ident id;

    if (ident_parse(key, &id) < 0)
        return 0;
    struct device *d = inventory_by_id(l->inv, &id);
    struct facts *facts = facts_from_json(text, strlen(text));
    if (d == NULL || facts == NULL) {
        facts_unref(facts);
        return 0;
    }
    facts_unref(d->facts);
    d->facts = facts_rest(facts);
    return 0;
}

/* Read when the device has an agent. */
static int on_learned(void *arg, const char *key, const char *text)
{
    const struct loading *l = arg;
    struct ident id;
    struct device *d =
        ident_parse(key, &id) == 0 ? inventory_by_id(l->inv, &id) : NULL;

    if (d != NULL && d->learned == NULL)
        d->learned = mem_text(text);
    return 0;
}

int persist_load(struct store *store, struct inventory *inv,
                 struct polling *polling, const struct config *config,
                 struct complaint *why)
{
    struct loading l = {inv, polling, config};
    int rc = store_load(store, "device", on_device, &l, why);

    if (rc == 0)
        rc = store_load(store, "facts", on_facts, &l, why);
    return rc < 0 ? rc : store_load(store, "learned", on_learned, &l, why);
}
