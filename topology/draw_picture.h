/* draw_picture.h - a picture while it is drawn; for the files draw*.c. */
#ifndef TOPOLOGY_DRAW_PICTURE_H
#define TOPOLOGY_DRAW_PICTURE_H

#include "topology/draw.h"
#include "topology/draw_node.h"
#include "topology/draw_tokens.h"
#include "topology/layout_space.h"

struct picture {
    const struct map *map;
    const struct draw_options *options;
    struct draw_node *nodes; /* measures, as the map's */
    struct space *space;     /* what is where already */
    struct draw_box bounds;  /* of everything drawn so far */
    size_t shown;            /* nodes */
    double scale;    /* of title and legend: they grow with the picture */
    double zoom;     /* of names and badges: >= 1, so that they can be read in a
                        raster that is coarse */
    unsigned badges; /* in a picture without icons */
    unsigned things; /* names of Graphviz nodes given so far */
    struct buffer *out;
};

/* A text at a place. */
struct draw_text {
    const char *text;
    double x, y, size;
    const char *colour;
    bool bold;
    const char *ground; /* colour of the patch under it; NULL = none */
};
void picture_text(struct picture *p, const struct draw_text *t);

/* An icon of the set ("kind/router"), size points wide. */
void picture_icon(struct picture *p, const char *icon, double x, double y,
                  double size);

/* Widens the picture's bounds. */
void picture_grow(struct picture *p, struct draw_box box);

/* draw_link.c: lines go in before names are placed, marks and ports after. */
struct draw_lines;
struct draw_lines *draw_lines_new(struct picture *p);
void draw_lines_free(struct draw_lines *lines);
void draw_lines_write(struct picture *p, const struct draw_lines *lines);
void draw_marks_write(struct picture *p, const struct draw_lines *lines);
void draw_ports_write(struct picture *p, const struct draw_lines *lines);

/* draw_cloud.c */
void draw_coasts_write(struct picture *p);

/* draw_plate.c */
void draw_plates_write(struct picture *p);
double draw_badge_size(const struct picture *p);

/* draw_name.c */
void draw_names_write(struct picture *p);

/* draw_legend.c */
void draw_legend_write(struct picture *p);
void draw_title_text(const struct picture *p, struct buffer *out);

#endif
