/* route_mib.h - routes by IP-FORWARD-MIB (RFC 4292), its predecessor's
 * ipCidrRouteTable (RFC 2096) and ipRouteTable (RFC 1213); IPV6-MIB (RFC
 * 2465). */
#ifndef MIBS_ROUTE_MIB_H
#define MIBS_ROUTE_MIB_H

#include "mibs/harvest.h"

extern const struct reader inet_route_reader; /* inetCidrRouteTable */
extern const struct reader cidr_route_reader; /* ipCidrRouteTable */
extern const struct reader ip_route_reader;   /* ipRouteTable */
extern const struct reader ipv6_route_reader; /* ipv6RouteTable */

/* Each route once, by destination. */
void route_finish(struct harvest *h);

#endif
