/* members.h - who is in each bridged domain, in the orders that tables want:
 * the last step of making a network. */
#ifndef FARM_MEMBERS_H
#define FARM_MEMBERS_H

#include "tests/farm/network.h"

/* Gives each domain a subnet for each VLAN that has hosts or servers, and each
 * host an address. */
void members_address(struct network *net);

/* Fills the members of all domains, sorted. */
void members_fill(struct network *net);

#endif
