/* When devices are asked, and when one is called down: devices without agents,
 * whose echoes answer as the test says. */
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
    bool holds; /* nothing is answered until it does not any more */
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
    struct timeval now = {0};
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
        event_add(p->turn, &now);
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
static struct scene *scene_new(size_t count, int64_t every_ms)
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

static void scene_free(struct scene *s)
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

static void take_all(struct scene *s)
{
    for (size_t i = 0; i < s->count; i++)
        polling_take(s->polling, s->watched[i].device);
}

static size_t in_reach(const struct scene *s, enum reach reach)
{
    size_t count = 0;

    for (size_t i = 0; i < s->count; i++)
        count += s->watched[i].device->reach == reach;
    return count;
}

/* Runs until so many devices are in a state. */
static void await_reach(struct scene *s, enum reach reach, size_t count)
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
static void await_asked(struct scene *s, unsigned more)
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

static void silence(struct scene *s, size_t count, bool silent)
{
    for (size_t i = 0; i < count; i++)
        s->watched[i].silent = silent;
}

/* ---- samples ---- */

static void each_check_tells_what_it_read(void **state)
{
    enum { EVERY_MS = 50 };
    struct scene *s = scene_new(3, EVERY_MS);

    (void)state;
    s->watched[1].silent = true;
    take_all(s);
    await_asked(s, 4);
    for (size_t i = 0; i < s->count; i++) {
        const struct watched *w = &s->watched[i];

        assert_in_range(w->samples, w->asked - 1, w->asked);
        assert_int_equal(w->losses, w->silent ? w->samples : 0);
    }
    /* Nobody listens: nothing is told, and nothing is missed. */
    s->polling->listener.sampled = NULL;
    unsigned samples = s->watched[0].samples;
    await_asked(s, 2);
    assert_int_equal(s->watched[0].samples, samples);
    scene_free(s);
}

/* ---- the schedule ---- */

/* The next polls lie evenly in the interval that begins now. */
static void must_be_even(const struct scene *s, int64_t every_ms)
{
    enum { PARTS = 10 };
    struct mono now = mono_now();
    unsigned parts[PARTS] = {0};

    for (size_t i = 0; i < s->count; i++) {
        struct mono due = s->watched[i].device->polled->due;

        assert_true(mono_ms_between(now, due) <= every_ms);
        parts[due.ns / 1000000 % every_ms * PARTS / every_ms]++;
    }
    for (size_t i = 0; i < PARTS; i++)
        assert_in_range(parts[i], s->count / PARTS / 2, s->count / PARTS * 2);
}

static void starts_are_spread_by_the_id(void **state)
{
    enum { EVERY_MS = 60000, SELDOM_MS = 7 * EVERY_MS, DEVICES = 1000 };
    struct scene *s = scene_new(DEVICES, EVERY_MS);

    (void)state;
    take_all(s);
    must_be_even(s, EVERY_MS);
    struct polling_options seldom = {.every_ms = SELDOM_MS, .ping_count = 3};
    polling_configure(s->polling, &seldom);
    for (size_t i = 0; i < s->count; i++)
        polling_reschedule(s->polling, s->watched[i].device);
    must_be_even(s, SELDOM_MS);

    /* Given up and taken again it has its old place. */
    struct watched *w = &s->watched[7];
    struct mono due = w->device->polled->due;
    polling_drop(s->polling, w->device);
    polling_take(s->polling, w->device);
    int64_t apart = mono_ms_between(due, w->device->polled->due);
    assert_int_equal(apart % SELDOM_MS, 0);
    scene_free(s);
}

static void a_check_that_runs_is_not_begun_again(void **state)
{
    enum { EVERY_MS = 20 };
    struct scene *s = scene_new(1, EVERY_MS);
    struct watched *w = &s->watched[0];
    struct polling_stats stats = {0};
    struct timeval at_once = {0};

    (void)state;
    s->pinger.holds = true;
    take_all(s);
    while (stats.overruns < 5) {
        event_base_loop(s->base, EVLOOP_ONCE);
        polling_now(s->polling, w->device);
        polling_stats(s->polling, &stats);
    }
    assert_int_equal(w->asked, 1);
    assert_int_equal(stats.under_way, 1);
    assert_int_equal(w->device->polled->record.overruns, stats.overruns);
    s->pinger.holds = false;
    event_add(s->pinger.turn, &at_once);
    await_asked(s, 2);
    scene_free(s);
}

/* The largest number of moments within a span. */
static size_t most_within(struct scene *s, int64_t span_ms)
{
    size_t most = 0;

    for (size_t i = 0; i < s->count; i++) {
        size_t near = 0;
        for (size_t k = 0; k < s->count; k++) {
            int64_t ms = mono_ms_between(s->watched[i].last_asked,
                                         s->watched[k].last_asked);
            near += ms >= 0 && ms < span_ms;
        }
        if (near > most)
            most = near;
    }
    return most;
}

static void a_station_that_stood_still_does_not_ask_all_at_once(void **state)
{
    enum { EVERY_MS = 1000, STOOD_MS = 900, DEVICES = 300 };
    struct scene *s = scene_new(DEVICES, EVERY_MS);

    (void)state;
    take_all(s);
    struct mono end = mono_after_ms(mono_now(), STOOD_MS);
    while (!mono_reached(mono_now(), end))
        evutil_gettimeofday(&(struct timeval){0}, NULL);
    await_asked(s, 1);
    assert_in_range(most_within(s, 100), 1, DEVICES / 2);
    scene_free(s);
}

/* ---- the silent ---- */

static void a_silent_device_is_down_after_three_checks(void **state)
{
    struct scene *s = scene_new(12, 50);

    (void)state;
    silence(s, 4, true);
    take_all(s);
    await_reach(s, REACH_DOWN, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s->watched[i].asked_until_down, 3);
    assert_int_equal(in_reach(s, REACH_UP), 8);
    scene_free(s);
}

static void the_dead_cost_one_echo_ever_more_rarely(void **state)
{
    enum { EVERY_MS = 20, INTERVALS = 60 };
    struct scene *s = scene_new(2, EVERY_MS);
    struct watched *dead = &s->watched[0], *living = &s->watched[1];

    (void)state;
    silence(s, 1, true);
    take_all(s);
    await_reach(s, REACH_DOWN, 1);
    unsigned asked = dead->asked, echoes = dead->echoes;
    unsigned others = living->asked;
    while (living->asked < others + INTERVALS)
        event_base_loop(s->base, EVLOOP_ONCE);
    /* After 1, 2, 4, 8, 16 and 32 intervals. */
    assert_in_range(dead->asked - asked, 3, 7);
    assert_int_equal(dead->echoes - echoes, dead->asked - asked);

    dead->silent = false;
    await_reach(s, REACH_UP, 2);
    asked = dead->asked;
    others = living->asked;
    while (living->asked < others + 5)
        event_base_loop(s->base, EVLOOP_ONCE);
    assert_in_range(dead->asked - asked, 3, 7);
    scene_free(s);
}

static void those_that_return_together_are_asked_apart(void **state)
{
    enum { EVERY_MS = 200, DEVICES = 400, DEAD = 280 };
    struct scene *s = scene_new(DEVICES, EVERY_MS);

    (void)state;
    silence(s, DEAD, true);
    take_all(s);
    await_reach(s, REACH_DOWN, DEAD);
    silence(s, DEAD, false);
    await_reach(s, REACH_UP, DEVICES);
    for (size_t i = 0; i < DEVICES; i++)
        s->watched[i].last_asked = s->watched[i].back;
    assert_in_range(most_within(s, EVERY_MS / 4), 1, DEAD * 6 / 10);
    scene_free(s);
}

/* ---- doubt ---- */

static const struct doubt_facts calm = {.uplinks = 1};

static void nobody_is_called_down_when_nearly_all_fall_silent(void **state)
{
    enum { DEVICES = 20, SILENT = 17 };
    struct scene *s = scene_new(DEVICES, 200);
    struct polling_stats stats;

    (void)state;
    take_all(s);
    await_asked(s, 1);
    silence(s, SILENT, true);
    await_asked(s, 8);
    assert_int_equal(in_reach(s, REACH_SUSPECT), SILENT);
    assert_int_equal(polling_doubt(s->polling, &calm)->isolation,
                     DOUBT_SILENCE);
    polling_stats(s->polling, &stats);
    assert_true(stats.withheld >= SILENT);

    silence(s, SILENT, false);
    await_reach(s, REACH_UP, DEVICES);
    await_asked(s, 1);
    assert_int_equal(polling_doubt(s->polling, &calm)->isolation, DOUBT_NONE);
    for (size_t i = 0; i < DEVICES; i++)
        assert_int_equal(s->watched[i].downs, 0);

    silence(s, 1, true); /* from now on verdicts are given again */
    await_reach(s, REACH_DOWN, 1);
    scene_free(s);
}

static void nobody_is_called_down_while_the_station_is_overloaded(void **state)
{
    static const struct doubt_facts late = {.loop_lag_ms = 1500, .uplinks = 1};
    struct scene *s = scene_new(12, 50);

    (void)state;
    take_all(s);
    await_asked(s, 1);
    assert_int_equal(polling_doubt(s->polling, &late)->overload, DOUBT_LAG);
    silence(s, 2, true);
    await_asked(s, 8);
    assert_int_equal(in_reach(s, REACH_SUSPECT), 2);
    assert_int_equal(in_reach(s, REACH_UP), 10);
    scene_free(s);
}

static void a_few_devices_may_all_be_down(void **state)
{
    struct scene *s = scene_new(DOUBT_DEVICES_MIN - 1, 50);

    (void)state;
    silence(s, s->count, true);
    take_all(s);
    await_reach(s, REACH_DOWN, s->count);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_check_tells_what_it_read),
        cmocka_unit_test(starts_are_spread_by_the_id),
        cmocka_unit_test(a_check_that_runs_is_not_begun_again),
        cmocka_unit_test(a_station_that_stood_still_does_not_ask_all_at_once),
        cmocka_unit_test(a_silent_device_is_down_after_three_checks),
        cmocka_unit_test(the_dead_cost_one_echo_ever_more_rarely),
        cmocka_unit_test(those_that_return_together_are_asked_apart),
        cmocka_unit_test(nobody_is_called_down_when_nearly_all_fall_silent),
        cmocka_unit_test(nobody_is_called_down_while_the_station_is_overloaded),
        cmocka_unit_test(a_few_devices_may_all_be_down),
    };

    return cmocka_run_group_tests_name("polling", tests, NULL, NULL);
}
