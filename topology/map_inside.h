/* map_inside.h - the inside of a cloud as a map of its own, whose neighbors
 * lead on: to the clouds beside it, and back to the map that it is in. */
#ifndef TOPOLOGY_MAP_INSIDE_H
#define TOPOLOGY_MAP_INSIDE_H

#include "topology/map_doc.h"

/* Leaves of m what is in the cloud that leads into the map called name, and as
 * one node each what it is linked to outside. False if there is no such cloud.
 */
bool map_cut_inside(struct map *m, const char *name);

/* Clouds that have no map yet lead into one of their inside. */
void map_lead_inside(struct map *m);

#endif
