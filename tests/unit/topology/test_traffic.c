/* Does what goes into a link come out of it? */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim_links.h"

enum { EVERY_MS = 60000, INTERVALS = 12 };
static const uint64_t GIGABIT = 1000000000;

/* Two ports that are polled every minute, b later by so much; the octets/s of
 * minute n that a sends and b receives. */
struct line {
    int64_t later_ms;
    double sent[INTERVALS], received[INTERVALS];
};

static enum traffic_verdict watch(const struct line *l, uint64_t speed_bps)
{
    struct traffic_state s = {0};
    enum traffic_verdict verdict = TRAFFIC_UNKNOWN;

    for (int n = 1; n < INTERVALS; n++) {
        int64_t at = (int64_t)n * EVERY_MS;
        const struct traffic_span a[2] = {
            {at - EVERY_MS, at, 0, l->sent[n - 1]},
            {at, at + EVERY_MS, 0, l->sent[n]},
        };
        const struct traffic_span b = {at - EVERY_MS + l->later_ms,
                                       at + l->later_ms, l->received[n - 1], 0};
        verdict = traffic_weigh(&s, a, &b, speed_bps);
    }
    return verdict;
}

static struct line steady(double sent, double received, int64_t later_ms)
{
    struct line l = {.later_ms = later_ms};

    for (int n = 0; n < INTERVALS; n++) {
        l.sent[n] = sent;
        l.received[n] = received;
    }
    return l;
}

static void what_arrives_agrees_and_what_does_not_is_a_mislink(void **state)
{
    static const struct {
        const char *name;
        double sent, received;
        int64_t later_ms;
        uint64_t speed_bps;
        enum traffic_verdict verdict;
    } cases[] = {
        {"the same", 5e6, 5e6, 20000, 1000000000, TRAFFIC_AGREES},
        {"polled at once", 5e6, 5e6, 0, 1000000000, TRAFFIC_AGREES},
        {"2.9 % less", 5e6, 4.86e6, 20000, 1000000000, TRAFFIC_AGREES},
        {"10 % less", 5e6, 4.5e6, 20000, 1000000000, TRAFFIC_UNKNOWN},
        {"29 % less", 5e6, 3.56e6, 20000, 1000000000, TRAFFIC_UNKNOWN},
        {"31 % less", 5e6, 3.44e6, 20000, 1000000000, TRAFFIC_DISAGREES},
        {"nothing arrives", 5e6, 0, 20000, 1000000000, TRAFFIC_DISAGREES},
        {"too much arrives", 2e6, 5e6, 20000, 1000000000, TRAFFIC_DISAGREES},
        {"little for its speed", 1e5, 0, 20000, 10000000000, TRAFFIC_UNKNOWN},
        {"the same where that is much", 1e5, 0, 20000, 1000000000,
         TRAFFIC_DISAGREES},
        {"below 100 kbit/s", 9000, 0, 20000, 0, TRAFFIC_UNKNOWN},
        {"not told", NAN, 5e6, 20000, 1000000000, TRAFFIC_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct line l =
            steady(cases[i].sent, cases[i].received, cases[i].later_ms);

        if (watch(&l, cases[i].speed_bps) != cases[i].verdict)
            fail_msg("%s", cases[i].name);
    }
}

/* What comes in one minute may be counted in the next at the other end. */
static void bursts_that_are_counted_later_are_no_mislink(void **state)
{
    struct line l = steady(1e6, 1e6, 30000);

    (void)state;
    for (int n = 0; n < INTERVALS; n += 2) {
        l.sent[n] = 9e6;
        l.received[n] = 5e6;
        l.received[n + 1] = 5e6;
    }
    assert_int_not_equal(watch(&l, GIGABIT), TRAFFIC_DISAGREES);
}

static void two_intervals_are_no_verdict(void **state)
{
    struct line l = steady(5e6, 5e6, 20000);

    (void)state;
    for (int n = 2; n < INTERVALS; n += 3)
        l.received[n] = 4e6;
    assert_int_equal(watch(&l, GIGABIT), TRAFFIC_UNKNOWN);
}

static void spans_that_do_not_cover_count_for_nothing(void **state)
{
    struct line early = steady(5e6, 0, -20000);
    struct line late = steady(5e6, 0, 90000);

    (void)state;
    assert_int_equal(watch(&early, GIGABIT), TRAFFIC_UNKNOWN);
    assert_int_equal(watch(&late, GIGABIT), TRAFFIC_UNKNOWN);
}

/* ---- what it makes of a link ---- */

static const char two[] = "node a switch lldp=on portid=ifname\n"
                          "node b switch lldp=on portid=ifname agentx=off\n"
                          "link a:p1 b:p1\n"
                          "addr a:br0 10.0.0.1/24\n"
                          "addr b:br0 10.0.0.2/24\n";

static const struct topo_link *
link_with(struct sim *s, enum traffic_verdict verdict, struct topology **t)
{
    static struct topo_traffic traffic;

    traffic = (struct topo_traffic){
        .a = s->devices[1].id, /* in either order */
        .b = s->devices[0].id,
        .a_if_index = sim_if_index(0),
        .b_if_index = sim_if_index(0),
        .verdict = verdict,
    };

    s->traffic = &traffic;
    s->traffic_count = 1;
    *t = sim_infer(s);
    for (size_t i = 0; i < (*t)->links.count; i++)
        if ((*t)->links.at[i].layer == 2)
            return &(*t)->links.at[i];
    fail_msg("no link");
    return NULL;
}

static void a_link_is_surer_or_flagged_and_never_removed(void **state)
{
    static const struct {
        enum traffic_verdict verdict;
        uint8_t confidence;
        uint32_t evidence;
        enum link_state state;
    } cases[] = {
        {TRAFFIC_UNKNOWN, 80, 0, LINK_CONFIRMED},
        {TRAFFIC_AGREES, 86, EVIDENCE_TRAFFIC, LINK_CONFIRMED},
        {TRAFFIC_DISAGREES, 40, EVIDENCE_MISLINK, LINK_AMBIGUOUS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim *s = run(two);
        struct topology *t;
        const struct topo_link *l = link_with(s, cases[i].verdict, &t);

        assert_int_equal(l->confidence, cases[i].confidence);
        assert_int_equal(l->evidence & (EVIDENCE_TRAFFIC | EVIDENCE_MISLINK),
                         cases[i].evidence);
        assert_int_equal(l->state, cases[i].state);
        topology_unref(t);
        sim_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_arrives_agrees_and_what_does_not_is_a_mislink),
        cmocka_unit_test(bursts_that_are_counted_later_are_no_mislink),
        cmocka_unit_test(two_intervals_are_no_verdict),
        cmocka_unit_test(spans_that_do_not_cover_count_for_nothing),
        cmocka_unit_test(a_link_is_surer_or_flagged_and_never_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
