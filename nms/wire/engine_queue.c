#include "wire/engine_parts.h"

#include <event2/event.h>
#include <string.h>
#include <utlist.h>

void engine_kick(struct engine *e)
{
    if (e->busy)
        return;
    if (e->pace.gathers)
        beat_want(e->beat, &e->part);
    else
        event_active(e->timer, EV_TIMEOUT, 0);
}

void engine_unready(struct agent *a)
{
    if (!a->ready)
        return;
    DL_DELETE2(a->engine->ready, a, ready_prev, ready_next);
    a->ready = false;
}

void engine_consider(struct agent *a)
{
    if (a->ready || !agent_may_send(a))
        return;
    DL_APPEND2(a->engine->ready, a, ready_prev, ready_next);
    a->ready = true;
    engine_kick(a->engine);
}

/* Takes x out of the list of its place. */
static void leave(struct exchange *x)
{
    struct agent *a = x->agent;
    struct engine *e = a->engine;

    switch (x->place) {
    case EXCHANGE_WAITING:
        DL_DELETE(a->waiting, x);
        a->waiting_count--;
        e->waiting--;
        break;
    case EXCHANGE_FLYING:
        DL_DELETE(a->flying, x);
        a->flying_count--;
        break;
    case EXCHANGE_RESEND:
        DL_DELETE(e->resend, x);
        a->flying_count--;
        break;
    case EXCHANGE_ENDED:
        DL_DELETE(e->ended, x);
        break;
    }
}

/* Puts x, which is in no list, at the end of one; into the queue of waiting
 * ones at its head if it was there before. */
static void enter(struct exchange *x, enum exchange_place place, bool first)
{
    struct agent *a = x->agent;
    struct engine *e = a->engine;

    x->place = place;
    switch (place) {
    case EXCHANGE_WAITING:
        if (first)
            DL_PREPEND(a->waiting, x);
        else
            DL_APPEND(a->waiting, x);
        a->waiting_count++;
        e->waiting++;
        break;
    case EXCHANGE_FLYING:
        DL_APPEND(a->flying, x);
        a->flying_count++;
        break;
    case EXCHANGE_RESEND:
        DL_APPEND(e->resend, x);
        a->flying_count++;
        break;
    case EXCHANGE_ENDED:
        DL_APPEND(e->ended, x);
        break;
    }
}

static void uncount(struct exchange *x)
{
    if (x->counted)
        x->agent->engine->in_flight--;
    x->counted = false;
}

/* No timeout and no answer finds it any more. */
static void detach(struct exchange *x)
{
    struct engine *e = x->agent->engine;

    wheel_remove(&e->wheel, &x->timer);
    request_table_remove(&e->requests, x);
    uncount(x);
    leave(x);
}

struct exchange *exchange_queue(struct agent *a, const struct request *request,
                                bool first, answer_fn done, void *arg)
{
    struct exchange *x = exchange_new(a, request, done, arg);

    DL_APPEND2(a->all, x, agent_prev, agent_next);
    enter(x, EXCHANGE_WAITING, first);
    return x;
}

void exchange_withdraw(struct exchange *x)
{
    struct agent *a = x->agent;

    detach(x);
    DL_DELETE2(a->all, x, agent_prev, agent_next);
    if (a->v3.discovery == x)
        a->v3.discovery = NULL;
}

void exchange_end(struct exchange *x, int result, const char *why)
{
    struct agent *a = x->agent;

    detach(x);
    enter(x, EXCHANGE_ENDED, false);
    x->result = result;
    x->why = a->trouble = why;
    if (a->v3.discovery == x) { /* without it nothing can be asked */
        a->v3.discovery = NULL;
        engine_end_waiting(a, result, why);
    }
    engine_consider(a);
    engine_kick(a->engine);
}

void engine_end_waiting(struct agent *a, int result, const char *why)
{
    while (a->waiting != NULL)
        exchange_end(a->waiting, result, why);
}

void exchange_fly(struct exchange *x)
{
    leave(x);
    enter(x, EXCHANGE_FLYING, false);
}

void exchange_resend(struct exchange *x)
{
    struct engine *e = x->agent->engine;

    wheel_remove(&e->wheel, &x->timer);
    uncount(x); /* who was silent once holds no place of the living */
    leave(x);
    enter(x, EXCHANGE_RESEND, false);
    engine_kick(e);
}

void exchange_restart(struct exchange *x)
{
    struct agent *a = x->agent;

    detach(x);
    x->tries = 0;
    x->probed = false;
    enter(x, EXCHANGE_WAITING, true);
    engine_consider(a);
}

struct bytes address_key(const struct addr *addr, uint16_t port,
                         uint8_t out[ADDRESS_KEY_MAX])
{
    out[0] = addr->family;
    out[1] = (uint8_t)(port >> 8);
    out[2] = (uint8_t)port;
    memcpy(out + 3, &addr->zone, sizeof addr->zone);
    memcpy(out + 3 + sizeof addr->zone, addr->octets, sizeof addr->octets);
    return (struct bytes){out, 3 + sizeof addr->zone + sizeof addr->octets};
}
