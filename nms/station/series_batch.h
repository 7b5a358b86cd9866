/* series_batch.h - some samples of a load that rrdcached is sent at once, a
 * line for each file. */
#ifndef STATION_SERIES_BATCH_H
#define STATION_SERIES_BATCH_H

#include "station/series_load.h"

/* A file takes rrdcached a tenth of a millisecond. */
enum { BATCH_FILES = 64, BATCH_OCTETS = 128 << 10 };

struct batch {
    struct items ARRAY_OF(struct sink_item) items;
    struct places_of ARRAY_OF(size_t) parcels; /* of which the items are */
    size_t behind; /* the parcel behind those that are in it */
    bool again;    /* their files were missing before */
};

/* Fills it with what is next of a load, which goes on behind what is not wanted
 * any more; what has to stay does (load_stay()). What waited for its files
 * comes first; a file comes once. False: nothing is left. */
bool batch_fill(struct batch *b, struct load *l,
                const struct porter_hooks *hooks);

void batch_fini(struct batch *b);

#endif
