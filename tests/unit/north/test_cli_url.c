/* Names of devices and ports are anything: their path is theirs alone. */
#include "north/cli_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void names_are_encoded_whole(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path;
    } cases[] = {
        {"core-1", "devices/core-1/poll"},
        {"core-1:Gi1/0/1", "devices/core-1%3AGi1%2F0%2F1/poll"},
        {"a b?c#d&e=f", "devices/a%20b%3Fc%23d%26e%3Df/poll"},
        {"100%", "devices/100%25/poll"},
        {"~segment-1", "devices/~segment-1/poll"},
        {"..", "devices/../poll"}, /* the client keeps it as it is */
        {"M\xc3\xbcnchen", "devices/M%C3%BCnchen/poll"},
        {"\x01\x7f", "devices/%01%7F/poll"},
        {"2001:db8::1", "devices/2001%3Adb8%3A%3A1/poll"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};

        url_path(&out, "devices", cases[i].name, "poll", NULL);
        assert_string_equal(out.at, cases[i].path);
    }
}

static void parameters_follow(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};

    url_path(&out, "events", NULL);
    url_param(&out, "object", NULL);
    assert_string_equal(out.at, "events");
    url_param(&out, "object", "a&b");
    url_param_number(&out, "after", -1);
    url_param(&out, "class", "");
    assert_string_equal(out.at, "events?object=a%26b&after=-1&class=");
}

/* A '?' within a name is none of ours. */
static void first_parameter_begins_with_a_question_mark(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};

    url_path(&out, "devices", "who?", NULL);
    url_param(&out, "q", "x");
    assert_string_equal(out.at, "devices/who%3F?q=x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_encoded_whole),
        cmocka_unit_test(parameters_follow),
        cmocka_unit_test(first_parameter_begins_with_a_question_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
