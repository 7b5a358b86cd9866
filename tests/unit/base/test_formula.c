/* Formulas: what they are worth, what is refused and where, and their bounds.
 */
#include "base/formula.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const names[] = {"in", "out", "speed", "gone", NULL};
static const double values[] = {3, 5, 100, NAN};

static void a_formula_has_its_value(void **state)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"1", 1},
        {" max(in, out) * 8 / speed * 100 ", 40},
        {"2 + 3 * 4", 14},
        {"(2 + 3) * 4", 20},
        {"10 - 4 - 3", 3},
        {"100 / 5 / 2", 10},
        {"-in + --out", 2},
        {"1.5e3 + .5", 1500.5},
        {"min(in, out) + abs(-2) + round(2.5) + floor(2.5)", 10},
        {"sqrt(speed) + log(exp(2))", 12},
        {"in < out", 1},
        {"(in >= out) + (3 <= in) + (out > in)", 2},
        {"if(in > 2, 7, 8)", 7},
        {"if(0, gone, 8)", 8},
        {"first(gone, in)", 3},
        {"first(out, gone)", 5},
        {"gone + 1", NAN},
        {"max(gone, 1)", NAN},
        {"gone > 1", NAN},
        {"if(gone, 1, 2)", NAN},
        {"1 / 0", NAN},
        {"in / (out - 5)", NAN},
        {"exp(10000)", NAN},
        {"sqrt(-1)", NAN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER error = {0};
        OWNED(formula_free)
        struct formula *f = formula_new(cases[i].text, names, &error);

        print_message("%s\n", cases[i].text);
        assert_non_null(f);
        double value = formula_value(f, values);
        if (isnan(cases[i].value))
            assert_true(isnan(value));
        else
            assert_float_equal(value, cases[i].value, 1e-9);
        assert_string_equal(formula_text(f), cases[i].text);
    }
}

static void a_fault_has_its_column(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "a number, a variable or a function is missing, at column 1"},
        {"in +", "a number, a variable or a function is missing, at column 5"},
        {"in + inn", "there is no variable \"inn\", at column 6"},
        {"in * tan(3)", "there is no function \"tan\", at column 6"},
        {"(in + 3", "a \")\" is missing, at column 8"},
        {"min(in)", "a \",\" is missing, at column 7"},
        {"in out", "this does not belong to a formula, at column 4"},
        {"1.2.3", "this is no number, at column 1"},
        {"1e999", "this is no number, at column 1"},
        {"in < 3 < 4", "this does not belong to a formula, at column 8"},
        {"nan", "there is no variable \"nan\", at column 1"},
        {"0x10", "this does not belong to a formula, at column 2"},
        {"((((((((((((((((((1))))))))))))))))))", "too deep, at column 17"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER error = {0};

        print_message("%s\n", cases[i].text);
        assert_null(formula_new(cases[i].text, names, &error));
        assert_string_equal(error.at, cases[i].error);
    }
}

static void a_formula_is_bounded(void **state)
{
    struct buffer OWNED_BUFFER error = {0}, OWNED_BUFFER many = {0},
                               OWNED_BUFFER octets = {0};

    (void)state;
    for (int i = 0; i < FORMULA_OPS_MAX; i++)
        buffer_text(&many, "1+");
    buffer_text(&many, "1");
    assert_null(formula_new(many.at, names, &error));
    assert_non_null(strstr(error.at, "too many parts"));
    for (int i = 0; i <= FORMULA_TEXT_MAX; i++)
        buffer_char(&octets, ' ');
    buffer_clear(&error);
    assert_null(formula_new(octets.at, names, &error));
    assert_string_equal(error.at, "the formula is too long, at column 1");
}

static void it_tells_what_it_uses(void **state)
{
    struct buffer OWNED_BUFFER error = {0};
    OWNED(formula_free)
    struct formula *f = formula_new("out / speed", names, &error);

    (void)state;
    assert_false(formula_uses(f, 0));
    assert_true(formula_uses(f, 1));
    assert_true(formula_uses(f, 2));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_formula_has_its_value),
        cmocka_unit_test(a_fault_has_its_column),
        cmocka_unit_test(a_formula_is_bounded),
        cmocka_unit_test(it_tells_what_it_uses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
