/* series_keeper.h - the private rrdcached: started, watched, restarted, killed
 * when it hangs, ended. */
#ifndef STATION_SERIES_KEEPER_H
#define STATION_SERIES_KEEPER_H

#include "base/complaint.h"
#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct keeper;

/* When it writes: samples older than write_s, spread over spread_s more; each
 * flush_s it looks for what was left and begins another journal. */
struct keeper_times {
    int64_t write_s, spread_s, flush_s;
    bool write_all; /* at its end; else the journal keeps it */
};

/* The times for so many files that get a sample each step_ms: the more wait for
 * a file, the less each costs, and memory bounds them. */
struct keeper_times keeper_times(size_t files, int64_t step_ms);

/* Makes DIR/rrd and DIR/journal, and starts rrdcached from the loop; it
 * listens on DIR/rrdcached.sock. Samples come each step_ms. 0, or -errno and
 * *why. */
int keeper_new(struct event_base *base, const char *data_dir, int64_t step_ms,
               struct keeper **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Ends it (bounded: 3 s); what it has not written stays in its journal. */
void keeper_free(struct keeper *k);
OWNED_BY(struct keeper, keeper_free)

/* There are so many files, or will be: what runs is started anew where that
 * asks for other times, which takes a moment and loses nothing. */
void keeper_files(struct keeper *k, size_t files);

/* Samples come so often from now on: it matters when it is started again. */
void keeper_step(struct keeper *k, int64_t step_ms);

/* It does not answer. One that used the processor since the last such call
 * works, on a journal or for a slow disk, and is waited for; one that did not
 * hangs: it is killed and started again, and its journal has what it took. */
void keeper_silent(struct keeper *k);

/* Times it was started again. */
uint64_t keeper_restarts(const struct keeper *k);

/* Its process, 0 if there is none now. */
int keeper_pid(const struct keeper *k);

#endif
