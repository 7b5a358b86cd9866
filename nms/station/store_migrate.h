/* store_migrate.h - brings the schema of a database up to date; for store_db.c,
 * and for who wants to know beforehand.
 *
 * Each step is a transaction of its own: an interruption leaves the version
 * before or after it, from which the next start goes on. Before the first step
 * a copy of the database is made beside it, as state.db.version-N.
 */
#ifndef STATION_STORE_MIGRATE_H
#define STATION_STORE_MIGRATE_H

#include "station/store_db_parts.h"

enum { STORE_PROGRAM_MAX = 64 };

/* The schema of an open database, whose file is at path. 0 and its version now;
 * SQLite's result where it cannot be read or written; -ENOTSUP and *why: it is
 * of a newer program; -errno and *why: the copy cannot be made. */
int store_migrate(struct store_db *db, const char *path, int64_t *version,
                  struct complaint *why) __attribute__((warn_unused_result));

/* Tries the steps on a copy of the database at path, which stays as it is; in
 * which directory the copy lies while it is tried, in one that is nobody
 * else's. *version is that before. 0, or -errno and *why, as above; -ENOSPC:
 * there is no room to try it. SIGINT, SIGTERM and SIGHUP take effect when the
 * copy is gone, within a moment. */
int store_migrate_try(const char *path, const char *directory, int64_t *version,
                      struct complaint *why)
    __attribute__((warn_unused_result));

/* store_try.c: the same on a copy that is there. -ECANCELED: the watch said
 * so. */
struct store_watch;
int store_migrate_copy(const char *copy, const char *path,
                       const struct store_watch *watch, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
