/* collector.h - decides what to ask an agent, and turns its answers into facts.
 *
 * Knows MIBs and profiles, no sockets: whoever drives it (station/interview.h)
 * takes asks, brings rows, and gets facts. The first ask is always the system
 * group (scalars); the profile is matched on its answer, and decides the rest.
 *
 *   while (collector_next(c, &ask, &id))   several may be under way at once
 *       ... for each row: collector_row(c, id, row);
 *       ... at its end:   collector_end(c, id, result);
 *   when collector_done(c): facts = collector_take(c);
 *
 * collector_next() gives false while it waits for answers to what it asked.
 */
#ifndef MIBS_COLLECTOR_H
#define MIBS_COLLECTOR_H

#include "mibs/facts.h"
#include "mibs/value.h"

struct profiles;

enum collect_scope {
    COLLECT_IDENTITY, /* system group, engine id, some MAC addresses, what
                         profiles match on */
    COLLECT_METRICS,  /* processors, memory, storage, sensors: for polling */
    COLLECT_NEWS,     /* everything, but tables that are known to be absent or
                         unchanged (unchanged.h) */
    COLLECT_ALL,      /* everything */
};

struct collector;
struct roster;

/* known may be NULL: facts of an earlier time, so that COLLECT_METRICS needs
 * no identification, and COLLECT_METRICS and COLLECT_NEWS need not ask for what
 * is absent (kept by reference). profiles are kept by reference too. */
struct collector *collector_new(const struct profiles *profiles,
                                enum collect_scope scope,
                                const struct facts *known);
void collector_free(struct collector *c);
OWNED_BY(struct collector, collector_free)

/* What time it is, before the first ask: facts tell when tables were asked.
 * Without it nothing is taken for unchanged. */
void collector_at(struct collector *c, struct wall now);

/* The rows that metrics have by an earlier collector of this agent are got
 * together, if that may still be so. Before the first ask; r is borrowed, and
 * told how it went. */
void collector_follow(struct collector *c, struct roster *r);

/* Which rows its tables had, for the next one to follow; NULL if they were not
 * all read to their ends, or a roster was followed, which stays good. Once
 * done; before is what it was told to follow, or NULL. The caller's. */
struct roster *collector_roster(const struct collector *c,
                                const struct roster *before);

/* The next thing to ask; what *ask points to lives until collector_end(id). */
bool collector_next(struct collector *c, struct ask *ask, unsigned *id);

void collector_row(struct collector *c, unsigned id, const struct row *row);

/* The ask id is over: 0, or -errno (-ETIMEDOUT, -EACCES ...). One table that
 * fails does not fail the device. */
void collector_end(struct collector *c, unsigned id, int result);

bool collector_done(const struct collector *c);

/* The engine id that v3 discovery told, for agents that do not serve it as an
 * object. Copied; before collector_take(). */
void collector_engine_id(struct collector *c, struct bytes engine_id);

/* The facts, the caller's from now on; complete once collector_done(), else
 * what has come so far. The collector is of no further use. */
struct facts *collector_take(struct collector *c);

#endif
