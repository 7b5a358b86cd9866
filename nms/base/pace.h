/* pace.h - how often something may happen: so many times a second, and some
 * more at once. The generic cell rate algorithm (ITU-T I.371, annex A): one
 * number for each that is held to a pace.
 */
#ifndef BASE_PACE_H
#define BASE_PACE_H

#include "base/clock.h"

/* All zeros is one that has rested. */
struct pace {
    int64_t due_ns; /* on the monotonic clock: when all would be paid for */
};

/* May it happen now? Then it did. burst: how many at once. */
static inline bool pace_allows(struct pace *p, struct mono now,
                               int64_t per_second, int64_t burst)
{
    int64_t each_ns = INT64_C(1000000000) / per_second;
    int64_t due_ns = p->due_ns > now.ns ? p->due_ns : now.ns;

    if (due_ns - now.ns > (burst - 1) * each_ns)
        return false;
    p->due_ns = due_ns + each_ns;
    return true;
}

#endif
