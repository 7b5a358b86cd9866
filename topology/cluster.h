/* cluster.h - a large graph cut into parts that people see as one thing: the
 * trees below a core, the pods of a fat tree, the arcs of a ring, what has no
 * link. Pure: numbers in, numbers out; the same graph gives the same parts.
 */
#ifndef TOPOLOGY_CLUSTER_H
#define TOPOLOGY_CLUSTER_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nodes 0..count-1, in an order that does not depend on the document's. The
 * neighbors of n are to[start[n]] .. to[start[n + 1] - 1], each once. */
struct cluster_graph {
    size_t count;
    const uint32_t *start, *to;
    const uint8_t *kind;   /* what does the same job is equal here */
    const uint64_t *alike; /* what is called alike too; of those without
                              a neighbor, what belongs together */
};

enum {
    CLUSTER_ALONE = -1,     /* in no part */
    CLUSTER_PART_MIN = 4,   /* nodes that make a part */
    CLUSTER_PART_MAX = 400, /* larger ones are avoided */
    CLUSTER_SHOWN_MAX = 150 /* parts, and nodes in none, that are aimed at */
};

/* Sets part[n] of each node to 0.. or CLUSTER_ALONE; gives how many parts. A
 * part hangs together, or its nodes all neighbor the same, or none; or it is of
 * many small islands. */
size_t cluster_cut(const struct cluster_graph *g, int32_t *part);

#endif
