/* Levels with hysteresis and duration: what a row of values tells. */
#include "station/rule_step.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EVERY_MS = 60000 };

/* "..WWM." : a letter for what is told after each value. */
static void told(const struct rule_bounds *b, const char *values, char *out)
{
    static const char letters[] = ".iwmMC";
    struct rule_state s = {0};
    struct wall at = {1000000};
    char *end;

    for (; *values != '\0'; values = end) {
        double value = strtod(values, &end);

        if (end == values) {
            assert_int_equal(values[strspn(values, " ")], '?');
            end = (char *)values + strspn(values, " ") + 1;
            value = NAN;
        }
        *out++ = letters[rule_step(b, &s, EVERY_MS, at, value)];
        at.ms += EVERY_MS;
    }
    *out = '\0';
}

static struct rule_bounds above(double warning, double major, double back,
                                int64_t for_ms)
{
    struct rule_bounds b = rule_bounds_none();

    b.above[SEVERITY_WARNING] = warning;
    b.above[SEVERITY_MAJOR] = major;
    b.back = back;
    b.for_ms = for_ms;
    return b;
}

static void values_are_told_as_levels_say(void **state)
{
    const struct rule_bounds at_once = above(80, 95, 10, 0),
                             later = above(80, 95, 10, 2LL * EVERY_MS),
                             one = above(80, NAN, 0, 0);
    struct rule_bounds below = rule_bounds_none();
    struct rule_bounds band = rule_bounds_none();

    below.below[SEVERITY_MINOR] = 5;
    below.back = 2;
    band.above[SEVERITY_WARNING] = 10;
    band.below[SEVERITY_CRITICAL] = 1;
    const struct {
        const char *name;
        const struct rule_bounds *b;
        const char *values, *told;
    } cases[] = {
        {"normal", &at_once, "0 80 79", "..."},
        {"a level", &at_once, "81", "w"},
        {"hysteresis", &at_once, "81 75 71 70 75", "www.."},
        {"worse at once", &at_once, "81 96", "wM"},
        {"back by a level", &at_once, "96 86 85 71 70", "MMww."},
        {"back to normal from the worst", &at_once, "96 20", "M."},
        {"no hysteresis", &one, "81 80 81", "w.w"},
        {"not for long enough", &later, "81 81 79 81 81", "....."},
        {"for long enough", &later, "81 81 81 75 70", "..ww."},
        {"the least of what was passed", &later, "96 81 96 96 96", "..wwM"},
        {"a gap does not raise", &later, "81 ? 81 81", "...."},
        {"it goes on after a gap", &later, "81 ? 81 81 81", "....w"},
        {"a gap does not clear", &at_once, "81 ? ? 75 70", "wwww."},
        {"below", &below, "6 4 6 7 8", ".mm.."},
        {"both sides", &band, "5 11 0 5", ".wC."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[20];

        print_message("%s\n", cases[i].name);
        told(cases[i].b, cases[i].values, out);
        assert_string_equal(out, cases[i].told);
    }
}

static void a_long_pause_does_not_count(void **state)
{
    const struct rule_bounds b = above(80, NAN, 0, 3600000);
    struct rule_state s = {0};

    (void)state;
    assert_int_equal(rule_step(&b, &s, EVERY_MS, (struct wall){1000}, 90), 0);
    assert_int_equal(rule_step(&b, &s, EVERY_MS, (struct wall){90000000}, 90),
                     0);
    assert_int_equal(rule_step(&b, &s, EVERY_MS, (struct wall){92000000}, 90),
                     0);
    assert_int_equal(rule_step(&b, &s, EVERY_MS, (struct wall){93600000}, 90),
                     SEVERITY_WARNING);
    assert_int_equal(s.since.ms, 93600000);
    assert_false(rule_is_normal(&s));
}

static void what_is_between_the_levels_is_normal(void **state)
{
    struct rule_bounds b = above(80, 95, 0, 0);
    struct rule_range r = rule_range_of(&b);

    (void)state;
    assert_float_equal(r.high, 80, 0);
    assert_true(isinf(r.low));
    b.below[SEVERITY_MINOR] = 2;
    b.below[SEVERITY_MAJOR] = 1;
    assert_float_equal(rule_range_of(&b).low, 2, 0);
    assert_float_equal(rule_level(&b, SEVERITY_CLEARED, 70), 80, 0);
    assert_float_equal(rule_level(&b, SEVERITY_MAJOR, 97), 95, 0);
    assert_float_equal(rule_level(&b, SEVERITY_MAJOR, 0), 1, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_told_as_levels_say),
        cmocka_unit_test(a_long_pause_does_not_count),
        cmocka_unit_test(what_is_between_the_levels_is_normal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
