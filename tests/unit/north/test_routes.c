/* Every operation is found by its path and method, and nothing else is. */
#include "north/described.h"
#include "north/routes.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Splits "devices/core/poll"; a path that begins with a slash is one segment.
 */
static size_t cut(const char *path, char *out[API_SEGMENTS_MAX])
{
    size_t count = 0;

    if (path[0] == '/') {
        out[0] = mem_text(path);
        return 1;
    }
    while (*path != '\0') {
        size_t len = strcspn(path, "/");

        out[count++] = mem_text_of(path, len);
        path += len;
        path += *path == '/';
    }
    return count;
}

static const struct api_route *find(enum api_method method, const char *path,
                                    bool *known)
{
    char *segments[API_SEGMENTS_MAX] = {NULL};
    size_t count = cut(path, segments);
    const struct api_route *route = route_find(method, segments, count, known);

    for (size_t i = 0; i < count; i++)
        free(segments[i]);
    return route;
}

static void paths_lead_to_their_operations(void **state)
{
    static const struct {
        enum api_method method;
        const char *path;
        void (*handle)(struct api_request *r);
    } cases[] = {
        {API_GET, "status", api_status},
        {API_GET, "discovery", api_discovery},
        {API_POST, "discovery", api_discover},
        {API_POST, "alerts/rules", api_setting_add},
        {API_PATCH, "alerts/rules/cpu", api_setting_change},
        {API_DELETE, "alerts/rules/ack", api_setting_remove},
        {API_DELETE, "alerts/7/ack", api_alert_unack},
        {API_PATCH, "receivers/noc", api_setting_change},
        {API_GET, "devices", api_devices},
        {API_POST, "devices", api_devices_add},
        {API_GET, "devices/core", api_device_show},
        {API_GET, "devices/devices", api_device_show},
        {API_DELETE, "devices/core", api_device_remove},
        {API_POST, "devices/core/poll", api_device_poll},
        {API_GET, "devices/core/interfaces", api_interfaces},
        {API_GET, "devices/core/sensors", api_sensors},
        {API_GET, "devices/core/neighbors", api_neighbors},
        {API_GET, "devices/core/addresses", api_addresses},
        {API_GET, "links", api_links},
        {API_GET, "path", api_path},
        {API_GET, "maps", api_maps},
        {API_GET, "maps/physical.svg", api_map},
        {API_POST, "maps", api_map_new},
        {API_POST, "maps/plan.csv", api_map_import},
        {API_PATCH, "maps/plan", api_map_edit},
        {API_GET, "maps/plan/edits", api_map_edits},
        {API_DELETE, "maps/plan", api_map_delete},
        {API_GET, "events", api_events},
        {API_GET, "series/core", api_series_files},
        {API_GET, "series/core:Gi0/cpu", api_series},
        {API_GET, "graphs/core/cpu.svg", api_graph},
        {API_GET, "walk", api_walk},
        {API_GET, "get", api_get},
        {API_GET, "export/devices.tsv", api_export},
        {API_GET, "openapi.json", api_openapi},
        {API_GET, "/metrics", api_metrics},
        {API_GET, "/health", api_health},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool known;
        const struct api_route *route =
            find(cases[i].method, cases[i].path, &known);

        if (route == NULL || route->handle != cases[i].handle || !known)
            fail_msg("%s", cases[i].path);
    }
}

static void other_methods_of_a_path_are_told_from_no_path(void **state)
{
    static const struct {
        enum api_method method;
        const char *path;
        bool known;
    } cases[] = {
        {API_DELETE, "status", true},
        {API_PATCH, "devices/core", true},
        {API_GET, "devices/core/poll", true},
        {API_POST, "/health", true},
        {API_GET, "", false},
        {API_GET, "device", false},
        {API_DELETE, "devices//pins", false}, /* an empty name is none */
        {API_POST, "devices//poll", false},
        {API_GET, "devicesx", false},
        {API_GET, "devices/core/interface", false},
        {API_GET, "devices/core/interfaces/1", false},
        {API_GET, "metrics", false},
        {API_GET, "/metrics/", false},
        {API_GET, "/status", false},
        {API_GET, "+", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool known;

        if (find(cases[i].method, cases[i].path, &known) != NULL ||
            known != cases[i].known)
            fail_msg("%s", cases[i].path);
    }
}

static void each_operation_stands_once_and_says_what_it_does(void **state)
{
    size_t count;
    const struct api_route *routes = route_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_non_null(routes[i].handle);
        assert_true(routes[i].summary[0] != '\0');
        assert_true(routes[i].method < API_METHODS);
        /* What changes something is no viewer's, but his own session. */
        assert_true(routes[i].method == API_GET ||
                    routes[i].role > ROLE_VIEWER ||
                    strncmp(routes[i].pattern, "session", 7) == 0);
        for (size_t k = 0; k < i; k++)
            assert_false(routes[k].method == routes[i].method &&
                         strcmp(routes[k].pattern, routes[i].pattern) == 0);
    }
}

static void must_be_a_shape(const char *shape, const char *of)
{
    json_t *schema;

    shape += shape[0] == '?' || shape[0] == '+';
    if (shape[0] == '\0' || (strchr(shape, '/') != NULL &&
                             strcspn(shape, "{[") > strcspn(shape, "/")))
        return; /* nothing, or a media type */
    schema = described_schema(shape);
    if (schema == NULL)
        fail_msg("%s: %s", of, shape);
    json_decref(schema);
}

static void every_operation_is_described(void **state)
{
    size_t count;
    const struct api_route *routes = route_table(&count);
    const struct shape *shapes;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct described *d = described_find(&routes[i]);

        if (d == NULL)
            fail_msg("%d %s is not described", routes[i].method,
                     routes[i].pattern);
        must_be_a_shape(d->body, d->pattern);
        must_be_a_shape(d->answer, d->pattern);
        assert_string_not_equal(d->answer, "");
    }
    shapes = described_shapes(&count);
    for (size_t i = 0; i < count; i++)
        must_be_a_shape(shapes[i].shape, shapes[i].name);
}

static void what_is_no_shape_is_no_schema(void **state)
{
    static const char *const texts[] = {
        "",     "x",  "{", "[s",   "{a}", "{a:}",
        "{:s}", "s}", "[", "{a:s", "s|",  "{a:[s}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (described_schema(texts[i]) != NULL)
            fail_msg("\"%s\" is none", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lead_to_their_operations),
        cmocka_unit_test(other_methods_of_a_path_are_told_from_no_path),
        cmocka_unit_test(each_operation_stands_once_and_says_what_it_does),
        cmocka_unit_test(every_operation_is_described),
        cmocka_unit_test(what_is_no_shape_is_no_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
