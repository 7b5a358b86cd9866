/* traps.h - what notifications mean: whom they are about, which event each
 * becomes, and what is looked at because of it.
 *
 * A notification is a word, not a verdict: what it says of something polled is
 * verified by a poll at once, and alerts rest on that poll. A sender that tells
 * more than anybody can read (storms.h) is counted by kinds, and said so once.
 */
#ifndef STATION_TRAPS_H
#define STATION_TRAPS_H

#include "station/inventory.h"
#include "wire/notification.h"

struct events;
struct names;
struct traps;
struct storm;

/* Parts are borrowed. */
struct traps_parts {
    struct inventory *inventory;
    struct events *events;
    const struct names *names;
    /* Something was told of a device that is to be seen: by a poll; or by
     * reading its facts again too. */
    void (*verify)(void *arg, struct device *d, bool facts);
    /* A storm of a sender began (over NULL), or is over; d: the device that it
     * was known as when it began, NULL where it was none or is there no more.
     */
    void (*storm)(void *arg, const struct device *d, const struct addr *from,
                  const struct storm *over);
    void *arg;
};

struct traps *traps_new(const struct traps_parts *parts);
void traps_free(struct traps *t);

/* One came. False: it is one of a storm, which are counted alone. */
bool traps_take(struct traps *t, const struct notification *n, struct mono now);

/* The engine id of a device is known, or another one. */
void traps_learn(struct traps *t, const struct device *d);
/* The device with that engine; NULL. */
struct device *traps_engine(const struct traps *t, struct bytes engine_id);

/* ALERT_BY_TRAP (alert.h) if within the last minute a notification told of a
 * port of the device, or, with 0, of the device itself; else 0. For who found
 * it true. */
unsigned traps_evidence(const struct traps *t, const struct ident *device,
                        uint32_t if_index, struct mono now);

/* Once a second: storms that are over are told. */
void traps_tick(struct traps *t, struct mono now);

/* Storms that last. */
size_t traps_storms(const struct traps *t);

#endif
