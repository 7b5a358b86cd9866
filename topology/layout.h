/* layout.h - where the nodes of a map go.
 *
 * What has a position keeps it. A map that is mostly new is laid out as a
 * whole: each connected part by its shape (layers from the core down for what
 * is like a tree, springs for meshes and rings; leaves tidily around what they
 * hang on), the parts side by side, what has no link in a grid beneath. A few
 * new nodes are placed into the free room next to their neighbors. The same
 * document gives the same positions.
 *
 * Pure but for the engine, which places the skeleton of one part: Graphviz in
 * portolan-render, anything in a test.
 */
#ifndef TOPOLOGY_LAYOUT_H
#define TOPOLOGY_LAYOUT_H

#include "topology/map.h"

enum layout_engine {
    LAYOUT_LAYERED,     /* levels are rows */
    LAYOUT_FORCE,       /* springs, up to some hundreds of bodies */
    LAYOUT_FORCE_LARGE, /* springs for thousands */
};

/* A box to be placed; x, y is its centre, y up. */
struct layout_body {
    double width, height;
    double x, y; /* out */
    int level;   /* LAYOUT_LAYERED: 0 is the top row */
};

/* A link between two bodies. Springs have a length; in layers a flat tie
 * (between bodies of one level) does not push them apart. */
struct layout_tie {
    uint32_t a, b;
    double length;
    bool flat;
    int weight; /* layers: how much it shall be short and straight, 1.. */
};

struct layout_skeleton {
    struct layout_bodies ARRAY_OF(struct layout_body) bodies;
    struct layout_ties ARRAY_OF(struct layout_tie) ties;
};

/* Sets x, y of each body so that no two overlap. 0 or -errno and *why. */
typedef int (*layout_engine_fn)(void *arg, enum layout_engine engine,
                                struct layout_skeleton *s,
                                struct complaint *why);

/* Gives each shown node a position. Fails only with the engine. */
int layout_map(struct map *m, layout_engine_fn engine, void *arg,
               struct complaint *why) __attribute__((warn_unused_result));

#endif
