/* query.h - walks and gets for people, with the station's credentials
 * (station_walk, station_get). */
#ifndef STATION_QUERY_H
#define STATION_QUERY_H

#include "station/station.h"
#include "wire/engine.h"

/* More varbinds than this end a walk with -E2BIG. */
enum { QUERY_VARBINDS_MAX = 1000000 };

/* The queries that are open. */
struct queries {
    struct event_base *base;
    struct station_query *first;
};

/* Whom a query asks. owned: the query frees the agent when it ends. */
struct query_target {
    struct agent *agent;
    bool owned;
};

/* Starts on an agent; a query is in the list until it is over or canceled. */
struct station_query *query_walk(struct queries *list,
                                 const struct query_target *target,
                                 struct oid root,
                                 const struct query_listener *listener);
struct station_query *query_get(struct queries *list,
                                const struct query_target *target,
                                const struct query_names *names,
                                const struct query_listener *listener);

/* Agents that queries own go now, before their credentials do: these queries
 * end with -ECANCELED. */
void queries_drop_agents(struct queries *list);

/* Cancels all. */
void queries_fini(struct queries *list);

#endif
