/* The event log. */
#include "north/event_json.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/events.h"
#include "station/store.h"

#include <errno.h>
#include <string.h>

enum { EVENTS_FIRST = 100, EVENTS_MAX = 10000 };

static void on_events(void *arg, int result, const struct store_event *events,
                      size_t count)
{
    struct api_request *r = arg;
    size_t limit =
        (size_t)api_param_number(r, "limit", EVENTS_FIRST, 1, EVENTS_MAX);

    if (result == -ETIME) {
        api_problem(r, 503, "there is too much to look through at once",
                    "name a time with from and to, an object or a type");
        return;
    }
    if (result < 0) {
        api_problem(r, 503, "the event log cannot be read",
                    "see the station's log");
        return;
    }
    json_t *list = json_array(), *body = json_object();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, event_json(&events[i]));
    json_object_set_new(body, "events", list);
    /* Where the next page begins: ?before= this, or ?after= it. */
    if (count == limit)
        json_put_count(body, "next", events[count - 1].id);
    api_json(r, 200, body);
}

static void forget_events(struct api_request *r)
{
    store_forget(station_store(r->station), r);
}

/* ?name= as a time; false, and a 400 was answered, if it is none. */
static bool read_time(struct api_request *r, const char *name, struct wall *out)
{
    const char *text = api_param(r, name);

    if (text == NULL || wall_parse(text, r->snapshot->at, out) == 0)
        return true;
    api_problem(r, 400, "from or to is no time",
                "write -2h, 2026-11-22T02:47 or seconds since 1970");
    return false;
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

void api_events(struct api_request *r)
{
    struct store_query query = {
        .after_id = (uint64_t)api_param_number(r, "after", 0, 0, INT64_MAX),
        .before_id = (uint64_t)api_param_number(r, "before", 0, 0, INT64_MAX),
        .object = api_param(r, "object"),
        .class = api_param(r, "class"),
        .type = api_param(r, "type"),
        .source = api_param(r, "source"),
        .text = api_param(r, "text"),
        .limit =
            (size_t)api_param_number(r, "limit", EVENTS_FIRST, 1, EVENTS_MAX),
    };

    if (!read_time(r, "from", &query.from) || !read_time(r, "to", &query.to) ||
        !read_severity(r, &query.severity_min))
        return;
    r->forget = forget_events;
    store_events(station_store(r->station), &query, on_events, r);
}
