/* card.h - what is published of a device and hardly ever changes: one copy for
 * the records that follow each other, and for what was inferred of them.
 */
#ifndef STATION_CARD_H
#define STATION_CARD_H

#include "station/inventory.h"

struct card {
    unsigned refs;
    const char *name, *credential, *why; /* "" = none */
    const char *dir;                     /* NULL = none yet */
    size_t addr_count;
    struct addr addrs[]; /* then the texts */
};

/* The card of d as it is: before, which may be NULL, where that says the same,
 * else a new one. A reference for the caller. */
struct card *card_of(const struct device *d, const struct card *before)
    __attribute__((warn_unused_result));

struct card *card_ref(const struct card *c); /* any thread */
void card_unref(struct card *c);             /* any thread; NULL is fine */

#endif
