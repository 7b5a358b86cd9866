/* blank.h - a file that knows nothing yet, as rrdtool creates it. Pure. */
#ifndef GRAPHS_BLANK_H
#define GRAPHS_BLANK_H

#include "graphs/layout.h"
#include "graphs/rrd.h"

/* All of its rows are unknown; its archives have no values, so that
 * rrd_write_head() alone takes it. For rrd_free(). */
struct rrd *blank_new(const struct layout *l, enum series_group group)
    __attribute__((returns_nonnull, warn_unused_result));

/* It begins then: samples of begin_s and earlier are refused. */
void blank_begin(struct rrd *blank, int64_t begin_s);

/* Octets of its rows, all of them NaN. */
uint64_t blank_rows_len(const struct rrd *blank);

#endif
