/* series_maker.h - makes files that are missing, one after the other, on a
 * connection of its own, so that no sample of another file waits for it. */
#ifndef STATION_SERIES_MAKER_H
#define STATION_SERIES_MAKER_H

#include "station/series_sink.h"

struct maker;

struct maker_events {
    /* The file is there, or could not be made: then why says so in words. */
    void (*on_made)(void *arg, const char *path, const char *why);
    void (*on_idle)(void *arg); /* nothing is left to make, or it is away */
    void *arg;
};

struct maker *maker_new(struct event_base *base,
                        const struct cached_address *address,
                        const struct layout *layout,
                        const struct maker_events *events);
void maker_free(struct maker *m); /* without a callback */
OWNED_BY(struct maker, maker_free)

/* Files are made so from now on. */
void maker_lay_out(struct maker *m, const struct layout *layout);

/* Makes a file whose first sample is of first_ms; first: before all others,
 * also where it was asked for. What is asked for twice is made once; beyond a
 * bound it is left out. */
void maker_make(struct maker *m, const char *path, enum series_group group,
                int64_t first_ms, bool first);

bool maker_has(const struct maker *m, struct bytes path); /* to make */
bool maker_is_busy(const struct maker *m);  /* something is to be made */
uint64_t maker_made(const struct maker *m); /* files, since the start */

#endif
