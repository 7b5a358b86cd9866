/* alert_life.h - the life of an alert: what a condition that is told of, or the
 * passing of time, makes of it. Pure; what is to be done is done by who asks.
 */
#ifndef STATION_ALERT_LIFE_H
#define STATION_ALERT_LIFE_H

#include "base/clock.h"

enum life {
    LIFE_NONE,    /* there is no alert */
    LIFE_PENDING, /* the condition holds, not yet as long as it has to */
    LIFE_ACTIVE,
    LIFE_CALMING, /* active, though the condition holds no more: not long enough
                   */
    LIFE_RECENT,  /* cleared; remembered for a while, to notice its return */
    LIVES
};

enum life_input {
    LIFE_HOLDS,   /* told: the condition holds */
    LIFE_CEASED,  /* told: it does not */
    LIFE_DUE,     /* what it waited for has passed */
    LIFE_DROPPED, /* its object is gone, or watched no more */
    LIFE_INPUTS
};

enum life_deed {
    LIFE_IGNORE,
    LIFE_BEGIN,  /* take down what was told; wait for as long as it has to hold
                  */
    LIFE_RENEW,  /* what was told is new */
    LIFE_RAISE,  /* it is active: tell */
    LIFE_CALM,   /* wait for as long as it has to be calm */
    LIFE_RETURN, /* count a flap; what was told is new */
    LIFE_END,    /* tell that it is over; remember it for a while */
    LIFE_CLOSE,  /* tell that it is over, and forget it */
    LIFE_FORGET, /* nobody was told of it */
    LIFE_DEEDS
};

struct life_step {
    enum life next;
    enum life_deed deed;
};

struct life_step life_step(enum life now, enum life_input input);

/* ---- flapping ---- */

/* Unless the configuration says otherwise (alerts.flapping, alerts.calm). */
enum {
    FLAPS = 3, /* returns within FLAP_SPAN_MS: it flaps */
    FLAP_SPAN_MS = 600000,
    FLAP_CALM_MS = 300000, /* it has to be calm that long then */
    CALM_PORT_MS = 15000,  /* a port, before it is over */
    CALM_SESSION_MS = 30000
};
enum { FLAPS_MAX = 10 }; /* that may be asked for */

struct flap_limits {
    int64_t times; /* 1..FLAPS_MAX */
    int64_t within_ms, calm_ms;
};

/* The last returns; all zeros is none. */
struct flaps {
    struct mono last[FLAPS_MAX]; /* oldest first */
};

void flaps_note(struct flaps *f, struct mono now);
/* As many returns before a moment as limits say? */
bool flaps_many(const struct flaps *f, const struct flap_limits *limits,
                struct mono now);

#endif
