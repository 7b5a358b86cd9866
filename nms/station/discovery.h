/* discovery.h - from addresses to devices.
 *
 * Stages of an address: it is found (a seed, a range, what a device said),
 * asked (leads.h), identified (is it a device that we know? topology/
 * identity.h), collected (interview.h), and what it says of others leads on,
 * inside the fence. Echoing addresses without an agent become devices when
 * everything else is known, so that none of them is another's second address.
 */
#ifndef STATION_DISCOVERY_H
#define STATION_DISCOVERY_H

#include "mibs/collector.h"
#include "station/inventory.h"
#include "station/leads.h"
#include "station/pins.h"
#include "topology/identity.h"

struct discovery;
struct heard_neighbors;
struct member;

struct discovery_parts {
    struct leads_parts leads;
    struct inventory *inventory;
    struct pins *pins;             /* what people said; may be NULL */
    struct heard_neighbors *heard; /* frames of neighbors; may be NULL */
    bool follow;
    bool local; /* what netlink tells of this machine leads on too */
};

struct discovery_listener {
    void (*found)(void *arg, struct device *d);   /* new in the inventory */
    void (*learned)(void *arg, struct device *d); /* its facts are new */
    /* before it is removed: it was another one (merged_into), or NULL */
    void (*gone)(void *arg, struct device *d, struct device *merged_into);
    void (*renamed)(void *arg, struct device *d, const char *before);
    /* before its agent goes, while it stays: it is asked nothing any more */
    void (*silenced)(void *arg, struct device *d);
    /* other hardware answers in its place; why: how that shows */
    void (*replaced)(void *arg, struct device *d, const char *why);
    /* a member of the stack that it is came or went */
    void (*member)(void *arg, struct device *d, const struct member *m,
                   bool came);
    /* nothing is left to do; round: it was a round, not a few devices alone */
    void (*idle)(void *arg, bool round);
    void *arg;
};

struct discovery *discovery_new(const struct discovery_parts *parts,
                                const struct discovery_listener *listener);
void discovery_free(struct discovery *d);
/* What is under way is dropped; the next round begins anew. */
void discovery_configure(struct discovery *d,
                         const struct discovery_parts *parts);

/* A device read from the store is known with its facts. */
void discovery_recall(struct discovery *d, struct device *device);

/* Opens a full round, unless one is under way: known devices are asked again,
 * seeds and ranges anew. With COLLECT_NEWS known devices are asked for what may
 * have changed, and those that are busy wait for the next round; with
 * COLLECT_ALL for everything. */
void discovery_round(struct discovery *d, enum collect_scope scope,
                     const struct addr *seeds, size_t seed_count,
                     const struct prefix *ranges, size_t range_count);

/* One address or range more, now; an address again if it was asked before. */
bool discovery_lead(struct discovery *d, const struct addr *addr,
                    enum lead_kind kind);
void discovery_sweep(struct discovery *d, const struct prefix *p);

/* Asks a device for everything again, soon. */
void discovery_collect(struct discovery *d, struct device *device);

/* Takes what netlink told of this machine. facts: taken. */
void discovery_learn(struct discovery *d, struct device *device,
                     struct facts *facts);

/* A device stays, but has neither agent nor credential any more. */
void discovery_silence(struct discovery *d, struct device *device);

/* What a known device shares with others: identities_shared(). */
void discovery_shared(const struct discovery *d, const struct ident *id,
                      identities_shared_fn fn, void *arg);

/* ---- what people say of identities: kept as pins, with who and when ---- */

/* from is the same device as to, whatever the evidence says. -EINVAL and *why
 * if they are one already, or somebody split them; -ENOSPC beyond PINS_MAX. */
int discovery_pin_merge(struct discovery *d, struct device *to,
                        struct device *from, const char *who,
                        struct complaint *why)
    __attribute__((warn_unused_result));
/* addr is not the address of device, but of one of its own: *out. -EINVAL and
 * *why if it has no other address, or somebody merged it. */
int discovery_pin_split(struct discovery *d, struct device *device,
                        const struct addr *addr, const char *who,
                        struct device **out, struct complaint *why)
    __attribute__((warn_unused_result));
/* device and other are two, whatever is alike: the addresses that other has
 * stay its own. -EINVAL and *why if they are one, or somebody said something of
 * them or of other's addresses. */
int discovery_pin_apart(struct discovery *d, struct device *device,
                        struct device *other, const char *who,
                        struct complaint *why)
    __attribute__((warn_unused_result));
/* As if it had never been said: what was merged is a device again, under its
 * own id and with its own history, what was split is of its device again; and
 * all are asked, so that the evidence decides. pin is gone afterwards. */
void discovery_unpin(struct discovery *d, struct pin *pin);

/* Forgets a device: it is removed from the inventory. */
void discovery_forget(struct discovery *d, struct device *device);

/* Each second: who takes too long to tell everything is not waited for. */
void discovery_tick(struct discovery *d, struct mono now);

bool discovery_busy(const struct discovery *d);
void discovery_progress(const struct discovery *d,
                        struct discovery_record *out);
/* Walks the addresses of this round, as leads_next() does. */
bool discovery_next(const struct discovery *d, size_t *at, struct addr *addr,
                    enum lead_state *state);

#endif
