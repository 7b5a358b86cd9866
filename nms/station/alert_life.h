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
    LIFE_END,    /* tell that it is over; remember it for FLAP_SPAN_MS */
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

enum {
    FLAPS = 3, /* returns within FLAP_SPAN_MS: it flaps */
    FLAP_SPAN_MS = 600000,
    FLAP_CALM_MS = 300000 /* it has to be calm that long then */
};

/* The last returns; all zeros is none. */
struct flaps {
    struct mono last[FLAPS]; /* oldest first */
};

void flaps_note(struct flaps *f, struct mono now);
/* FLAPS returns within FLAP_SPAN_MS before a moment? */
bool flaps_many(const struct flaps *f, struct mono now);

#endif
