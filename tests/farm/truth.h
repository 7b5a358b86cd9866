/* truth.h - what a perfect discovery would find of a generated network, as the
 * tables that the station exports, and more: who the hosts are and what flows.
 */
#ifndef FARM_TRUTH_H
#define FARM_TRUTH_H

#include "tests/farm/farm.h"

/* Writes devices, ports, links, neighbors, ipv4, arp, fdb, vlans, inventory
 * as the station does, hosts.tsv (ip mac vlan name ifName: where each host
 * without agent is) and rates.tsv (per second, constants of each port) into
 * dir, which is made. 0 or -errno. */
int truth_write(const struct farm *f, const char *dir)
    __attribute__((warn_unused_result));

#endif
