/* What is usual at an hour of the week: learned, hard to mislead, adapting. */
#include "station/rule_baseline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, WEEK_S = 7 * DAY_S };
/* Monday, 2026-11-02 00:00 */
static const int64_t MONDAY_S = 1793577600;

/* Usual: 100 at night, 1000 from 9 to 17 on five days; some noise. */
static double usual(int64_t s)
{
    int64_t of_week = (s - MONDAY_S) % WEEK_S;
    int64_t hour = of_week % DAY_S / HOUR_S;
    bool busy = of_week < 5 * DAY_S && hour >= 9 && hour < 17;

    return (busy ? 1000 : 100) * (1 + 0.05 * sin((double)s));
}

static int64_t live(struct baseline *b, int64_t from, int weeks, double scale)
{
    int64_t s = from;

    for (; s < from + (int64_t)weeks * WEEK_S; s += MINUTE_S)
        (void)baseline_add(b, s, usual(s) * scale);
    return s;
}

static struct baseline_hour hour_at(const struct baseline *b, int day, int hour)
{
    struct baseline_hour h;

    assert_true(baseline_hour(
        b, MONDAY_S + 50LL * WEEK_S + day * DAY_S + hour * HOUR_S, &h));
    return h;
}

static void hours_of_the_week_are_learned(void **state)
{
    OWNED(baseline_free) struct baseline *b = baseline_new();
    struct baseline_hour h;

    (void)state;
    int64_t now = live(b, MONDAY_S, 1, 1);
    assert_false(baseline_hour(b, now, &h)); /* met once */
    (void)live(b, now, 2, 1);
    assert_float_equal(hour_at(b, 0, 10).level, 1000, 20);
    assert_float_equal(hour_at(b, 0, 3).level, 100, 2);
    assert_float_equal(hour_at(b, 5, 10).level, 100, 2);
    assert_float_equal(hour_at(b, 1, 10).spread, 50, 30);
    assert_true(hour_at(b, 6, 3).spread >= 2);
}

static void an_odd_quarter_of_an_hour_leaves_no_trace(void **state)
{
    OWNED(baseline_free) struct baseline *b = baseline_new();

    (void)state;
    int64_t now = live(b, MONDAY_S, 3, 1);
    double before = hour_at(b, 0, 10).level;
    for (int64_t s = now; s < now + WEEK_S; s += MINUTE_S) {
        bool odd = (s - now) / HOUR_S == 10 && s % HOUR_S < 15 * MINUTE_S;

        (void)baseline_add(b, s, odd ? 1e6 : usual(s));
    }
    assert_float_equal(hour_at(b, 0, 10).level, before, 20);
}

static void an_odd_week_hardly_shows_a_lasting_change_is_learned(void **state)
{
    OWNED(baseline_free) struct baseline *b = baseline_new();

    (void)state;
    int64_t now = live(b, MONDAY_S, 6, 1);
    now = live(b, now, 1, 10);
    assert_true(hour_at(b, 0, 10).level < 1100);
    now = live(b, now, 20, 3);
    assert_float_equal(hour_at(b, 0, 10).level, 3000, 300);
}

static void negative_values_and_nothing_are_values_too(void **state)
{
    OWNED(baseline_free) struct baseline *b = baseline_new();

    (void)state;
    for (int64_t s = MONDAY_S; s < MONDAY_S + 3 * WEEK_S; s += MINUTE_S)
        (void)baseline_add(b, s, s % 7 == 0 ? NAN : -18.5);
    assert_float_equal(hour_at(b, 3, 3).level, -18.5, 0.05);
}

static void it_survives_as_a_text(void **state)
{
    OWNED(baseline_free) struct baseline *b = baseline_new();
    OWNED(baseline_free) struct baseline *other = baseline_new();
    struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER again = {0};

    (void)state;
    (void)live(b, MONDAY_S, 3, 1);
    baseline_write(b, &text);
    baseline_read(other, text.at);
    baseline_write(other, &again);
    assert_string_equal(text.at, again.at);
    assert_float_equal(hour_at(other, 0, 10).level, hour_at(b, 0, 10).level, 0);

    text.at[20] = 'x';
    OWNED(baseline_free) struct baseline *none = baseline_new();
    struct baseline_hour h;
    baseline_read(none, text.at);
    assert_false(baseline_hour(none, MONDAY_S, &h));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_of_the_week_are_learned),
        cmocka_unit_test(an_odd_quarter_of_an_hour_leaves_no_trace),
        cmocka_unit_test(an_odd_week_hardly_shows_a_lasting_change_is_learned),
        cmocka_unit_test(negative_values_and_nothing_are_values_too),
        cmocka_unit_test(it_survives_as_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
