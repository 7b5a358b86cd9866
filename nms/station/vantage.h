/* vantage.h - where in the topology the station stands. */
#ifndef STATION_VANTAGE_H
#define STATION_VANTAGE_H

#include "topology/topology.h"

/* The station's own node where a cable of it is known; else the device that is
 * its gateway, by its default route; else the first of the seeds that is a
 * device with links; else its own node, if it has links at all. UINT32_MAX: its
 * place is not known. */
uint32_t vantage_node(const struct topology *t, const struct topo_input *input,
                      const struct addr *seeds, size_t count);

#endif
