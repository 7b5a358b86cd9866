/* collect.h - the queue of devices that are asked for everything: so many at a
 * time, each again when it fell silent on the way. */
#ifndef STATION_COLLECT_H
#define STATION_COLLECT_H

#include "station/inventory.h"

struct profiles;
struct collect;

enum { INTERVIEWS_AT_ONCE = 200, COLLECT_TRIES = 3 };

/* New facts of a device; the callee owns them. */
typedef void (*collect_facts_fn)(void *arg, struct device *device,
                                 struct facts *facts);
/* Nobody is asked any more. */
typedef void (*collect_idle_fn)(void *arg);

struct collect *collect_new(const struct profiles *profiles,
                            collect_facts_fn on_facts, collect_idle_fn on_idle,
                            void *arg);
void collect_free(struct collect *c);
void collect_use_profiles(struct collect *c, const struct profiles *profiles);

/* Asks a device that has an agent, soon; once, if it waits already. */
void collect_add(struct collect *c, struct device *device);
/* No longer. */
void collect_drop(struct collect *c, struct device *device);

size_t collect_waiting(const struct collect *c);
size_t collect_under_way(const struct collect *c);

#endif
