/* Tables that did not change, or are not there, are not read again; and they
 * are where there is any doubt. */
#include "mibs/unchanged.h"
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SYS "1.3.6.1.2.1.1."
#define IFD "1.3.6.1.2.1.2.2.1.2."
#define ENT "1.3.6.1.2.1.47.1.1.1.1."
#define LOC "1.0.8802.1.1.2.1.3."
#define REM "1.0.8802.1.1.2.1.4.1.1."
#define MAN "1.0.8802.1.1.2.1.4.2.1."
#define STACK "1.3.6.1.2.1.31.1.2.1.3."

enum { ASKS_MAX = 128, SAID_MAX = 64 };

static const int64_t minute_ms = 60000, hour_ms = 3600000;

/* What may differ from one reading to the next; NULL: not told. */
struct moment {
    int64_t after_ms; /* since the first */
    const char *uptime, *descr, *lldp_change, *entity_change, *stack_change;
    const char *neighbor; /* its sysName */
    const char *oper;     /* of its port */
};

static const struct moment first = {
    .uptime = "1000000",
    .descr = "Acme 1",
    .lldp_change = "5000",
    .entity_change = "0",
    .stack_change = "77",
    .neighbor = "edge",
    .oper = "1",
};

/* The same an hour later. */
static struct moment later(void)
{
    struct moment m = first;

    m.after_ms = hour_ms;
    m.uptime = "1360000";
    return m;
}

struct reading {
    const char *names[ASKS_MAX];
    size_t count;
    struct facts *facts;
};

static struct agent agent_at(const struct moment *m)
{
    const struct said all[] = {
        {SYS "1.0", 's', m->descr},
        {SYS "2.0", 'o', "1.3.6.1.4.1.99999.1"},
        {SYS "3.0", 't', m->uptime},
        {IFD "1", 's', "one"},
        {IFD "2", 's', "two"},
        {"1.3.6.1.2.1.2.2.1.8.1", 'i', m->oper},
        {"1.0.8802.1.1.2.1.2.1.0", 't', m->lldp_change},
        {LOC "1.0", 'i', "4"},
        {LOC "2.0", 'x', "020000000001"},
        {LOC "7.1.2.1", 'i', "5"},
        {LOC "7.1.3.1", 's', "one"},
        {REM "4.0.1.1", 'i', "4"},
        {REM "5.0.1.1", 'x', "020000000002"},
        {REM "6.0.1.1", 'i', "5"},
        {REM "7.0.1.1", 's', "Gi0/2"},
        {REM "9.0.1.1", 's', m->neighbor},
        {MAN "3.0.1.1.1.4.192.0.2.9", 'i', "2"},
        {STACK "2.1", 'i', "1"},
        {"1.3.6.1.2.1.31.1.6.0", 't', m->stack_change},
        {ENT "2.1", 's', "chassis"},
        {ENT "5.1", 'i', "3"},
        {ENT "11.1", 's', "SN1"},
        {"1.3.6.1.2.1.47.1.4.1.0", 't', m->entity_change},
    };
    struct said said[SAID_MAX];
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (all[i].value != NULL)
            said[count++] = all[i];
    return agent_of(said, count);
}

static struct reading read_at(enum collect_scope scope, const struct moment *m,
                              const struct facts *known)
{
    static const struct wall start = {1700000000000};
    struct agent a = agent_at(m);
    struct collector *c = collector_new(NULL, scope, known);
    struct reading out = {.count = 0};
    struct ask ask;
    unsigned id;

    collector_at(c, (struct wall){start.ms + m->after_ms});
    while (collector_next(c, &ask, &id)) {
        assert_true(out.count < ASKS_MAX);
        out.names[out.count++] = ask.name;
        agent_answer(&a, c, &ask, id);
        collector_end(c, id, 0);
    }
    assert_true(collector_done(c));
    out.facts = collector_take(c);
    collector_free(c);
    agent_forget_all(&a);
    return out;
}

static bool asked(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->names[i], name) == 0)
            return true;
    return false;
}

/* True if a table was asked for this time, be it with many others. */
static bool looked_for(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->facts->reports.count; i++)
        if (strcmp(r->facts->reports.at[i].name, name) == 0)
            return r->facts->reports.at[i].at.ms == r->facts->observed_at.ms;
    return false;
}

static size_t all_looked_for(const struct reading *r)
{
    size_t count = 0;

    for (size_t i = 0; i < r->facts->reports.count; i++)
        count +=
            r->facts->reports.at[i].at.ms == r->facts->observed_at.ms ? 1 : 0;
    return count;
}

static void what_did_not_change_is_kept(void **state)
{
    (void)state;
    struct moment m = later();
    struct reading all = read_at(COLLECT_ALL, &first, NULL);
    struct reading news = read_at(COLLECT_NEWS, &m, all.facts);
    const struct facts *f = news.facts;

    facts_unref(all.facts); /* the new ones stand alone */
    assert_false(asked(&news, "lldpRemTable"));
    assert_false(asked(&news, "lldpRemManAddrTable"));
    assert_false(asked(&news, "entPhysicalTable"));
    assert_false(asked(&news, "ifStackTable"));
    assert_true(asked(&news, "ifTable"));
    assert_true(asked(&news, "lldpLocPortTable"));
    assert_int_equal(f->neighbors.count, 1);
    assert_string_equal(f->neighbors.at[0].sys_name, "edge");
    assert_string_equal(f->neighbors.at[0].port_text, "Gi0/2");
    assert_int_equal(f->neighbors.at[0].local_if_index, 1);
    assert_int_equal(f->neighbors.at[0].mgmt_count, 1);
    assert_int_equal(f->entities.count, 1);
    assert_string_equal(f->entities.at[0].serial, "SN1");
    assert_int_equal(f->stack.count, 1);

    struct moment third = m; /* from what was kept */
    third.after_ms = 2 * hour_ms;
    third.uptime = "1720000";
    struct reading again = read_at(COLLECT_NEWS, &third, f);
    assert_false(asked(&again, "lldpRemTable"));
    assert_int_equal(again.facts->neighbors.count, 1);
    facts_unref(again.facts);
    facts_unref(news.facts);
}

static void what_changed_is_read(void **state)
{
    (void)state;
    struct reading all = read_at(COLLECT_ALL, &first, NULL);
    struct moment m = later();

    m.lldp_change = "1234567";
    m.neighbor = "another";
    struct reading news = read_at(COLLECT_NEWS, &m, all.facts);
    assert_true(asked(&news, "lldpRemTable"));
    assert_false(asked(&news, "entPhysicalTable"));
    assert_string_equal(news.facts->neighbors.at[0].sys_name, "another");
    facts_unref(news.facts);
    facts_unref(all.facts);
}

/* An agent that has no such table has none an hour later. */
static void what_is_absent_is_not_asked_for_again(void **state)
{
    (void)state;
    struct reading all = read_at(COLLECT_ALL, &first, NULL);
    struct moment m = later();
    struct reading news = read_at(COLLECT_NEWS, &m, all.facts);

    assert_true(looked_for(&all, "hrStorageTable"));
    assert_false(looked_for(&news, "hrStorageTable"));
    assert_false(looked_for(&news, "dot1dTpFdbTable")); /* it is no bridge */
    /* Empty for now, maybe. */
    assert_true(looked_for(&news, "ipNetToMediaTable"));
    assert_true(all_looked_for(&news) * 2 < all_looked_for(&all));
    assert_int_equal(news.facts->reports.count, all.facts->reports.count);
    m.after_ms += 24 * hour_ms; /* but it may have one day */
    m.uptime = "10000000";
    struct reading next_day = read_at(COLLECT_NEWS, &m, news.facts);
    assert_int_equal(all_looked_for(&next_day), all_looked_for(&all));
    facts_unref(next_day.facts);
    facts_unref(news.facts);
    facts_unref(all.facts);
}

static void in_doubt_all_is_read(void **state)
{
    (void)state;
    struct moment young = first, rebooted = later(), upgraded = later(),
                  soon = first;

    young.uptime = "6000"; /* not all of it may be up */
    soon.after_ms = minute_ms;
    soon.uptime = "12000";
    rebooted.uptime = "1000500";
    upgraded.descr = "Acme 2";
    const struct {
        const char *name;
        const struct moment *then, *now;
    } cases[] = {
        {"just started", &young, &soon},
        {"rebooted, and up for as long as then", &first, &rebooted},
        {"other software", &first, &upgraded},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  %s\n", cases[i].name);
        struct reading all = read_at(COLLECT_ALL, cases[i].then, NULL);
        struct reading news = read_at(COLLECT_NEWS, cases[i].now, all.facts);
        assert_int_equal(all_looked_for(&news), all_looked_for(&all));
        facts_unref(news.facts);
        facts_unref(all.facts);
    }
}

static void who_asks_for_everything_gets_it(void **state)
{
    (void)state;
    struct reading all = read_at(COLLECT_ALL, &first, NULL);
    struct moment m = later();
    struct reading again = read_at(COLLECT_ALL, &m, all.facts);

    assert_int_equal(all_looked_for(&again), all_looked_for(&all));
    facts_unref(again.facts);
    facts_unref(all.facts);
}

/* Some agents do not count a cable that was pulled as a change. */
static void neighbors_of_ports_that_moved_are_read(void **state)
{
    (void)state;
    struct reading all = read_at(COLLECT_ALL, &first, NULL);
    struct moment m = later();

    m.oper = "2";
    struct reading news = read_at(COLLECT_NEWS, &m, all.facts);
    assert_true(asked(&news, "lldpRemTable"));
    assert_false(asked(&news, "entPhysicalTable"));
    facts_unref(news.facts);
    facts_unref(all.facts);
}

/* Some agents tell 0 for ever, or nothing. */
static void times_that_tell_nothing_are_not_believed(void **state)
{
    (void)state;
    static const char *const times[] = {"0", NULL};

    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct moment then = first, now = later();

        then.lldp_change = now.lldp_change = times[i];
        struct reading all = read_at(COLLECT_ALL, &then, NULL);
        struct reading news = read_at(COLLECT_NEWS, &now, all.facts);
        assert_true(asked(&news, "lldpRemTable"));
        facts_unref(news.facts);
        facts_unref(all.facts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_did_not_change_is_kept),
        cmocka_unit_test(what_changed_is_read),
        cmocka_unit_test(what_is_absent_is_not_asked_for_again),
        cmocka_unit_test(in_doubt_all_is_read),
        cmocka_unit_test(who_asks_for_everything_gets_it),
        cmocka_unit_test(neighbors_of_ports_that_moved_are_read),
        cmocka_unit_test(times_that_tell_nothing_are_not_believed),
    };
    return cmocka_run_group_tests_name("unchanged", tests, NULL, NULL);
}
