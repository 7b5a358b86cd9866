/* wheel.h - a timing wheel: many timeouts, each put and taken at constant cost.
 *
 * Entries lie in whoever is to time out. Grain is WHEEL_TICK_MS; an entry never
 * expires early.
 */
#ifndef WIRE_WHEEL_H
#define WIRE_WHEEL_H

#include "base/clock.h"

enum { WHEEL_TICK_MS = 5, WHEEL_SLOTS = 2048 };

struct wheel_entry {
    struct wheel_entry *prev, *next;
    int64_t tick; /* when it expires; 0: not in a wheel */
};

struct wheel {
    struct wheel_entry *slots[WHEEL_SLOTS];
    uint64_t taken[WHEEL_SLOTS / 64]; /* a bit for each slot with entries */
    int64_t tick;                     /* all before it has expired */
    size_t count;
};

void wheel_init(struct wheel *w, struct mono now);

/* entry expires at due, or with the next turn if that is past. */
void wheel_put(struct wheel *w, struct wheel_entry *entry, struct mono due);

/* Takes it out; nothing happens if it is not in. */
void wheel_remove(struct wheel *w, struct wheel_entry *entry);

/* Takes out one entry that is due; NULL if there is none (any more). */
struct wheel_entry *wheel_expire(struct wheel *w, struct mono now);

/* When to call wheel_expire() next; false if the wheel is empty. */
bool wheel_next(const struct wheel *w, struct mono *due);

#endif
