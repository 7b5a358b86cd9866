/* front.h - where ports sit on the front of their device, by ENTITY-MIB
 * (RFC 6933). Pure. Facts must be open (facts_pack.h).
 */
#ifndef TOPOLOGY_FRONT_H
#define TOPOLOGY_FRONT_H

#include "base/mem.h"
#include "mibs/facts.h"

/* A port's place: that of the port itself or, where it is all that is in a
 * transceiver or cage, of the outermost of these. */
struct front_place {
    uint32_t if_index;
    uint32_t holder;  /* entPhysicalIndex of the card or box it sits in */
    int32_t position; /* entPhysicalParentRelPos there, from 0 */
};
struct front_places ARRAY_OF(struct front_place);

/* Appends the places that are told, by ifIndex. Nothing of a card that says the
 * same place of two ports: what it says is no place. array_fini() the list. */
void front_places(const struct facts *f, struct front_places *out);

/* By binary search; NULL if there is none. */
const struct front_place *front_place_of(const struct front_places *places,
                                         uint32_t if_index);

/* What people call a card or box: its name, else what it is; "" if nothing
 * tells. A view of the facts. */
const char *front_holder_name(const struct facts *f, uint32_t holder);

#endif
