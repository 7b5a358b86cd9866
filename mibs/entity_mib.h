/* entity_mib.h - what a device is made of: ENTITY-MIB (RFC 6933). */
#ifndef MIBS_ENTITY_MIB_H
#define MIBS_ENTITY_MIB_H

#include "mibs/harvest.h"

extern const struct reader entity_reader;       /* entPhysicalTable */
extern const struct reader entity_alias_reader; /* entAliasMappingTable */

/* Entities by index, each once, with what vendors' tables say of them. */
void entity_finish(struct harvest *h);

/* By binary search; NULL if there is none. After entity_finish(). */
const struct entity *entity_find(const struct facts *f, uint32_t index);

#endif
