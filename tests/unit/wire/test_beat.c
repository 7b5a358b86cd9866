/* Beats: what is wanted is done once, users before used. */
#include "wire/beat.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <event2/event.h>

enum { TURNS_MAX = 8 };

/* Two parts, and who had a turn. */
struct scene {
    struct event_base *base;
    struct beat *beat;
    struct beat_part lower, upper;
    const struct beat_part *turns[TURNS_MAX];
    size_t count;
    unsigned again; /* turns that upper asks for in its own */
};

static void note(struct scene *s, const struct beat_part *part)
{
    s->turns[s->count++] = part;
}

static void on_lower(void *arg)
{
    struct scene *s = arg;

    note(s, &s->lower);
}

static void on_upper(void *arg)
{
    struct scene *s = arg;

    note(s, &s->upper);
    beat_want(s->beat, &s->lower);
    if (s->again > 0) {
        s->again--;
        beat_want(s->beat, &s->upper);
    }
}

static int start(void **state)
{
    struct scene *s = calloc(1, sizeof *s);

    s->base = event_base_new();
    s->beat = beat_new(s->base);
    beat_join(s->beat, &s->lower, on_lower, s);
    beat_join(s->beat, &s->upper, on_upper, s);
    *state = s;
    return 0;
}

static int end(void **state)
{
    struct scene *s = *state;

    beat_leave(s->beat, &s->lower);
    beat_leave(s->beat, &s->upper);
    beat_free(s->beat);
    event_base_free(s->base);
    free(s);
    return 0;
}

static void what_a_part_asks_of_another_is_done_with_the_same_beat(void **state)
{
    struct scene *s = *state;

    beat_want(s->beat, &s->upper);
    beat_want(s->beat, &s->upper);
    assert_int_equal(event_base_dispatch(s->base), 1); /* nothing is left */
    assert_int_equal(s->count, 2);
    assert_ptr_equal(s->turns[0], &s->upper);
    assert_ptr_equal(s->turns[1], &s->lower);
}

static void what_is_wanted_anew_comes_with_a_later_beat(void **state)
{
    struct scene *s = *state;

    s->again = 2;
    beat_want(s->beat, &s->upper);
    assert_int_equal(event_base_dispatch(s->base), 1);
    assert_int_equal(s->count, 6);
    for (size_t i = 0; i < s->count; i++)
        assert_ptr_equal(s->turns[i], i % 2 == 0 ? &s->upper : &s->lower);
}

/* How long so many beats take, one after the other. */
static int64_t beats_ms(struct scene *s, unsigned beats)
{
    struct mono begun = mono_now();

    s->again = beats - 1;
    beat_want(s->beat, &s->upper);
    assert_int_equal(event_base_dispatch(s->base), 1);
    return mono_ms_between(begun, mono_now());
}

static void slow_beats_are_further_apart_until_they_are_not(void **state)
{
    struct scene *s = *state;

    assert_int_equal(beat_ms(s->beat), BEAT_MS);
    beat_slow(s->beat, true);
    assert_int_equal(beat_ms(s->beat), BEAT_SLOW_MS);
    assert_true(beats_ms(s, 3) >= 2 * BEAT_SLOW_MS);
    beat_slow(s->beat, false);
    assert_int_equal(beat_ms(s->beat), BEAT_MS);
    assert_int_equal(beat_ms(s->beat) * (BEAT_SLOW_MS / BEAT_MS), BEAT_SLOW_MS);
}

static void beats_that_run_become_slow_at_once(void **state)
{
    struct scene *s = *state;

    beat_want(s->beat, &s->upper); /* begins */
    beat_slow(s->beat, true);
    assert_true(beats_ms(s, 3) >= 2 * BEAT_SLOW_MS);
    assert_int_equal(s->count, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_a_part_asks_of_another_is_done_with_the_same_beat, start, end),
        cmocka_unit_test_setup_teardown(
            what_is_wanted_anew_comes_with_a_later_beat, start, end),
        cmocka_unit_test_setup_teardown(
            slow_beats_are_further_apart_until_they_are_not, start, end),
        cmocka_unit_test_setup_teardown(beats_that_run_become_slow_at_once,
                                        start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
