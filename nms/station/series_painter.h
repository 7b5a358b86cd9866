/* series_painter.h - draws series by rrdtool: few at a time, the others in a
 * queue that is bounded. What files lack is found out and left out. */
#ifndef STATION_SERIES_PAINTER_H
#define STATION_SERIES_PAINTER_H

#include "station/series.h"

struct painter;

/* root and daemon as picture_arguments() takes them; cache_dir is where fonts
 * may be cached. Copied. */
struct painter *painter_new(struct event_base *base, const char *root,
                            const char *daemon, const char *cache_dir);
/* Callbacks that are owed come with -ECANCELED. */
void painter_free(struct painter *p);
OWNED_BY(struct painter, painter_free)

/* As series_picture(). */
void painter_draw(struct painter *p, const struct picture *picture,
                  series_picture_fn done, void *arg);
void painter_forget(struct painter *p, const void *arg);

#endif
