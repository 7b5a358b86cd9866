/* What a station does each second, in steps between which sockets are looked
 * at. */
#include "station/station_parts.h"

#include "station/learned.h"
#include "station/persist.h"
#include "wire/engine.h"

#include <event2/event.h>

enum {
    TICK_MS = 1000,
    AHEAD_MS = 100,
    SAVE_MS = 30000, /* between writings of what changed a little */
    SAVE_TURN_MS = 3 /* that these take at once */
};

/* Some devices a turn, until all had theirs. */
static void save_changed(struct station *s, struct mono now)
{
    struct mono until = mono_after_ms(now, SAVE_TURN_MS);

    if (s->save_next == 0) {
        if (mono_ms_between(s->saved_at, now) < SAVE_MS)
            return;
        s->saved_at = now;
    }
    while (s->save_next < inventory_count(s->inventory) &&
           !mono_reached(mono_now(), until)) {
        struct device *d = inventory_at(s->inventory, s->save_next++);

        if (d->unsaved && d->name != NULL) {
            persist_device(s->store, d, false);
            persist_learned(s->store, d);
        }
    }
    if (s->save_next >= inventory_count(s->inventory))
        s->save_next = 0;
}

static void hear(struct station *s, struct mono now)
{
    s->self_outdated |= heard_expire(s->heard, now);
    if (!s->self_outdated ||
        !heard_may_tell(s->self_told, s->self_took_ms, now))
        return;
    s->self_outdated = false;
    if (s->self == NULL)
        return;
    station_read_self(s);
    s->self_told = now;
    s->self_took_ms = mono_ms_between(now, mono_now());
}

static void measure(struct station *s, struct mono now)
{
    struct engine_stats stats;
    int64_t late = mono_ms_between(s->tick_due, now);

    engine_stats(s->engine, &stats);
    s->requests_per_s = (double)(stats.requests - s->requests_before) * 1000 /
                        (double)(TICK_MS + (late > 0 ? late : 0));
    s->requests_before = stats.requests;
    s->loop_lag_ms = late > 0 ? late : 0;
    s->tick_due = mono_after_ms(now, TICK_MS);
}

static void follow_polls(struct station *s, struct mono now)
{
    measure(s, now);
    station_pace(s);
    station_doubt(s);
    polling_tick(s->polling, now, wall_now());
    hear(s, now);
    discovery_tick(s->discovery, now);
    station_traps_turn(s, now);
}

static void show(struct station *s, struct mono now)
{
    (void)now;
    station_publish(s);
}

static void follow_links(struct station *s, struct mono now)
{
    station_look_at_flows(s, now);
    station_infer(s, now);
}

static void (*const steps[])(struct station *, struct mono) = {
    follow_polls, save_changed, station_alerts_turn, show, follow_links};

static void on_step(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval next = {0};
    struct station *s = arg;

    (void)fd, (void)what;
    steps[s->steps_done++](s, mono_now());
    if (s->steps_done < COUNT_OF(steps))
        event_add(s->step, &next);
    else
        s->steps_done = 0;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct station *s = arg;

    if (s->steps_done == 0) /* else the second before is not over */
        on_step(fd, what, s);
}

static void on_ahead(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    station_publish_ahead(arg);
}

void station_tick_start(struct station *s)
{
    struct timeval tick = {.tv_sec = TICK_MS / 1000};
    struct timeval ahead = {.tv_usec = AHEAD_MS * 1000};

    s->step = event_new(s->base, -1, 0, on_step, s);
    s->tick = event_new(s->base, -1, EV_PERSIST, on_tick, s);
    s->ahead = event_new(s->base, -1, EV_PERSIST, on_ahead, s);
    event_add(s->tick, &tick);
    event_add(s->ahead, &ahead);
    s->tick_due = mono_after_ms(mono_now(), TICK_MS);
}

void station_tick_end(struct station *s)
{
    if (s->tick == NULL)
        return;
    event_free(s->tick);
    event_free(s->step);
    event_free(s->ahead);
}
