/* mac_set.h - the MAC addresses of two devices, held against each other. */
#ifndef TOPOLOGY_MAC_SET_H
#define TOPOLOGY_MAC_SET_H

#include "mibs/facts.h"

/* What a piece of evidence says of two answers: the same, not the same. */
enum match { MATCH_UNKNOWN, MATCH_YES, MATCH_NO };

/* Yes: sets of two and more that agree well (Jaccard 0.6; where one holds the
 * first interfaces alone, of these), or the same single one. No: sets that have
 * nothing in common. Multicast addresses and those that routers share do not
 * count. Facts must be open (facts_pack.h). */
enum match mac_sets_match(const struct facts *a, const struct facts *b);

/* The lowest of all stands for the set; not set if there is none. */
struct mac mac_set_lowest(const struct facts *f);

/* True for an address that only one device has: not multicast, not shared by
 * routers. */
bool mac_counts(const struct mac *m);

#endif
