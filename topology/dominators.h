/* dominators.h - through which devices the station reaches another one.
 *
 * What every way from the root to a node passes dominates it: without it the
 * node is out of reach. The ways are those of the cables; where they have a
 * gap, what is doubtful, then what is down, and last the network layer fill it,
 * and lead only to what is not reached otherwise. A blocked cable is a way: the
 * spanning tree opens it when another fails. End devices pass nothing on.
 * Pure, deterministic. Lengauer and Tarjan, ACM TOPLAS 1 (1979), in the form
 * that takes O(E log V).
 */
#ifndef TOPOLOGY_DOMINATORS_H
#define TOPOLOGY_DOMINATORS_H

#include "topology/topology.h"

/* No node: not reached, or the root itself. */
#define ABOVE_NONE UINT32_MAX

/* By node of t: the last that all ways from root to it pass; free() it. The
 * others follow: above[above[n]] and so on up to root. */
uint32_t *topology_dominators(const struct topology *t, uint32_t root)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
