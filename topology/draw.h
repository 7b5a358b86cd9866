/* draw.h - a laid-out map as a picture: a DOT document in which every plate,
 * name, badge, line, load and port name has its place, for Graphviz to draw as
 * it stands (neato -n2). The visual language is that of the page.
 *
 * Pure. All text of devices is escaped. Names, loads and ports are placed where
 * they cover nothing; a port or load that finds no room is left out, its link
 * keeps its tooltip. In a raster that is too coarse for them names and badges
 * are larger, and names that find no room are left out, those of end devices
 * first.
 */
#ifndef TOPOLOGY_DRAW_H
#define TOPOLOGY_DRAW_H

#include "topology/map.h"

enum {
    DRAW_PORTS_MAX = 150, /* nodes of a map that shows port names unasked */
    DRAW_BARE_BADGES_MAX = 400 /* in a picture without icons */
};

struct draw_options {
    const char *title; /* NULL: the map's own, else its name */
    const char *icons; /* folder with kind/ and state/; NULL: no icons */
    double dpi;        /* of a raster; 0 = 72: a point is a unit */
    bool ports;        /* port names however large the map is */
    bool legend;
    bool bare; /* plates without icons, where they would be specks */
};

/* How much a picture takes, in points. */
struct draw_size {
    double width, height;
};

/* Appends the picture. m must be laid out; nodes that are hidden are left out.
 */
struct draw_size draw_map(const struct map *m,
                          const struct draw_options *options,
                          struct buffer *out);

/* Dots per inch at which a raster of m is sharp and not too large. */
double draw_raster_dpi(const struct map *m);

#endif
