/* Software and processes: asked when somebody wants to know. */
#include "asking.h"

#define HOST 1, 3, 6, 1, 2, 1, 25

static void say(struct asking *a, struct oid name, const char *text)
{
    const struct value value = {.type = VALUE_OCTETS,
                                .octets = bytes_of_text(text)};

    a->station.on_varbind(a->station.query_arg, name, &value);
}

static void software_is_what_the_walk_brings(void **state)
{
    const struct oid name = OID(HOST, 6, 3, 1, 2, 7);
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core/software"), 0);
    assert_string_equal(a->station.command, "walk");
    assert_string_equal(a->station.target, "core");
    say(a, name, "bash");
    a->station.on_end(a->station.query_arg, 0, 1);
    assert_int_equal(a->api.status, 200);
    assert_int_equal(told_count(a, "software"), 1);
    assert_string_equal(told(a, "software/0/name"), "bash");
    asking_free(a);
}

static void processes_are_walked_twice(void **state)
{
    const struct oid name = OID(HOST, 4, 2, 1, 2, 7);
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core/processes"), 0);
    say(a, name, "init");
    a->station.on_end(a->station.query_arg, 0, 1);
    assert_int_equal(a->api.answers, 0);
    a->station.on_end(a->station.query_arg, -ETIMEDOUT, 0);
    assert_int_equal(a->api.status, 200); /* who they are is known */
    assert_string_equal(told(a, "processes/0/name"), "init");
    asking_free(a);
}

static void silence_is_a_problem(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core/software"), 0);
    a->station.on_end(a->station.query_arg, -ETIMEDOUT, 0);
    assert_int_equal(a->api.status, 504);
    assert_int_equal(get(a, "/api/v1/devices/nobody/software"), 404);
    asking_free(a);
}

static void who_leaves_cancels(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core/processes"), 0);
    asking_forget(a);
    assert_int_equal(a->station.canceled, 1);
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(software_is_what_the_walk_brings),
        cmocka_unit_test(processes_are_walked_twice),
        cmocka_unit_test(silence_is_a_problem),
        cmocka_unit_test(who_leaves_cancels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
