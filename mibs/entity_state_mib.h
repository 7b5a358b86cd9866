/* entity_state_mib.h - how well the parts of a device are, by its own word:
 * ENTITY-STATE-MIB (RFC 4268). */
#ifndef MIBS_ENTITY_STATE_MIB_H
#define MIBS_ENTITY_STATE_MIB_H

#include "mibs/harvest.h"

extern const struct reader entity_state_reader; /* entStateTable */

/* Adds a sensor of class state for each part that is hardware of its own
 * (chassis, modules, fans, power supplies; no ports, and nothing that is only a
 * place), unless a sensor of that class has its index. Entities, or those known
 * before, must be finished. */
void entity_state_finish(struct harvest *h);

#endif
