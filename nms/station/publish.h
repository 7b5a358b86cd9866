/* publish.h - makes the snapshots that others read (snapshot.h). Costs what
 * changed: the record of a device that did not change is shared, whether the
 * snapshot before is still read or not. */
#ifndef STATION_PUBLISH_H
#define STATION_PUBLISH_H

#include "station/inference.h"
#include "station/polling.h"
#include "station/snapshot.h"

/* What is published; all borrowed. */
struct published {
    struct inventory *inventory;
    const struct polling *polling;
    const struct inferred *inferred; /* may be NULL */
    const struct discovery_record *discovery;
    const struct station_record *station; /* without counts of devices, which
                                             publish() adds */
    const struct alert_book *alerts;
    const struct object_book *objects;    /* may be NULL */
    const struct risk_book *risk;         /* likewise */
    const struct trap_log_book *trap_log; /* likewise */
    int64_t budget_ms; /* for records of devices: those that do not fit in come
                          with the next publication; 0 = all */
};

/* The snapshot of this moment, with one reference. before, taken, is the last
 * one: it is brought up to date where nobody reads it any more. NULL: this is
 * the first, of all devices at once; the inventory is sorted. */
struct snapshot *publish(struct snapshot *before, const struct published *what);

/* Between publications: what changed of devices goes into s, as far as
 * what->budget_ms allows, if nobody reads s. What tells of the station stays
 * as it was. */
void publish_ahead(struct snapshot *s, const struct published *what);

#endif
