/* An agent's clock that runs fast or slow is known as such, whatever the way
 * of the packets. */
#include "station/drift.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

/* What an agent told at second at_s of ours: the answer was midway
 * early_s later. */
static double tell(struct drift *d, double at_s, double uptime_s,
                   double slack_s, double early_s)
{
    struct stamp stamp = {
        .sent = {(int64_t)((at_s + early_s - slack_s) * 1e9)},
        .received = {(int64_t)((at_s + early_s + slack_s) * 1e9)},
        .has_uptime = true,
        .uptime_cs = (uint32_t)(uptime_s * 100),
    };

    return drift_note(d, &stamp, (struct wall){(int64_t)(at_s * 1000) + 1});
}

/* Polled every 10 s for that long; answers take up to 0.5 s, each way more or
 * less of it. */
static double watch(struct drift *d, double from_s, double to_s, double pace)
{
    double told = 0;
    unsigned turn = 0;

    for (double at = from_s; at < to_s; at += 10, turn++)
        told =
            tell(d, at, 5000 + at * pace, 0.25, (turn * 7 % 10) * 0.05 - 0.22);
    return told;
}

static void a_clock_that_is_right_stays_so(void **state)
{
    struct drift d = {0};

    (void)state;
    assert_true(watch(&d, 100, 4000, 1) == 0);
}

static void a_drift_is_known_after_minutes(void **state)
{
    static const double paces[] = {1.02, 0.98, 1.005};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(paces); i++) {
        struct drift d = {0};

        assert_true(fabs(watch(&d, 100, 900, paces[i]) - paces[i]) < 0.001);
    }
}

static void a_clock_that_was_set_is_no_drift(void **state)
{
    struct drift d = {0};

    (void)state;
    (void)watch(&d, 100, 400, 1);
    /* 20 s ahead, then back again: it is as right as it was. */
    for (double at = 400; at < 500; at += 10)
        assert_true(tell(&d, at, 5020 + at, 0.01, 0) == 0);
    for (double at = 500; at < 600; at += 10)
        assert_true(tell(&d, at, 5000 + at, 0.01, 0) == 0);
    /* Half a second is no drift either. */
    for (double at = 600; at < 2400; at += 10)
        assert_true(tell(&d, at, 5000.4 + at, 0.01, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_right_stays_so),
        cmocka_unit_test(a_drift_is_known_after_minutes),
        cmocka_unit_test(a_clock_that_was_set_is_no_drift),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
