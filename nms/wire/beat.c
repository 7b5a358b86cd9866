#include "wire/beat.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

#include <event2/event.h>
#include <utlist.h>

static const int64_t beat_ns = (int64_t)BEAT_MS * 1000000;

struct beat {
    struct event *timer;
    struct beat_part *parts;
    int64_t nth; /* the beat that comes next, or was the last one */
    bool armed;
};

/* Beats are at multiples of their distance, however long a turn takes. */
static void arm(struct beat *b)
{
    struct mono now = mono_now();
    int64_t at = now.ns / beat_ns;

    b->nth = (at > b->nth ? at : b->nth) + 1;
    int64_t us = (b->nth * beat_ns - now.ns + 999) / 1000;
    struct timeval wait = {.tv_usec = us};
    b->armed = true;
    (void)event_add(b->timer, &wait); /* fails only without memory */
}

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
    struct beat *b = arg;
    struct beat_part *part = NULL, *next = NULL;

    (void)fd, (void)what;
    b->armed = false;
    DL_FOREACH_SAFE(b->parts, part, next)
    {
        bool wanted = part->wanted;

        part->wanted = false;
        if (wanted)
            part->turn(part->arg);
    }
}

struct beat *beat_new(struct event_base *base)
{
    struct beat *b = mem_new(struct beat);

    b->timer = evtimer_new(base, on_beat, b);
    assert(b->timer != NULL); /* fails only without memory */
    return b;
}

void beat_free(struct beat *b)
{
    if (b == NULL)
        return;
    assert(b->parts == NULL);
    event_free(b->timer);
    free(b);
}

void beat_join(struct beat *b, struct beat_part *part, void (*turn)(void *arg),
               void *arg)
{
    *part = (struct beat_part){.turn = turn, .arg = arg};
    DL_PREPEND(b->parts, part);
}

void beat_leave(struct beat *b, struct beat_part *part)
{
    DL_DELETE(b->parts, part);
}

void beat_want(struct beat *b, struct beat_part *part)
{
    part->wanted = true;
    if (!b->armed)
        arm(b);
}
