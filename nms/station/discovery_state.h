/* discovery_state.h - what discovery remembers; for discovery*.c alone. */
#ifndef STATION_DISCOVERY_STATE_H
#define STATION_DISCOVERY_STATE_H

#include "station/collect.h"
#include "station/discovery.h"
#include "station/follow.h"

struct addr_list ARRAY_OF(struct addr);

struct discovery {
    struct discovery_parts parts;
    struct discovery_listener listener;
    struct leads *leads;
    struct identities *identities;
    struct collect *collect;
    struct follow *follow;
    struct addr_list echoing; /* addresses without an agent, this round */
    struct discovery_record progress;
    bool running;  /* something is under way */
    bool in_round; /* a round is open ... */
    bool full;     /* ... of seeds and ranges and all that is known ... */
    enum collect_scope scope; /* ... which are asked for so much */
    bool primed; /* ... whose tables were read again after a sweep */
};

/* True for devices that never answered an agent's question. */
bool device_is_silent(const struct device *device);

void device_why(struct device *device, const char *why);

/* A new device that is there now; name may be "". */
struct device *discovery_add_device(struct discovery *d, const char *name,
                                    const struct addr *addr);

void discovery_rename(struct discovery *d, struct device *device,
                      const char *wanted);

/* discovery_silent.c: the addresses of this round that echo but have no agent
 * become devices, or addresses of known ones. */
void discovery_settle_silent(struct discovery *d);

#endif
