/* series_fetcher.h - reads series from rrdcached, one after the other, on a
 * connection of its own, so that no reader delays a sample. */
#ifndef STATION_SERIES_FETCHER_H
#define STATION_SERIES_FETCHER_H

#include "station/series.h"
#include "station/series_sink.h"

struct fetcher;

struct fetcher *fetcher_new(struct event_base *base,
                            const struct cached_address *address);
/* Callbacks that are owed come with -ECANCELED. */
void fetcher_free(struct fetcher *f);
OWNED_BY(struct fetcher, fetcher_free)

/* As series_fetch(). */
void fetcher_ask(struct fetcher *f, const struct series_query *query,
                 series_rows_fn done, void *arg);
void fetcher_forget(struct fetcher *f, const void *arg);

#endif
