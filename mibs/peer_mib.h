/* peer_mib.h - who a router exchanges routes with: BGP4-MIB (RFC 4273), what
 * vendors have for IPv6 peers and AS numbers of four octets, and OSPF-MIB
 * (RFC 4750). */
#ifndef MIBS_PEER_MIB_H
#define MIBS_PEER_MIB_H

#include "mibs/harvest.h"

extern const struct reader bgp_reader;         /* bgpPeerTable, bgpLocalAs */
extern const struct reader cisco_bgp_reader;   /* CISCO-BGP4-MIB */
extern const struct reader juniper_bgp_reader; /* BGP4-V2-MIB-JUNIPER */
extern const struct reader arista_bgp_reader;  /* ARISTA-BGP4V2-MIB */
extern const struct reader dell_bgp_reader;    /* DELLEMC-OS10-BGP4V2-MIB */
extern const struct reader foundry_bgp_reader; /* FOUNDRY-BGP4V2-MIB */
extern const struct reader ospf_reader;        /* ospfNbrTable */

/* Peers by address, each once, with our own AS. */
void peer_finish(struct harvest *h);

#endif
