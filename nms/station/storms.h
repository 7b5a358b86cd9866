/* storms.h - who sends more notifications than anybody can read: a bucket of
 * tokens for each sender. Pure.
 *
 * A sender may send STORM_BURST at once and STORM_RATE a second for ever.
 * Beyond that it is a storm, until it was quiet for long enough that half its
 * burst is permitted again; what comes meanwhile is counted.
 */
#ifndef STATION_STORMS_H
#define STATION_STORMS_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/ident.h"
#include "base/own.h"

enum {
    STORM_BURST = 1000,
    STORM_RATE = 20,          /* a second */
    STORM_SENDERS_MAX = 20000 /* more share one bucket */
};

struct storms;

struct storms *storms_new(void);
void storms_free(struct storms *s);
OWNED_BY(struct storms, storms_free)

enum storm_verdict {
    STORM_NONE,
    STORM_BEGINS, /* with this one */
    STORM_GOES_ON
};

/* One more came of a sender; device: which it is, NULL where nobody knows. */
enum storm_verdict storms_take(struct storms *s, const struct addr *from,
                               const struct ident *device, struct mono now);

/* A storm that is over by now, told once; false: there is none (more). */
struct storm {
    /* With whom it began, as was known then: others share a bucket, and a
     * sender may have become a device meanwhile. */
    struct addr from;
    struct ident device; /* zeros: nobody knew */
    uint64_t count;      /* that came while it lasted */
    int64_t lasted_ms;
};
bool storms_over(struct storms *s, struct mono now, struct storm *out);

/* Storms that last. */
size_t storms_count(const struct storms *s);

#endif
