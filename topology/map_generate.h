/* map_generate.h - documents made of what was inferred: of the whole network,
 * or of what a subject (map_subject.h) is about. */
#ifndef TOPOLOGY_MAP_GENERATE_H
#define TOPOLOGY_MAP_GENERATE_H

#include "topology/map_subject.h"
#include "topology/site.h"
#include "topology/survey.h"

/* All that maps are made of. */
struct map_sources {
    const struct topology *topology;
    const struct topo_input *input; /* as given to topology_infer(); at rest
                                       will do */
    const struct survey *survey;    /* NULL: no VLANs, no spanning trees */
    struct site_rules sites;
    const struct map *known; /* the same map as it was found before, of the
                                inside of a cloud the one it is in: clouds that
                                are the same keep their ids. NULL: none */
};

/* A generated document of the subject's name, as it is called by now. NULL if
 * there is no such subject: no device has the VLAN, nobody stands at the site.
 */
struct map *map_generate(const struct map_subject *subject,
                         const struct map_sources *from);

/* Nodes of a map of a neighbourhood, the nearest first. */
enum { MAP_NEAR_NODES_MAX = 2000 };

#endif
