/* When devices are asked, and when one is called down: devices without agents,
 * whose echoes answer as the test says. */
#include "polling_scene.h"

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

static void what_is_asked_for_during_a_check_is_read_after_it(void **state)
{
    enum { EVERY_MS = 3600000 };
    struct scene *s = scene_new(1, EVERY_MS);
    struct watched *w = &s->watched[0];
    struct timeval at_once = {0};

    (void)state;
    s->pinger.holds = true;
    take_all(s);
    polling_now(s->polling, w->device);
    assert_int_equal(w->asked, 1);
    polling_now(s->polling, w->device);
    assert_int_equal(w->asked, 1);
    s->pinger.holds = false;
    event_add(s->pinger.turn, &at_once);
    await_asked(s, 1);
    scene_free(s);
}

/* The agent of the device answers slowly: its check does not end. */
static void hold_check(struct scene *s, struct watched *w)
{
    struct polled *pd = w->device->polled;

    while (pd->checking)
        event_base_loop(s->base, EVLOOP_ONCE);
    pd->checking = true;
    pd->parts_open = 1;
    s->polling->stats.under_way++;
}

static void echoes_do_not_wait_for_a_slow_agent(void **state)
{
    struct scene *s = scene_new(1, 20);
    struct watched *w = &s->watched[0];

    (void)state;
    take_all(s);
    await_asked(s, 1);
    hold_check(s, w);
    unsigned samples = w->samples;
    await_asked(s, 4);
    assert_in_range(w->samples, samples + 3, samples + 4);
    assert_true(w->device->polled->checking);
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
    stand_still(STOOD_MS);
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

/* ---- what was told before ---- */

static void both_of_the_first(void *arg, const struct device *d, bool *overruns,
                              bool *unheard)
{
    const struct scene *s = arg;

    *overruns = *unheard = d == s->watched[0].device;
}

static void on_over(void *arg, struct device *d, bool begins)
{
    assert_false(begins);
    watched_of(arg, d)->overs++;
}

static void what_an_earlier_run_told_ends_when_it_is_over(void **state)
{
    struct scene *s = scene_new(2, 50);
    struct polling_listener *l = &s->polling->listener;

    (void)state;
    l->told = both_of_the_first;
    l->overrun = l->unheard = on_over;
    take_all(s);
    assert_true(s->watched[0].device->polled->overrunning);
    await_asked(s, 3);
    assert_int_equal(s->watched[0].overs, 2); /* once each */
    assert_int_equal(s->watched[1].overs, 0);
    scene_free(s);
}

/* ---- doubt ---- */

static const struct doubt_facts calm = {.uplinks = 1};

static void nobody_is_called_down_when_nearly_all_fall_silent(void **state)
{
    enum { DEVICES = 20, SILENT = 17, EVERY_MS = 600 };
    struct scene *s = scene_new(DEVICES, EVERY_MS);
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

/* Where a check without an answer takes several intervals, as with polls every
 * second, each interval's silence counts. */
static void
nobody_is_called_down_though_silence_outlasts_intervals(void **state)
{
    enum { DEVICES = 12, EVERY_MS = 300, LASTS_MS = 3 * EVERY_MS };
    struct scene *s = scene_new(DEVICES, EVERY_MS);

    (void)state;
    take_all(s);
    await_asked(s, 1);
    silence(s, DEVICES, true);
    s->pinger.wait_ms = LASTS_MS;
    await_reach(s, REACH_SUSPECT, DEVICES);
    await_asked(s, 6);
    assert_int_equal(in_reach(s, REACH_SUSPECT), DEVICES);
    assert_int_equal(polling_doubt(s->polling, &calm)->isolation,
                     DOUBT_SILENCE);
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
        cmocka_unit_test(what_is_asked_for_during_a_check_is_read_after_it),
        cmocka_unit_test(echoes_do_not_wait_for_a_slow_agent),
        cmocka_unit_test(a_station_that_stood_still_does_not_ask_all_at_once),
        cmocka_unit_test(a_silent_device_is_down_after_three_checks),
        cmocka_unit_test(the_dead_cost_one_echo_ever_more_rarely),
        cmocka_unit_test(those_that_return_together_are_asked_apart),
        cmocka_unit_test(what_an_earlier_run_told_ends_when_it_is_over),
        cmocka_unit_test(nobody_is_called_down_when_nearly_all_fall_silent),
        cmocka_unit_test(
            nobody_is_called_down_though_silence_outlasts_intervals),
        cmocka_unit_test(nobody_is_called_down_while_the_station_is_overloaded),
        cmocka_unit_test(a_few_devices_may_all_be_down),
    };

    return cmocka_run_group_tests_name("polling", tests, NULL, NULL);
}
