/* polling_scene.h - devices without agents, whose echoes answer as the test
 * says. */
#ifndef TESTS_POLLING_SCENE_H
#define TESTS_POLLING_SCENE_H

#include "station/polled.h"

#include "base/mem.h"
#include "wire/icmp.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <event2/event.h>

enum { DEVICES_MAX = 1000, PATIENCE_MS = 20000 };

/* What was asked for and waits for its answer. */
struct echo {
    ping_fn done;
    void *arg;
    unsigned count;
    struct echo *next;
};

/* In place of the real one: answers at the loop's next turn. */
struct pinger {
    bool holds;      /* nothing is answered until it does not any more */
    int64_t wait_ms; /* until it answers */
    struct event *turn;
    struct echo *open;
};

struct scene {
    struct event_base *base;
    struct pinger pinger;
    struct inventory *inventory;
    struct polling *polling;
    struct gaps *gaps;
    struct watched {
        struct device *device;
        bool silent;
        unsigned asked, echoes;
        struct mono last_asked, back; /* when it answered after being down */
        unsigned downs, asked_until_down;
        struct wall told; /* the last sample's time */
        unsigned samples, losses;
        unsigned overs; /* times something was told to be over */
    } watched[DEVICES_MAX];
    size_t count;
};

static struct watched *watched_of(struct scene *s, const struct device *d)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->watched[i].device == d)
            return &s->watched[i];
    fail_msg("a device that nobody made");
    return NULL;
}

static struct scene *scene; /* of the test that runs, for the pinger's sake */

void pinger_check(struct pinger *p, const struct addr *addr, unsigned count,
                  uint32_t interval_ms, uint32_t timeout_ms, ping_fn done,
                  void *arg)
{
    struct timeval then = {p->wait_ms / 1000, p->wait_ms % 1000 * 1000};
    struct echo *e = mem_new(struct echo);
    struct watched *w =
        watched_of(scene, inventory_by_addr(scene->inventory, addr));

    (void)interval_ms;
    (void)timeout_ms;
    *e = (struct echo){.done = done, .arg = arg, .count = count};
    e->next = p->open;
    p->open = e;
    w->asked++;
    w->echoes += count;
    w->last_asked = mono_now();
    if (!p->holds)
        event_add(p->turn, &then);
}

void pinger_forget(struct pinger *p, const void *arg)
{
    for (struct echo **at = &p->open; *at != NULL;) {
        struct echo *e = *at;

        if (e->arg != arg) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        free(e);
    }
}

static void on_pinger_turn(evutil_socket_t fd, short what, void *arg)
{
    struct scene *s = arg;
    struct echo *list = s->pinger.open;

    (void)fd;
    (void)what;
    s->pinger.open = NULL;
    for (struct echo *e = list, *next; e != NULL; e = next) {
        struct polled *pd = e->arg;
        bool silent = watched_of(s, pd->device)->silent;
        struct ping_result result = {.sent = e->count,
                                     .received = silent ? 0 : e->count,
                                     .rtt_ms_avg = silent ? NAN : 1,
                                     .jitter_ms = silent ? NAN : 0};

        next = e->next;
        e->done(e->arg, &result);
        free(e);
    }
}

static void on_sample(void *arg, const struct sample *sample)
{
    struct watched *w = watched_of(arg, sample->device);
    bool lost = isnan(sample->values[0]);

    assert_int_equal(sample->group, SERIES_ICMP);
    assert_non_null(strstr(sample->path, "icmp.rrd"));
    assert_true(sample->at.ms >= w->told.ms);
    if (!lost)
        assert_int_equal(sample->why, GAP_NONE);
    else if (sample->why == GAP_OVERLOAD) /* perhaps not the network's loss */
        assert_true(isnan(sample->values[1]));
    else
        assert_true(sample->why == GAP_TIMEOUT && sample->values[1] == 100);
    w->told = sample->at;
    w->samples++;
    w->losses += lost;
}

static void on_reach(void *arg, struct device *d, enum reach before)
{
    struct watched *w = watched_of(arg, d);

    if (d->reach == REACH_DOWN) {
        w->downs++;
        w->asked_until_down = w->asked;
    }
    if (before == REACH_DOWN && d->reach == REACH_UP)
        w->back = mono_now();
}

static void nothing(void *arg, struct device *d)
{
    (void)arg;
    (void)d;
}

static void no_overrun(void *arg, struct device *d, bool begins)
{
    (void)arg;
    (void)d;
    (void)begins;
}

static enum doubt_witness no_witness(void *arg, const struct device *d,
                                     struct mono asked, struct mono now)
{
    (void)arg;
    (void)d;
    (void)asked;
    (void)now;
    return DOUBT_NOBODY;
}

/* Devices at 127.77.x.y, not yet polled. */
static inline struct scene *scene_new(size_t count, int64_t every_ms)
{
    struct scene *s = mem_new(struct scene);
    struct polling_parts parts;
    struct polling_options options = {.every_ms = every_ms, .ping_count = 3};
    struct polling_listener listener = {.sampled = on_sample,
                                        .reach_changed = on_reach,
                                        .ports_changed = nothing,
                                        .ports_turned = nothing,
                                        .restarted = nothing,
                                        .state_lost = nothing,
                                        .settled = nothing,
                                        .overrun = no_overrun,
                                        .unheard = no_overrun,
                                        .witness = no_witness,
                                        .arg = s};

    scene = s;
    s->base = event_base_new();
    s->pinger.turn = evtimer_new(s->base, on_pinger_turn, s);
    s->inventory = inventory_new();
    s->gaps = gaps_new(NULL, every_ms);
    parts = (struct polling_parts){
        .base = s->base, .pinger = &s->pinger, .gaps = s->gaps};
    s->polling = polling_new(&parts, &options, &listener);
    for (size_t i = 0; i < count; i++) {
        struct device *d = inventory_add(s->inventory, NULL);
        struct addr addr = addr_v4((const uint8_t[]){
            127, 77, (uint8_t)(i / 250), (uint8_t)(i % 250 + 1)});

        assert_true(inventory_give_addr(s->inventory, d, &addr));
        (void)inventory_rename(s->inventory, d, "device");
        d->reach = REACH_UP;
        s->watched[s->count++].device = d;
    }
    return s;
}

static inline void scene_free(struct scene *s)
{
    for (size_t i = 0; i < s->count; i++)
        polling_drop(s->polling, s->watched[i].device);
    polling_free(s->polling);
    gaps_free(s->gaps);
    inventory_free(s->inventory);
    event_free(s->pinger.turn);
    event_base_free(s->base);
    free(s);
}

static inline void take_all(struct scene *s)
{
    for (size_t i = 0; i < s->count; i++)
        polling_take(s->polling, s->watched[i].device);
}

static inline size_t in_reach(const struct scene *s, enum reach reach)
{
    size_t count = 0;

    for (size_t i = 0; i < s->count; i++)
        count += s->watched[i].device->reach == reach;
    return count;
}

/* Runs until so many devices are in a state. */
static inline void await_reach(struct scene *s, enum reach reach, size_t count)
{
    struct mono end = mono_after_ms(mono_now(), PATIENCE_MS);

    while (in_reach(s, reach) != count) {
        if (mono_reached(mono_now(), end))
            fail_msg("%zu %s, not %zu", in_reach(s, reach), reach_name(reach),
                     count);
        event_base_loop(s->base, EVLOOP_ONCE);
    }
}

/* Runs until each device was asked so many times more. */
static inline void await_asked(struct scene *s, unsigned more)
{
    struct mono end = mono_after_ms(mono_now(), PATIENCE_MS);
    unsigned before[DEVICES_MAX];

    for (size_t i = 0; i < s->count; i++)
        before[i] = s->watched[i].asked;
    for (size_t i = 0; i < s->count;) {
        if (s->watched[i].asked >= before[i] + more) {
            i++;
            continue;
        }
        if (mono_reached(mono_now(), end))
            fail_msg("device %zu was asked %u times", i, s->watched[i].asked);
        event_base_loop(s->base, EVLOOP_ONCE);
    }
}

static inline void silence(struct scene *s, size_t count, bool silent)
{
    for (size_t i = 0; i < count; i++)
        s->watched[i].silent = silent;
}

/* The loop has no turn for so long. */
static inline void stand_still(int64_t ms)
{
    struct mono end = mono_after_ms(mono_now(), ms);

    while (!mono_reached(mono_now(), end))
        evutil_gettimeofday(&(struct timeval){0}, NULL);
}

#endif
