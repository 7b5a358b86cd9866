/* When answers are read: each as it comes, or, where they come one after
 * another, all of a beat together. */
#include "wire/engine_parts.h"

#include <event2/event.h>

/* So many turns a second for answers are too many; so few answers a beat are
 * not worth their wait. */
enum { TURNS_PER_S = 400, ANSWERS_PER_BEAT = 2 };
enum { TURNS_MS = 1000, ANSWERS_MS = 200 };
enum { BURST_MS = 20 };

static void gather(struct engine *e, bool gathers)
{
    e->pace.gathers = gathers;
    for (size_t i = 0; i < ENGINE_PORTS; i++) {
        struct event *readable = e->ports[i].readable;

        if (readable != NULL && gathers)
            (void)event_del(readable);
        else if (readable != NULL)
            (void)event_add(readable, NULL); /* fails only without memory */
    }
}

static bool is_worth_it(const struct engine *e)
{
    uint64_t answers = e->stats.answers - e->pace.answers;

    return e->pace.gathers
               ? answers >= (uint64_t)ANSWERS_PER_BEAT * ANSWERS_MS / BEAT_MS
               : e->pace.turns >= TURNS_PER_S;
}

void engine_pace(struct engine *e, struct mono now)
{
    struct pace *p = &e->pace;
    int64_t span_ms = p->gathers ? ANSWERS_MS : TURNS_MS;

    p->turns++;
    if (e->beat == NULL || mono_ms_between(p->since, now) < span_ms)
        return;
    bool gathers = is_worth_it(e);
    if (gathers != p->gathers)
        gather(e, gathers);
    p->since = now;
    p->turns = 0;
    p->answers = e->stats.answers;
}

double engine_burst_ms(const struct engine *e)
{
    bool rare = e->pace.gathers && beat_ms(e->beat) > BURST_MS;

    return rare ? (double)beat_ms(e->beat) : BURST_MS;
}
