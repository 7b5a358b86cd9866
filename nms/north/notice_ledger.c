#include "north/notice_ledger.h"

#include "base/mem.h"
#include "base/own.h"
#include "base/table.h"
#include "north/notice_kept.h"
#include "station/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const char KIND[] = "told";

struct notice_ledger {
    struct store *store;
    char *name;
    struct table *told; /* index -> struct told */
};

static struct bytes key_of(const uint32_t *index)
{
    return (struct bytes){(const uint8_t *)index, sizeof *index};
}

static void name_key(const struct notice_ledger *l, uint32_t index, char *out,
                     size_t len)
{
    (void)snprintf(out, len, "%s/%" PRIu32, l->name, index);
}

struct notice_ledger *notice_ledger_new(struct store *store, const char *name)
{
    struct notice_ledger *l = mem_new(struct notice_ledger);

    l->store = store;
    l->name = mem_text(name);
    l->told = table_new();
    return l;
}

static void told_free(struct told *t)
{
    if (t == NULL)
        return;
    alert_unref(t->ended);
    free(t);
}

void notice_ledger_free(struct notice_ledger *l)
{
    size_t at = 0;

    if (l == NULL)
        return;
    for (struct told *t; (t = notice_ledger_next(l, &at)) != NULL;)
        told_free(t);
    table_free(l->told);
    free(l->name);
    free(l);
}

struct told *notice_ledger_find(const struct notice_ledger *l, uint32_t index)
{
    return table_find(l->told, key_of(&index));
}

struct told *notice_ledger_tell(struct notice_ledger *l, uint32_t index,
                                enum severity severity, struct wall at)
{
    struct told *t = notice_ledger_find(l, index);

    if (t == NULL) {
        t = mem_new(struct told);
        (void)table_put(l->told, key_of(&index), t); /* there was none */
    }
    t->index = index;
    t->severity = severity;
    t->at = at;
    t->by = 0;
    return t;
}

struct told *notice_ledger_tell_by(struct notice_ledger *l, uint32_t index,
                                   enum severity severity, struct wall at,
                                   uint32_t by)
{
    struct told *t = notice_ledger_tell(l, index, severity, at);

    t->by = by;
    t->reasons = TOLD_NO_REASONS;
    return t;
}

void notice_ledger_keep(const struct notice_ledger *l, uint32_t index)
{
    const struct told *t = notice_ledger_find(l, index);
    char key[STORE_KEY_MAX], text[160];

    if (t == NULL)
        return;
    name_key(l, index, key, sizeof key);
    (void)snprintf(text, sizeof text,
                   "{\"severity\":%d,\"at\":%" PRId64 ",\"by\":%" PRIu32
                   ",\"reasons\":%" PRIu32 "}",
                   (int)t->severity, t->at.ms, t->by, t->reasons);
    store_put(l->store, KIND, key, text);
}

void notice_ledger_forget(struct notice_ledger *l, uint32_t index)
{
    char key[STORE_KEY_MAX];

    name_key(l, index, key, sizeof key);
    store_delete(l->store, KIND, key);
    told_free(table_remove(l->told, key_of(&index)));
}

struct told *notice_ledger_next(const struct notice_ledger *l, size_t *at)
{
    void *value;

    return table_next(l->told, at, NULL, &value) ? value : NULL;
}

size_t notice_ledger_count(const struct notice_ledger *l)
{
    return table_count(l->told);
}

/* ---- of an earlier run ---- */

struct loading {
    notice_ledger_of_fn ledger_of;
    void *arg;
};

static bool on_kept(void *arg, const char *name, uint32_t index,
                    const json_t *o)
{
    const struct loading *loading = arg;
    struct notice_ledger *l = loading->ledger_of(loading->arg, name);
    int64_t severity = json_integer_value(json_object_get(o, "severity"));

    if (l == NULL || severity <= SEVERITY_CLEARED || severity >= SEVERITIES)
        return false;
    struct told *t = notice_ledger_tell_by(
        l, index, (enum severity)severity,
        (struct wall){json_integer_value(json_object_get(o, "at"))},
        (uint32_t)json_integer_value(json_object_get(o, "by")));
    t->reasons = (uint32_t)json_integer_value(json_object_get(o, "reasons"));
    return true;
}

int notice_ledgers_load(struct store *store, notice_ledger_of_fn ledger_of,
                        void *arg, struct complaint *why)
{
    struct loading l = {.ledger_of = ledger_of, .arg = arg};

    return notice_kept_load(store, KIND, on_kept, &l, why);
}
