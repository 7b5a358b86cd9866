/* series_heir.h - gives the files of a device that turned out to be another one
 * to that one, where it has none of that name: history goes on in them. The
 * others stay where they are until nothing is left to read in them. Files of
 * one that is to be forgotten go to nobody: they are removed. */
#ifndef STATION_SERIES_HEIR_H
#define STATION_SERIES_HEIR_H

#include "station/series_sink.h"

struct heir;

/* root: of the files, "DATA/rrd/", copied. */
struct heir *heir_new(struct event_base *base, const char *root,
                      const struct cached_address *address);
void heir_free(struct heir *h); /* what is not done is left */
OWNED_BY(struct heir, heir_free)

/* Folders below root. Nothing is added to files of from any more. to NULL: they
 * are removed, also while rrdcached is away. */
void heir_give(struct heir *h, const char *from, const char *to);

#endif
