/* drift.h - how fast an agent's clock runs, by its sysUpTime held against our
 * clock. Over one interval the way of the packets hides a drift; over many it
 * shows. Pure.
 */
#ifndef STATION_DRIFT_H
#define STATION_DRIFT_H

#include "base/clock.h"
#include "mibs/value.h"

/* sysUpTime as one answer told it. */
struct drift_mark {
    struct mono at;    /* midway between question and answer; 0 = none */
    struct wall wall;  /* about then; 0 = not told */
    uint32_t slack_us; /* it was then to within this */
    uint32_t uptime_cs;
};

/* Begins as zeros. */
struct drift {
    struct drift_mark first, middle, last;
    float pace; /* their seconds in one of ours; 0: no other than one */
};

/* Takes what an answer told at a moment, again and again the same if need be:
 * gives the pace, as known by now. wall: the wall clock, 0 = not told. */
double drift_note(struct drift *d, const struct stamp *stamp, struct wall wall);

#endif
