/* What a value was over a time, in fixed memory. */
#include "station/rule_window.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };
static const int64_t DAY_MS = 24LL * HOUR_MS;

static struct wall at(int64_t ms)
{
    return (struct wall){1000 * DAY_MS + ms};
}

static void a_change_is_known_when_its_time_was_seen(void **state)
{
    OWNED(window_free) struct window *w = window_new(10LL * MINUTE_MS);

    (void)state;
    for (int i = 0; i < 8; i++) {
        assert_true(isnan(window_change(w)));
        window_add(w, at((int64_t)i * MINUTE_MS), 20);
    }
    for (int i = 8; i < 100; i++)
        window_add(w, at((int64_t)i * MINUTE_MS), 20 + (i - 8) * 2);
    assert_float_equal(window_change(w), 20, 0.001);
    window_add(w, at(99LL * MINUTE_MS), 1000); /* not later */
    window_add(w, at(100LL * MINUTE_MS), NAN);
    window_add(w, at(100LL * MINUTE_MS), 1e60);
    assert_float_equal(window_change(w), 20, 0.001);
}

static void a_percentile_leaves_peaks_out(void **state)
{
    OWNED(window_free) struct window *w = window_new(HOUR_MS);

    (void)state;
    for (int i = 0; i < 300; i++) {
        if (i == 15)
            assert_true(isnan(window_percentile(w, 95)));
        window_add(w, at((int64_t)i * MINUTE_MS), i % 30 == 0 ? 900 : i % 10);
    }
    assert_float_equal(window_percentile(w, 95), 9, 0.001);
    assert_float_equal(window_percentile(w, 100), 900, 0.001);
    assert_float_equal(window_percentile(w, 50), 5, 1);
}

static void a_trend_is_not_bent_by_outliers(void **state)
{
    OWNED(window_free) struct window *w = window_new(7 * DAY_MS);
    int hours = 20 * 24;

    (void)state;
    for (int i = 0; i < hours; i++) {
        double used = 1000 + i * 10; /* 240 a day */

        if (i == 12)
            assert_true(isnan(window_per_day(w)));
        window_add(w, at((int64_t)i * HOUR_MS), i % 12 == 5 ? 90000 : used);
    }
    assert_float_equal(window_per_day(w), 240, 10);

    struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER again = {0};
    OWNED(window_free) struct window *other = window_new(7 * DAY_MS);
    window_write(w, &text);
    window_read(other, text.at);
    window_write(other, &again);
    assert_string_equal(text.at, again.at);
    assert_float_equal(window_per_day(other), 240, 10);
}

static void what_is_no_window_is_none(void **state)
{
    static const char *const texts[] = {"", "2 5:5", "1 5", "1 5:x",
                                        "1 99999999999999999999999:1"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        OWNED(window_free) struct window *w = window_new(HOUR_MS);

        window_read(w, texts[i]);
        assert_true(isnan(window_change(w)));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_known_when_its_time_was_seen),
        cmocka_unit_test(a_percentile_leaves_peaks_out),
        cmocka_unit_test(a_trend_is_not_bent_by_outliers),
        cmocka_unit_test(what_is_no_window_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
