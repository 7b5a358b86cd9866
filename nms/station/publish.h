/* publish.h - makes the snapshots that others read (snapshot.h). Costs what
 * changed: the record of a device that did not change is shared. */
#ifndef STATION_PUBLISH_H
#define STATION_PUBLISH_H

#include "station/inference.h"
#include "station/polling.h"
#include "station/snapshot.h"

/* A new snapshot with one reference. inferred may be NULL. Counts devices by
 * reach, and ports, into its station; sorts the inventory. */
struct snapshot *publish(struct inventory *inv, const struct polling *polling,
                         const struct inferred *inferred,
                         const struct discovery_record *discovery,
                         const struct station_record *station);

#endif
