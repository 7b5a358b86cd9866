/* Metrics whose rows are known are got together; what changes is noticed. */
#include "mibs/roster.h"
#include "tests/unit/mibs/agent.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LOAD "1.3.6.1.2.1.25.3.3.1.2."
#define STORE "1.3.6.1.2.1.25.2.3.1."
#define SENSOR "1.3.6.1.2.1.99.1.1.1."
#define DISK "1.3.6.1.2.1.25.2.1.4"

#define STORE_ROW(index, used)                                             \
    {STORE "2." index, 'o', DISK}, {STORE "3." index, 's', "/disk" index}, \
        {STORE "4." index, 'i', "1024"}, {STORE "5." index, 'i', "1000"},  \
    {                                                                      \
        STORE "6." index, 'i', used                                        \
    }

static const struct said host[] = {
    {"1.3.6.1.2.1.1.1.0", 's', "Linux lab"},
    {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
    {"1.3.6.1.2.1.1.5.0", 's', "lab"},
    {"1.3.6.1.2.1.2.2.1.2.1", 's', "lo"},
    STORE_ROW("1", "250"),
    STORE_ROW("2", "500"),
    {LOAD "196608", 'i', "5"},
    {LOAD "196609", 'i', "7"},
};

enum { HOST = COUNT_OF(host) };

/* What was asked to measure, and what came of it. */
struct measured {
    const char *first; /* the name of the first ask; NULL: there was none */
    unsigned asks;
    size_t values; /* of the first */
    struct facts *facts;
};

static struct facts *all_of(const struct said *said, size_t count)
{
    return facts_of_agent(said, count);
}

/* One round. fails: the ask of the roster ends so, without a row. */
static struct measured measure(const struct said *said, size_t count,
                               const struct facts *known,
                               struct roster **roster, int fails)
{
    struct agent a = agent_of(said, count);
    struct collector *c = collector_new(NULL, COLLECT_METRICS, known);
    struct measured m = {0};
    struct roster *made;
    struct ask ask;
    unsigned id;

    collector_follow(c, *roster);
    while (collector_next(c, &ask, &id)) {
        bool follows = ask.scalar_count > 0;

        if (m.asks++ == 0) {
            m.first = ask.name;
            m.values = ask.scalar_count;
        }
        if (fails == 0 || !follows)
            agent_answer(&a, c, &ask, id);
        collector_end(c, id, follows ? fails : 0);
    }
    assert_true(collector_done(c));
    m.facts = collector_take(c);
    made = collector_roster(c, *roster);
    if (made != NULL) {
        roster_free(*roster);
        *roster = made;
    }
    collector_free(c);
    agent_forget_all(&a);
    return m;
}

static struct measured measure_host(size_t count, const struct facts *known,
                                    struct roster **roster)
{
    return measure(host, count, known, roster, 0);
}

static void assert_walks(struct measured m, size_t processors)
{
    assert_true(m.asks >= 2);
    assert_int_equal(m.facts->processors.count, processors);
    facts_unref(m.facts);
}

static void assert_gets(struct measured m, size_t values, size_t processors)
{
    assert_int_equal(m.asks, 1);
    assert_string_equal(m.first, "metrics");
    assert_int_equal(m.values, values);
    assert_int_equal(m.facts->processors.count, processors);
    facts_unref(m.facts);
}

static void known_rows_are_got_by_one_ask(void **state)
{
    struct facts *known = all_of(host, HOST);
    struct roster *roster = NULL;

    (void)state;
    assert_walks(measure_host(HOST, known, &roster), 2);
    assert_non_null(roster);
    struct measured again = measure_host(HOST, known, &roster);
    assert_int_equal(again.facts->storages.count, 2);
    assert_true(again.facts->storages.at[1].used_percent == 50);
    assert_string_equal(again.facts->storages.at[1].descr, "/disk2");
    assert_gets(again, 12, 2);
    roster_free(roster);
    facts_unref(known);
}

static void a_row_that_is_gone_has_tables_walked(void **state)
{
    struct facts *known = all_of(host, HOST);
    struct roster *roster = NULL;

    (void)state;
    assert_walks(measure_host(HOST, known, &roster), 2);
    struct measured less = measure_host(HOST - 1, known, &roster);
    assert_string_equal(less.first, "metrics");
    assert_int_equal(less.facts->storages.count, 2);
    assert_walks(less, 1); /* it is not measured, the others are */
    assert_gets(measure_host(HOST - 1, known, &roster), 11, 1);
    roster_free(roster);
    facts_unref(known);
}

static void new_rows_are_met_now_and_then(void **state)
{
    struct facts *known = all_of(host, HOST);
    struct roster *roster = NULL;
    unsigned rounds = 0;

    (void)state;
    assert_walks(measure_host(HOST - 1, known, &roster), 1);
    for (size_t processors = 1; processors == 1; rounds++) {
        struct measured m = measure_host(HOST, known, &roster);

        processors = m.facts->processors.count;
        facts_unref(m.facts);
    }
    assert_in_range(rounds, ROSTER_USES / 2, ROSTER_USES + 1);
    assert_gets(measure_host(HOST, known, &roster), 12, 2);

    roster_expire(roster); /* it may be another machine by now */
    assert_walks(measure_host(HOST, known, &roster), 2);
    roster_free(roster);
    facts_unref(known);
}

/* What refuses to be got, time after time, is walked for a while. */
static void who_strays_is_not_followed(void **state)
{
    struct facts *known = all_of(host, HOST);
    struct roster *roster = NULL;
    unsigned followed = 0;

    (void)state;
    assert_walks(measure_host(HOST, known, &roster), 2);
    for (unsigned i = 0; i < ROSTER_USES; i++) {
        struct measured m = measure(host, HOST, known, &roster, -EIO);

        followed += strcmp(m.first, "metrics") == 0;
        assert_walks(m, 2);
    }
    assert_in_range(followed, ROSTER_STRAYS_MAX, ROSTER_STRAYS_MAX + 2);
    roster_free(roster);
    facts_unref(known);
}

static void a_table_that_failed_makes_no_roster(void **state)
{
    struct facts *known = all_of(host, HOST);
    struct agent a = agent_of(host, HOST);
    struct collector *c = collector_new(NULL, COLLECT_METRICS, known);
    struct ask ask;
    unsigned id;

    (void)state;
    collector_follow(c, NULL);
    while (collector_next(c, &ask, &id)) {
        agent_answer(&a, c, &ask, id);
        collector_end(c, id, -ETIMEDOUT);
    }
    assert_null(collector_roster(c, NULL));
    collector_free(c);
    agent_forget_all(&a);
    facts_unref(known);
}

/* Rows that differ in their columns, and tables that fill answers, are walked
 * as before, beside the others. */
static void odd_and_large_tables_are_walked(void **state)
{
    enum { MANY = ROSTER_TABLE_VALUES_MAX / 5 + 1, EACH = 5 };
    static char names[MANY * EACH][64];
    struct said said[HOST + 3 + MANY * EACH];
    size_t count = HOST;
    struct roster *roster = NULL;

    (void)state;
    memcpy(said, host, sizeof host);
    for (unsigned i = 0; i < MANY * EACH; i++) {
        snprintf(names[i], sizeof names[i], SENSOR "%u.%u", i % EACH + 1,
                 i / EACH + 1);
        said[count++] = (struct said){names[i], 'i', "8"};
    }
    said[count++] = (struct said){STORE "3.9", 's', "ragged"};
    struct facts *known = all_of(said, count);
    struct measured m = measure(said, count, known, &roster, 0);
    facts_unref(m.facts);
    m = measure(said, count, known, &roster, 0);
    assert_int_equal(m.asks, 3);
    assert_int_equal(m.facts->storages.count, 2);
    assert_int_equal(m.facts->processors.count, 2);
    facts_unref(m.facts);
    assert_int_equal(roster_values(roster), 2);
    roster_free(roster);
    facts_unref(known);
}

/* A roster is of one plan: where other tables are asked it is of no use. */
static void another_plan_needs_another_roster(void **state)
{
    struct roster_notes notes = {0};
    struct roster *roster = roster_make(&notes, 3, 7, 0, NULL);
    struct roster_table t;
    size_t at = 0, tables = 0;

    (void)state;
    assert_false(roster_use(NULL, 7));
    assert_false(roster_use(roster, 8));
    assert_true(roster_use(roster, 7));
    for (; roster_next(roster, &at, &t); tables++)
        assert_int_equal(t.way, ROSTER_LEAVE);
    assert_int_equal(tables, 3);
    roster_free(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_rows_are_got_by_one_ask),
        cmocka_unit_test(a_row_that_is_gone_has_tables_walked),
        cmocka_unit_test(new_rows_are_met_now_and_then),
        cmocka_unit_test(who_strays_is_not_followed),
        cmocka_unit_test(a_table_that_failed_makes_no_roster),
        cmocka_unit_test(odd_and_large_tables_are_walked),
        cmocka_unit_test(another_plan_needs_another_roster),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
