/* store_copy.h - the database of the state from outside: looked at and copied
 * while a station may be at work in it. Any thread; nothing is held up by it.
 */
#ifndef STATION_STORE_COPY_H
#define STATION_STORE_COPY_H

#include "base/clock.h"
#include "base/complaint.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The process that has the database at path open; 0: none has, as far as we may
 * know; -1: one that has no number here, as it is in another container. */
pid_t store_held_by(const char *path);

/* Copies the database as it is at one moment into a new file, without gaps.
 * Without secrets: no session, no token, and no password of people fits in the
 * copy. watch may be NULL. 0, -ENOENT: there is none; -ENOSPC; else -EIO, with
 * *why; to is not there then. */
struct store_watch {
    bool (*go_on)(void *arg); /* asked now and then; false: -ECANCELED */
    void *arg;
};
int store_copy(const char *from, const char *to, bool secrets,
               const struct store_watch *watch, struct complaint *why)
    __attribute__((warn_unused_result));

/* The version of the schema of a database, 0 where there is no database or it
 * is empty; nothing is written. 0, or -EIO and *why. */
int store_look(const char *path, int64_t *version, struct complaint *why)
    __attribute__((warn_unused_result));

/* Reads a database as a whole: 0, or -EBADMSG and *why. */
int store_check(const char *path, struct complaint *why)
    __attribute__((warn_unused_result));

/* Copies of databases of earlier versions, PATH.version-N, go when they are so
 * old. What cannot be removed is said in the log. */
enum { STORE_COPIES_DAYS = 30 };
void store_copies_expire(const char *path, struct wall now);

#endif
