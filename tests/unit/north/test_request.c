/* Paths, parameters and bodies, as anybody may send them. */
#include "asking.h"

/* A request of path and query alone. */
static struct api_request request(const char *query)
{
    struct api_request r = {.query = mem_new(struct evkeyvalq)};

    if (query == NULL || evhttp_parse_query_str(query, r.query) < 0)
        TAILQ_INIT(r.query);
    return r;
}

static void request_end(struct api_request *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->segments[i]);
    evhttp_clear_headers(r->query);
    free(r->query);
    json_decref(r->body);
}

static void paths_are_cut_and_decoded(void **state)
{
    static const struct {
        const char *path, *segments; /* separated by | */
    } cases[] = {
        {"/api/v1/devices", "devices"},
        {"/api/v1/devices/", "devices|"},
        {"/api/v1/devices/core-1/interfaces", "devices|core-1|interfaces"},
        {"/api/v1/devices/a%2Fb", "devices|a/b"},
        {"/api/v1/devices/R%C3%A4um%201", "devices|R\xc3\xa4um 1"},
        {"/api/v1/series/core:Gi0%2F1/traffic", "series|core:Gi0/1|traffic"},
        {"/api/v1/devices//x", "devices||x"},
        {"/api/v1/%zz", "%zz"},
        {"/api/v1/a+b", "a+b"}, /* a plus is a plus in a path */
        {"/api/v1/", ""},
        {"/metrics", "/metrics"},
        {"/", "/"},
        {"/api/v2/devices", "/api/v2/devices"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct api_request r = request(NULL);
        OWNED_BUFFER struct buffer joined = {0};

        if (!api_cut_path(&r, cases[i].path))
            fail_msg("%s", cases[i].path);
        buffer_text(&joined, "");
        for (size_t n = 0; n < r.count; n++)
            buffer_format(&joined, "%s%s", n > 0 ? "|" : "", r.segments[n]);
        if (strcmp(joined.len > 0 ? joined.at : "", cases[i].segments) != 0)
            fail_msg("%s: %s", cases[i].path, joined.at);
        request_end(&r);
    }
}

static void paths_that_are_none_are_refused(void **state)
{
    static const char *const paths[] = {"", "devices", "*",
                                        "/api/v1/devices/a%00b",
                                        "/api/v1/1/2/3/4/5/6/7/8/9"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct api_request r = request(NULL);

        if (api_cut_path(&r, paths[i]))
            fail_msg("%s", paths[i]);
        request_end(&r);
    }
}

/* ?n= of 1 to max; what is refused was answered, which ends the request. */
static bool number_of(const char *query, int64_t max, int64_t *out)
{
    struct api_request *r = mem_new(struct api_request);
    struct api api = {0};

    *r = request(query);
    r->api = &api;
    if (!api_param_number(r, "n", 1, max, out)) {
        assert_int_equal(api.status, 400);
        return false;
    }
    request_end(r);
    free(r);
    return true;
}

static void numbers_are_believed_within_their_bounds(void **state)
{
    static const struct {
        const char *query;
        int64_t number; /* -7: it is not there, 0: it is refused */
    } cases[] = {
        {"n=5", 5},     {"n=1", 1},   {"n=10", 10},
        {"n=0", 0},     {"n=11", 0},  {"n=", -7},
        {"n", -7},      {"m=5", -7},  {"n=5x", 0},
        {"n=x", 0},     {"n=%35", 5}, {"n=99999999999999999999", 0},
        {"n=5&n=6", 5}, {"n=+5", 5},  {NULL, -7},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t n = -7;

        if (!number_of(cases[i].query, 10, &n))
            n = n == -7 ? 0 : 99;
        if (n != cases[i].number)
            fail_msg("%s: %d", cases[i].query, (int)n);
    }
}

static void the_greatest_number_is_no_overflow(void **state)
{
    int64_t n = 3;

    (void)state;
    assert_false(number_of("n=99999999999999999999", INT64_MAX, &n));
    assert_int_equal(n, 3);
}

static void a_body_is_an_object_or_nothing(void **state)
{
    static const struct {
        const char *text;
        bool accepted, there;
    } cases[] = {
        {"", true, false},
        {"{}", true, true},
        {"{\"a\": [1]}", true, true},
        {"[]", false, true},
        {"7", false, true},
        {"{", false, false},
        {"{} {}", false, false},
        {"\xff", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct api_request r = request(NULL);

        if (api_read_body(&r, bytes_of_text(cases[i].text)) !=
                cases[i].accepted ||
            (cases[i].accepted && (r.body != NULL) != cases[i].there))
            fail_msg("%s", cases[i].text);
        request_end(&r);
    }
}

static void a_body_nested_without_end_is_refused(void **state)
{
    enum { DEPTH = 100000 };
    char *text = mem_array(DEPTH + 8, 1);
    struct api_request r = request(NULL);

    (void)state;
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEPTH);
    assert_false(api_read_body(&r, bytes_of_text(text)));
    free(text);
    request_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_cut_and_decoded),
        cmocka_unit_test(paths_that_are_none_are_refused),
        cmocka_unit_test(numbers_are_believed_within_their_bounds),
        cmocka_unit_test(the_greatest_number_is_no_overflow),
        cmocka_unit_test(a_body_is_an_object_or_nothing),
        cmocka_unit_test(a_body_nested_without_end_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
