/* store_db.h - the database behind the store: the one place that speaks SQL.
 * One thread at a time. */
#ifndef STATION_STORE_DB_H
#define STATION_STORE_DB_H

#include "base/arena.h"
#include "base/mem.h"
#include "station/store_past.h"

struct store_db;

/* Opens or makes the file and brings its schema up to date. A damaged one is
 * renamed aside, and what can be read of it goes over into a new one: then
 * *damage, which is empty, tells in words. 0 or -errno and *why. */
int store_db_open(const char *path, struct store_db **out,
                  struct buffer *damage, struct complaint *why)
    __attribute__((warn_unused_result));
void store_db_close(struct store_db *db);
OWNED_BY(struct store_db, store_db_close)

/* What failed last, in SQLite's words. */
const char *store_db_error(const struct store_db *db);

/* A transaction. 0 or -EIO, as everything below; what failed is not there. */
int store_db_begin(struct store_db *db) __attribute__((warn_unused_result));
int store_db_commit(struct store_db *db) __attribute__((warn_unused_result));
void store_db_rollback(struct store_db *db);

int store_db_put(struct store_db *db, const char *kind, const char *key,
                 const char *text) __attribute__((warn_unused_result));
int store_db_delete(struct store_db *db, const char *kind, const char *key)
    __attribute__((warn_unused_result));
int store_db_event(struct store_db *db, const struct store_event *event)
    __attribute__((warn_unused_result));
int store_db_again(struct store_db *db, const struct store_event *event)
    __attribute__((warn_unused_result));

/* Drops whole partitions, oldest first, whose time is over, or beyond which
 * there are too many; the newest stays. Looks once a minute. A twelfth of the
 * time that is kept, a day at least, is a partition of its own from now on. */
int store_db_trim(struct store_db *db, struct wall wall,
                  const struct store_keep *keep)
    __attribute__((warn_unused_result));

/* Deletes notifications whose time is over before that of other events: once a
 * minute, of STORE_THIN events at most. */
enum { STORE_THIN = 10000 };
int store_db_thin(struct store_db *db, struct wall now,
                  const struct store_keep *keep)
    __attribute__((warn_unused_result));

/* The highest id of an event of each log, 0 if there is none. */
int store_db_last_events(struct store_db *db, uint64_t out[STORE_LOGS])
    __attribute__((warn_unused_result));

/* As store_load(). */
int store_db_load(struct store_db *db, const char *kind,
                  store_object_fn on_object, void *arg)
    __attribute__((warn_unused_result));

/* Events with texts of the arena. -ETIME: it takes too long to look. */
struct store_found ARRAY_OF(struct store_event);
int store_db_query(struct store_db *db, const struct store_query *query,
                   struct arena *arena, struct store_found *out)
    __attribute__((warn_unused_result));

/* As store_histogram(): adds to spans, which are zeros. */
int store_db_histogram(struct store_db *db, const struct store_query *query,
                       struct store_span *spans, size_t count)
    __attribute__((warn_unused_result));

/* store_past.h: adds rows; those that held at a moment, by kind and key;
 * forgets what is older or more than is kept (0: nothing). */
int store_db_keep_past(struct store_db *db, const struct past *p)
    __attribute__((warn_unused_result));
int store_db_past(struct store_db *db, struct wall at, struct past *out)
    __attribute__((warn_unused_result));
/* As far back as anything is kept; 0: nothing is. */
int store_db_past_begins(struct store_db *db, struct wall *from)
    __attribute__((warn_unused_result));
/* The same of nodes, and of links of which a row came after the first of two
 * moments and not after the second: the others are the same at both. */
int store_db_past_turned(struct store_db *db, struct wall at,
                         const struct wall between[2], struct past *out)
    __attribute__((warn_unused_result));
int store_db_trim_past(struct store_db *db, int64_t keep_ms, uint64_t rows_max)
    __attribute__((warn_unused_result));

#endif
