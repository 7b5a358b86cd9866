/* plan.h - the standard tables that every agent is asked for, in order. */
#ifndef MIBS_PLAN_H
#define MIBS_PLAN_H

#include "mibs/harvest.h"

enum { PLAN_VENDORS_MAX = 4 };

/* A table of ours: what names a device comes first, what is large last. */
struct planned {
    const struct reader *reader;
    const struct reader *unless;
    const char *generic; /* a profile may replace it, see profile_replaces() */
    /* Of agents whose sysObjectID begins with one of them alone,
     * "1.3.6.1.4.1.9." with its last dot; none: of all. */
    const char *vendors[PLAN_VENDORS_MAX];
    bool metrics; /* also when only measuring */
    bool lasts;   /* who has none has none tomorrow, but for a change of what
                     the agent is; else it may be empty for the moment */
    const struct reader *with; /* empty together with that one: it lasts too */
    bool timed;                /* the agent may tell when it changed */
};

/* True if it is of agents with this sysObjectID. */
bool planned_for(const struct planned *p, const char *object_id);

/* The nth; NULL behind the last. */
const struct planned *plan_at(size_t n);

/* True if a standard table is called so ("lldpRemTable"). */
bool plan_has(const char *table);

#endif
