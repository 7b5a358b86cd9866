/* layout_new.h - new nodes among known ones, which stay: each finds a place
 * beside what it has links to; those that hang together are laid out together
 * first. For layout.c. */
#ifndef TOPOLOGY_LAYOUT_NEW_H
#define TOPOLOGY_LAYOUT_NEW_H

#include "topology/layout.h"
#include "topology/layout_graph.h"

struct layout {
    struct map *map;
    struct layout_graph graph;
    struct layout_point *at; /* where nodes go, as the map's nodes */
    bool *placed;
};

enum { LAYOUT_PART_GAP = 60 }; /* points between parts */

/* Gives what is shown and not placed a place. Fails only with the engine. */
int layout_place_new(struct layout *l, layout_engine_fn engine, void *arg,
                     struct complaint *why) __attribute__((warn_unused_result));

/* What has no link, in a grid whose top left is (left, top). */
void layout_place_single(struct layout *l, double left, double top,
                         double width);

/* The middle of what a collapsed cloud stands for. False for other nodes, and
 * if its members were never placed. */
bool layout_members_middle(const struct layout *l, uint32_t cloud,
                           struct layout_point *out);

#endif
