/* forget.h - everything about a device, or a person, goes: what the database
 * and the files have of it, also of the past. What others tell of it, and what
 * people wrote by hand, stays and is told.
 *
 * It takes some seconds; the loop is not held. From the loop.
 */
#ifndef STATION_FORGET_H
#define STATION_FORGET_H

#include "base/complaint.h"
#include "base/mem.h"

#include <stdint.h>

struct station;

/* What still has the name, and what may be done. */
struct forgotten_left {
    char *where, *why;
};

struct forgotten {
    const char *instead; /* stands where the name was: "forgotten-1a2b3c4d" */
    uint64_t deleted, changed; /* rows of the database, edits of maps */
    struct forgotten_lefts ARRAY_OF(struct forgotten_left) left;
};
enum { FORGOTTEN_LEFT_MAX = 200 };

/* result: 0, or -EIO: the disk does not take it, it is done in part; -ENOENT:
 * nothing is on record of it. Once;
 * f is valid until the callback returns. */
typedef void (*forget_fn)(void *arg, int result, const struct forgotten *f);

/* name: of a device, or an address of it; or of one that was removed before.
 * -EPERM for the station itself, -EBUSY while the same is being forgotten. */
int station_forget_device(struct station *s, const char *name, forget_fn done,
                          void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

/* A person with account, sessions and preferences; or one who was deleted
 * before. -EPERM for the last administrator. */
int station_forget_person(struct station *s, const char *name, forget_fn done,
                          void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

/* done is not called any more: whoever asked has gone. It goes on. */
void station_forget_leave(struct station *s, const void *arg);

#endif
