/* series_keeper.h - the private rrdcached: started, watched, restarted, ended.
 */
#ifndef STATION_SERIES_KEEPER_H
#define STATION_SERIES_KEEPER_H

#include "base/complaint.h"
#include "base/own.h"

#include <stdint.h>

struct event_base;
struct keeper;

/* Makes DIR/rrd and DIR/journal, and starts rrdcached from the loop; it
 * listens on DIR/rrdcached.sock. 0, or -errno and *why. */
int keeper_new(struct event_base *base, const char *data_dir,
               struct keeper **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Ends it (bounded: 3 s); what it has not written stays in its journal. */
void keeper_free(struct keeper *k);
OWNED_BY(struct keeper, keeper_free)

/* Times it was started again. */
uint64_t keeper_restarts(const struct keeper *k);

/* Its process, 0 if there is none now. */
int keeper_pid(const struct keeper *k);

#endif
