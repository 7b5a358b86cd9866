/* identity.h - is what answers here the device that answers there?
 *
 * Signs by trust (docs/topology.md): engine id and chassis serial are strong,
 * bridge address, MAC sets, listed addresses and the triple (sysName,
 * sysObjectID, ifNumber) are weak. A sign that several known devices share
 * counts for nothing. Boot instants tell clones from one agent; where the signs
 * do not decide, the twin test does (twin.h).
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

/* What is compared, the most trusted first. */
enum identity_sign {
    SIGN_ENGINE,    /* S1: snmpEngineID */
    SIGN_SERIAL,    /* S2: serial number of the chassis or a stack's member */
    SIGN_CHASSIS,   /* S3: bridge address or LLDP chassis id */
    SIGN_MACS,      /* S4 */
    SIGN_LISTED,    /* S5: one lists the address of the other */
    SIGN_SHAPE,     /* S6: sysName, sysObjectID and ifNumber */
    SIGN_BOOT,      /* boot instants */
    SIGN_NAME,      /* sysName */
    SIGN_OBJECT_ID, /* sysObjectID */
    SIGN_TWIN,      /* the twin test */
    IDENTITY_SIGNS
};
/* "snmpEngineID" ...; and its place in the order of trust, "S1" to "S6", "" for
 * those that have none. */
const char *identity_sign_name(enum identity_sign s);
const char *identity_sign_trust(enum identity_sign s);
/* The sign of that name; IDENTITY_SIGNS if there is none. */
enum identity_sign identity_sign_named(const char *name);

static inline uint16_t sign_bit(enum identity_sign s)
{
    return (uint16_t)(1u << s);
}

struct identity_opinion {
    enum identity_verdict verdict;
    uint16_t agree, differ; /* bits of signs; the others say nothing */
    char why[200];          /* "same snmpEngineID and boot time" */
};

/* What an answer says of who answered: from facts of at least
 * COLLECT_IDENTITY, seen at a moment; addr is where it answered. */
struct identity_claim {
    const struct facts *facts;
    struct addr addr;
    struct mono seen_at; /* 0: not known, then boot instants are not either */
};

/* Compares two claims alone. Boot instants (seen_at - sysUpTime, or
 * - snmpEngineTime) within boot_slack_ms are equal. shared: bits of signs that
 * are known to be of several devices, and count for nothing. Pure. */
struct identity_opinion identity_compare(const struct identity_claim *a,
                                         const struct identity_claim *b,
                                         int64_t boot_slack_ms,
                                         uint16_t shared);

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

/* The devices that a claim may be, the likeliest first: the winner, the
 * runner-up and so on. */
enum { IDENTITY_CHOICES = 4 };
struct identity_choice {
    struct ident id;
    struct identity_opinion opinion;
};
struct identity_choices {
    struct identity_choice at[IDENTITY_CHOICES];
    size_t count;
};

/* Who shares a key with the claim, held against it, but skip (NULL: nobody is
 * left out). True if the first one is the same; else nobody is known to be, and
 * those whose verdict is IDENTITY_UNSURE may. */
bool identities_find(const struct identities *s,
                     const struct identity_claim *claim,
                     const struct ident *skip, struct identity_choices *out);

/* Calls back for each sign (engine id, serial number, chassis id, an address
 * that it lists) that a known device shares with another, and for each other.
 * value is what they share, as text, until the callback returns. */
typedef void (*identities_shared_fn)(void *arg, enum identity_sign sign,
                                     const char *value,
                                     const struct ident *with);
void identities_shared(const struct identities *s, const struct ident *id,
                       identities_shared_fn fn, void *arg);

/* A device that lists addr among its own interface addresses; false if none or
 * more than one does. */
bool identities_owner_of(const struct identities *s, const struct addr *addr,
                         struct ident *id);

#endif
