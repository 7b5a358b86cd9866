/* store_past.h - what held of objects, from which moment on: kept as changes,
 * so that the state of any moment can be had again.
 *
 * A row says what holds of an object (kind, key) from then on; an empty text,
 * that it is gone. What held longer ago than is kept is forgotten, but for what
 * still held when that time begins.
 */
#ifndef STATION_STORE_PAST_H
#define STATION_STORE_PAST_H

#include "station/past.h"
#include "station/store.h"

enum { STORE_PAST_WAIT = 500000 }; /* rows, while the disk refuses them */

/* Keeps rows, in one transaction. Taken; those beyond STORE_PAST_WAIT are lost,
 * and counted as dropped. */
void store_past_put(struct store *s, struct past *p);

/* Rows are kept for so long from now on, at most that many. */
void store_past_keep(struct store *s, int64_t keep_ms, uint64_t rows_max);

/* The newest row of each object, those that are gone left out; by kind and key.
 * For the start: it blocks. 0, or -EIO and *why. */
int store_past_load(struct store *s, struct past **out, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
