/* map_cluster.h - a generated map that is too large to be looked at folds by
 * itself: into its sites where devices tell them, else by its shape, clouds
 * within clouds until each is of a size to look at. */
#ifndef TOPOLOGY_MAP_CLUSTER_H
#define TOPOLOGY_MAP_CLUSTER_H

#include "topology/map_generate.h"

enum {
    MAP_FOLD_FROM = 1200,  /* nodes of a map that folds */
    MAP_FOLD_LINKS = 3000, /* or links */
    MAP_CLOUD_FULL = 400   /* nodes of a cloud that has clouds within */
};

/* Makes clouds of a generated document that has none. sites: into sites however
 * small it is. */
void map_cluster(struct map *m, const struct map_sources *from, bool sites);

#endif
