#include "station/query.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

/* Varbinds of one answer to a walk, at first. */
enum { REPETITIONS = 20 };

/* RFC 3416, 3: error-status. */
enum { STATUS_TOO_BIG = 1, STATUS_NO_SUCH_NAME = 2 };

struct station_query {
    struct query_target target; /* no agent once it has ended */
    struct query_listener listener;
    struct oid_store root, last;
    uint64_t varbinds;
    uint32_t repetitions;
    struct event *end_timer; /* ends it outside of the engine's callback */
    int result;
    bool passing;  /* an answer's varbinds are being passed on */
    bool canceled; /* meanwhile */
    struct station_query *next, **link;
};

static void query_free(struct station_query *q)
{
    *q->link = q->next;
    if (q->next != NULL)
        q->next->link = q->link;
    if (q->target.agent != NULL)
        agent_forget(q->target.agent, q);
    if (q->target.owned)
        agent_free(q->target.agent);
    event_free(q->end_timer);
    free(q);
}

static void on_end_turn(evutil_socket_t fd, short what, void *arg)
{
    struct station_query *q = arg;
    struct query_listener listener = q->listener;
    uint64_t varbinds = q->varbinds;
    int result = q->result;
    bool canceled = q->canceled;

    (void)fd;
    (void)what;
    query_free(q);
    if (!canceled)
        listener.on_end(listener.arg, result, varbinds);
}

/* The rest comes at the loop's next turn. An agent of others may be gone
 * then. */
static void query_end(struct station_query *q, int result)
{
    struct timeval now = {0};

    q->result = result;
    if (!q->target.owned)
        q->target.agent = NULL;
    event_add(q->end_timer, &now);
}

void station_query_cancel(struct station_query *q)
{
    if (!q->passing) {
        query_free(q);
        return;
    }
    q->canceled = true;
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

/* What an answer without varbinds to pass on says of the whole: noSuchName is
 * how v1 ends a walk. */
static int result_of(const struct answer *answer)
{
    if (answer->result < 0 || answer->error_status == 0)
        return answer->result;
    return answer->error_status == STATUS_NO_SUCH_NAME ? 0 : -EIO;
}

static void on_walk_answer(void *arg, const struct answer *answer)
{
    struct station_query *q = arg;
    bool well = answer->result == 0 && answer->error_status == 0;
    bool more = well && answer->count > 0;

    q->passing = true;
    for (size_t i = 0; i < answer->count && more && !q->canceled; i++)
        more = take(q, &answer->varbinds[i]);
    q->passing = false;
    if (q->canceled) {
        query_end(q, -ECANCELED);
    } else if (answer->result == 0 && answer->error_status == STATUS_TOO_BIG &&
               q->repetitions > 1) {
        q->repetitions /= 2;
        walk_on(q);
    } else if (more && q->varbinds < QUERY_VARBINDS_MAX) {
        walk_on(q);
    } else {
        query_end(q, more ? -E2BIG : result_of(answer));
    }
}

static void walk_on(struct station_query *q)
{
    struct oid last = oid_view(&q->last);
    struct request request = {.type = PDU_GET_BULK,
                              .names = &last,
                              .count = 1,
                              .max_repetitions = q->repetitions};

    engine_send(q->target.agent, &request, on_walk_answer, q);
}

static void on_get_answer(void *arg, const struct answer *answer)
{
    struct station_query *q = arg;
    bool well = answer->result == 0 && answer->error_status == 0;
    int result = answer->result;

    if (result == 0 && !well)
        result = answer->error_status == STATUS_NO_SUCH_NAME ? -ENOENT : -EIO;
    q->passing = true;
    for (size_t i = 0; well && i < answer->count && !q->canceled; i++) {
        q->varbinds++;
        q->listener.on_varbind(q->listener.arg, answer->varbinds[i].name,
                               &answer->varbinds[i].value);
    }
    q->passing = false;
    query_end(q, result);
}

static struct station_query *query_new(struct queries *list,
                                       const struct query_target *target,
                                       const struct query_listener *listener)
{
    struct station_query *q = mem_new(struct station_query);

    q->target = *target;
    q->listener = *listener;
    q->repetitions = REPETITIONS;
    q->end_timer = evtimer_new(list->base, on_end_turn, q);
    q->next = list->first;
    q->link = &list->first;
    if (q->next != NULL)
        q->next->link = &q->next;
    list->first = q;
    return q;
}

struct station_query *query_walk(struct queries *list,
                                 const struct query_target *target,
                                 struct oid root,
                                 const struct query_listener *listener)
{
    struct station_query *q = query_new(list, target, listener);

    oid_copy(&q->root, root);
    oid_copy(&q->last, root);
    walk_on(q);
    return q;
}

struct station_query *query_get(struct queries *list,
                                const struct query_target *target,
                                const struct query_names *names,
                                const struct query_listener *listener)
{
    struct station_query *q = query_new(list, target, listener);
    struct request request = {
        .type = PDU_GET, .names = names->at, .count = names->count};

    engine_send(target->agent, &request, on_get_answer, q);
    return q;
}

void queries_drop_agents(struct queries *list)
{
    for (struct station_query *q = list->first; q != NULL; q = q->next)
        if (q->target.owned)
            agent_free(TAKE(q->target.agent));
}

void queries_fini(struct queries *list)
{
    while (list->first != NULL)
        query_free(list->first);
}
