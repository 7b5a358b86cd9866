/* Figures are short, and never without their unit. */
#include "north/cli_unit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void figures_have_their_units(void **state)
{
    (void)state;
    static const struct {
        enum unit unit;
        double value;
        const char *shown, *raw;
    } cases[] = {
        {UNIT_BITS, 0, "0 bit/s", "0"},
        {UNIT_BITS, 999, "999 bit/s", "999"},
        {UNIT_BITS, 999.6, "1 kbit/s", "999.6"}, /* never 1000 bit/s */
        {UNIT_BITS, 1000, "1 kbit/s", "1000"},
        {UNIT_BITS, 1544000, "1.54 Mbit/s", "1544000"},
        {UNIT_BITS, 100e6, "100 Mbit/s", "100000000"},
        {UNIT_BITS, 999.96e6, "1 Gbit/s", "999960000"},
        {UNIT_BITS, 10e9, "10 Gbit/s", "10000000000"},
        {UNIT_BITS, 400e9, "400 Gbit/s", "400000000000"},
        {UNIT_BITS, 1e300, NULL, "1e+300"},
        {UNIT_OCTETS, 125, "1 kbit/s", "1000"},
        {UNIT_OCTETS, 0.5, "4 bit/s", "4"},
        {UNIT_BYTES, 512, "512 B", "512"},
        {UNIT_BYTES, 1023.7, "1 KiB", "1023.7"},
        {UNIT_BYTES, 1536, "1.5 KiB", "1536"},
        {UNIT_BYTES, 25232932864.0, "23.5 GiB", "25232932864"},
        {UNIT_MS, 0.0412, "0.041 ms", "0.0412"},
        {UNIT_MS, 12.34, "12.3 ms", "12.34"},
        {UNIT_MS, 123.4, "123 ms", "123.4"},
        {UNIT_MS, 5000, "5000 ms", "5000"},
        {UNIT_PERCENT, 7.049, "7.05 %", "7.049"},
        {UNIT_PERCENT, 100, "100 %", "100"},
        {UNIT_PERCENT, 99.96, "100 %", "99.96"},
        {UNIT_PER_S, 0, "0 /s", "0"},
        {UNIT_PER_S, 12.25, "12.2 /s", "12.25"},
        {UNIT_TROUBLE, 0, "", "0"}, /* quiet where nothing is wrong */
        {UNIT_TROUBLE, 0.004, "0.004 /s", "0.004"},
        {UNIT_SECONDS, 365, "6 min 5 s", "365"},
        {UNIT_COUNT, 1234567, "1234567", "1234567"},
        {UNIT_NUMBER, -3.5, "-3.5", "-3.5"},
        {UNIT_FLAG, 1, "yes", "1"},
        {UNIT_FLAG, 0, "no", "0"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer OWNED_BUFFER shown = {0}, OWNED_BUFFER raw = {0};

        buffer_text(&shown, "");
        unit_show(cases[i].unit, cases[i].value, &shown);
        unit_raw(cases[i].unit, cases[i].value, &raw);
        if ((cases[i].shown != NULL && strcmp(shown.at, cases[i].shown) != 0) ||
            strcmp(raw.at, cases[i].raw) != 0)
            fail_msg("case %zu: \"%s\" and \"%s\"", i, shown.at, raw.at);
    }
}

static void what_is_not_known_is_empty(void **state)
{
    (void)state;
    static const double values[] = {(double)NAN, (double)INFINITY,
                                    -(double)INFINITY};

    for (int unit = 0; unit < UNITS; unit++)
        for (size_t i = 0; i < COUNT(values); i++) {
            struct buffer OWNED_BUFFER out = {0};

            unit_show((enum unit)unit, values[i], &out);
            unit_raw((enum unit)unit, values[i], &out);
            assert_int_equal(out.len, 0);
        }
}

static void times_are_told_from_now(void **state)
{
    (void)state;
    static const struct {
        const char *at, *ago;
    } cases[] = {
        {"2026-11-22T02:47:31Z", "now"},
        {"2026-11-22T02:47:19Z", "12 s ago"},
        {"2026-11-22T00:45:31Z", "2 h 2 min ago"},
        {"2026-11-22T02:47:36Z", "in 5 s"},
        {"no time at all", "no time at all"},
    };
    struct wall now;

    assert_int_equal(wall_parse("2026-11-22T02:47:31Z", (struct wall){0}, &now),
                     0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};

        unit_ago(cases[i].at, now, &out);
        assert_string_equal(out.at, cases[i].ago);
    }
}

static void things_are_one_or_many(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};

    unit_things(1, "link", &out);
    buffer_char(&out, ' ');
    unit_things(0, "link", &out);
    buffer_char(&out, ' ');
    unit_things(254, "address", &out);
    assert_string_equal(out.at, "1 link 0 links 254 addresses");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_have_their_units),
        cmocka_unit_test(what_is_not_known_is_empty),
        cmocka_unit_test(times_are_told_from_now),
        cmocka_unit_test(things_are_one_or_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
