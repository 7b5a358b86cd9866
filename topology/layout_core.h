/* layout_core.h - the inner nodes of a part: which of them are its core, and
 * how far the others are from it. For layout_part.c. */
#ifndef TOPOLOGY_LAYOUT_CORE_H
#define TOPOLOGY_LAYOUT_CORE_H

#include "topology/layout_graph.h"
#include "topology/layout_leaves.h"

struct layout_bunches ARRAY_OF(struct layout_bunch);

/* One part: its inner nodes, and the leaves that hang on them. */
struct layout_inner {
    const struct layout_graph *g;
    const uint32_t *members;
    size_t count;
    uint32_t *inner; /* nodes that are not leaves, by name */
    size_t inner_count;
    uint32_t *index;  /* of a node among inner; UINT32_MAX for leaves */
    uint32_t *leaves; /* grouped by parent; bunches view it */
    struct layout_bunches bunches;
    uint32_t *bunch_of; /* of an inner node: its bunch, UINT32_MAX = none */
    int *level;         /* of inner nodes */
    uint32_t *queue;    /* inner nodes by level, as found from the core */
    uint32_t *roots;    /* the core, among inner nodes */
    size_t root_count;
    size_t tie_count; /* between inner nodes */
    bool meshed;      /* far more ties than a tree has */
    struct layout_point *at;
};

/* Routers, firewalls, the internet: they stand above the core. */
bool layout_leads_outside(const struct layout_graph *g, uint32_t n);

/* Ties of inner node i to other inner nodes; of all of them. */
size_t layout_inner_degree(const struct layout_inner *p, size_t i);
size_t layout_tie_count(const struct layout_inner *p);

/* Sets the core, and the levels of all as distance from it; queue holds them in
 * that order. */
void layout_find_core(struct layout_inner *p);

/* True if the part falls into levels, and then they are set, 0 the top. */
bool layout_find_levels(struct layout_inner *p);

/* The one ring of a part, if that is all that makes it no tree: the core is
 * then its nodes in their order, and levels and queue are set. */
bool layout_find_ring(struct layout_inner *p);

#endif
