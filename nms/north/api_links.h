/* api_links.h - a link of the topology as the API tells it. */
#ifndef NORTH_API_LINKS_H
#define NORTH_API_LINKS_H

#include "topology/topology.h"

#include <jansson.h>

/* A new reference. */
json_t *link_json(const struct topology *t, const struct topo_link *l);

/* What was claimed of two ports and lost. A new reference. */
json_t *loss_json(const struct topology *t, const struct topo_loss *l);

#endif
