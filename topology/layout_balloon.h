/* layout_balloon.h - places a tree as balloons: each subtree in a circle of its
 * own around what it hangs on, turned outwards. No two overlap; what belongs
 * together stands together. */
#ifndef TOPOLOGY_LAYOUT_BALLOON_H
#define TOPOLOGY_LAYOUT_BALLOON_H

#include "topology/layout_graph.h"

/* A forest whose roots are joined: nodes 0..count-1. */
struct layout_tree {
    size_t count;
    const uint32_t *parent; /* UINT32_MAX for roots */
    const uint32_t *order;  /* all nodes, parents before their children */
    const double *radius;   /* that each node takes itself */
    size_t roots;           /* the first of order */
    bool ring;              /* the roots stand on a circle, in their order, each
                               with its own; else they are the middle together */
    double gap;             /* between a node and its children, in points */
};

void layout_balloon(const struct layout_tree *t, struct layout_point *at);

#endif
