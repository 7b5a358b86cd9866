/* Processors, memory, storage and sensors: each construct of a table. */
#include "test_profile_agent.h"

#include <math.h>

#define T "1.3.6.1.4.1.9999.1"

/* A sensor of one row, raw at index 7.3 and what is beside it. */
static const struct said row[] = {
    {T ".1.7.3", NULL, 250},
    {T ".2.7.3", NULL, 2},
    {T ".3.7.3", "Inlet", 0},
    {T ".4.7.3", "rpm 1200, 900", 0},
    {T ".5.7.3", NULL, 0},
    {T ".6.7.3", "01:02:03", 0},
    {T ".7.7.3", "-12.5 C ok", 0},
    {T ".8.7.3", "05/31/2024", 0},
    {"1.3.6.1.4.1.9999.2.1.7", "Slot seven", 0},
    {"1.3.6.1.4.1.9999.3.0", NULL, 10},
    {"1.3.6.1.4.1.9999.4.4.73.110.49.50", "by text", 0},
    {NULL, NULL, 0},
};

static const char table_head[] =
    "{profile: p, sensors: [{name: t, class: temperature,\n"
    "  walk: {raw: " T ".1, exp: " T ".2, name: " T ".3, list: " T ".4,\n"
    "         zero: " T ".5, clock_text: " T ".6, words: " T ".7,\n"
    "         made: " T ".8},\n"
    "  get: {ten: 1.3.6.1.4.1.9999.3.0},\n"
    "  join: {none: {oid: 1.3.6.1.4.1.9999.2.1, at: '99'},\n"
    "         slot: {oid: 1.3.6.1.4.1.9999.2.1, at: index.1}},\n";

static struct facts *facts_of_sensor(const char *rest)
{
    char yaml[2048];
    struct facts *f = facts_new();

    (void)snprintf(yaml, sizeof yaml, "%s  %s}]}", table_head, rest);
    OWNED(profiles_free) struct profiles *set = set_of(yaml);

    f->observed_at.ms = 1717119000000; /* 2024-05-31 01:30 */
    agent_read(profiles_find(set, "p"), row, f, false, true);
    return f;
}

static const struct {
    const char *expr;
    double expected; /* NaN: no sensor */
} values[] = {
    {"raw", 250},
    {"raw / 10", 25},
    {"raw * 10 ^ exp", 25000},
    {"raw / 10 ^ exp", 2.5},
    {"100 - raw", -150},
    {"-(raw - 50) * 2", -400},
    {"2 ^ 3 ^ 2", 512},
    {"raw / zero", 250},
    {"ten + index.2", 13},
    {"min(raw, ten)", 10},
    {"max(raw, ten)", 250},
    {"list", 1200},
    {"nth(list, 2)", 900},
    {"clock(clock_text)", 3723},
    {"words", -12.5},
    {"celsius(212)", 100},
    {"dbm_mw(1)", 0},
    {"dbm_uw(100)", -10},
    {"dbm_w(1)", 30},
    {"dbm_uw(zero)", NAN},
    {"first(dbm_uw(zero), raw / 100)", 2.5},
    {"unsigned(0 - 1)", 4294967295.0},
    {"round(raw / 100)", 3},
    {"abs(0 - raw)", 250},
    {"name", NAN},
    {"raw / 0", 250},
    {"\"20{index.2}\" + 1", 204},
    {"\"{name}\"", NAN},
    {"\"2{none}\"", NAN},
    {"minutes_since(made)", 90},
    {"minutes_until(made)", -90},
    {"minutes_until(name)", NAN},
};

static void values_are_computed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char rest[200];

        print_message("  %s\n", values[i].expr);
        (void)snprintf(rest, sizeof rest, "value: '%s'", values[i].expr);
        struct facts *f = facts_of_sensor(rest);

        assert_int_equal(f->sensors.count, isnan(values[i].expected) ? 0 : 1);
        if (f->sensors.count == 1)
            assert_true(fabs(f->sensors.at[0].value - values[i].expected) <
                        1e-6);
        facts_unref(f);
    }
}

static const struct {
    const char *label, *expected;
} labels[] = {
    {"'{name}'", "Inlet"},
    {"'{slot} {index.2}'", "Slot seven 3"},
    {"'{index}'", "7.3"},
    {"'{index.-1}'", "3"},
    {"'{index.1-2}/{index.2-}'", "7.3/3"},
    {"'{count} {table}'", "1 t"},
    {"['{zero:text}', '{name:upper}']", "0"},
    {"['{name:lower} {list:number}']", "inlet 1200"},
    {"['Port {slot}', 'x']", "Port Slot seven"},
    {"'{device.os}: {name}'", "test: Inlet"},
    {"'{made:date}'", "2024-05-31"},
};

static void labels_are_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        char yaml[2048];

        print_message("  %s\n", labels[i].label);
        (void)snprintf(yaml, sizeof yaml, "%s value: raw, label: %s}]}",
                       table_head, labels[i].label);
        OWNED(profiles_free) struct profiles *set = set_of(yaml);
        struct facts *f = facts_new();

        f->identity.os = "test";
        agent_read(profiles_find(set, "p"), row, f, false, true);
        assert_int_equal(f->sensors.count, 1);
        assert_string_equal(f->sensors.at[0].descr, labels[i].expected);
        facts_unref(f);
    }
}

static void a_label_takes_the_first_text_that_is_whole(void **state)
{
    static const struct said said[] = {{T ".1.1", NULL, 5},
                                       {T ".1.2", NULL, 6},
                                       {T ".2.2", "B", 0},
                                       {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, sensors: [{name: t, class: power, walk: {raw: " T
        ".1, name: " T ".2}, value: raw, label: ['{name}', 'Unit {index}']}]}");
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), said, f, false, true);
    assert_int_equal(f->sensors.count, 2);
    assert_string_equal(f->sensors.at[0].descr, "Unit 1");
    assert_string_equal(f->sensors.at[1].descr, "B");
    assert_string_equal(f->sensors.at[1].index, "t.2");
    assert_string_equal(f->sensors.at[1].oid, T ".1.2");
    assert_string_equal(f->sensors.at[1].unit, "W");
    facts_unref(f);
}

static const struct {
    const char *part, *expected; /* of index 2.1.4.192.0.2.7.3.97.98.99.5 */
} parts[] = {
    {"{index.1+}", "1.4"},        {"{index.3+:inet}", "192.0.2.7"},
    {"{index.8+:text}", "abc"},   {"{index.-1}", "5"},
    {"{index.-2}", "99"},         {"{index.8--1}", "3.97.98.99.5"},
    {"{index.9--2:text}", "abc"}, {"{index.4+}", "?"}, /* more than there are */
    {"{index.13+}", "?"},         {"{index.-13}", "?"},
    {"{index.12+}", "?"},
};

static void parts_of_an_index_are_taken(void **state)
{
    static const struct said said[] = {
        {T ".1.2.1.4.192.0.2.7.3.97.98.99.5", NULL, 1}, {NULL, NULL, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char yaml[256];

        print_message("  %s\n", parts[i].part);
        (void)snprintf(yaml, sizeof yaml,
                       "{profile: p, sensors: [{name: t, class: count, walk: "
                       "{x: " T ".1}, value: x, label: ['%s', '?']}]}",
                       parts[i].part);
        OWNED(profiles_free) struct profiles *set = set_of(yaml);
        struct facts *f = facts_new();

        agent_read(profiles_find(set, "p"), said, f, false, true);
        assert_int_equal(f->sensors.count, 1);
        assert_string_equal(f->sensors.at[0].descr, parts[i].expected);
        facts_unref(f);
    }
}

/* Length-prefixed text in an index: 4.73.110.49.50 is "In12". */
static void an_index_may_hold_a_text(void **state)
{
    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, sensors: [{name: t, class: count, walk: {raw: "
        "1.3.6.1.4.1.9999.4}, value: '5', label: '{index.2-:text} {raw}'}]}");
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), row, f, false, true);
    assert_int_equal(f->sensors.count, 1);
    assert_string_equal(f->sensors.at[0].descr, "In12 by text");
    facts_unref(f);
}

static const struct {
    const char *skip;
    bool skipped;
} skips[] = {
    {"{of: raw, equal: 250}", true},
    {"{of: raw, equal: 250.0}", true},
    {"{of: raw, equal: 25}", false},
    {"{of: raw, unequal: 250}", false},
    {"{of: raw, less: 251}", true},
    {"{of: raw, less: 250}", false},
    {"{of: raw, more: 249}", true},
    {"{of: raw, in: [1, 250]}", true},
    {"{of: raw, not_in: [1, 250]}", false},
    {"{of: raw, at_least: 250}", true},
    {"{of: raw, at_least: 251}", false},
    {"{of: raw, at_most: 250}", true},
    {"{of: raw, at_most: 249}", false},
    {"{of: name, at_most: 249}", false},
    {"{of: name, contains: nle}", true},
    {"{of: name, not_contains: nle}", false},
    {"{of: name, not_contains: xyz}", true},
    {"{of: name, not_starts: [Out, In]}", false},
    {"{of: name, not_starts: Out}", true},
    {"{of: name, not_ends: let}", false},
    {"{of: name, not_ends: In}", true},
    {"{of: name, not_pattern: '^I.l'}", false},
    {"{of: name, not_pattern: '^O.l'}", true},
    {"{of: none, equal: ''}", true},
    {"{of: name, starts: In}", true},
    {"{of: name, starts: let}", false},
    {"{of: name, ends: let}", true},
    {"{of: name, pattern: '^I.l'}", true},
    {"{of: name, exists: true}", true},
    {"{of: name, exists: false}", false},
    {"{of: '{index.1}', equal: 7}", true},
    {"{of: slot, contains: seven}", true},
    {"{of: device.version, starts: '7.'}", true},
    {"{of: raw, more: 200, less: 300}", true},
    {"[[{of: raw, equal: 250}, {of: name, equal: Inlet}]]", true},
    {"[[{of: raw, equal: 250}, {of: name, equal: Outlet}]]", false},
    {"[{of: raw, equal: 1}, {of: name, equal: Inlet}]", true},
};

static void rows_are_skipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(skips); i++) {
        char yaml[2048];

        print_message("  %s\n", skips[i].skip);
        (void)snprintf(yaml, sizeof yaml, "%s value: raw, skip: %s}]}",
                       table_head, skips[i].skip);
        OWNED(profiles_free) struct profiles *set = set_of(yaml);
        struct facts *f = facts_new();

        f->identity.version = "7.2";
        agent_read(profiles_find(set, "p"), row, f, false, true);
        assert_int_equal(f->sensors.count, skips[i].skipped ? 0 : 1);
        facts_unref(f);
    }
}

static void states_have_text_and_severity(void **state)
{
    static const struct said said[] = {
        {T ".1.1", NULL, 1}, {T ".1.2", NULL, 3},     {T ".1.3", NULL, 9},
        {T ".2.1", "OK", 0}, {T ".2.2", "broken", 0}, {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "profile: p\n"
        "states: {fan: {1: [good, ok], 3: [bad, critical]}}\n"
        "sensors:\n"
        "- {name: a, class: state, walk: {s: " T ".1}, value: s, states: fan}\n"
        "- {name: b, class: state, walk: {s: " T
        ".2}, value: s, states: {ok: [fine, ok, 1], broken: [broken, critical, "
        "2]}}\n");
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), said, f, false, true);
    assert_int_equal(f->sensors.count, 5);
    assert_string_equal(f->sensors.at[0].state_descr, "good");
    assert_string_equal(f->sensors.at[0].state_severity, "ok");
    assert_string_equal(f->sensors.at[1].state_severity, "critical");
    assert_string_equal(f->sensors.at[2].state_severity, "unknown");
    assert_true(f->sensors.at[2].value == 9);
    assert_string_equal(f->sensors.at[3].state_descr, "fine");
    assert_true(f->sensors.at[4].value == 2);
    facts_unref(f);
}

static void class_limits_and_relations_come_from_columns(void **state)
{
    static const struct said said[] = {
        {T ".1.4", NULL, 8},  {T ".2.4", NULL, 21}, {T ".3.4", NULL, 40},
        {T ".1.5", NULL, 99}, {T ".2.5", NULL, 1},  {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, sensors: [{name: t, walk: {type: " T ".1, raw: " T
        ".2, limit: " T ".3}, class: {of: type, map: {8: temperature}}, value: "
        "raw, high_crit: limit, high_warn: limit - 5, low_crit: '-10', entity: "
        "index, if_index: '12', group: g, unit: degrees}]}");
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), said, f, false, true);
    assert_int_equal(f->sensors.count, 1); /* type 99 has no class */
    const struct sensor *s = &f->sensors.at[0];

    assert_string_equal(s->class, "temperature");
    assert_true(s->high_crit == 40 && s->high_warn == 35 && s->low_crit == -10);
    assert_true(isnan(s->low_warn));
    assert_int_equal(s->entity, 4);
    assert_int_equal(s->if_index, 12);
    assert_string_equal(s->group, "g");
    assert_string_equal(s->unit, "degrees");
    facts_unref(f);
}

static const struct {
    const char *given;
    double total, used, free, percent; /* NaN: not known */
} fills[] = {
    {"total: '200', used: '50'", 200, 50, 150, 25},
    {"total: '200', free: '50'", 200, 150, 50, 75},
    {"total: '200', percent: '25'", 200, 50, 150, 25},
    {"used: '50', free: '150'", 200, 50, 150, 25},
    {"used: '50', percent: '25'", 200, 50, 150, 25},
    {"free: '150', percent: '25'", 200, 50, 150, 25},
    {"percent: '25'", NAN, NAN, NAN, 25},
};

static bool same(double a, double b)
{
    return isnan(b) ? isnan(a) : fabs(a - b) < 1e-9;
}

static void memory_is_computed_from_what_is_told(void **state)
{
    static const struct said said[] = {{T ".1.1", NULL, 1}, {NULL, NULL, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(fills); i++) {
        char yaml[512];

        print_message("  %s\n", fills[i].given);
        (void)snprintf(yaml, sizeof yaml,
                       "{profile: p, mempools: [{name: t, walk: {x: " T
                       ".1}, %s}], storage: [{name: u, walk: {x: " T
                       ".1}, %s}]}",
                       fills[i].given, fills[i].given);
        OWNED(profiles_free) struct profiles *set = set_of(yaml);
        struct facts *f = facts_new();

        agent_read(profiles_find(set, "p"), said, f, false, true);
        assert_int_equal(f->mempools.count, 1);
        assert_int_equal(f->storages.count, 1);
        assert_true(same(f->mempools.at[0].total_bytes, fills[i].total));
        assert_true(same(f->mempools.at[0].used_bytes, fills[i].used));
        assert_true(same(f->mempools.at[0].free_bytes, fills[i].free));
        assert_true(same(f->mempools.at[0].used_percent, fills[i].percent));
        assert_string_equal(f->mempools.at[0].class, "system");
        assert_true(same(f->storages.at[0].used_percent, fills[i].percent));
        facts_unref(f);
    }
}

static void nonsense_is_not_measured(void **state)
{
    static const struct said said[] = {{T ".1.1", NULL, 0},
                                       {T ".1.2", NULL, -4},
                                       {T ".1.3", NULL, 130},
                                       {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set =
        set_of("{profile: p, processors: [{name: c, walk: {x: " T
               ".1}, value: x}], mempools: [{name: m, walk: {x: " T
               ".1}, total: x, used: '0'}]}");
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), said, f, false, true);
    assert_int_equal(f->processors.count, 2); /* none below 0 */
    assert_true(f->processors.at[1].usage_percent == 100);
    assert_int_equal(f->mempools.count, 1); /* none of size 0 or less */
    facts_unref(f);
}

static void a_table_gives_way_to_a_better_one(void **state)
{
    static const struct said both[] = {
        {T ".1.1", NULL, 1}, {T ".2.1", NULL, 2}, {NULL, NULL, 0}};
    static const struct said second[] = {{T ".2.1", NULL, 2}, {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set =
        set_of("{profile: p, processors: [{name: good, walk: {x: " T
               ".1}, value: x}, {name: old, unless: good, walk: {x: " T
               ".2}, value: x}]}");
    struct facts *f = facts_new(), *g = facts_new();

    agent_read(profiles_find(set, "p"), both, f, false, true);
    assert_int_equal(f->processors.count, 1);
    assert_true(f->processors.at[0].usage_percent == 1);
    agent_read(profiles_find(set, "p"), second, g, false, true);
    assert_int_equal(g->processors.count, 1);
    assert_true(g->processors.at[0].usage_percent == 2);
    facts_unref(f);
    facts_unref(g);
}

/* Tables over the same entry are asked once, however many there are. */
static void columns_of_one_table_are_asked_together(void **state)
{
    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, facts: {serial: {oid: 1.3.6.1.4.1.9999.8.0}}, sensors: "
        "[{name: a, class: power, walk: {x: " T ".1, n: " T
        ".9}, value: x}, {name: b, class: state, walk: {x: " T ".2, n: " T
        ".9}, get: {y: 1.3.6.1.4.1.9999.9.0}, join: {z: {oid: " T
        ".3, at: index}}, value: x}]}");
    OWNED(profile_reading_free)
    struct profile_reading *r =
        profile_reading_new(profiles_find(set, "p"), true, true, false);
    struct ask ask;

    assert_true(profile_ask(r, 0, &ask));
    assert_int_equal(ask.count, 4);
    assert_true(profile_ask(r, 1, &ask));
    assert_int_equal(ask.scalar_count, 2);
    assert_false(profile_ask(r, 2, &ask));
}

/* Where all is collected, or was before, names of ports and entities are not
 * asked twice. */
static void names_that_are_known_are_not_asked(void **state)
{
    static const struct said said[] = {{T ".1.7", NULL, 1}, {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, sensors: [{name: t, class: power, walk: {x: " T
        ".1}, join: {e: {oid: 1.3.6.1.2.1.47.1.1.1.1.7, at: index}, i: {oid: "
        "1.3.6.1.2.1.31.1.1.1.1, at: index}}, value: x, label: '{e} {i}'}]}");
    const struct profile *p = profiles_find(set, "p");
    OWNED(profile_reading_free)
    struct profile_reading *all = profile_reading_new(p, true, true, false);
    OWNED(profile_reading_free)
    struct profile_reading *metrics =
        profile_reading_new(p, false, true, false);
    struct facts *f = facts_new();
    struct ask ask;

    OWNED(profile_reading_free)
    struct profile_reading *named = profile_reading_new(p, false, true, true);

    assert_false(profile_ask(all, 1, &ask));
    assert_true(profile_ask(metrics, 2, &ask));
    assert_false(profile_reading_joins_entities(metrics));
    assert_false(profile_reading_joins_ports(metrics));
    assert_false(profile_ask(named, 1, &ask));
    assert_true(profile_reading_joins_entities(named));
    assert_true(profile_reading_joins_ports(named));
    *array_add(&f->entities) = (struct entity){.index = 7, .name = "Slot"};
    *array_add(&f->interfaces) =
        (struct interface){.if_index = 7, .name = "e7"};
    agent_read(p, said, f, true, true);
    assert_string_equal(f->sensors.at[0].descr, "Slot e7");
    facts_unref(f);
}

/* Neither more rows than are kept, nor a row too short, does harm. */
static void strange_rows_are_refused(void **state)
{
    (void)state;
    OWNED(profiles_free)
    struct profiles *set =
        set_of("{profile: p, processors: [{name: a, walk: {x: " T ".1, y: " T
               ".2}, value: x}]}");
    OWNED(profile_reading_free)
    struct profile_reading *r =
        profile_reading_new(profiles_find(set, "p"), false, true, false);
    static const char large[2048] = {'1'};
    const struct value one[] = {
        {.type = VALUE_OCTETS,
         .octets = {(const uint8_t *)large, sizeof large}},
        {.type = VALUE_INTEGER, .integer = 3}};
    const uint32_t index[] = {1};
    struct facts *f = facts_new();

    profile_row(r, 0, &(struct row){.values = one, .count = 1});
    for (size_t i = 0; i < 20000; i++)
        profile_row(
            r, 0,
            &(struct row){.index = {index, 1}, .values = one, .count = 2});
    profile_finish(r, f);
    assert_int_equal(f->processors.count, 1); /* one index: one processor */
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_computed),
        cmocka_unit_test(labels_are_made),
        cmocka_unit_test(a_label_takes_the_first_text_that_is_whole),
        cmocka_unit_test(parts_of_an_index_are_taken),
        cmocka_unit_test(an_index_may_hold_a_text),
        cmocka_unit_test(rows_are_skipped),
        cmocka_unit_test(states_have_text_and_severity),
        cmocka_unit_test(class_limits_and_relations_come_from_columns),
        cmocka_unit_test(memory_is_computed_from_what_is_told),
        cmocka_unit_test(nonsense_is_not_measured),
        cmocka_unit_test(a_table_gives_way_to_a_better_one),
        cmocka_unit_test(columns_of_one_table_are_asked_together),
        cmocka_unit_test(names_that_are_known_are_not_asked),
        cmocka_unit_test(strange_rows_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
