/* rule_baseline.h - what is usual of a value at this hour of the week: level
 * and spread of each of the 168, learned and slowly adapting. Pure.
 *
 * An hour counts by the median of what was sampled in it, and its spread by the
 * median of the distances from that: what lasted for less than half of an hour
 * leaves no trace. A new week moves an hour's level by a share of the
 * difference (1/2, 1/3 ... 1/BASELINE_WEEKS), and after the first weeks by no
 * more than three spreads: one odd week hardly shows, a lasting change is
 * learned in some weeks. About one kilobyte each.
 */
#ifndef STATION_RULE_BASELINE_H
#define STATION_RULE_BASELINE_H

#include "base/bytes.h"
#include "base/own.h"

enum {
    BASELINE_HOURS = 168, /* of a week; the first begins on Monday */
    BASELINE_WEEKS = 8,   /* the weight of what is known, in weeks */
    BASELINE_KNOWN = 2,   /* weeks after which an hour is known */
};

struct baseline;

struct baseline *baseline_new(void);
void baseline_free(struct baseline *b);
OWNED_BY(struct baseline, baseline_free)

/* The next value; local_s are seconds of local time since 1970 began. True if
 * an hour ended by it: what is known changed. NaN is nothing. */
bool baseline_add(struct baseline *b, int64_t local_s, double value);

/* Level and spread of the hour of that moment; false before it was met
 * BASELINE_KNOWN times. The spread is never less than 2 % of the level. */
struct baseline_hour {
    double level, spread;
};
bool baseline_hour(const struct baseline *b, int64_t local_s,
                   struct baseline_hour *out);

/* As a text for the store, and back; what cannot be read leaves it empty. */
void baseline_write(const struct baseline *b, struct buffer *out);
void baseline_read(struct baseline *b, const char *text);

#endif
