/* ip_mib.h - addresses of an agent and the neighbors it resolved, of IP-MIB
 * (RFC 4293), its predecessor (RFC 2011) and IPV6-MIB (RFC 2465). */
#ifndef MIBS_IP_MIB_H
#define MIBS_IP_MIB_H

#include "mibs/harvest.h"

extern const struct reader ip_addr_reader;          /* ipAddrTable */
extern const struct reader ip_address_reader;       /* ipAddressTable */
extern const struct reader ip_prefix_reader;        /* ipAddressPrefixTable */
extern const struct reader ipv6_addr_reader;        /* ipv6AddrTable */
extern const struct reader cisco_ip_address_reader; /* CISCO-IETF-IP-MIB */
extern const struct reader radlan_address_reader;   /* RADLAN-IP */
extern const struct reader tplink_ipv6_reader;      /* TPLINK-IPV6ADDR-MIB */
extern const struct reader net_to_media_reader;     /* ipNetToMediaTable */
extern const struct reader net_to_physical_reader;

/* Each address of an interface once, with the best prefix length told, else
 * that of the longest prefix connected to the interface that it is in; each
 * resolved neighbor of an interface once. */
void ip_finish(struct harvest *h);

#endif
