/* layout_graph.h - a map as a simple graph, for layout alone: which nodes are
 * shown, who neighbors whom, which parts hang together. Nodes are numbered as
 * in the map; order is by name, so that the order of a document does not
 * matter. */
#ifndef TOPOLOGY_LAYOUT_GRAPH_H
#define TOPOLOGY_LAYOUT_GRAPH_H

#include "topology/draw_node.h"

struct layout_graph {
    const struct map *map;
    size_t count;            /* nodes of the map */
    struct draw_node *nodes; /* measures */
    bool *shown;
    uint32_t *order; /* shown nodes by name */
    size_t shown_count;
    uint32_t *start, *to; /* neighbors of n: to[start[n]] .. to[start[n+1]-1],
                             each once, by order */
    uint32_t *blocked;    /* links of each node that a spanning tree blocks and
                             that are no ties on its map */
    uint32_t *part;       /* of each node; UINT32_MAX if hidden */
    size_t parts;
};

void layout_graph_init(struct layout_graph *g, const struct map *m);
void layout_graph_fini(struct layout_graph *g);

/* The part of a graph that is in, as one of its own: nodes keep their numbers.
 */
void layout_graph_cut(const struct layout_graph *g, const bool *in,
                      struct layout_graph *out);

static inline size_t layout_degree(const struct layout_graph *g, uint32_t n)
{
    return g->start[n + 1] - g->start[n];
}

/* A place for each node of the map. */
struct layout_point {
    double x, y;
};

/* The box that nodes take at their places. */
struct draw_box layout_bounds(const struct layout_graph *g,
                              const struct layout_point *at,
                              const uint32_t *members, size_t count);

#endif
