/* entity_vendor_mib.h - what a device is made of where vendors tell it in
 * tables of their own, in place of ENTITY-MIB or beside it; entity_finish()
 * brings both together. */
#ifndef MIBS_ENTITY_VENDOR_MIB_H
#define MIBS_ENTITY_VENDOR_MIB_H

#include "mibs/harvest.h"

/* HUAWEI-ENTITY-EXTENT-MIB hwEntityBoardTable of the same index: models and
 * descriptions that entPhysicalTable leaves empty. */
extern const struct reader huawei_entity_reader;

/* JUNIPER-MIB: slots (jnxContainersTable) and what is in them
 * (jnxContentsTable). */
extern const struct reader juniper_container_reader;
extern const struct reader juniper_contents_reader;

/* TIMETRA-CHASSIS-MIB tmnxHwTable. */
extern const struct reader timetra_hardware_reader;

#endif
