/* What links tell of the ports at their ends. */
#include "station/cabling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ETHERNET = 6, UP = 1, DOWN = 2, COUNT = 3 };

/* Two switches and a server: sw1:1 - sw2:1, sw1:2 - srv:1. */
struct scene {
    struct interface ports[COUNT][2];
    struct facts facts[COUNT];
    struct topo_device devices[COUNT];
    struct topo_node nodes[COUNT];
    struct topo_link links[2];
    struct topology topology;
    struct arena *arena;
    struct cabling cabling;
};

static void scene_init(struct scene *s)
{
    static const char *const names[] = {"sw1", "sw2", "srv"};

    *s = (struct scene){.arena = arena_new()};
    for (size_t i = 0; i < COUNT; i++) {
        for (uint32_t n = 0; n < 2; n++)
            s->ports[i][n] = (struct interface){.if_index = n + 1,
                                                .type = ETHERNET,
                                                .oper_status = UP,
                                                .speed_bps = 1000000000,
                                                .duplex = "fullDuplex"};
        s->facts[i].interfaces.at = s->ports[i];
        s->facts[i].interfaces.count = 2;
        s->devices[i] =
            (struct topo_device){.name = names[i], .facts = &s->facts[i]};
        s->nodes[i] =
            (struct topo_node){.name = names[i],
                               .device = i,
                               .kind = i < 2 ? KIND_SWITCH : KIND_SERVER};
    }
    for (uint32_t i = 0; i < 2; i++)
        s->links[i] = (struct topo_link){.a = 0,
                                         .b = i + 1,
                                         .a_if_index = i + 1,
                                         .b_if_index = 1,
                                         .a_port = i == 0 ? "Gi1" : "Gi2",
                                         .b_port = "eth0",
                                         .layer = 2,
                                         .evidence = EVIDENCE_LLDP};
    s->topology.nodes.at = s->nodes;
    s->topology.nodes.count = COUNT;
    s->topology.links.at = s->links;
    s->topology.links.count = 2;
}

static void look(struct scene *s)
{
    cabling_fini(&s->cabling);
    cabling_look(&s->cabling, &s->topology, s->devices, COUNT, s->arena);
}

static void scene_fini(struct scene *s)
{
    cabling_fini(&s->cabling);
    arena_free(s->arena);
}

static void ports_between_what_forwards_are_trunks(void **state)
{
    struct scene s;

    (void)state;
    scene_init(&s);
    look(&s);
    assert_int_equal(cabling_trunk(&s.cabling, 0, 1), 0);
    assert_int_equal(cabling_trunk(&s.cabling, 1, 1), 0);
    assert_int_equal(cabling_trunk(&s.cabling, 0, 2), UINT32_MAX);
    assert_int_equal(cabling_trunk(&s.cabling, 2, 1), UINT32_MAX);
    s.links[0].state = LINK_DOWN; /* that is when it matters */
    look(&s);
    assert_int_equal(cabling_trunk(&s.cabling, 0, 1), 0);
    scene_fini(&s);
}

static void settings_that_differ_are_told(void **state)
{
    struct scene s;

    (void)state;
    scene_init(&s);
    look(&s);
    assert_int_equal(s.cabling.mismatches.count, 0);
    s.ports[1][0].duplex = "halfDuplex";
    s.ports[2][0].speed_bps = 100000000;
    look(&s);
    assert_int_equal(s.cabling.mismatches.count, 2);
    assert_true(s.cabling.mismatches.at[0].duplex);
    assert_string_equal(s.cabling.mismatches.at[0].text,
                        "sw1 Gi1 is fullDuplex, sw2 eth0 is halfDuplex");
    assert_int_equal(s.cabling.mismatches.at[1].link, 1);
    assert_string_equal(s.cabling.mismatches.at[1].text,
                        "sw1 Gi2 runs at 1000 Mbit/s, srv eth0 at 100 Mbit/s");
    scene_fini(&s);
}

static void what_is_not_known_is_no_difference(void **state)
{
    struct scene s;

    (void)state;
    scene_init(&s);
    s.ports[1][0].duplex = "unknown";
    s.ports[1][0].speed_bps = 0;
    s.ports[2][0].duplex = "halfDuplex";
    s.ports[2][0].oper_status = DOWN;
    look(&s);
    assert_int_equal(s.cabling.mismatches.count, 0);
    s.ports[2][0].oper_status = UP;
    s.links[1].evidence = EVIDENCE_FDB; /* something unmanaged between them */
    look(&s);
    assert_int_equal(s.cabling.mismatches.count, 0);
    scene_fini(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_between_what_forwards_are_trunks),
        cmocka_unit_test(settings_that_differ_are_told),
        cmocka_unit_test(what_is_not_known_is_no_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
