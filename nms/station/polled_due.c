/* When a device is asked. */
#include "station/polled.h"

#include <event2/event.h>

static const int64_t NS_PER_MS = 1000000;

/* Later than that the station itself stood still, and others are late with
 * it. */
enum { STOOD_STILL_MS = 100 };

/* ---- the turn at which polls are due --------------------------------------
 */

/* Sees to it that a turn comes when the next is due. */
static void arm(struct polling *p)
{
    struct mono now = mono_now(), due;

    if (p->turning || !wheel_next(&p->wheel, &due))
        return;
    int64_t us = due.ns > now.ns ? (due.ns - now.ns + 999) / 1000 : 0;
    if (p->parts.beat != NULL && us <= beat_ms(p->parts.beat) * 1000) {
        beat_want(p->parts.beat, &p->part);
        return;
    }
    struct timeval wait = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    (void)event_add(p->timer, &wait); /* fails only without memory */
}

static void turn(void *arg)
{
    struct polling *p = arg;
    struct wheel_entry *entry = NULL;
    struct mono now = mono_now();

    p->turning = true;
    while ((entry = wheel_expire(&p->wheel, now)) != NULL) {
        struct polled_timer *timer = (struct polled_timer *)entry;

        timer->due(timer->polled);
    }
    p->turning = false;
    arm(p);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    turn(arg);
}

void polling_schedule_open(struct polling *p)
{
    wheel_init(&p->wheel, mono_now());
    p->timer = evtimer_new(p->parts.base, on_timer, p);
    if (p->parts.beat != NULL)
        beat_join(p->parts.beat, &p->part, turn, p);
}

void polling_schedule_close(struct polling *p)
{
    if (p->parts.beat != NULL)
        beat_leave(p->parts.beat, &p->part);
    if (p->timer != NULL)
        event_free(p->timer);
}

void polled_timer(struct polled_timer *timer, int64_t ms)
{
    struct polling *p = timer->polled->polling;

    wheel_remove(&p->wheel, &timer->entry);
    wheel_put(&p->wheel, &timer->entry, mono_after_ms(mono_now(), ms));
    arm(p);
}

/* ---- a device's place ------------------------------------------------------
 */

void polled_set_due(struct polled *pd, struct mono behind)
{
    int64_t every = pd->polling->options.every_ms;
    int64_t behind_ms = behind.ns / NS_PER_MS;
    int64_t place =
        (int64_t)(bytes_hash(ident_key(&pd->device->id)) % (uint64_t)every);

    place -= place % BEAT_SLOW_MS; /* or it waited for the next */
    int64_t due_ms = behind_ms / every * every + place;

    if (due_ms <= behind_ms)
        due_ms += every;
    pd->due = mono_after_ms((struct mono){0}, due_ms);
    int64_t wait = mono_ms_between(mono_now(), pd->due);
    polled_timer(&pd->due_timer, wait);
    pd->record.next = (struct wall){wall_now().ms + wait};
}

void polled_schedule_next(struct polled *pd, struct mono now)
{
    struct mono due = pd->due;

    polled_set_due(pd, mono_reached(now, due) ? now : due);
    int64_t steps =
        mono_ms_between(due, pd->due) / pd->polling->options.every_ms;
    if (steps > 1) {
        pd->skipped = true;
        pd->record.overruns += (uint64_t)(steps - 1);
        pd->polling->stats.overruns += (uint64_t)(steps - 1);
    }
}

bool polled_probe_is_due(struct polled *pd, struct mono now)
{
    int64_t wait = pd->polling->options.every_ms;

    if (!mono_reached(now, pd->probe_due))
        return false;
    for (unsigned i = RECHECKS;
         i < pd->missed && wait < POLL_BACKOFF_MAX_S * 1000; i++)
        wait *= 2;
    if (wait > POLL_BACKOFF_MAX_S * 1000)
        wait = POLL_BACKOFF_MAX_S * 1000;
    pd->probe_due =
        mono_after_ms(now, wait - pd->polling->options.every_ms / 2);
    return true;
}

bool polled_defer(struct polled *pd, int64_t late_ms)
{
    enum { PARTS = 1024 };
    int64_t most = pd->polling->options.every_ms / 2;

    if (late_ms < STOOD_STILL_MS || pd->deferred)
        return false;
    pd->deferred = true;
    if (most > late_ms)
        most = late_ms;
    uint64_t part = bytes_hash(ident_key(&pd->device->id)) >> 32;
    polled_timer(&pd->due_timer, most * (int64_t)(part % PARTS) / PARTS);
    return true;
}
