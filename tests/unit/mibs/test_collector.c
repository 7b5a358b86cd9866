/* What is asked, in which order, and what comes of asks that fail. */
#include "mibs/profile.h"
#include "tests/unit/mibs/agent.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SYS "1.3.6.1.2.1.1."
#define ENGINE "1.3.6.1.6.3.10.2.1."
#define IFD "1.3.6.1.2.1.2.2.1.2."
#define LOAD "1.3.6.1.2.1.25.3.3.1.2."

enum { ASKS_MAX = 256 };

static const struct said host[] = {
    {SYS "1.0", 's', "Linux lab 6.1\nsecond line"},
    {SYS "2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
    {SYS "3.0", 't', "123456"},
    {SYS "5.0", 's', "lab"},
    {SYS "6.0", 's', "cellar"},
    {SYS "7.0", 'i', "72"},
    {"1.3.6.1.2.1.2.1.0", 'i', "2"},
    {ENGINE "1.0", 'x', "80001f8880e9630000d61ff449"},
    {ENGINE "2.0", 'i', "3"},
    {ENGINE "3.0", 'i', "99"},
    {IFD "1", 's', "lo"},
    {IFD "2", 's', "eth0"},
    {LOAD "196608", 'i', "5"},
};

/* The same with some tables more. */
static const struct said rich[] = {
    {SYS "1.0", 's', "Linux lab 6.1\nsecond line"},
    {SYS "2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
    {IFD "1", 's', "lo"},
    {IFD "2", 's', "eth0"},
    {"1.0.8802.1.1.2.1.3.7.1.3.1", 's', "eth0"},
    {"1.0.8802.1.1.2.1.4.1.1.5.0.1.1", 's', "other"},
    {"1.3.6.1.2.1.17.1.4.1.2.1", 'i', "2"},
    {"1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.0.1", 'i', "1"},
    {"1.3.6.1.2.1.4.21.1.7.0.0.0.0", 'a', "192.0.2.1"},
    {"1.3.6.1.2.1.25.2.3.1.3.1", 's', "/"},
    {LOAD "196608", 'i', "5"},
};

/* The names of all asks of a scope, in their order; the facts too. */
struct asked {
    const char *names[ASKS_MAX];
    size_t count;
    struct facts *facts;
};

static struct asked ask_all_of(const struct said *said, size_t said_count,
                               enum collect_scope scope,
                               const struct facts *known)
{
    struct agent a = agent_of(said, said_count);
    struct collector *c = collector_new(NULL, scope, known);
    struct asked out = {.count = 0};
    struct ask ask;
    unsigned id;

    while (collector_next(c, &ask, &id)) {
        assert_true(out.count < ASKS_MAX);
        assert_true(ask.count <= ASK_COLUMNS_MAX);
        assert_true((ask.count > 0) != (ask.scalar_count > 0));
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

static struct asked ask_all(enum collect_scope scope, const struct facts *known)
{
    return ask_all_of(host, COUNT_OF(host), scope, known);
}

static size_t place_of(const struct asked *asked, const char *name)
{
    for (size_t i = 0; i < asked->count; i++)
        if (strcmp(asked->names[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static void system_group_is_told(void **state)
{
    (void)state;
    struct asked asked = ask_all(COLLECT_IDENTITY, NULL);
    const struct system_facts *s = &asked.facts->system;

    assert_string_equal(s->descr, "Linux lab 6.1\nsecond line");
    assert_string_equal(s->object_id, "1.3.6.1.4.1.8072.3.2.10");
    assert_string_equal(s->name, "lab");
    assert_string_equal(s->location, "cellar");
    assert_string_equal(s->contact, "");
    assert_true(s->has_uptime);
    assert_int_equal(s->uptime_cs, 123456);
    assert_int_equal(s->services, 72);
    assert_int_equal(s->if_number, 2);
    assert_int_equal(s->engine_id.len, 13);
    assert_int_equal(s->engine_boots, 3);
    assert_int_equal(s->engine_time_s, 99);
    assert_int_equal(asked.count, 2); /* no profile: MACs, no more */
    assert_int_equal(asked.facts->interfaces.count, 0);
    facts_unref(asked.facts);
}

static void identity_comes_first_and_large_tables_last(void **state)
{
    (void)state;
    struct asked asked = ask_all_of(rich, COUNT_OF(rich), COLLECT_ALL, NULL);

    assert_int_equal(place_of(&asked, "system"), 0);
    assert_int_equal(place_of(&asked, "lastChangeTimes"), 1);
    assert_int_equal(place_of(&asked, "ifTable"), 2);
    assert_true(place_of(&asked, "lldpRemTable") <
                place_of(&asked, "hrStorageTable"));
    assert_true(place_of(&asked, "hrStorageTable") <
                place_of(&asked, "dot1dTpFdbTable"));
    assert_true(place_of(&asked, "dot1dTpFdbTable") <
                place_of(&asked, "ipRouteTable"));
    assert_int_equal(asked.facts->interfaces.count, 2);
    assert_int_equal(place_of(&asked, "vtpVlanTable"), SIZE_MAX);
    facts_unref(asked.facts);
}

static void absent_tables_are_not_measured_again(void **state)
{
    (void)state;
    struct asked all = ask_all(COLLECT_ALL, NULL);
    struct asked again = ask_all(COLLECT_METRICS, all.facts);

    assert_int_equal(again.count, 1);
    assert_string_equal(again.names[0], "hrProcessorTable");
    assert_int_equal(again.facts->processors.count, 1);
    assert_string_equal(again.facts->system.name, "lab");
    facts_unref(again.facts);

    struct asked full =
        ask_all_of(rich, COUNT_OF(rich), COLLECT_ALL, all.facts);
    assert_int_equal(full.facts->fdb.count, 1); /* a full round asks anew */
    facts_unref(full.facts);
    facts_unref(all.facts);
}

static const struct table_report *report_of(const struct facts *f,
                                            const char *name)
{
    for (size_t i = 0; i < f->reports.count; i++)
        if (strcmp(f->reports.at[i].name, name) == 0)
            return &f->reports.at[i];
    return NULL;
}

/* What an agent lacks is asked of all tables at once. */
static void lacking_tables_cost_no_question_each(void **state)
{
    (void)state;
    struct asked asked = ask_all(COLLECT_ALL, NULL);

    assert_true(asked.count < 12);
    assert_true(place_of(&asked, "hrProcessorTable") < asked.count);
    assert_int_equal(place_of(&asked, "lldpRemTable"), SIZE_MAX);
    assert_non_null(report_of(asked.facts, "lldpRemTable"));
    assert_int_equal(report_of(asked.facts, "lldpRemTable")->rows, 0);
    assert_int_equal(report_of(asked.facts, "hrProcessorTable")->rows, 1);
    assert_null(report_of(asked.facts, "tables"));
    facts_unref(asked.facts);

    /* Who has no interfaces is not believed. */
    struct asked odd = ask_all_of(host, 10, COLLECT_ALL, NULL);

    assert_true(odd.count > 40);
    assert_true(place_of(&odd, "lldpRemTable") < odd.count);
    facts_unref(odd.facts);
}

static void measuring_a_stranger_identifies_it_first(void **state)
{
    (void)state;
    struct asked asked = ask_all(COLLECT_METRICS, NULL);

    assert_string_equal(asked.names[0], "system");
    assert_int_equal(place_of(&asked, "ifTable"), SIZE_MAX);
    assert_int_equal(asked.facts->processors.count, 1);
    facts_unref(asked.facts);
}

static void failing_table_does_not_fail_the_device(void **state)
{
    (void)state;
    struct agent a = agent_of(rich, COUNT_OF(rich));
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    struct ask ask;
    unsigned id;
    bool found = false;

    while (collector_next(c, &ask, &id)) {
        bool fails = strcmp(ask.name, "lldpRemTable") == 0;

        if (!fails)
            agent_answer(&a, c, &ask, id);
        collector_end(c, id, fails ? -ETIMEDOUT : 0);
    }
    struct facts *f = collector_take(c);
    for (size_t i = 0; i < f->reports.count; i++) {
        const struct table_report *r = &f->reports.at[i];

        if (strcmp(r->name, "lldpRemTable") == 0) {
            assert_int_equal(r->result, -ETIMEDOUT);
            assert_int_equal(r->rows, 0);
            found = true;
        } else {
            assert_int_equal(r->result, 0);
        }
    }
    assert_true(found);
    assert_int_equal(f->interfaces.count, 2);
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&a);
}

static void several_asks_may_be_under_way(void **state)
{
    (void)state;
    struct agent a = agent_of(host, COUNT_OF(host));
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    struct ask asks[ASKS_MAX];
    unsigned ids[ASKS_MAX];
    size_t count = 0;

    assert_true(collector_next(c, &asks[0], &ids[0]));
    assert_false(collector_next(c, &asks[1], &ids[1])); /* it waits */
    assert_false(collector_done(c));
    agent_answer(&a, c, &asks[0], ids[0]);
    collector_end(c, ids[0], 0);
    do { /* all that can be asked at once, answered from the end */
        count = 0;
        while (collector_next(c, &asks[count], &ids[count]))
            count++;
        for (size_t i = count; i-- > 0;) {
            agent_answer(&a, c, &asks[i], ids[i]);
            collector_end(c, ids[i], 0);
        }
    } while (count > 0);
    assert_true(collector_done(c));
    struct facts *f = collector_take(c);
    assert_int_equal(f->interfaces.count, 2);
    assert_int_equal(f->processors.count, 1);
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&a);
}

static void what_came_before_silence_is_kept(void **state)
{
    (void)state;
    struct agent a = agent_of(host, COUNT_OF(host));
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    static const uint8_t engine[] = {1, 2, 3, 4, 5};
    struct ask ask;
    unsigned id;

    assert_true(collector_next(c, &ask, &id));
    agent_answer(&a, c, &ask, id);
    collector_end(c, id, 0);
    assert_true(collector_next(c, &ask, &id));
    collector_engine_id(c, (struct bytes){engine, sizeof engine});
    struct facts *f = collector_take(c); /* in the middle of a table */
    assert_string_equal(f->system.name, "lab");
    assert_int_equal(f->system.engine_id.len, 13); /* the agent's own word */
    assert_int_equal(f->reports.count, 1);
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&a);
}

static void discovered_engine_id_stands_in(void **state)
{
    (void)state;
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    static const uint8_t engine[] = {1, 2, 3, 4, 5};

    collector_engine_id(c, (struct bytes){0});
    collector_engine_id(c, (struct bytes){engine, sizeof engine});
    struct facts *f = collector_take(c);
    assert_int_equal(f->system.engine_id.len, sizeof engine);
    facts_unref(f);
    collector_free(c);
}

static void profile_decides_what_generic_tables_are_asked(void **state)
{
    (void)state;
    static const char text[] = "profile: lab\n"
                               "match:\n"
                               "- object_id: 1.3.6.1.4.1.8072\n"
                               "facts: {os: labos}\n"
                               "replaces: [hrProcessorTable]\n";
    const struct profile_file file = {"lab.yaml", text, sizeof text - 1};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);
    struct agent a = agent_of(host, COUNT_OF(host));
    struct collector *c = collector_new(set, COLLECT_ALL, NULL);
    struct ask ask;
    unsigned id;

    assert_int_equal(faults, 0);
    while (collector_next(c, &ask, &id)) {
        assert_string_not_equal(ask.name, "hrProcessorTable");
        agent_answer(&a, c, &ask, id);
        collector_end(c, id, 0);
    }
    struct facts *f = collector_take(c);
    assert_string_equal(f->identity.profile, "lab");
    assert_string_equal(f->identity.os, "labos");
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&a);
}

static struct facts *facts_by(const char *yaml, const struct said *said,
                              size_t count, enum collect_scope scope)
{
    const struct profile_file file = {"lab.yaml", yaml, strlen(yaml)};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);
    struct agent a = agent_of(said, count);
    struct collector *c = collector_new(set, scope, NULL);
    struct ask ask;
    unsigned id;

    assert_int_equal(faults, 0);
    while (collector_next(c, &ask, &id)) {
        agent_answer(&a, c, &ask, id);
        collector_end(c, id, 0);
    }
    struct facts *f = collector_take(c);

    collector_free(c);
    agent_forget_all(&a);
    return f;
}

#define VLAN "1.3.6.1.2.1.17.7.1.4.3.1.1."
#define STORE "1.3.6.1.2.1.25.2.3.1."

static void what_a_profile_ignores_is_not_shown(void **state)
{
    (void)state;
    static const char yaml[] =
        "profile: lab\n"
        "match: [{object_id: 1.3.6.1.4.1.8072}]\n"
        "quirks:\n"
        "  port_name: ['{alias}', 'Port {index}']\n"
        "  ignore_ports: [{of: type, equal: softwareLoopback},\n"
        "    [{of: descr, starts: nul}, {of: alias, exists: false}]]\n"
        "  ignore_vlans: {of: id, in: [1002, 1003]}\n"
        "  ignore_storage: {of: descr, starts: /proc}\n";
    static const struct said said[] = {
        {SYS "2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
        {IFD "1", 's', "lo"},
        {IFD "2", 's', "null0"},
        {IFD "3", 's', "null1"},
        {IFD "4", 's', "eth0"},
        {"1.3.6.1.2.1.2.2.1.3.1", 'i', "24"},
        {"1.3.6.1.2.1.2.2.1.3.4", 'i', "6"},
        {"1.3.6.1.2.1.31.1.1.1.18.3", 's', "uplink"},
        {VLAN "10", 's', "users"},
        {VLAN "1002", 's', "fddi"},
        {STORE "2.1", 'o', "1.3.6.1.2.1.25.2.1.4"},
        {STORE "3.1", 's', "/"},
        {STORE "4.1", 'i', "1024"},
        {STORE "5.1", 'i', "1000"},
        {STORE "6.1", 'i', "10"},
        {STORE "2.2", 'o', "1.3.6.1.2.1.25.2.1.4"},
        {STORE "3.2", 's', "/proc/x"},
        {STORE "4.2", 'i', "1024"},
        {STORE "5.2", 'i', "1000"},
        {STORE "6.2", 'i', "10"},
    };
    struct facts *f = facts_by(yaml, said, COUNT_OF(said), COLLECT_ALL);

    assert_int_equal(f->interfaces.count, 2);
    assert_string_equal(interface_label(&f->interfaces.at[0]), "uplink");
    assert_string_equal(interface_label(&f->interfaces.at[1]), "Port 4");
    assert_int_equal(f->vlans.count, 1);
    assert_int_equal(f->vlans.at[0].id, 10);
    assert_int_equal(f->storages.count, 1);
    assert_string_equal(f->storages.at[0].descr, "/");
    facts_unref(f);
    f = facts_by(yaml, said, COUNT_OF(said), COLLECT_METRICS);
    assert_int_equal(f->storages.count, 1);
    facts_unref(f);
}

static void more_rows_than_the_limit_are_dropped_and_told(void **state)
{
    (void)state;
    static const struct stamp stamp = {.has_uptime = false};
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    struct ask ask;
    unsigned id;

    while (collector_next(c, &ask, &id)) {
        bool routes = strcmp(ask.name, "inetCidrRouteTable") == 0;

        for (uint32_t i = 0; routes && i < ask.rows_max + 10; i++) {
            const uint32_t index[] = {
                1, 4, 10, i >> 8 & 255, i & 255, i >> 16, 32,
                0, 1, 4,  192,          0,       2,       1};
            struct value values[ASK_COLUMNS_MAX] = {
                {.type = VALUE_INTEGER, .integer = 7}};
            struct row row = {
                {index, COUNT_OF(index)}, values, ask.count, &stamp, NULL};

            collector_row(c, id, &row);
        }
        collector_end(c, id, 0);
    }
    struct facts *f = collector_take(c);
    assert_int_equal(f->routes.count, 20000);
    for (size_t i = 0; i < f->reports.count; i++)
        assert_int_equal(
            f->reports.at[i].result,
            strcmp(f->reports.at[i].name, "inetCidrRouteTable") == 0 ? -E2BIG
                                                                     : 0);
    facts_unref(f);
    collector_free(c);
}

static void server_that_routes_is_a_router(void **state)
{
    (void)state;
    static const char text[] = "profile: lab\n"
                               "match:\n"
                               "- object_id: 1.3.6.1.4.1.8072\n"
                               "facts: {kind: server}\n";
    static const struct said said[] = {
        {SYS "2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
        {"1.3.6.1.2.1.4.1.0", 'i', "1"},
        {IFD "2", 's', "eth0"},
        {IFD "3", 's', "eth1"},
        {"1.3.6.1.2.1.4.20.1.2.192.0.2.1", 'i', "2"},
        {"1.3.6.1.2.1.4.20.1.2.198.51.100.1", 'i', "3"},
    };
    const struct profile_file file = {"lab.yaml", text, sizeof text - 1};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);

    for (size_t count = COUNT_OF(said) - 1; count <= COUNT_OF(said); count++) {
        struct agent a = agent_of(said, count);
        struct collector *c = collector_new(set, COLLECT_ALL, NULL);
        struct ask ask;
        unsigned id;

        while (collector_next(c, &ask, &id)) {
            agent_answer(&a, c, &ask, id);
            collector_end(c, id, 0);
        }
        struct facts *f = collector_take(c);
        assert_int_equal(f->identity.kind,
                         count < COUNT_OF(said) ? KIND_SERVER : KIND_ROUTER);
        facts_unref(f);
        collector_free(c);
        agent_forget_all(&a);
    }
}

static void storage_is_of_the_profile_and_of_the_host(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.99999.1"},
        {"1.3.6.1.4.1.99999.2.1.1", 's', "pool"},
        {"1.3.6.1.4.1.99999.2.2.1", 'i', "1000"},
        {"1.3.6.1.4.1.99999.2.3.1", 'i', "10"},
        {"1.3.6.1.2.1.25.2.3.1.2.1", 'o', "1.3.6.1.2.1.25.2.1.4"},
        {"1.3.6.1.2.1.25.2.3.1.3.1", 's', "pool"},
        {"1.3.6.1.2.1.25.2.3.1.4.1", 'i', "1"},
        {"1.3.6.1.2.1.25.2.3.1.5.1", 'i', "1000"},
        {"1.3.6.1.2.1.25.2.3.1.6.1", 'i', "10"},
        {"1.3.6.1.2.1.25.2.3.1.2.2", 'o', "1.3.6.1.2.1.25.2.1.4"},
        {"1.3.6.1.2.1.25.2.3.1.3.2", 's', "/"},
        {"1.3.6.1.2.1.25.2.3.1.4.2", 'i', "1"},
        {"1.3.6.1.2.1.25.2.3.1.5.2", 'i', "500"},
        {"1.3.6.1.2.1.25.2.3.1.6.2", 'i', "5"},
    };
    struct facts *f = facts_by("{profile: p, match: [{object_id: "
                               "1.3.6.1.4.1.99999}], storage: [{name: t, walk: "
                               "{name: 1.3.6.1.4.1.99999.2.1, size: "
                               "1.3.6.1.4.1.99999.2.2, used: "
                               "1.3.6.1.4.1.99999.2.3}, label: '{name}', "
                               "total: size, used: used}]}",
                               said, COUNT_OF(said), COLLECT_ALL);

    assert_int_equal(f->storages.count, 2);
    assert_string_equal(f->storages.at[0].descr, "pool");
    assert_string_equal(f->storages.at[1].descr, "/");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storage_is_of_the_profile_and_of_the_host),
        cmocka_unit_test(system_group_is_told),
        cmocka_unit_test(identity_comes_first_and_large_tables_last),
        cmocka_unit_test(absent_tables_are_not_measured_again),
        cmocka_unit_test(lacking_tables_cost_no_question_each),
        cmocka_unit_test(measuring_a_stranger_identifies_it_first),
        cmocka_unit_test(failing_table_does_not_fail_the_device),
        cmocka_unit_test(several_asks_may_be_under_way),
        cmocka_unit_test(what_came_before_silence_is_kept),
        cmocka_unit_test(discovered_engine_id_stands_in),
        cmocka_unit_test(profile_decides_what_generic_tables_are_asked),
        cmocka_unit_test(what_a_profile_ignores_is_not_shown),
        cmocka_unit_test(more_rows_than_the_limit_are_dropped_and_told),
        cmocka_unit_test(server_that_routes_is_a_router),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
