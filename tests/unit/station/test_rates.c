/* What two readings of a port's counters become: rates, or a reason. */
#include "station/rates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define GBIT 1000000000ULL
#define ALL ((uint16_t)((1U << PORT_RATES) - 1))

/* A reading at second at_s whose counters all are count. */
static struct counter_reading reading(int64_t at_s, uint32_t uptime_s,
                                      uint64_t count, bool wide)
{
    struct counter_reading r = {
        .valid = true,
        .at = {at_s * 1000000000},
        .has_uptime = true,
        .uptime_cs = uptime_s * 100,
        .present = ALL,
        .wide = wide ? ALL : 0,
    };

    for (size_t i = 0; i < PORT_RATES; i++)
        r.counters[i] = count;
    return r;
}

static enum gap compute(const struct counter_reading *before,
                        struct counter_reading *now, uint64_t speed_bps,
                        double out[PORT_RATES])
{
    const struct rate_bounds bounds = {.speed_bps = speed_bps};

    return rate_compute(before, now, &bounds, out);
}

static void steady_counters_give_their_rate(void **state)
{
    struct counter_reading before = reading(100, 1000, 5000, true);
    struct counter_reading now = reading(160, 1060, 5000 + 60 * 700, true);
    double out[PORT_RATES];

    (void)state;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    for (size_t i = 0; i < PORT_RATES; i++)
        assert_true(fabs(out[i] - 700) < 0.01);
}

static void the_agents_clock_decides_where_it_agrees(void **state)
{
    static const struct {
        const char *name;
        double slack_s; /* of the second reading */
        int64_t ours_s, theirs_s, counted_s;
    } cases[] = {
        {"a slow answer, read late", 1, 60, 61, 61},
        {"a very slow answer to a short interval", 1, 2, 3, 3},
        {"a quick answer: hundredths are too coarse", 0.001, 60, 61, 60},
        {"a clock that runs wild", 1, 60, 90, 60},
        {"a clock that runs wild in a short interval", 0.1, 2, 3, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t counted = (uint64_t)cases[i].counted_s * 100;
        struct counter_reading before = reading(100, 1000, 0, true);
        struct counter_reading now =
            reading(100 + cases[i].ours_s, 1000 + (uint32_t)cases[i].theirs_s,
                    counted, true);
        double out[PORT_RATES];

        print_message("%s\n", cases[i].name);
        for (size_t n = 0; n < PORT_RATES; n++)
            now.moments[n].slack_us = (uint32_t)(cases[i].slack_s * 1e6);
        assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
        assert_true(fabs(out[0] - 100) < 0.2);
    }
}

/* Octets and packets of a port with short counters, in and out alike. */
static struct counter_reading narrow(int64_t at_s, uint64_t octets,
                                     uint64_t packets)
{
    struct counter_reading r = reading(at_s, (uint32_t)at_s, 0, false);

    r.counters[PORT_IN_OCTETS] = r.counters[PORT_OUT_OCTETS] = octets;
    r.counters[PORT_IN_UCAST] = r.counters[PORT_OUT_UCAST] = packets;
    return r;
}

static void a_narrow_counter_wraps_once(void **state)
{
    struct counter_reading before = narrow(100, 4294967000ULL, 50);
    struct counter_reading now = narrow(110, 704, 60);
    double out[PORT_RATES];

    (void)state;
    assert_int_equal(compute(&before, &now, GBIT / 10, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 100) < 0.01);
}

/* 60 s at a gigabit go round nearly twice: only what passed in packets tells
 * whether they did. */
static void
short_counters_of_fast_ports_are_known_while_packets_are_few(void **state)
{
    const struct rate_bounds bounds = {GBIT, 1546};
    struct counter_reading before = narrow(100, 4294967000ULL, 50);
    struct counter_reading now = narrow(160, 60000 - 296, 650);
    double out[PORT_RATES];

    (void)state;
    assert_int_equal(rate_compute(&before, &now, &bounds, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 1000) < 0.01);
    now = narrow(160, 60000 - 296, 5000000);
    assert_int_equal(rate_compute(&before, &now, &bounds, out), GAP_WRAPPED);
    assert_true(isnan(out[PORT_IN_OCTETS]));
    assert_true(fabs(out[PORT_IN_UCAST] - 5000000 / 60.0) < 10);
    now = narrow(160, 60000 - 296, 51); /* cannot be: packets tell nothing */
    assert_int_equal(rate_compute(&before, &now, &bounds, out), GAP_WRAPPED);
}

static const struct gap_case {
    const char *name;
    int64_t seconds;
    uint32_t up_before, up_now;
    uint64_t before, now;
    uint64_t speed;
    bool wide;
    enum gap gap;
} gap_cases[] = {
    {"uptime went back", 60, 1000, 20, 9000, 100, GBIT, true, GAP_RESTART},
    {"restarted right after the last reading", 60, 5, 50, 9000, 9500, GBIT,
     true, GAP_RESTART},
    {"wide counters went back", 60, 1000, 1060, 9000, 100, GBIT, true,
     GAP_BACKWARDS},
    {"wrapped, but may have wrapped twice", 300, 1000, 1300, 4294967000ULL, 1,
     10 * GBIT, false, GAP_BACKWARDS},
    {"wrapped on a port of unknown speed", 60, 1000, 1060, 4294967000ULL, 1, 0,
     false, GAP_BACKWARDS},
    {"ten times what the port carries", 60, 1000, 1060, 0, 60 * 10 * GBIT / 8,
     GBIT, true, GAP_IMPOSSIBLE},
    {"more than anything carries, on a port of unknown speed", 60, 1000, 1060,
     0, 60 * 2000 * GBIT / 8, 0, true, GAP_IMPOSSIBLE},
    {"two readings at once", 0, 1000, 1000, 1, 2, GBIT, true, GAP_TOO_CLOSE},
};

static void gaps_are_gaps_and_say_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(gap_cases); i++) {
        const struct gap_case *c = &gap_cases[i];
        struct counter_reading before =
            reading(1000, c->up_before, c->before, c->wide);
        struct counter_reading now =
            reading(1000 + c->seconds, c->up_now, c->now, c->wide);
        double out[PORT_RATES];

        print_message("%s\n", c->name);
        assert_int_equal(compute(&before, &now, c->speed, out), c->gap);
        for (size_t n = 0; n < PORT_RATES; n++)
            assert_true(isnan(out[n]));
        assert_true(gap_text(c->gap)[0] != '\0');
    }
}

static void a_discontinuity_gives_no_rate(void **state)
{
    struct counter_reading before = reading(100, 1000, 0, true);
    struct counter_reading now = reading(160, 1060, 6000, true);
    double out[PORT_RATES];

    (void)state;
    before.has_discontinuity = now.has_discontinuity = true;
    now.discontinuity_cs = 103000;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_DISCONTINUITY);
    assert_true(isnan(out[0]));
}

static void a_counter_that_is_not_told_is_unknown_alone(void **state)
{
    struct counter_reading before = reading(100, 1000, 0, true);
    struct counter_reading now = reading(160, 1060, 6000, true);
    double out[PORT_RATES];

    (void)state;
    now.present = (uint16_t)(now.present & ~(1U << PORT_IN_MCAST));
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_BROKEN);
    assert_true(isnan(out[PORT_IN_MCAST]));
    assert_true(fabs(out[PORT_IN_OCTETS] - 100) < 0.01);
    /* It is there again, and then nothing is missing; or it never is. */
    struct counter_reading next = reading(220, 1120, 12000, true);
    assert_int_equal(compute(&now, &next, GBIT, out), GAP_BROKEN);
    struct counter_reading last = reading(280, 1180, 18000, true);
    assert_int_equal(compute(&next, &last, GBIT, out), GAP_NONE);
    next = reading(220, 1120, 12000, true);
    next.present = now.present;
    assert_int_equal(compute(&now, &next, GBIT, out), GAP_NONE);
}

static void a_counter_that_changed_its_width_is_unknown(void **state)
{
    struct counter_reading before = reading(100, 1000, 100, false);
    struct counter_reading now = reading(160, 1060, 6000, true);
    double out[PORT_RATES];

    (void)state;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_STUCK);
    assert_true(isnan(out[PORT_IN_OCTETS]));
}

static void a_counter_that_went_back_alone_is_not_believed_twice(void **state)
{
    struct counter_reading first = reading(100, 1000, 100000, true);
    struct counter_reading damaged = reading(160, 1060, 106000, true);
    struct counter_reading next = reading(220, 1120, 112000, true);
    double out[PORT_RATES];

    (void)state;
    damaged.counters[PORT_IN_OCTETS] = 5000;
    assert_int_equal(compute(&first, &damaged, GBIT, out), GAP_BACKWARDS);
    assert_true(isnan(out[PORT_IN_OCTETS]));
    assert_true(fabs(out[PORT_OUT_OCTETS] - 100) < 0.01);
    assert_int_equal(compute(&damaged, &next, GBIT, out), GAP_BACKWARDS);
    assert_true(isnan(out[PORT_IN_OCTETS])); /* else a spike */
    assert_true(fabs(out[PORT_OUT_OCTETS] - 100) < 0.01);
}

static void other_engine_boots_are_another_life(void **state)
{
    struct counter_reading before = reading(100, 1000, 0, true);
    struct counter_reading now = reading(160, 1060, 6000, true);
    double out[PORT_RATES];

    (void)state;
    before.has_boots = now.has_boots = true;
    before.boots = 7;
    now.boots = 8;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_RESTART);
    now.boots = 7;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    /* An agent that does not keep its boots, 497 days and 30 s later. */
    before.engine_s = 60000000;
    now.engine_s = 30;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_RESTART);
}

/* 60 s by the agent and the wall clock, while our own stood still for 20. */
static void a_clock_of_ours_that_stood_still_is_outvoted(void **state)
{
    struct counter_reading before = reading(100, 1000, 0, true);
    struct counter_reading now = reading(140, 1060, 6000, true);
    double out[PORT_RATES];

    (void)state;
    before.wall.ms = 5000000;
    now.wall.ms = 5060000;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 100) < 0.1);
    now.wall.ms = 5040000; /* it is the agent's that runs wild */
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 150) < 0.1);
}

/* 3 % too fast, over a way whose length hides some of it. */
static void an_agents_clock_that_drifts_is_not_followed(void **state)
{
    struct counter_reading before = reading(100, 0, 0, true);
    struct counter_reading now = reading(160, 0, 6000, true);
    double out[PORT_RATES];

    (void)state;
    before.uptime_cs = 100000;
    now.uptime_cs = 106180;
    for (size_t i = 0; i < PORT_RATES; i++)
        before.moments[i].slack_us = now.moments[i].slack_us = 100000;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 100) < 0.1);
    /* Nor where the way is so long that the wall clock might be with it. */
    now = reading(102, 0, 200, true);
    now.uptime_cs = 100240;
    before.wall.ms = 5000000;
    now.wall.ms = 5002000;
    for (size_t i = 0; i < PORT_RATES; i++)
        before.moments[i].slack_us = now.moments[i].slack_us = 145000;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 100) < 0.1);
}

/* The same way, and a drift that is known by now. */
static void a_drift_that_is_known_is_taken_out(void **state)
{
    struct counter_reading before = reading(100, 0, 0, true);
    struct counter_reading now = reading(110, 0, 1000, true);
    double out[PORT_RATES];

    (void)state;
    before.uptime_cs = 100000;
    now.uptime_cs = 101020;
    for (size_t i = 0; i < PORT_RATES; i++)
        before.moments[i].slack_us = now.moments[i].slack_us = 250000;
    now.pace = 1.02F;
    assert_int_equal(compute(&before, &now, GBIT, out), GAP_NONE);
    assert_true(fabs(out[PORT_IN_OCTETS] - 100) < 0.1);
}

static void uptime_wraps_after_497_days_without_a_restart(void **state)
{
    (void)state;
    assert_false(rate_restarted(4294967000U, 5704, 60000));
    assert_true(rate_restarted(4294967000U, 500000, 60000));
    assert_true(rate_restarted(1000000, 3000, 60000));
    assert_false(rate_restarted(1000000, 1006000, 60000));
    assert_false(rate_restarted(1000000, 1005000, 60000)); /* a slow clock */
    assert_true(rate_restarted(500, 5950, 60000)); /* up 5 s, and 59.5 s */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_counters_give_their_rate),
        cmocka_unit_test(the_agents_clock_decides_where_it_agrees),
        cmocka_unit_test(a_narrow_counter_wraps_once),
        cmocka_unit_test(
            short_counters_of_fast_ports_are_known_while_packets_are_few),
        cmocka_unit_test(gaps_are_gaps_and_say_why),
        cmocka_unit_test(a_counter_that_went_back_alone_is_not_believed_twice),
        cmocka_unit_test(other_engine_boots_are_another_life),
        cmocka_unit_test(a_clock_of_ours_that_stood_still_is_outvoted),
        cmocka_unit_test(an_agents_clock_that_drifts_is_not_followed),
        cmocka_unit_test(a_drift_that_is_known_is_taken_out),
        cmocka_unit_test(a_discontinuity_gives_no_rate),
        cmocka_unit_test(a_counter_that_is_not_told_is_unknown_alone),
        cmocka_unit_test(a_counter_that_changed_its_width_is_unknown),
        cmocka_unit_test(uptime_wraps_after_497_days_without_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
