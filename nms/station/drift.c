#include "station/drift.h"

#include <math.h>

/* sysUpTime counts hundredths of a second. */
static const double grain_s = 0.01;

/* More is no drift: a clock was set, stood still, or began anew. */
static const double drift_most = 0.05, wall_most_s = 0.5;

/* From one mark to a later one. */
struct stretch {
    double ours, theirs, unsure; /* seconds */
};

static struct stretch between(const struct drift_mark *a,
                              const struct drift_mark *b)
{
    return (struct stretch){
        .ours = (double)(b->at.ns - a->at.ns) / 1e9,
        .theirs = ((double)b->uptime_cs - (double)a->uptime_cs) / 100.0,
        .unsure = ((double)a->slack_us + (double)b->slack_us) / 1e6 + grain_s,
    };
}

/* Did all clocks go on from one mark to the other, more or less as ours? */
static bool went_on(const struct drift_mark *a, const struct drift_mark *b)
{
    struct stretch s = between(a, b);
    double wall_s = (double)(b->wall.ms - a->wall.ms) / 1e3;

    if (a->wall.ms != 0 && b->wall.ms != 0 &&
        fabs(wall_s - s.ours) > wall_most_s + s.unsure)
        return false;
    return fabs(s.theirs - s.ours) <= drift_most * s.ours + s.unsure;
}

/* Do both stretches tell of one pace? */
static bool agree(struct stretch a, struct stretch b)
{
    return fabs(a.theirs / a.ours - b.theirs / b.ours) <=
           a.unsure / a.ours + b.unsure / b.ours;
}

/* The later stretch is as long as the earlier one: what both tell is so. */
static void compare(struct drift *d)
{
    struct stretch early = between(&d->first, &d->middle);
    struct stretch late = between(&d->middle, &d->last);
    struct stretch all = between(&d->first, &d->last);

    if (!agree(early, late)) {
        d->first = d->middle;
        d->pace = 0;
    } else if (fabs(all.theirs - all.ours) > all.unsure) {
        d->pace = (float)(all.theirs / all.ours);
    } else {
        d->pace = 0;
    }
    d->middle = d->last;
}

double drift_note(struct drift *d, const struct stamp *stamp, struct wall wall)
{
    int64_t slack_ns = (stamp->received.ns - stamp->sent.ns) / 2;
    struct drift_mark now = {.at = {stamp->sent.ns + slack_ns},
                             .wall = wall,
                             .slack_us = (uint32_t)(slack_ns / 1000),
                             .uptime_cs = stamp->uptime_cs};

    if (!stamp->has_uptime || now.at.ns <= d->last.at.ns)
        return (double)d->pace;
    bool goes_on = d->last.at.ns != 0 && went_on(&d->last, &now);
    d->last = now;
    if (!goes_on) {
        *d = (struct drift){.first = now, .middle = now, .last = now};
        return 0;
    }
    if (d->middle.at.ns == d->first.at.ns)
        d->middle = now;
    else if (now.at.ns - d->middle.at.ns >= d->middle.at.ns - d->first.at.ns)
        compare(d);
    return (double)d->pace;
}
