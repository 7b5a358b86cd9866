/* Few files are made at once, many as slowly as costs little, and all of them
 * within an hour. */
#include "station/series_allowance.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TURN_MS = 100, HOUR_MS = 3600000, MINUTE_MS = 60000, BATCH = 64 };
static const int64_t NS_PER_US = 1000;

struct made {
    uint64_t files;
    int64_t cost_ns, took_ms;
};

/* Makes files as soon as they may be, in batches, until all are there or so
 * long has passed. */
static struct made make(uint64_t files, int64_t each_us, int64_t span_ms)
{
    struct mono now = {.ns = 77};
    struct made made = {0};
    struct allowance a;

    allowance_init(&a, now);
    for (; made.files < files && made.took_ms < span_ms;
         made.took_ms += TURN_MS, now = mono_after_ms(now, TURN_MS)) {
        for (uint64_t may; (may = allowance_files(&a, now, files)) > 0;) {
            uint64_t left = files - made.files;

            may = may < BATCH ? may : BATCH;
            may = may < left ? may : left;
            if (may == 0)
                break;
            int64_t cost_ns = (int64_t)may * each_us * NS_PER_US;
            allowance_spend(&a, may, cost_ns);
            made.files += may;
            made.cost_ns += cost_ns;
        }
    }
    return made;
}

static void as_many_files_are_made_as_cost_little(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t files;
        int64_t each_us, span_ms;
        uint64_t made; /* by then, at least */
        double share;  /* of a processor, at most, but for the first 1.5 s */
    } cases[] = {
        {"a small network at once", 1000, 200, 1000, 1000, 0},
        {"some thousand within a minute", 10000, 200, MINUTE_MS, 10000, 0.011},
        {"large files of a large network take their time", 250000, 200,
         10 * MINUTE_MS, 40000, 0.015},
        {"and are there within an hour", 250000, 200, HOUR_MS, 250000, 0.015},
        {"also where making one costs much", 250000, 2000, HOUR_MS, 250000,
         0.14},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct made made =
            make(cases[i].files, cases[i].each_us, cases[i].span_ms);

        print_message("  %s: %llu after %lld ms, which cost %lld ms\n",
                      cases[i].name, (unsigned long long)made.files,
                      (long long)made.took_ms,
                      (long long)made.cost_ns / 1000000);
        assert_true(made.files >= cases[i].made);
        assert_true((double)made.cost_ns <=
                    1.6e9 + cases[i].share * 1e6 * (double)made.took_ms);
    }
}

/* What was spent beyond what was there is saved first. */
static void what_was_asked_for_is_paid_back(void **state)
{
    struct mono now = {0};
    struct allowance a;

    (void)state;
    allowance_init(&a, now);
    assert_true(allowance_files(&a, now, 100) > 0);
    allowance_spend(&a, 10000, 10000LL * 1000 * NS_PER_US);
    now = mono_after_ms(now, 60000);
    assert_int_equal(allowance_files(&a, now, 100), 0);
    now = mono_after_ms(now, 1000000);
    assert_true(allowance_files(&a, now, 100) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_files_are_made_as_cost_little),
        cmocka_unit_test(what_was_asked_for_is_paid_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
