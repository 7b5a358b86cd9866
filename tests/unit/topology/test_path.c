/* The way from one device to another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim.h"

static uint32_t node_of(const struct topology *t, const char *name)
{
    for (uint32_t i = 0; i < t->nodes.count; i++)
        if (strcmp(t->nodes.at[i].name, name) == 0)
            return i;
    fail_msg("no node %s", name);
    return 0;
}

/* "a b c", or "none". */
static char *way(const struct topology *t, const char *a, const char *b)
{
    struct buffer OWNED_BUFFER out = {0};
    struct topo_path path;

    if (!topology_path(t, node_of(t, a), node_of(t, b), &path)) {
        buffer_text(&out, "none");
        return buffer_take(&out);
    }
    assert_int_equal(path.links.count + 1, path.nodes.count);
    for (size_t i = 0; i < path.nodes.count; i++) {
        const char *name = t->nodes.at[path.nodes.at[i]].name;
        buffer_format(&out, "%s%s", i > 0 ? " " : "",
                      name[0] == '~' ? "~" : name);
    }
    for (size_t i = 0; i < path.links.count; i++) {
        const struct topo_link *l = &t->links.at[path.links.at[i]];
        uint32_t x = path.nodes.at[i], y = path.nodes.at[i + 1];
        assert_true((l->a == x && l->b == y) || (l->a == y && l->b == x));
    }
    topo_path_fini(&path);
    return buffer_take(&out);
}

/* Two switches in two subnets with a router between, a ring behind one. */
static const char network[] = "node r router lldp=on\n"
                              "node a switch lldp=on stp=on\n"
                              "node b switch lldp=on stp=on\n"
                              "node c switch lldp=on stp=on\n"
                              "node e switch lldp=on\n"
                              "node g host\n"
                              "node h host\n"
                              "node z host\n"
                              "node x host snmp=off\n"
                              "link r:eth0 a:p1\n"
                              "link a:p2 b:p1\n"
                              "link a:p3 c:p1\n"
                              "link b:p2 c:p2\n"
                              "link r:eth1 e:p1\n"
                              "link g:eth0 b:p3\n"
                              "link h:eth0 e:p3\n"
                              "link z:eth0 c:p3\n"
                              "link z:eth1 e:p4\n"
                              "addr r:eth0 10.0.0.1/24\n"
                              "addr r:eth1 10.0.1.1/24\n"
                              "addr a:br0 10.0.0.2/24\n"
                              "addr b:br0 10.0.0.3/24\n"
                              "addr c:br0 10.0.0.4/24\n"
                              "addr e:br0 10.0.1.2/24\n"
                              "addr g:eth0 10.0.0.10/24\n"
                              "addr h:eth0 10.0.1.10/24\n"
                              "addr z:eth0 10.0.0.11/24\n"
                              "addr z:eth1 10.0.1.11/24\n"
                              "addr x:eth0 10.0.1.12/24\n";

static void way_is_found(void **state)
{
    static const struct {
        const char *name, *a, *b, *way;
    } cases[] = {
        {"to itself", "g", "g", "g"},
        {"through switches and a router, not through a host with two legs", "g",
         "h", "g b a r e h"},
        {"not over a blocked cable", "b", "c", "b a c"},
        {"from a host with two legs by the nearer one", "z", "h", "z e h"},
        {"over layer 3 where layer 2 is not known", "h", "x",
         "h 10.0.1.0/24 x"},
    };
    struct sim *s = sim_read(network);

    (void)state;
    sim_run(s, 100, 1);
    struct topology *t = sim_infer(s);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(free) char *got = way(t, cases[i].a, cases[i].b);
        if (strcmp(got, cases[i].way) != 0)
            print_error("%s:\n", cases[i].name);
        assert_string_equal(got, cases[i].way);
    }
    topology_unref(t);
    sim_free(s);
}

static void way_avoids_what_is_uncertain(void **state)
{
    struct sim *s = sim_read("node a switch lldp=on\n"
                             "node b switch lldp=on\n"
                             "node c switch lldp=on\n"
                             "link a:p1 b:p1\n"
                             "link b:p2 c:p1\n"
                             "link a:p2 c:p2\n"
                             "addr a:br0 10.0.0.1/24\n"
                             "addr b:br0 10.0.0.2/24\n"
                             "addr c:br0 10.0.0.3/24\n");

    (void)state;
    sim_run(s, 100, 1);
    struct topology *t = sim_infer(s);
    for (size_t i = 0; i < t->links.count; i++)
        if (t->links.at[i].a == node_of(t, "a") &&
            t->links.at[i].b == node_of(t, "c"))
            t->links.at[i].state = LINK_CANDIDATE;
        else
            t->links.at[i].state = LINK_CONFIRMED;
    OWNED(free) char *got = way(t, "a", "c");
    assert_string_equal(got, "a b c");
    topology_unref(t);
    sim_free(s);
}

static void no_way_is_none(void **state)
{
    struct sim *s = sim_read("node a host\n"
                             "node b host\n"
                             "link a:eth0 b:eth0\n"
                             "addr a:eth0 10.0.0.1/24\n"
                             "addr b:eth0 10.9.0.2/24\n");

    (void)state;
    sim_run(s, 100, 1);
    struct topology *t = sim_infer(s);
    OWNED(free) char *got = way(t, "a", "b");
    assert_string_equal(got, "none");
    topology_unref(t);
    sim_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(way_is_found),
        cmocka_unit_test(way_avoids_what_is_uncertain),
        cmocka_unit_test(no_way_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
