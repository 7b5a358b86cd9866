/* The figure never flatters, and forgets what is older than two windows. */
#include "station/lateness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct mono start = {INT64_C(1000000000000)};

static struct mono after(int64_t ms)
{
    return mono_after_ms(start, ms);
}

static void nothing_measured_is_nothing_late(void **state)
{
    struct lateness l = {0};

    (void)state;
    assert_int_equal(lateness_quantile(&l, 0.99), 0);
    assert_int_equal(lateness_max(&l), 0);
}

static void the_quantile_bounds_what_was_seen(void **state)
{
    static const int64_t lates[] = {0, 1, 2, 3, 7, 50, 999, 86400000};

    (void)state;
    for (size_t i = 0; i < sizeof lates / sizeof lates[0]; i++) {
        struct lateness l = {0};

        for (unsigned n = 0; n < 100; n++)
            lateness_add(&l, lates[i], start);
        assert_true(lateness_quantile(&l, 0.99) >= lates[i] ||
                    lateness_quantile(&l, 0.99) == lateness_max(&l));
        assert_int_equal(lateness_max(&l), lates[i]);
        assert_true(lateness_quantile(&l, 0.5) <= lateness_max(&l));
    }
}

static void one_late_poll_in_a_thousand_does_not_move_the_99th(void **state)
{
    struct lateness l = {0};

    (void)state;
    for (unsigned n = 0; n < 999; n++)
        lateness_add(&l, 2, start);
    lateness_add(&l, 30000, start);
    assert_true(lateness_quantile(&l, 0.99) <= 4);
    assert_true(lateness_quantile(&l, 1) >= 30000);
    assert_int_equal(lateness_max(&l), 30000);
}

static void ten_late_polls_in_a_hundred_do(void **state)
{
    struct lateness l = {0};

    (void)state;
    for (unsigned n = 0; n < 90; n++)
        lateness_add(&l, 0, start);
    for (unsigned n = 0; n < 10; n++)
        lateness_add(&l, 1000, start);
    assert_in_range(lateness_quantile(&l, 0.99), 1000, 1500);
    assert_int_equal(lateness_quantile(&l, 0.5), 0);
}

static void early_is_not_late(void **state)
{
    struct lateness l = {0};

    (void)state;
    lateness_add(&l, -5000, start);
    assert_int_equal(lateness_max(&l), 0);
    assert_int_equal(lateness_quantile(&l, 1), 0);
}

static void the_window_before_counts_and_older_ones_are_forgotten(void **state)
{
    struct lateness l = {.turned = start};

    (void)state;
    lateness_add(&l, 5000, after(1));
    lateness_add(&l, 0, after(LATENESS_WINDOW_MS + 1));
    assert_int_equal(lateness_max(&l), 5000);
    lateness_add(&l, 0, after(2 * LATENESS_WINDOW_MS + 2));
    assert_int_equal(lateness_max(&l), 0);
    assert_int_equal(lateness_quantile(&l, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_measured_is_nothing_late),
        cmocka_unit_test(the_quantile_bounds_what_was_seen),
        cmocka_unit_test(one_late_poll_in_a_thousand_does_not_move_the_99th),
        cmocka_unit_test(ten_late_polls_in_a_hundred_do),
        cmocka_unit_test(early_is_not_late),
        cmocka_unit_test(the_window_before_counts_and_older_ones_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
