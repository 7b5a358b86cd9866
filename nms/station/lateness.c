#include "station/lateness.h"

#include <math.h>
#include <string.h>

/* Two minutes are kept, so that the figure never rests on an empty one. */
static void turn(struct lateness *l, struct mono now)
{
    if (mono_ms_between(l->turned, now) < LATENESS_WINDOW_MS)
        return;
    memcpy(l->before, l->now, sizeof l->before);
    memset(l->now, 0, sizeof l->now);
    l->max_before = l->max_now;
    l->max_now = 0;
    l->turned = now;
}

void lateness_add(struct lateness *l, int64_t late_ms, struct mono now)
{
    int64_t late = late_ms > 0 ? late_ms : 0;
    double step = late > 0 ? 2 * log2((double)late) + 1 : 0;

    turn(l, now);
    l->now[step < LATENESS_STEPS ? (size_t)step : LATENESS_STEPS - 1]++;
    if (late > l->max_now)
        l->max_now = late;
}

int64_t lateness_quantile(const struct lateness *l, double share)
{
    uint64_t all = 0, seen = 0;
    size_t step = 0;

    for (size_t i = 0; i < LATENESS_STEPS; i++)
        all += l->now[i] + l->before[i];
    if (all == 0)
        return 0;
    for (; step < LATENESS_STEPS - 1; step++) {
        seen += l->now[step] + l->before[step];
        if ((double)seen >= share * (double)all)
            break;
    }
    if (step == LATENESS_STEPS - 1)
        return lateness_max(l); /* the last step has no end */
    int64_t bound = step == 0 ? 0 : (int64_t)ceil(exp2((double)step / 2));
    return bound < lateness_max(l) ? bound : lateness_max(l);
}

int64_t lateness_max(const struct lateness *l)
{
    return l->max_now > l->max_before ? l->max_now : l->max_before;
}
