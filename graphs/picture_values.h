/* picture_values.h - arguments while they are written, and the values that both
 * questions of a picture begin with; for the files picture*.c alone. Pure. */
#ifndef GRAPHS_PICTURE_VALUES_H
#define GRAPHS_PICTURE_VALUES_H

#include "graphs/picture_plan.h"

struct theme;

/* What an argument is made of while all are written. */
struct canvas {
    const struct picture_plan *plan;
    const struct picture *p;
    const struct theme *theme;
    const char *root;
    struct picture_argv *argv;
};

/* Appends one argument. */
void canvas_add(struct canvas *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends the command and the time. */
void canvas_add_span(struct canvas *c, const char *daemon);

/* Appends trace n as v<n>, its values. */
void canvas_add_values(struct canvas *c, size_t n);

#endif
