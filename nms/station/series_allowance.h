/* series_allowance.h - how many files may be made now: as many as cost a small
 * share of a processor, at once where there are few; and so many at least that
 * all are there within an hour, for their samples wait on a disk that is not
 * endless. By what making one was seen to cost. Pure. */
#ifndef STATION_SERIES_ALLOWANCE_H
#define STATION_SERIES_ALLOWANCE_H

#include "base/clock.h"

struct allowance {
    int64_t left_ns; /* below 0: more was spent than was there */
    int64_t each_ns; /* what a file costs */
    struct mono at;  /* when it was as much as that */
};

void allowance_init(struct allowance *a, struct mono now);

/* So many may be made now; files: that there are, or will be. */
uint64_t allowance_files(struct allowance *a, struct mono now, uint64_t files);

/* So many were made, or tried; what that took of a processor in all. */
void allowance_spend(struct allowance *a, uint64_t made, int64_t cost_ns);

#endif
