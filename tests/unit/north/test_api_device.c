/* Devices and what belongs to them, as the API tells it. */
#include "asking.h"

static void devices_are_listed_filtered_and_paged(void **state)
{
    static const struct {
        const char *query, *first;
        size_t count;
    } cases[] = {
        {"devices", "core", 4},
        {"devices?q=", "core", 4},
        {"devices?q=ACME", "core", 2},
        {"devices?q=edge", "edge", 1},
        {"devices?q=down", "printer", 1},
        {"devices?q=192.0.2.7", "printer", 1},
        {"devices?q=2001:db8", "core", 1},
        {"devices?q=nothing%20like%20it", "", 0},
        {"devices?limit=2", "core", 2},
        {"devices?limit=2&after=edge", "noc", 2},
        {"devices?limit=", "core", 4}, /* no limit at all: the usual one */
        {"devices?after=zzz", "", 0},
    };
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer path = {0};

        buffer_format(&path, "/api/v1/%s", cases[i].query);
        assert_int_equal(get(a, path.at), 200);
        if (told_count(a, "devices") != cases[i].count ||
            strcmp(told(a, "devices/0/name"), cases[i].first) != 0)
            fail_msg("%s: %zu, %s", cases[i].query, told_count(a, "devices"),
                     told(a, "devices/0/name"));
    }
    assert_int_equal(get(a, "/api/v1/devices?limit=2"), 200);
    assert_string_equal(told(a, "next"), "edge");
    asking_free(a);
}

static void a_device_is_told_whole(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core"), 200);
    assert_string_equal(told(a, "name"), "core");
    assert_string_equal(told(a, "state"), "up");
    assert_string_equal(told(a, "kind"), "switch");
    assert_string_equal(told(a, "address"), "192.0.2.1");
    assert_string_equal(told(a, "credential"), "lab");
    assert_string_equal(told(a, "location"), "R\xc3\xa4um 1 [48.1, 11.5]");
    assert_true(json_number_value(json_object_get(a->api.json, "latitude")) ==
                48.1);
    assert_true(json_number_value(json_object_get(a->api.json, "longitude")) ==
                11.5);
    assert_int_equal(told_count(a, "addresses"), 2);
    assert_int_equal(told_count(a, "metrics"), 4);
    assert_int_equal(get(a, "/api/v1/devices/192.0.2.1"), 200);
    assert_string_equal(told(a, "name"), "core");
    asking_free(a);
}

static int number_in(const json_t *object, const char *key)
{
    return (int)json_number_value(json_object_get(object, key));
}

static void what_is_odd_about_its_agent_is_told(void **state)
{
    static const struct quirk_record quirks[] = {
        {.word = "too_big",
         .text = "tooBig for answers others manage",
         .table = "ifTable",
         .follows = "asked for less at once",
         .profile = "",
         .first = {1000},
         .last = {61000},
         .count = 2,
         .in_force = true},
        {.word = "skip",
         .text = "a table better left alone",
         .table = "ifStackTable",
         .follows = "it is not asked",
         .profile = "acme",
         .in_force = true},
    };
    static const struct habit_record habits[] = {
        {.table = "ifTable", .max_repetitions = 3}};
    struct asking *a = asking_new();
    struct device_record *d = a->station.snapshot->devices[0];

    (void)state;
    d->quirks = quirks;
    d->quirk_count = COUNT_OF(quirks);
    d->habits = habits;
    d->habit_count = COUNT_OF(habits);
    d->poll.last_packets = 12;
    d->poll.last_octets = 3456;
    d->poll.interval_s = 60;
    d->poll.duration_ms = 600;
    assert_int_equal(get(a, "/api/v1/devices/core"), 200);
    assert_int_equal(told_count(a, "quirks"), 2);
    assert_string_equal(told(a, "quirks/0/quirk"), "too_big");
    assert_string_equal(told(a, "quirks/0/table"), "ifTable");
    assert_string_equal(told(a, "quirks/0/first"), "1970-01-01T00:00:01Z");
    assert_string_equal(told(a, "quirks/0/last"), "1970-01-01T00:01:01Z");
    assert_string_equal(told(a, "quirks/1/profile"), "acme");
    assert_string_equal(told(a, "quirks/1/follows"), "it is not asked");
    assert_string_equal(told(a, "habits/0/table"), "ifTable");
    const json_t *poll = json_object_get(a->api.json, "poll");
    assert_int_equal(number_in(poll, "last_packets"), 12);
    assert_int_equal(number_in(poll, "last_octets"), 3456);
    assert_int_equal(number_in(poll, "interval_share_percent"), 1);
    assert_int_equal(get(a, "/api/v1/export/quirks.tsv"), 200);
    assert_non_null(strstr(a->api.text.at,
                           "core\ttoo_big\tifTable\t1970-01-01T00:00:01Z\t"
                           "1970-01-01T00:01:01Z\t2\t\tasked for less"));
    assert_non_null(strstr(a->api.text.at, "core\tskip\tifStackTable\t\t\t\t"
                                           "acme\t"));
    asking_free(a);
}

static void what_belongs_to_a_device_is_listed(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core/interfaces"), 200);
    assert_int_equal(told_count(a, "interfaces"), 2);
    assert_string_equal(told(a, "interfaces/0/name"), "Gi0/1");
    assert_string_equal(told(a, "interfaces/0/oper"), "up");
    assert_string_equal(told(a, "interfaces/0/type"), "ethernetCsmacd");
    assert_string_equal(told(a, "interfaces/0/untagged"), "1");
    assert_string_equal(told(a, "interfaces/0/tagged"), "10-12,20");
    assert_string_equal(told(a, "interfaces/0/stp_role"), "root");
    assert_string_equal(told(a, "interfaces/0/stp_state"), "forwarding");
    assert_string_equal(told(a, "interfaces/1/tagged"), "");
    assert_int_equal(get(a, "/api/v1/devices/core/sensors"), 200);
    assert_int_equal(told_count(a, "sensors"), 3);
    assert_string_equal(told(a, "sensors/2/descr"), "Intake");
    assert_int_equal(get(a, "/api/v1/devices/core/neighbors"), 200);
    assert_string_equal(told(a, "neighbors/0/name"), "edge");
    assert_string_equal(told(a, "neighbors/0/port"), "Gi0/1");
    assert_int_equal(get(a, "/api/v1/devices/core/addresses"), 200);
    assert_int_equal(told_count(a, "known"), 2);
    assert_int_equal(get(a, "/api/v1/devices/printer/interfaces"), 200);
    assert_int_equal(told_count(a, "interfaces"), 0);
    asking_free(a);
}

static void an_unknown_device_is_a_404_everywhere(void **state)
{
    static const char *const paths[] = {"", "/interfaces", "/sensors",
                                        "/neighbors", "/addresses"};
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        OWNED_BUFFER struct buffer path = {0};

        buffer_format(&path, "/api/v1/devices/nobody%s", paths[i]);
        assert_int_equal(get(a, path.at), 404);
        assert_non_null(strstr(a->api.detail, "nobody"));
    }
    asking_free(a);
}

static void commands_reach_the_station(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(ask(a, API_POST, "/api/v1/devices",
                         "{\"addresses\": [\"192.0.2.5\", \"192.0.2.6\"]}"),
                     202);
    assert_string_equal(a->station.command, "add");
    assert_string_equal(a->station.target, "192.0.2.5");
    assert_int_equal(a->station.targets, 2);
    assert_int_equal(ask(a, API_POST, "/api/v1/devices/core/poll", NULL), 202);
    assert_string_equal(a->station.command, "poll");
    assert_int_equal(ask(a, API_DELETE, "/api/v1/devices/core", NULL), 200);
    assert_string_equal(a->station.command, "remove");
    assert_string_equal(a->station.target, "core");
    asking_free(a);
}

static void refusals_come_back_with_their_reason(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    a->station.rc = -EPERM;
    assert_int_equal(ask(a, API_POST, "/api/v1/devices",
                         "{\"addresses\": [\"203.0.113.1\"]}"),
                     403);
    assert_non_null(strstr(a->api.detail, "203.0.113.1"));
    a->station.rc = -ENOENT;
    assert_int_equal(ask(a, API_DELETE, "/api/v1/devices/x", NULL), 404);
    assert_int_equal(ask(a, API_POST, "/api/v1/devices/x/poll", NULL), 404);
    asking_free(a);
}

static void a_body_without_a_list_is_refused(void **state)
{
    static const char *const bodies[] = {"",
                                         "{}",
                                         "{\"addresses\": \"192.0.2.1\"}",
                                         "{\"addresses\": {}}",
                                         "{\"addresses\": []}",
                                         "{\"addresses\": null}",
                                         "{\"targets\": [\"192.0.2.1\"]}"};
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        a->station.command[0] = '\0';
        if (ask(a, API_POST, "/api/v1/devices", bodies[i]) != 400)
            fail_msg("%s", bodies[i]);
        assert_string_equal(a->station.command, ""); /* nothing was done */
    }
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_listed_filtered_and_paged),
        cmocka_unit_test(a_device_is_told_whole),
        cmocka_unit_test(what_is_odd_about_its_agent_is_told),
        cmocka_unit_test(what_belongs_to_a_device_is_listed),
        cmocka_unit_test(an_unknown_device_is_a_404_everywhere),
        cmocka_unit_test(commands_reach_the_station),
        cmocka_unit_test(refusals_come_back_with_their_reason),
        cmocka_unit_test(a_body_without_a_list_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
