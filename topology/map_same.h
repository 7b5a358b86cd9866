/* map_same.h - a cloud that a map made by itself is the same cloud as long as
 * most of its members are: it keeps its id, so that what people did to it, and
 * the map of its inside, stay. */
#ifndef TOPOLOGY_MAP_SAME_H
#define TOPOLOGY_MAP_SAME_H

#include "topology/map_doc.h"

/* Gives clouds of m the ids that the same clouds of an earlier document had;
 * labels stay. Clouds that lead into maps already, such as sites, are known by
 * their names and left alone. */
void map_same_clouds(struct map *m, const struct map *earlier);

#endif
