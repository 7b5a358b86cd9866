/* Neighbors by CDP, FDP, EDP and NDP. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IFD "1.3.6.1.2.1.2.2.1.2."
#define CDP "1.3.6.1.4.1.9.9.23.1.2.1.1."
#define FDP "1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1."
#define OBJECT_ID "1.3.6.1.2.1.1.2.0"

static void cdp_neighbor_is_told_with_all_it_said(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "10101", 's', "GigabitEthernet1/0/1"},
        {CDP "4.10101.1", 'x', "c0000207"},
        {CDP "5.10101.1", 's', "Cisco IOS Software\nCompiled by somebody"},
        {CDP "6.10101.1", 's', "acc-1.example.net"},
        {CDP "7.10101.1", 's', "GigabitEthernet0/1"},
        {CDP "8.10101.1", 's', "cisco WS-C2960X-24"},
        {CDP "9.10101.1", 'x', "00000029"},
        {CDP "6.7.2", 's', "an interface that there is not"},
        {CDP "6.7", 's', "no index"},
        {CDP "4.7.2", 'x', "c000"},
    };
    struct facts *f = FACTS_OF(said);
    const struct neighbor *n = f->neighbors.at;

    assert_int_equal(f->neighbors.count, 2);
    if (n->local_port_num != 10101)
        n++;
    assert_int_equal(n->protocol, NEIGHBOR_CDP);
    assert_int_equal(n->local_if_index, 10101);
    assert_string_equal(n->chassis_text, "acc-1.example.net");
    assert_string_equal(n->port_text, "GigabitEthernet0/1");
    assert_string_equal(n->platform, "cisco WS-C2960X-24");
    assert_string_equal(n->sys_descr,
                        "Cisco IOS Software\nCompiled by somebody");
    assert_int_equal(n->mgmt_count, 1);
    assert_int_equal(n->caps, 1 << 2 | 1 << 4); /* router, switch, IGMP */
    n = n == f->neighbors.at ? n + 1 : f->neighbors.at;
    assert_int_equal(n->local_if_index, 0);
    assert_int_equal(n->mgmt_count, 0);
    facts_unref(f);
}

static void fdp_is_asked_of_its_makers_agents_alone(void **state)
{
    (void)state;
    const struct said said[] = {
        {OBJECT_ID, 'o', "1.3.6.1.4.1.1991.1.3.48"},
        {IFD "3", 's', "GigabitEthernet1/1/3"},
        {FDP "3.3.1", 's', "edge-7"},
        {FDP "5.3.1", 's', "192.0.2.9"},
        {FDP "7.3.1", 's', "ethernet1/1/1"},
        {FDP "9.3.1", 's', "Router, Switch"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(f->neighbors.at[0].protocol, NEIGHBOR_FDP);
    assert_int_equal(f->neighbors.at[0].local_if_index, 3);
    assert_int_equal(f->neighbors.at[0].mgmt_count, 1);
    assert_int_equal(f->neighbors.at[0].caps, 1 << 2 | 1 << 4);
    facts_unref(f);
    f = facts_of_agent(said + 1, COUNT_OF(said) - 1);
    assert_int_equal(f->neighbors.count, 0);
    facts_unref(f);
}

#define EDP "1.3.6.1.4.1.1916.1.13.2.1."

static void edp_neighbor_is_told_by_slot_and_port(void **state)
{
    (void)state;
    static const struct said said[] = {
        {OBJECT_ID, 'o', "1.3.6.1.4.1.1916.2.14"},
        {IFD "1001", 's', "X440 Port 1"},
        {EDP "3.1001.0.0.2.0.0.0.0.9", 's', "sum-2"},
        {EDP "5.1001.0.0.2.0.0.0.0.9", 'i', "2"},
        {EDP "6.1001.0.0.2.0.0.0.0.9", 'i', "14"},
        {EDP "3.1001.9", 's', "no id"},
    };
    struct facts *f = FACTS_OF(said);
    const struct neighbor *n = f->neighbors.at;

    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(n->protocol, NEIGHBOR_EDP);
    assert_int_equal(n->local_if_index, 1001);
    assert_string_equal(n->chassis_text, "02:00:00:00:00:09");
    assert_string_equal(n->port_text, "2:14");
    assert_string_equal(n->sys_name, "sum-2");
    facts_unref(f);
}

/* Index: ifIndex, device id, port name; ".6.2.0.0.0.0.9" is an id. */
static void ndp_neighbor_is_told_by_its_index(void **state)
{
    (void)state;
    static const struct {
        const char *object_id, *table;
    } makers[] = {
        {"1.3.6.1.4.1.2011.2.23", "1.3.6.1.4.1.2011.6.7.5.6.1."},
        {"1.3.6.1.4.1.25506.1.1", "1.3.6.1.4.1.25506.8.7.5.6.1."},
        {"1.3.6.1.4.1.43.1.16", "1.3.6.1.4.1.43.45.1.6.7.5.6.1."},
    };

    for (size_t i = 0; i < COUNT_OF(makers); i++) {
        char name[128], mode[128], cut[128], wrong[128];
        (void)snprintf(name, sizeof name,
                       "%s3.4.6.2.0.0.0.0.9.5.69.49.47.48.49", makers[i].table);
        (void)snprintf(mode, sizeof mode,
                       "%s4.4.6.2.0.0.0.0.9.5.69.49.47.48.49", makers[i].table);
        (void)snprintf(cut, sizeof cut, "%s3.4.6.2.0.0.0.0.9.5.69.49",
                       makers[i].table);
        (void)snprintf(wrong, sizeof wrong, "%s3.4.99.2.0", makers[i].table);
        const struct said said[] = {
            {OBJECT_ID, 'o', makers[i].object_id},
            {IFD "4", 's', "Ethernet0/4"},
            {name, 's', "quidway"},
            {mode, 'i', "2"},
            {cut, 's', "the port is cut"},
            {wrong, 's', "the id is longer than ids are"},
        };
        struct facts *f = FACTS_OF(said);
        const struct neighbor *n = f->neighbors.at;

        assert_int_equal(f->neighbors.count, 1);
        assert_int_equal(n->protocol, NEIGHBOR_NDP);
        assert_int_equal(n->local_if_index, 4);
        assert_string_equal(n->chassis_text, "02:00:00:00:00:09");
        assert_string_equal(n->port_text, "E1/01");
        assert_string_equal(n->sys_name, "quidway");
        facts_unref(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdp_neighbor_is_told_with_all_it_said),
        cmocka_unit_test(fdp_is_asked_of_its_makers_agents_alone),
        cmocka_unit_test(edp_neighbor_is_told_by_slot_and_port),
        cmocka_unit_test(ndp_neighbor_is_told_by_its_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
