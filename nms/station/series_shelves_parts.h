/* series_shelves_parts.h - what the files of series_shelves.h share. */
#ifndef STATION_SERIES_SHELVES_PARTS_H
#define STATION_SERIES_SHELVES_PARTS_H

#include "base/clock.h"
#include "station/series_shelves.h"
#include "station/series_volume.h"
#include "station/worker.h"

struct volume {
    uint64_t number, octets, samples;
    bool left; /* by an earlier run; its samples are not yet counted */
    bool retired;
    struct mono due; /* it is retired: to be removed then */
};

struct shelf {
    struct ledger filling;
    struct buffer unwritten; /* blocks that go to the disk next */
    uint64_t unwritten_samples, unwritten_again; /* all; written before */
    bool open; /* the last volume is added to */
    struct volumes ARRAY_OF(struct volume) volumes; /* oldest first */
};

struct shelves {
    char *dir;
    struct worker *worker;
    struct event *tick;
    struct shelf shelf[SHELVES];
    uint64_t last_number, octets, max, memory;
    uint64_t batch, durable, written, dropped, waiting;
    size_t in_flight; /* jobs that write */
    bool left;        /* by an earlier run: something, not yet counted */
    bool stuck;       /* something could not be written */
    bool losing;      /* said once */
    bool unread;      /* something that waits could not be read: said once */
    char error[160];
};

/* The volume of this number; NULL: it is gone. */
struct volume *shelf_find(struct shelf *shelf, uint64_t number);

/* Sends what is in memory of some shelves to the disk: from, and until
 * behind. */
void shelves_write(struct shelves *s, unsigned from, unsigned behind);

/* Removes what is due. */
void shelves_sweep(struct shelves *s, struct mono now);

#endif
