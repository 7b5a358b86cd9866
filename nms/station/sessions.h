/* sessions.h - sessions of BGP and neighbors of OSPF: those that were well and
 * are not any more, as the last poll found them, are told as conditions.
 *
 * What never was well is nobody's loss, what a person stopped or took out of
 * the configuration no fault. A neighbor of OSPF that is gone from its table is
 * down: routers forget them. For the loop.
 */
#ifndef STATION_SESSIONS_H
#define STATION_SESSIONS_H

#include "station/alerts.h"
#include "station/inventory.h"

struct polling;
struct sessions;

enum {
    SESSIONS_LOST_MS = 7 * 24 * 3600 * 1000 /* then it is expected no more */
};

enum {
    /* For a device at the other end to be found down too: then its alert
     * explains that of the session. It is asked at once; when it answers, or
     * where nobody knows it, nothing waits. */
    SESSIONS_WAIT_MS = 40000,
    /* for ports of the same poll, of one with a peer that is no device */
    SESSIONS_FOREIGN_MS = 2000
};

/* Borrowed; polling may be NULL: nobody is asked. */
struct sessions_parts {
    struct alerts *alerts;
    struct inventory *inventory;
    struct polling *polling;
    /* Bits of enum alert_evidence besides the poll; as of struct
     * thresholds_parts, if_index 0. */
    unsigned (*evidence)(void *arg, const struct ident *device,
                         uint32_t if_index);
    void *arg;
};

struct sessions *sessions_new(const struct sessions_parts *parts);
void sessions_free(struct sessions *s);

/* What a poll measured of d, f: peers, and reports of the tables that were
 * read.
 */
void sessions_take(struct sessions *s, const struct device *d,
                   const struct facts *f, struct wall at);

/* It is no device any more. */
void sessions_drop(struct sessions *s, const struct device *d);

/* Every second. */
void sessions_tick(struct sessions *s);

/* The address that a qualifier of an alert of theirs names; false: it is none
 * of these alerts. */
bool sessions_peer_of(const struct alert_record *r, struct addr *out);

#endif
