/* Random networks: trees with unmanaged switches, rings, silent agents, tables
 * with holes. What is claimed as a cable is one, always; and what LLDP shows is
 * found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim.h"

/* What may happen in a network, in percent. */
struct weather {
    const char *name;
    unsigned lldp, agentx_off, cdp, stp_rings, dumb, no_agent, keep;
    bool find_all; /* every visible cable has to be found */
};

static const struct weather weathers[] = {
    {"all speak LLDP", 100, 0, 0, 0, 0, 0, 100, true},
    {"nobody speaks LLDP", 0, 0, 0, 0, 0, 0, 100, true},
    {"some speak LLDP", 50, 20, 0, 0, 0, 0, 100, true},
    {"rings, all speak LLDP", 100, 20, 0, 60, 0, 0, 100, true},
    {"rings, some speak LLDP", 50, 20, 0, 60, 0, 0, 100, false},
    {"LLDP and CDP", 70, 20, 50, 30, 0, 0, 100, false},
    {"unmanaged switches", 50, 10, 0, 0, 30, 0, 100, false},
    {"unmanaged switches, no LLDP", 0, 0, 0, 0, 30, 0, 100, false},
    {"switches without agent", 40, 10, 0, 0, 0, 25, 100, false},
    {"holes in forwarding tables", 40, 10, 0, 0, 0, 0, 60, false},
    {"holes and no LLDP", 0, 0, 0, 0, 0, 0, 80, false},
    {"bad luck", 40, 20, 30, 30, 20, 20, 100, false},
};

struct maker {
    struct sim *s;
    const struct weather *w;
    uint64_t random;
    int next_addr;
};

static bool chance(struct maker *m, unsigned percent)
{
    return sim_random(&m->random) % 100 < percent;
}

static int pick(struct maker *m, int below)
{
    return (int)(sim_random(&m->random) % (uint64_t)below);
}

static int add(struct maker *m, enum sim_kind kind)
{
    static const char *const letters = "rsdhcn";
    char name[SIM_TEXT];
    int node;

    snprintf(name, sizeof name, "%c%d", letters[kind], m->s->count);
    node = sim_add_node(m->s, name, kind);
    struct sim_node *n = &m->s->nodes[node];
    if (kind != SIM_DUMB && kind != SIM_NMS) {
        n->lldp = chance(m, m->w->lldp);
        n->agentx = !chance(m, m->w->agentx_off);
    }
    if (kind == SIM_SWITCH || kind == SIM_ROUTER)
        n->cdp = n->cdpmib = chance(m, m->w->cdp);
    if (kind == SIM_SWITCH)
        n->snmp = !chance(m, m->w->no_agent);
    if (kind == SIM_HOST)
        n->snmp = chance(m, 50);
    n->port_names = chance(m, 50);
    n->dot1d = chance(m, 30);
    n->stp = kind == SIM_SWITCH && m->w->stp_rings > 0;
    return node;
}

static void cable(struct maker *m, int a, int b)
{
    char name[16];
    int pa, pb;

    snprintf(name, sizeof name, "p%d", m->s->nodes[a].port_count + 1);
    pa = sim_add_port(&m->s->nodes[a], name);
    snprintf(name, sizeof name, "p%d", m->s->nodes[b].port_count + 1);
    pb = sim_add_port(&m->s->nodes[b], name);
    sim_cable(m->s, a, pa, b, pb);
}

static void give_addr(struct maker *m, int node, const char *if_name)
{
    char text[SIM_TEXT];

    snprintf(text, sizeof text, "10.1.%d.%d/16", m->next_addr / 200,
             m->next_addr % 200 + 1);
    m->next_addr++;
    sim_give_addr(&m->s->nodes[node], if_name, text);
}

static void add_hosts(struct maker *m, int bridge, int count)
{
    for (int i = 0; i < count; i++) {
        int host = add(m, SIM_HOST);
        cable(m, bridge, host);
        give_addr(m, host, "p1");
    }
}

/* A switch below another; an unmanaged one between shows by its hosts. */
static int add_switch(struct maker *m, int above)
{
    int node = add(m, SIM_SWITCH);

    if (chance(m, m->w->dumb)) {
        int dumb = add(m, SIM_DUMB);
        cable(m, above, dumb);
        add_hosts(m, dumb, 2 + pick(m, 2));
        above = dumb;
    }
    cable(m, above, node);
    give_addr(m, node, "br0");
    add_hosts(m, node, pick(m, 3));
    if (chance(m, m->w->dumb)) {
        int dumb = add(m, SIM_DUMB);
        cable(m, node, dumb);
        add_hosts(m, dumb, 2 + pick(m, 2));
    }
    return node;
}

static struct sim *make(const struct weather *w, uint64_t seed)
{
    struct maker m = {
        .s = mem_new(struct sim),
        .w = w,
        .random = seed * 0x9e3779b97f4a7c15u + 1,
    };
    int switches[24], count = 3 + pick(&m, 20);
    int router = add(&m, SIM_ROUTER), nms;

    switches[0] = add(&m, SIM_SWITCH);
    give_addr(&m, switches[0], "br0");
    cable(&m, router, switches[0]);
    give_addr(&m, router, "p1");
    nms = add(&m, SIM_NMS);
    cable(&m, switches[0], nms);
    give_addr(&m, nms, "p1");
    for (int i = 1; i < count; i++)
        switches[i] = add_switch(&m, switches[pick(&m, i)]);
    for (int i = 1; i < count; i++)
        if (chance(&m, w->stp_rings / 4))
            cable(&m, switches[i], switches[pick(&m, i)]);
    sim_run(m.s, w->keep, seed);
    return m.s;
}

static unsigned networks(void)
{
    const char *text = getenv("NETWORKS");

    return text != NULL ? (unsigned)atoi(text) : 40;
}

static void no_link_is_false(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(weathers); i++)
        for (uint64_t seed = 1; seed <= networks(); seed++) {
            struct sim *s = make(&weathers[i], seed);
            struct topology *t = sim_infer(s);
            int here = sim_count_false(s, t);

            if (weathers[i].find_all)
                here += sim_count_missing(s, t, true);
            if (here > 0 && getenv("SHOW") != NULL)
                sim_show(t);
            if (here > 0)
                printf("%s, seed %u: %d\n", weathers[i].name, (unsigned)seed,
                       here);
            wrong += here;
            topology_unref(t);
            sim_free(s);
        }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_link_is_false),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
