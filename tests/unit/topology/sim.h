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
