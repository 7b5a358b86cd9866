/* recall.h - the topology of the past: as it was, and what changed since.
 *
 * The store's thread reads it and makes of it what was inferred then; the loop
 * gets the result. */
#ifndef STATION_RECALL_H
#define STATION_RECALL_H

#include "station/inference.h"
#include "topology/diff.h"

struct store;

struct recalled {
    /* was: NULL where one moment was asked for. Of two, links that are the same
     * at both are left out, and states are not known. */
    struct inferred *was, *is;
    struct topo_changes changes; /* from was to is; borrows from both */
    struct wall from, to;        /* the moments; from is not before kept_from */
    struct wall kept_from;       /* 0: nothing is kept as yet */
    size_t faults;               /* rows that could not be read */
};
void recalled_free(struct recalled *r);
OWNED_BY(struct recalled, recalled_free)

/* result: 0, -ENODATA (to lies before what is kept; r tells kept_from alone),
 * -EIO, -ECANCELED; of the latter two r is NULL. r is taken by the callee.
 * Once, from the loop; store_forget() forgets it. */
typedef void (*recall_fn)(void *arg, int result, struct recalled *r);

void recall_at(struct store *s, struct wall at, recall_fn done, void *arg);
void recall_between(struct store *s, struct wall from, struct wall to,
                    recall_fn done, void *arg);

#endif
