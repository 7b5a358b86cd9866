/* maps_kept.h - pictures that were drawn lately, for those who ask for the same
 * again; for maps_picture.c alone.
 *
 * A picture bears its moment: older ones are drawn anew. */
#ifndef STATION_MAPS_KEPT_H
#define STATION_MAPS_KEPT_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

/* Octets that the memory and those who wait for them share. */
struct drawn {
    struct buffer octets;
    unsigned refs;
};

struct drawn *drawn_new(void);
struct drawn *drawn_ref(struct drawn *d);
void drawn_unref(struct drawn *d); /* NULL is fine */

enum { MAPS_KEPT = 24 };

struct kept {
    uint64_t key;
    struct mono until;
    struct drawn *picture; /* NULL: nothing is kept here */
};

/* All zeros: nothing is kept. */
struct maps_kept {
    struct kept at[MAPS_KEPT];
    unsigned next;
};

/* The picture of that key, or NULL; no reference is given. */
struct drawn *maps_kept_find(const struct maps_kept *m, uint64_t key,
                             struct mono now);

/* Keeps it for a minute, unless it is too large, with a reference of its own.
 * What is too much goes before. */
void maps_kept_add(struct maps_kept *m, uint64_t key, struct drawn *picture,
                   struct mono now);

void maps_kept_fini(struct maps_kept *m);

#endif
