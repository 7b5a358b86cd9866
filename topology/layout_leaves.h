/* layout_leaves.h - the leaves of a part (nodes with one neighbor), kept
 * together around or below what they hang on; for layout_part.c. */
#ifndef TOPOLOGY_LAYOUT_LEAVES_H
#define TOPOLOGY_LAYOUT_LEAVES_H

#include "topology/layout_graph.h"

/* The leaves of one parent. */
struct layout_bunch {
    uint32_t parent;
    const uint32_t *leaves; /* by name */
    size_t count;
    double width, height; /* of one leaf's cell, the largest of all */
};

/* Rows below the parent, at most columns wide: one; or two, the lower fanned
 * out behind the gaps of the upper; or a grid, odd rows set off by half. */
struct layout_rows {
    size_t columns, rows;
    double width, height;
};
struct layout_rows layout_rows_measure(const struct layout_bunch *b,
                                       size_t columns);
/* Places the leaves; (x, y) is the middle of the rows' box. */
void layout_rows_place(const struct layout_graph *g,
                       const struct layout_bunch *b, struct layout_rows rows,
                       double x, double y, struct layout_point *at);

/* Rings around the parent, with gaps for ties to others. The radius they take,
 * texts included. */
double layout_rings_measure(const struct layout_graph *g,
                            const struct layout_bunch *b, size_t ties);
/* Places the leaves around at[parent]; ties are the parent's other neighbors,
 * which are placed already. */
void layout_rings_place(const struct layout_graph *g,
                        const struct layout_bunch *b, const uint32_t *ties,
                        size_t tie_count, struct layout_point *at);

#endif
