#include "wire/habits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_usual_takes_no_room(void **state)
{
    (void)state;
    struct habits h;

    habits_init(&h);
    habits_keep(&h, "ifTable", HABIT_REPETITIONS_FIRST, false);
    assert_int_equal(h.tables.count, 0);
    habits_keep(&h, "ifTable", 40, false);
    habits_keep(&h, "fdb", 500, true);
    assert_int_equal(h.tables.count, 2);
    assert_int_equal(habits_of(&h, "ifTable").max_repetitions, 40);
    assert_int_equal(habits_of(&h, "fdb").max_repetitions,
                     HABIT_REPETITIONS_MAX);
    assert_true(habits_of(&h, "fdb").unordered);
    habits_keep(&h, "ifTable", HABIT_REPETITIONS_FIRST, false);
    assert_int_equal(h.tables.count, 1);
    assert_int_equal(habits_of(&h, "ifTable").max_repetitions,
                     HABIT_REPETITIONS_FIRST);
    habits_fini(&h);
}

static void weights_of_values_are_no_habit(void **state)
{
    (void)state;
    struct habits h;

    habits_init(&h);
    habits_weigh(&h, "ifTable", 23.5, 20, 26);
    habits_keep(&h, "ifTable", HABIT_REPETITIONS_FIRST, false);
    assert_int_equal(habits_of(&h, "ifTable").value_octets,
                     23.5 * HABIT_OCTET_PARTS);
    assert_true(table_habit_is_usual(&h.tables.at[0]));
    assert_false(h.changed); /* nothing to save */
    assert_true(habits_of(&h, "ifTable").answer_ms == 20);
    assert_int_equal(habits_of(&h, "ifTable").rows, 26);
    habits_weigh(&h, "ifTable", 23.5, (double)NAN, 26);
    assert_true(habits_of(&h, "ifTable").answer_ms == 20);
    for (unsigned i = 0; i < 100; i++) /* another way, for good */
        habits_weigh(&h, "ifTable", 23.5, 200, 26);
    assert_in_range((int)habits_of(&h, "ifTable").answer_ms, 180, 200);
    habits_keep(&h, "ifTable", 16, false);
    assert_true(h.changed);
    assert_int_equal(habits_of(&h, "ifTable").value_octets,
                     23.5 * HABIT_OCTET_PARTS);
    habits_fini(&h);
}

static void quirks_tell_when_and_where(void **state)
{
    (void)state;
    struct habits h;

    habits_init(&h);
    habits_meet(&h, 4, "fdb", (struct wall){1000});
    habits_meet(&h, 4, "fdb", (struct wall){2000}); /* the same occasion */
    habits_meet(&h, 4, "fdb", (struct wall){500000});
    habits_meet(&h, 4, NULL, (struct wall){700000});
    assert_int_equal(h.quirks.count, 2);
    assert_string_equal(h.quirks.at[0].table, "fdb");
    assert_int_equal(h.quirks.at[0].first.ms, 1000);
    assert_int_equal(h.quirks.at[0].last.ms, 500000);
    assert_int_equal(h.quirks.at[0].count, 2);
    assert_string_equal(h.quirks.at[1].table, "");
    assert_int_equal(habits_count(&h, 4), 3);
    assert_int_equal(habits_last(&h, 4).ms, 700000);
    assert_int_equal(habits_last(&h, 8).ms, 0);
    assert_int_equal(habits_quirks(&h), 4);
    habits_fini(&h);
}

static void what_an_agent_can_make_us_keep_is_bounded(void **state)
{
    (void)state;
    struct habits h, copy;
    char name[200];

    habits_init(&h);
    habits_init(&copy);
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "%u-%0150u", i, i);
        habits_keep(&h, name, 50, false);
        habits_meet(&h, 1, name, (struct wall){1});
    }
    assert_int_equal(h.tables.count, HABIT_TABLES_MAX);
    assert_int_equal(h.quirks.count, HABIT_QUIRKS_MAX);
    assert_int_equal(strlen(h.tables.at[0].table), HABIT_NAME_MAX);
    habits_copy(&copy, &h);
    (void)snprintf(name, sizeof name, "%u-%0150u", 5U, 5U);
    assert_int_equal(habits_of(&copy, name).max_repetitions, 50);
    habits_fini(&h);
    habits_fini(&copy);
}

/* A line that damages answers of every table: no news at each poll. */
static void many_quirks_are_no_news_each_time_and_hide_none(void **state)
{
    struct habits h;
    char name[16];

    (void)state;
    habits_init(&h);
    for (unsigned i = 0; i < HABIT_QUIRKS_MAX; i++) {
        (void)snprintf(name, sizeof name, "t%u", i);
        habits_meet(&h, 1, name, (struct wall){1000 + i});
    }
    h.fresh = h.changed = false;
    habits_meet(&h, 1, "another", (struct wall){2000});
    assert_false(h.fresh);
    assert_false(h.changed);
    habits_meet(&h, 2, "another", (struct wall){3000});
    assert_true(h.fresh);
    assert_int_equal(habits_last(&h, 2).ms, 3000);
    assert_int_equal(h.quirks.count, HABIT_QUIRKS_MAX);
    habits_fini(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_takes_no_room),
        cmocka_unit_test(weights_of_values_are_no_habit),
        cmocka_unit_test(quirks_tell_when_and_where),
        cmocka_unit_test(many_quirks_are_no_news_each_time_and_hide_none),
        cmocka_unit_test(what_an_agent_can_make_us_keep_is_bounded),
    };
    return cmocka_run_group_tests_name("habits", tests, NULL, NULL);
}
