/* series_shelves.h - samples that wait on disk until it is worth writing their
 * files: on shelves, a device's always on the same one, each a row of volumes
 * (DATA/spool/SHELF-NUMBER.ledger, graphs/ledger.h) that are only ever added
 * to. All that touches the disk is done by a thread.
 *
 * What was added is on disk within a second, and stays until its volume is told
 * to be done with, over restarts and kills. Nothing is kept in memory of what
 * waits, so a start reads nothing but what it counts, in the background. */
#ifndef STATION_SERIES_SHELVES_H
#define STATION_SERIES_SHELVES_H

#include "base/own.h"
#include "graphs/gather.h"

struct event_base;
struct shelves;

enum { SHELVES = 128 };

/* Opens dir, which is made if missing, for at most max octets. 0 or -errno. */
int shelves_open(struct event_base *base, const char *dir, uint64_t max,
                 struct shelves **out) __attribute__((warn_unused_result));

/* Writes what is in memory. Readings that were asked for are told as empty, and
 * -ECANCELED. */
void shelves_free(struct shelves *s);
OWNED_BY(struct shelves, shelves_free)

/* A sample; false if there is no room for it: it is lost, and counted. */
void shelves_add(struct shelves *s, const char *path, enum series_group group,
                 int64_t at_ms, const double *values, size_t count);

/* The shelf of a path, or of a folder named with the slash at its end. */
unsigned shelves_of(const char *path);

/* Nothing is on it. */
bool shelves_is_empty(const struct shelves *s, unsigned shelf);

/* What it has reaches up to this volume: 0, nothing. What is added from now on
 * goes into another one. */
uint64_t shelves_close(struct shelves *s, unsigned shelf);

/* Nothing of it could be handed over: its last volume is added to again. */
void shelves_reopen(struct shelves *s, unsigned shelf);

/* Reads what is wanted of a shelf's volumes up to and with upto; wanted.paths
 * is taken. The callback comes from the loop, once, and takes what was
 * gathered. result: 0 it is all; -EFBIG it is what can be gathered at once;
 * else -errno, and something that is there is missing: it must not be retired.
 */
typedef void (*shelves_fn)(void *arg, int result, struct gathered *found);
void shelves_read(struct shelves *s, unsigned shelf, uint64_t upto,
                  struct table *paths, const char *folder, shelves_fn done,
                  void *arg);

/* The volumes up to upto are done with, but for these paths, which are taken
 * and stay (NULL: none). They are removed keep_ms later, when the disk has what
 * was made of them. done comes from the loop when what stays waits again: until
 * then the shelf must not be read as a whole. */
typedef void (*shelves_done_fn)(void *arg);
struct shelves_end {
    unsigned shelf;
    uint64_t upto;
    struct table *paths;
    int64_t keep_ms;
    shelves_done_fn done;
    void *arg;
};
void shelves_retire(struct shelves *s, const struct shelves_end *end);

/* What was retired and is not yet removed waits again. */
void shelves_take_back(struct shelves *s);

/* Batches: samples are written together each half second. */
struct shelves_stats {
    uint64_t filling, durable;          /* numbers of batches: as of series.h */
    uint64_t written, dropped, waiting; /* samples */
    uint64_t octets, max;               /* on disk, and in memory */
    const char *error;                  /* the last one, "" if none */
};
void shelves_stats(const struct shelves *s, struct shelves_stats *out);

#endif
