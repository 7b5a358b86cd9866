#include "topology/traffic.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>

static const double NEAR = 0.03, FAR = 0.30;
/* Less than that share of the speed, or that many octets/s, is mostly what
 * floods the network, and so the same on many ports. */
static const double BUSY_SHARE = 1e-4, BUSY_LEAST = 12500;

const char *traffic_verdict_name(enum traffic_verdict v)
{
    static const char *const names[] = {
        [TRAFFIC_UNKNOWN] = "unknown",
        [TRAFFIC_AGREES] = "agrees",
        [TRAFFIC_DISAGREES] = "disagrees",
    };

    return (unsigned)v < COUNT_OF(names) ? names[v] : "";
}

/* One direction: what an end carried in each of two intervals, and the other
 * end in one that lies in them. */
struct flow {
    double first, second, other;
};

/* How much of b lies in a[0], 0 to 1; negative if a does not cover it. */
static double share_in_first(const struct traffic_span a[2],
                             const struct traffic_span *b)
{
    if (b->to_ms <= b->from_ms || a[0].to_ms != a[1].from_ms ||
        b->from_ms < a[0].from_ms || b->to_ms > a[1].to_ms)
        return -1;
    if (b->from_ms >= a[0].to_ms)
        return 0;
    if (b->to_ms <= a[0].to_ms)
        return 1;
    return (double)(a[0].to_ms - b->from_ms) / (double)(b->to_ms - b->from_ms);
}

static bool is_busy(const struct flow *f, uint64_t speed_bps)
{
    double least = fmax((double)speed_bps / 8 * BUSY_SHARE, BUSY_LEAST);

    return fmax(fmax(f->first, f->second), f->other) >= least;
}

static bool is_near(const struct flow *f, double share)
{
    double wanted = f->first * share + f->second * (1 - share);

    return fabs(wanted - f->other) < NEAR * fmax(wanted, f->other);
}

/* Within its interval traffic may have come at any moment: only what is beyond
 * both rates is held against it. */
static bool is_far(const struct flow *f)
{
    double low = fmin(f->first, f->second), high = fmax(f->first, f->second);

    return f->other > high ? f->other - high > FAR * f->other
                           : low - f->other > FAR * low;
}

enum traffic_verdict traffic_weigh(struct traffic_state *s,
                                   const struct traffic_span a[2],
                                   const struct traffic_span *b,
                                   uint64_t speed_bps)
{
    const struct flow flows[] = {
        {a[0].out, a[1].out, b->in},
        {a[0].in, a[1].in, b->out},
    };
    double share = share_in_first(a, b);
    bool busy = false, near = true, far = false;

    for (size_t i = 0; i < COUNT_OF(flows) && share >= 0; i++) {
        const struct flow *f = &flows[i];

        if (isnan(f->first + f->second + f->other) || !is_busy(f, speed_bps))
            continue;
        busy = true;
        near = near && is_near(f, share);
        far = far || is_far(f);
    }
    if (!busy)
        return s->verdict;
    s->near = near ? (uint8_t)(s->near + (s->near < TRAFFIC_INTERVALS)) : 0;
    s->far = far ? (uint8_t)(s->far + (s->far < TRAFFIC_INTERVALS)) : 0;
    if (s->near == TRAFFIC_INTERVALS)
        s->verdict = TRAFFIC_AGREES;
    else if (s->far == TRAFFIC_INTERVALS)
        s->verdict = TRAFFIC_DISAGREES;
    return s->verdict;
}
