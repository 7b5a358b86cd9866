/* transceiver_mib.h - pluggable transceivers by ENTITY-MIB (RFC 6933), and the
 * ports that they are in. */
#ifndef MIBS_TRANSCEIVER_MIB_H
#define MIBS_TRANSCEIVER_MIB_H

#include "mibs/harvest.h"

/* Finds the port of each transceiver that a profile told by its entity; where
 * no profile told of any, entities that are transceivers become some. After
 * entities, interfaces and the profile's tables are finished. */
void transceiver_finish(struct harvest *h);

#endif
