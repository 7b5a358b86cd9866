/* flows.h - holds what goes into each link against what comes out of it.
 *
 * Looks at links between two ports that are polled, a slice of them at a time,
 * in what was published: polling itself does nothing for it. What is remembered
 * of a link stays while it is inferred again.
 */
#ifndef STATION_FLOWS_H
#define STATION_FLOWS_H

#include "station/snapshot.h"

struct flows;

struct flows *flows_new(void);
void flows_free(struct flows *f);

/* A verdict changed; from within flows_look(). */
typedef void (*flows_fn)(void *arg, const struct topology *t,
                         const struct topo_link *l, enum traffic_verdict before,
                         enum traffic_verdict now);

/* Looks at one of so many slices of the links of what was published. */
void flows_look(struct flows *f, const struct snapshot *s, unsigned slices,
                flows_fn told, void *arg);

/* All verdicts there are, for the next inference; appended. */
struct topo_traffics ARRAY_OF(struct topo_traffic);
void flows_verdicts(const struct flows *f, struct topo_traffics *out);

#endif
