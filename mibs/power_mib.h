/* power_mib.h - sensors of uninterruptible power supplies (UPS-MIB, RFC 1628)
 * and of what feeds devices over Ethernet (POWER-ETHERNET-MIB, RFC 3621). */
#ifndef MIBS_POWER_MIB_H
#define MIBS_POWER_MIB_H

#include "mibs/harvest.h"

extern const struct reader ups_reader; /* battery, output; lines of all */
extern const struct reader poe_reader; /* pethMainPseTable */

#endif
