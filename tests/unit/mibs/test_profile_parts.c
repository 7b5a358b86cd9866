/* Rows that are one thing together; supplies of printers; transceivers. */
#include "test_profile_agent.h"

#include <math.h>

#define T "1.3.6.1.4.1.9999.1"

static const struct {
    const char *combine;
    double expected;
} combines[] = {{"sum", 60}, {"average", 20}, {"least", 10}, {"greatest", 30}};

static void rows_are_combined(void **state)
{
    static const struct said said[] = {
        {T ".1.1", NULL, 90}, {T ".1.2", NULL, 10},  {T ".1.3", NULL, 20},
        {T ".1.4", NULL, 30}, {T ".1.5", "idle", 0}, {NULL, NULL, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(combines); i++) {
        char yaml[512];

        print_message("  %s\n", combines[i].combine);
        (void)snprintf(yaml, sizeof yaml,
                       "{profile: p, processors: [{name: t, walk: {x: " T
                       ".1}, value: x, combine: %s, label: 'CPU {index}', "
                       "skip: {of: x, equal: 90}}]}",
                       combines[i].combine);
        OWNED(profiles_free) struct profiles *set = set_of(yaml);
        struct facts *f = facts_new();

        agent_read(profiles_find(set, "p"), said, f, false, true);
        assert_int_equal(f->processors.count, 1);
        assert_true(f->processors.at[0].usage_percent == combines[i].expected);
        assert_string_equal(f->processors.at[0].index, "t");
        assert_string_equal(f->processors.at[0].descr, "CPU 2");
        facts_unref(f);
    }
}

static void supplies_tell_how_full_they_are(void **state)
{
    static const struct said said[] = {
        {T ".1.1", NULL, 3}, {T ".2.1", NULL, 200}, {T ".3.1", NULL, 50},
        {T ".1.2", NULL, 9}, {T ".2.2", NULL, -2},  {T ".3.2", NULL, -3},
        {T ".1.3", NULL, 3}, {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, supplies: [{name: t, walk: {kind: " T ".1, full: " T
        ".2, now: " T ".3}, type: {of: kind, map: {3: toner, 9: opc}}, "
        "capacity: full, left: now, label: 'Unit {index}'}]}");
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), said, f, false, true);
    assert_int_equal(f->supplies.count, 2); /* the third tells no level */
    const struct supply *s = f->supplies.at;

    assert_string_equal(s[0].type, "toner");
    assert_string_equal(s[0].descr, "Unit 1");
    assert_string_equal(s[0].oid, T ".3.1");
    assert_true(s[0].capacity == 200 && s[0].current_percent == 25);
    assert_string_equal(s[1].type, "opc");
    assert_true(isnan(s[1].capacity) && isnan(s[1].current_percent));
    facts_unref(f);
}

static void transceivers_are_of_a_port(void **state)
{
    static const struct said said[] = {{T ".1.7", "SFP", 0},
                                       {T ".2.7", "ACME", 0},
                                       {T ".3.7", "05/31/24", 0},
                                       {T ".4.7", NULL, 1310},
                                       {T ".1.8", "", 0},
                                       {T ".4.8", NULL, 0},
                                       {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: p, transceivers: [{name: t, walk: {type: " T ".1, by: " T
        ".2, made: " T ".3, nm: " T ".4}, type: '{type}', vendor: '{by}', "
        "date: '{made:date}', wavelength: nm, if_index: index}]}");
    struct facts *f = facts_new(), *polled = facts_new();

    agent_read(profiles_find(set, "p"), said, f, true, true);
    assert_int_equal(f->transceivers.count, 1); /* the other slot is empty */
    const struct transceiver *x = f->transceivers.at;

    assert_string_equal(x->type, "SFP");
    assert_string_equal(x->vendor, "ACME");
    assert_string_equal(x->date, "2024-05-31");
    assert_string_equal(x->model, "");
    assert_true(x->wavelength_nm == 1310 && isnan(x->distance_m));
    assert_int_equal(x->if_index, 7);
    agent_read(profiles_find(set, "p"), said, polled, false, true);
    assert_int_equal(polled->transceivers.count, 0); /* not at each poll */
    facts_unref(f);
    facts_unref(polled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_combined),
        cmocka_unit_test(supplies_tell_how_full_they_are),
        cmocka_unit_test(transceivers_are_of_a_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
