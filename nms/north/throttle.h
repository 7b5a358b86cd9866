/* throttle.h - how often somebody may guess, and ask without a name. Bounded:
 * who was heard of least goes when there is no room.
 */
#ifndef NORTH_THROTTLE_H
#define NORTH_THROTTLE_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/own.h"

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);
OWNED_BY(struct throttle, throttle_free)

/* May name's password be guessed from there now? Then 0, and the guess counts
 * as a failure until throttle_succeed(); else the seconds until it may. The
 * delay doubles with each failure, up to 5 minutes for an address (a /64 of
 * IPv6), up to 30 s for a name; an hour without any, and all is forgotten.
 * Where a name was right before, failures elsewhere do not count. */
unsigned throttle_guess(struct throttle *t, const struct addr *from,
                        const char *name, struct mono now);
void throttle_succeed(struct throttle *t, const struct addr *from,
                      const char *name, struct mono now);

/* May an address that shows no key ask once more? */
bool throttle_ask(struct throttle *t, const struct addr *from, struct mono now);

#endif
