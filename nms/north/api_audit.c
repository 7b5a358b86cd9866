/* Who changed what. */
#include "north/json_out.h"
#include "north/routes.h"
#include "station/store.h"

#include <errno.h>

enum { FIRST = 100, MOST = 10000 };

static void put_details(json_t *o, const char *values)
{
    json_t *details = json_loads(values, 0, NULL);

    (void)json_object_update_missing(o, details);
    json_decref(details);
}

static json_t *entry_json(const struct store_event *e)
{
    json_t *o = json_object();

    json_put_count(o, "id", e->id);
    json_put_wall(o, "at", e->at);
    json_put_text(o, "who", e->source);
    json_put_text(o, "method", e->class);
    json_put_text(o, "operation", e->type);
    json_put_text(o, "object", e->object);
    json_put_count(o, "status", (uint64_t)(e->severity > 0 ? e->severity : 0));
    put_details(o, e->values);
    return o;
}

static size_t limit_of(const struct api_request *r)
{
    return (size_t)api_param_number(r, "limit", FIRST, 1, MOST);
}

static void on_found(void *arg, int result, const struct store_event *found,
                     size_t count)
{
    struct api_request *r = arg;
    json_t *list, *body;

    r->forget = NULL;
    if (result < 0) {
        api_problem(r, 503,
                    result == -ETIME
                        ? "there is too much to look through at once"
                        : "the audit log cannot be read",
                    "name a time with from and to, or see the station's log");
        return;
    }
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, entry_json(&found[i]));
    body = json_pack("{s:o}", "audit", list);
    /* Where the next page begins: ?before= this, or ?after= it. */
    if (count == limit_of(r))
        json_put_count(body, "next", found[count - 1].id);
    api_json(r, 200, body);
}

static void forget(struct api_request *r)
{
    store_forget(station_store(r->station), r);
}

void api_audit(struct api_request *r)
{
    struct store_query query = {
        .log = STORE_AUDIT,
        .after_id = (uint64_t)api_param_number(r, "after", 0, 0, INT64_MAX),
        .before_id = (uint64_t)api_param_number(r, "before", 0, 0, INT64_MAX),
        .object = api_param(r, "object"),
        .class = api_param(r, "method"),
        .type = api_param(r, "operation"),
        .source = api_param(r, "who"),
        .text = api_param(r, "text"),
        .severity_min = (int)api_param_number(r, "status", 0, 0, 999),
        .limit = limit_of(r),
    };

    if (!api_param_time(r, "from", &query.from) ||
        !api_param_time(r, "to", &query.to))
        return;
    r->forget = forget;
    store_events(station_store(r->station), &query, on_found, r);
}
