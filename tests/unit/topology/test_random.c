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
    unsigned lags;  /* cables between switches that are two */
    unsigned dual;  /* hosts with a leg in a second switch */
    bool chain;     /* each switch hangs on the one before */
    bool twins;     /* all switches have one sysName */
    bool secondary; /* addresses in subnets that overlap */
    bool moved;     /* hosts changed places since one of the tables was read */
    bool find_all;  /* every visible cable has to be found */
};

static const struct weather weathers[] = {
    {.name = "all speak LLDP", .lldp = 100, .keep = 100, .find_all = true},
    {.name = "nobody speaks LLDP", .keep = 100, .find_all = true},
    {.name = "some speak LLDP",
     .lldp = 50,
     .agentx_off = 20,
     .keep = 100,
     .find_all = true},
    {.name = "rings, all speak LLDP",
     .lldp = 100,
     .agentx_off = 20,
     .stp_rings = 60,
     .keep = 100,
     .find_all = true},
    {.name = "rings, some speak LLDP",
     .lldp = 50,
     .agentx_off = 20,
     .stp_rings = 60,
     .keep = 100},
    {.name = "LLDP and CDP",
     .lldp = 70,
     .agentx_off = 20,
     .cdp = 50,
     .stp_rings = 30,
     .keep = 100},
    {.name = "unmanaged switches",
     .lldp = 50,
     .agentx_off = 10,
     .dumb = 30,
     .keep = 100},
    {.name = "unmanaged switches, no LLDP", .dumb = 30, .keep = 100},
    {.name = "switches without agent",
     .lldp = 40,
     .agentx_off = 10,
     .no_agent = 25,
     .keep = 100},
    {.name = "holes in forwarding tables",
     .lldp = 40,
     .agentx_off = 10,
     .keep = 60},
    {.name = "holes and no LLDP", .keep = 80},
    {.name = "bad luck",
     .lldp = 40,
     .agentx_off = 20,
     .cdp = 30,
     .stp_rings = 30,
     .dumb = 20,
     .no_agent = 20,
     .keep = 100},
    {.name = "daisy chains", .chain = true, .keep = 100, .find_all = true},
    {.name = "daisy chains with unmanaged switches",
     .lldp = 30,
     .dumb = 40,
     .chain = true,
     .keep = 100},
    {.name = "daisy chains with holes", .lldp = 20, .chain = true, .keep = 70},
    {.name = "holes and unmanaged switches",
     .lldp = 20,
     .dumb = 30,
     .keep = 75},
    {.name = "hosts with two legs", .dual = 50, .keep = 100, .find_all = true},
    {.name = "hosts with two legs and holes",
     .lldp = 30,
     .dual = 50,
     .keep = 75},
    {.name = "one name for all",
     .lldp = 60,
     .cdp = 30,
     .twins = true,
     .keep = 100},
    {.name = "bundles, all speak LLDP",
     .lldp = 100,
     .lags = 50,
     .keep = 100,
     .find_all = true},
    {.name = "bundles, nobody speaks LLDP",
     .lags = 50,
     .keep = 100,
     .find_all = true},
    {.name = "bundles with holes", .lldp = 30, .lags = 50, .keep = 70},
    {.name = "subnets that overlap",
     .lldp = 30,
     .cdp = 30,
     .secondary = true,
     .keep = 100},
    {.name = "a stale table", .moved = true, .keep = 100},
    {.name = "a stale table, some speak LLDP",
     .lldp = 40,
     .moved = true,
     .keep = 90},
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
    n->lacp = chance(m, 50);
    if (m->w->twins && kind == SIM_SWITCH)
        snprintf(n->sys_name, sizeof n->sys_name, "switch");
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

/* A second cable beside the last one of each, and both are one bundle. */
static void double_cable(struct maker *m, int a, int b)
{
    struct sim_node *ends[] = {&m->s->nodes[a], &m->s->nodes[b]};

    cable(m, a, b);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct sim_node *n = ends[i];
        struct sim_port *spare = &n->ports[n->port_count - 1];
        struct sim_port *first = spare - 1;

        snprintf(first->bundle, sizeof first->bundle, "Po%d", n->port_count);
        snprintf(spare->bundle, sizeof spare->bundle, "%s", first->bundle);
        spare->spare = true;
    }
}

static void give_addr(struct maker *m, int node, const char *if_name)
{
    char text[SIM_TEXT];

    snprintf(text, sizeof text, "10.1.%d.%d/16", m->next_addr / 200,
             m->next_addr % 200 + 1);
    m->next_addr++;
    sim_give_addr(&m->s->nodes[node], if_name, text);
    if (!m->w->secondary)
        return;
    snprintf(text, sizeof text, "10.1.%d.%d/24", 200 + m->next_addr % 3,
             m->next_addr % 250 + 1);
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
    if (m->s->nodes[above].kind == SIM_SWITCH && chance(m, m->w->lags))
        double_cable(m, above, node);
    give_addr(m, node, "br0");
    add_hosts(m, node, pick(m, 3));
    if (chance(m, m->w->dumb)) {
        int dumb = add(m, SIM_DUMB);
        cable(m, node, dumb);
        add_hosts(m, dumb, 2 + pick(m, 2));
    }
    return node;
}

static void add_second_legs(struct maker *m, const int *switches, int count)
{
    int nodes = m->s->count;

    for (int i = 0; i < nodes; i++) {
        if (m->s->nodes[i].kind != SIM_HOST || !chance(m, m->w->dual))
            continue;
        cable(m, switches[pick(m, count)], i);
        give_addr(m, i, "p2");
    }
}

/* Where a cable of a host ends. */
static struct sim_port *far_end(struct sim *s, int host)
{
    const struct sim_port *p = &s->nodes[host].ports[0];

    return &s->nodes[p->peer_node].ports[p->peer_port];
}

/* Hosts of different switches change places, by twos. */
static void move_hosts(struct maker *m)
{
    struct sim *s = m->s;
    int first = SIM_NONE;

    for (int i = 0; i < s->count; i++) {
        if (s->nodes[i].kind != SIM_HOST || !chance(m, 40))
            continue;
        if (first == SIM_NONE) {
            first = i;
            continue;
        }
        struct sim_port *x = &s->nodes[first].ports[0];
        struct sim_port *y = &s->nodes[i].ports[0];
        if (x->peer_node == y->peer_node)
            continue;
        far_end(s, first)->peer_node = i;
        far_end(s, i)->peer_node = first;
        struct sim_port kept = *x;
        x->peer_node = y->peer_node;
        x->peer_port = y->peer_port;
        y->peer_node = kept.peer_node;
        y->peer_port = kept.peer_port;
        first = SIM_NONE;
    }
}

static struct sim *make(const struct weather *w, uint64_t seed, bool moved)
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
        switches[i] = add_switch(&m, switches[w->chain ? i - 1 : pick(&m, i)]);
    for (int i = 1; i < count; i++)
        if (chance(&m, w->stp_rings / 4))
            cable(&m, switches[i], switches[pick(&m, i)]);
    add_second_legs(&m, switches, count);
    if (moved)
        move_hosts(&m);
    sim_run(m.s, w->keep, seed);
    return m.s;
}

enum { EARLIER_MS = 3600000 };
static const int64_t READ_MS = 1700000000000;

/* One switch's table is that of before hosts moved. */
static void make_stale(struct sim *s, const struct sim *before, uint64_t seed)
{
    int at = (int)(seed % (uint64_t)s->count);

    while (s->nodes[at].kind != SIM_SWITCH || s->nodes[at].facts == NULL)
        at = (at + 1) % s->count;
    for (int i = 0; i < s->count; i++)
        if (s->nodes[i].facts != NULL)
            s->nodes[i].facts->observed_at = (struct wall){READ_MS};
    s->nodes[at].facts->observed_at.ms -= EARLIER_MS;
    s->nodes[at].facts->fdb.count = 0;
    for (size_t i = 0; i < before->nodes[at].facts->fdb.count; i++)
        *array_add(&s->nodes[at].facts->fdb) =
            before->nodes[at].facts->fdb.at[i];
}

/* By hand: NETWORKS of each kind, from the one that FIRST names. */
static unsigned number_of(const char *name, unsigned usual)
{
    const char *text = getenv(name);

    return text != NULL ? (unsigned)atoi(text) : usual;
}

/* Who is cabled to whom, and what each has learned: NODE@PORT. */
static void show(const struct sim *s, const struct topology *t)
{
    sim_show(t);
    for (int n = 0; n < s->count; n++) {
        const struct sim_node *node = &s->nodes[n];

        printf("%s:", node->name);
        for (int k = 0; k < node->port_count; k++)
            if (node->ports[k].peer_node != SIM_NONE)
                printf(" %s=%s", node->ports[k].name,
                       s->nodes[node->ports[k].peer_node].name);
        printf(" |");
        for (size_t k = 0; node->facts != NULL && k < node->facts->fdb.count;
             k++) {
            const struct fdb_entry *e = &node->facts->fdb.at[k];
            int owner = e->mac.octets[2] * 256 + e->mac.octets[3];

            printf(" %s.%d@p%u", s->nodes[owner].name, e->mac.octets[5],
                   (unsigned)e->base_port);
        }
        printf("\n");
    }
}

static void no_link_is_false(void **state)
{
    unsigned first = number_of("FIRST", 1), count = number_of("NETWORKS", 40);
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(weathers); i++)
        for (uint64_t seed = first; seed < first + count; seed++) {
            struct sim *s = make(&weathers[i], seed, weathers[i].moved);
            struct sim *before =
                weathers[i].moved ? make(&weathers[i], seed, false) : NULL;

            if (before != NULL)
                make_stale(s, before, seed);
            struct topology *t = sim_infer(s);
            int here = sim_count_false(s, t) + sim_count_false_members(s, t);

            if (weathers[i].find_all)
                here += sim_count_missing(s, t, true);
            if (here > 0 && getenv("SHOW") != NULL)
                show(s, t);
            if (here > 0)
                printf("%s, seed %u: %d\n", weathers[i].name, (unsigned)seed,
                       here);
            wrong += here;
            topology_unref(t);
            sim_free(s);
            if (before != NULL)
                sim_free(before);
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
