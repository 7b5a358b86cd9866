/* roll.h - the records of all devices that are published, by name. Rolls follow
 * each other: while one is read its successor is another list of the same
 * records, so that it costs no look at any of them. What a roll lists lives as
 * long as the roll.
 */
#ifndef STATION_ROLL_H
#define STATION_ROLL_H

#include "base/mem.h"
#include "station/snapshot.h"

struct roll {
    struct device_record **at; /* by name, byte order */
    size_t count, room;
    /* References that predecessors may still want. */
    struct records_gone ARRAY_OF(struct device_record *) gone;
    struct roll *next; /* the successor, which keeps what both list; or NULL */
    unsigned refs;
};

/* An empty one with one reference. */
struct roll *roll_new(void);

/* The successor of r, which is as r is; r changes no more, and has no other. */
struct roll *roll_follow(struct roll *r);

void roll_unref(struct roll *r); /* any thread; NULL is fine */

/* The place of the first record whose name does not come before name. */
size_t roll_place(const struct roll *r, const char *name);

/* Changes, for the newest roll and its owner alone. A record comes to its place
 * with a reference of its own; one goes from a place, and is let go when nobody
 * reads a roll that has it. */
void roll_add(struct roll *r, const struct device_record *d);
void roll_remove(struct roll *r, size_t place);
void roll_replace(struct roll *r, size_t place, const struct device_record *d);

#endif
