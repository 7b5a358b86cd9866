/* plan.h - the standard tables that every agent is asked for, in order. */
#ifndef MIBS_PLAN_H
#define MIBS_PLAN_H

#include "mibs/harvest.h"

/* A table of ours: what names a device comes first, what is large last. */
struct planned {
    const struct reader *reader;
    const struct reader *unless;
    const char *generic; /* a profile may replace it, see profile_replaces() */
    const char *vendor;  /* of agents whose sysObjectID begins so alone */
    bool metrics;        /* also when only measuring */
    bool lasts; /* who has none has none tomorrow, but for a change of what
                   the agent is; else it may be empty for the moment */
    const struct reader *with; /* empty together with that one: it lasts too */
    bool timed;                /* the agent may tell when it changed */
};

/* The nth; NULL behind the last. */
const struct planned *plan_at(size_t n);

/* True if a standard table is called so ("lldpRemTable"). */
bool plan_has(const char *table);

#endif
