/* series_reader.h - reads and draws what is current: what still waits of a
 * series is handed over and written first. */
#ifndef STATION_SERIES_READER_H
#define STATION_SERIES_READER_H

#include "station/series.h"
#include "station/series_porter.h"

struct reader;

/* The porter is freed first. root and cache_dir as painter_new() takes them.
 */
struct reader *reader_new(struct event_base *base, struct porter *porter,
                          const struct cached_address *address,
                          const char *root, const char *cache_dir);
/* Callbacks that are owed come with -ECANCELED. */
void reader_free(struct reader *r);
OWNED_BY(struct reader, reader_free)

/* As series_fetch(), series_picture() and series_forget(). */
void reader_fetch(struct reader *r, const struct series_query *query,
                  series_rows_fn done, void *arg);
void reader_draw(struct reader *r, const struct picture *picture,
                 series_picture_fn done, void *arg);
void reader_forget(struct reader *r, const void *arg);

#endif
