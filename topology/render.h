/* render.h - Graphviz at work: lays skeletons out and draws pictures. For
 * portolan-render alone, the process that may die of a map. */
#ifndef TOPOLOGY_RENDER_H
#define TOPOLOGY_RENDER_H

#include "topology/layout.h"

struct renderer;

/* NULL if Graphviz cannot be set up. One at a time in a process. */
struct renderer *renderer_new(void);
void renderer_free(struct renderer *r);
OWNED_BY(struct renderer, renderer_free)

/* A layout_engine_fn; arg is the renderer. */
int renderer_lay_out(void *arg, enum layout_engine engine,
                     struct layout_skeleton *s, struct complaint *why);

/* Draws a DOT document whose positions are final; appends the picture. format:
 * "svg", "png" or "pdf". */
int renderer_draw(struct renderer *r, const char *dot, const char *format,
                  struct buffer *out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Makes an SVG that Graphviz drew stand alone: icons become symbols within it
 * (read from the folder icons), names of Graphviz's own making are dropped. */
int render_svg_finish(struct bytes svg, const char *icons, struct buffer *out,
                      struct complaint *why)
    __attribute__((warn_unused_result));

#endif
