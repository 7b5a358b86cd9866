#include "station/rates.h"

#include <math.h>

/* sysUpTime may differ from our clock by this much without being another life
 * of the agent: caches of agents, and the way of the packets. */
enum { UPTIME_SLACK_CS = 1500, UPTIME_GRAIN_MS = 2000 };

/* Both clocks agree when they differ by no more than this share, beyond what
 * the way of the packets explains. */
static const double clocks_agree = 0.05;

/* sysUpTime counts hundredths of a second. */
static const double uptime_grain_s = 0.01;

/* A port may exceed its nominal speed by this much (counting by the agent is
 * not in step with our question). */
static const double speed_slack = 1.1;

/* Below this the share of reading error is too large. */
enum { ELAPSED_MIN_MS = 500 };

const char *rate_gap_name(enum rate_gap gap)
{
    static const char *const names[GAPS] = {
        [GAP_NONE] = "",
        [GAP_FIRST] = "first reading",
        [GAP_RESTART] = "agent restarted",
        [GAP_DISCONTINUITY] = "counters were reset",
        [GAP_RENUMBERED] = "interface was renumbered",
        [GAP_BACKWARDS] = "counter went backwards",
        [GAP_IMPOSSIBLE] = "more than the port can carry",
        [GAP_TOO_CLOSE] = "no time passed",
        [GAP_TIMEOUT] = "no answer",
        [GAP_OVERLOAD] = "overload",
    };

    return names[gap];
}

bool rate_restarted(uint32_t before_cs, uint32_t now_cs, int64_t elapsed_ms)
{
    int64_t grown_ms = ((int64_t)now_cs - before_cs) * 10;

    /* Up for no longer than time passed, and not as much longer: another life.
     */
    if (now_cs >= before_cs)
        return grown_ms < elapsed_ms - UPTIME_GRAIN_MS &&
               (int64_t)now_cs * 10 < elapsed_ms + UPTIME_GRAIN_MS;
    /* It went back: a wrap lands where the elapsed time says, modulo 2^32. */
    uint32_t expected = before_cs + (uint32_t)(elapsed_ms / 10);
    uint32_t off = now_cs > expected ? now_cs - expected : expected - now_cs;

    return expected >= before_cs || off > 4 * UPTIME_SLACK_CS;
}

/* Seconds between two readings of counter i. Ours is known to within the way of
 * the packets, the agent's to within its grain: the middle of what both say. */
static double seconds_between(const struct counter_reading *before,
                              const struct counter_reading *now, size_t i)
{
    const struct counter_moment *a = &before->moments[i], *b = &now->moments[i];
    double ours = (double)(now->at.ns - before->at.ns) / 1e9 +
                  (b->later_us - a->later_us) / 1e6;
    double slack = (a->slack_us + b->slack_us) / 1e6;

    if (!before->has_uptime || !now->has_uptime)
        return ours;
    double theirs = (uint32_t)(now->uptime_cs - before->uptime_cs) / 100.0 +
                    (b->ticks - a->ticks) / 100.0;
    if (fabs(theirs - ours) > clocks_agree * ours + slack)
        return ours;
    double least = fmax(ours - slack, theirs - uptime_grain_s);
    double most = fmin(ours + slack, theirs + uptime_grain_s);
    if (least <= most)
        return (least + most) / 2;
    return slack < uptime_grain_s ? ours : theirs;
}

static void all_unknown(double out[PORT_RATES])
{
    for (size_t i = 0; i < PORT_RATES; i++)
        out[i] = NAN;
}

/* Why two readings cannot be compared at all. */
static enum rate_gap incomparable(const struct counter_reading *before,
                                  const struct counter_reading *now)
{
    int64_t elapsed_ms = mono_ms_between(before->at, now->at);

    if (!now->valid)
        return GAP_RESTART;
    if (!before->valid)
        return GAP_FIRST;
    if (before->has_uptime && now->has_uptime &&
        rate_restarted(before->uptime_cs, now->uptime_cs, elapsed_ms))
        return GAP_RESTART;
    if (before->has_discontinuity && now->has_discontinuity &&
        before->discontinuity_cs != now->discontinuity_cs)
        return GAP_DISCONTINUITY;
    if (elapsed_ms < ELAPSED_MIN_MS)
        return GAP_TOO_CLOSE;
    return GAP_NONE;
}

/* The highest rate of counter i on a port of this speed: octets, else packets
 * (the shortest frame takes 84 octets on the wire); infinite if not known. */
static double rate_limit(size_t i, uint64_t speed_bps)
{
    double octets = (double)speed_bps / 8 * speed_slack;

    if (speed_bps == 0)
        return INFINITY;
    return i == PORT_IN_OCTETS || i == PORT_OUT_OCTETS ? octets : octets / 64;
}

/* Growth of a 32-bit counter that went back. Once around, if the port cannot
 * have gone around twice; else not known. */
static double wrapped(uint64_t before, uint64_t now, double seconds,
                      double limit)
{
    const double span = 4294967296.0;

    if (!isfinite(limit) || limit * seconds >= span / 2)
        return NAN;
    return (double)now + span - (double)before;
}

static double growth(const struct counter_reading *before,
                     const struct counter_reading *now, size_t i,
                     double seconds, double limit)
{
    uint64_t was = before->counters[i], is = now->counters[i];

    if (is >= was)
        return (double)(is - was);
    return now->wide >> i & 1 ? NAN : wrapped(was, is, seconds, limit);
}

enum rate_gap rate_compute(const struct counter_reading *before,
                           const struct counter_reading *now,
                           uint64_t speed_bps, double out[PORT_RATES])
{
    enum rate_gap gap = incomparable(before, now);
    unsigned good = 0, back = 0, beyond = 0;

    all_unknown(out);
    if (gap != GAP_NONE)
        return gap;
    for (size_t i = 0; i < PORT_RATES; i++) {
        uint16_t bit = (uint16_t)(1U << i);

        if (!(before->present & now->present & bit) ||
            (before->wide & bit) != (now->wide & bit))
            continue;
        double limit = rate_limit(i, speed_bps);
        double seconds = seconds_between(before, now, i);
        double rate = growth(before, now, i, seconds, limit) / seconds;
        back += isnan(rate) ? 1 : 0;
        beyond += rate > limit ? 1 : 0;
        if (isnan(rate) || rate > limit)
            continue;
        out[i] = rate;
        good++;
    }
    if (back > 1 || beyond > 0)
        all_unknown(out);
    if (beyond > 0)
        return GAP_IMPOSSIBLE;
    return back > 1 || good == 0 ? GAP_BACKWARDS : GAP_NONE;
}
