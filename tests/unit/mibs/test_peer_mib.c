/* Peers of routing protocols. */
#include "mibs/peer.h"
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BGP "1.3.6.1.2.1.15."
#define OSPF "1.3.6.1.2.1.14.10.1."

static void peers_are_told_with_state_and_our_own_as(void **state)
{
    (void)state;
    static const struct said said[] = {
        {BGP "2.0", 'i', "64512"},
        {BGP "3.1.2.192.0.2.9", 'i', "6"},
        {BGP "3.1.3.192.0.2.9", 'i', "2"},
        {BGP "3.1.5.192.0.2.9", 'a', "192.0.2.1"},
        {BGP "3.1.9.192.0.2.9", 'i', "65001"},
        {BGP "3.1.2.192.0.2.8", 'i', "77"},
        {BGP "3.1.2.192.0.2", 'i', "6"},
        {OSPF "3.198.51.100.2.0", 'a', "10.0.0.2"},
        {OSPF "6.198.51.100.2.0", 'i', "8"},
        {OSPF "6.198.51.100.3.7", 'i', "8"}, /* without an address */
        {OSPF "6.198.51.100.3.8", 'i', "8"},
        {"1.3.6.1.2.1.14.1.2.0", 'i', "1"}, /* no neighbor: OSPF runs */
    };
    struct facts *f = FACTS_OF(said);
    const struct peer *p = f->peers.at;

    assert_int_equal(f->peers.count, 5);
    assert_int_equal(p[2].if_index, 0);
    assert_int_equal(p[3].if_index, 7);
    assert_int_equal(p[4].if_index, 8);
    assert_string_equal(p[0].state, "");
    assert_int_equal(p[1].as, 65001);
    assert_int_equal(p[1].local_as, 64512);
    assert_string_equal(p[1].state, "established");
    assert_string_equal(p[1].admin, "start");
    assert_int_equal(p[1].local.octets[3], 1);
    assert_int_equal(p[2].protocol, PEER_OSPF);
    assert_string_equal(p[2].state, "full");
    assert_int_equal(p[2].router.octets[3], 2);
    facts_unref(f);
}

static const struct said routed[] = {
    {BGP "2.0", 'i', "64512"},
    {BGP "3.1.2.192.0.2.9", 'i', "6"},
    {BGP "3.1.3.192.0.2.9", 'i', "2"},
    {BGP "3.1.5.192.0.2.9", 'a', "192.0.2.1"},
    {BGP "3.1.9.192.0.2.9", 'i', "65001"},
    {"1.3.6.1.2.1.14.1.2.0", 'i', "1"},
    {OSPF "3.198.51.100.2.0", 'a', "10.0.0.2"},
    {OSPF "6.198.51.100.2.0", 'i', "8"},
};

/* What a poll asks of peers, and what it brings. */
static void state_alone_is_measured_of_peers(void **state)
{
    struct facts *known = FACTS_OF(routed);
    struct agent a = agent_of(routed, COUNT_OF(routed));
    struct collector *c = collector_new(NULL, COLLECT_METRICS, known);
    size_t bgp = 0, ospf = 0, others = 0;
    struct ask ask;
    unsigned id;

    (void)state;
    while (collector_next(c, &ask, &id)) {
        if (strcmp(ask.name, "bgpPeerTable") == 0)
            bgp = ask.count;
        else if (strcmp(ask.name, "ospfNbrTable") == 0)
            ospf = ask.count;
        else
            others++;
        agent_answer(&a, c, &ask, id);
        collector_end(c, id, 0);
    }
    struct facts *f = collector_take(c);
    assert_int_equal(bgp, 2);
    assert_int_equal(ospf, 3);
    assert_int_equal(others, 0); /* it has nothing else to measure */
    assert_int_equal(f->peers.count, 2);
    assert_int_equal(f->peers.at[0].protocol, PEER_BGP);
    assert_string_equal(f->peers.at[0].state, "established");
    assert_string_equal(f->peers.at[0].admin, "start");
    assert_string_equal(f->peers.at[1].state, "full");
    assert_int_equal(f->reports.count, 2);
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&a);
    facts_unref(known);
}

static void health_is_by_protocol_state_and_what_a_person_wants(void **state)
{
    static const struct {
        enum peer_protocol protocol;
        const char *state, *admin;
        enum peer_health health;
    } cases[] = {
        {PEER_BGP, "established", "start", PEER_WELL},
        {PEER_BGP, "established", "", PEER_WELL},
        {PEER_BGP, "idle", "start", PEER_ILL},
        {PEER_BGP, "openconfirm", "running", PEER_ILL},
        {PEER_BGP, "idle", "stop", PEER_STOPPED},
        {PEER_BGP, "active", "halted", PEER_STOPPED},
        {PEER_BGP, "", "stop", PEER_STOPPED},
        {PEER_BGP, "", "start", PEER_UNKNOWN},
        {PEER_OSPF, "full", "", PEER_WELL},
        {PEER_OSPF, "twoWay", "", PEER_WELL},
        {PEER_OSPF, "loading", "", PEER_UNKNOWN},
        {PEER_OSPF, "exchangeStart", "", PEER_UNKNOWN},
        {PEER_OSPF, "init", "", PEER_ILL},
        {PEER_OSPF, "down", "", PEER_ILL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct peer p = {.protocol = (uint8_t)cases[i].protocol,
                         .state = cases[i].state,
                         .admin = cases[i].admin};

        print_message("%s %s\n", cases[i].state, cases[i].admin);
        assert_int_equal(peer_health(&p), cases[i].health);
    }
}

#define ENTERPRISES "1.3.6.1.4.1."
#define OBJECT_ID(of)                            \
    {                                            \
        "1.3.6.1.2.1.1.2.0", 'o', ENTERPRISES of \
    }
#define V6 ".2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.9"
#define OCTETS_V6 "20010db8000000000000000000000009"

/* One peer each, 2001:db8::9 of AS 4200000001, in tables of vendors. */
static const struct {
    const char *label, *admin;
    struct said said[8];
} vendors[] = {
    {"Cisco",
     "start",
     {OBJECT_ID("9.1.1"),
      {ENTERPRISES "9.9.187.1.2.5.1.3" V6, 'i', "6"},
      {ENTERPRISES "9.9.187.1.2.5.1.4" V6, 'i', "2"},
      {ENTERPRISES "9.9.187.1.2.5.1.6" V6, 'x', OCTETS_V6},
      {ENTERPRISES "9.9.187.1.2.5.1.8" V6, 'g', "0"},
      {ENTERPRISES "9.9.187.1.2.5.1.11" V6, 'g', "4200000001"},
      {BGP "2.0", 'i', "64512"}}},
    {"Juniper",
     "running",
     {OBJECT_ID("2636.1.1"),
      {ENTERPRISES "2636.5.1.1.2.1.1.1.2.0.2.1.2.1", 'i', "6"},
      {ENTERPRISES "2636.5.1.1.2.1.1.1.3.0.2.1.2.1", 'i', "2"},
      {ENTERPRISES "2636.5.1.1.2.1.1.1.7.0.2.1.2.1", 'x', OCTETS_V6},
      {ENTERPRISES "2636.5.1.1.2.1.1.1.9.0.2.1.2.1", 'g', "64512"},
      {ENTERPRISES "2636.5.1.1.2.1.1.1.11.0.2.1.2.1", 'x', OCTETS_V6},
      {ENTERPRISES "2636.5.1.1.2.1.1.1.13.0.2.1.2.1", 'g', "4200000001"}}},
    {"Arista",
     "running",
     {OBJECT_ID("30065.1.1"),
      {ENTERPRISES "30065.4.1.1.2.1.3.1" V6, 's', "2001:db8::9"},
      {ENTERPRISES "30065.4.1.1.2.1.7.1" V6, 'g', "64512"},
      {ENTERPRISES "30065.4.1.1.2.1.10.1" V6, 'g', "4200000001"},
      {ENTERPRISES "30065.4.1.1.2.1.12.1" V6, 'i', "2"},
      {ENTERPRISES "30065.4.1.1.2.1.13.1" V6, 'i', "6"},
      {ENTERPRISES "30065.4.1.1.2.1.13.1.2.99.1", 'i', "6"}}},
};

static void vendors_tell_peers_of_ipv6(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vendors); i++) {
        struct facts *f = facts_of_agent(
            vendors[i].said,
            count_said(vendors[i].said, COUNT_OF(vendors[i].said)));
        const struct peer *p = f->peers.at;

        printf("%s\n", vendors[i].label);
        assert_int_equal(f->peers.count, 1);
        assert_int_equal(p->addr.family, 6);
        assert_int_equal(p->local.octets[15], 9);
        assert_true(p->as == UINT32_C(4200000001));
        assert_int_equal(p->local_as, 64512);
        assert_string_equal(p->state, "established");
        assert_string_equal(p->admin, vendors[i].admin);
        facts_unref(f);
    }
}

static void of_two_tables_the_one_that_says_more_counts(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("9.1.1"),
        {BGP "3.1.2.192.0.2.9", 'i', "6"},
        {BGP "3.1.9.192.0.2.9", 'i', "23456"},
        {BGP "3.1.2.0.0.0.0", 'i', "1"}, /* nobody */
        {ENTERPRISES "9.9.187.1.2.5.1.3.1.4.192.0.2.9", 'i', "6"},
        {ENTERPRISES "9.9.187.1.2.5.1.11.1.4.192.0.2.9", 'g', "4200000001"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->peers.count, 1);
    assert_true(f->peers.at[0].as == UINT32_C(4200000001));
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_alone_is_measured_of_peers),
        cmocka_unit_test(health_is_by_protocol_state_and_what_a_person_wants),
        cmocka_unit_test(peers_are_told_with_state_and_our_own_as),
        cmocka_unit_test(vendors_tell_peers_of_ipv6),
        cmocka_unit_test(of_two_tables_the_one_that_says_more_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
