/* summary.h - the figures of a column of numbers, as the legend of a picture
 * has them. Pure. */
#ifndef GRAPHS_SUMMARY_H
#define GRAPHS_SUMMARY_H

#include "graphs/template.h"

struct summary {
    double figures[FIGURES]; /* NaN where nothing is known */
};

/* Of values at[0], at[stride], ... count of them, each over step_s seconds; NaN
 * is unknown and left out. The 95th percentile is the value at 95 % of the way
 * from the lowest to the highest, as rrdtool's PERCENTNAN; the total is that of
 * a rate per second. */
struct summary summary_make(const double *at, size_t count, size_t stride,
                            int64_t step_s);

#endif
