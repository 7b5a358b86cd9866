/* rule_step.h - when a value is a condition: levels with hysteresis and
 * duration, stepped from sample to sample by the samples' own time. Pure.
 *
 * A level is passed when the value is beyond it, and held until the value is
 * back behind the level by the hysteresis. What is passed for the time asked
 * for is told; of several levels that were passed meanwhile, the least. A value
 * that is not known changes nothing, and the time without one does not count;
 * neither does a longer pause than rule_pause_ms().
 */
#ifndef STATION_RULE_STEP_H
#define STATION_RULE_STEP_H

#include "base/clock.h"
#include "station/severity.h"

/* Where levels are, by severity; NaN: there is none. */
struct rule_bounds {
    double above[SEVERITIES], below[SEVERITIES];
    double back; /* how far a value has to come back from a level */
    int64_t for_ms;
};

/* No levels, no hysteresis, no duration. */
struct rule_bounds rule_bounds_none(void);

/* The least of above and the greatest of below: what is between is normal.
 * Infinite where there are none. */
struct rule_range {
    double low, high;
};
struct rule_range rule_range_of(const struct rule_bounds *b);

/* What is known of one value; zeros are normal. */
struct rule_state {
    enum severity told;    /* SEVERITY_CLEARED: normal */
    enum severity pending; /* worse than told, but not for long enough */
    int64_t held_ms;       /* how long it is */
    struct wall last;      /* of the value before; 0: it was not known */
    struct wall since;     /* when told began to hold */
    double value;          /* the newest that is known */
};

/* True if nothing of it need be kept. */
bool rule_is_normal(const struct rule_state *s);

/* The longest pause between two values, which come every so often, in which
 * they held: an hour, or two of their intervals. */
int64_t rule_pause_ms(int64_t every_ms);

/* The next value, NaN if it is not known; every_ms: how often they come. Gives
 * what is to be told now. */
enum severity rule_step(const struct rule_bounds *b, struct rule_state *s,
                        int64_t every_ms, struct wall at, double value);

/* The level that is told, or would be next; NaN if there is none. */
double rule_level(const struct rule_bounds *b, enum severity severity,
                  double value);

#endif
