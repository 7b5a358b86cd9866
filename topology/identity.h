/* identity.h - is what answers here the device that answers there?
 *
 * Evidence by trust (docs/topology.md): engine id and chassis serial are
 * strong, bridge address, MAC sets, listed addresses and the triple (sysName,
 * sysObjectID, ifNumber) are weak. Strong evidence that is known to be cloned
 * counts for nothing. Boot instants tell clones from one agent.
 */
#ifndef TOPOLOGY_IDENTITY_H
#define TOPOLOGY_IDENTITY_H

#include "base/ident.h"
#include "mibs/facts.h"

enum identity_verdict {
    IDENTITY_DIFFERENT,
    IDENTITY_SAME,
    IDENTITY_UNSURE /* kept apart unless the twin test says otherwise */
};

struct identity_opinion {
    enum identity_verdict verdict;
    char why[200]; /* "same snmpEngineID and boot time" */
};

/* What an answer says of who answered: from facts of at least
 * COLLECT_IDENTITY, seen at a moment; addr is where it answered. */
struct identity_claim {
    const struct facts *facts;
    struct addr addr;
    struct mono seen_at; /* 0: not known, then boot instants are not either */
};

/* Compares two claims alone. Boot instants (seen_at - sysUpTime, or
 * - snmpEngineTime) within boot_slack_ms are equal. Pure. */
struct identity_opinion identity_compare(const struct identity_claim *a,
                                         const struct identity_claim *b,
                                         int64_t boot_slack_ms);

/* The same where the engine id is known to be of several devices: it counts for
 * nothing. */
struct identity_opinion identity_compare_shared(const struct identity_claim *a,
                                                const struct identity_claim *b,
                                                int64_t boot_slack_ms);

/* True if an address can tell one device from another: not 127.0.0.1, ::1,
 * unspecified or multicast. Other addresses of 127/8 count. */
bool identity_addr_counts(const struct addr *a);

/* An index of known devices by their keys, so that a claim meets only those
 * that share one: cost does not grow with the network. */
struct identities;

struct identities *identities_new(void);
void identities_free(struct identities *s);

/* Device id is known by this claim from now on (replaces what it had). The
 * facts are kept by reference. */
void identities_put(struct identities *s, const struct ident *id,
                    const struct identity_claim *claim);
void identities_remove(struct identities *s, const struct ident *id);

/* The device that claim is the same as: true, *id and why; else false, and
 * why tells of the runner-up, if there was one. */
bool identities_find(const struct identities *s,
                     const struct identity_claim *claim, struct ident *id,
                     struct identity_opinion *opinion);

/* A device that lists addr among its own interface addresses; false if none or
 * more than one does. */
bool identities_owner_of(const struct identities *s, const struct addr *addr,
                         struct ident *id);

#endif
