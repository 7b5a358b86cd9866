/* peer.h - who a router exchanges routes with, as facts have it (struct peer):
 * which one is which, and is the session well? Pure.
 */
#ifndef MIBS_PEER_H
#define MIBS_PEER_H

#include "mibs/facts.h"

enum peer_health {
    PEER_UNKNOWN, /* not told, or on its way from one to the other */
    PEER_WELL,    /* established; 2-way or full */
    PEER_ILL,
    PEER_STOPPED /* a person stopped it */
};

/* RFC 4273, bgpPeerState and bgpPeerAdminStatus; RFC 4750, ospfNbrState: with
 * neighbors that are not designated, 2-way is all there is to be. */
enum peer_health peer_health(const struct peer *p);

/* By protocol, address and interface: the order of struct facts. */
int peer_compare(const struct peer *a, const struct peer *b);

#endif
