/* series_maker.h - makes files that are missing, some at a time, so that no
 * sample of another file waits for it: those of a private rrdcached by a thread
 * (series_blanks.h), for rrdcached takes five times as long; another one is
 * told to, on a connection of its own. */
#ifndef STATION_SERIES_MAKER_H
#define STATION_SERIES_MAKER_H

#include "base/mem.h"
#include "station/series_sink.h"

struct maker;

/* A file that is missing, of which the first sample is of first_ms. */
struct maker_order {
    char *path;
    enum series_group group;
    int64_t first_ms;
};
struct maker_orders ARRAY_OF(struct maker_order);

void maker_order(struct maker_orders *orders, struct bytes path,
                 enum series_group group, int64_t first_ms);

struct maker_options {
    const char *root; /* where files lie, "DIR/"; NULL: rrdcached makes them */
    const struct cached_address *address;
    const struct layout *layout;
};

struct maker *maker_new(struct event_base *base,
                        const struct maker_options *options);

/* Callbacks that are owed come. */
void maker_free(struct maker *m);
OWNED_BY(struct maker, maker_free)

/* Files are made so from now on. */
void maker_lay_out(struct maker *m, const struct layout *layout);

/* So many may be made now (series_allowance.h); files: that there will be. */
uint64_t maker_allows(struct maker *m, uint64_t files);

/* Makes files, which are taken, behind those that were asked for before. Then
 * the callback comes, once, never from within: why says in words why the last
 * of those could not be made that are not there, "" if all are. */
typedef void (*maker_fn)(void *arg, const char *why);
void maker_make(struct maker *m, struct maker_orders *orders, maker_fn done,
                void *arg);

uint64_t maker_made(const struct maker *m); /* files, since the start */

#endif
