#include "wire/check.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { QUEUE_ROOM_MIN = 64 };
static const double NS_PER_MS = 1e6;

static struct check_ask *queue_nth(struct check_queue *q, size_t n)
{
    return &q->at[(q->head + n) & (q->room - 1)];
}

static void queue_resize(struct check_queue *q, size_t room)
{
    struct check_ask *at = mem_array(room, sizeof *at);

    for (size_t i = 0; i < q->count; i++)
        at[i] = *queue_nth(q, i);
    free(q->at);
    q->at = at;
    q->room = room;
    q->head = 0;
}

void check_queue_add(struct check_queue *q, const struct check_ask *ask)
{
    if (q->count == q->room)
        queue_resize(q, q->room == 0 ? QUEUE_ROOM_MIN : q->room * 2);
    q->count++;
    *queue_nth(q, q->count - 1) = *ask;
}

bool check_queue_pop(struct check_queue *q, struct check_ask *out)
{
    bool found = false;

    while (!found && q->count > 0) {
        *out = *queue_nth(q, 0);
        q->head = (q->head + 1) & (q->room - 1);
        q->count--;
        found = out->done != NULL;
        if (!found)
            q->forgotten--;
    }
    if (q->count == 0 && q->room > QUEUE_ROOM_MIN)
        check_queue_fini(q); /* the memory of a sweep that is over */
    return found;
}

void check_queue_forget(struct check_queue *q, const void *arg)
{
    for (size_t i = 0; i < q->count; i++) {
        struct check_ask *ask = queue_nth(q, i);

        if (ask->done == NULL || ask->arg != arg)
            continue;
        ask->done = NULL;
        q->forgotten++;
    }
}

void check_queue_fini(struct check_queue *q)
{
    free(q->at);
    *q = (struct check_queue){0};
}

struct check *check_new(const struct check_ask *ask)
{
    struct check *c = mem_zero(sizeof *c + ask->count * sizeof c->sent_at[0]);

    assert(ask->count >= 1 && ask->count <= CHECK_ECHOES_MAX);
    c->asked = *ask;
    return c;
}

bool check_is_over(const struct check *c)
{
    return c->error != 0 || (c->sent == c->asked.count && c->open == 0);
}

bool check_may_send(const struct check *c, struct mono now)
{
    return c->error == 0 && c->sent < c->asked.count &&
           mono_reached(now, c->next_send);
}

void check_note_sent(struct check *c, struct mono now)
{
    c->sent_at[c->sent] = now;
    c->open |= 1U << c->sent;
    c->sent++;
    c->next_send = mono_after_ms(now, c->asked.interval_ms);
}

static struct mono deadline_of(const struct check *c, unsigned nth)
{
    return mono_after_ms(c->sent_at[nth], c->asked.timeout_ms);
}

static void count_reply(struct check *c, double rtt_ms)
{
    if (c->received == 0 || rtt_ms < c->rtt_min_ms)
        c->rtt_min_ms = rtt_ms;
    if (c->received == 0 || rtt_ms > c->rtt_max_ms)
        c->rtt_max_ms = rtt_ms;
    if (c->received > 0)
        c->jitter_sum_ms += fabs(rtt_ms - c->rtt_last_ms);
    c->rtt_sum_ms += rtt_ms;
    c->rtt_last_ms = rtt_ms;
    c->received++;
}

bool check_note_reply(struct check *c, unsigned nth, struct mono came)
{
    if (nth >= c->sent || (c->open & 1U << nth) == 0)
        return false;
    c->open &= ~(1U << nth);
    if (mono_reached(came, deadline_of(c, nth)))
        return false;
    int64_t rtt_ns = came.ns - c->sent_at[nth].ns;
    count_reply(c, rtt_ns > 0 ? (double)rtt_ns / NS_PER_MS : 0);
    return true;
}

void check_expire(struct check *c, struct mono now)
{
    for (unsigned i = 0; i < c->sent; i++)
        if (mono_reached(now, deadline_of(c, i)))
            c->open &= ~(1U << i);
}

struct mono check_due(const struct check *c)
{
    struct mono due = c->sent < c->asked.count
                          ? c->next_send
                          : deadline_of(c, c->asked.count - 1U);

    for (unsigned i = 0; i < c->sent; i++)
        if ((c->open & 1U << i) != 0 && deadline_of(c, i).ns < due.ns)
            due = deadline_of(c, i);
    return due;
}

struct ping_result check_result(const struct check *c)
{
    const double none = (double)NAN;
    struct ping_result r = {.addr = c->asked.to,
                            .sent = c->sent,
                            .received = c->received,
                            .rtt_ms_min = none,
                            .rtt_ms_avg = none,
                            .rtt_ms_max = none,
                            .jitter_ms = none,
                            .error = c->error};

    if (c->received == 0)
        return r;
    r.rtt_ms_min = c->rtt_min_ms;
    r.rtt_ms_avg = c->rtt_sum_ms / c->received;
    r.rtt_ms_max = c->rtt_max_ms;
    if (c->received > 1)
        r.jitter_ms = c->jitter_sum_ms / (c->received - 1);
    return r;
}

void check_list_add(struct check_list *l, struct check *c)
{
    if (l->first == NULL)
        l->last = &l->first;
    c->next = NULL;
    *l->last = c;
    l->last = &c->next;
    l->count++;
}

struct check *check_list_pop(struct check_list *l)
{
    struct check *c = l->first;

    if (c != NULL) {
        l->first = c->next;
        l->count--;
    }
    return c;
}
