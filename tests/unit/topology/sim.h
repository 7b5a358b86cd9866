/* sim.h - a small network that is simulated for tests: cables, bridges that
 * learn, spanning tree, LLDP and CDP as real agents serve them, ARP. From it
 * come the facts that agents would tell, and the truth to hold links against.
 * How networks are written: sim_model.h.
 */
#ifndef TESTS_TOPOLOGY_SIM_H
#define TESTS_TOPOLOGY_SIM_H

#include "sim_facts.h"

/* ---- judging ---- */

static inline bool sim_is_claim(const struct topology *t,
                                const struct topo_link *l)
{
    return l->layer == 2 && l->kind != LINK_SEGMENT &&
           (l->state == LINK_CONFIRMED || l->state == LINK_DOWN ||
            l->state == LINK_BLOCKED) &&
           t->nodes.at[l->a].origin == NODE_DEVICE &&
           t->nodes.at[l->b].origin == NODE_DEVICE;
}

static inline bool sim_port_agrees(const struct sim_node *n, int port,
                                   const char *claimed, bool exact)
{
    return strcmp(n->ports[port].name, claimed) == 0 ||
           (claimed[0] != '\0' &&
            strcmp(n->ports[port].bundle, claimed) == 0) ||
           (!exact && (claimed[0] == '\0' || n->facts == NULL));
}

/* True if the cable at port of node is what the link claims. */
static inline bool sim_cable_is(const struct sim *s, const struct topology *t,
                                const struct topo_link *l, int node, int port,
                                bool exact)
{
    const struct sim_node *n = &s->nodes[node];
    int to = n->ports[port].peer_node, tp = n->ports[port].peer_port;
    const char *a = t->nodes.at[l->a].name, *b = t->nodes.at[l->b].name;

    if (to == SIM_NONE || strcmp(a, n->name) != 0 ||
        strcmp(b, s->nodes[to].name) != 0)
        return false;
    return sim_port_agrees(n, port, l->a_port, exact && n->facts != NULL) &&
           sim_port_agrees(&s->nodes[to], tp, l->b_port,
                           exact && s->nodes[to].facts != NULL);
}

/* Links that are no cable; printed. */
static inline int sim_count_false(const struct sim *s, const struct topology *t)
{
    int wrong = 0;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        bool true_one = !sim_is_claim(t, l);
        for (int n = 0; n < s->count && !true_one; n++)
            for (int p = 0; p < s->nodes[n].port_count && !true_one; p++)
                true_one = sim_cable_is(s, t, l, n, p, false);
        if (true_one)
            continue;
        wrong++;
        printf("false: %s:%s - %s:%s evidence %x (%s)\n",
               t->nodes.at[l->a].name, l->a_port, t->nodes.at[l->b].name,
               l->b_port, (unsigned)l->evidence, l->why);
    }
    return wrong;
}

/* ---- segments ---- */

/* Cables that nodes without a table of their own join are one medium. */
struct sim_media {
    int of[SIM_NODES][SIM_PORTS]; /* SIM_NONE: no cable */
    bool bare[SIM_NODES * SIM_PORTS];
    int count;
};

static inline bool sim_is_clear(const struct sim_node *n)
{
    return n->kind == SIM_DUMB || (n->kind == SIM_SWITCH && n->facts == NULL);
}

static inline void sim_spread(const struct sim *s, struct sim_media *m,
                              int node, int port, int medium)
{
    const struct sim_node *n = &s->nodes[node];
    const struct sim_port *p = &n->ports[port];

    if (p->peer_node == SIM_NONE || m->of[node][port] != SIM_NONE)
        return;
    m->of[node][port] = medium;
    sim_spread(s, m, p->peer_node, p->peer_port, medium);
    for (int i = 0; sim_is_clear(n) && i < n->port_count; i++) {
        m->bare[medium] = false;
        sim_spread(s, m, node, i, medium);
    }
}

static inline struct sim_media *sim_media(const struct sim *s)
{
    struct sim_media *m = mem_new(struct sim_media);

    memset(m->of, 0xff, sizeof m->of);
    for (int n = 0; n < s->count; n++)
        for (int p = 0; p < s->nodes[n].port_count; p++)
            if (m->of[n][p] == SIM_NONE) {
                m->bare[m->count] = true;
                sim_spread(s, m, n, p, m->count++);
            }
    return m;
}

static inline bool sim_touches(const struct sim *s, const struct sim_media *m,
                               const struct topology *t,
                               const struct topo_link *l, int medium)
{
    bool first = t->nodes.at[l->a].origin == NODE_DEVICE;
    int node = sim_node(s, t->nodes.at[first ? l->a : l->b].name);

    for (int p = 0; p < s->nodes[node].port_count; p++)
        if (m->of[node][p] == medium &&
            sim_port_agrees(&s->nodes[node], p, first ? l->a_port : l->b_port,
                            false))
            return true;
    return false;
}

/* Confirmed members of one segment that are not on the medium on which most of
 * them are; all of them, where that is a cable with nothing between. */
static inline int sim_strangers_of(const struct sim *s,
                                   const struct sim_media *m,
                                   const struct topology *t, uint32_t segment)
{
    int members = 0, best = 0;

    for (int medium = 0; medium < m->count; medium++) {
        int here = 0;

        members = 0;
        for (size_t i = 0; i < t->links.count; i++) {
            const struct topo_link *l = &t->links.at[i];
            uint32_t other = l->a == segment ? l->b : l->a;

            if (l->kind != LINK_SEGMENT || l->state == LINK_CANDIDATE ||
                (l->a != segment && l->b != segment) ||
                t->nodes.at[other].origin != NODE_DEVICE)
                continue;
            members++;
            here += !m->bare[medium] && sim_touches(s, m, t, l, medium);
        }
        if (members == 0)
            return 0;
        if (here > best)
            best = here;
    }
    return members - best;
}

static inline int sim_count_false_members(const struct sim *s,
                                          const struct topology *t)
{
    struct sim_media *m = sim_media(s);
    int wrong = 0;

    for (uint32_t n = 0; n < t->nodes.count; n++) {
        int here = t->nodes.at[n].origin == NODE_SEGMENT
                       ? sim_strangers_of(s, m, t, n)
                       : 0;

        if (here > 0)
            printf("false: %d members of %s\n", here, t->nodes.at[n].name);
        wrong += here;
    }
    free(m);
    return wrong;
}

static inline bool sim_hears(const struct sim_node *x, const struct sim_node *y)
{
    if (x->facts == NULL)
        return false;
    return (y->lldp &&
            ((x->lldp && sim_serves_lldp(x)) || x->kind == SIM_NMS)) ||
           (y->cdp && (x->kind == SIM_NMS || (x->cdp && x->cdpmib)));
}

/* True if somebody's tables show the cable. */
static inline bool sim_is_visible(const struct sim *s, int node, int port,
                                  bool by_fdb)
{
    const struct sim_node *x = &s->nodes[node];
    const struct sim_port *p = &x->ports[port];
    const struct sim_node *y;

    if (p->peer_node == SIM_NONE)
        return false;
    y = &s->nodes[p->peer_node];
    if (x->device == SIM_NONE || y->device == SIM_NONE)
        return false;
    if (sim_hears(x, y) || sim_hears(y, x))
        return true;
    return by_fdb && (p->spare || sim_passes(s, node, port)) &&
           ((x->facts != NULL && x->fdb) || (y->facts != NULL && y->fdb));
}

/* Visible cables that are no link with both ports; printed. */
static inline int sim_count_missing(const struct sim *s,
                                    const struct topology *t, bool by_fdb)
{
    int missing = 0;

    for (int n = 0; n < s->count; n++)
        for (int p = 0; p < s->nodes[n].port_count; p++) {
            const struct sim_port *port = &s->nodes[n].ports[p];
            bool there = !sim_is_visible(s, n, p, by_fdb);
            for (size_t i = 0; i < t->links.count && !there; i++)
                there = sim_is_claim(t, &t->links.at[i]) &&
                        (sim_cable_is(s, t, &t->links.at[i], n, p, true) ||
                         sim_cable_is(s, t, &t->links.at[i], port->peer_node,
                                      port->peer_port, true));
            if (there || n > port->peer_node)
                continue;
            missing++;
            printf("missing: %s:%s - %s:%s\n", s->nodes[n].name,
                   s->nodes[n].ports[p].name, s->nodes[port->peer_node].name,
                   s->nodes[port->peer_node].ports[port->peer_port].name);
        }
    return missing;
}

/* Prints all links, for whoever reads a failure. */
static inline void sim_show(const struct topology *t)
{
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        struct buffer OWNED_BUFFER e = {0};
        link_evidence_text(l->evidence, &e);
        printf("%s:%s - %s:%s l%u %s %s %u %s\n", t->nodes.at[l->a].name,
               l->a_port, t->nodes.at[l->b].name, l->b_port, l->layer,
               link_kind_name(l->kind), e.at, l->confidence,
               link_state_name(l->state));
    }
    for (size_t i = 0; i < t->conflicts.count; i++)
        printf("! %s\n", t->conflicts.at[i].text);
}

#endif
