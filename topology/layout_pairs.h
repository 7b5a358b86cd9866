/* layout_pairs.h - inner nodes that do one job together: the two distribution
 * switches of a site, the two routers before a firewall. Seen as one, many a
 * network with two of everything is a tree. For layout_part.c. */
#ifndef TOPOLOGY_LAYOUT_PAIRS_H
#define TOPOLOGY_LAYOUT_PAIRS_H

#include "topology/layout_core.h"

/* Sets mate[i] to the other one of the pair, UINT32_MAX if there is none. The
 * core has no pairs: it is the middle as it is. */
void layout_find_pairs(const struct layout_inner *p, uint32_t *mate);

/* The nodes of a core that are so few are the middle together. */
enum { LAYOUT_MIDDLE_MAX = 3 };

/* Ties that are left when each pair is one node, and such a core. */
size_t layout_pair_ties(const struct layout_inner *p, const uint32_t *mate);

/* The one that stands for a pair, or i itself. */
static inline uint32_t layout_pair_head(const uint32_t *mate, uint32_t i)
{
    return mate[i] != UINT32_MAX && mate[i] < i ? mate[i] : i;
}

#endif
