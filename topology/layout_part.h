/* layout_part.h - the layout of one connected part of a map; for layout.c. */
#ifndef TOPOLOGY_LAYOUT_PART_H
#define TOPOLOGY_LAYOUT_PART_H

#include "topology/layout.h"
#include "topology/layout_graph.h"

/* Sets the places of members, around (0, 0). */
int layout_part(const struct layout_graph *g, const uint32_t *members,
                size_t count, layout_engine_fn engine, void *arg,
                struct layout_point *at, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
