/* cdp_mib.h - neighbors by CISCO-CDP-MIB and by FOUNDRY-SN-SWITCH-GROUP-MIB,
 * whose FDP table has the same shape. */
#ifndef MIBS_CDP_MIB_H
#define MIBS_CDP_MIB_H

#include "mibs/harvest.h"

extern const struct reader cdp_reader; /* cdpCacheTable */
extern const struct reader fdp_reader; /* snFdpCacheTable */

/* Our interface of each neighbor. Interfaces must be finished. */
void cdp_finish(struct harvest *h);

#endif
