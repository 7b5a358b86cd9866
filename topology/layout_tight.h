/* layout_tight.h - draws what hangs on a node towards it, as near as it can
 * stand: circles around subtrees (layout_balloon.h) leave much room between
 * plates. For layout_part.c. */
#ifndef TOPOLOGY_LAYOUT_TIGHT_H
#define TOPOLOGY_LAYOUT_TIGHT_H

#include "topology/layout_balloon.h"

/* Nodes of the map that have their places, and the tree that they are part of.
 */
struct layout_loose {
    const struct layout_graph *g;
    const struct layout_tree *tree;
    const uint32_t *members; /* nodes of the map */
    size_t count;
    const uint32_t *owner; /* of each member: its node of the tree */
};

/* Moves subtrees as they are, all of one node by the same share of their
 * distance. Nothing comes to overlap, and no line between a node and its parent
 * to run through another. centres are the places of the tree's nodes, at those
 * of the map's. */
void layout_tighten(const struct layout_loose *l, struct layout_point *centres,
                    struct layout_point *at);

#endif
