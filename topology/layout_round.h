/* layout_round.h - a part that is like a tree, laid out around its core: each
 * subtree as a balloon (layout_balloon.h), then all drawn together. For
 * layout_part.c. */
#ifndef TOPOLOGY_LAYOUT_ROUND_H
#define TOPOLOGY_LAYOUT_ROUND_H

#include "topology/layout_pairs.h"

/* Places all of a part whose core and levels are known. ring: the core is a
 * ring, in its order. */
void layout_round(const struct layout_inner *p, const uint32_t *mate,
                  bool ring);

/* Draws inner nodes that have their places together, with the rings of leaves
 * around them, into the shape of a screen. */
void layout_round_up(const struct layout_inner *p);

/* Leaves in rings around inner nodes that have their places: of bunches larger
 * than some. */
void layout_round_rings(const struct layout_inner *p, size_t larger_than);

#endif
