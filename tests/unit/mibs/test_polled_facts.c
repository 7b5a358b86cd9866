/* What a poll makes of what an interview found. */
#include "tests/unit/mibs/agent.h"

#include "mibs/profile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SYS "1.3.6.1.2.1.1."
#define IFD "1.3.6.1.2.1.2.2.1.2."

/* What a collector finds by yaml, after an interview if known is not NULL. */
static struct facts *facts_by(const char *yaml, const struct said *said,
                              size_t count, enum collect_scope scope,
                              const struct facts *known)
{
    const struct profile_file file = {"lab.yaml", yaml, strlen(yaml)};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);
    struct agent a = agent_of(said, count);
    struct collector *c = collector_new(set, scope, known);
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

/* What a poll finds after an interview. */
static struct facts *polled_by(const char *yaml, const struct said *said,
                               size_t count)
{
    OWNED(facts_unref)
    struct facts *known = facts_by(yaml, said, count, COLLECT_ALL, NULL);

    return facts_by(yaml, said, count, COLLECT_METRICS, known);
}

static void table_called_as_a_standard_one_is_measured(void **state)
{
    (void)state;
    static const char yaml[] =
        "profile: lab\n"
        "match: [{object_id: 1.3.6.1.4.1.8072}]\n"
        "mempools:\n"
        "- {name: memory, walk: {u: 1.3.6.1.4.1.9999.1.1, "
        "t: 1.3.6.1.4.1.9999.1.2},\n"
        "   used: u, total: t}\n";
    static const struct said said[] = {
        {SYS "2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
        {"1.3.6.1.4.1.9999.1.1.1", 'i', "10"},
        {"1.3.6.1.4.1.9999.1.2.1", 'i', "100"},
    };
    struct facts *f = polled_by(yaml, said, COUNT_OF(said));

    assert_int_equal(f->mempools.count, 1);
    facts_unref(f);
}

#define ENTITY "1.3.6.1.2.1.47.1.1.1.1."
#define SENSOR "1.3.6.1.2.1.99.1.1.1."

static void sensor_keeps_its_port_when_it_is_polled(void **state)
{
    (void)state;
    static const char yaml[] = "profile: lab\n"
                               "match: [{object_id: 1.3.6.1.4.1.8072}]\n";
    static const struct said said[] = {
        {SYS "2.0", 'o', "1.3.6.1.4.1.8072.3.2.10"},
        {IFD "7", 's', "eth7"},
        {ENTITY "2.1", 's', "Port 7"},
        {ENTITY "4.1", 'i', "0"},
        {ENTITY "5.1", 'i', "10"},
        {ENTITY "2.2", 's', "Transceiver temperature"},
        {ENTITY "4.2", 'i', "1"},
        {ENTITY "5.2", 'i', "8"},
        {"1.3.6.1.2.1.47.1.3.2.1.2.1.0", 'o', "1.3.6.1.2.1.2.2.1.1.7"},
        {SENSOR "1.2", 'i', "8"},
        {SENSOR "2.2", 'i', "9"},
        {SENSOR "3.2", 'i', "0"},
        {SENSOR "4.2", 'i', "30"},
        {SENSOR "5.2", 'i', "1"},
    };
    struct facts *f = facts_by(yaml, said, COUNT_OF(said), COLLECT_ALL, NULL);

    assert_int_equal(f->sensors.count, 1);
    assert_int_equal(f->sensors.at[0].if_index, 7);
    facts_unref(f);
    f = polled_by(yaml, said, COUNT_OF(said));
    assert_int_equal(f->sensors.count, 1);
    assert_int_equal(f->sensors.at[0].if_index, 7);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_called_as_a_standard_one_is_measured),
        cmocka_unit_test(sensor_keeps_its_port_when_it_is_polled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
