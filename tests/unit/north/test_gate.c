/* The gate: every operation with every role and with none; where requests come
 * from; what the station is called. */
#include "asking.h"

#include "north/gate.h"

static const struct gate_headers of_page = {.host = "station:8161",
                                            .origin = "http://station:8161",
                                            .fetch_site = "same-origin",
                                            .page = "page"};

static bool permits(enum caller_kind kind, enum role role, bool must_change,
                    const struct api_route *route, struct refusal *why)
{
    const struct caller caller = {
        .kind = kind, .role = role, .must_change = must_change};

    *why = (struct refusal){0};
    bool permitted = gate_permits(&caller, route, &of_page, why);
    assert_int_equal(permitted, why->status == 0);
    assert_true(permitted ||
                (why->detail[0] != '\0' && why->remedy[0] != '\0'));
    return permitted;
}

static void each_operation_is_for_its_role_and_those_above(void **state)
{
    size_t count;
    const struct api_route *routes = route_table(&count);
    struct refusal why;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct api_route *route = &routes[i];

        assert_true(route->role < ROLES);
        assert_int_equal(
            permits(CALLER_NOBODY, ROLE_ANYONE, false, route, &why),
            route->role == ROLE_ANYONE);
        assert_true(route->role == ROLE_ANYONE || why.status == 401);
        for (enum role role = ROLE_VIEWER; role < ROLES; role++)
            for (enum caller_kind kind = CALLER_SOCKET; kind <= CALLER_TOKEN;
                 kind++) {
                bool permitted = permits(kind, role, false, route, &why);

                if (permitted != (role >= route->role))
                    fail_msg("%s as %s", route->pattern, role_name(role));
                assert_true(permitted || why.status == 403);
            }
    }
}

static void what_anyone_may_is_little(void **state)
{
    static const char *const known[] = {"session", "/health"};
    size_t count, seen = 0;
    const struct api_route *routes = route_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (routes[i].role == ROLE_ANYONE) {
            assert_true(seen < COUNT_OF(known));
            assert_string_equal(routes[i].pattern, known[seen++]);
        }
    /* Who gives rights must have all. */
    for (size_t i = 0; i < count; i++)
        if (strncmp(routes[i].pattern, "users", 5) == 0 ||
            strncmp(routes[i].pattern, "tokens", 6) == 0)
            assert_int_equal(routes[i].role, ROLE_ADMINISTRATOR);
}

static void before_the_password_is_changed_nothing_else_is_done(void **state)
{
    size_t count;
    const struct api_route *routes = route_table(&count);
    struct refusal why;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool of_session = strncmp(routes[i].pattern, "session", 7) == 0;

        assert_int_equal(
            permits(CALLER_SESSION, ROLE_ADMINISTRATOR, true, &routes[i], &why),
            of_session || routes[i].role == ROLE_ANYONE);
    }
}

static void changes_come_from_the_page(void **state)
{
    static const struct {
        struct gate_headers headers;
        bool permitted;
    } cases[] = {
        {{.host = "s", .page = "page"}, true},
        {{.host = "s", .origin = "http://s"}, true},
        {{.host = "s", .origin = "https://S"}, true},
        {{.host = "s:1", .fetch_site = "same-origin"}, true},
        {{.host = "s"}, false},
        {{.origin = "http://s", .page = "page"}, false},
        {{.host = "s", .origin = "http://evil", .page = "page"}, false},
        {{.host = "s", .origin = "null", .page = "page"}, false},
        {{.host = "s", .origin = "", .page = "page"}, false},
        {{.host = "", .origin = "http://", .page = "page"}, false},
        {{.host = "s:1", .origin = "http://s:2"}, false},
        {{.host = "s", .origin = "http://s.evil"}, false},
        {{.host = "s", .fetch_site = "same-site", .page = "page"}, false},
        {{.host = "s", .fetch_site = "none"}, false},
        {{.host = "s", .origin = "http://s", .fetch_site = "cross-site"},
         false},
    };
    const struct api_route post = {.method = API_POST,
                                   .pattern = "discovery",
                                   .role = ROLE_OPERATOR},
                           get = {.method = API_GET,
                                  .pattern = "status",
                                  .role = ROLE_VIEWER},
                           sign_in = {.method = API_POST,
                                      .pattern = "session",
                                      .role = ROLE_ANYONE};
    const struct caller browser = {.kind = CALLER_SESSION,
                                   .role = ROLE_OPERATOR},
                        script = {.kind = CALLER_TOKEN, .role = ROLE_OPERATOR},
                        nobody = {.kind = CALLER_NOBODY};
    struct refusal why;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct gate_headers *h = &cases[i].headers;

        if (gate_permits(&browser, &post, h, &why) != cases[i].permitted ||
            gate_permits(&nobody, &sign_in, h, &why) != cases[i].permitted)
            fail_msg("case %zu", i);
        assert_true(gate_permits(&browser, &get, h, &why));
        assert_true(gate_permits(&script, &post, h, &why));
    }
}

static void the_station_has_the_names_it_was_given(void **state)
{
    static const struct {
        const char *host;
        bool known;
    } cases[] = {
        {"127.0.0.1:8161", true},
        {"[::1]:8161", true},
        {"192.0.2.1", true},
        {"localhost", true},
        {"LOCALHOST:1", true},
        {"noc.example", true},
        {"NOC.example:443", true},
        {"evil.example", false},
        {"localhost.evil", false},
        {"", false},
        {NULL, false},
        {":80", false},
        {"[", false},
        {"noc.example.", false},
    };
    char *own[] = {(char *)"noc.example"};
    const struct gate_names names = {.at = own, .count = 1},
                            any = {.all = true};
    struct refusal why;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (gate_knows(&names, cases[i].host, &why) != cases[i].known)
            fail_msg("%s", cases[i].host);
        assert_true(cases[i].known || why.status == 421);
        assert_true(gate_knows(&any, cases[i].host, &why));
    }
}

/* What proxies and servers have been seen to read in two ways. */
static void a_request_ends_at_one_place_alone(void **state)
{
    static const struct {
        const char *name, *of[4]; /* key, value, key, value */
        int status;               /* 0: it is taken */
    } cases[] = {
        {"no body", {"Host", "a"}, 0},
        {"a length", {"Content-Length", "17", "Host", "a"}, 0},
        {"none", {"Content-Length", "0"}, 0},
        {"another field", {"X-Length", "0x, 1"}, 0},
        {"chunks", {"Transfer-Encoding", "chunked"}, 411},
        {"both", {"content-length", "3", "transfer-encoding", "chunked"}, 411},
        {"a coding of nobody", {"Transfer-Encoding", "xchunked"}, 411},
        {"an empty one", {"Transfer-Encoding", ""}, 411},
        {"a blank before the colon", {"Transfer-Encoding ", "chunked"}, 400},
        {"a length with a blank", {"Content-Length ", "3"}, 400},
        {"two lengths", {"Content-Length", "3", "Content-Length", "4"}, 400},
        {"the same twice", {"Content-Length", "3", "content-length", "3"}, 400},
        {"a list of lengths", {"Content-Length", "3, 4"}, 400},
        {"a sign", {"Content-Length", "+3"}, 400},
        {"a negative one", {"Content-Length", "-3"}, 400},
        {"hexadecimal", {"Content-Length", "0x3"}, 400},
        {"no length", {"Content-Length", ""}, 400},
        {"a tab", {"Content-Length", "\t3"}, 400},
        {"more than counts", {"Content-Length", "18446744073709551616"}, 400},
        {"two hosts", {"Host", "a", "Host", "b"}, 400},
        {"a line within a line", {"X", "y\rContent-Length: 3"}, 400},
        {"no name", {"", "y"}, 400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evkeyval fields[2];
        struct evkeyvalq headers;
        struct refusal why = {0};

        TAILQ_INIT(&headers);
        for (size_t n = 0; n < 2 && cases[i].of[2 * n] != NULL; n++) {
            fields[n].key = (char *)(uintptr_t)cases[i].of[2 * n];
            fields[n].value = (char *)(uintptr_t)cases[i].of[2 * n + 1];
            TAILQ_INSERT_TAIL(&headers, &fields[n], next);
        }
        bool ends = gate_ends(&headers, false, &why);
        if (ends != (cases[i].status == 0) || why.status != cases[i].status)
            fail_msg("%s: %d", cases[i].name, why.status);
    }
}

static void a_method_without_a_body_has_none(void **state)
{
    static const char *const lengths[] = {"0", "00", "3", "03"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct evkeyval length = {.key = (char *)(uintptr_t) "content-length",
                                  .value = (char *)(uintptr_t)lengths[i]};
        struct evkeyvalq headers;
        struct refusal why = {0};

        TAILQ_INIT(&headers);
        TAILQ_INSERT_TAIL(&headers, &length, next);
        assert_true(gate_ends(&headers, false, &why));
        assert_int_equal(gate_ends(&headers, true, &why), i < 2);
        assert_int_equal(why.status, i < 2 ? 0 : 400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_is_for_its_role_and_those_above),
        cmocka_unit_test(what_anyone_may_is_little),
        cmocka_unit_test(before_the_password_is_changed_nothing_else_is_done),
        cmocka_unit_test(changes_come_from_the_page),
        cmocka_unit_test(the_station_has_the_names_it_was_given),
        cmocka_unit_test(a_request_ends_at_one_place_alone),
        cmocka_unit_test(a_method_without_a_body_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
