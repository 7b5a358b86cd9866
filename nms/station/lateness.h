/* lateness.h - how late polls start, over the last minute or two: a histogram
 * of constant size. Pure. */
#ifndef STATION_LATENESS_H
#define STATION_LATENESS_H

#include "base/clock.h"

enum { LATENESS_STEPS = 32, LATENESS_WINDOW_MS = 60000 };

struct lateness {
    uint32_t now[LATENESS_STEPS], before[LATENESS_STEPS]; /* by 2^(n/2) ms */
    int64_t max_now, max_before;
    struct mono turned;
};

void lateness_add(struct lateness *l, int64_t late_ms, struct mono now);

/* The value that share (0..1) of the polls stayed below, in ms; 0 if none. */
int64_t lateness_quantile(const struct lateness *l, double share);
int64_t lateness_max(const struct lateness *l);

#endif
