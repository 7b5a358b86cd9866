/* What was learned of values, over restarts. */
#include "station/thresholds_parts.h"

#include "station/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char kind[] = "baseline";

/* A window of that length, with what old has seen of it. */
static struct window *window_of(int64_t over_ms, struct window *old)
{
    struct buffer OWNED_BUFFER seen = {0};

    if (old != NULL && window_over_ms(old) == over_ms)
        return old;
    struct window *w = window_new(over_ms);
    if (old != NULL) {
        window_write(old, &seen);
        window_read(w, seen.at);
        window_free(old);
    }
    return w;
}

void thresholds_past(const struct rule *r, struct kept *k)
{
    bool remembers = rule_remembers(r), usual = r->as == RULE_BASELINE;

    if (!remembers || usual)
        window_free(TAKE(k->window));
    else
        k->window = window_of(r->over_ms, k->window);
    if (!remembers || !usual)
        baseline_free(TAKE(k->baseline));
    else if (k->baseline == NULL)
        k->baseline = baseline_new();
}

bool thresholds_knows(const struct rule *r, const struct kept *k)
{
    return k != NULL && rule_remembers(r) &&
           (r->as == RULE_BASELINE
                ? k->baseline != NULL
                : k->window != NULL && window_over_ms(k->window) == r->over_ms);
}

static bool has_past(const struct kept *k)
{
    return k->window != NULL || k->baseline != NULL;
}

/* "DEVICE/OBJECT/RULE": object as its key. */
static void key_of(const struct device *d, const struct watched *e,
                   const struct kept *k, struct buffer *out)
{
    char id[IDENT_TEXT_MAX];

    buffer_format(out, "%s/%016" PRIx64 "/%s",
                  ident_format(&d->id, id, sizeof id), e->key, k->rule);
}

void thresholds_save(struct thresholds *t, const struct device *d,
                     const struct watched *e, const struct kept *k)
{
    struct buffer OWNED_BUFFER key = {0}, OWNED_BUFFER text = {0};

    if (t->parts.store == NULL)
        return;
    key_of(d, e, k, &key);
    if (k->baseline != NULL)
        baseline_write(k->baseline, &text);
    else
        window_write(k->window, &text);
    store_put(t->parts.store, kind, key.at, text.at);
}

void thresholds_unsave(struct thresholds *t, const struct device *d,
                       const struct watched *e, const struct kept *k)
{
    struct buffer OWNED_BUFFER key = {0};

    if (t->parts.store == NULL || !has_past(k))
        return;
    key_of(d, e, k, &key);
    store_delete(t->parts.store, kind, key.at);
}

static struct watched *entry_of(struct thresholds *t, struct device *d,
                                uint64_t key)
{
    if (d->watch == NULL)
        d->watch = watch_new();
    return watch_entry(d->watch, key, t->spread);
}

/* One past of an earlier run; what nobody looks at any more is forgotten. */
static int on_past(void *arg, const char *key, const char *text)
{
    struct thresholds *t = arg;
    struct ident id;
    char device[IDENT_TEXT_MAX] = "";
    uint64_t object;
    int name = 0;

    if (sscanf(key, "%32[0-9a-f]/%16" SCNx64 "/%n", device, &object, &name) !=
            2 ||
        name == 0 || ident_parse(device, &id) < 0)
        return 0;
    struct device *d = inventory_by_id(t->parts.inventory, &id);
    const struct rule *r = rules_find(&t->config->alerts.rules, key + name);
    if (d == NULL || r == NULL || r->off || !rule_remembers(r)) {
        store_delete(t->parts.store, kind, key);
        return 0;
    }
    struct watched *e = entry_of(t, d, object);
    if (e == NULL)
        return 0;
    struct kept *k = watched_keep(e, thresholds_name(t, r->name));
    thresholds_past(r, k);
    if (k->baseline != NULL)
        baseline_read(k->baseline, text);
    else
        window_read(k->window, text);
    return 0;
}

/* The group and object of an alert's part: false if it is of no series. */
static bool object_of(const struct object_ref *ref, enum series_group *group,
                      const char **object)
{
    size_t len = strcspn(ref->part, "-");
    char name[16];

    *group = SERIES_PORT;
    *object = ref->part;
    if (ref->class == OBJECT_PORT)
        return true;
    if (ref->class != OBJECT_METRIC || len >= sizeof name)
        return false;
    memcpy(name, ref->part, len);
    name[len] = '\0';
    *object = ref->part + len + (ref->part[len] == '-' ? 1 : 0);
    return series_group_parse(name, group) == 0;
}

/* An alert that lasts goes on to last until a value says otherwise. */
static void resume(struct thresholds *t, const struct alert_record *a)
{
    struct device *d = inventory_by_id(t->parts.inventory, &a->object.device);
    enum series_group group;
    const char *object;

    if (d == NULL || a->rule[0] == '\0' ||
        !object_of(&a->object, &group, &object))
        return;
    struct watched *e = entry_of(t, d, watch_key(group, object));
    if (e == NULL)
        return;
    struct kept *k = watched_keep(e, thresholds_name(t, a->rule));
    k->state.told = a->severity;
    k->state.since = a->raised;
    k->state.value = a->value;
    k->type = a->type;
    k->told = a->last_seen;
    k->of_port = a->object.class == OBJECT_PORT;
    k->of_pin = thresholds_is_of_pin(a->text);
    free(k->part);
    k->part = mem_text(a->object.part);
    t->stats.not_normal++;
}

int thresholds_resume(struct thresholds *t, struct complaint *why)
{
    int rc = t->parts.store != NULL
                 ? store_load(t->parts.store, kind, on_past, t, why)
                 : 0;
    struct alert_book *book = alerts_book(t->parts.alerts);

    for (size_t i = 0; i < book->active_count; i++)
        resume(t, book->active[i]);
    alert_book_unref(book);
    return rc;
}
