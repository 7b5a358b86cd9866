/* The figures of a column: what is not known is left out, never 0. */
#include "graphs/summary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool is(double value, double want)
{
    return fabs(value - want) < 1e-9;
}

static void figures_leave_out_what_is_unknown(void **state)
{
    const double at[] = {4, 9, (double)NAN, 9, 1, 9, 3, 9, (double)NAN, 9};
    struct summary s = summary_make(at, 5, 2, 60);

    (void)state;
    assert_true(is(s.figures[FIGURE_LAST], 3));
    assert_true(is(s.figures[FIGURE_MIN], 1));
    assert_true(is(s.figures[FIGURE_MAX], 4));
    assert_true(is(s.figures[FIGURE_MEAN], 8.0 / 3));
    assert_true(is(s.figures[FIGURE_TOTAL], 480));
}

static void five_percent_lie_above_the_percentile(void **state)
{
    double at[101];

    (void)state;
    for (int i = 0; i < 101; i++)
        at[i] = 100 - i;
    struct summary s = summary_make(at, 101, 1, 60);
    assert_true(is(s.figures[FIGURE_P95], 95));
    s = summary_make(at, 1, 1, 60);
    assert_true(is(s.figures[FIGURE_P95], 100));
}

static void nothing_known_is_nothing(void **state)
{
    const double at[] = {(double)NAN, (double)NAN};
    struct summary s = summary_make(at, 2, 1, 60);

    (void)state;
    for (size_t i = 0; i < FIGURES; i++)
        assert_true(isnan(s.figures[i]));
    s = summary_make(NULL, 0, 1, 60);
    assert_true(isnan(s.figures[FIGURE_TOTAL]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_leave_out_what_is_unknown),
        cmocka_unit_test(five_percent_lie_above_the_percentile),
        cmocka_unit_test(nothing_known_is_nothing),
    };
    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
