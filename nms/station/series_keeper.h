/* series_keeper.h - the private rrdcached: started, watched, restarted, killed
 * when it hangs, ended. */
#ifndef STATION_SERIES_KEEPER_H
#define STATION_SERIES_KEEPER_H

#include "base/complaint.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct keeper;

/* Makes DIR/rrd, and starts rrdcached from the loop; it listens on
 * DIR/rrdcached.sock. It keeps nothing that it was not told to write, and has
 * no journal: samples wait on the shelves until they are written. 0, or -errno
 * and *why. */
int keeper_new(struct event_base *base, const char *data_dir,
               struct keeper **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Ends it (bounded: 3 s). */
void keeper_free(struct keeper *k);
OWNED_BY(struct keeper, keeper_free)

/* It does not answer. One that used the processor since the last such call
 * works, and is waited for; one that did not hangs: it is killed and started
 * again. */
void keeper_silent(struct keeper *k);

/* Nobody could connect to it. One that started patience_ms ago is silent by
 * that: it hung before it listened. */
void keeper_unreached(struct keeper *k, int64_t patience_ms);

/* Times it was started again. */
uint64_t keeper_restarts(const struct keeper *k);

/* Its process, 0 if there is none now. */
int keeper_pid(const struct keeper *k);

#endif
