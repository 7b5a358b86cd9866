/* kind.h - what devices do with the traffic of others, by their kind. */
#ifndef TOPOLOGY_KIND_H
#define TOPOLOGY_KIND_H

#include "mibs/facts.h"

/* It may pass on frames or packets that are not its own. End devices do
 * not. */
bool kind_forwards(enum device_kind kind);

/* It may join subnets. */
bool kind_routes(enum device_kind kind);

#endif
