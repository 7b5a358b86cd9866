/* map_offer.h - the maps that could be made of what is known, of one name each:
 * so that people see which there are before any of them is made. */
#ifndef TOPOLOGY_MAP_OFFER_H
#define TOPOLOGY_MAP_OFFER_H

#include "topology/map_generate.h"

/* Of each view; further ones can be asked for by name all the same. */
enum { MAP_OFFERS_MAX = 1000 };

struct map_offer {
    const char *name, *title; /* "vlan-10", "users"; title may be "" */
    enum map_view view;
    size_t nodes; /* devices that it is about */
};
struct map_offers {
    struct map_offer_list ARRAY_OF(struct map_offer) list; /* by name */
    struct arena *arena;
};

/* Sites, VLANs and spanning trees with at least two devices, subnets with at
 * least two, the station's own map. Neighbourhoods are not told: there is one
 * of each device. */
struct map_offers *map_offers_new(const struct map_sources *from);
void map_offers_free(struct map_offers *o);
OWNED_BY(struct map_offers, map_offers_free)

#endif
