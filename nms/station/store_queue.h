/* store_queue.h - changes of the state that wait to be written. The newest text
 * of an object replaces one that waits; events keep their order. */
#ifndef STATION_STORE_QUEUE_H
#define STATION_STORE_QUEUE_H

#include "base/mem.h"
#include "base/table.h"
#include "station/store.h"

struct past;
struct store_db;

/* An object put, as text or as what will be one; or deleted: it has neither. */
struct store_change {
    char *kind, *key, *text;
    struct store_value value; /* its object NULL: there is none */
};

/* An event added, or one that happened again; its texts are of one piece. */
struct store_entry {
    struct store_event event;
    char *texts;
    bool again;
};

/* All zeros is an empty one. */
struct store_queue {
    struct changes ARRAY_OF(struct store_change *) changes;
    struct table *by_name; /* kind and key to a change */
    struct entries ARRAY_OF(struct store_entry) entries;
    struct pasts ARRAY_OF(struct past *) pasts;
    size_t past_rows; /* in these */
    size_t first;     /* of entries: those before were dropped */
    uint64_t dropped; /* ever */
};

size_t store_queue_count(const struct store_queue *q);

/* text NULL deletes. */
void store_queue_put(struct store_queue *q, const char *kind, const char *key,
                     const char *text);

/* value->object is taken. */
void store_queue_put_later(struct store_queue *q, const char *kind,
                           const char *key, const struct store_value *value);

/* Copies; drops the oldest beyond STORE_EVENTS_WAIT. One that happened again is
 * merged with what waits of it, where that is near. */
void store_queue_event(struct store_queue *q, const struct store_event *event,
                       bool again);

/* p is taken; it goes, and is counted, where STORE_PAST_WAIT rows wait. */
void store_queue_past(struct store_queue *q, struct past *p);

/* Moves all of *from into *to, which is empty. */
void store_queue_move(struct store_queue *to, struct store_queue *from);

/* Writes all, within a transaction of the caller's. 0, or what store_db.h
 * gives.
 */
int store_queue_write(const struct store_queue *q, struct store_db *db)
    __attribute__((warn_unused_result));

void store_queue_fini(struct store_queue *q);

#endif
