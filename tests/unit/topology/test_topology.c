/* What links facts give that the simulation does not have: bundles, ports that
 * are down, ghosts, subnets; and names that stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim_links.h"

/* Two switches and what happens to their facts before inference. */
static const char pair[] = "node a switch lldp=on portid=ifname\n"
                           "node b switch lldp=on portid=ifname\n"
                           "node h host\n"
                           "link a:p1 b:p1\n"
                           "link a:p2 b:p2\n"
                           "link b:p3 h:eth0\n"
                           "addr a:br0 10.0.0.1/24\n"
                           "addr b:br0 10.0.0.2/24\n"
                           "addr h:eth0 10.0.0.3/24\n";

static struct interface *interface_of(struct sim *s, const char *node,
                                      const char *name)
{
    struct sim_node *n = &s->nodes[sim_node(s, node)];

    for (size_t i = 0; i < n->facts->interfaces.count; i++)
        if (strcmp(n->facts->interfaces.at[i].name, name) == 0)
            return &n->facts->interfaces.at[i];
    return NULL;
}

static struct facts *facts_of(struct sim *s, const char *node)
{
    return s->nodes[sim_node(s, node)].facts;
}

/* p1 and p2 become members of Po1, which stands in the forwarding table. */
static void bundle(struct sim *s, const char *node)
{
    struct sim_node *n = &s->nodes[sim_node(s, node)];

    sim_add_interface(n, 500, "Po1", sim_mac(sim_node(s, node), 0));
    n->facts->interfaces.at[n->facts->interfaces.count - 1].type = 161;
    *array_add(&n->facts->stack) = (struct stack_entry){500, 2, true};
    *array_add(&n->facts->stack) = (struct stack_entry){500, 3, true};
    for (size_t i = 0; i < n->facts->fdb.count; i++)
        if (n->facts->fdb.at[i].if_index <= 3)
            n->facts->fdb.at[i].if_index = 500;
}

static void expect(const char *name, struct sim *s, const char *links)
{
    struct topology *t = sim_infer(s);

    assert_links(name, t, links);
    topology_unref(t);
    sim_free(s);
}

static void members_of_a_bundle_are_its_cables(void **state)
{
    struct sim *s = run(pair);

    (void)state;
    bundle(s, "a");
    bundle(s, "b");
    expect("bundle", s,
           "a:p1 b:p1 bundle\n"
           "a:p2 b:p2 bundle\n"
           "b:p3 h:eth0\n");
}

static void bundle_without_lldp_is_one_link(void **state)
{
    struct sim *s = run(pair);

    (void)state;
    bundle(s, "a");
    bundle(s, "b");
    facts_of(s, "a")->neighbors.count = 0;
    facts_of(s, "b")->neighbors.count = 0;
    facts_of(s, "a")->lldp.chassis_id.len = 0;
    facts_of(s, "b")->lldp.chassis_id.len = 0;
    expect("bundle by forwarding tables", s,
           "a:Po1 b:Po1 bundle\n"
           "b:p3 h:eth0\n");
}

/* What p1 and p2 of a node tell of their LACP partner. */
static void aggregate(struct sim *s, const char *node, const char *partner)
{
    for (uint32_t p = 0; p < 2; p++)
        *array_add(&facts_of(s, node)->lacp) = (struct lacp_port){
            .if_index = sim_if_index((int)p),
            .system = sim_mac(sim_node(s, node), SIM_NONE),
            .partner = sim_mac(sim_node(s, partner), SIM_NONE),
            .port = 100 + p,
            .partner_port = 100 + p,
        };
}

static void be_silent(struct sim *s, const char *node)
{
    facts_of(s, node)->neighbors.count = 0;
    facts_of(s, node)->lldp.chassis_id.len = 0;
}

static uint8_t confidence_at(const struct topology *t, const char *port)
{
    for (size_t i = 0; i < t->links.count; i++)
        if (strcmp(t->links.at[i].a_port, port) == 0)
            return t->links.at[i].confidence;
    return 0;
}

static void partners_by_lacp_are_cables(void **state)
{
    static const struct {
        const char *name;
        bool a, b;
        uint8_t confidence;
        const char *links;
    } cases[] = {
        {"both tell", true, true, 92,
         "a:p1 b:p1 bundle\na:p2 b:p2 bundle\nb:p3 h:eth0\n"},
        {"one tells, the other is no bridge", true, false, 60,
         "a:p1 b: bundle\na:p2 b: bundle\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim *s = run(pair);

        bundle(s, "a");
        be_silent(s, "a");
        be_silent(s, "b");
        if (cases[i].a)
            aggregate(s, "a", "b");
        if (cases[i].b) {
            bundle(s, "b");
            aggregate(s, "b", "a");
        } else {
            facts_of(s, "b")->fdb.count = 0;
        }
        struct topology *t = sim_infer(s);
        assert_links(cases[i].name, t, cases[i].links);
        assert_int_equal(confidence_at(t, "p1"), cases[i].confidence);
        topology_unref(t);
        sim_free(s);
    }
}

/* Two switches that share a system id: the port number tells them apart. */
static void bundle_over_two_devices_has_a_cable_to_each(void **state)
{
    struct sim *s = run("node a switch\n"
                        "node b switch\n"
                        "node h host\n"
                        "link h:eth0 a:p1\n"
                        "link h:eth1 b:p1\n"
                        "addr a:br0 10.0.0.1/24\n"
                        "addr b:br0 10.0.0.2/24\n"
                        "addr h:eth0 10.0.0.3/24\n");
    const struct mac shared = {{0x02, 0x1c, 0x73, 0, 0, 1}};
    const struct mac host = sim_mac(sim_node(s, "h"), 0);
    const struct {
        const char *node;
        uint32_t if_index, port, partner_port;
        struct mac system, partner;
    } rows[] = {
        {"a", 2, 1, 11, shared, host},
        {"b", 2, 32769, 12, shared, host},
        {"h", 2, 11, 1, host, shared},
        {"h", 3, 12, 32769, host, shared},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        *array_add(&facts_of(s, rows[i].node)->lacp) = (struct lacp_port){
            .if_index = rows[i].if_index,
            .system = rows[i].system,
            .partner = rows[i].partner,
            .port = rows[i].port,
            .partner_port = rows[i].partner_port,
        };
    *array_add(&facts_of(s, "h")->stack) = (struct stack_entry){500, 2, true};
    *array_add(&facts_of(s, "h")->stack) = (struct stack_entry){500, 3, true};
    sim_add_interface(&s->nodes[sim_node(s, "h")], 500, "bond0", host);
    struct topology *t = sim_infer(s);
    unsigned spread = 0;

    for (size_t i = 0; i < t->links.count; i++)
        spread += strstr(t->links.at[i].why, "MC-LAG") != NULL;
    assert_int_equal(spread, 2);
    assert_links("MC-LAG", t,
                 "a:p1 h:eth0 bundle\n"
                 "b:p1 h:eth1 bundle\n");
    topology_unref(t);
    sim_free(s);
}

static void claim_that_lost_is_told_with_its_reason(void **state)
{
    struct sim *s = run("node r router cdp=on cdpmib=on\n"
                        "node q router cdp=on cdpmib=on\n"
                        "node s switch\n"
                        "link r:eth0 s:p1\n"
                        "link q:eth1 s:p2\n"
                        "addr r:eth0 10.0.0.1/24\n"
                        "addr q:eth1 10.0.0.2/24\n"
                        "addr s:br0 10.0.0.3/24\n");
    struct topology *t = sim_infer(s);
    const struct topo_loss *l = t->losses.at;

    (void)state;
    assert_int_equal(t->losses.count, 1);
    assert_string_equal(t->nodes.at[l->a].name, "q");
    assert_string_equal(l->a_port, "eth1");
    assert_string_equal(t->nodes.at[l->b].name, "r");
    assert_string_equal(l->b_port, "eth0");
    assert_int_equal(l->a_heard, EVIDENCE_CDP);
    assert_int_equal(l->b_heard, EVIDENCE_CDP);
    assert_false(l->shared);
    assert_string_equal(l->why, "s stands between them");
    topology_unref(t);
    sim_free(s);
}

static void port_that_is_down_makes_its_link_down(void **state)
{
    struct sim *s = run(pair);

    (void)state;
    interface_of(s, "a", "p2")->oper_status = 2;
    expect("down", s,
           "a:p1 b:p1\n"
           "a:p2 b:p2 down\n"
           "b:p3 h:eth0\n");
}

static void local_entries_and_virtual_addresses_place_nothing(void **state)
{
    struct sim *s = run(pair);
    struct facts *f = facts_of(s, "a");

    (void)state;
    *array_add(&f->fdb) =
        (struct fdb_entry){{{0x02, 0x99, 0, 0, 0, 1}}, 5, 4, 1, 4}; /* self */
    *array_add(&facts_of(s, "b")->fdb) = (struct fdb_entry){
        {{0, 0, 0x5e, 0, 1, 10}}, sim_if_index(2), 3, 1, 3}; /* VRRP */
    expect("self and VRRP", s,
           "a:p1 b:p1\n"
           "a:p2 b:p2\n"
           "b:p3 h:eth0\n");
}

static void neighbor_that_is_no_device_is_a_ghost(void **state)
{
    struct sim *s = run(pair);

    (void)state;
    /* b is not in the inventory: a hears it on two ports. */
    s->devices[1] = s->devices[2];
    s->device_count = 2;
    struct topology *t = sim_infer(s);

    assert_links("ghost", t,
                 "a:p1 b:p1\n"
                 "a:p2 b:p2\n");
    assert_int_equal(t->nodes.count, 4); /* and the subnet */
    assert_int_equal(t->nodes.at[2].origin, NODE_GHOST);
    assert_int_equal(t->nodes.at[2].kind, KIND_SWITCH);
    topology_unref(t);
    sim_free(s);
}

static void abbreviated_port_is_found(void **state)
{
    static const struct {
        const char *told, *name, *descr;
    } ports[] = {
        {"Gi1/0/1", "GigabitEthernet1/0/1", "x"},
        {"GigabitEthernet0/3", "Gi0/3", "x"},
        {"Te1/1/1", "TenGigabitEthernet1/1/1", "x"},
        {"XGE0/0/1", "XGigabitEthernet0/0/1", "x"},
        {"ethernet1/1/1", "x", "Ethernet1/1/1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        struct sim *s = run("node a router cdp=on cdpmib=on\n"
                            "node b router cdp=on\n"
                            "link a:eth0 b:eth0\n"
                            "addr a:eth0 10.0.0.1/30\n"
                            "addr b:eth0 10.0.0.2/30\n");
        facts_of(s, "a")->neighbors.at[0].port_text = ports[i].told;
        interface_of(s, "b", "eth0")->descr = ports[i].descr;
        interface_of(s, "b", "eth0")->name = ports[i].name;
        struct topology *t = sim_infer(s);
        assert_string_equal(t->links.at[0].b_port, ports[i].name);
        topology_unref(t);
        sim_free(s);
    }
}

/* ---- layer 3 ---- */

static const struct topo_link *l3_link(const struct topology *t, const char *a,
                                       const char *b)
{
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        if (l->layer == 3 && strcmp(t->nodes.at[l->a].name, a) == 0 &&
            strcmp(t->nodes.at[l->b].name, b) == 0)
            return l;
    }
    return NULL;
}

static void routers_meet_in_subnets(void **state)
{
    struct sim *s = run("node a router\n"
                        "node b router\n"
                        "node c router\n"
                        "node h host snmp=off\n"
                        "node d dumb\n"
                        "link a:eth0 b:eth0\n"
                        "link a:eth1 d:p1\n"
                        "link b:eth1 d:p2\n"
                        "link c:eth0 d:p3\n"
                        "link h:eth0 d:p4\n"
                        "addr a:eth0 10.0.0.1/30\n"
                        "addr b:eth0 10.0.0.2/30\n"
                        "addr a:eth1 10.1.0.1/24\n"
                        "addr b:eth1 10.1.0.2/24\n"
                        "addr c:eth0 10.1.0.3/24\n"
                        "addr h:eth0 10.1.0.4/24\n"
                        "addr a:lo 10.9.0.1/32\n");
    struct topology *t = sim_infer(s);
    const struct topo_link *l = l3_link(t, "a", "b");

    (void)state;
    assert_non_null(l);
    assert_int_equal(l->kind, LINK_L3);
    assert_string_equal(l->a_port, "eth0");
    assert_string_equal(l->b_port, "eth0");
    assert_int_equal(l->evidence, EVIDENCE_SUBNET | EVIDENCE_ARP);
    for (const char *const *name =
             (const char *const[]){"a", "b", "c", "h", NULL};
         *name != NULL; name++) {
        l = l3_link(t, "10.1.0.0/24", *name);
        assert_non_null(l);
        assert_int_equal(t->nodes.at[l->a].origin, NODE_SUBNET);
    }
    assert_null(l3_link(t, "a", "c"));
    topology_unref(t);
    sim_free(s);
}

static void peer_of(struct sim *s, const char *node,
                    enum peer_protocol protocol, const char *addr,
                    const char *state)
{
    struct peer p = {
        .protocol = (uint8_t)protocol, .state = state, .admin = ""};

    assert_int_equal(addr_parse(addr, &p.addr), 0);
    *array_add(&facts_of(s, node)->peers) = p;
}

static void routing_protocols_prove_layer_3_and_no_cable(void **state)
{
    struct sim *s = run("node a router\n"
                        "node b router\n"
                        "node c router\n"
                        "node d dumb\n"
                        "link a:eth0 b:eth0\n"
                        "link a:eth1 d:p1\n"
                        "link c:eth0 d:p3\n"
                        "addr a:eth0 10.0.0.1/30\n"
                        "addr b:eth0 10.0.0.2/30\n"
                        "addr a:eth1 10.1.0.1/24\n"
                        "addr c:eth0 10.1.0.3/24\n");

    (void)state;
    peer_of(s, "a", PEER_OSPF, "10.0.0.2", "full");
    peer_of(s, "b", PEER_BGP, "10.0.0.1", "established");
    peer_of(s, "a", PEER_BGP, "10.1.0.3", "active"); /* does not stand */
    peer_of(s, "c", PEER_OSPF, "10.1.0.1", "full");
    peer_of(s, "c", PEER_BGP, "10.0.0.2", "established"); /* far away */
    struct topology *t = sim_infer(s);

    assert_int_equal(l3_link(t, "a", "b")->evidence,
                     EVIDENCE_SUBNET | EVIDENCE_ARP | EVIDENCE_OSPF |
                         EVIDENCE_BGP);
    assert_int_equal(l3_link(t, "10.1.0.0/24", "c")->evidence,
                     EVIDENCE_SUBNET | EVIDENCE_OSPF);
    assert_int_equal(l3_link(t, "10.1.0.0/24", "a")->evidence, EVIDENCE_SUBNET);
    assert_null(l3_link(t, "b", "c"));
    for (size_t i = 0; i < t->links.count; i++)
        assert_int_equal(t->links.at[i].layer, 3);
    topology_unref(t);
    sim_free(s);
}

static void unnumbered(struct sim *s, const char *node, const char *port,
                       const char *addr)
{
    struct peers *peers = &facts_of(s, node)->peers;

    peer_of(s, node, PEER_OSPF, addr, "full");
    peers->at[peers->count - 1].if_index =
        interface_of(s, node, port)->if_index;
}

/* How many links of layer 3 join the two; of which both ports are known. */
static unsigned count_l3(const struct topology *t, const char *a, const char *b,
                         unsigned *whole)
{
    unsigned count = 0;

    *whole = 0;
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (l->layer != 3 || strcmp(t->nodes.at[l->a].name, a) != 0 ||
            strcmp(t->nodes.at[l->b].name, b) != 0)
            continue;
        count++;
        *whole += l->a_port[0] != '\0' && l->b_port[0] != '\0';
        assert_int_equal(l->evidence, EVIDENCE_OSPF);
    }
    return count;
}

/* a - b: one port each. b - c: two, which cables tell apart. a - c: two, which
 * nothing tells apart. a - d: d does not tell. */
static void ports_without_addresses_are_known_by_ospf(void **state)
{
    struct sim *s = run("node a router\n"
                        "node b router lldp=on\n"
                        "node c router lldp=on\n"
                        "node d router\n"
                        "link a:eth0 b:eth0\n"
                        "link b:eth1 c:eth1\n"
                        "link b:eth2 c:eth2\n"
                        "link a:eth3 c:eth3\n"
                        "link a:eth4 c:eth4\n"
                        "link a:eth5 d:eth5\n"
                        "addr a:lo 10.9.0.1/32\n"
                        "addr b:lo 10.9.0.2/32\n"
                        "addr c:lo 10.9.0.3/32\n"
                        "addr d:lo 10.9.0.4/32\n");
    unsigned whole;

    (void)state;
    unnumbered(s, "a", "eth0", "10.9.0.2");
    unnumbered(s, "b", "eth0", "10.9.0.1");
    unnumbered(s, "b", "eth1", "10.9.0.3");
    unnumbered(s, "b", "eth2", "10.9.0.3");
    unnumbered(s, "c", "eth1", "10.9.0.2");
    unnumbered(s, "c", "eth2", "10.9.0.2");
    unnumbered(s, "a", "eth3", "10.9.0.3");
    unnumbered(s, "a", "eth4", "10.9.0.3");
    unnumbered(s, "c", "eth3", "10.9.0.1");
    unnumbered(s, "c", "eth4", "10.9.0.1");
    unnumbered(s, "a", "eth5", "10.9.0.4");
    struct topology *t = sim_infer(s);

    assert_int_equal(count_l3(t, "a", "b", &whole), 1);
    assert_int_equal(whole, 1);
    assert_string_equal(l3_link(t, "a", "b")->a_port, "eth0");
    assert_int_equal(count_l3(t, "b", "c", &whole), 2);
    assert_int_equal(whole, 2);
    assert_int_equal(count_l3(t, "a", "c", &whole), 2);
    assert_int_equal(whole, 0);
    assert_int_equal(count_l3(t, "a", "d", &whole), 1);
    assert_int_equal(whole, 0);
    topology_unref(t);
    sim_free(s);
}

static void address_that_two_have_joins_no_subnet(void **state)
{
    struct sim *s = run("node a host\n"
                        "node b host\n"
                        "link a:eth0 b:eth0\n"
                        "addr a:eth0 172.17.0.1/16\n"
                        "addr b:eth0 172.17.0.1/16\n");
    struct topology *t = sim_infer(s);

    (void)state;
    assert_int_equal(t->links.count, 0);
    topology_unref(t);
    sim_free(s);
}

/* ---- names that stay ---- */

/* A host more on a segment: the segment keeps its name. */
static void segment_keeps_its_name(void **state)
{
    static const char network[] = "node r router\n"
                                  "node a switch\n"
                                  "node d dumb\n"
                                  "node h host\n"
                                  "node i host\n"
                                  "%s"
                                  "link r:eth0 a:p1\n"
                                  "link a:p2 d:p1\n"
                                  "link h:eth0 d:p2\n"
                                  "link i:eth0 d:p3\n"
                                  "addr r:eth0 10.0.0.1/24\n"
                                  "addr a:br0 10.0.0.2/24\n"
                                  "addr h:eth0 10.0.0.4/24\n"
                                  "addr i:eth0 10.0.0.5/24\n";
    char names[2][SIM_TEXT];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct buffer OWNED_BUFFER text = {0};
        buffer_format(&text, network, i == 0 ? "" : "node k host\n");
        if (i == 1)
            buffer_text(&text, "link k:eth0 d:p4\n"
                               "addr k:eth0 10.0.0.6/24\n");
        struct sim *s = run(text.at);
        struct topology *t = sim_infer(s);
        for (size_t n = 0; n < t->nodes.count; n++)
            if (t->nodes.at[n].origin == NODE_SEGMENT)
                snprintf(names[i], sizeof names[i], "%s", t->nodes.at[n].name);
        topology_unref(t);
        sim_free(s);
    }
    assert_string_equal(names[0], names[1]);
    assert_int_equal(strncmp(names[0], "~segment-", 9), 0);
}

static void nothing_gives_nothing(void **state)
{
    const struct topo_input none = {.count = 0};
    struct topology *t = topology_infer(&none);

    (void)state;
    assert_int_equal(t->nodes.count, 0);
    assert_int_equal(t->links.count, 0);
    topology_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_a_bundle_are_its_cables),
        cmocka_unit_test(bundle_without_lldp_is_one_link),
        cmocka_unit_test(partners_by_lacp_are_cables),
        cmocka_unit_test(bundle_over_two_devices_has_a_cable_to_each),
        cmocka_unit_test(claim_that_lost_is_told_with_its_reason),
        cmocka_unit_test(port_that_is_down_makes_its_link_down),
        cmocka_unit_test(local_entries_and_virtual_addresses_place_nothing),
        cmocka_unit_test(neighbor_that_is_no_device_is_a_ghost),
        cmocka_unit_test(abbreviated_port_is_found),
        cmocka_unit_test(routers_meet_in_subnets),
        cmocka_unit_test(routing_protocols_prove_layer_3_and_no_cable),
        cmocka_unit_test(ports_without_addresses_are_known_by_ospf),
        cmocka_unit_test(address_that_two_have_joins_no_subnet),
        cmocka_unit_test(segment_keeps_its_name),
        cmocka_unit_test(nothing_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
