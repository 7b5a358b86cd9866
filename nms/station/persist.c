#include "station/persist.h"

#include "base/log.h"
#include "mibs/facts_json.h"
#include "mibs/facts_pack.h"
#include "station/config.h"
#include "station/learned.h"
#include "station/polling.h"
#include "station/store.h"
#include "wire/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Version of the texts, so that a later station knows what it reads. */
enum { DEVICE_VERSION = 1 };

static json_t *addrs_to_json(const struct device *d)
{
    json_t *list = json_array();
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->addrs.count; i++)
        json_array_append_new(
            list, json_string(addr_format(&d->addrs.at[i], text, sizeof text)));
    return list;
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
    struct buffer OWNED_BUFFER ports = {0};
    char id[IDENT_TEXT_MAX];
    const char *credential = d->credential != NULL ? d->credential->name : "";

    ident_format(&d->id, id, sizeof id);
    polling_ports_to_json(d, &ports);
    json_t *object = json_pack(
        "{s:i,s:s,s:s,s:o,s:i,s:s,s:i,s:I,s:I,s:I,s:s,s:o,s:b,s:b,s:i,s:I,s:s}",
        "version", DEVICE_VERSION, "name", d->name, "dir", d->dir, "addrs",
        addrs_to_json(d), "port", d->port, "credential", credential, "kind",
        (int)d->kind, "first_seen", (json_int_t)d->first_seen.ms, "last_seen",
        (json_int_t)d->last_seen.ms, "collected_at",
        (json_int_t)d->collected_at.ms, "why", d->why, "decisions",
        decisions_to_json(&d->decisions), "station", d->station, "by_hand",
        d->by_hand, "reach", (int)d->reach, "since", (json_int_t)d->since.ms,
        "ports", ports.at);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text == NULL)
        log_error("state: %s cannot be written as text", d->name);
    store_begin(store);
    if (text != NULL)
        store_put(store, "device", id, text);
    if (with_facts)
        store_put_later(store, "facts", id,
                        &(struct store_value){facts_ref(d->facts), write_facts,
                                              free_facts});
    store_end(store);
    free(text);
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
