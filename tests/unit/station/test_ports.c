/* A port keeps its series, whatever its ifIndex and its names do. */
#include "station/ports.h"
#include "station/ports_kept.h"

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

static const struct renumbering {
    const char *name;
    struct spec now[3];
} renumberings[] = {
    {"numbers change places",
     {{3, "ge0", "GigabitEthernet0", "uplink", 1},
      {1, "ge1", "GigabitEthernet1", "", 2},
      {2, "ge2", "GigabitEthernet2", "to hall", 3}}},
    {"names change, description and MAC stay",
     {{1, "gi0", "GigabitEthernet0", "uplink", 1},
      {2, "gi1", "GigabitEthernet1", "", 2},
      {3, "gi2", "GigabitEthernet2", "to hall", 3}}},
    {"only the alias tells",
     {{11, "x0", "Ethernet x0", "uplink", 9},
      {2, "ge1", "GigabitEthernet1", "", 2},
      {13, "x2", "Ethernet x2", "to hall", 8}}},
};

static void series_stay_through_renumbering_and_renaming(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(renumberings); i++) {
        struct ports *ps = ports_new();

        print_message("%s\n", renumberings[i].name);
        match(ps, first, COUNT_OF(first));
        match(ps, renumberings[i].now, 3);
        assert_int_equal(ports_count(ps), 3);
        for (size_t n = 0; n < 3; n++) {
            const struct port *p =
                ports_by_index(ps, renumberings[i].now[n].if_index);

            assert_non_null(p);
            assert_string_equal(p->row->object, first[n].name);
            assert_string_equal(p->label, renumberings[i].now[n].name);
        }
        ports_free(ps);
    }
}

static void a_new_port_takes_nobodys_series(void **state)
{
    const struct spec more[] = {
        first[0], first[1], first[2], {4, "ge3", "GigabitEthernet3", "", 4}};
    struct ports *ps = ports_new();

    (void)state;
    match(ps, first, COUNT_OF(first));
    match(ps, more, COUNT_OF(more));
    assert_int_equal(ports_count(ps), 4);
    assert_string_equal(ports_by_index(ps, 4)->row->object, "ge3");
    ports_free(ps);
}

static void ports_of_one_name_have_files_of_their_own(void **state)
{
    const struct spec twins[] = {{1, "eth", "eth", "", 1},
                                 {2, "eth", "eth", "", 2}};
    struct ports *ps = ports_new();

    (void)state;
    match(ps, twins, COUNT_OF(twins));
    assert_int_equal(ports_count(ps), 2);
    assert_string_not_equal(ports_at(ps, 0)->row->object,
                            ports_at(ps, 1)->row->object);
    match(ps, twins, COUNT_OF(twins));
    assert_int_equal(ports_count(ps), 2);
    ports_free(ps);
}

/* ---- reading ---- */

enum { COLUMNS = 17, OPER_COLUMN = 13, NAME_COLUMN = 15 };

static const struct port *read_row(struct ports *ps, uint32_t if_index,
                                   const char *name, uint64_t count,
                                   int64_t at_s, bool *strange)
{
    static uint64_t round;
    struct value values[COLUMNS] = {{0}};
    struct stamp stamp = {.sent = {at_s * 1000000000},
                          .received = {at_s * 1000000000},
                          .has_uptime = true,
                          .uptime_cs = (uint32_t)at_s * 100};
    struct row row = {.index = {&if_index, 1},
                      .values = values,
                      .count = COLUMNS,
                      .stamp = &stamp};

    for (size_t i = 0; i < PORT_RATES; i++) {
        values[i].type = VALUE_COUNTER64;
        values[i].number = i < PORT_IN_UCAST ? count : count / 1000;
    }
    values[NAME_COLUMN].type = VALUE_OCTETS;
    values[NAME_COLUMN].octets = bytes_of_text(name);
    return ports_read(ps, &row, ++round, (struct wall){0}, strange);
}

static void a_row_without_its_description_is_read(void **state)
{
    uint32_t if_index = 1;
    struct value values[COLUMNS - 1] = {{0}};
    struct stamp stamp = {.has_uptime = true};
    struct row row = {{&if_index, 1}, values, COLUMNS - 1, &stamp, NULL};
    struct ports *ps = ports_new();
    bool strange = false;

    (void)state;
    match(ps, first, COUNT_OF(first));
    values[NAME_COLUMN].type = VALUE_OCTETS;
    values[NAME_COLUMN].octets = bytes_of_text("ge0");
    const struct port *p = ports_read(ps, &row, 1, (struct wall){0}, &strange);
    assert_non_null(p);
    assert_string_equal(p->row->object, "ge0");
    assert_false(strange);
    ports_free(ps);
}

static void a_renumbering_between_two_polls_mixes_nothing(void **state)
{
    struct ports *ps = ports_new();
    bool strange = false;

    (void)state;
    match(ps, first, COUNT_OF(first));
    assert_non_null(read_row(ps, 1, "ge0", 1000, 100, &strange));
    assert_non_null(read_row(ps, 2, "ge1", 900000, 100, &strange));
    assert_false(strange);
    /* Now ge0 is number 2, and ge1 number 1. */
    const struct port *p =
        read_row(ps, 2, "ge0", 1000 + 60 * 10, 160, &strange);
    assert_true(strange);
    assert_string_equal(p->row->object, "ge0");
    assert_int_equal(p->row->gap, GAP_NONE);
    assert_true(fabs(p->row->rates[0] - 10) < 0.01);
    p = read_row(ps, 1, "ge1", 900000 + 60 * 20, 160, &strange);
    assert_string_equal(p->row->object, "ge1");
    assert_true(fabs(p->row->rates[0] - 20) < 0.01);
    ports_free(ps);
}

/* The counters of a row came at second at_s, its name a second later. */
static const struct port *read_apart(struct ports *ps, uint64_t round,
                                     uint32_t if_index, const char *name,
                                     uint64_t count, int64_t at_s,
                                     bool *strange)
{
    struct value values[COLUMNS] = {{0}};
    struct stamp stamps[COLUMNS] = {{.has_uptime = false}};
    struct row row = {{&if_index, 1}, values, COLUMNS, &stamps[0], stamps};

    for (size_t i = 0; i < COLUMNS; i++)
        stamps[i].sent.ns = stamps[i].received.ns =
            (at_s + (i < PORT_RATES ? 0 : 1)) * 1000000000;
    for (size_t i = 0; i < PORT_RATES; i++) {
        values[i].type = VALUE_COUNTER64;
        values[i].number = i < PORT_IN_UCAST ? count : count / 1000;
    }
    values[NAME_COLUMN].type = VALUE_OCTETS;
    values[NAME_COLUMN].octets = bytes_of_text(name);
    return ports_read(ps, &row, round, (struct wall){0}, strange);
}

/* Counters were read before, names after ge0 and ge1 changed places: whose the
 * counters are nobody knows. The next round compares with what was before. */
static void a_renumbering_within_a_poll_mixes_nothing(void **state)
{
    struct ports *ps = ports_new();
    bool strange = false;

    (void)state;
    match(ps, first, COUNT_OF(first));
    assert_non_null(read_apart(ps, 1, 1, "ge0", 1000, 100, &strange));
    assert_non_null(read_apart(ps, 1, 2, "ge1", 900000, 100, &strange));
    assert_false(strange);
    for (uint32_t i = 1; i <= 2; i++) {
        uint64_t count = i == 1 ? 1000 + 60 * 10 : 900000 + 60 * 20;
        const struct port *p =
            read_apart(ps, 2, i, i == 1 ? "ge1" : "ge0", count, 160, &strange);
        assert_int_equal(p->row->gap, GAP_RENUMBERED);
        assert_true(isnan(p->row->rates[PORT_IN_OCTETS]));
    }
    assert_true(strange);
    const struct port *p =
        read_apart(ps, 3, 2, "ge0", 1000 + 120 * 10, 220, &strange);
    assert_string_equal(p->row->object, "ge0");
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 10) < 0.01);
    p = read_apart(ps, 3, 1, "ge1", 900000 + 120 * 20, 220, &strange);
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 20) < 0.01);
    ports_free(ps);
}

/* The same, and facts told of the change before the names came. */
static void facts_that_come_within_a_poll_mix_nothing(void **state)
{
    static const struct spec turned[] = {
        {2, "ge0", "GigabitEthernet0", "uplink", 1},
        {1, "ge1", "GigabitEthernet1", "", 2},
    };
    struct ports *ps = ports_new();
    bool strange = false;

    (void)state;
    match(ps, first, 2);
    assert_non_null(read_apart(ps, 1, 1, "ge0", 1000, 100, &strange));
    assert_non_null(read_apart(ps, 1, 2, "ge1", 900000, 100, &strange));
    match(ps, turned, 2);
    const struct port *p =
        read_apart(ps, 2, 1, "ge1", 1000 + 60 * 10, 160, &strange);
    assert_string_equal(p->row->object, "ge1");
    assert_int_equal(p->row->gap, GAP_RENUMBERED);
    assert_true(isnan(p->row->rates[PORT_IN_OCTETS]));
    p = read_apart(ps, 3, 1, "ge1", 900000 + 120 * 20, 220, &strange);
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 20) < 0.01);
    assert_false(strange);
    ports_free(ps);
}

/* Two ports of a card went back; the third, idle till then, may have as well;
 * the fourth tells more than can have come since; the fifth is elsewhere. */
static void counters_beside_those_that_went_back_are_not_believed(void **state)
{
    static const struct spec card[] = {
        {1, "Gi1/0/1", "", "", 1}, {2, "Gi1/0/2", "", "", 2},
        {3, "Gi1/0/3", "", "", 3}, {4, "Gi1/0/4", "", "", 4},
        {5, "Gi2/0/1", "", "", 5},
    };
    static const uint64_t before[] = {900000, 900000, 10, 1ULL << 40, 10};
    static const uint64_t now[] = {700, 700, 700, (1ULL << 40) + 700, 700};
    static const enum gap gaps[] = {GAP_BACKWARDS, GAP_BACKWARDS, GAP_CARD,
                                    GAP_NONE, GAP_NONE};
    struct ports *ps = ports_new();
    bool strange = false;

    (void)state;
    match(ps, card, COUNT_OF(card));
    for (uint32_t i = 0; i < COUNT_OF(card); i++)
        (void)read_apart(ps, 1, i + 1, card[i].name, before[i], 100, &strange);
    for (uint32_t i = 0; i < COUNT_OF(card); i++)
        (void)read_apart(ps, 2, i + 1, card[i].name, now[i], 160, &strange);
    struct ports_round round = ports_settle(ps, 2, strange);
    assert_int_equal(round.read, 5);
    assert_int_equal(round.known, 2);
    for (size_t i = 0; i < COUNT_OF(card); i++) {
        const struct port *p = ports_at(ps, i);

        assert_int_equal(p->row->gap, gaps[i]);
        assert_int_equal(isnan(p->row->rates[PORT_IN_OCTETS]),
                         gaps[i] != GAP_NONE);
    }
    ports_free(ps);
}

/* The row of a port that is up; its name came along. */
static const struct port *read_up(struct ports *ps, uint64_t round,
                                  uint32_t if_index, uint64_t count,
                                  int64_t at_s)
{
    struct value values[COLUMNS] = {{0}};
    struct stamp stamp = {.sent = {at_s * 1000000000},
                          .received = {at_s * 1000000000}};
    struct row row = {{&if_index, 1}, values, COLUMNS, &stamp, NULL};
    bool strange = false;

    for (size_t i = 0; i < PORT_RATES; i++) {
        values[i].type = VALUE_COUNTER64;
        values[i].number = i < PORT_IN_UCAST ? count : count / 1000;
    }
    values[OPER_COLUMN].type = VALUE_INTEGER;
    values[OPER_COLUMN].integer = 1;
    values[NAME_COLUMN].type = VALUE_OCTETS;
    values[NAME_COLUMN].octets = bytes_of_text(first[if_index - 1].name);
    return ports_read(ps, &row, round, (struct wall){0}, &strange);
}

/* Two PDUs brought the row: octets at second 0, packets 2 s later. */
static void each_counter_is_timed_by_its_own_answer(void **state)
{
    static uint64_t round = 2000;
    struct ports *ps = ports_new();
    const struct port *p = NULL;
    bool strange = false;

    (void)state;
    match(ps, first, 1);
    for (int64_t turn = 0; turn < 2; turn++) {
        struct value values[COLUMNS] = {{0}};
        struct stamp stamps[COLUMNS] = {{.has_uptime = false}};
        uint32_t if_index = 1;
        struct row row = {{&if_index, 1}, values, COLUMNS, &stamps[0], stamps};

        for (size_t i = 0; i < PORT_RATES; i++) {
            /* The second time the packets came first. */
            int64_t at_s =
                turn * 60 + ((i >= PORT_IN_UCAST) == (turn == 0)) * 2;

            values[i].type = VALUE_COUNTER64;
            values[i].number = (uint64_t)at_s * 10 + 1;
            stamps[i].sent.ns = stamps[i].received.ns = at_s * 1000000000;
        }
        p = ports_read(ps, &row, ++round, (struct wall){0}, &strange);
        assert_non_null(p);
    }
    assert_int_equal(p->row->gap, GAP_NONE);
    assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 10) < 0.01);
    assert_true(fabs(p->row->rates[PORT_OUT_UCAST] - 10) < 0.01);
    ports_free(ps);
}

static void
a_speed_that_is_exceeded_again_and_again_is_not_believed(void **state)
{
    enum { GBIT_OCTETS = 125000000 };
    struct ports *ps = ports_new();
    const struct port *p = NULL;
    bool strange = false;

    (void)state;
    match(ps, first, 1);
    for (int64_t i = 0; i < 5; i++) {
        p = read_row(ps, 1, "ge0", (uint64_t)i * 60 * 3 * GBIT_OCTETS, i * 60,
                     &strange);
        assert_int_equal(p->row->gap, i == 0   ? GAP_FIRST
                                      : i <= 3 ? GAP_IMPOSSIBLE
                                               : GAP_NONE);
    }
    /* But not anything: it is a line of 5 Gbit/s now. */
    p = read_row(ps, 1, "ge0", 10000ULL * 60 * GBIT_OCTETS, 5 * 60, &strange);
    assert_int_equal(p->row->gap, GAP_IMPOSSIBLE);
    ports_free(ps);
}

/* Refreshed every 30 s, polled every 10: what they grew they grew all the time.
 * The first leap says since when nothing is known. */
static void
counters_that_are_refreshed_rarely_neither_stop_nor_leap(void **state)
{
    struct ports *ps = ports_new();

    (void)state;
    match(ps, first, 2);
    for (uint64_t round = 3001; round < 3019; round++) {
        uint64_t turn = round - 3001;
        const struct port *p = NULL;
        struct ports_round r;

        for (uint32_t i = 1; i <= 2; i++)
            p = read_up(ps, round, i, 5000 + turn / 3 * 30 * 100000 * i,
                        100 + (int64_t)turn * 10);
        r = ports_settle(ps, round, false);
        assert_int_equal(r.read, 2);
        if (turn == 0)
            continue;
        bool leaps = turn % 3 == 0;
        assert_int_equal(p->row->gap, turn == 3 ? GAP_FIRST
                                      : leaps   ? GAP_NONE
                                                : GAP_STILL);
        if (turn == 3)
            assert_true(isnan(p->row->rates[PORT_IN_OCTETS]));
        else if (leaps)
            assert_true(fabs(p->row->rates[PORT_IN_OCTETS] - 200000) < 1);
        if (leaps) {
            ports_told(ports_by_index(ps, 1));
            ports_told(ports_by_index(ps, 2));
        }
    }
    ports_free(ps);
}

static void a_port_without_traffic_beside_others_is_known_at_once(void **state)
{
    struct ports *ps = ports_new();

    (void)state;
    match(ps, first, 2);
    for (uint64_t round = 5001; round < 5004; round++) {
        int64_t at_s = (int64_t)(round - 5000) * 10;
        const struct port *idle = read_up(ps, round, 1, 5000, at_s);

        assert_non_null(read_up(ps, round, 2, (round - 5000) * 1000000, at_s));
        (void)ports_settle(ps, round, false);
        assert_int_equal(idle->row->gap, round > 5001 ? GAP_NONE : GAP_FIRST);
        assert_true(round == 5001 || idle->row->rates[PORT_IN_OCTETS] == 0);
    }
    ports_free(ps);
}

/* One stops, the other goes on; then that stops too, and it lasts. */
static void traffic_that_stops_is_told(void **state)
{
    struct ports *ps = ports_new();
    const struct port *stops = NULL, *lasts = NULL;
    uint64_t round = 4000;

    (void)state;
    match(ps, first, 2);
    for (uint64_t turn = 0; turn < 12; turn++) {
        int64_t at_s = 100 + (int64_t)turn * 10;

        stops = read_up(ps, ++round, 1, 5000 + (turn < 2 ? turn : 2) * 1000000,
                        at_s);
        lasts =
            read_up(ps, round, 2, 5000 + (turn < 4 ? turn : 4) * 1000000, at_s);
        (void)ports_settle(ps, round, false);
        for (uint32_t i = 1; i <= 2; i++)
            if (ports_by_index(ps, i)->row->gap == GAP_NONE)
                ports_told(ports_by_index(ps, i));
        if (turn >= 1 && turn <= 4)
            assert_true(fabs(lasts->row->rates[PORT_IN_OCTETS] - 1e5) < 1);
        if (turn >= 3) {
            assert_int_equal(stops->row->gap, GAP_NONE);
            assert_true(stops->row->rates[PORT_IN_OCTETS] == 0);
        }
        if (turn >= 5 && turn <= 8)
            assert_int_equal(lasts->row->gap, GAP_STILL);
        if (turn >= 9) {
            assert_int_equal(lasts->row->gap, GAP_NONE);
            assert_true(lasts->row->rates[PORT_IN_OCTETS] == 0);
        }
    }
    ports_free(ps);
}

static void a_row_of_no_known_port_is_strange_and_gives_nothing(void **state)
{
    struct ports *ps = ports_new();
    bool strange = false;

    (void)state;
    match(ps, first, COUNT_OF(first));
    assert_null(read_row(ps, 7, "xe7", 1000, 100, &strange));
    assert_true(strange);
    ports_free(ps);
}

static void read_oper(struct ports *ps, int64_t oper_status, bool turned)
{
    static uint64_t round = 1000;
    uint32_t if_index = 1;
    bool strange = false;
    struct value values[COLUMNS] = {{0}};
    struct stamp stamp = {.has_uptime = true};
    struct row row = {{&if_index, 1}, values, COLUMNS, &stamp, NULL};

    values[NAME_COLUMN].type = VALUE_OCTETS;
    values[NAME_COLUMN].octets = bytes_of_text("ge0");
    values[OPER_COLUMN].type = oper_status > 0 ? VALUE_INTEGER : VALUE_NONE;
    values[OPER_COLUMN].number = (uint64_t)oper_status;
    assert_non_null(ports_read(ps, &row, ++round, (struct wall){0}, &strange));
    assert_int_equal(ports_take_turned(ps), turned);
}

static void a_port_that_goes_down_or_up_is_told_once(void **state)
{
    struct ports *ps = ports_new();

    (void)state;
    match(ps, first, COUNT_OF(first));
    read_oper(ps, 1, true); /* other than its device told */
    read_oper(ps, 1, false);
    read_oper(ps, 2, true);
    read_oper(ps, 2, false);
    read_oper(ps, 0, false); /* not told */
    read_oper(ps, 1, true);
    ports_free(ps);
}

static void what_the_store_kept_is_recognised(void **state)
{
    struct ports *ps = ports_new(), *later = ports_new();
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    match(ps, first, COUNT_OF(first));
    match(ps, renumberings[1].now, 3); /* renamed: files keep their names */
    OWNED(ports_kept_free) struct ports_kept *kept = ports_keep(ps);
    ports_kept_write(kept, &text);
    ports_from_json(later, text.at, text.len);
    match(later, renumberings[1].now, 3);
    assert_int_equal(ports_count(later), 3);
    assert_string_equal(ports_by_index(later, 1)->row->object, "ge0");
    ports_free(ps);
    ports_free(later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_stay_through_renumbering_and_renaming),
        cmocka_unit_test(a_new_port_takes_nobodys_series),
        cmocka_unit_test(ports_of_one_name_have_files_of_their_own),
        cmocka_unit_test(a_row_without_its_description_is_read),
        cmocka_unit_test(a_renumbering_between_two_polls_mixes_nothing),
        cmocka_unit_test(a_renumbering_within_a_poll_mixes_nothing),
        cmocka_unit_test(facts_that_come_within_a_poll_mix_nothing),
        cmocka_unit_test(counters_beside_those_that_went_back_are_not_believed),
        cmocka_unit_test(each_counter_is_timed_by_its_own_answer),
        cmocka_unit_test(
            a_speed_that_is_exceeded_again_and_again_is_not_believed),
        cmocka_unit_test(
            counters_that_are_refreshed_rarely_neither_stop_nor_leap),
        cmocka_unit_test(a_port_without_traffic_beside_others_is_known_at_once),
        cmocka_unit_test(traffic_that_stops_is_told),
        cmocka_unit_test(a_row_of_no_known_port_is_strange_and_gives_nothing),
        cmocka_unit_test(a_port_that_goes_down_or_up_is_told_once),
        cmocka_unit_test(what_the_store_kept_is_recognised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
