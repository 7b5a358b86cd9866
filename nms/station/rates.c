#include "station/rates.h"

#include <math.h>
#include <string.h>

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

/* More than any port carries whose own speed does not bound it: in a host, or
 * where it is not told. */
static const double most_bps = 1e12;

/* Below this the share of reading error is too large. */
enum { ELAPSED_MIN_MS = 500 };

/* What a counter of 32 bits counts before it begins anew. */
static const double narrow_span = 4294967296.0;

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

/* ---- time ---- */

/* By the wall clock, which goes on where the monotonic one stands still: in a
 * machine that sleeps, or a virtual one that is held. */
static bool wall_sides_with(const struct counter_reading *before,
                            const struct counter_reading *now, double theirs,
                            double ours, double slack)
{
    double passed = (double)(now->wall.ms - before->wall.ms) / 1e3;

    return before->wall.ms != 0 && now->wall.ms != 0 && theirs > 0 &&
           fabs(passed - theirs) <= clocks_agree * theirs + slack &&
           fabs(passed - theirs) < fabs(passed - ours);
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
    if (now->pace > 0)
        theirs /= (double)now->pace;
    if (fabs(theirs - ours) > clocks_agree * ours + slack)
        return wall_sides_with(before, now, theirs, ours, slack) ? theirs
                                                                 : ours;
    double least = fmax(ours - slack, theirs - uptime_grain_s);
    double most = fmin(ours + slack, theirs + uptime_grain_s);

    /* Where they do not meet the agent's runs fast or slow. */
    return least <= most ? (least + most) / 2 : ours;
}

/* ---- what cannot be compared ---- */

static void all_unknown(double out[PORT_RATES])
{
    for (size_t i = 0; i < PORT_RATES; i++)
        out[i] = NAN;
}

/* Why two readings cannot be compared at all. */
static enum gap incomparable(const struct counter_reading *before,
                             const struct counter_reading *now)
{
    int64_t elapsed_ms = mono_ms_between(before->at, now->at);

    if (!now->valid)
        return GAP_RESTART;
    if (!before->valid)
        return GAP_FIRST;
    if (before->has_boots && now->has_boots &&
        (before->boots != now->boots || now->engine_s < before->engine_s))
        return GAP_RESTART;
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

/* Counters that both readings have, in one width. */
static uint16_t common(const struct counter_reading *before,
                       const struct counter_reading *now)
{
    uint16_t same_width = (uint16_t) ~(before->wide ^ now->wide);

    return before->present & now->present & same_width;
}

static bool is_octets(size_t i)
{
    return i == PORT_IN_OCTETS || i == PORT_OUT_OCTETS;
}

/* ---- bounds ---- */

/* The highest rate of counter i on a port of this speed: octets, else packets
 * (the shortest frame takes 84 octets on the wire). */
static double rate_limit(size_t i, const struct rate_bounds *bounds)
{
    double bps = bounds->speed_bps > 0 ? (double)bounds->speed_bps : most_bps;
    double octets = bps / 8 * speed_slack;

    return is_octets(i) ? octets : octets / 64;
}

/* Packets that passed in the direction of an octet counter; NaN if not known.
 */
static double packets_beside(const struct counter_reading *before,
                             const struct counter_reading *now, size_t octets)
{
    static const size_t packets[][3] = {
        [PORT_IN_OCTETS] = {PORT_IN_UCAST, PORT_IN_MCAST, PORT_IN_BCAST},
        [PORT_OUT_OCTETS] = {PORT_OUT_UCAST, PORT_OUT_MCAST, PORT_OUT_BCAST},
    };
    double count = 0;

    for (size_t n = 0; n < COUNT_OF(packets[octets]); n++) {
        size_t at = packets[octets][n];
        bool told = common(before, now) >> at & 1;

        if (!told || now->counters[at] < before->counters[at])
            return NAN;
        count += (double)(now->counters[at] - before->counters[at]);
    }
    return count;
}

/* The most that a short counter can have grown: by the port's speed, and octets
 * by the packets beside them; errors never come by the thousand million.
 * Infinite if nothing is known. */
static double growth_limit(const struct counter_reading *before,
                           const struct counter_reading *now, size_t i,
                           double seconds, const struct rate_bounds *bounds)
{
    double by_speed = bounds->speed_bps > 0 ? rate_limit(i, bounds) * seconds
                                            : (double)INFINITY;
    double forth = (double)now->counters[i] - (double)before->counters[i];

    if (i >= PORT_IN_ERRORS)
        return fmin(by_speed, narrow_span / 4);
    if (!is_octets(i) || bounds->frame_octets == 0)
        return by_speed;
    double by_packets = packets_beside(before, now, i) * bounds->frame_octets;
    double least = forth < 0 ? forth + narrow_span : forth;

    /* Packets that do not explain the octets are not told truly. */
    return least <= by_packets ? fmin(by_speed, by_packets) : by_speed;
}

/* How a counter grew. */
struct grown {
    double by; /* NaN: not known */
    bool back, wrapped, round;
};

/* One that went back within 32 bits may have no more of them, whatever its type
 * says. */
static struct grown growth(const struct counter_reading *before,
                           const struct counter_reading *now, size_t i,
                           double most)
{
    double forth = (double)now->counters[i] - (double)before->counters[i];
    bool narrow = (now->wide >> i & 1) == 0;
    bool twice = isfinite(most) && most >= narrow_span / 2;
    bool within = before->counters[i] <= UINT32_MAX;

    if (narrow && twice)
        return (struct grown){.by = NAN, .wrapped = true};
    if (forth >= 0)
        return (struct grown){.by = forth};
    if (within && !twice && forth + narrow_span <= most && isfinite(most))
        return (struct grown){.by = forth + narrow_span, .round = true};
    return (struct grown){.by = NAN, .back = true, .round = within && twice};
}

/* ---- resets that nothing announces ---- */

bool rate_fell(const struct counter_reading *before,
               const struct counter_reading *now)
{
    uint16_t both = common(before, now);
    unsigned fell = 0, rose = 0;
    bool wide = false;

    for (size_t i = 0; i < PORT_RATES; i++) {
        if (!(both >> i & 1) || before->counters[i] == 0)
            continue;
        bool less = now->counters[i] < before->counters[i];
        fell += less ? 1 : 0;
        rose += less ? 0 : 1;
        wide |= less && (now->wide >> i & 1) != 0;
    }
    /* One short counter alone may just have gone round. */
    return rose == 0 && (fell > 1 || (fell == 1 && wide));
}

bool rate_may_be_anew(const struct counter_reading *before,
                      const struct counter_reading *now,
                      const struct rate_bounds *bounds)
{
    double seconds = (double)mono_ms_between(before->at, now->at) / 1e3;

    for (size_t i = 0; i < PORT_RATES; i++)
        if ((now->present >> i & 1) &&
            (double)now->counters[i] > rate_limit(i, bounds) * seconds)
            return false;
    return true;
}

/* ---- counters that stand still ---- */

bool rate_stands(const struct counter_reading *before,
                 const struct counter_reading *now)
{
    return before->valid && now->valid && now->present != 0 &&
           before->present == now->present && before->wide == now->wide &&
           memcmp(before->counters, now->counters, sizeof now->counters) == 0;
}

void rate_date_back(struct counter_reading *r, struct mono since)
{
    int64_t earlier_ms = mono_ms_between(since, r->at);
    uint32_t earlier_cs = (uint32_t)(earlier_ms / 10);

    r->at = since;
    if (r->wall.ms != 0)
        r->wall.ms -= earlier_ms;
    if (r->uptime_cs < earlier_cs)
        r->has_uptime = false;
    r->uptime_cs -= earlier_cs;
}

/* ---- rates ---- */

/* What became of the counters of a reading. */
struct tally {
    unsigned good, back, beyond, wrapped;
    uint16_t fell;
};

static double rate_of(const struct counter_reading *before,
                      struct counter_reading *now, size_t i,
                      const struct rate_bounds *bounds, struct tally *tally)
{
    uint16_t bit = (uint16_t)(1U << i);
    double seconds = seconds_between(before, now, i);
    double most = growth_limit(before, now, i, seconds, bounds);
    struct grown grown = growth(before, now, i, most);
    double rate = grown.by / seconds;

    tally->wrapped += grown.wrapped ? 1 : 0;
    tally->back += grown.back ? 1 : 0;
    if (grown.round && (now->wide & bit) != 0 && grown.back)
        now->may_round |= bit;
    else if (grown.round && (now->wide & bit) != 0)
        now->round |= bit;
    if (grown.back && !(before->beyond & bit))
        tally->fell |= bit;
    if (rate > rate_limit(i, bounds)) {
        now->beyond |= bit;
        tally->beyond++;
        return NAN;
    }
    tally->good += isnan(rate) ? 0 : 1;
    return rate;
}

/* The reason of a reading. */
static enum gap verdict(const struct counter_reading *before,
                        const struct counter_reading *now,
                        const struct tally *tally)
{
    uint16_t both = before->present & now->present;

    if (tally->beyond > 0)
        return GAP_IMPOSSIBLE;
    if (tally->back > 0 || (before->doubted & now->present) != 0)
        return GAP_BACKWARDS;
    if (tally->wrapped > 0)
        return GAP_WRAPPED;
    if ((both & (before->wide ^ now->wide)) != 0)
        return GAP_STUCK;
    if (before->present != now->present)
        return GAP_BROKEN;
    return tally->good > 0 ? GAP_NONE : GAP_BROKEN;
}

enum gap rate_compute(const struct counter_reading *before,
                      struct counter_reading *now,
                      const struct rate_bounds *bounds, double out[PORT_RATES])
{
    enum gap gap = incomparable(before, now);
    uint16_t both = common(before, now);
    struct tally tally = {0};

    all_unknown(out);
    if (gap == GAP_NONE && rate_fell(before, now))
        gap = GAP_BACKWARDS;
    if (gap != GAP_NONE)
        return gap;
    for (size_t i = 0; i < PORT_RATES; i++)
        if (both >> i & 1)
            out[i] = rate_of(before, now, i, bounds, &tally);
    if (tally.beyond > 0 || tally.back > 1)
        all_unknown(out);
    else { /* one that went back alone was damaged, now or before */
        now->present &= (uint16_t)~tally.fell;
        now->doubted = tally.fell;
    }
    return verdict(before, now, &tally);
}
