/* collect.h - the queue of devices that are asked for everything: so many at a
 * time, each again when it fell silent on the way. */
#ifndef STATION_COLLECT_H
#define STATION_COLLECT_H

#include "mibs/collector.h"
#include "station/inventory.h"

struct profiles;
struct collect;

enum {
    INTERVIEWS_AT_ONCE = 200,
    COLLECT_TRIES = 3,
    COLLECT_MS_MAX = 30 * 60000 /* one interview; a round waits for all */
};

struct collect_listener {
    /* New facts of a device; the callee owns them. */
    void (*facts)(void *arg, struct device *device, struct facts *facts);
    /* It gave none in COLLECT_TRIES, or it is known and did not give all in
     * COLLECT_MS_MAX: result is a negative errno. */
    void (*lost)(void *arg, struct device *device, int result);
    /* Nobody is asked any more. */
    void (*idle)(void *arg);
    void *arg;
};

struct collect *collect_new(const struct profiles *profiles,
                            const struct collect_listener *listener);
void collect_free(struct collect *c);
void collect_use_profiles(struct collect *c, const struct profiles *profiles);

/* Asks a device that has an agent, soon, for everything or for news; once, for
 * more of both, if it waits already. */
void collect_add(struct collect *c, struct device *device,
                 enum collect_scope scope);
/* The same; an interview that began before a moment is followed by another, as
 * what it has read by then may have changed. */
void collect_anew(struct collect *c, struct device *device,
                  enum collect_scope scope, struct mono since);
/* Each second: interviews that take too long are ended. */
void collect_tick(struct collect *c, struct mono now);
/* No longer. */
void collect_drop(struct collect *c, struct device *device);

size_t collect_waiting(const struct collect *c);
size_t collect_under_way(const struct collect *c);

#endif
