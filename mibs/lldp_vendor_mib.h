/* lldp_vendor_mib.h - LLDP neighbors of agents that tell them in tables of
 * their vendor's alone. Ports are ifIndexes there; cdp_finish() knows them. */
#ifndef MIBS_LLDP_VENDOR_MIB_H
#define MIBS_LLDP_VENDOR_MIB_H

#include "mibs/harvest.h"

extern const struct reader timetra_lldp_reader; /* tmnxLldpRemTable */
extern const struct reader tplink_lldp_reader;  /* TPLINK-LLDPINFO-MIB */

#endif
