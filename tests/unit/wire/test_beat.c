/* Beats: what is wanted is done once, users before used. */
#include "wire/beat.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_a_part_asks_of_another_is_done_with_the_same_beat, start, end),
        cmocka_unit_test_setup_teardown(
            what_is_wanted_anew_comes_with_a_later_beat, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
