/* host_mib.h - processors, memory and storage that many agents tell alike:
 * HOST-RESOURCES-MIB (RFC 2790), UCD-SNMP-MIB of net-snmp. */
#ifndef MIBS_HOST_MIB_H
#define MIBS_HOST_MIB_H

#include "mibs/harvest.h"

extern const struct reader hr_processor_reader; /* hrProcessorTable */
extern const struct reader hr_storage_reader;   /* hrStorageTable */
extern const struct reader ucd_memory_reader;   /* memory group */
extern const struct reader ucd_cpu_reader;      /* ssCpuIdle */

/* Adds processors, memory pools and storage where there are none yet: what a
 * profile found is better. */
void host_finish(struct harvest *h);

#endif
