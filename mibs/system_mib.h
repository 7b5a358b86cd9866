/* system_mib.h - who an agent is: system group (SNMPv2-MIB), snmpEngine group
 * (SNMP-FRAMEWORK-MIB), ifNumber and what tells its kind. */
#ifndef MIBS_SYSTEM_MIB_H
#define MIBS_SYSTEM_MIB_H

#include "mibs/harvest.h"

extern const struct reader system_reader;
extern const struct reader host_types_reader; /* hrDeviceType */

#endif
