/* heard.h - the neighbors that the station hears itself: LLDP and CDP frames
 * on its own interfaces, kept as long as their senders want. */
#ifndef STATION_HEARD_H
#define STATION_HEARD_H

#include "mibs/facts.h"
#include "wire/frames.h"

struct heard_neighbors;

/* At once, and of these on one interface. Where there is no more room a new one
 * takes the place of the one that was silent longest, of those that were heard
 * once only or not for a while; who is there and goes on is never displaced. */
enum { HEARD_MAX = 4096, HEARD_ON_INTERFACE_MAX = 256 };

struct heard_neighbors *heard_new(void);
void heard_free(struct heard_neighbors *h);

/* True if this is a neighbor that was not known, or says something new. */
bool heard_take(struct heard_neighbors *h, const struct heard *heard,
                struct mono now);

/* Forgets what is outdated; true if there was some. */
bool heard_expire(struct heard_neighbors *h, struct mono now);

/* What was heard is shown in the facts of this machine, which have to be read
 * for that; whoever is heard may say something else each second. True if they
 * may be read for it now: 10 s after the last time, and no more than a tenth of
 * the time. told: when that was, .ns = 0: never; took_ms: how long it took. */
bool heard_may_tell(struct mono told, int64_t took_ms, struct mono now);

/* Adds the neighbors that are not outdated to facts; texts into its arena. */
void heard_add_to(struct heard_neighbors *h, struct facts *facts,
                  struct mono now);

#endif
