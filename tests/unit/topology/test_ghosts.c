/* Neighbors that are no devices: who is one, and who is another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim_links.h"

static const char pair[] = "node a switch lldp=on portid=ifname\n"
                           "node b switch lldp=on portid=ifname\n"
                           "link a:p1 b:p1\n"
                           "addr a:br0 10.0.0.1/24\n"
                           "addr b:br0 10.0.0.2/24\n";

enum { ROWS = 3, FIRST_PORT = 100 };

/* What a switch hears on a port. */
struct heard {
    const char *by; /* NULL: no more */
    uint8_t subtype;
    const char *chassis, *name;
    uint8_t mac; /* the last octet of the port's; 0: it tells none */
    bool cdp;
};

static void hear(struct sim *s, const struct heard *h, uint32_t port)
{
    static const uint8_t zeros[6];
    struct facts *f = s->nodes[sim_node(s, h->by)].facts;
    struct neighbor n = {.protocol = h->cdp ? NEIGHBOR_CDP : NEIGHBOR_LLDP,
                         .chassis_subtype = h->subtype,
                         .port_subtype = h->mac != 0 ? 3 : 5,
                         .local_if_index = port,
                         .chassis_id = bytes_of_text(h->chassis),
                         .chassis_text = h->chassis,
                         .port_text = h->subtype == 6 ? h->chassis : "",
                         .port_descr = "",
                         .sys_name = h->name,
                         .sys_descr = "",
                         .platform = ""};

    if (strcmp(h->chassis, "zeros") == 0) {
        n.chassis_id = (struct bytes){zeros, sizeof zeros};
        n.chassis_text = "";
    }
    if (h->mac != 0)
        n.port_mac = (struct mac){{0, 0x0a, 0xf7, 0, 0, h->mac}};
    *array_add(&f->neighbors) = n;
}

static int text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of ghosts in order. */
static void put_ghosts(const struct topology *t, struct buffer *out)
{
    const char *names[ROWS + 1];
    size_t count = 0;

    for (size_t i = 0; i < t->nodes.count && count < COUNT_OF(names); i++)
        if (t->nodes.at[i].origin == NODE_GHOST)
            names[count++] = t->nodes.at[i].name;
    if (count > 0)
        qsort(names, count, sizeof *names, text_order);
    buffer_text(out, "");
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s%s", i > 0 ? " " : "", names[i]);
}

/* What two switches make of these rows, told from behind or not. */
static void ghosts_of(const struct heard *rows, bool behind, struct buffer *out)
{
    struct sim *s = run(pair);

    for (size_t k = 0; k < ROWS; k++) {
        const struct heard *h = &rows[behind ? ROWS - 1 - k : k];
        if (h->by != NULL)
            hear(s, h, FIRST_PORT + (uint32_t)k);
    }
    struct topology *t = sim_infer(s);
    put_ghosts(t, out);
    topology_unref(t);
    sim_free(s);
}

/* Each case is told from behind, too: the order is none of rows. */
static void ghosts_are_told_apart_by_what_is_their_own(void **state)
{
    static const struct {
        const char *what, *ghosts;
        struct heard rows[ROWS];
    } cases[] = {
        {"two hosts whose chassis is a port, one of them twice",
         "host-20 host-31",
         {{"a", 6, "vmnic5", "host-20", 1, false},
          {"b", 6, "vmnic5", "host-31", 2, false},
          {"b", 6, "vmnic4", "host-20", 3, false}}},
        {"the same without names, one heard by both switches",
         "vmnic5 vmnic5",
         {{"a", 6, "vmnic5", "", 1, false},
          {"b", 6, "vmnic5", "", 1, false},
          {"b", 6, "vmnic5", "", 2, false}}},
        {"hosts that nobody has named",
         "localhost localhost.local",
         {{"a", 6, "vmnic0", "localhost", 1, false},
          {"b", 6, "vmnic1", "localhost.local", 2, false},
          {"b", 6, "vmnic1", "localhost.local", 2, false}}},
        {"an id that only one of the switches has",
         "host-20",
         {{"a", 0, "", "host-20", 0, false},
          {"b", 7, "serial 7", "host-20", 7, false},
          {"b", 9, "", "host-20", 0, true}}},
        {"a name that others have",
         "x x x",
         {{"a", 7, "serial 1", "x", 1, false},
          {"b", 7, "serial 2", "x", 2, false},
          {"b", 3, "slot 1", "x", 3, false}}},
        {"ids of zeros",
         "x y",
         {{"a", 4, "zeros", "x", 0, false}, {"b", 4, "zeros", "y", 0, false}}},
        {"who tells nothing",
         "",
         {{"a", 0, "", "", 0, false},
          {"b", 2, "uplink", "", 0, false},
          {"b", 0, "", "", 0, true}}},
        {"a device, of whose row the id is missing",
         "",
         {{"a", 0, "", "b", 0, false}}},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER found = {0};

        ghosts_of(cases[i / 2].rows, i % 2 != 0, &found);
        if (strcmp(found.at, cases[i / 2].ghosts) != 0)
            fail_msg("%s: \"%s\"", cases[i / 2].what, found.at);
    }
}

/* A host with two cables has two links, each at its own port. */
static void a_host_named_by_its_ports_has_a_link_at_each(void **state)
{
    static const struct heard rows[] = {
        {"a", 6, "vmnic4", "host-20", 1, false},
        {"b", 6, "vmnic5", "host-20", 2, false},
        {"b", 6, "vmnic5", "host-31", 3, false},
    };
    struct sim *s = run(pair);
    struct buffer OWNED_BUFFER seen = {0};

    (void)state;
    for (uint32_t k = 0; k < COUNT_OF(rows); k++)
        hear(s, &rows[k], FIRST_PORT + k);
    struct topology *t = sim_infer(s);
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (t->nodes.at[l->b].origin == NODE_GHOST)
            buffer_format(&seen, "%s %s:%s, ", t->nodes.at[l->a].name,
                          t->nodes.at[l->b].name, l->b_port);
    }
    assert_string_equal(seen.at, "a host-20:vmnic4, b host-20:vmnic5, "
                                 "b host-31:vmnic5, ");
    topology_unref(t);
    sim_free(s);
}

/* A device that goes by a port as well is not each other one that does. */
static void a_device_named_by_a_port_is_not_its_like(void **state)
{
    static const struct heard rows[] = {{"a", 6, "eth0", "host-20", 1, false},
                                        {"a", 6, "eth0", "b", 0, false}};
    struct sim *s = run(pair);
    struct facts *b = s->nodes[sim_node(s, "b")].facts;
    struct buffer OWNED_BUFFER found = {0};

    (void)state;
    b->lldp.chassis_subtype = 6;
    b->lldp.chassis_id = bytes_of_text("eth0");
    b->lldp.sys_name = "b";
    for (uint32_t k = 0; k < COUNT_OF(rows); k++)
        hear(s, &rows[k], FIRST_PORT + k);
    struct topology *t = sim_infer(s);
    put_ghosts(t, &found);
    assert_string_equal(found.at, "host-20");
    topology_unref(t);
    sim_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ghosts_are_told_apart_by_what_is_their_own),
        cmocka_unit_test(a_host_named_by_its_ports_has_a_link_at_each),
        cmocka_unit_test(a_device_named_by_a_port_is_not_its_like),
    };

    return cmocka_run_group_tests_name("ghosts", tests, NULL, NULL);
}
