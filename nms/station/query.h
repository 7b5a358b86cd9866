/* query.h - walks and gets for people, with the station's credentials
 * (station_walk, station_get). */
#ifndef STATION_QUERY_H
#define STATION_QUERY_H

#include "station/station.h"
#include "wire/engine.h"

/* More varbinds than this end a walk with -E2BIG. */
enum { QUERY_VARBINDS_MAX = 1000000 };

/* What to do with answers. */
struct query_listener {
    query_varbind_fn on_varbind;
    query_end_fn on_end;
    void *arg;
};

/* Starts on an agent. owned: the query frees the agent when it ends, at the
 * loop's next turn. */
struct station_query *query_walk(struct event_base *base, struct agent *agent,
                                 bool owned, struct oid root,
                                 const struct query_listener *listener);
struct station_query *query_get(struct event_base *base, struct agent *agent,
                                bool owned, const struct oid *names,
                                size_t count,
                                const struct query_listener *listener);

#endif
