/* Status, discovery, events, tables and the description of the API. */
#include "asking.h"

#include "station/store.h"

/* A table as text; NULL if the answer is none. */
static const char *table(struct asking *a, const char *name)
{
    OWNED_BUFFER struct buffer path = {0};

    buffer_format(&path, "/api/v1/export/%s", name);
    return get(a, path.at) == 200 ? a->api.text.at : NULL;
}

static void status_and_metrics_tell_the_same_figures(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/status"), 200);
    assert_string_equal(told(a, "name"), "noc");
    assert_string_equal(told(a, "data"), "/data");
    assert_int_equal(
        json_integer_value(json_object_get(a->api.json, "devices_up")), 3);
    size_t figures = json_object_size(a->api.json);
    assert_int_equal(get(a, "/metrics"), 200);
    assert_string_equal(a->api.type, "text/plain; version=0.0.4");
    assert_non_null(strstr(a->api.text.at, "\nportolan_devices_up 3\n"));
    assert_non_null(strstr(a->api.text.at, "# TYPE portolan_polls_total "
                                           "counter\n"));
    assert_true(figures > 20);
    asking_free(a);
}

static void the_living_say_so(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/health"), 200);
    assert_string_equal(told(a, "status"), "ok");
    asking_free(a);
}

static void progress_counts_what_was_found(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    a->station.snapshot->discovery.running = true;
    a->station.snapshot->discovery.addresses_asked = 17;
    assert_int_equal(get(a, "/api/v1/discovery"), 200);
    assert_true(json_is_true(json_object_get(a->api.json, "running")));
    assert_int_equal(
        json_integer_value(json_object_get(a->api.json, "addresses_asked")),
        17);
    assert_int_equal(json_integer_value(json_object_get(a->api.json, "links")),
                     1);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(a->api.json, "kinds"), "switch")),
                     2);
    asking_free(a);
}

static void a_discovery_takes_targets_or_none(void **state)
{
    static const struct {
        const char *body;
        int status;
        size_t targets;
        const char *first;
    } cases[] = {
        {"", 202, 0, ""},
        {"{}", 202, 0, ""},
        {"{\"targets\": []}", 202, 0, ""},
        {"{\"targets\": [\"192.0.2.0/24\"]}", 202, 1, "192.0.2.0/24"},
        {"{\"targets\": [7]}", 202, 1, ""}, /* the station refuses it */
        {"{\"targets\": \"192.0.2.1\"}", 400, 0, NULL},
        {"{\"targets\": {\"a\": 1}}", 400, 0, NULL},
    };
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        a->station.command[0] = '\0';
        if (ask(a, API_POST, "/api/v1/discovery", cases[i].body) !=
            cases[i].status)
            fail_msg("%s", cases[i].body);
        assert_string_equal(a->station.command,
                            cases[i].first != NULL ? "discover" : "");
        if (cases[i].first == NULL)
            continue;
        assert_int_equal(a->station.targets, cases[i].targets);
        assert_string_equal(a->station.target, cases[i].first);
    }
    a->station.rc = -EPERM;
    assert_int_equal(ask(a, API_POST, "/api/v1/discovery",
                         "{\"targets\": [\"10.0.0.0/8\"]}"),
                     403);
    asking_free(a);
}

static void tables_are_told_by_their_file_names(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    const char *devices = table(a, "devices.tsv");
    assert_non_null(devices);
    assert_int_equal(strncmp(devices, "name\t", 5), 0);
    assert_non_null(strstr(devices, "\ncore\t"));
    assert_non_null(strstr(devices, "192.0.2.1,2001:db8::1"));
    assert_string_equal(a->api.type,
                        "text/tab-separated-values; charset=utf-8");
    assert_non_null(strstr(table(a, "ports.tsv"), "core\t1\tGi0/1\t"));
    assert_non_null(strstr(table(a, "processors.tsv"), "core\t1\tCPU\t12.5"));
    assert_non_null(strstr(table(a, "links.tsv"), "core\tGi0/1\tedge\tGi0/1"));
    assert_null(table(a, "nothing.tsv"));
    assert_int_equal(a->api.status, 404);
    assert_null(table(a, "..%2Fdevices.tsv"));
    asking_free(a);
}

static void the_description_has_every_operation(void **state)
{
    struct asking *a = asking_new();
    size_t count;
    const struct api_route *routes = route_table(&count);

    (void)state;
    assert_int_equal(get(a, "/api/v1/openapi.json"), 200);
    const json_t *paths = json_object_get(a->api.json, "paths");
    size_t described = 0;
    const char *path;
    json_t *item;
    json_object_foreach((json_t *)paths, path, item)
    {
        assert_int_equal(path[0], '/');
        assert_null(strchr(path, '+'));
        described += json_object_size(item);
    }
    assert_int_equal(described, count);
    assert_non_null(json_object_get(
        json_object_get(paths, "/api/v1/devices/{id1}/poll"), "post"));
    assert_non_null(routes[0].summary);
    asking_free(a);
}

/* ---- events come from the store, later ---- */

static bool has_answered(const struct asking *a)
{
    return a->api.answers > 0;
}

static void await_answer(struct asking *a)
{
    for (unsigned i = 0; i < 500 && !has_answered(a); i++) {
        struct timeval step = {.tv_usec = 20000};

        event_base_loopexit(a->scene->base, &step);
        event_base_loop(a->scene->base, EVLOOP_ONCE);
    }
    assert_true(has_answered(a));
}

static void events_are_read_from_the_store(void **state)
{
    struct asking *a = asking_new();
    char path[] = "/tmp/portolan-api-XXXXXX", db[64];
    struct store_event event = {.at = {1700000000000},
                                .severity = 4,
                                .class = "fault",
                                .type = "device.down",
                                .object = "core",
                                .source = "polling",
                                .text = "silent"};

    (void)state;
    assert_non_null(mkdtemp(path));
    (void)snprintf(db, sizeof db, "%s/state.db", path);
    struct store_options options = {.path = db};
    assert_int_equal(
        store_open(a->scene->base, &options, &a->station.store, NULL), 0);
    (void)store_event(a->station.store, &event);
    event.object = "edge";
    (void)store_event(a->station.store, &event);
    assert_int_equal(get(a, "/api/v1/events?object=core&limit=5"), 0);
    await_answer(a);
    assert_int_equal(a->api.status, 200);
    assert_int_equal(told_count(a, "events"), 1);
    assert_string_equal(told(a, "events/0/type"), "device.down");
    assert_string_equal(told(a, "events/0/severity"), "major");
    assert_string_equal(told(a, "events/0/text"), "silent");
    assert_int_equal(get(a, "/api/v1/events"), 0);
    a->api.open->forget(a->api.open); /* its client went away */
    struct api_request *left = a->api.open;
    store_free(a->station.store);
    answered(left, 0, "");
    OWNED_BUFFER struct buffer rm = {0};
    buffer_format(&rm, "rm -r %s", path);
    assert_int_equal(system(rm.at), 0);
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_metrics_tell_the_same_figures),
        cmocka_unit_test(the_living_say_so),
        cmocka_unit_test(progress_counts_what_was_found),
        cmocka_unit_test(a_discovery_takes_targets_or_none),
        cmocka_unit_test(tables_are_told_by_their_file_names),
        cmocka_unit_test(the_description_has_every_operation),
        cmocka_unit_test(events_are_read_from_the_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
