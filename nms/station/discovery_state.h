/* discovery_state.h - what discovery remembers; for discovery*.c alone. */
#ifndef STATION_DISCOVERY_STATE_H
#define STATION_DISCOVERY_STATE_H

#include "station/collect.h"
#include "station/discovery.h"
#include "station/follow.h"

struct event;
struct meeting;
struct settling;

/* Boot instants this close are the same: caches, rounding, the way there. */
enum { BOOT_SLACK_MS = 5000 };

struct addr_list ARRAY_OF(struct addr);

struct discovery {
    struct discovery_parts parts;
    struct discovery_listener listener;
    struct leads *leads;
    struct identities *identities;
    struct collect *collect;
    struct follow *follow;
    struct meeting *meetings; /* agents whose device is not settled yet */
    size_t tests;             /* twin tests under way */
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
    struct mono visit_at;      /* the visit began */
    struct settling *settling; /* addresses without an agent; NULL: none now */
};

/* True for devices that never answered an agent's question. */
bool device_is_silent(const struct device *device);

/* A new device that is there now; name may be "". */
struct device *discovery_add_device(struct discovery *d, const char *name,
                                    const struct addr *addr);

void discovery_rename(struct discovery *d, struct device *device,
                      const char *wanted);

/* What a device tells of itself, and where it is asked. */
struct identity_claim discovery_claim(const struct device *device);

/* from turned out to be to: it is removed, what it had goes to to. */
void discovery_merge(struct discovery *d, struct device *to,
                     struct device *from);

/* discovery_meet.c: an agent answered at an address; both are taken. The twin
 * test may be needed to tell which device it is. */
void discovery_met(void *arg, const struct addr *addr, struct agent *agent,
                   struct facts *facts);
/* Two devices, one of which lists addr of the other, may be one: the twin test
 * tells. */
void discovery_test_pair(struct discovery *d, struct device *device,
                         struct device *other, const struct addr *addr);
/* Tests that ask this device's agent end; who waited for them is asked again.
 */
void discovery_drop_tests(struct discovery *d, const struct device *device);
/* All that are not settled are forgotten. */
void discovery_drop_meetings(struct discovery *d);

/* discovery_whose.c: addresses that a device lists are its own, unless others
 * answer there. */
void discovery_own(struct discovery *d, struct device *device,
                   const struct interface_addresses *own);
/* The device answered at addr: that outweighs what others say of it. */
void discovery_take_over(struct discovery *d, struct device *device,
                         const struct addr *addr);
/* owner has this address no more. */
void discovery_yield(struct discovery *d, struct device *owner,
                     const struct addr *addr);

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
