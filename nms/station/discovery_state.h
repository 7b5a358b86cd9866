/* discovery_state.h - what discovery remembers; for discovery*.c alone. */
#ifndef STATION_DISCOVERY_STATE_H
#define STATION_DISCOVERY_STATE_H

#include "station/collect.h"
#include "station/discovery.h"
#include "station/follow.h"

struct event;
struct settling;

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
    /* Asking all that is known: the next one, in which order, how often that
     * was begun. */
    struct event *visiting;
    size_t visit_next;
    uint64_t visit_order, visit;
    struct settling *settling; /* addresses without an agent; NULL: none now */
};

/* True for devices that never answered an agent's question. */
bool device_is_silent(const struct device *device);

void device_why(struct device *device, const char *why);

/* A new device that is there now; name may be "". */
struct device *discovery_add_device(struct discovery *d, const char *name,
                                    const struct addr *addr);

void discovery_rename(struct discovery *d, struct device *device,
                      const char *wanted);

/* Ends what was begun, if nothing of it is left to do. */
void discovery_finish(struct discovery *d);

/* discovery_visit.c: asks all that is known for d->scope, in turns; then
 * discovery_finish(). */
void discovery_visit(struct discovery *d);
bool discovery_is_visiting(const struct discovery *d);
void discovery_stop_visiting(struct discovery *d);

/* discovery_silent.c: the addresses of this round that echo but have no agent
 * become devices, or addresses of known ones; in turns, then
 * discovery_settled(). */
void discovery_settle_silent(struct discovery *d);
void discovery_stop_settling(struct discovery *d);
void discovery_settled(struct discovery *d);

#endif
