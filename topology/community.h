/* community.h - parts of a graph that have many links within and few between:
 * the greedy search of Blondel and others (Fast unfolding of communities in
 * large networks, 2008), in a fixed order, so that the same graph gives the
 * same parts.
 */
#ifndef TOPOLOGY_COMMUNITY_H
#define TOPOLOGY_COMMUNITY_H

#include <stddef.h>
#include <stdint.h>

/* Sets of[n] of each of count nodes to 0.. and gives how many communities. The
 * neighbors of n are to[start[n]] .. to[start[n + 1] - 1]; each link is told
 * from both ends. */
size_t communities_find(size_t count, const uint32_t *start, const uint32_t *to,
                        uint32_t *of);

#endif
