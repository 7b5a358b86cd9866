/* Which ports are in which VLANs, and what they are to the spanning tree. */
#include "tests/unit/mibs/agent.h"

#include "mibs/port_vlan_mib.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BASE_PORT "1.3.6.1.2.1.17.1.4.1.2."
#define STP_PORT "1.3.6.1.2.1.17.2.15.1."
#define CURRENT "1.3.6.1.2.1.17.7.1.4.2.1."
#define STATIC "1.3.6.1.2.1.17.7.1.4.3.1."
#define PVID "1.3.6.1.2.1.17.7.1.4.5.1.1."
#define CISCO "1.3.6.1.4.1.9.9."
#define TRUNK CISCO "46.1.6.1.1."

static void assert_vlans(struct bytes set, const char *want)
{
    struct buffer OWNED_BUFFER text = {0};
    uint16_t vlan = 0;

    buffer_text(&text, "");
    while ((vlan = vlan_set_next(set, vlan)) != 0)
        buffer_format(&text, "%u ", vlan);
    assert_string_equal(text.at, want);
}

/* Bridge ports 1 and 2 are the interfaces 101 and 102. */
#define TWO_PORTS                                                             \
    {"1.3.6.1.2.1.2.2.1.2.101", 's', "one"},                                  \
        {"1.3.6.1.2.1.2.2.1.2.102", 's', "two"}, {BASE_PORT "1", 'i', "101"}, \
        {BASE_PORT "2", 'i', "102"},                                          \
    {                                                                         \
        "1.3.6.1.2.1.17.1.1.0", 'x', "020000000001"                           \
    }

static void what_is_current_counts_more_than_what_is_configured(void **state)
{
    (void)state;
    static const struct said said[] = {
        TWO_PORTS,
        {STATIC "1.10", 's', "ten"},
        {STATIC "2.10", 'x', "c0"},
        {STATIC "4.10", 'x', "00"},
        {CURRENT "3.0.10", 'i', "10"},
        {CURRENT "4.0.10", 'x', "40"},
        {CURRENT "5.0.10", 'x', "40"},
        {CURRENT "3.7.4094", 'i', "4094"},
        {CURRENT "4.7.4094", 'x', "40"},
        {CURRENT "5.7.4094", 'x', "00"},
        {PVID "2", 'g', "10"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->port_vlans.count, 1);
    assert_int_equal(f->port_vlans.at[0].if_index, 102);
    assert_int_equal(f->port_vlans.at[0].base_port, 2);
    assert_int_equal(f->port_vlans.at[0].pvid, 10);
    assert_vlans(f->port_vlans.at[0].member, "10 4094 ");
    assert_vlans(f->port_vlans.at[0].untagged, "10 ");
    facts_unref(f);
}

static void what_is_configured_counts_alone(void **state)
{
    (void)state;
    static const struct said said[] = {
        TWO_PORTS,
        {STATIC "1.7", 's', "seven"},
        {STATIC "2.7", 'x', "c001"}, /* 16 is no port of this bridge */
        {STATIC "4.7", 'x', "80"},
    };
    struct facts *f = FACTS_OF(said);
    const struct port_vlans *p = f->port_vlans.at;

    assert_int_equal(f->port_vlans.count, 2);
    assert_int_equal(p[0].if_index, 101);
    assert_vlans(p[0].untagged, "7 ");
    assert_int_equal(p[1].base_port, 2);
    assert_vlans(p[1].member, "7 ");
    assert_vlans(p[1].untagged, "");
    facts_unref(f);
}

static void the_vlan_of_untagged_frames_stands_in_for_lists(void **state)
{
    (void)state;
    static const struct said said[] = {
        TWO_PORTS,
        {PVID "1", 'g', "7"},
        {PVID "9", 'g', "7"}, /* no port of this bridge */
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->port_vlans.count, 1);
    assert_int_equal(f->port_vlans.at[0].pvid, 7);
    assert_vlans(f->port_vlans.at[0].member, "7 ");
    assert_vlans(f->port_vlans.at[0].untagged, "7 ");
    facts_unref(f);
}

static void trunks_of_cisco_carry_the_vlans_that_exist(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.9.1.1"},
        {"1.3.6.1.2.1.2.2.1.2.101", 's', "Gi1"},
        {"1.3.6.1.2.1.2.2.1.2.102", 's', "Gi2"},
        {CISCO "46.1.3.1.1.4.1.1", 's', "default"},
        {CISCO "46.1.3.1.1.4.1.5", 's', "five"},
        {CISCO "46.1.3.1.1.4.1.1030", 's', "high"},
        {CISCO "68.1.2.2.1.2.101", 'i', "5"},
        {TRUNK "4.102", 'x', "7fff"},
        {TRUNK "5.102", 'i', "1"},
        {TRUNK "14.102", 'i', "1"},
        {TRUNK "17.102", 'x', "ff"},
        {TRUNK "4.101", 'x', "7fff"},
        {TRUNK "14.101", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);
    const struct port_vlans *p = f->port_vlans.at;

    assert_int_equal(f->port_vlans.count, 2);
    assert_int_equal(p[0].pvid, 5);
    assert_vlans(p[0].member, "5 ");
    assert_vlans(p[0].untagged, "5 ");
    assert_int_equal(p[1].if_index, 102);
    assert_int_equal(p[1].pvid, 1);
    assert_vlans(p[1].member, "1 5 1030 ");
    assert_vlans(p[1].untagged, "1 ");
    facts_unref(f);
}

static void alcatel_tells_by_vlan_and_interface(void **state)
{
    (void)state;
#define VPA "1.3.6.1.4.1.6486.801.1.2.1.3.1.1.2.1.1.3."
    static const struct said said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.6486.801.1"},
        TWO_PORTS,
        {VPA "5.101", 'i', "1"},
        {VPA "6.101", 'i', "2"},
        {VPA "5000.101", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->port_vlans.count, 1);
    assert_int_equal(f->port_vlans.at[0].if_index, 101);
    assert_int_equal(f->port_vlans.at[0].pvid, 5);
    assert_vlans(f->port_vlans.at[0].member, "5 6 ");
    assert_vlans(f->port_vlans.at[0].untagged, "5 ");
    facts_unref(f);
}

static void ports_without_bridge_table_are_interfaces(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.2.2.1.2.3", 's', "three"},
        {"1.3.111.2.802.1.1.4.1.4.3.1.3.1.9", 's', "nine"},
        {"1.3.111.2.802.1.1.4.1.4.3.1.4.1.9", 'x', "20"},
        {"1.3.111.2.802.1.1.4.1.4.3.1.6.1.9", 'x', "00"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->port_vlans.count, 1);
    assert_int_equal(f->port_vlans.at[0].if_index, 3);
    assert_vlans(f->port_vlans.at[0].member, "9 ");
    facts_unref(f);
}

static void sets_end_where_they_end(void **state)
{
    (void)state;
    const uint8_t octets[] = {0x80, 0x01};

    assert_true(vlan_set_has((struct bytes){octets, 2}, 15));
    assert_false(vlan_set_has((struct bytes){octets, 2}, 16));
    assert_false(vlan_set_has((struct bytes){0}, 1));
    assert_vlans((struct bytes){octets, 2}, "15 "); /* there is no VLAN 0 */
}

/* What a port is follows from its state and from whose port is designated. */
static void roles_follow_from_what_the_bridge_tells(void **state)
{
    (void)state;
#define OWN "8000020000000001"
#define OTHER "8000020000000002"
    static const struct {
        const char *state, *bridge;
        enum stp_role want;
    } cases[] = {
        {"1", OTHER, STP_ROLE_DISABLED}, {"5", OTHER, STP_ROLE_ROOT},
        {"5", OWN, STP_ROLE_DESIGNATED}, {"2", OTHER, STP_ROLE_ALTERNATE},
        {"2", OWN, STP_ROLE_BACKUP},     {"5", OTHER, STP_ROLE_UNKNOWN},
        {"4", OWN, STP_ROLE_DESIGNATED}, {"6", OWN, STP_ROLE_UNKNOWN},
        {"5", "", STP_ROLE_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct said said[] = {
            TWO_PORTS,
            {"1.3.6.1.2.1.17.2.7.0", 'i', i == 1 ? "1" : "2"},
            {STP_PORT "3.1", 'i', cases[i].state},
            {STP_PORT "5.1", 'i', "20000"},
            {STP_PORT "8.1", 'x', cases[i].bridge},
        };
        struct facts *f = FACTS_OF(said);

        printf("%zu\n", i);
        assert_int_equal(f->bridge.ports.at[0].stp_role, cases[i].want);
        assert_int_equal(f->bridge.ports.at[0].stp_cost, 20000);
        facts_unref(f);
    }
    assert_string_equal(stp_role_name(STP_ROLE_BACKUP), "backup");
    assert_string_equal(stp_role_name(99), "");
    assert_string_equal(stp_state_name(2), "blocking");
    assert_string_equal(stp_state_name(99), "");
}

/* An agent that gives back its whole buffer. */
static void ports_that_are_not_there_cost_nothing(void **state)
{
    (void)state;
    enum { OCTETS = 65000, PORTS = 2000 };
    uint8_t *ones = mem_array(OCTETS, 1);
    struct harvest *h = harvest_new(NULL);
    const struct bytes all = {ones, OCTETS};

    memset(ones, 0xff, OCTETS);
    for (uint32_t i = 1; i <= PORTS; i++)
        *array_add(&h->facts->interfaces) =
            (struct interface){.if_index = i, .name = "", .descr = ""};
    memberships_add(h, 4094, true, all, all);
    assert_int_equal(h->memberships.count, BRIDGE_PORTS_MAX);
    port_vlans_finish(h);
    assert_int_equal(h->facts->port_vlans.count, PORTS);
    assert_vlans(h->facts->port_vlans.at[0].member, "4094 ");
    assert_vlans(h->facts->port_vlans.at[PORTS - 1].untagged, "4094 ");
    assert_true(arena_size(h->facts->arena) < 64 << 10);
    harvest_free(h);
    free(ones);
}

/* A chassis with more ports in VLANs than are kept: it is told, and what is
 * configured does not crowd out what is current. */
static void memberships_beyond_the_limit_are_told(void **state)
{
    (void)state;
    enum { PORTS = 136, VLANS = 4094 };
    uint8_t ones[PORTS / 8];
    const struct bytes all = {ones, sizeof ones}, one = {ones, 1};
    struct harvest *h = harvest_new(NULL);

    memset(ones, 0xff, sizeof ones);
    for (uint32_t vlan = 1; vlan <= VLANS; vlan++)
        memberships_add(h, vlan, true, all, (struct bytes){0});
    assert_int_equal(h->memberships.count, MEMBERSHIPS_MAX);
    assert_int_equal(h->refused, PORTS * VLANS - MEMBERSHIPS_MAX);
    for (uint32_t vlan = 1; vlan <= VLANS; vlan++)
        memberships_add(h, vlan, false, one, (struct bytes){0});
    assert_int_equal(h->memberships.count, 8 * VLANS);
    assert_int_equal(h->refused, PORTS * VLANS - MEMBERSHIPS_MAX);
    harvest_free(h);
}

static void table_says_that_memberships_were_dropped(void **state)
{
    (void)state;
    static const struct stamp stamp = {.has_uptime = false};
    enum { PORTS = 136, VLANS = 4094 };
    uint8_t ones[PORTS / 8];
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    struct ask ask;
    unsigned id;
    bool told = false;

    memset(ones, 0xff, sizeof ones);
    while (collector_next(c, &ask, &id)) {
        bool vlans = strcmp(ask.name, "dot1qVlanStaticTable") == 0;

        for (uint32_t vlan = 1; vlans && vlan <= VLANS; vlan++) {
            struct value values[ASK_COLUMNS_MAX] = {{.type = VALUE_NONE}};
            struct row row = {{&vlan, 1}, values, ask.count, &stamp, NULL};

            for (size_t i = 0; i < ask.count; i++)
                values[i] = (struct value){.type = VALUE_OCTETS,
                                           .octets = {ones, sizeof ones}};
            collector_row(c, id, &row);
        }
        collector_end(c, id, 0);
    }
    struct facts *f = collector_take(c);

    for (size_t i = 0; i < f->reports.count; i++)
        told |= strcmp(f->reports.at[i].name, "dot1qVlanStaticTable") == 0 &&
                f->reports.at[i].result == -E2BIG;
    assert_true(told);
    facts_unref(f);
    collector_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memberships_beyond_the_limit_are_told),
        cmocka_unit_test(table_says_that_memberships_were_dropped),
        cmocka_unit_test(ports_that_are_not_there_cost_nothing),
        cmocka_unit_test(what_is_current_counts_more_than_what_is_configured),
        cmocka_unit_test(what_is_configured_counts_alone),
        cmocka_unit_test(the_vlan_of_untagged_frames_stands_in_for_lists),
        cmocka_unit_test(trunks_of_cisco_carry_the_vlans_that_exist),
        cmocka_unit_test(alcatel_tells_by_vlan_and_interface),
        cmocka_unit_test(ports_without_bridge_table_are_interfaces),
        cmocka_unit_test(sets_end_where_they_end),
        cmocka_unit_test(roles_follow_from_what_the_bridge_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
