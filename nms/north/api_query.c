/* Walks and gets with the station's credentials, line by line. */
#include "north/routes.h"

#include <errno.h>
#include <string.h>

enum {
    WALK_TEXT_MAX = 64 << 20, /* octets of one answer */
    GET_NAMES_MAX = 16
};

static const char *type_name(uint8_t type)
{
    switch ((enum value_type)type) {
    case VALUE_INTEGER:
        return "INTEGER";
    case VALUE_OCTETS:
        return "STRING";
    case VALUE_OID:
        return "OID";
    case VALUE_IP:
        return "IpAddress";
    case VALUE_COUNTER32:
        return "Counter32";
    case VALUE_GAUGE32:
        return "Gauge32";
    case VALUE_TICKS:
        return "Timeticks";
    case VALUE_OPAQUE:
        return "Opaque";
    case VALUE_COUNTER64:
        return "Counter64";
    case VALUE_NO_OBJECT:
        return "noSuchObject";
    case VALUE_NO_INSTANCE:
        return "noSuchInstance";
    case VALUE_END_OF_VIEW:
        return "endOfMibView";
    case VALUE_NULL:
    case VALUE_NONE:
        break;
    }
    return "NULL";
}

/* An agent without end, or a reader without haste, fills no memory. */
static void give_up(struct api_request *r)
{
    struct buffer OWNED_BUFFER line = {0};

    station_query_cancel(r->pending);
    r->forget = NULL;
    buffer_format(&line, "# failed: more than %d MB\n", WALK_TEXT_MAX >> 20);
    api_stream_write(r, &line);
    api_stream_end(r);
}

static void on_varbind(void *arg, struct oid name, const struct value *value)
{
    struct api_request *r = arg;
    struct buffer OWNED_BUFFER line = {0}, text = {0};

    api_query_name(r, name, &line);
    api_query_value(r, name, value, &text);
    buffer_format(&line, " = %s: %s\n", type_name(value->type),
                  text.len > 0 ? text.at : "");
    api_stream_write(r, &line);
    if (r->streamed > WALK_TEXT_MAX)
        give_up(r);
}

static void on_end(void *arg, int result, uint64_t varbinds)
{
    struct api_request *r = arg;
    struct buffer OWNED_BUFFER line = {0};

    (void)varbinds;
    r->forget = NULL;
    if (result < 0)
        buffer_format(&line, "# failed: %s\n", strerror(-result));
    if (line.len > 0)
        api_stream_write(r, &line);
    api_stream_end(r);
}

static void forget_query(struct api_request *r)
{
    station_query_cancel(r->pending);
}

/* The answer streams from now on, or is a complaint. */
static void begin(struct api_request *r, int rc, struct station_query *query,
                  const struct complaint *why)
{
    if (rc < 0) {
        api_complaint(r, rc, why);
        return;
    }
    r->pending = query;
    r->forget = forget_query;
    api_stream_begin(r, "text/plain; charset=utf-8");
}

static bool oid_of(struct api_request *r, const char *text,
                   struct oid_store *out)
{
    if (text != NULL && api_query_find(r, text, out))
        return true;
    api_problem(r, 400, "that is no object identifier",
                "write 1.3.6.1.2.1.1 or a name such as sysName.0");
    return false;
}

void api_walk(struct api_request *r)
{
    const char *target = api_param(r, "target");
    const struct query_listener listener = {on_varbind, on_end, r};
    struct station_query *query;
    struct oid_store root;
    struct complaint why;

    if (!oid_of(r, api_param(r, "oid"), &root))
        return;
    int rc = station_walk(r->station, target != NULL ? target : "",
                          oid_view(&root), &listener, &query, &why);
    begin(r, rc, query, &why);
}

void api_get(struct api_request *r)
{
    const char *target = api_param(r, "target"), *list = api_param(r, "oid");
    struct oid_store stores[GET_NAMES_MAX];
    struct oid names[GET_NAMES_MAX];
    const struct query_listener listener = {on_varbind, on_end, r};
    size_t count = 0;
    struct station_query *query;
    struct complaint why;

    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, ",");
        OWNED(free) char *one = mem_text_of(list, len);

        if (count == GET_NAMES_MAX) {
            api_problem(r, 400, "too many OIDs", "ask for 16 at once");
            return;
        }
        if (!oid_of(r, one, &stores[count]))
            return;
        names[count] = oid_view(&stores[count]);
        count++;
        list += len + (list[len] == ',' ? 1 : 0);
    }
    int rc = station_get(r->station, target != NULL ? target : "",
                         &(struct query_names){names, count}, &listener, &query,
                         &why);
    begin(r, rc, query, &why);
}
