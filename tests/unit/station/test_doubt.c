/* When silence may be our own doing, and when it is the network's. */
#include "station/doubt.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { INTERVAL_MS = 60000 };

static struct mono at_s(double s)
{
    return (struct mono){.ns = (int64_t)((s + 1000) * 1e9)};
}

static struct doubt fresh(void)
{
    struct doubt d;

    doubt_init(&d, INTERVAL_MS, at_s(0));
    return d;
}

/* ---- one device is to be called down ---- */

/* Before it fell silent, at 60 s, and until 75 s, checks ended so. */
static const struct verdict_case {
    const char *name;
    unsigned answered_before, answered, missed;
    size_t devices;
    double judged_s;
    bool permitted;
    enum doubt_cause isolation;
} verdicts[] = {
    {"one of many", 500, 249, 1, 1000, 75, true, DOUBT_NONE},
    {"a third of many", 500, 170, 80, 1000, 75, true, DOUBT_NONE},
    {"79 of 100", 200, 21, 79, 400, 75, true, DOUBT_NONE},
    {"80 of 100", 200, 20, 80, 400, 75, false, DOUBT_SILENCE},
    {"all of ten", 20, 0, 10, 30, 75, false, DOUBT_SILENCE},
    {"all of nine that there are", 27, 0, 9, 9, 75, true, DOUBT_NONE},
    {"all of three, of thirty", 20, 0, 3, 30, 75, false, DOUBT_NONE},
    {"all of three, an interval later", 20, 0, 3, 30, 121, true, DOUBT_NONE},
    {"one of three, of thirty", 20, 2, 1, 30, 75, true, DOUBT_NONE},
    {"the only one", 3, 0, 1, 1, 75, true, DOUBT_NONE},
};

static void note_many(struct doubt *d, enum doubt_check end, unsigned count,
                      double from_s, double to_s)
{
    for (unsigned i = 0; i < count; i++)
        doubt_note(d, end, at_s(from_s + (to_s - from_s) * i / count));
}

static void silence_of_nearly_all_is_no_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        const struct verdict_case *c = &verdicts[i];
        struct doubt d = fresh();

        print_message("%s\n", c->name);
        note_many(&d, CHECK_ANSWERED, c->answered_before, 30, 58);
        for (unsigned n = 0; n < c->answered + c->missed; n++)
            doubt_note(&d, n < c->missed ? CHECK_MISSED : CHECK_ANSWERED,
                       at_s(60 + 15.0 * n / (c->answered + c->missed)));
        assert_int_equal(doubt_permits(&d, at_s(60), c->devices, DOUBT_NOBODY,
                                       at_s(c->judged_s)),
                         c->permitted);
        assert_int_equal(d.isolation, c->isolation);
        assert_int_equal(doubt_holds(&d), c->isolation != DOUBT_NONE);
    }
}

static const struct doubt_facts calm = {.uplinks = 1};

static void who_lies_before_the_silent_bears_witness(void **state)
{
    struct doubt d = fresh();

    (void)state;
    note_many(&d, CHECK_MISSED, 19, 60, 75);
    note_many(&d, CHECK_ANSWERED, 1, 60, 75);
    doubt_witness(&d, at_s(70));
    assert_true(doubt_permits(&d, at_s(60), 20, DOUBT_NOBODY, at_s(75)));
    assert_int_equal(d.isolation, DOUBT_NONE);
    /* a late one ends what was believed meanwhile */
    d = fresh();
    note_many(&d, CHECK_MISSED, 19, 60, 75);
    assert_false(doubt_permits(&d, at_s(60), 20, DOUBT_NOBODY, at_s(75)));
    assert_int_equal(d.isolation, DOUBT_SILENCE);
    doubt_witness(&d, at_s(76));
    assert_int_equal(d.isolation, DOUBT_NONE);
    assert_true(doubt_permits(&d, at_s(60), 20, DOUBT_NOBODY, at_s(76)));
}

static void who_is_beside_the_silent_is_heard_where_few_were_asked(void **state)
{
    (void)state;
    struct doubt d = fresh();

    assert_false(doubt_permits(&d, at_s(60), 20, DOUBT_NOBODY, at_s(75)));
    assert_true(doubt_permits(&d, at_s(60), 20, DOUBT_BESIDE, at_s(75)));
    /* it says nothing where nearly all are silent, and of no other device */
    assert_false(doubt_permits(&d, at_s(60), 20, DOUBT_NOBODY, at_s(76)));
    note_many(&d, CHECK_MISSED, 20, 60, 75);
    assert_false(doubt_permits(&d, at_s(60), 20, DOUBT_BESIDE, at_s(76)));
    assert_int_equal(d.isolation, DOUBT_SILENCE);
    d = fresh();
    note_many(&d, CHECK_MISSED, 20, 60, 75);
    assert_true(doubt_permits(&d, at_s(60), 20, DOUBT_BEFORE, at_s(76)));
}

static void isolation_ends_when_half_answers_again(void **state)
{
    (void)state;
    struct doubt d = fresh();

    note_many(&d, CHECK_ANSWERED, 1000, 0, 60);
    note_many(&d, CHECK_MISSED, 250, 60, 75);
    assert_false(doubt_permits(&d, at_s(60), 1000, DOUBT_NOBODY, at_s(75)));
    doubt_turn(&d, &calm, at_s(75)); /* those before were not cut off */
    assert_int_equal(d.isolation, DOUBT_SILENCE);
    note_many(&d, CHECK_MISSED, 750, 75, 120);
    doubt_turn(&d, &calm, at_s(120));
    assert_int_equal(d.isolation, DOUBT_SILENCE);
    note_many(&d, CHECK_ANSWERED, 400, 120, 145);
    doubt_turn(&d, &calm, at_s(145));
    assert_int_equal(d.isolation, DOUBT_SILENCE);
    note_many(&d, CHECK_ANSWERED, 200, 145, 156);
    doubt_turn(&d, &calm, at_s(156));
    assert_int_equal(d.isolation, DOUBT_NONE);
}

static void isolation_ends_when_nobody_is_asked_any_more(void **state)
{
    (void)state;
    struct doubt d = fresh();

    note_many(&d, CHECK_MISSED, 20, 60, 75);
    assert_false(doubt_permits(&d, at_s(60), 20, DOUBT_NOBODY, at_s(75)));
    doubt_turn(&d, &calm, at_s(130));
    assert_int_equal(d.isolation, DOUBT_SILENCE);
    doubt_turn(&d, &calm, at_s(200));
    assert_int_equal(d.isolation, DOUBT_NONE);
}

static void a_machine_without_an_uplink_is_cut_off(void **state)
{
    static const struct {
        double s;
        size_t uplinks;
        enum doubt_cause isolation;
    } turns[] = {
        {0, 0, DOUBT_NONE}, /* it never had one: all is on the loopback */
        {1, 2, DOUBT_NONE},    {2, 1, DOUBT_NONE}, {3, 0, DOUBT_UPLINKS},
        {4, 0, DOUBT_UPLINKS}, {5, 1, DOUBT_NONE},
    };
    struct doubt d = fresh();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(turns); i++) {
        struct doubt_facts facts = {.uplinks = turns[i].uplinks};

        doubt_turn(&d, &facts, at_s(turns[i].s));
        assert_int_equal(d.isolation, turns[i].isolation);
        assert_int_equal(
            doubt_permits(&d, at_s(0), 1, DOUBT_NOBODY, at_s(turns[i].s)),
            turns[i].isolation == DOUBT_NONE);
    }
}

static void another_interval_changes_no_doubt(void **state)
{
    static const struct doubt_facts cut_off = {.loop_lag_ms = 1500};
    struct doubt d = fresh();

    (void)state;
    doubt_turn(&d, &calm, at_s(0));
    doubt_turn(&d, &cut_off, at_s(1));
    doubt_use_interval(&d, INTERVAL_MS * 5, at_s(2));
    doubt_turn(&d, &cut_off, at_s(2));
    assert_int_equal(d.overload, DOUBT_LAG);
    assert_int_equal(d.isolation, DOUBT_UPLINKS);
}

/* ---- overload ---- */

static const struct overload_case {
    const char *name;
    int64_t lag_ms;
    uint64_t drops;
    unsigned in_time, slow;
    enum doubt_cause overload;
} overloads[] = {
    {"calm", 20, 0, 100, 0, DOUBT_NONE},
    {"a lag of 1 s", 1000, 0, 100, 0, DOUBT_NONE},
    {"a lag above", 1001, 0, 100, 0, DOUBT_LAG},
    {"one answer dropped", 0, 1, 100, 0, DOUBT_DROPS},
    {"some are slow", 0, 0, 50, 50, DOUBT_NONE},
    {"most are slow", 0, 0, 49, 51, DOUBT_SLOW},
    {"the few that there are", 0, 0, 0, 9, DOUBT_NONE},
};

static void overload_is_told_by_its_signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(overloads); i++) {
        const struct overload_case *c = &overloads[i];
        struct doubt_facts facts = {.uplinks = 1};
        struct doubt d = fresh();

        print_message("%s\n", c->name);
        doubt_turn(&d, &facts, at_s(59));
        note_many(&d, CHECK_ANSWERED, c->in_time, 60, 100);
        note_many(&d, CHECK_SLOW, c->slow, 60, 100);
        facts.loop_lag_ms = c->lag_ms;
        facts.drops = c->drops;
        doubt_turn(&d, &facts, at_s(100));
        assert_int_equal(d.overload, c->overload);
        assert_int_equal(
            doubt_permits(&d, at_s(85), 1000, DOUBT_NOBODY, at_s(100)),
            c->overload == DOUBT_NONE);
    }
}

static void overload_is_over_after_a_calm_interval(void **state)
{
    static const struct doubt_facts late = {.loop_lag_ms = 1500, .uplinks = 1};
    struct doubt d = fresh();

    (void)state;
    doubt_turn(&d, &late, at_s(1));
    doubt_turn(&d, &calm, at_s(2));
    doubt_turn(&d, &late, at_s(30));
    doubt_turn(&d, &calm, at_s(89));
    assert_int_equal(d.overload, DOUBT_LAG);
    doubt_turn(&d, &calm, at_s(90));
    assert_int_equal(d.overload, DOUBT_NONE);
}

static void every_cause_has_its_words(void **state)
{
    (void)state;
    assert_string_equal(doubt_cause_text(DOUBT_NONE), "");
    for (int i = DOUBT_NONE + 1; i < DOUBT_CAUSES; i++)
        assert_true(strlen(doubt_cause_text((enum doubt_cause)i)) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_of_nearly_all_is_no_verdict),
        cmocka_unit_test(who_lies_before_the_silent_bears_witness),
        cmocka_unit_test(
            who_is_beside_the_silent_is_heard_where_few_were_asked),
        cmocka_unit_test(isolation_ends_when_half_answers_again),
        cmocka_unit_test(isolation_ends_when_nobody_is_asked_any_more),
        cmocka_unit_test(a_machine_without_an_uplink_is_cut_off),
        cmocka_unit_test(another_interval_changes_no_doubt),
        cmocka_unit_test(overload_is_told_by_its_signs),
        cmocka_unit_test(overload_is_over_after_a_calm_interval),
        cmocka_unit_test(every_cause_has_its_words),
    };

    return cmocka_run_group_tests_name("doubt", tests, NULL, NULL);
}
