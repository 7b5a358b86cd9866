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
#include "station/gap.h"
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
    bool has_uptime, has_boots, has_discontinuity;
    struct mono at;
    struct wall wall; /* at the same moment; 0 = not told */
    float pace;       /* of the agent's clock, by ours (drift.h); 0 = as ours */
    uint32_t uptime_cs;        /* sysUpTime.0 of the PDU that came first */
    uint32_t boots, engine_s;  /* snmpEngineBoots, snmpEngineTime with it */
    uint32_t discontinuity_cs; /* ifCounterDiscontinuityTime */
    uint64_t counters[PORT_RATES];
    struct counter_moment moments[PORT_RATES];
    uint16_t present; /* bit n: counters[n] was told */
    uint16_t wide;    /* bit n: it has 64 bits */
    uint16_t beyond;  /* bit n: it grew more than the port can carry */
    uint16_t doubted; /* bit n: it was told, but went back alone */
    /* Bit n: of 64 bits, but it went round at 32; or may have. Not kept. */
    uint16_t round, may_round;
};

/* What a port can do at most. 0: not known, then it is 1 Tbit/s. */
struct rate_bounds {
    uint64_t speed_bps;
    uint32_t frame_octets; /* the longest frame, with all that surrounds it */
};

/* Did the agent restart between two readings of sysUpTime, taken elapsed_ms
 * apart by our clock? A wrap after 497 days is none. */
bool rate_restarted(uint32_t before_cs, uint32_t now_cs, int64_t elapsed_ms);

/* Rates per second into out[PORT_RATES]; a counter that cannot be trusted
 * alone is NaN, and what only damage can have told is taken out of *now. Time
 * passes by both clocks, ours and the agent's, each as exact as it is; where
 * they differ, by ours, unless the wall clock sides with the agent's (then ours
 * stood still). The gap says why some or all are NaN. */
enum gap rate_compute(const struct counter_reading *before,
                      struct counter_reading *now,
                      const struct rate_bounds *bounds, double out[PORT_RATES]);

/* Do both tell the same of all counters? */
bool rate_stands(const struct counter_reading *before,
                 const struct counter_reading *now);

/* The counters of a reading stood as they are since then already. */
void rate_date_back(struct counter_reading *r, struct mono since);

/* Had this reading, beside one before it, counters that went back, as all do at
 * a reset? Might it follow a reset without showing it: could all that it tells
 * have come since the one before? */
bool rate_fell(const struct counter_reading *before,
               const struct counter_reading *now);
bool rate_may_be_anew(const struct counter_reading *before,
                      const struct counter_reading *now,
                      const struct rate_bounds *bounds);

#endif
