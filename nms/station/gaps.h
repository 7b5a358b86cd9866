/* gaps.h - the record of times without values, and of why: kept beside the
 * series, in memory and in the store.
 *
 * A gap is of one file of a device ("port-ge0.rrd"), of a device as a whole
 * (file ""), of all that its agent measures but ports (GAPS_METRICS), or of the
 * station (folder ""). Devices are named by the folder of
 * their series, which is theirs for life, and may be another's after it. While
 * all is well nothing happens here. Moments are of the samples' clock
 * (steady.h).
 */
#ifndef STATION_GAPS_H
#define STATION_GAPS_H

#include "base/clock.h"
#include "base/complaint.h"
#include "base/mem.h"
#include "base/own.h"
#include "station/gap.h"

struct gaps;
struct store;

/* Beyond these the oldest of the folder go, and are counted. */
enum { GAPS_FOLDER_MAX = 1000, GAPS_MAX = 200000 };

#define GAPS_METRICS "metrics"

struct gap_span {
    struct wall from, to; /* to 0: it is not over */
    enum gap why;
};
struct gap_spans ARRAY_OF(struct gap_span);

/* keep_ms: gaps that ended longer ago are forgotten. store is borrowed, NULL:
 * nothing is kept. */
struct gaps *gaps_new(struct store *store, int64_t keep_ms);
void gaps_use(struct gaps *g, int64_t keep_ms); /* from now on */
void gaps_free(struct gaps *g);
OWNED_BY(struct gaps, gaps_free)

/* Reads what an earlier run kept: open gaps end where that run did, and the
 * time from then to now is one of the station. *alive is when it ended, 0 for
 * a first run. 0, or -EIO and *why. */
int gaps_resume(struct gaps *g, struct wall now, struct wall *alive,
                struct complaint *why) __attribute__((warn_unused_result));

/* The file of a path ("DEVICE/port-ge0.rrd"), within it; "" if it has none. */
const char *gaps_file(const char *path);

/* Begins one. Nothing happens if it is open for that reason already; for
 * another reason that one ends where this begins. */
void gaps_open(struct gaps *g, const char *folder, const char *file,
               struct wall from, enum gap why);

/* Ends the open one, if there is one; what is empty then was none. */
void gaps_close(struct gaps *g, const char *folder, const char *file,
                struct wall to);

/* Ends all that are open in a folder. */
void gaps_end(struct gaps *g, const char *folder, struct wall to);

/* The device of a folder is no more, but its files are; or they go on, as those
 * of a device that was found again, or anew under its name: the time between
 * is a gap of the station's, over restarts too. */
void gaps_leave(struct gaps *g, const char *folder, struct wall at);
void gaps_return(struct gaps *g, const char *folder, struct wall at);

/* Gaps follow the series from one folder to another, or go with them. */
void gaps_move(struct gaps *g, const char *from, const char *to);
void gaps_forget(struct gaps *g, const char *folder);

/* Notes that the station lives, and forgets what is too old. Once a second. */
void gaps_tick(struct gaps *g, struct wall now);

/* How many samples were ever lost on their way to their files. Once a second;
 * while there are more each minute it is a gap of the station. */
void gaps_note_lost(struct gaps *g, uint64_t lost, struct wall now);

/* What strikes the series of a path ("DEVICE/port-ge0.rrd") between two
 * moments, oldest first, cut to these; open ones end at to. Where the station
 * did not run, or lost samples, up to margin_ms more on both sides had no
 * value.
 */
struct gaps_query {
    const char *path;
    enum series_group group;
    struct wall from, to;
    int64_t margin_ms;
};
void gaps_of(const struct gaps *g, const struct gaps_query *query,
             struct gap_spans *out);

struct gaps_stats {
    size_t kept, open;
    uint64_t dropped; /* beyond the limits */
};
void gaps_stats(const struct gaps *g, struct gaps_stats *out);

#endif
