/* Which counters of a port count: the long ones, or the short ones. */
#include "station/ports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct spec {
    uint32_t if_index;
    const char *name, *descr, *alias;
    uint8_t mac;
};

static struct facts *facts_with(const struct spec *specs, size_t count)
{
    struct facts *f = facts_new();

    for (size_t i = 0; i < count; i++) {
        struct interface *one = array_add(&f->interfaces);

        one->if_index = specs[i].if_index;
        one->name = specs[i].name;
        one->descr = specs[i].descr;
        one->alias = specs[i].alias;
        one->label = specs[i].name[0] != '\0' ? specs[i].name : specs[i].descr;
        one->duplex = "";
        one->mac = (struct mac){{2, 0, 0, 0, 0, specs[i].mac}};
        one->has_hc = true;
        one->speed_bps = 1000000000;
    }
    return f;
}

static void match(struct ports *ps, const struct spec *specs, size_t count)
{
    struct facts *f = facts_with(specs, count);

    ports_match(ps, f);
    facts_unref(f);
}

static const struct spec first[] = {
    {1, "ge0", "GigabitEthernet0", "uplink", 1},
    {2, "ge1", "GigabitEthernet1", "", 2},
    {3, "ge2", "GigabitEthernet2", "to hall", 3},
};

enum { COLUMNS = 17 }; /* without the short ones */

/* All columns: wide counters and errors, eight narrow ones, then the others. */
enum {
    ALL_COLUMNS = 25,
    NARROW_COLUMN = 12,
    OPER_OF_ALL = 21,
    DISCONTINUITY_OF_ALL,
    NAME_OF_ALL
};

static const uint64_t left_out = UINT64_MAX; /* octets in, by both */

/* wide: octets in, and all else, by the long counters; narrow: by the short
 * ones. */
static const struct port *read_ways(struct ports *ps, const uint64_t wide[2],
                                    uint64_t narrow, int64_t at_s)
{
    static uint64_t round = 1000;
    struct value values[ALL_COLUMNS] = {{0}};
    uint32_t if_index = 1;
    bool strange = false;
    struct stamp stamp = {.sent = {at_s * 1000000000},
                          .received = {at_s * 1000000000}};
    struct row row = {.index = {&if_index, 1},
                      .values = values,
                      .count = ALL_COLUMNS,
                      .stamp = &stamp};

    for (size_t i = 0; i < ALL_COLUMNS; i++) {
        values[i].type = i < NARROW_COLUMN ? VALUE_COUNTER64 : VALUE_COUNTER32;
        values[i].number = i < NARROW_COLUMN ? wide[i > 0] : narrow;
    }
    if (wide[0] == left_out)
        values[0].type = values[NARROW_COLUMN].type = VALUE_NO_INSTANCE;
    values[DISCONTINUITY_OF_ALL].number = 0;
    values[OPER_OF_ALL].type = VALUE_INTEGER;
    values[OPER_OF_ALL].integer = 1;
    values[NAME_OF_ALL].type = VALUE_OCTETS;
    values[NAME_OF_ALL].octets = bytes_of_text("ge0");
    return ports_read(ps, &row, ++round, (struct wall){0}, &strange);
}

static const struct port *read_both(struct ports *ps, uint64_t wide,
                                    uint64_t narrow, int64_t at_s)
{
    return read_ways(ps, (const uint64_t[]){wide, wide}, narrow, at_s);
}

static void stuck_long_counters_give_way_to_short_ones(void **state)
{
    struct ports *ps = ports_new();
    struct facts *f = facts_with(first, COUNT_OF(first));
    struct ask ask;

    (void)state;
    ports_match(ps, f);
    ports_ask(ps, &ask);
    assert_int_equal(ask.count,
                     ALL_COLUMNS - 1); /* held against each other once */
    assert_non_null(read_both(ps, 0, 6000, 100));
    const struct port *p = read_both(ps, 0, 6000 + 60 * 10, 160);
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 10) < 0.01);
    assert_true(fabs(p->row->rates[PORT_OUT_BCAST] - 10) < 0.01);
    p = read_both(ps, 9000, 6000 + 120 * 10, 220); /* they were repaired */
    assert_true(isnan(p->row->rates[PORT_IN_OCTETS]));
    p = read_both(ps, 9000 + 60 * 20, 6000 + 180 * 10, 280);
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 20) < 0.01);
    facts_unref(f);
    ports_free(ps);
}

static void long_counters_that_are_stuck_one_way_give_way_there(void **state)
{
    struct ports *ps = ports_new();
    struct ask ask;

    (void)state;
    match(ps, first, 1);
    for (uint64_t turn = 0; turn < 3; turn++) {
        const uint64_t wide[] = {UINT32_MAX + turn * 60 * 20, 0};
        const struct port *p = read_ways(ps, wide, 6000 + turn * 60 * 10,
                                         100 + (int64_t)turn * 60);

        assert_non_null(p);
        ports_ask(ps, &ask);
        assert_int_equal(ask.count, ALL_COLUMNS - 1);
        if (turn == 0)
            continue;
        assert_int_equal(p->row->gap, GAP_NONE);
        assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 20) < 0.01);
        assert_true(fabs(p->row->rates[PORT_OUT_OCTETS] - 10) < 0.01);
    }
    ports_free(ps);
}

/* 100 MB/s of a gigabit, every 10 s, from 3 GB on. */
static void long_counters_that_go_round_as_short_ones_do_are_known(void **state)
{
    struct ports *ps = ports_new();
    const struct port *p = NULL;

    (void)state;
    match(ps, first, 1);
    for (uint64_t turn = 0; turn < 12; turn++) {
        uint64_t count = 3000000000 + turn * 1000000000;
        const uint64_t wide[] = {count & UINT32_MAX, 1000 + turn * 50};

        p = read_ways(ps, wide, 1000 + turn * 50, 100 + (int64_t)turn * 10);
        assert_non_null(p);
        if (turn == 0)
            continue;
        assert_int_equal(p->row->gap, GAP_NONE);
        assert_true(fabs(p->row->rates[PORT_IN_OCTETS] / 1e8 - 1) < 0.001);
        assert_true(fabs(p->row->rates[PORT_OUT_OCTETS] - 5) < 0.01);
    }
    /* Every minute they may have gone round twice; once that is known of them
     * they are not believed. */
    for (uint64_t turn = 0; turn < 8; turn++) {
        uint64_t count = 3000000000 + turn * 6000000000;
        const uint64_t wide[] = {count & UINT32_MAX, 1000 + turn * 300};

        p = read_ways(ps, wide, 1000 + turn * 300, 1000 + (int64_t)turn * 60);
        assert_non_null(p);
    }
    assert_int_equal(p->row->gap, GAP_WRAPPED);
    assert_true(isnan(p->row->rates[PORT_IN_OCTETS]));
    ports_free(ps);
}

static void short_counters_are_not_asked_where_long_ones_move(void **state)
{
    struct ports *ps = ports_new();
    struct facts *f = facts_with(first, 1);
    struct ask ask;

    (void)state;
    ports_match(ps, f);
    assert_non_null(read_both(ps, 7000, 7000, 100));
    ports_ask(ps, &ask);
    assert_int_equal(ask.count, COLUMNS - 1);
    facts_unref(f);
    ports_free(ps);
}

static void descriptions_are_asked_where_a_port_has_no_name(void **state)
{
    const struct spec nameless[] = {{1, "ge0", "Port 1", "", 1},
                                    {2, "", "Port 2", "", 2}};
    struct ports *ps = ports_new();
    struct ask ask;

    (void)state;
    match(ps, nameless, COUNT_OF(nameless));
    ports_ask(ps, &ask);
    assert_int_equal(ask.count, ALL_COLUMNS);
    ports_free(ps);
}

/* Long counters that move, but not as the traffic does: profiles know. */
static void long_counters_that_are_known_to_be_false_do_not_count(void **state)
{
    struct ports *ps = ports_new();
    struct facts *f = facts_with(first, 1);
    struct ask ask;

    (void)state;
    ports_match(ps, f);
    ports_distrust_wide(ps, true);
    assert_non_null(read_both(ps, 7000, 6000, 100));
    ports_ask(ps, &ask);
    assert_int_equal(ask.count, ALL_COLUMNS - 1);
    const struct port *p = read_both(ps, 7001, 6000 + 60 * 10, 160);
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 10) < 0.01);
    facts_unref(f);
    ports_free(ps);
}

/* Told at first, left out twice, told again. */
static void a_counter_that_is_left_out_is_missing_for_a_reason(void **state)
{
    struct ports *ps = ports_new();

    (void)state;
    match(ps, first, 1);
    for (int64_t turn = 0; turn < 6; turn++) {
        uint64_t count = UINT32_MAX + (uint64_t)turn * 600;
        uint64_t in = turn == 2 || turn == 3 ? left_out : count;
        const struct port *p = read_ways(ps, (const uint64_t[]){in, count},
                                         count, 100 + turn * 60);
        bool known = turn == 1 || turn == 5;

        if (turn == 0)
            continue;
        assert_int_equal(p->row->gap, known ? GAP_NONE : GAP_BROKEN);
        assert_int_equal(isnan(p->row->rates[PORT_IN_OCTETS]), !known);
        assert_true(fabs(p->row->rates[PORT_OUT_OCTETS] - 10) < 0.01);
    }
    ports_free(ps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stuck_long_counters_give_way_to_short_ones),
        cmocka_unit_test(long_counters_that_are_stuck_one_way_give_way_there),
        cmocka_unit_test(
            long_counters_that_go_round_as_short_ones_do_are_known),
        cmocka_unit_test(short_counters_are_not_asked_where_long_ones_move),
        cmocka_unit_test(descriptions_are_asked_where_a_port_has_no_name),
        cmocka_unit_test(long_counters_that_are_known_to_be_false_do_not_count),
        cmocka_unit_test(a_counter_that_is_left_out_is_missing_for_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
