/* cdp_mib.h - neighbors by CISCO-CDP-MIB, by FOUNDRY-SN-SWITCH-GROUP-MIB,
 * whose FDP table has the same shape, and by EXTREME-EDP-MIB. */
#ifndef MIBS_CDP_MIB_H
#define MIBS_CDP_MIB_H

#include "mibs/harvest.h"

extern const struct reader cdp_reader; /* cdpCacheTable */
extern const struct reader fdp_reader; /* snFdpCacheTable */
extern const struct reader edp_reader; /* extremeEdpTable */

/* Our interface of each neighbor of tables that number ports by ifIndex: these
 * and those of lldp_vendor_mib.h. After if_finish(), before lldp_finish(). */
void cdp_finish(struct harvest *h);

#endif
