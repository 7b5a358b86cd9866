/* ndp_mib.h - neighbors by the Neighbor Discovery Protocol of Huawei, H3C and
 * 3Com: HUAWEI-HGMP-MIB hwNDPPortNbTable and its twins. */
#ifndef MIBS_NDP_MIB_H
#define MIBS_NDP_MIB_H

#include "mibs/harvest.h"

extern const struct reader huawei_ndp_reader; /* hwNDPPortNbTable */
extern const struct reader h3c_ndp_reader;    /* hh3cNDPPortNbTable */
extern const struct reader a3com_ndp_reader;  /* the same of 3Com */

#endif
