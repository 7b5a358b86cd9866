/* What rrdtool is told and what it answers, in whatever pieces it comes. */
#include "graphs/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void arguments_stay_what_they_are(void **state)
{
    char *at[] = {(char *)(uintptr_t) "graphv", (char *)(uintptr_t) "a b\t\\c",
                  (char *)(uintptr_t) "it's \"5\"\nquit",
                  (char *)(uintptr_t) ""};
    struct picture_argv argv = {.at = at, .count = COUNT_OF(at)};
    OWNED_BUFFER struct buffer text = {0};

    (void)state;
    talk_command(&argv, &text);
    assert_string_equal(text.at, "\"graphv\" \"a b\t\\c\" \"it's \"'\"5\" "
                                 "quit' \"\"\n");
}

static const char whole[] = "print[0] = \"1.5e+00\"\nprint[1] = \"-nan\"\n"
                            "graph_left = 51\nlegend[0] = \"OK\"\n"
                            "image = BLOB_SIZE:11\nab\nOK \0\nERR"
                            "OK u:0.01 s:0.00 r:0.01\n";

static void answers_come_in_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < sizeof whole; piece++) {
        struct talk t = {0};
        enum talk_state said = TALK_MORE;

        for (size_t at = 0; at < sizeof whole - 1; at += piece) {
            size_t len = sizeof whole - 1 - at;

            assert_int_equal(said, TALK_MORE);
            said = talk_take(&t, (struct bytes){(const uint8_t *)whole + at,
                                                len < piece ? len : piece});
        }
        assert_int_equal(said, TALK_DONE);
        assert_int_equal(t.printed.count, 2);
        assert_string_equal(t.printed.at[0], "1.5e+00");
        assert_string_equal(t.printed.at[1], "-nan");
        assert_int_equal(talk_image(&t).len, 11);
        assert_memory_equal(talk_image(&t).at, "ab\nOK \0\nERR", 11);
        talk_clear(&t);
    }
}

static enum talk_state take(struct talk *t, const char *text)
{
    return talk_take(t, bytes_of_text(text));
}

static void what_is_no_answer_is_broken(void **state)
{
    static const struct {
        const char *text;
        enum talk_state want;
    } cases[] = {
        {"OK u:0 s:0 r:0\n", TALK_DONE},
        {"ERROR: opening 'x': No such file or directory\n", TALK_FAILED},
        {"image = BLOB_SIZE:x\n", TALK_BROKEN},
        {"image = BLOB_SIZE:99999999999999\n", TALK_BROKEN},
        {"image = BLOB_SIZE:2\nab\n", TALK_MORE},
        {"image = BLOB_SIZE:1\naimage = BLOB_SIZE:1\nb", TALK_BROKEN},
        {"print[0] = nothing\n", TALK_BROKEN},
        {"OK u:0\nmore", TALK_BROKEN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct talk t = {0};

        if (take(&t, cases[i].text) != cases[i].want)
            fail_msg("%s", cases[i].text);
        talk_clear(&t);
    }
}

static void errors_are_told_and_lines_bounded(void **state)
{
    struct talk t = {0};
    OWNED_BUFFER struct buffer line = {0};

    (void)state;
    assert_int_equal(take(&t, "ERROR: No DS called 'a' in 'b'\n"), TALK_FAILED);
    assert_string_equal(t.error, "No DS called 'a' in 'b'");
    talk_clear(&t);
    for (size_t i = 0; i <= TALK_LINE_MAX; i++)
        buffer_char(&line, 'x');
    assert_int_equal(take(&t, line.at), TALK_BROKEN);
    talk_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_stay_what_they_are),
        cmocka_unit_test(answers_come_in_pieces),
        cmocka_unit_test(what_is_no_answer_is_broken),
        cmocka_unit_test(errors_are_told_and_lines_bounded),
    };
    return cmocka_run_group_tests_name("talk", tests, NULL, NULL);
}
