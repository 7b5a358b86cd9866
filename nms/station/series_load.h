/* series_load.h - samples on their way to rrdcached: those of a shelf whose
 * turn it is, or what somebody asks for. */
#ifndef STATION_SERIES_LOAD_H
#define STATION_SERIES_LOAD_H

#include "station/series_porter.h"

struct load {
    struct load *next;
    struct porter *c;
    char *name; /* what is asked for; NULL: it is a turn */
    porter_fn done;
    void *arg;
    unsigned shelf;
    uint64_t upto;
    bool again; /* some of it may have been handed over before */
    bool read;
    bool sent;   /* some of it */
    bool making; /* files of it */
    bool ended;  /* meanwhile: it goes when they are made */
    struct gathered found;
    size_t at; /* the parcel that is next */
    struct parcels_of
        ARRAY_OF(size_t) missing; /* parcels before it, whose files
                                     were missing and are made */
    struct table *stays; /* paths whose samples could not be handed over */
};

/* Of what was told; while files of it are made, when they are. */
void load_free(struct load *l);

/* Lists of loads, the oldest first. */
void loads_add(struct load **list, struct load *l);
void loads_remove(struct load **list, const struct load *l);

/* A path's samples could not be handed over: nor are its later ones. */
void load_stay(struct load *l, struct bytes path);
bool load_stays(const struct load *l, struct bytes path);

#endif
