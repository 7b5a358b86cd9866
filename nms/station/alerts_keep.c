/* What of the alerts outlives the process. Records do not change: the store's
 * thread writes them. */
#include "station/alerts_parts.h"

#include "base/log.h"
#include "station/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <jansson.h>

/* Version of the texts, so that a later station knows what it reads. */
enum { ALERT_VERSION = 1, KEY_MAX = 16 };

static const char kind[] = "alert", counters_kind[] = "alerts",
                  counters_key[] = "counters";

/* ---- writing ---- */

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *key_to_json(const struct alert_record *r)
{
    char device[IDENT_TEXT_MAX];

    return json_pack(
        "{s:i,s:s,s:s,s:s,s:s}", "class", (int)r->object.class, "device",
        ident_format(&r->object.device, device, sizeof device), "part",
        r->object.part, "type", r->type->name, "qualifier", r->qualifier);
}

static json_t *texts_to_json(const struct alert_record *r)
{
    return json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "name", r->name, "device", r->device,
        "text", r->text, "rule", r->rule, "unit", r->unit, "ack_who",
        r->acknowledged.who != NULL ? r->acknowledged.who : "", "ack_text",
        r->acknowledged.text != NULL ? r->acknowledged.text : "");
}

static json_t *life_to_json(const struct alert_record *r)
{
    return json_pack(
        "{s:i,s:i,s:i,s:i,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:I,s:I,s:I,s:I,s:I}",
        "state", (int)r->state, "severity", (int)r->severity, "worst",
        (int)r->worst, "evidence", (int)r->evidence, "value",
        number_or_null(r->value), "limit", number_or_null(r->limit), "raised",
        (json_int_t)r->raised.ms, "changed", (json_int_t)r->changed.ms,
        "last_seen", (json_int_t)r->last_seen.ms, "cleared",
        (json_int_t)r->cleared.ms, "count", (json_int_t)r->count, "flaps",
        (json_int_t)r->flaps, "flapping", (int)r->flapping, "ack_at",
        (json_int_t)r->acknowledged.at.ms, "silence", (json_int_t)r->silence,
        "shelved", (json_int_t)r->shelved.ms, "cause", (json_int_t)r->cause,
        "ceased", (json_int_t)r->ceased.ms);
}

static void write_record(const void *object, struct buffer *out)
{
    json_t *o = json_pack("{s:i,s:o,s:o,s:o}", "version", ALERT_VERSION, "key",
                          key_to_json(object), "says", texts_to_json(object),
                          "life", life_to_json(object));
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    buffer_text(out, text != NULL ? text : "");
    free(text);
}

static void free_record(void *object)
{
    alert_unref(object);
}

static const char *key_of(uint32_t index, char *out, size_t len)
{
    (void)snprintf(out, len, "%010" PRIu32, index);
    return out;
}

/* Of those that ended, the store has as many as the book. */
static void keep_ended(struct alerts *a, uint32_t index)
{
    char key[KEY_MAX];
    size_t last = (a->kept_first + a->kept_count) % ALERTS_CLEARED_MAX;

    if (a->kept_count == ALERTS_CLEARED_MAX) {
        store_delete(a->store, kind,
                     key_of(a->kept[a->kept_first], key, sizeof key));
        a->kept_first = (a->kept_first + 1) % ALERTS_CLEARED_MAX;
        a->kept_count--;
    }
    a->kept[last] = index;
    a->kept_count++;
}

void alerts_keep(struct alerts *a, const struct alert_record *r,
                 enum alert_news news)
{
    char key[KEY_MAX];

    if (a->store == NULL)
        return;
    store_begin(a->store);
    store_put_later(
        a->store, kind, key_of(r->index, key, sizeof key),
        &(struct store_value){alert_ref(r), write_record, free_record});
    if (news == ALERT_ENDED)
        keep_ended(a, r->index);
    store_end(a->store);
    a->counters_kept &= news != ALERT_RAISED;
}

void alerts_keep_past(struct alerts *a, const struct alert_record *r)
{
    char key[KEY_MAX];

    if (a->store != NULL)
        store_put_later(
            a->store, kind, key_of(r->index, key, sizeof key),
            &(struct store_value){alert_ref(r), write_record, free_record});
}

void alerts_keep_no_more(struct alerts *a, uint32_t index)
{
    char key[KEY_MAX];

    if (a->store != NULL)
        store_delete(a->store, kind, key_of(index, key, sizeof key));
}

void alerts_keep_unkept(struct alerts *a)
{
    size_t at = 0;
    void *value;

    while (table_next(a->by_key, &at, NULL, &value)) {
        const struct alert *alert = value;

        if (alert->unkept)
            alerts_keep(a, alert->record, ALERT_NEWS);
    }
}

void alerts_keep_counters(struct alerts *a)
{
    if (a->store == NULL || a->counters_kept)
        return;
    json_t *totals = json_array();
    a->counters_kept = true;
    for (size_t i = 0; i < SEVERITIES; i++)
        json_array_append_new(totals, json_integer((json_int_t)a->totals[i]));
    json_t *o = json_pack("{s:i,s:I,s:o}", "version", ALERT_VERSION, "index",
                          (json_int_t)a->last_index, "totals", totals);
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (text != NULL)
        store_put(a->store, counters_kind, counters_key, text);
    free(text);
}

/* ---- reading ---- */

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text != NULL ? text : "";
}

static int64_t number_of(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static double real_of(const json_t *o, const char *key)
{
    const json_t *value = json_object_get(o, key);

    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static enum severity severity_of(const json_t *o, const char *key)
{
    int64_t severity = number_of(o, key);

    return severity > SEVERITY_CLEARED && severity < SEVERITIES
               ? (enum severity)severity
               : SEVERITY_INDETERMINATE;
}

static void life_from_json(const json_t *o, struct alert_record *r)
{
    r->state =
        number_of(o, "state") == ALERT_CLEARED ? ALERT_CLEARED : ALERT_ACTIVE;
    r->severity = severity_of(o, "severity");
    r->worst = severity_of(o, "worst");
    r->evidence = (unsigned)number_of(o, "evidence");
    r->value = real_of(o, "value");
    r->limit = real_of(o, "limit");
    r->raised.ms = number_of(o, "raised");
    r->changed.ms = number_of(o, "changed");
    r->last_seen.ms = number_of(o, "last_seen");
    r->ceased.ms = number_of(o, "ceased");
    r->cleared.ms = number_of(o, "cleared");
    r->count = (uint32_t)number_of(o, "count");
    r->flaps = (uint32_t)number_of(o, "flaps");
    r->flapping = json_is_true(json_object_get(o, "flapping"));
    r->acknowledged.at.ms = number_of(o, "ack_at");
    r->silence = (uint32_t)number_of(o, "silence");
    r->shelved.ms = number_of(o, "shelved");
    r->cause = (uint32_t)number_of(o, "cause");
}

/* Texts are of o. False if it cannot be read. */
static bool record_from_json(const json_t *o, struct alert_record *r)
{
    const json_t *key = json_object_get(o, "key");
    const json_t *says = json_object_get(o, "says");
    int64_t class = number_of(key, "class");

    *r = (struct alert_record){
        .type = alert_type_find(text_of(key, "type")),
        .object = {.class = class >= 0 && class < OBJECT_CLASSES
                                ? (enum object_class) class
                                : OBJECT_CLASSES,
                   .part = text_of(key, "part")},
        .qualifier = text_of(key, "qualifier"),
        .name = text_of(says, "name"),
        .device = text_of(says, "device"),
        .text = text_of(says, "text"),
        .rule = text_of(says, "rule"),
        .unit = text_of(says, "unit"),
        .acknowledged = {.who = text_of(says, "ack_who"),
                         .text = text_of(says, "ack_text")}};
    life_from_json(json_object_get(o, "life"), r);
    return r->type != NULL && r->object.class != OBJECT_CLASSES &&
           ident_parse(text_of(key, "device"), &r->object.device) == 0;
}

static int on_record(void *arg, const char *key, const char *text)
{
    struct alerts *a = arg;
    json_t *o = json_loads(text, 0, NULL);
    struct alert_record r;
    unsigned long index = strtoul(key, NULL, 10);

    if (!record_from_json(o, &r) || index == 0 || index > UINT32_MAX) {
        log_error("state: alert %s cannot be read and is left out", key);
        json_decref(o);
        return 0;
    }
    r.index = (uint32_t)index;
    if (r.index > a->last_index)
        a->last_index = r.index;
    if (r.changed.ms > a->changed_at.ms)
        a->changed_at = r.changed;
    if (r.state == ALERT_CLEARED)
        *array_add(&a->past) = alert_copy(&r);
    else if (table_count(a->by_key) < ALERTS_ACTIVE_MAX)
        alerts_resume(a, &r);
    json_decref(o);
    return 0;
}

static int on_counters(void *arg, const char *key, const char *text)
{
    struct alerts *a = arg;
    json_t *o = json_loads(text, 0, NULL);
    const json_t *totals = json_object_get(o, "totals");

    (void)key;
    a->last_index = (uint32_t)number_of(o, "index");
    for (size_t i = 0; i < SEVERITIES; i++)
        a->totals[i] = (uint64_t)json_integer_value(json_array_get(totals, i));
    json_decref(o);
    return 0;
}

int alerts_load(struct alerts *a, struct complaint *why)
{
    int rc = store_load(a->store, counters_kind, on_counters, a, why);

    if (rc == 0)
        rc = store_load(a->store, kind, on_record, a, why);
    struct alert_book *book = alerts_book(a); /* sorted */
    for (size_t i = 0; i < book->cleared_count; i++)
        keep_ended(a, book->cleared[i]->index);
    alert_book_unref(book);
    return rc;
}
