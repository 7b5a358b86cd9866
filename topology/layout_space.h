/* layout_space.h - what is where on a map: boxes and lines in a grid, so that a
 * free place is found without looking at everything. */
#ifndef TOPOLOGY_LAYOUT_SPACE_H
#define TOPOLOGY_LAYOUT_SPACE_H

#include "base/own.h"
#include "topology/draw_node.h"

struct space;

struct space *space_new(void);
void space_free(struct space *s);
OWNED_BY(struct space, space_free)

/* Forgets what is in it. */
void space_empty(struct space *s);

/* A box, or a straight line, of an owner (any number). Lines that are longer
 * than SPACE_LINE_MAX points are not kept: they cross everything anyway. */
enum { SPACE_LINE_MAX = 100000 };
void space_add_box(struct space *s, struct draw_box box, uint32_t owner);
void space_add_line(struct space *s, double x0, double y0, double x1, double y1,
                    uint32_t owner);

/* How many boxes and lines box touches; those of an owner (UINT32_MAX = none)
 * do not count. */
struct space_touch {
    unsigned boxes, lines;
};
struct space_touch space_touches(struct space *s, struct draw_box box,
                                 uint32_t except);

#endif
