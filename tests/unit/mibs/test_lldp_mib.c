/* Neighbors by LLDP: each once, with our interface, whatever the agent's idea
 * of a port number and of an index is. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IFD "1.3.6.1.2.1.2.2.1.2."
#define IFP "1.3.6.1.2.1.2.2.1.6."
#define IFN "1.3.6.1.2.1.31.1.1.1.1."
#define LOC "1.0.8802.1.1.2.1.3."
#define PORT "1.0.8802.1.1.2.1.3.7.1."
#define REM "1.0.8802.1.1.2.1.4.1.1."
#define MAN "1.0.8802.1.1.2.1.4.2.1."
#define BASE "1.3.6.1.2.1.17.1.4.1.2."
#define V2 "1.3.111.2.802.1.1.13.1."

/* One neighbor at TimeMark.LocalPortNum.RemIndex. */
#define NEIGHBOR(index, chassis, port)                          \
    {REM "4." index, 'i', "4"}, {REM "5." index, 'x', chassis}, \
        {REM "6." index, 'i', "5"},                             \
    {                                                           \
        REM "7." index, 's', port                               \
    }

static void neighbor_is_told_with_all_it_said(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "3", 's', "eth0"},
        {LOC "1.0", 'i', "4"},
        {LOC "2.0", 'x', "020000000001"},
        {LOC "3.0", 's', "core-1"},
        {PORT "2.3", 'i', "5"},
        {PORT "3.3", 's', "eth0"},
        NEIGHBOR("4711.3.9", "0200000000aa", "Gi1/0/1"),
        {REM "8.4711.3.9", 's', "uplink"},
        {REM "9.4711.3.9", 's', "acc-1"},
        {REM "10.4711.3.9", 's', "a switch\nof two lines"},
        {REM "12.4711.3.9", 'x', "28"},
        {MAN "3.4711.3.9.1.4.192.0.2.7", 'i', "2"},
        {MAN "3.4711.3.9.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1", 'i', "2"},
        {MAN "3.4711.8.9.1.4.192.0.2.99", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);
    const struct neighbor *n = f->neighbors.at;
    char text[ADDR_TEXT_MAX];

    assert_string_equal(f->lldp.chassis_text, "02:00:00:00:00:01");
    assert_string_equal(f->lldp.sys_name, "core-1");
    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(n->protocol, NEIGHBOR_LLDP);
    assert_int_equal(n->local_if_index, 3);
    assert_int_equal(n->local_port_num, 3);
    assert_int_equal(n->rem_index, 9);
    assert_string_equal(n->chassis_text, "02:00:00:00:00:aa");
    assert_int_equal(n->chassis_mac.octets[5], 0xaa);
    assert_string_equal(n->port_text, "Gi1/0/1");
    assert_string_equal(n->port_descr, "uplink");
    assert_string_equal(n->sys_name, "acc-1");
    assert_string_equal(n->sys_descr, "a switch\nof two lines");
    assert_int_equal(n->caps, 1 << 2 | 1 << 4); /* bridge, router */
    assert_int_equal(n->mgmt_count, 2);
    assert_string_equal(addr_format(&n->mgmt[0], text, sizeof text),
                        "192.0.2.7");
    facts_unref(f);
}

static void ports_tell_what_they_count(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "3", 's', "eth0"},
        {IFD "4", 's', "eth1"},
        {LOC "1.0", 'i', "4"},
        {LOC "2.0", 'x', "020000000001"},
        {PORT "2.3", 'i', "5"},
        {PORT "3.3", 's', "eth0"},
        {PORT "2.4", 'i', "5"},
        {PORT "3.4", 's', "eth1"},
        {"1.0.8802.1.1.2.1.1.6.1.2.3", 'i', "4"},
        {"1.0.8802.1.1.2.1.2.7.1.4.4", 'c', "17"},
        {"1.0.8802.1.1.2.1.2.6.1.2.4", 'c', "18"},
        {"1.0.8802.1.1.2.1.2.7.1.4.9", 'c', "5"}, /* of no port */
    };
    struct facts *f = FACTS_OF(said);
    const struct lldp_local_port *p = f->lldp.ports.at;

    assert_int_equal(f->lldp.ports.count, 2);
    assert_int_equal(p[0].admin_status, 4);
    assert_false(p[0].has_rx_frames);
    assert_int_equal(p[1].admin_status, 0);
    assert_true(p[1].has_rx_frames);
    assert_int_equal(p[1].rx_frames, 17);
    assert_int_equal(p[1].tx_frames, 18);
    facts_unref(f);
}

static void indexes_of_any_make_are_read(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "1", 's', "1"},
        NEIGHBOR("1.7", "020000000001", "no TimeMark"),
        NEIGHBOR("0.2.1", "020000000002", "TimeMark 0"),
        NEIGHBOR("500.3.4", "020000000003", "new"),
        NEIGHBOR("400.3.2", "020000000003", "new"), /* the same, older */
        NEIGHBOR("500.4.1", "020000000004", "two"),
        NEIGHBOR("501.4.1", "020000000005", "on one RemIndex"),
        NEIGHBOR("9", "020000000009", "RemIndex alone"),
        NEIGHBOR("1.2.3.4", "02000000000a", "too long"),
        {MAN "3.1.7.1.4.192.0.2.1", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->neighbors.count, 6);
    assert_string_equal(f->neighbors.at[0].port_text, "RemIndex alone");
    assert_int_equal(f->neighbors.at[0].local_port_num, 0);
    assert_int_equal(f->neighbors.at[0].local_if_index, 0);
    assert_string_equal(f->neighbors.at[1].port_text, "no TimeMark");
    assert_int_equal(f->neighbors.at[2].local_port_num, 2);
    assert_string_equal(f->neighbors.at[3].port_text, "new");
    assert_int_equal(f->neighbors.at[3].rem_index, 4);
    assert_int_equal(f->neighbors.at[4].local_port_num, 4);
    assert_int_equal(f->neighbors.at[5].local_port_num, 4);
    facts_unref(f);
}

static void ids_are_shown_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *name, *subtype;
        struct said id;
        const char *want;
        bool is_mac;
    } cases[] = {
        {"MAC",
         "3",
         {REM "7.0.1.1", 'x', "00112233aabb"},
         "00:11:22:33:aa:bb",
         true},
        {"MAC as text",
         "3",
         {REM "7.0.1.1", 's', "00-11-22-33-AA-BB"},
         "00:11:22:33:aa:bb",
         true},
        {"MAC under another subtype",
         "7",
         {REM "7.0.1.1", 'x', "00112233aabb"},
         "00:11:22:33:aa:bb",
         false},
        {"six letters are a name",
         "5",
         {REM "7.0.1.1", 's', "eth0/1"},
         "eth0/1",
         false},
        {"address",
         "4",
         {REM "7.0.1.1", 'x', "01c0000201"},
         "192.0.2.1",
         false},
        {"address cut", "4", {REM "7.0.1.1", 'x', "01c000"}, "01 c0 00", false},
        {"octets", "7", {REM "7.0.1.1", 'x', "000102"}, "00 01 02", false},
        {"UTF-8",
         "1",
         {REM "7.0.1.1", 's', "\xe6\x9d\xb1"},
         "\xe6\x9d\xb1",
         false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct said said[] = {
            {REM "4.0.1.1", 'i', "7"},
            {REM "5.0.1.1", 's', "x"},
            {REM "6.0.1.1", 'i', cases[i].subtype},
            cases[i].id,
        };
        struct facts *f = FACTS_OF(said);

        print_message("%s\n", cases[i].name);
        assert_int_equal(f->neighbors.count, 1);
        assert_string_equal(f->neighbors.at[0].port_text, cases[i].want);
        assert_true(mac_is_set(&f->neighbors.at[0].port_mac) ==
                    cases[i].is_mac);
        facts_unref(f);
    }
}

enum { TOLD_MAX = 8 };

static const struct {
    const char *name;
    struct said told[TOLD_MAX];
    size_t count;
    uint32_t first, second;
} tables[] = {
    {"by ifName",
     {{PORT "2.1", 'i', "5"},
      {PORT "3.1", 's', "p1"},
      {PORT "2.2", 'i', "5"},
      {PORT "3.2", 's', "p2"}},
     4,
     101,
     102},
    {"by ifDescr, subtype local",
     {{PORT "2.1", 'i', "7"},
      {PORT "3.1", 's', "port one"},
      {PORT "2.2", 'i', "7"},
      {PORT "3.2", 's', "port two"}},
     4,
     101,
     102},
    {"by MAC",
     {{PORT "2.1", 'i', "3"},
      {PORT "3.1", 'x', "020000000101"},
      {PORT "2.2", 'i', "3"},
      {PORT "3.2", 'x', "020000000102"}},
     4,
     101,
     102},
    {"by description where the MAC is everybody's",
     {{IFP "101", 'x', "020000000100"},
      {IFP "102", 'x', "020000000100"},
      {PORT "2.1", 'i', "3"},
      {PORT "3.1", 'x', "020000000100"},
      {PORT "4.1", 's', "port one"},
      {PORT "2.2", 'i', "3"},
      {PORT "3.2", 'x', "020000000100"},
      {PORT "4.2", 's', "port two"}},
     8,
     101,
     102},
    {"by bridge port",
     {{BASE "1", 'i', "101"}, {BASE "2", 'i', "102"}},
     2,
     101,
     102},
    {"one by bridge port, as the other agrees",
     {{BASE "1", 'i', "101"},
      {BASE "2", 'i', "102"},
      {PORT "2.1", 'i', "5"},
      {PORT "3.1", 's', "p1"}},
     4,
     101,
     102},
    {"not by bridge port that the other contradicts",
     {{BASE "1", 'i', "102"},
      {BASE "2", 'i', "101"},
      {PORT "2.1", 'i', "5"},
      {PORT "3.1", 's', "p1"}},
     4,
     101,
     0},
    {"no way to know",
     {{PORT "2.1", 'i', "7"}, {PORT "3.1", 's', "1"}},
     2,
     0,
     0},
    {"same number as ifIndex",
     {{IFD "1", 's', "a"}, {IFD "2", 's', "b"}},
     2,
     1,
     2},
    {"not the ifIndex where others show that it is not",
     {{IFD "1", 's', "a"},
      {IFD "2", 's', "b"},
      {PORT "2.1", 'i', "5"},
      {PORT "3.1", 's', "p1"}},
     4,
     101,
     0},
};

/* Port numbers 1 and 2, whose interfaces are 101 and 102, of an agent that
 * tells so in various ways. */
static void port_numbers_lead_to_interfaces(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct said said[64] = {
            {IFD "101", 's', "port one"},
            {IFD "102", 's', "port two"},
            {IFN "101", 's', "p1"},
            {IFN "102", 's', "p2"},
            NEIGHBOR("0.1.1", "0200000000a1", "x"),
            NEIGHBOR("0.2.1", "0200000000a2", "y"),
        };
        size_t count = 12;
        struct facts *f;

        for (size_t k = 0; k < tables[i].count; k++)
            said[count++] = tables[i].told[k];
        if (tables[i].told[0].oid == NULL || tables[i].told[0].oid[16] != '6') {
            said[count++] = (struct said){IFP "101", 'x', "020000000101"};
            said[count++] = (struct said){IFP "102", 'x', "020000000102"};
        }
        print_message("%s\n", tables[i].name);
        f = facts_of_agent(said, count);
        assert_int_equal(f->neighbors.count, 2);
        assert_int_equal(f->neighbors.at[0].local_if_index, tables[i].first);
        assert_int_equal(f->neighbors.at[1].local_if_index, tables[i].second);
        facts_unref(f);
    }
}

static void newer_mib_is_read_where_the_older_is_absent(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "3", 's', "eth0"},
        {V2 "3.1.0", 'i', "4"},
        {V2 "3.2.0", 'x', "020000000001"},
        {V2 "3.7.1.2.3", 'i', "5"},
        {V2 "3.7.1.3.3", 's', "eth0"},
        {V2 "4.1.1.5.100.3.1.9", 'i', "4"},
        {V2 "4.1.1.6.100.3.1.9", 'x', "0200000000aa"},
        {V2 "4.1.1.7.100.3.1.9", 'i', "5"},
        {V2 "4.1.1.8.100.3.1.9", 's', "ge0"},
        {V2 "4.1.1.10.100.3.1.9", 's', "acc-2"},
        {V2 "4.2.1.3.100.3.1.9.1.4.192.0.2.7", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->neighbors.count, 1);
    assert_string_equal(f->neighbors.at[0].sys_name, "acc-2");
    assert_int_equal(f->neighbors.at[0].local_if_index, 3);
    assert_int_equal(f->neighbors.at[0].mgmt_count, 1);
    assert_string_equal(f->lldp.chassis_text, "02:00:00:00:00:01");
    facts_unref(f);
}

static void capabilities_are_read_in_both_bit_orders(void **state)
{
    (void)state;
    static const struct {
        const char *name, *octets;
        unsigned want;
    } cases[] = {
        {"one octet of BITS", "20", 1 << 2},
        {"two octets of BITS", "2800", 1 << 2 | 1 << 4},
        {"bit 8", "0080", 0x80}, /* read as the TLV that it must be */
        {"TLV order", "0014", 1 << 2 | 1 << 4},
        {"none", "", 0},
        {"many octets", "80ffffffff", 0x0701},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct said said[] = {{REM "5.0.1.1", 's', "x"},
                                    {REM "12.0.1.1", 'x', cases[i].octets}};
        struct facts *f = FACTS_OF(said);

        print_message("%s\n", cases[i].name);
        assert_int_equal(f->neighbors.at[0].caps, cases[i].want);
        facts_unref(f);
    }
}

/* Trunk members are no bridge ports, but are counted as the others are. */
static void bridge_that_lists_some_ports_does_not_hide_the_others(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFN "1", 's', "P0.1"},
        {IFN "2", 's', "P0.2"},
        {BASE "1", 'i', "1"},
        {PORT "3.1", 's', "port-001"},
        {PORT "3.2", 's', "port-002"},
        NEIGHBOR("5.2.1", "0200000000aa", "Gi1/0/1"),
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->neighbors.count, 1);
    assert_int_equal(f->neighbors.at[0].local_if_index, 2);
    facts_unref(f);
}

static void chassis_named_by_a_port_names_the_port(void **state)
{
    (void)state;
    static const struct said said[] = {
        {REM "4.0.1.1", 'i', "6"},         {REM "5.0.1.1", 's', "vmnic5"},
        {REM "6.0.1.1", 'i', "3"},         {REM "7.0.1.1", 'x', "000af7ecd161"},
        {REM "9.0.1.1", 's', "vmhost-20"},
    };
    struct facts *f = FACTS_OF(said);

    assert_string_equal(f->neighbors.at[0].port_text, "vmnic5");
    assert_int_equal(f->neighbors.at[0].port_mac.octets[5], 0x61);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbor_is_told_with_all_it_said),
        cmocka_unit_test(ports_tell_what_they_count),
        cmocka_unit_test(indexes_of_any_make_are_read),
        cmocka_unit_test(ids_are_shown_as_people_write_them),
        cmocka_unit_test(port_numbers_lead_to_interfaces),
        cmocka_unit_test(newer_mib_is_read_where_the_older_is_absent),
        cmocka_unit_test(bridge_that_lists_some_ports_does_not_hide_the_others),
        cmocka_unit_test(chassis_named_by_a_port_names_the_port),
        cmocka_unit_test(capabilities_are_read_in_both_bit_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
