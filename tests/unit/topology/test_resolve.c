/* Which device and which port a neighbor is: every subtype of chassis and port
 * id of LLDP, told of a device that does not serve LLDP-MIB itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim_links.h"

/* a hears b; b:p2 has nothing on it. */
static const char two[] = "node a switch lldp=on\n"
                          "node b switch lldp=on agentx=off sysname=twin\n"
                          "node c switch sysname=twin\n"
                          "link a:p1 b:p1\n"
                          "link a:p2 c:p1\n"
                          "link b:p2 c:p2\n"
                          "addr a:br0 10.0.0.1/24\n"
                          "addr b:br0 10.0.0.2/24\n"
                          "addr c:br0 10.0.0.3/24\n";

static struct facts *facts_of(struct sim *s, const char *node)
{
    return s->nodes[sim_node(s, node)].facts;
}

static void add_entity(struct facts *f, int32_t class, const char *name,
                       const char *alias, const char *serial)
{
    *array_add(&f->entities) = (struct entity){
        .index = (uint32_t)f->entities.count + 1,
        .class = class,
        .descr = "",
        .name = name,
        .model = "",
        .serial = serial,
        .mfg = "",
        .alias = alias,
        .hw_rev = "",
        .fw_rev = "",
        .sw_rev = "",
    };
}

/* What b is known by, besides LLDP. */
static struct sim *scene(void)
{
    struct sim *s = run(two);
    struct facts *a = facts_of(s, "a"), *b = facts_of(s, "b");

    a->fdb.count = b->fdb.count = facts_of(s, "c")->fdb.count = 0;
    a->neighbors.count = 1;
    for (size_t i = 0; i < b->interfaces.count; i++)
        b->interfaces.at[i].alias =
            strcmp(b->interfaces.at[i].name, "p1") == 0 ? "to a" : "spare";
    add_entity(b, 3, "Chassis", "rack 7", "SN-0815");
    add_entity(b, 10, "p1", "panel 12", "");
    add_entity(b, 10, "p2", "panel 13", "");
    return s;
}

/* Octets of a, behind the number of the address family. */
static struct bytes address_id(struct sim *s, const char *text)
{
    struct addr a;
    uint8_t octets[5] = {1};

    assert_int_equal(addr_parse(text, &a), 0);
    memcpy(octets + 1, a.octets, 4);
    return arena_bytes(facts_of(s, "a")->arena, (struct bytes){octets, 5});
}

/* A neighbor whose only names are those that a case gives. */
static struct neighbor *nameless(struct sim *s)
{
    struct neighbor *n = &facts_of(s, "a")->neighbors.at[0];

    n->sys_name = "twin"; /* as another one */
    n->port_descr = "";
    n->mgmt_count = 0;
    n->chassis_mac = n->port_mac = (struct mac){{0}};
    return n;
}

/* The cable of a. */
static const struct topo_link *cable(const struct topology *t)
{
    for (size_t i = 0; i < t->links.count; i++)
        if (t->links.at[i].layer == 2)
            return &t->links.at[i];
    fail_msg("no link");
    return NULL;
}

static void told_chassis_is_found(void **state)
{
    static const struct {
        uint8_t subtype;
        const char *text, *found;
    } cases[] = {
        {1, "rack 7", "b"},      {1, "SN-0815", "b"}, {1, "rack 8", "twin"},
        {2, "to a", "twin"}, /* an ifAlias is no name of a device */
        {3, "panel 12", "twin"}, {4, NULL, "b"},      {5, "10.0.0.2", "b"},
        {5, "10.0.0.9", "twin"}, {6, "p1", "twin"},   {7, "b", "b"},
        {7, "somebody", "twin"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim *s = scene();
        struct neighbor *n = nameless(s);
        struct topology *t;

        n->chassis_subtype = cases[i].subtype;
        n->chassis_text = cases[i].text != NULL ? cases[i].text : "";
        n->chassis_id = cases[i].subtype == 5 ? address_id(s, cases[i].text)
                                              : bytes_of_text(n->chassis_text);
        if (cases[i].subtype == 4)
            n->chassis_mac = sim_mac(sim_node(s, "b"), 1);
        n->port_subtype = 3;
        n->port_text = "";
        t = sim_infer(s);
        const char *found = t->nodes.at[cable(t)->b].name;
        if (strcmp(found, cases[i].found) != 0)
            fail_msg("%u %s: %s", cases[i].subtype, n->chassis_text, found);
        topology_unref(t);
        sim_free(s);
    }
}

static void told_port_is_found_or_unknown(void **state)
{
    static const struct {
        uint8_t subtype;
        const char *text, *descr, *found;
    } cases[] = {
        {1, "to a", "", "p1"},      {1, "spare", "", ""}, /* several */
        {2, "panel 12", "", "p1"},  {2, "panel 99", "", ""},
        {2, "p1", "", "p1"},        {3, NULL, "", "p1"},
        {4, "10.0.0.2", "", "br0"}, {4, "10.0.0.7", "", ""},
        {5, "p1", "", "p1"},        {5, "P1", "", "p1"},
        {5, "p7", "", "p7"},        {6, "p1", "", "p1"},
        {6, "circuit 5", "", ""},   {7, "2", "", "p1"},
        {7, "2", "p1", "p1"},       {7, "2", "p2", "p2"}, /* it contradicts */
        {7, "4711", "", ""},        {7, "4711", "to a", "p1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim *s = scene();
        struct neighbor *n = nameless(s);
        struct topology *t;

        n->chassis_mac = sim_mac(sim_node(s, "b"), 0);
        n->port_subtype = cases[i].subtype;
        n->port_text = cases[i].text != NULL ? cases[i].text : "";
        n->port_descr = cases[i].descr;
        n->port_id = cases[i].subtype == 4 ? address_id(s, cases[i].text)
                                           : bytes_of_text(n->port_text);
        if (cases[i].subtype == 3)
            n->port_mac = sim_mac(sim_node(s, "b"), 0);
        t = sim_infer(s);
        const struct topo_link *l = cable(t);
        assert_string_equal(t->nodes.at[l->b].name, "b");
        /* What is not found is shown as it was told. */
        if (l->b_if_index != 0 ? strcmp(l->b_port, cases[i].found) != 0
                               : cases[i].found[0] != '\0' &&
                                     strcmp(cases[i].found, "p7") != 0)
            fail_msg("%u %s (%s): %s %u", cases[i].subtype, n->port_text,
                     n->port_descr, l->b_port, (unsigned)l->b_if_index);
        topology_unref(t);
        sim_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_chassis_is_found),
        cmocka_unit_test(told_port_is_found_or_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
