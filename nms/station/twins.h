/* twins.h - asks two agents the questions of the twin test (topology/twin.h) in
 * turn, so that it can be judged whether they are one.
 */
#ifndef STATION_TWINS_H
#define STATION_TWINS_H

#include "topology/twin.h"
#include "wire/engine.h"

struct twins;

/* Comes once, from the loop; the test is gone when this is called. UNSURE where
 * an agent did not answer: silent; else that is NULL. */
typedef void (*twins_fn)(void *arg, const struct identity_opinion *opinion,
                         const struct agent *silent);

/* Starts. Both agents must outlive it, or it must be cancelled first. */
struct twins *twins_start(struct agent *a, struct agent *b, twins_fn done,
                          void *arg);

/* Stops at once; no callback will come. */
void twins_cancel(struct twins *t);

/* True if it asks this agent. */
bool twins_ask(const struct twins *t, const struct agent *a);

#endif
