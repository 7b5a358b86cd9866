/* steady.h - the time that samples carry: wall-clock time that never goes back
 * and passes as the monotonic clock does. Pure.
 *
 * When the wall clock is put ahead, this one follows once that lasted; when it
 * is put back, this one goes on and gives way by STEADY_SLEW of the time, too
 * little to be seen in a rate.
 */
#ifndef STATION_STEADY_H
#define STATION_STEADY_H

#include "base/clock.h"

enum {
    STEADY_SLEW = 256,       /* a 256th */
    STEADY_NEAR_MS = 500,    /* closer clocks are one */
    STEADY_LASTS_MS = 30000, /* that long ahead is meant */
};

struct steady {
    struct mono at;    /* when it was set last */
    int64_t ahead_ms;  /* of the monotonic clock */
    struct mono since; /* the wall clock is ahead; 0 = it is not */
};

/* As the wall clock, but not before earliest (the last sample of an earlier
 * run, 0 = none). */
void steady_begin(struct steady *s, struct mono now, struct wall wall,
                  struct wall earliest);

/* Follows the wall clock; call it now and then, at least every minute. */
void steady_follow(struct steady *s, struct mono now, struct wall wall);

/* The time to write beside what was read at a moment. */
struct wall steady_at(const struct steady *s, struct mono moment);

/* How much it is ahead of the wall clock. */
int64_t steady_lead_ms(const struct steady *s, struct mono now,
                       struct wall wall);

#endif
