/* leads.h - the frontier of discovery: addresses that may be devices, each
 * asked once a round, by echo and with every credential in order.
 *
 * Knows nothing of devices: it says who answered, with what, and who only
 * echoed. Nothing leaves the fence.
 */
#ifndef STATION_LEADS_H
#define STATION_LEADS_H

#include "station/interview.h"
#include "station/lead_state.h"

struct event_base;
struct pinger;
struct leads;

enum {
    LEADS_AT_ONCE = 1000,  /* addresses asked at a time */
    LEADS_MAX = 4 << 20,   /* addresses of a round */
    SWEEPS_MAX = 1 << 18,  /* prefixes that wait to be swept */
    SWEEP_ASKS_ALL = 1024, /* a sweep of so few asks the silent ones too */
    SILENT_MAX = 16384,    /* that is, so many of them a round */
    AGAIN_MAX = 2048,      /* silent ones that get a second echo, a round */
    AGAIN_AT_ONCE = 256    /* of these */
};

/* Where an address comes from. */
enum lead_kind {
    LEAD_NAMED,  /* by a person: a seed */
    LEAD_HINT,   /* a device spoke of it */
    LEAD_SWEEP,  /* one of a large range: asked if it echoes */
    LEAD_SUBNET, /* one of a small one: asked in any case, but briefly */
    LEAD_AGAIN   /* such a one that was silent, when nothing else is asked */
};

/* Everything is borrowed; pinger may be NULL. */
struct leads_parts {
    struct event_base *base;
    struct engine *engine;
    struct pinger *pinger;
    const struct fence *fence;
    const struct profiles *profiles;
    struct credential *const *credentials;
    size_t credential_count;
    uint16_t port;
    uint32_t haste; /* strangers are waited for so many times shorter; 0 = 1 */
};

struct leads_listener {
    /* An agent answered: what it said of itself (the callee owns facts and
     * agent). The credential is agent_credential(). */
    void (*met)(void *arg, const struct addr *addr, struct agent *agent,
                struct facts *facts);
    /* It echoes, but no agent answers to any credential. */
    void (*echoed)(void *arg, const struct addr *addr);
    /* Nothing is left to ask. */
    void (*idle)(void *arg);
    void *arg;
};

struct leads *leads_new(const struct leads_parts *parts,
                        const struct leads_listener *listener);
void leads_free(struct leads *l);
/* Credentials, profiles and port from now on; what is under way is dropped. */
void leads_configure(struct leads *l, const struct leads_parts *parts);

/* Addresses asked before may be asked again. */
void leads_new_round(struct leads *l);

/* Asks addr soon, once a round. False if the fence forbids it, it was asked
 * already, or the round is full. */
bool leads_add(struct leads *l, const struct addr *addr, enum lead_kind kind);

/* The same for an address that may have been asked in this round: false only
 * if it is being asked, or may not be. */
bool leads_again(struct leads *l, const struct addr *addr, enum lead_kind kind);

/* Sends an echo to every host of p and asks those that answer; the others as
 * well, if they are SWEEP_ASKS_ALL at most. Who is silent then gets another
 * echo when all is done, slowly: the router that has to find out the MAC
 * addresses of a swept subnet has room for a thousand at once (Linux), and
 * drops what is beyond. */
void leads_sweep(struct leads *l, const struct prefix *p);

bool leads_busy(const struct leads *l);

/* Frees an agent outside of its own callbacks: at the loop's next turn. */
void leads_bury(struct leads *l, struct agent *agent);

struct leads_stats {
    uint64_t found, asked, answered, fenced, waiting;
    uint64_t refused;           /* beyond LEADS_MAX or SWEEPS_MAX */
    uint64_t ends[LEAD_STATES]; /* what is over, of this round */
};
void leads_stats(const struct leads *l, struct leads_stats *out);

/* Walks the addresses of this round: *at = 0 at first. False: there is no more.
 * Between two calls addresses may come and go: one may be told twice, or not.
 */
bool leads_next(const struct leads *l, size_t *at, struct addr *addr,
                enum lead_state *state);

#endif
