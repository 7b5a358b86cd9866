/* Counters are what the rates say, at any time, and through reboots,
 * renumbering and cut cables. */
#include "tests/farm/control.h"
#include "tests/unit/farm/asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { IN_32 = 10, OUT_32 = 16, IN_64 = 6, OUT_64 = 10 };

static int asking_new(void **state)
{
    struct asking *a = mem_new(struct asking);

    asking_init(a, plan_make(plan_find("ring"), 3, ASKING_BASE, 30, 24));
    *state = a;
    return 0;
}

static int asking_free(void **state)
{
    asking_fini(*state);
    free(*state);
    return 0;
}

static uint64_t ask_short(struct asking *a, uint32_t agent, uint32_t column,
                          uint32_t index)
{
    assert_true(
        asking_get(a, agent, OID(1, 3, 6, 1, 2, 1, 2, 2, 1, column, index)));
    return asking_number(a);
}

static uint64_t ask_long(struct asking *a, uint32_t agent, uint32_t column,
                         uint32_t index)
{
    assert_true(asking_get(a, agent,
                           OID(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, index)));
    return asking_number(a);
}

static void look(struct asking *a, uint32_t agent, struct view *v)
{
    static uint8_t engine[ENGINE_ID_LEN];

    farm_view(a->farm, agent, a->now_ms, engine, v);
}

/* True if a counter that moved so much in so many milliseconds runs at the
 * rate, but for one of rounding. */
static bool runs_at(uint64_t moved, uint64_t per_s, int64_t ms)
{
    uint64_t expected = per_s * (uint64_t)ms / 1000;

    return moved + 1 >= expected && moved <= expected + 1;
}

static void counters_run_at_their_rates(void **state)
{
    struct asking *a = *state;
    unsigned busy = 0;

    for (uint32_t agent = 0; agent < 30; agent++) {
        struct view v;

        look(a, agent, &v);
        for (uint32_t slot = 0; slot < v.interfaces; slot++) {
            uint32_t index = slot_if_index(&v, slot);
            uint64_t in = slot_rate(&v, slot, IN, FLOW_OCTETS);
            uint64_t out = slot_rate(&v, slot, OUT, FLOW_OCTETS);
            uint64_t before[] = {ask_long(a, agent, IN_64, index),
                                 ask_long(a, agent, OUT_64, index),
                                 ask_short(a, agent, IN_32, index)};

            a->now_ms += 61234;
            uint64_t after[] = {ask_long(a, agent, IN_64, index),
                                ask_long(a, agent, OUT_64, index),
                                ask_short(a, agent, IN_32, index)};

            if (!slot_carries(&v, slot))
                in = out = 0;
            busy += in > 0;
            assert_true(runs_at(after[0] - before[0], in, 61234));
            assert_true(runs_at(after[1] - before[1], out, 61234));
            assert_true(runs_at((uint32_t)(after[2] - before[2]),
                                in & UINT32_MAX, 61234) ||
                        in * 62 > UINT32_MAX);
            assert_int_equal(after[0] & UINT32_MAX, after[2]);
        }
    }
    assert_true(busy > 100);
}

static void what_leaves_one_end_enters_the_other(void **state)
{
    struct asking *a = *state;
    const struct network *net = a->farm->net;
    unsigned cables = 0;

    for (uint32_t p = 0; p < net->ports.count; p++) {
        uint32_t peer = net->ports.at[p].peer;

        if (peer == NONE)
            continue;
        struct view one, other;

        view_init(&one, net, net->ports.at[p].device);
        view_init(&other, net, net->ports.at[peer].device);
        for (int flow = FLOW_OCTETS; flow <= FLOW_BROADCAST; flow++)
            assert_int_equal(
                slot_rate(&one, port_slot(&one, p), OUT, (enum flow)flow),
                slot_rate(&other, port_slot(&other, peer), IN,
                          (enum flow)flow));
        cables++;
    }
    assert_true(cables >= 58);
}

static void rates_stay_below_the_line(void **state)
{
    struct asking *a = *state;

    for (uint32_t agent = 0; agent < 30; agent++) {
        struct view v;

        look(a, agent, &v);
        for (uint32_t slot = v.virtuals; slot < v.interfaces; slot++)
            for (int way = IN; way <= OUT; way++) {
                uint64_t octets =
                    slot_rate(&v, slot, (enum direction)way, FLOW_OCTETS);

                assert_true(octets > 0);
                assert_true(octets * 8 <
                            (uint64_t)slot_speed_mbps(&v, slot) * 360000);
                assert_true(
                    slot_rate(&v, slot, (enum direction)way, FLOW_UNICAST) *
                        64 <=
                    octets + 64);
            }
    }
}

static uint32_t uptime(struct asking *a, uint32_t agent)
{
    assert_true(asking_get(a, agent, OID(1, 3, 6, 1, 2, 1, 1, 3, 0)));
    return (uint32_t)asking_number(a);
}

static uint64_t boots(struct asking *a, uint32_t agent)
{
    assert_true(asking_get(a, agent, OID(1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)));
    return asking_number(a);
}

static void reboots_begin_at_zero(void **state)
{
    struct asking *a = *state;
    struct view v;

    look(a, 4, &v);
    uint32_t index = slot_if_index(&v, v.virtuals + 23);
    uint64_t rate = slot_rate(&v, v.virtuals + 23, IN, FLOW_OCTETS);
    uint64_t booted = boots(a, 4);

    assert_true(uptime(a, 4) > 100000);
    farm_reboot(a->farm, 4, a->now_ms);
    assert_int_equal(uptime(a, 4), 0);
    assert_int_equal(ask_long(a, 4, IN_64, index), 0);
    a->now_ms += 10000;
    assert_int_equal(uptime(a, 4), 1000);
    assert_int_equal(ask_long(a, 4, IN_64, index), rate * 10);
    assert_int_equal(boots(a, 4), booted + 1);
    assert_true(uptime(a, 5) > 100000);
}

static void reboots_come_by_the_clock(void **state)
{
    struct asking *a = *state;
    struct fault_setting s;
    uint64_t first = boots(a, 2);
    uint32_t before = 0;
    unsigned seen = 0;

    assert_int_equal(fault_parse("reboot=100", &s, NULL), 0);
    farm_fault(a->farm, &s);
    for (a->now_ms = 0; a->now_ms < 1000000; a->now_ms += 5000) {
        uint32_t now = uptime(a, 2);

        seen += now < before;
        assert_int_equal(boots(a, 2), first + seen);
        before = now;
    }
    assert_in_range(seen, 9, 10);
}

static void counters_follow_their_port_through_renumbering(void **state)
{
    struct asking *a = *state;
    struct view before, after;
    unsigned moved = 0;

    look(a, 7, &before);
    farm_renumber(a->farm, 7);
    look(a, 7, &after);
    for (uint32_t slot = 0; slot < before.interfaces; slot++) {
        uint32_t index = slot_if_index(&after, slot);

        moved += index != slot_if_index(&before, slot);
        assert_int_equal(ask_long(a, 7, IN_64, index) > 0,
                         slot_carries(&after, slot) &&
                             slot_rate(&after, slot, IN, FLOW_OCTETS) > 0);
        a->now_ms += 1000;
        uint64_t one = ask_long(a, 7, IN_64, index);

        a->now_ms += 1000;
        if (slot_carries(&after, slot))
            assert_true(runs_at(ask_long(a, 7, IN_64, index) - one,
                                slot_rate(&before, slot, IN, FLOW_OCTETS),
                                1000));
    }
    assert_int_equal(moved, before.interfaces);
}

static void a_cut_cable_counts_nothing_until_it_is_healed(void **state)
{
    struct asking *a = *state;
    struct view v;
    struct buffer answer = {0};

    look(a, 12, &v);
    uint32_t number = v.dev->up_port - v.dev->first_port + 1;
    uint32_t slot = port_slot(&v, v.dev->up_port);
    uint32_t index = slot_if_index(&v, slot);
    char command[64];
    uint64_t before = ask_long(a, 12, IN_64, index);

    (void)snprintf(command, sizeof command, "cut 127.16.0.13 %u", number);
    assert_true(control_do(a->farm, command, a->now_ms, &answer));
    assert_string_equal(answer.at, "ok\n");
    a->now_ms += 50000;
    assert_int_equal(ask_long(a, 12, IN_64, index), before);
    assert_int_equal(ask_short(a, 12, 8, index), 2); /* down */
    assert_false(control_do(a->farm, "quit", a->now_ms, &answer));
    (void)snprintf(command, sizeof command, "heal 127.16.0.13 %u", number);
    look(a, 12, &v);
    (void)control_do(a->farm, command, a->now_ms, &answer);
    assert_int_equal(ask_short(a, 12, 8, index), 1);
    a->now_ms += 1000;
    assert_true(runs_at(ask_long(a, 12, IN_64, index) - before,
                        slot_rate(&v, slot, IN, FLOW_OCTETS), 1000));
    buffer_fini(&answer);
}

static void stuck_and_frozen_counters(void **state)
{
    struct asking *a = *state;
    struct fault_setting s;
    struct view v;

    look(a, 1, &v);
    uint32_t index = slot_if_index(&v, v.interfaces - 1);

    assert_int_equal(fault_parse("stuckhc", &s, NULL), 0);
    farm_fault(a->farm, &s);
    assert_int_equal(ask_long(a, 1, IN_64, index), 0);
    uint64_t before = ask_short(a, 1, IN_32, index);

    a->now_ms += 5000;
    assert_int_not_equal(ask_short(a, 1, IN_32, index), before);
    assert_int_equal(fault_parse("frozen", &s, NULL), 0);
    farm_fault(a->farm, &s);
    before = ask_short(a, 1, IN_32, index);
    a->now_ms += 5000;
    assert_int_equal(ask_short(a, 1, IN_32, index), before);
}

/* Over a whole period waves even out; within it they differ, never fall, and
 * both ends of a cable agree. */
static void waves_carry_the_rate_on_average(void **state)
{
    enum { PERIOD_MS = 1200000, STEP_MS = 60000 };
    struct asking *a = *state;
    struct view v;

    a->farm->waves = true;
    look(a, 12, &v);
    uint32_t port = v.dev->up_port, slot = port_slot(&v, port);
    uint32_t index = slot_if_index(&v, slot);
    uint64_t rate = slot_rate(&v, slot, IN, FLOW_OCTETS);
    uint64_t first = ask_long(a, 12, IN_64, index), before = first;
    uint64_t least = UINT64_MAX, most = 0;
    struct view peer;
    uint32_t other = a->farm->net->ports.at[port].peer;

    look(a, a->farm->net->ports.at[other].device, &peer);
    uint32_t peer_index = slot_if_index(&peer, port_slot(&peer, other));
    uint64_t peer_before = ask_long(a, peer.index, OUT_64, peer_index);

    for (int ms = 0; ms < PERIOD_MS; ms += STEP_MS) {
        a->now_ms += STEP_MS;
        uint64_t now = ask_long(a, 12, IN_64, index);
        uint64_t out = ask_long(a, peer.index, OUT_64, peer_index);

        least = now - before < least ? now - before : least;
        most = now - before > most ? now - before : most;
        assert_true(llabs((long long)(now - before - (out - peer_before))) <=
                    (long long)(rate / 100 + 2));
        before = now;
        peer_before = out;
    }
    assert_true(llabs((long long)(before - first - rate * 1200)) <=
                (long long)(rate / 100 + 2));
    assert_true(least > rate * 60 * 35 / 100);
    assert_true(least < rate * 60 * 55 / 100);
    assert_true(most > rate * 60 * 145 / 100);
    assert_true(most < rate * 60 * 165 / 100);
}

static void commands_are_answered(void **state)
{
    struct asking *a = *state;
    static const struct {
        const char *command, *begins;
    } cases[] = {
        {"kill 127.16.0.3", "ok"},
        {"revive 127.16.0.3", "ok"},
        {"reboot 127.16.0.3", "ok"},
        {"poweroff 127.16.0.3", "ok"},
        {"poweron 127.16.0.3", "ok"},
        {"name 127.16.0.1", "ok gw-1"},
        {"stats", "ok requests=0"},
        {"fault loss=5@10%", "ok"},
        {"fault delay=20-50 127.16.0.2", "ok"},
        {"clear all", "ok"},
        {"clear loss 127.16.0.2", "ok"},
        {"  kill \t 127.16.0.3 ", "ok"},
        {"", ""},
        {"kill", "error"},
        {"kill 127.16.0.99", "error"},
        {"kill 10.0.0.1", "error"},
        {"kill nonsense", "error"},
        {"cut 127.16.0.1", "error"},
        {"cut 127.16.0.1 nosuchport", "error"},
        {"cut 127.16.0.1 0", "error"},
        {"cut 127.16.0.1 25", "error"},
        {"miswire 127.16.0.1 1 127.16.0.2", "error"},
        {"miswire 127.16.0.1 1 127.16.0.1 1", "error"},
        {"fault nosuch", "error"},
        {"fault loss=101", "error"},
        {"fault loss=5@200%", "error"},
        {"fault dead=3", "error"},
        {"clear nosuch", "error"},
        {"dance", "error"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer answer = {0};

        print_message("%s\n", cases[i].command);
        assert_true(control_do(a->farm, cases[i].command, 1000, &answer));
        assert_int_equal(strncmp(answer.at == NULL ? "" : answer.at,
                                 cases[i].begins, strlen(cases[i].begins)),
                         0);
        buffer_fini(&answer);
    }
}

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, asking_new, asking_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(counters_run_at_their_rates),
        CASE(what_leaves_one_end_enters_the_other),
        CASE(rates_stay_below_the_line),
        CASE(reboots_begin_at_zero),
        CASE(reboots_come_by_the_clock),
        CASE(counters_follow_their_port_through_renumbering),
        CASE(a_cut_cable_counts_nothing_until_it_is_healed),
        CASE(stuck_and_frozen_counters),
        CASE(waves_carry_the_rate_on_average),
        CASE(commands_are_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
