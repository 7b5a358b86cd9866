/* heard.h - the neighbors that the station hears itself: LLDP and CDP frames
 * on its own interfaces, kept as long as their senders want. */
#ifndef STATION_HEARD_H
#define STATION_HEARD_H

#include "mibs/facts.h"
#include "wire/frames.h"

struct heard_neighbors;

enum { HEARD_MAX = 4096 };

struct heard_neighbors *heard_new(void);
void heard_free(struct heard_neighbors *h);

/* True if this is a neighbor that was not known, or says something new. */
bool heard_take(struct heard_neighbors *h, const struct heard *heard,
                struct mono now);

/* Forgets what is outdated; true if there was some. */
bool heard_expire(struct heard_neighbors *h, struct mono now);

/* Adds the neighbors that are not outdated to facts; texts into its arena. */
void heard_add_to(struct heard_neighbors *h, struct facts *facts,
                  struct mono now);

#endif
