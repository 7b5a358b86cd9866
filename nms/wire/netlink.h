/* netlink.h - what the kernel of the station knows of its own network: links,
 * addresses, routes and neighbors (rtnetlink, through libnl). */
#ifndef WIRE_NETLINK_H
#define WIRE_NETLINK_H

#include "mibs/facts.h"

/* Reads links, addresses, routes and neighbors of this network namespace into
 * new facts: interfaces (names, MACs, states, MTU, speed where known),
 * addresses, arp, routes; system.name is the host's name. The kernel answers
 * at once; bounded by NETLINK_ROWS_MAX rows of each. 0 or -errno. */
int netlink_read(struct facts **out) __attribute__((warn_unused_result));

/* Adds to f what one message of rtnetlink tells (struct nlmsghdr and what
 * follows it, linux/rtnetlink.h), as netlink_read does with each; one that is
 * malformed or of another kind adds nothing. */
void netlink_take(struct facts *f, struct bytes message);

enum { NETLINK_ROWS_MAX = 65536 };

#endif
