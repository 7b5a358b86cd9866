/* The logs: what happened, and who changed what. */
#include "north/event_json.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/events.h"
#include "station/store.h"

#include <errno.h>
#include <string.h>

enum {
    PAGE = 100,
    PAGE_MAX = 10000,
    BUCKETS = 100,
    BUCKETS_MAX = 2000,
    STATUS_MAX = 999
};

/* ---- both ---- */

/* What either is asked for; false, and a 400 was answered, if that cannot be
 * read. */
static bool read_page(struct api_request *r, struct store_query *out)
{
    int64_t after = 0, before = 0, limit = PAGE;

    if (!api_param_number(r, "after", 0, INT64_MAX, &after) ||
        !api_param_number(r, "before", 0, INT64_MAX, &before) ||
        !api_param_number(r, "limit", 1, PAGE_MAX, &limit))
        return false;
    *out = (struct store_query){
        .after_id = (uint64_t)after,
        .before_id = (uint64_t)before,
        .object = api_param(r, "object"),
        .text = api_param(r, "text"),
        .limit = (size_t)limit,
    };
    return api_param_time(r, "from", &out->from) &&
           api_param_time(r, "to", &out->to);
}

static void tell_failure(struct api_request *r, int result)
{
    if (result == -ETIME)
        api_problem(r, 503, "there is too much to look through at once",
                    "name a time with from and to, an object or a type");
    else if (result == -EBUSY)
        api_problem(r, 503, "too many searches wait", "ask again later");
    else
        api_problem(r, 503, "the log cannot be read", "see the station's log");
}

static void tell_page(struct api_request *r, int result,
                      const struct store_event *found, size_t count,
                      const char *key,
                      json_t *(*entry_json)(const struct store_event *e))
{
    int64_t limit = PAGE;

    if (result < 0) {
        tell_failure(r, result);
        return;
    }
    if (!api_param_number(r, "limit", 1, PAGE_MAX, &limit)) /* as before */
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, entry_json(&found[i]));
    json_t *body = json_pack("{s:o}", key, list);
    /* Where the next page begins: ?before= this, or ?after= it. */
    if (count == (size_t)limit)
        json_put_count(body, "next", found[count - 1].id);
    api_json(r, 200, body);
}

static void forget(struct api_request *r)
{
    store_forget(station_store(r->station), r);
}

/* ---- who changed what ---- */

static json_t *audit_json(const struct store_event *e)
{
    json_t *o = json_object(), *details = json_loads(e->values, 0, NULL);

    json_put_count(o, "id", e->id);
    json_put_wall(o, "at", e->at);
    json_put_text(o, "who", e->source);
    json_put_text(o, "method", e->class);
    json_put_text(o, "operation", e->type);
    json_put_text(o, "object", e->object);
    json_put_count(o, "status", (uint64_t)(e->severity > 0 ? e->severity : 0));
    (void)json_object_update_missing(o, details);
    json_decref(details);
    return o;
}

static void on_audit(void *arg, int result, const struct store_event *found,
                     size_t count)
{
    tell_page(arg, result, found, count, "audit", audit_json);
}

void api_audit(struct api_request *r)
{
    struct store_query query;
    int64_t status = 0;

    if (!read_page(r, &query) ||
        !api_param_number(r, "status", 0, STATUS_MAX, &status))
        return;
    query.log = STORE_AUDIT;
    query.class = api_param(r, "method");
    query.type = api_param(r, "operation");
    query.source = api_param(r, "who");
    query.severity_min = (int)status;
    r->forget = forget;
    store_events(station_store(r->station), &query, on_audit, r);
}

/* ---- what happened ---- */

static void on_events(void *arg, int result, const struct store_event *found,
                      size_t count)
{
    tell_page(arg, result, found, count, "events", event_json);
}

/* ?severity=, this or worse. */
static bool read_severity(struct api_request *r, int *out)
{
    const char *text = api_param(r, "severity");

    if (text == NULL)
        return true;
    for (*out = 0; *out < SEVERITIES; ++*out)
        if (strcmp(text, severity_name(*out)) == 0)
            return true;
    api_problem(r, 400, "severity is none",
                "write critical, major, minor, warning, indeterminate or "
                "cleared");
    return false;
}

/* As read_page(). */
static bool read_query(struct api_request *r, struct store_query *out)
{
    if (!read_page(r, out))
        return false;
    out->class = api_param(r, "class");
    out->type = api_param(r, "type");
    out->source = api_param(r, "source");
    return read_severity(r, &out->severity_min);
}

void api_events(struct api_request *r)
{
    struct store_query query;

    if (!read_query(r, &query))
        return;
    r->forget = forget;
    store_events(station_store(r->station), &query, on_events, r);
}

/* ---- how many ---- */

/* A day until now, unless they are told. */
static void default_times(const struct api_request *r, struct wall *from,
                          struct wall *to)
{
    static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

    if (to->ms == 0)
        *to = r->snapshot->at;
    if (from->ms == 0)
        from->ms = to->ms - day_ms;
}

static void on_spans(void *arg, int result, const struct store_span *spans,
                     size_t count)
{
    struct api_request *r = arg;
    struct wall from = {0}, to = {0};
    json_t *counts, *worst;

    if (result < 0) {
        tell_failure(r, result);
        return;
    }
    (void)api_param_time(r, "from", &from); /* they could be read before */
    (void)api_param_time(r, "to", &to);
    default_times(r, &from, &to);
    counts = json_array();
    worst = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(counts,
                              json_integer((json_int_t)spans[i].events));
        json_array_append_new(worst,
                              spans[i].events > 0
                                  ? json_string(severity_name(spans[i].worst))
                                  : json_null());
    }
    json_t *o = json_pack("{s:o,s:o}", "counts", counts, "worst", worst);
    json_put_wall(o, "from", from);
    json_put_wall(o, "to", to);
    json_put_number(o, "span_s",
                    (double)(to.ms - from.ms) / 1000 / (double)count);
    api_json(r, 200, o);
}

void api_events_histogram(struct api_request *r)
{
    struct store_query query;
    int64_t buckets = BUCKETS;

    if (!read_query(r, &query) ||
        !api_param_number(r, "buckets", 1, BUCKETS_MAX, &buckets))
        return;
    default_times(r, &query.from, &query.to);
    if (query.from.ms >= query.to.ms) {
        api_problem(r, 400, "from is not before to", "write ?from=-7d&to=now");
        return;
    }
    r->forget = forget;
    store_histogram(station_store(r->station), &query, (size_t)buckets,
                    on_spans, r);
}
