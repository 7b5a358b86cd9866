/* rates.h - from two readings of an agent's counters to rates, or to the
 * reason why there are none. Pure.
 *
 * Nothing is invented: a reset, a renumbering, a wrap that might hide another
 * one, or a rate beyond what the port can carry gives "unknown" (NaN), never a
 * spike and never a zero.
 */
#ifndef STATION_RATES_H
#define STATION_RATES_H

#include "base/clock.h"
#include "station/snapshot.h"

/* When one counter was read, beside the reading's own time: they may come in
 * several PDUs. */
struct counter_moment {
    int32_t later_us;  /* middle between question and answer */
    uint32_t slack_us; /* it was read at most that long before or after */
    int32_t ticks;     /* of sysUpTime since */
};

/* One reading of the counters of a port. */
struct counter_reading {
    bool valid; /* false: the agent restarted while it was read */
    struct mono at;
    bool has_uptime;
    uint32_t uptime_cs; /* sysUpTime.0 of the PDU that came first */
    bool has_discontinuity;
    uint32_t discontinuity_cs; /* ifCounterDiscontinuityTime */
    uint64_t counters[PORT_RATES];
    struct counter_moment moments[PORT_RATES];
    uint16_t present; /* bit n: counters[n] was told */
    uint16_t wide;    /* bit n: it has 64 bits */
};

/* Why there is no rate; words in rate_gap_name(). */
enum rate_gap {
    GAP_NONE,          /* rates are there */
    GAP_FIRST,         /* nothing to compare with yet */
    GAP_RESTART,       /* the agent restarted in between */
    GAP_DISCONTINUITY, /* ifCounterDiscontinuityTime moved */
    GAP_RENUMBERED,    /* the row became another port in between */
    GAP_BACKWARDS,     /* a counter went back without a restart */
    GAP_IMPOSSIBLE,    /* more than the port can carry */
    GAP_TOO_CLOSE,     /* no time passed */
    GAP_TIMEOUT,       /* no answer */
    GAP_OVERLOAD,      /* no answer, and it may be our own doing */
    GAPS
};
const char *rate_gap_name(enum rate_gap gap); /* "" for GAP_NONE */

/* Did the agent restart between two readings of sysUpTime, taken elapsed_ms
 * apart by our clock? A wrap after 497 days is none. */
bool rate_restarted(uint32_t before_cs, uint32_t now_cs, int64_t elapsed_ms);

/* Rates per second into out[PORT_RATES]; a counter that cannot be trusted
 * alone is NaN. Time passes by both clocks, ours and the agent's, each as exact
 * as it is; where they differ by more than 5 %, by ours. speed_bps 0: not
 * known, then nothing is impossible. When the whole reading gives nothing, all
 * are NaN and the gap says why. */
enum rate_gap rate_compute(const struct counter_reading *before,
                           const struct counter_reading *now,
                           uint64_t speed_bps, double out[PORT_RATES]);

#endif
