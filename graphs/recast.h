/* recast.h - the same history in a file that is laid out otherwise. Pure.
 *
 * A row that the old file has, of the same length and kind, stays as it is,
 * known or not. Any other is computed from the finest rows that reach its time:
 * the mean of what is known, or the highest; unknown where more than half is.
 * What a finer archive tells, a gap above all, is never filled from a coarser
 * one; rows older than any finer archive reaches are as fine as they were, so
 * that finer rows repeat them. The highest is never told from means of several
 * steps. Data sources are known by their names; new ones are unknown.
 */
#ifndef GRAPHS_RECAST_H
#define GRAPHS_RECAST_H

#include "graphs/layout.h"
#include "graphs/rrd.h"

/* For rrd_free(). */
struct rrd *rrd_recast(const struct rrd *from, const struct layout *l,
                       enum series_group group)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
