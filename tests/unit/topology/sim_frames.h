/* sim_frames.h - where frames go in a simulated network (sim.h): spanning tree
 * and flooding. */
#ifndef TESTS_TOPOLOGY_SIM_FRAMES_H
#define TESTS_TOPOLOGY_SIM_FRAMES_H

#include "sim_model.h"

/* ---- spanning tree ---- */

static inline void sim_span_from(struct sim *s, int root)
{
    static int queue[SIM_NODES];
    int head = 0, tail = 0;

    s->nodes[root].reached = true;
    s->nodes[root].depth = 0;
    s->nodes[root].parent_port = SIM_NONE;
    queue[tail++] = root;
    while (head < tail) {
        int at = queue[head++];
        struct sim_node *n = &s->nodes[at];
        for (int p = 0; p < n->port_count; p++) {
            int to = n->ports[p].peer_node;
            if (to == SIM_NONE || !sim_bridges(&s->nodes[to]) ||
                s->nodes[to].reached)
                continue;
            s->nodes[to].reached = true;
            s->nodes[to].depth = n->depth + 1;
            s->nodes[to].parent_port = n->ports[p].peer_port;
            queue[tail++] = to;
        }
    }
}

/* Cables between bridges that are not of the tree are blocked at the end that
 * is farther from the root. */
static inline void sim_span(struct sim *s)
{
    for (int i = 0; i < s->count; i++)
        if (sim_bridges(&s->nodes[i]) && !s->nodes[i].reached)
            sim_span_from(s, i);
    for (int i = 0; i < s->count; i++) {
        struct sim_node *n = &s->nodes[i];
        for (int p = 0; p < n->port_count && sim_bridges(n); p++) {
            int to = n->ports[p].peer_node, tp = n->ports[p].peer_port;
            if (to == SIM_NONE || !sim_bridges(&s->nodes[to]) ||
                n->ports[p].spare || n->parent_port == p ||
                s->nodes[to].parent_port == tp)
                continue;
            if (n->depth > s->nodes[to].depth ||
                (n->depth == s->nodes[to].depth && i > to))
                n->ports[p].blocked = true;
        }
    }
}

static inline bool sim_passes(const struct sim *s, int node, int port)
{
    const struct sim_port *p = &s->nodes[node].ports[port];

    return p->peer_node != SIM_NONE && !p->blocked && !p->spare &&
           !s->nodes[p->peer_node].ports[p->peer_port].blocked;
}

/* ---- frames ---- */

/* What a frame does where it arrives: the node, and the port it came in by. */
typedef void (*sim_arrive_fn)(struct sim *s, int node, int port, void *arg);

struct sim_frame {
    sim_arrive_fn arrive;
    void *arg;
    bool (*stops)(const struct sim_node *n);
};

static inline void sim_travel(struct sim *s, int node, int port,
                              const struct sim_frame *f)
{
    /* The frame leaves node by port. */
    const struct sim_port *p = &s->nodes[node].ports[port];
    int to = p->peer_node, tp = p->peer_port;

    if (!sim_passes(s, node, port))
        return;
    f->arrive(s, to, tp, f->arg);
    if (!sim_bridges(&s->nodes[to]) || f->stops(&s->nodes[to]))
        return;
    for (int q = 0; q < s->nodes[to].port_count; q++)
        if (q != tp)
            sim_travel(s, to, q, f);
}

static inline bool sim_stops_never(const struct sim_node *n)
{
    (void)n;
    return false;
}

static inline bool sim_stops_cdp(const struct sim_node *n)
{
    return n->kind == SIM_SWITCH && n->cdp;
}

static inline bool sim_stops_lldp(const struct sim_node *n)
{
    return !n->pass_lldp;
}

#endif
