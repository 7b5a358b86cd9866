/* One agent or two, by answers to the same questions asked in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "topology/twin.h"

/* Two agents: what differs between them, and what they tell. */
struct pair {
    int64_t boots_apart_ms; /* the second started so much later */
    int64_t up_ms;          /* the first, when it is asked first */
    int64_t packets[2];     /* counts at the beginning; -1: it does not tell */
    bool one;               /* one agent: one count for both */
    bool no_uptime, no_macs, no_engine, other_rows, other_engine;
    int64_t restarted_at; /* the answer of the second before which it started
                             again; 0: none */
    int64_t interfaces[2];
    int64_t changed_cs[2];
};

enum { FIRST_MS = 1000000, APART_MS = 20, WAY_MS = 10 };

static struct twin_answer answer(const struct pair *p, size_t side, int64_t nth,
                                 int64_t *packets)
{
    int64_t at_ms = FIRST_MS + nth * APART_MS;
    int64_t up_ms = p->up_ms + nth * APART_MS + WAY_MS / 2 -
                    (side == 1 ? p->boots_apart_ms : 0);

    if (p->restarted_at > 0 && side == 1 && nth >= p->restarted_at)
        up_ms = 50;
    if (*packets >= 0)
        ++*packets;
    return (struct twin_answer){
        .sent.ns = at_ms * 1000000,
        .received.ns = (at_ms + WAY_MS) * 1000000,
        .uptime_cs =
            p->no_uptime ? FACT_UNKNOWN : (int64_t)(uint32_t)(up_ms / 10),
        .engine_boots = FACT_UNKNOWN,
        .engine_time_s = FACT_UNKNOWN,
        .interfaces =
            p->interfaces[side] > 0 ? p->interfaces[side] : FACT_UNKNOWN,
        .table_change_cs =
            p->changed_cs[side] > 0 ? p->changed_cs[side] : FACT_UNKNOWN,
        .packets = *packets >= 0 ? *packets : FACT_UNKNOWN,
        .engine = p->no_engine                   ? 0
                  : p->other_engine && side == 1 ? 8
                                                 : 7,
    };
}

static struct identity_opinion judge(const struct pair *p)
{
    static const uint8_t macs[2][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
    struct twin_evidence e = {0};
    int64_t packets[2] = {p->packets[0], p->packets[1]};

    for (int64_t n = 0; n < TWIN_SIDES * TWIN_ROUNDS; n++) {
        size_t side = (size_t)n % TWIN_SIDES;

        e.at[side][n / TWIN_SIDES] =
            answer(p, side, n, &packets[p->one ? 0 : side]);
    }
    for (size_t side = 0; side < TWIN_SIDES; side++)
        for (uint32_t i = 1; i <= 2; i++)
            twin_rows_add(&e.rows[side], i, bytes_of_text("eth"),
                          p->no_macs
                              ? (struct bytes){0}
                              : (struct bytes){macs[p->other_rows && side], 6});
    return twin_judge(&e);
}

static const struct {
    const char *name;
    struct pair pair;
    enum identity_verdict verdict;
} cases[] = {
    {"one agent",
     {.one = true, .up_ms = 50000, .packets = {9, 9}},
     IDENTITY_SAME},
    {"one agent that counts no packets",
     {.one = true, .up_ms = 50000, .packets = {-1, -1}},
     IDENTITY_SAME},
    {"its sysUpTime wraps between two answers",
     {.one = true, .up_ms = 42949672960 - 30, .packets = {9, 9}},
     IDENTITY_SAME},
    {"without addresses and engine id: by the count of packets",
     {.one = true,
      .up_ms = 50000,
      .packets = {9, 9},
      .no_macs = true,
      .no_engine = true},
     IDENTITY_SAME},
    {"without anything of its own",
     {.one = true,
      .up_ms = 50000,
      .packets = {-1, -1},
      .no_macs = true,
      .no_engine = true},
     IDENTITY_UNSURE},
    {"a pair, started an hour apart",
     {.boots_apart_ms = 3600000, .up_ms = 9000000, .packets = {9, 9}},
     IDENTITY_DIFFERENT},
    {"a pair, started 5 s apart",
     {.boots_apart_ms = 5000, .up_ms = 50000, .packets = {-1, -1}},
     IDENTITY_DIFFERENT},
    {"a pair, started 1 s apart",
     {.boots_apart_ms = 1000, .up_ms = 50000, .packets = {-1, -1}},
     IDENTITY_DIFFERENT},
    {"a pair, started in the same moment: each counts its packets",
     {.up_ms = 50000, .packets = {900, 20}},
     IDENTITY_DIFFERENT},
    {"a pair, started in the same moment, with addresses of their own",
     {.up_ms = 50000, .packets = {-1, -1}, .other_rows = true},
     IDENTITY_DIFFERENT},
    {"other engine ids",
     {.one = true, .up_ms = 50000, .packets = {-1, -1}, .other_engine = true},
     IDENTITY_DIFFERENT},
    {"other numbers of interfaces",
     {.one = true, .up_ms = 50000, .packets = {-1, -1}, .interfaces = {24, 48}},
     IDENTITY_DIFFERENT},
    {"tables that changed at different times",
     {.one = true,
      .up_ms = 50000,
      .packets = {-1, -1},
      .changed_cs = {100, 200}},
     IDENTITY_DIFFERENT},
    {"no sysUpTime",
     {.one = true, .up_ms = 50000, .packets = {9, 9}, .no_uptime = true},
     IDENTITY_UNSURE},
    {"started again between the questions",
     {.up_ms = 50000, .packets = {-1, -1}, .restarted_at = 3},
     IDENTITY_UNSURE},
};

/* Whatever agents tell, it is judged. */
static void nonsense_is_judged_too(void **state)
{
    static const int64_t numbers[] = {INT64_MIN, INT64_MAX,  -1,
                                      0,         UINT32_MAX, INT64_MAX / 10};
    const struct pair p = {.one = true, .up_ms = 50000, .packets = {9, 9}};
    struct twin_evidence e = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        for (size_t k = 0; k < COUNT_OF(numbers); k++) {
            for (size_t side = 0; side < TWIN_SIDES; side++)
                for (size_t n = 0; n < TWIN_ROUNDS; n++) {
                    struct twin_answer *a = &e.at[side][n];
                    int64_t number = numbers[n == 1 ? k : i];

                    a->uptime_cs = a->engine_time_s = a->packets = number;
                    a->engine_boots = a->interfaces = number;
                }
            assert_int_not_equal(twin_judge(&e).why[0], '\0');
        }
    assert_int_equal(judge(&p).verdict, IDENTITY_SAME);
}

static void pairs_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct identity_opinion o = judge(&cases[i].pair);

        if (o.verdict != cases[i].verdict)
            print_error("%s: %s\n", cases[i].name, o.why);
        assert_int_equal(o.verdict, cases[i].verdict);
        assert_int_equal(o.agree != 0, o.verdict == IDENTITY_SAME);
        assert_int_equal(o.differ != 0, o.verdict == IDENTITY_DIFFERENT);
        assert_memory_equal(o.why, "twin test: ", 11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_judged),
        cmocka_unit_test(nonsense_is_judged_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
