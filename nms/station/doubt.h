/* doubt.h - when silence may be the station's own doing: it is overloaded, or
 * cut off from what it watches. Then nobody is called down. Pure.
 *
 * Checks count that the schedule began: a device has one in an interval, so
 * that each is counted once however often it is asked again. Those that are
 * down already say nothing by their silence.
 */
#ifndef STATION_DOUBT_H
#define STATION_DOUBT_H

#include "base/clock.h"

enum doubt_cause {
    DOUBT_NONE,
    DOUBT_LAG,     /* the event loop was late by more than DOUBT_LAG_MS */
    DOUBT_DROPS,   /* a socket of ours had no room for answers */
    DOUBT_SLOW,    /* half of the checks with an answer end after
                      DOUBT_SLOW_PERCENT of the interval */
    DOUBT_UPLINKS, /* no interface of this machine is up, and one was */
    DOUBT_SILENCE, /* DOUBT_SILENT_PERCENT of at least DOUBT_DEVICES_MIN
                      devices fell silent, and nobody before them answers */
    DOUBT_CAUSES
};
const char *doubt_cause_text(enum doubt_cause cause); /* "" for none */

enum {
    DOUBT_LAG_MS = 1000,
    DOUBT_SLOW_PERCENT = 90,
    DOUBT_SILENT_PERCENT = 80,
    DOUBT_DEVICES_MIN = 10
};

/* How a check that the schedule began ended. */
enum doubt_check {
    CHECK_ANSWERED, /* in time */
    CHECK_SLOW,     /* with answers, after DOUBT_SLOW_PERCENT of the interval */
    CHECK_MISSED,   /* without an answer, of a device that is not down */
    CHECK_ENDS
};

enum { DOUBT_SPANS = 32 };

struct doubt {
    enum doubt_cause overload, isolation; /* as in force */
    int64_t interval_ms;
    uint32_t ends[DOUBT_SPANS][CHECK_ENDS]; /* of the last interval */
    int64_t span;                           /* number of the newest */
    struct mono noted_at;                   /* of the newest */
    struct mono overloaded_at;              /* last evidence */
    struct mono isolated_at;                /* first evidence */
    struct mono witnessed_at; /* last: doubt_witness(); 0 = never */
    bool had_uplinks;
};

/* Nothing is doubted at first. */
void doubt_init(struct doubt *d, int64_t interval_ms, struct mono now);

/* Another interval: how checks ended is counted anew. */
void doubt_use_interval(struct doubt *d, int64_t interval_ms, struct mono now);

/* Is there doubt of either kind? */
static inline bool doubt_holds(const struct doubt *d)
{
    return d->overload != DOUBT_NONE || d->isolation != DOUBT_NONE;
}

/* One ended; at: when it was missed, or the device answered last. */
void doubt_note(struct doubt *d, enum doubt_check end, struct mono at);

/* Who answered since a device is silent. */
enum doubt_witness {
    DOUBT_NOBODY, /* nobody who would tell */
    DOUBT_BESIDE, /* somebody with a link to it */
    DOUBT_BEFORE  /* somebody whom every way to it leads through */
};

/* May a device be called down that is silent since a moment? Asked before each
 * such verdict; finds out here that nearly all fell silent with it. While too
 * few of at least DOUBT_DEVICES_MIN devices were asked meanwhile to know, and
 * none of them answers, nor anybody beside it, the verdict waits, for an
 * interval at most. */
bool doubt_permits(struct doubt *d, struct mono silent_since, size_t devices,
                   enum doubt_witness witness, struct mono now);

/* One that lies between the station and others that are silent answers: their
 * silence is not the station's, however many they are. For an interval. */
void doubt_witness(struct doubt *d, struct mono now);

/* What the station sees of itself. */
struct doubt_facts {
    int64_t loop_lag_ms; /* since the last turn */
    uint64_t drops;      /* answers that our sockets lost since then */
    size_t uplinks;      /* interfaces that are up, loopback apart */
};

/* Every second: overload and isolation begin and end here. Overload ends when
 * there was no sign of it for an interval (10 to 60 s); isolation when there is
 * an uplink and half of those asked since it began answer (within the last
 * interval, if it is longer). */
void doubt_turn(struct doubt *d, const struct doubt_facts *facts,
                struct mono now);

#endif
