/* peer_mib.h - who a router exchanges routes with: BGP4-MIB (RFC 4273) and
 * OSPF-MIB (RFC 4750). */
#ifndef MIBS_PEER_MIB_H
#define MIBS_PEER_MIB_H

#include "mibs/harvest.h"

extern const struct reader bgp_reader;  /* bgpPeerTable, bgpLocalAs */
extern const struct reader ospf_reader; /* ospfNbrTable */

/* Peers by address, each once, with our own AS. */
void peer_finish(struct harvest *h);

#endif
