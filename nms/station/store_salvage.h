/* store_salvage.h - what can still be read of a damaged database goes over into
 * a new one; for store_db.c. */
#ifndef STATION_STORE_SALVAGE_H
#define STATION_STORE_SALVAGE_H

#include "station/store_copy.h"
#include "station/store_db_parts.h"

struct salvage {
    uint64_t objects, past, events; /* rows that went over */
    uint64_t holes;                 /* places that could not be read */
    bool unfinished;                /* there was no time for all */
};

/* Reads the file at path, which stays as it is, and writes into db, which is
 * new: objects, the past, the record of changes and events, in this order, of
 * the latter the newest partitions first, as long as the watch lets it go on.
 * Of a page that cannot be read its rows are missing: *out tells. What db then
 * knows of partitions of events is old: open it anew. SQLite's result: db
 * cannot be written, nothing went over. */
int store_salvage(const char *path, struct store_db *db,
                  const struct store_watch *watch, struct salvage *out)
    __attribute__((warn_unused_result));

#endif
