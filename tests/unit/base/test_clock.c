/* Moments and durations as people write and read them. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct wall noon = {INT64_C(1795262400000)}; /* 2026-11-21 12:00 */

static void durations_need_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } cases[] = {
        {"0", 0},
        {"500ms", 500},
        {"30s", 30000},
        {"5m", 300000},
        {"6h", 21600000},
        {"7d", 604800000},
        {"2w", 1209600000},
        {"2y", INT64_C(63072000000)},
        {"1h30m", 5400000},
        {"0s", 0},
        {"60", -1},
        {"", -1},
        {"s", -1},
        {"5 m", -1},
        {"-5s", -1},
        {"1h30", -1},
        {"5x", -1},
        {"1.5h", -1},
        {"9223372036854775807s", -1},
        {"99999999999999999999ms", -1},
        {"200000y", -1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms = 77;
        int rc = duration_parse(cases[i].text, &ms);
        if ((rc < 0) != (cases[i].ms < 0))
            fail_msg("\"%s\": %d", cases[i].text, rc);
        assert_int_equal(ms, cases[i].ms < 0 ? 0 : cases[i].ms);
    }
}

static void durations_are_read_with_two_units(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0 ms"},
        {90, "90 ms"},
        {999, "999 ms"},
        {42000, "42 s"},
        {42999, "42 s"},
        {365000, "6 min 5 s"},
        {60000, "1 min"},
        {10920000, "3 h 2 min"},
        {7200000, "2 h"},
        {INT64_C(1051200000), "12 d 4 h"},
        {-90000, "-1 min 30 s"},
        {INT64_MIN, "-106751991167 d 7 h"},
    };
    char text[24];

    for (size_t i = 0; i < COUNT(cases); i++) {
        duration_format(cases[i].ms, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void moments_are_written_in_utc(void **state)
{
    (void)state;
    char text[32];

    wall_format(noon, text, sizeof text);
    assert_string_equal(text, "2026-11-21T12:00:00Z");
    wall_format((struct wall){0}, text, sizeof text);
    assert_string_equal(text, "");
    wall_format((struct wall){INT64_MAX}, text, sizeof text);
    assert_string_equal(text, "");
    wall_format((struct wall){-1}, text, sizeof text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    wall_format((struct wall){INT64_C(-40491100800) * 1000}, text, sizeof text);
    assert_string_equal(text, ""); /* the year 686 has three digits */
}

static void moments_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } cases[] = {
        {"now", INT64_C(1795262400000)},
        {"-2h", INT64_C(1795255200000)},
        {"-7d", INT64_C(1794657600000)},
        {"2026-11-21T12:00:00Z", INT64_C(1795262400000)},
        {"2026-11-21 12:00", INT64_C(1795262400000)},
        {"2026-11-21 12:00:01", INT64_C(1795262401000)},
        {"2026-11-21", INT64_C(1795219200000)},
        {"1795262400", INT64_C(1795262400000)},
        {"2026-02-30 12:00", -1},
        {"2026-13-01 12:00", -1},
        {"2026-11-21 25:00", -1},
        {"2026-11-21 12", -1},
        {"2026-11-21T12:00:00Zx", -1},
        {"99999999999999999999", -1},
        {"-2", -1},
        {"yesterday", -1},
        {"", -1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wall t = {77};
        int rc = wall_parse(cases[i].text, noon, &t);
        if ((rc < 0) != (cases[i].ms < 0))
            fail_msg("\"%s\": %d", cases[i].text, rc);
        if (rc == 0 && t.ms != cases[i].ms)
            fail_msg("\"%s\": %lld", cases[i].text, (long long)t.ms);
    }
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
    (void)state;
    struct mono first = mono_now();
    struct mono later = mono_after_ms(first, 1500);

    assert_true(mono_reached(mono_now(), first));
    assert_false(mono_reached(first, later));
    assert_int_equal(mono_ms_between(first, later), 1500);
    assert_int_equal(mono_ms_between(later, first), -1500);
    assert_true(wall_now().ms > INT64_C(1700000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_need_a_unit),
        cmocka_unit_test(durations_are_read_with_two_units),
        cmocka_unit_test(moments_are_written_in_utc),
        cmocka_unit_test(moments_are_read_as_people_write_them),
        cmocka_unit_test(the_monotonic_clock_does_not_go_back),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
