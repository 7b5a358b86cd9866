#include "station/query.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

/* Varbinds of one answer to a walk. */
enum { REPETITIONS = 20 };

struct station_query {
    struct event_base *base;
    struct agent *agent;
    bool owned, walking, canceled;
    struct query_listener listener;
    struct oid_store root, last;
    uint64_t varbinds;
    struct event *end_timer; /* frees outside of the engine's callback */
    int result;
};

static void query_free(struct station_query *q)
{
    if (q->owned)
        agent_free(q->agent);
    event_free(q->end_timer);
    free(q);
}

static void on_end_turn(evutil_socket_t fd, short what, void *arg)
{
    struct station_query *q = arg;

    (void)fd;
    (void)what;
    if (!q->canceled)
        q->listener.on_end(q->listener.arg, q->result, q->varbinds);
    query_free(q);
}

static void query_end(struct station_query *q, int result)
{
    struct timeval now = {0};

    q->result = result;
    event_add(q->end_timer, &now);
}

void station_query_cancel(struct station_query *q)
{
    struct timeval now = {0};

    q->canceled = true;
    if (q->result != -ECANCELED)
        agent_forget(q->agent, q);
    event_add(q->end_timer, &now);
}

static void walk_on(struct station_query *q);

/* Passes on what belongs to the walk; false when it is over. */
static bool take(struct station_query *q, const struct varbind *vb)
{
    if (vb->value.type == VALUE_END_OF_VIEW ||
        !oid_begins(vb->name, oid_view(&q->root)) ||
        oid_compare(vb->name, oid_view(&q->last)) <= 0)
        return false;
    oid_copy(&q->last, vb->name);
    q->varbinds++;
    q->listener.on_varbind(q->listener.arg, vb->name, &vb->value);
    return true;
}

static void on_walk_answer(void *arg, const struct answer *answer)
{
    struct station_query *q = arg;
    bool more =
        answer->result == 0 && answer->error_status == 0 && answer->count > 0;

    for (size_t i = 0; i < answer->count && more && !q->canceled; i++)
        more = take(q, &answer->varbinds[i]);
    if (q->canceled)
        return;
    if (more && q->varbinds < QUERY_VARBINDS_MAX)
        walk_on(q);
    else
        query_end(q, more ? -E2BIG : answer->result);
}

static void walk_on(struct station_query *q)
{
    struct oid last = oid_view(&q->last);
    struct request request = {.type = PDU_GET_BULK,
                              .names = &last,
                              .count = 1,
                              .max_repetitions = REPETITIONS};

    engine_send(q->agent, &request, on_walk_answer, q);
}

static void on_get_answer(void *arg, const struct answer *answer)
{
    struct station_query *q = arg;

    for (size_t i = 0; i < answer->count && !q->canceled; i++) {
        q->varbinds++;
        q->listener.on_varbind(q->listener.arg, answer->varbinds[i].name,
                               &answer->varbinds[i].value);
    }
    if (!q->canceled)
        query_end(q, answer->result);
}

static struct station_query *query_new(struct event_base *base,
                                       struct agent *agent, bool owned,
                                       const struct query_listener *listener)
{
    struct station_query *q = mem_new(struct station_query);

    q->base = base;
    q->agent = agent;
    q->owned = owned;
    q->listener = *listener;
    q->end_timer = evtimer_new(base, on_end_turn, q);
    return q;
}

struct station_query *query_walk(struct event_base *base, struct agent *agent,
                                 bool owned, struct oid root,
                                 const struct query_listener *listener)
{
    struct station_query *q = query_new(base, agent, owned, listener);

    q->walking = true;
    oid_copy(&q->root, root);
    oid_copy(&q->last, root);
    walk_on(q);
    return q;
}

struct station_query *query_get(struct event_base *base, struct agent *agent,
                                bool owned, const struct oid *names,
                                size_t count,
                                const struct query_listener *listener)
{
    struct station_query *q = query_new(base, agent, owned, listener);
    struct request request = {.type = PDU_GET, .names = names, .count = count};

    engine_send(agent, &request, on_get_answer, q);
    return q;
}
