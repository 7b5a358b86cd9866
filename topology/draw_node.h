/* draw_node.h - how much room a node takes: its plate, and the texts under it.
 * Layout and drawing agree here. */
#ifndef TOPOLOGY_DRAW_NODE_H
#define TOPOLOGY_DRAW_NODE_H

#include "topology/map_doc.h"

enum {
    DRAW_LABEL_COLUMNS = 26, /* longer names are cut in the middle */
    DRAW_WORDS_COLUMNS = 34
};

/* A rectangle; y up. */
struct draw_box {
    double x0, y0, x1, y1;
};

static inline struct draw_box draw_box_at(double x, double y, double width,
                                          double height)
{
    return (struct draw_box){x - width / 2, y - height / 2, x + width / 2,
                             y + height / 2};
}

static inline struct draw_box draw_box_join(struct draw_box a,
                                            struct draw_box b)
{
    return (struct draw_box){fmin(a.x0, b.x0), fmin(a.y0, b.y0),
                             fmax(a.x1, b.x1), fmax(a.y1, b.y1)};
}

/* Columns of a fixed-width screen; wide characters (Han, Kana, Hangul) take
 * two, combining ones none. */
size_t draw_columns(const char *text);

/* Appends text, with its middle replaced by "…" where it is wider than columns.
 */
void draw_cut(const char *text, size_t columns, struct buffer *out);

/* Points that text takes in DRAW_FONT at a size, rather too much than too
 * little. */
double draw_text_width(const char *text, double size);

/* A node as it is drawn. */
struct draw_node {
    double width, height;    /* of the plate; a subnet's is a pill of text */
    double font, words_font; /* sizes */
    double label_width;      /* of the name under the plate; 0 = inside */
    struct draw_box room;    /* plate and texts, relative to its centre */
};
struct draw_node draw_node_measure(const struct map_node *n);

#endif
