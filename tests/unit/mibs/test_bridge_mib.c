/* Bridges: ports, spanning tree, VLANs and who was heard where. */
#include "mibs/profile.h"
#include "tests/unit/mibs/agent.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IFD "1.3.6.1.2.1.2.2.1.2."
#define BASE "1.3.6.1.2.1.17.1.4.1.2."
#define STP "1.3.6.1.2.1.17.2.15.1."
#define FDB "1.3.6.1.2.1.17.4.3.1."
#define QFDB "1.3.6.1.2.1.17.7.1.2.2.1."
#define CURRENT "1.3.6.1.2.1.17.7.1.4.2.1.3."
#define VLAN_NAME "1.3.6.1.2.1.17.7.1.4.3.1.1."
#define VTP "1.3.6.1.4.1.9.9.46.1.3.1.1."
#define MAC_A "2.0.0.0.0.10"
#define MAC_B "2.0.0.0.0.11"

static void bridge_and_its_ports_are_told(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.17.1.1.0", 'x', "0200000000fe"},
        {"1.3.6.1.2.1.17.2.4.0", 'c', "17"},
        {"1.3.6.1.2.1.17.2.5.0", 'x', "80000200000000fe"},
        {IFD "11", 's', "p1"},
        {IFD "12", 's', "p2"},
        {BASE "2", 'i', "12"},
        {BASE "1", 'i', "11"},
        {BASE "3", 'i', "99"}, /* no such interface */
        {STP "3.1", 'i', "2"},
        {STP "8.1", 'x', "80000200000000fe"},
        {STP "9.1", 'x', "8001"},
        {STP "3.2", 'i', "77"},
        {STP "8.2", 's', "8000.0200000000fe"}, /* as the kernel writes it */
        {STP "9.2", 'x', "80"},
    };
    struct facts *f = FACTS_OF(said);
    const struct bridge_port *p = f->bridge.ports.at;

    assert_int_equal(f->bridge.base_mac.octets[5], 0xfe);
    assert_int_equal(f->bridge.topology_changes, 17);
    assert_int_equal(f->bridge.stp_root.len, 8);
    assert_int_equal(f->bridge.ports.count, 3);
    assert_int_equal(p[0].if_index, 11);
    assert_int_equal(p[0].stp_state, 2);
    assert_int_equal(p[0].designated_port.len, 2);
    assert_int_equal(p[1].if_index, 12);
    assert_int_equal(p[1].stp_state, 0);
    assert_int_equal(p[1].designated_port.len, 0);
    assert_true(bytes_equal(p[0].designated_bridge, p[1].designated_bridge));
    assert_int_equal(p[2].if_index, 0);
    facts_unref(f);
}

static void entries_know_interface_and_vlan(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "11", 's', "p1"},
        {BASE "1", 'i', "11"},
        {CURRENT "0.20", 'i', "5"}, /* VLAN 20 is database 5 */
        {QFDB "2.5." MAC_A, 'i', "1"},
        {QFDB "2.5.6.2.0.0.0.0.17", 'i', "1"}, /* length before the address */
        {QFDB "3.5." MAC_A, 'i', "3"},
        {QFDB "2.30." MAC_A, 'i', "1"}, /* not told: VLAN 30 */
        {QFDB "2.70000.2.0.0.0.0.16", 'i', "1"},
        {FDB "2." MAC_A, 'i', "1"}, /* the same without its VLAN */
        {FDB "2." MAC_B, 'i', "7"}, /* unknown port */
        {FDB "3." MAC_B, 'i', "4"},
        {FDB "3.2.0.0.0.0.12", 'i', "3"}, /* no port */
        {FDB "2.2.0.0.0.0.13", 'i', "0"},
        {FDB "2.2.0.0.0.0.14", 'i', "1"},
        {FDB "3.2.0.0.0.0.14", 'i', "2"},  /* invalid */
        {FDB "2.1.0.94.0.0.1", 'i', "1"},  /* multicast */
        {FDB "2.2.0.0.0.0.999", 'i', "1"}, /* no octet */
        {FDB "2.2.0.0.0.0", 'i', "1"},
        {FDB "2.2.0.0.0.0.15.1", 'i', "1"},
    };
    struct facts *f = FACTS_OF(said);
    const struct fdb_entry *e = f->fdb.at;

    assert_int_equal(f->fdb.count, 5);
    assert_int_equal(e[0].vlan, 30);
    assert_int_equal(e[0].if_index, 11);
    assert_int_equal(e[1].vlan, 20);
    assert_int_equal(e[1].status, 3);
    assert_int_equal(e[2].if_index, 0);
    assert_int_equal(e[2].base_port, 7);
    assert_int_equal(e[2].status, 4);
    assert_int_equal(e[3].vlan, 0); /* database 70000 */
    assert_int_equal(e[3].if_index, 11);
    assert_int_equal(e[4].vlan, 20);
    assert_int_equal(e[4].mac.octets[5], 17);
    facts_unref(f);
}

static void ports_without_a_map_are_interfaces_if_all_are(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "11", 's', "p1"},
        {FDB "2." MAC_A, 'i', "11"},
        {FDB "2." MAC_B, 'i', "12"},
        {IFD "12", 's', "p2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->fdb.count, 2);
    assert_int_equal(f->fdb.at[0].if_index, 11);
    assert_int_equal(f->fdb.at[1].if_index, 12);
    facts_unref(f);
    f = facts_of_agent(said, COUNT_OF(said) - 1); /* 12 is no interface */
    assert_int_equal(f->fdb.at[0].if_index, 0);
    facts_unref(f);
}

static void what_lldp_knows_of_a_port_helps_the_bridge(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "49153", 's', "gigabitEthernet 1/0/1"},
        {BASE "49153", 'i', "49153"}, /* by ifIndex; forwarding counts from 1 */
        {"1.0.8802.1.1.2.1.3.7.1.3.1", 's', "gigabitEthernet 1/0/1"},
        {FDB "2." MAC_A, 'i', "1"},
        {FDB "2." MAC_B, 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->fdb.count, 2);
    assert_int_equal(f->fdb.at[0].if_index, 49153);
    assert_int_equal(f->fdb.at[1].if_index, 0);
    facts_unref(f);
}

static void vlans_have_their_names_once(void **state)
{
    (void)state;
    static const struct said said[] = {
        {VLAN_NAME "10", 's', "voice"},  {CURRENT "0.10", 'i', "10"},
        {CURRENT "12345.20", 'i', "20"}, {VLAN_NAME "4095", 's', "none"},
        {VLAN_NAME "0", 's', "none"},    {VLAN_NAME "70000", 's', "none"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->vlans.count, 2);
    assert_int_equal(f->vlans.at[0].id, 10);
    assert_string_equal(f->vlans.at[0].name, "voice");
    assert_int_equal(f->vlans.at[1].id, 20);
    assert_string_equal(f->vlans.at[1].name, "");
    facts_unref(f);
}

/* What the agent says in the context of VLAN 10, where port 1 is another. */
static void answer_in_context(const struct agent *plain,
                              const struct agent *vlan10, struct collector *c,
                              const struct ask *ask, unsigned id)
{
    if (ask->context == NULL)
        agent_answer(plain, c, ask, id);
    else if (strcmp(ask->context, "10") == 0)
        agent_answer(vlan10, c, ask, id);
    else
        assert_string_equal(ask->context, "20"); /* and no other VLAN */
}

static void bridges_by_vlan_are_asked_by_context(void **state)
{
    (void)state;
    static const char text[] = "profile: cat\n"
                               "match:\n"
                               "- object_id: 1.3.6.1.4.1.9\n"
                               "facts: {os: cat}\n"
                               "quirks: {vlan_contexts: true}\n";
    static const struct said plain_said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.9.1.516"},
        {IFD "11", 's', "p1"},
        {IFD "12", 's', "p2"},
        {BASE "1", 'i', "11"},
        {VTP "3.1.10", 'i', "1"},
        {VTP "4.1.10", 's', "voice"},
        {VTP "3.1.20", 'i', "1"},
        {VTP "4.1.20", 's', "data"},
        {VTP "3.1.1002", 'i', "2"},
        {VTP "4.1.1002", 's', "fddi-default"},
    };
    static const struct said vlan_said[] = {
        {BASE "1", 'i', "12"},
        {FDB "2." MAC_A, 'i', "1"},
        {FDB "3." MAC_A, 'i', "3"},
    };
    const struct profile_file file = {"cat.yaml", text, sizeof text - 1};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);
    struct agent plain = agent_of(plain_said, COUNT_OF(plain_said));
    struct agent vlan10 = agent_of(vlan_said, COUNT_OF(vlan_said));
    struct collector *c = collector_new(set, COLLECT_ALL, NULL);
    struct ask ask;
    unsigned id;

    assert_int_equal(faults, 0);
    while (collector_next(c, &ask, &id)) {
        answer_in_context(&plain, &vlan10, c, &ask, id);
        collector_end(c, id, 0);
    }
    struct facts *f = collector_take(c);
    assert_int_equal(f->vlans.count, 2);
    assert_string_equal(f->vlans.at[0].name, "voice");
    assert_int_equal(f->fdb.count, 1);
    assert_int_equal(f->fdb.at[0].vlan, 10);
    assert_int_equal(f->fdb.at[0].if_index, 12);
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&plain);
    agent_forget_all(&vlan10);
}

/* How many contexts are asked of an agent that answers in none but those of
 * answered, and which VLANs they are of. */
static unsigned count_contexts(const struct said *said, size_t count,
                               const char *answered, struct buffer *asked)
{
    static const char text[] = "profile: cat\n"
                               "match:\n"
                               "- object_id: 1.3.6.1.4.1.9\n"
                               "facts: {os: cat}\n"
                               "quirks: {vlan_contexts: true}\n";
    const struct profile_file file = {"cat.yaml", text, sizeof text - 1};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);
    struct agent a = agent_of(said, count);
    struct collector *c = collector_new(set, COLLECT_ALL, NULL);
    struct ask ask;
    unsigned id, contexts = 0;

    while (collector_next(c, &ask, &id)) {
        bool answers = ask.context == NULL || strstr(answered, ask.context);

        if (ask.context != NULL) {
            contexts++;
            buffer_format(asked, "%s ", ask.context);
        } else {
            agent_answer(&a, c, &ask, id);
        }
        collector_end(c, id, answers ? 0 : -ETIMEDOUT);
    }
    assert_true(collector_done(c));
    collector_free(c);
    agent_forget_all(&a);
    return contexts;
}

/* Silence costs time: whoever refuses one VLAN is asked for no further one. */
static void the_first_refusal_of_a_context_ends_them(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.9.1.516"},
        {VTP "3.1.10", 'i', "1"},
        {VTP "3.1.20", 'i', "1"},
        {VTP "3.1.30", 'i', "1"},
        {VTP "3.1.40", 'i', "1"},
    };
    struct buffer OWNED_BUFFER none = {0}, one = {0};

    assert_int_equal(count_contexts(said, COUNT_OF(said), "", &none), 1);
    assert_int_equal(count_contexts(said, COUNT_OF(said), "10", &one), 3);
    assert_string_equal(one.at, "10 10 20 "); /* ports and entries */
}

#define VM "1.3.6.1.4.1.9.9.68.1.2.2.1.2."
#define VOICE "1.3.6.1.4.1.9.9.68.1.5.1.1.1."
#define TRUNK "1.3.6.1.4.1.9.9.46.1.6.1.1."
#define OPER "1.3.6.1.2.1.2.2.1.8."

/* VLAN 10 has a port that is up, 20 one that is down, 30 none at all, 40 that
 * of a phone, 50 a trunk that is up, 60 one that is not. */
static void only_vlans_with_a_port_that_is_up_are_asked(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.9.1.516"},
        {IFD "11", 's', "p1"},
        {OPER "11", 'i', "1"},
        {IFD "12", 's', "p2"},
        {OPER "12", 'i', "2"},
        {IFD "13", 's', "p3"},
        {OPER "13", 'i', "1"},
        {IFD "14", 's', "p4"},
        {OPER "14", 'i', "2"},
        {VTP "3.1.10", 'i', "1"},
        {VTP "3.1.20", 'i', "1"},
        {VTP "3.1.30", 'i', "1"},
        {VTP "3.1.40", 'i', "1"},
        {VTP "3.1.50", 'i', "1"},
        {VTP "3.1.60", 'i', "1"},
        {VM "11", 'i', "10"},
        {VOICE "11", 'i', "40"},
        {VM "12", 'i', "20"},
        {TRUNK "4.13", 'x', "00000000000020"},
        {TRUNK "14.13", 'i', "1"},
        {TRUNK "4.14", 'x', "0000000000000008"},
        {TRUNK "14.14", 'i', "1"},
    };
    struct buffer OWNED_BUFFER asked = {0};

    (void)count_contexts(said, COUNT_OF(said), "10 40 50", &asked);
    assert_string_equal(asked.at, "10 10 40 40 50 50 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bridge_and_its_ports_are_told),
        cmocka_unit_test(entries_know_interface_and_vlan),
        cmocka_unit_test(ports_without_a_map_are_interfaces_if_all_are),
        cmocka_unit_test(what_lldp_knows_of_a_port_helps_the_bridge),
        cmocka_unit_test(vlans_have_their_names_once),
        cmocka_unit_test(bridges_by_vlan_are_asked_by_context),
        cmocka_unit_test(the_first_refusal_of_a_context_ends_them),
        cmocka_unit_test(only_vlans_with_a_port_that_is_up_are_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
