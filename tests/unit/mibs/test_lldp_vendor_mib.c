/* LLDP neighbors in tables of vendors, and neighbors by EDP. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OBJECT_ID(of)                               \
    {                                               \
        "1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1." of \
    }
#define DESCR "1.3.6.1.2.1.2.2.1.2."
#define TIMETRA "1.3.6.1.4.1.6527.3.1.2.59.4.1.1."
#define TPLINK "1.3.6.1.4.1.11863.6.35.1.2.2.1."
#define EDP "1.3.6.1.4.1.1916.1.13.2.1."
#define EDP_ID ".0.0.0.4.150.1.2.3"

static void nokia_hears_a_neighbor_at_several_addresses_once(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("6527.1.3.4"),
        {DESCR "1610902593", 's', "1/1/c49/1"},
        {TIMETRA "4.100.1610902593.1.2", 'i', "4"},
        {TIMETRA "5.100.1610902593.1.2", 'x', "e441644a2001"},
        {TIMETRA "6.100.1610902593.1.2", 'i', "5"},
        {TIMETRA "7.100.1610902593.1.2", 's', "1/5/c7/1"},
        {TIMETRA "9.100.1610902593.1.2", 's', "router-c"},
        {TIMETRA "5.100.1610902593.2.3", 'x', "e441644a2001"},
        {TIMETRA "7.100.1610902593.2.3", 's', "1/5/c7/1"},
    };
    struct facts *f = FACTS_OF(said);
    const struct neighbor *n = f->neighbors.at;

    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(n->protocol, NEIGHBOR_LLDP);
    assert_int_equal(n->local_if_index, 1610902593);
    assert_string_equal(n->chassis_text, "e4:41:64:4a:20:01");
    assert_string_equal(n->port_text, "1/5/c7/1");
    assert_string_equal(n->sys_name, "router-c");
    facts_unref(f);
}

static void tplink_writes_everything_as_text(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("11863.5.1"),
        {DESCR "49167", 's', "gigabitEthernet 1/0/15"},
        {TPLINK "3.49167.1", 's', "MAC address"},
        {TPLINK "4.49167.1", 's', "48:A9:8A:C1:AC:58"},
        {TPLINK "5.49167.1", 's', "Interface name"},
        {TPLINK "6.49167.1", 's', "eth1"},
        {TPLINK "9.49167.1", 's', "w131"},
        {TPLINK "13.49167.1", 's', "192.0.2.131"},
    };
    struct facts *f = FACTS_OF(said);
    const struct neighbor *n = f->neighbors.at;

    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(n->local_if_index, 49167);
    assert_int_equal(n->chassis_mac.octets[5], 0x58);
    assert_string_equal(n->port_text, "eth1");
    assert_int_equal(n->mgmt_count, 1);
    facts_unref(f);
}

static void extreme_tells_slot_and_port(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("1916.2.1"),
        {DESCR "1014", 's', "port 14"},
        {EDP "3.1014" EDP_ID, 's', "core"},
        {EDP "5.1014" EDP_ID, 'i', "2"},
        {EDP "6.1014" EDP_ID, 'i', "7"},
        {EDP "3.1014.1", 's', "no such id"},
    };
    struct facts *f = FACTS_OF(said);
    const struct neighbor *n = f->neighbors.at;

    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(n->protocol, NEIGHBOR_EDP);
    assert_int_equal(n->local_if_index, 1014);
    assert_string_equal(n->sys_name, "core");
    assert_string_equal(n->port_text, "2:7");
    assert_string_equal(n->chassis_text, "00:04:96:01:02:03");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nokia_hears_a_neighbor_at_several_addresses_once),
        cmocka_unit_test(tplink_writes_everything_as_text),
        cmocka_unit_test(extreme_tells_slot_and_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
