/* Risk: what alerts make together, levels that do not flap, groups, exposure,
 * spans of its history. */
#include "station/risk.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct formula *made(const char *text, const char *const *names)
{
    struct buffer OWNED_BUFFER error = {0};
    struct formula *f = formula_new(text, names, &error);

    assert_non_null(f);
    return f;
}

static double of_alert(enum severity severity, int value, int exposure,
                       uint32_t cause, uint32_t silence)
{
    OWNED(formula_free)
    struct formula *f = made(risk_alert_formula, risk_alert_names);
    const struct alert_record a = {.severity = severity,
                                   .cause = cause,
                                   .silence = silence,
                                   .acknowledged = {.who = ""}};
    double variables[RISK_VARIABLES];

    risk_variables(&a, value, exposure, (struct wall){0}, variables);
    return risk_of_formula(f, variables);
}

static void an_alert_counts_by_severity_value_and_exposure(void **state)
{
    (void)state;
    assert_float_equal(of_alert(SEVERITY_CRITICAL, 5, 5, 0, 0), 125, 0);
    assert_float_equal(of_alert(SEVERITY_WARNING, 3, 3, 0, 0), 18, 0);
    assert_float_equal(of_alert(SEVERITY_INDETERMINATE, 1, 1, 0, 0), 1, 0);
    assert_float_equal(of_alert(SEVERITY_MAJOR, 5, 3, 7, 0), 12, 1e-9);
    assert_float_equal(of_alert(SEVERITY_MAJOR, 5, 3, 7, 2), 0, 0);
}

static void several_alerts_join(void **state)
{
    (void)state;
    assert_float_equal(risk_join(0, 60), 60, 1e-9);
    assert_float_equal(risk_join(60, 18), 69.36, 1e-9);
    assert_float_equal(risk_join(18, 60), 69.36, 1e-9);
    assert_float_equal(risk_join(125, 60), 125, 1e-9);
}

static void a_formula_stays_within_bounds(void **state)
{
    static const struct {
        const char *text;
        double risk;
    } cases[] = {{"severity * 1000", 125}, {"-5", 0}, {"1 / 0", 0}, {"7", 7}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(formula_free)
        struct formula *f = made(cases[i].text, risk_alert_names);
        const double variables[RISK_VARIABLES] = {[RISK_SEVERITY] = 3};

        assert_float_equal(risk_of_formula(f, variables), cases[i].risk, 0);
    }
}

static double of_the_first(const struct formula *f, const double *risks,
                           size_t count)
{
    struct risk_sum members = {0};

    for (size_t i = 0; i < count; i++)
        risk_sum_add(&members, risks[i]);
    return risk_of_group(f, &members);
}

static void a_group_is_its_worst_and_a_share_of_the_rest(void **state)
{
    OWNED(formula_free)
    struct formula *f = made(risk_group_formula, risk_group_names);
    static const double risks[] = {60, 10, 20, 0};

    (void)state;
    assert_float_equal(of_the_first(f, risks, 4), 62, 1e-9);
    assert_float_equal(of_the_first(f, risks, 1), 60, 1e-9);
    assert_float_equal(of_the_first(f, risks, 0), 0, 1e-9);
}

static struct mono at_s(int64_t s)
{
    return (struct mono){(s + 1) * INT64_C(1000000000)};
}

static void levels_do_not_flap(void **state)
{
    struct risk_mark m = {0};

    (void)state;
    assert_int_equal(risk_level_of(24.9), 1);
    assert_int_equal(risk_level_of(25), 2);
    assert_int_equal(risk_level_of(125), 5);
    assert_true(risk_mark_step(&m, 20, at_s(0)));
    assert_false(risk_mark_step(&m, 27, at_s(1))); /* not clearly beyond */
    assert_int_equal(m.level, 1);
    assert_false(risk_mark_step(&m, 24, at_s(30)));
    assert_false(risk_mark_step(&m, 27, at_s(40)));
    assert_false(risk_mark_step(&m, 27, at_s(99)));
    assert_true(risk_mark_step(&m, 27, at_s(100))); /* for 60 s */
    assert_int_equal(m.level, 2);
    assert_true(risk_mark_step(&m, 80, at_s(101))); /* clearly */
    assert_int_equal(m.level, 4);
    assert_false(risk_mark_step(&m, 71, at_s(102)));
    assert_true(risk_mark_step(&m, 70, at_s(103)));
    assert_string_equal(risk_level_name(m.level), "medium");
}

static void exposure_is_explained(void **state)
{
    struct buffer OWNED_BUFFER why = {0};
    struct risk_exposure e = {.firmware_years = NAN};

    (void)state;
    assert_int_equal(risk_exposure(&e, &why), 3);
    assert_string_equal(why.at, "3");
    buffer_clear(&why);
    e = (struct risk_exposure){
        .is_public = true, .plain = true, .firmware_years = 9};
    assert_int_equal(risk_exposure(&e, &why), 5);
    assert_string_equal(why.at, "3 + 1 (an address of the public Internet) + 1 "
                                "(a community that everybody guesses) + 1 "
                                "(firmware older than five years)");
    buffer_clear(&why);
    e = (struct risk_exposure){.encrypted = true, .firmware_years = 1};
    assert_int_equal(risk_exposure(&e, &why), 2);
}

static void near(double is, double expected)
{
    if (!(fabs(is - expected) < 0.01))
        fail_msg("%g != %g", is, expected);
}

static void a_span_is_the_mean_over_its_time(void **state)
{
    struct risk_history h = {.refs = 1, .count = 3};
    struct risk_span span;

    (void)state;
    h.points[0] = (struct risk_point){{1000}, 100};
    h.points[1] = (struct risk_point){{3000}, 20};
    h.points[2] = (struct risk_point){{9000}, 0};
    assert_true(
        risk_history_span(&h, (struct wall){0}, (struct wall){4000}, &span));
    near(span.highest, 100);
    near(span.mean, (0.0 + 100 + 100 + 20) / 4);
    near(span.last, 20);
    assert_true(
        risk_history_span(&h, (struct wall){4000}, (struct wall){6000}, &span));
    near(span.highest, 20);
    near(span.mean, 20);
    assert_true(risk_history_span(&h, (struct wall){20000},
                                  (struct wall){30000}, &span));
    near(span.highest, 0);
    h.count = RISK_POINTS; /* what was before them was lost */
    h.first = 0;
    assert_false(
        risk_history_span(&h, (struct wall){0}, (struct wall){500}, &span));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_counts_by_severity_value_and_exposure),
        cmocka_unit_test(several_alerts_join),
        cmocka_unit_test(a_formula_stays_within_bounds),
        cmocka_unit_test(a_group_is_its_worst_and_a_share_of_the_rest),
        cmocka_unit_test(levels_do_not_flap),
        cmocka_unit_test(exposure_is_explained),
        cmocka_unit_test(a_span_is_the_mean_over_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
