/* witness.h - which hosts of a subnet exist? Who forwards into it had to find
 * them to pass our echoes on, so its ARP table holds the silent ones too, and
 * whom it does not hold is not there. Pure. */
#ifndef STATION_WITNESS_H
#define STATION_WITNESS_H

#include "station/inventory.h"

struct witnesses;

struct witnesses *witnesses_new(void);
void witnesses_free(struct witnesses *w);
OWNED_BY(struct witnesses, witnesses_free)

/* A subnet to judge. */
void witnesses_subnet(struct witnesses *w, const struct prefix *p);

/* An address that answered: who saw the others of its subnet saw it too. */
void witnesses_answer(struct witnesses *w, const struct addr *addr);

/* After all subnets and answers: what a device resolved. */
void witnesses_hear(struct witnesses *w, const struct device *d);

/* True if a device that is connected to the subnet has resolved (nearly)
 * everyone who answered there. */
bool witnesses_have(const struct witnesses *w, const struct prefix *p);

#endif
