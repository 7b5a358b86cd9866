/* Readings that are kept come back as they were. */
#include "station/readings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct counter_reading reading(int64_t at_s, unsigned n)
{
    struct counter_reading r = {
        .valid = true,
        .has_uptime = true,
        .has_discontinuity = n % 2 != 0,
        .at = {at_s * 1000000000},
        .wall = {at_s * 1000 + 5},
        .uptime_cs = (uint32_t)at_s * 100,
        .discontinuity_cs = n,
        .present = 0xffb,
        .wide = 0xff,
        .beyond = (uint16_t)(n & 1),
        .doubted = 2,
    };

    for (size_t i = 0; i < PORT_RATES; i++) {
        if (!(r.present >> i & 1))
            continue;
        r.counters[i] = UINT64_MAX - n * 100 - i;
        r.moments[i] = (struct counter_moment){7, 250, 1};
    }
    return r;
}

static void assert_recalled(const struct readings *rs, uint32_t n,
                            const struct counter_reading *r)
{
    struct counter_reading again = readings_recall(rs, n);

    assert_memory_equal(again.counters, r->counters, sizeof r->counters);
    assert_memory_equal(again.moments, r->moments, sizeof r->moments);
    assert_int_equal(again.valid, r->valid);
    assert_int_equal(again.has_uptime, r->has_uptime);
    assert_int_equal(again.has_discontinuity, r->has_discontinuity);
    assert_int_equal(again.at.ns, r->at.ns);
    assert_int_equal(again.wall.ms, r->wall.ms);
    assert_int_equal(again.uptime_cs, r->uptime_cs);
    assert_int_equal(again.discontinuity_cs, r->discontinuity_cs);
    assert_int_equal(again.present, r->present);
    assert_int_equal(again.wide, r->wide);
    assert_int_equal(again.beyond, r->beyond);
    assert_int_equal(again.doubted, r->doubted);
}

enum { PORTS = 9, ROUNDS = 20 };

/* In each round two answers tell of the ports, one of which is silent. */
static void each_port_has_its_last_reading(void **state)
{
    struct readings *rs = readings_new();
    struct counter_reading last[PORTS] = {0};

    (void)state;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        for (unsigned p = 0; p < PORTS; p++) {
            if (p == round % PORTS)
                continue;
            last[p] = reading(round * 60 + p / 5, p + round);
            readings_keep(rs, p, &last[p]);
        }
        for (unsigned p = 0; p < PORTS; p++)
            assert_recalled(rs, p, &last[p]);
        if (round % 3 != 0)
            readings_settle(rs);
        for (unsigned p = 0; p < PORTS; p++)
            assert_recalled(rs, p, &last[p]);
    }
    readings_drop(rs, 0);
    assert_false(readings_recall(rs, 0).valid);
    assert_false(readings_recall(rs, PORTS * 2).valid);
    readings_settle(rs);
    assert_recalled(rs, 1, &last[1]);
    readings_unref(rs);
}

static void what_somebody_else_has_stays_as_it_was(void **state)
{
    struct readings *rs = readings_new();
    struct counter_reading first[2] = {reading(60, 1), reading(61, 2)};
    struct counter_reading later = reading(120, 3);
    uint32_t uptime_cs = 0;
    struct wall at;

    (void)state;
    assert_false(readings_newest(rs, &uptime_cs, &at));
    for (uint32_t p = 0; p < 2; p++)
        readings_keep(rs, p, &first[p]);
    assert_ptr_equal(readings_own(rs), rs);
    struct readings *shared = readings_ref(rs);
    rs = readings_own(rs);
    assert_ptr_not_equal(rs, shared);
    readings_keep(rs, 0, &later);
    readings_settle(rs);
    assert_recalled(shared, 0, &first[0]);
    assert_recalled(shared, 1, &first[1]);
    assert_recalled(rs, 0, &later);
    assert_recalled(rs, 1, &first[1]);
    assert_true(readings_newest(rs, &uptime_cs, &at));
    assert_int_equal(uptime_cs, later.uptime_cs);
    assert_true(readings_newest(shared, &uptime_cs, &at));
    assert_int_equal(uptime_cs, first[1].uptime_cs);
    readings_unref(shared);
    readings_unref(rs);
}

static void counters_of_several_answers_have_their_own_moments(void **state)
{
    struct readings *rs = readings_new();
    struct counter_reading r = reading(60, 1), next = reading(120, 2);

    (void)state;
    r.moments[3].later_us = 9000;
    r.moments[1].later_us = -9000;
    readings_keep(rs, 4, &r);
    assert_recalled(rs, 4, &r);
    readings_keep(rs, 4, &next);
    assert_recalled(rs, 4, &next);
    readings_unref(rs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_port_has_its_last_reading),
        cmocka_unit_test(what_somebody_else_has_stays_as_it_was),
        cmocka_unit_test(counters_of_several_answers_have_their_own_moments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
