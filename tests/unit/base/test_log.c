/* A line is one line, with its level; a complaint keeps whole characters. */
#include "base/complaint.h"
#include "base/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAID_MAX = 8192 };

/* Runs say() with stderr in a pipe and gives what it wrote, and the errno it
 * left. */
static void listen_to(void (*say)(void), int *error, char said[SAID_MAX])
{
    int ends[2], saved = dup(STDERR_FILENO);

    assert_true(saved >= 0);
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    say();
    *error = errno;
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(ends[1]);
    (void)close(saved);
    size_t len = 0;
    for (ssize_t more = 1; more > 0; len += (size_t)more)
        more = read(ends[0], said + len, SAID_MAX - 1 - len);
    said[len] = '\0';
    (void)close(ends[0]);
}

static void say_each_level(void)
{
    log_open(LOG_LEVEL_INFO, LOG_TO_STDERR);
    log_error("core-2: gone");
    log_warning("w %d", 1);
    log_notice("n");
    log_info("i");
    log_debug("d");
}

static void say_to_the_journal(void)
{
    log_open(LOG_LEVEL_WARNING, LOG_TO_JOURNAL);
    log_warning("disk full");
    log_notice("not wanted");
}

static void say_lines(void)
{
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    log_notice("one\ntwo\x1b[31m");
}

static void say_much(void)
{
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    log_notice("%05000d", 1);
}

static void lines_have_their_level(void **state)
{
    (void)state;
    char said[SAID_MAX];
    int error = 0;

    listen_to(say_each_level, &error, said);
    assert_string_equal(said, "error: core-2: gone\nwarning: w 1\n"
                              "notice: n\ninfo: i\n");
    listen_to(say_to_the_journal, &error, said);
    assert_string_equal(said, "<4>disk full\n");
}

static void a_line_stays_one_line(void **state)
{
    (void)state;
    char said[SAID_MAX];
    int error = 0;

    listen_to(say_lines, &error, said);
    assert_string_equal(said, "notice: one two [31m\n");
    listen_to(say_much, &error, said);
    assert_in_range(strlen(said), 1000, 2100);
    assert_int_equal(said[strlen(said) - 1], '\n');
}

static void levels_have_names(void **state)
{
    (void)state;
    enum log_level level = LOG_LEVEL_ERROR;

    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
    assert_false(log_level_parse("Debug", &level));
    assert_false(log_level_parse("", &level));
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    assert_true(log_wants(LOG_LEVEL_ERROR));
    assert_false(log_wants(LOG_LEVEL_INFO));
}

static void say_to_nobody(void)
{
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    (void)close(STDERR_FILENO);
    errno = ENOSPC;
    log_error("nobody hears it");
}

/* Callers report what failed, and then return -errno. */
static void errno_survives_a_line(void **state)
{
    (void)state;
    char said[SAID_MAX];
    int after = 0;

    listen_to(say_to_nobody, &after, said);
    assert_int_equal(after, ENOSPC);
    assert_string_equal(said, "");
}

static void complaints_are_cut_at_characters(void **state)
{
    (void)state;
    struct complaint why;
    char long_text[1000];

    for (size_t i = 0; i + 3 < sizeof long_text; i += 3)
        memcpy(long_text + i, "\xe2\x82\xac", 4); /* the sign of the euro */
    assert_int_equal(
        complain(&why, -EINVAL, long_text, long_text, "%s x", long_text),
        -EINVAL);
    assert_int_equal(strlen(why.place), 159);
    assert_int_equal(strlen(why.what), 237);
    assert_int_equal(strlen(why.remedy), 159);
    assert_int_equal((unsigned char)why.what[236], 0xac);
    assert_int_equal(complain(&why, -EIO, "p", NULL, "x%s", long_text), -EIO);
    assert_int_equal(strlen(why.what), 238); /* x and 79 whole ones */
    assert_string_equal(why.remedy, "");
    assert_int_equal(complain(NULL, -EIO, "p", "r", "w"), -EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_their_level),
        cmocka_unit_test(a_line_stays_one_line),
        cmocka_unit_test(levels_have_names),
        cmocka_unit_test(errno_survives_a_line),
        cmocka_unit_test(complaints_are_cut_at_characters),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
