/* Walks and gets: lines as they come, an end that says how it went. */
#include "asking.h"

static void say(struct asking *a, struct oid name, struct value value)
{
    a->station.on_varbind(a->station.query_arg, name, &value);
}

static const struct oid sys_name = OID_INIT(1, 3, 6, 1, 2, 1, 1, 5, 0);
static const struct oid strange = OID_INIT(1, 3, 6, 1, 4, 1, 99999, 1);

static void a_walk_streams_line_by_line(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/walk?target=core&oid=1.3.6.1.2.1.1"), 0);
    assert_string_equal(a->station.command, "walk");
    assert_string_equal(a->station.target, "core");
    say(a, sys_name,
        (struct value){.type = VALUE_OCTETS, .octets = bytes_of_text("c\n1")});
    say(a, strange, (struct value){.type = VALUE_INTEGER, .integer = -7});
    assert_int_equal(a->api.answers, 0);
    a->station.on_end(a->station.query_arg, 0, 2);
    assert_int_equal(a->api.answers, 1);
    assert_non_null(strstr(a->api.text.at, " = STRING: "));
    assert_non_null(strstr(a->api.text.at, "99999.1 = INTEGER: -7\n"));
    assert_null(strstr(a->api.text.at, "failed"));
    unsigned lines = 0;
    for (const char *c = a->api.text.at; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 2); /* a text makes no lines of its own */
    asking_free(a);
}

static void a_failure_is_the_last_line(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/walk?target=core&oid=1.3"), 0);
    a->station.on_end(a->station.query_arg, -ETIMEDOUT, 0);
    assert_string_equal(a->api.text.at, "# failed: Connection timed out\n");
    asking_free(a);
}

static void several_oids_are_got_at_once(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(
        get(a, "/api/v1/get?target=core&oid=1.3.6.1.2.1.1.5.0,1.3.6.1"), 0);
    assert_string_equal(a->station.command, "get");
    assert_int_equal(a->station.targets, 2);
    a->station.on_end(a->station.query_arg, 0, 0);
    asking_free(a);
}

static void what_cannot_be_asked_is_refused_before(void **state)
{
    static const char *const targets[] = {
        "walk?target=core",
        "walk?target=core&oid=",
        "walk?target=core&oid=no.such.name",
        "walk?target=core&oid=1.3.6.1.99999999999",
        "get?target=core&oid=1.3,bogus",
        ("get?target=core&oid=1.1,1.2,1.3,1.4,1.5,1.6,1.7,1.8,1.9,1.10,1.11,"
         "1.12,1.13,1.14,1.15,1.16,1.17"),
    };
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        OWNED_BUFFER struct buffer path = {0};

        buffer_format(&path, "/api/v1/%s", targets[i]);
        if (get(a, path.at) != 400)
            fail_msg("%s: %d", targets[i], a->api.status);
        assert_string_equal(a->station.command, "");
    }
    asking_free(a);
}

static void a_refusal_of_the_station_is_no_stream(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    a->station.rc = -EPERM;
    assert_int_equal(get(a, "/api/v1/walk?target=203.0.113.1&oid=1.3"), 403);
    assert_false(a->api.streams);
    assert_int_equal(get(a, "/api/v1/get?oid=1.3"), 403);
    asking_free(a);
}

static void an_answer_without_end_is_ended(void **state)
{
    static char text[60000];
    struct asking *a = asking_new();
    struct value value = {.type = VALUE_OCTETS};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    value.octets = bytes_of_text(text);
    assert_int_equal(get(a, "/api/v1/walk?target=core&oid=1.3"), 0);
    for (unsigned i = 0; i < 100000 && a->api.answers == 0; i++)
        say(a, strange, value);
    assert_int_equal(a->api.answers, 1);
    assert_int_equal(a->station.canceled, 1);
    asking_free(a);
}

static void a_client_that_leaves_cancels(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/walk?target=core&oid=1.3"), 0);
    struct api_request *r = a->api.open;
    r->forget(r);
    assert_int_equal(a->station.canceled, 1);
    answered(r, 0, "");
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_streams_line_by_line),
        cmocka_unit_test(a_failure_is_the_last_line),
        cmocka_unit_test(several_oids_are_got_at_once),
        cmocka_unit_test(what_cannot_be_asked_is_refused_before),
        cmocka_unit_test(a_refusal_of_the_station_is_no_stream),
        cmocka_unit_test(an_answer_without_end_is_ended),
        cmocka_unit_test(a_client_that_leaves_cancels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
