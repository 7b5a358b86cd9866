/* A word goes wherever it stands for itself, and nowhere else. */
#include "base/redaction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void words_go_where_they_stand_alone(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: nothing is found */
    } cases[] = {
        {"", NULL},
        {"sw1", "X"},
        {"sw1:Gi0/1", "X:Gi0/1"},
        {"(sw1), sw1.", "(X), X."},
        {"\"sw1\",\"sw10\"", "\"X\",\"sw10\""},
        {"sw10 asw1 sw1-a a-sw1 sw1.lab lab.sw1 sw1_", NULL},
        {"sw1- -sw1 .sw1", "X- -X .X"},
        {"sw1sw1 sw1", "sw1sw1 X"},
        {"192.0.2.1 192.0.2.10 1192.0.2.1 192.0.2.1/24", "Y 192.0.2.10 "
                                                         "1192.0.2.1 Y/24"},
        {"sw1.lab.example is sw1", "Z is X"},
        {"sw1\xc3\xa4 \xc3\xa4sw1", NULL},
        {"devices/sw1/poll", "devices/X/poll"},
        {"{\"sw1\":1,\"kind\":\"sw1\",\"name\":\"sw1\"}",
         "{\"sw1\":1,\"kind\":\"sw1\",\"name\":\"X\"}"},
        {"{\"text\":\"{\\\"sw1\\\":2}\"}", NULL},
    };
    struct redaction r = {0};

    (void)state;
    redaction_add(&r, "sw1", "X");
    redaction_add(&r, "192.0.2.1", "Y");
    redaction_add(&r, "sw1.lab.example", "Z");
    redaction_add(&r, "", "never");
    redaction_add(&r, NULL, "never");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER got = {0};
        bool found = redaction_text(&r, cases[i].text, &got);

        if (found != (cases[i].want != NULL))
            print_message("%s\n", cases[i].text);
        assert_int_equal(found, cases[i].want != NULL);
        assert_int_equal(redaction_finds(&r, cases[i].text), found);
        if (found)
            assert_string_equal(got.at, cases[i].want);
        else
            assert_int_equal(got.len, 0);
    }
    redaction_fini(&r);
}

static void words_have_what_is_around_them_with_them(void **state)
{
    struct redaction r = {0};
    struct buffer OWNED_BUFFER got = {0};

    (void)state;
    redaction_add(&r, "by ann", "by person-1");
    redaction_add(&r, "\"ann\"", "\"person-1\"");
    assert_false(redaction_finds(&r, "ann is no word here, nor by anna"));
    assert_true(redaction_text(&r, "{\"who\":\"ann\"} by ann: ann", &got));
    assert_string_equal(got.at, "{\"who\":\"person-1\"} by person-1: ann");
    redaction_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_go_where_they_stand_alone),
        cmocka_unit_test(words_have_what_is_around_them_with_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
