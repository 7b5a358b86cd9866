/* series_converter.h - lays a file out anew, in a thread of its own: one at a
 * time. A file that cannot be read whole, or is none of RRDtool's, stays as it
 * is. */
#ifndef STATION_SERIES_CONVERTER_H
#define STATION_SERIES_CONVERTER_H

#include "base/own.h"
#include "graphs/layout.h"

struct event_base;
struct converter;

/* result: 0 or -errno; -EBADMSG it is not as RRDtool makes them here. From the
 * loop. */
typedef void (*converter_fn)(void *arg, int result);

/* root is the directory of the files, which is copied. */
struct converter *converter_new(struct event_base *base, const char *root,
                                converter_fn done, void *arg);
/* Waits for the file at hand; without a callback. */
void converter_free(struct converter *c);
OWNED_BY(struct converter, converter_free)

/* Begins with a file below root; none is under way, and nobody else writes to
 * it. It is the old or the new one at any moment. */
void converter_start(struct converter *c, const char *path,
                     const struct layout *l, enum series_group group);

#endif
