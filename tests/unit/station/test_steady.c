/* The time of samples: it never goes back, whatever the wall clock does. */
#include "station/steady.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HOUR_MS = 3600000, TICK_MS = 1000 };

/* A second-by-second life of both clocks from moment 0, 10^12 ms on the wall;
 * the wall clock jumps by jump_ms at jump_at_ms and back after for_ms (0:
 * never). */
struct life {
    struct steady steady;
    int64_t now_ms;
    int64_t jump_ms, jump_at_ms, for_ms;
};

static struct mono mono_of(const struct life *l)
{
    return (struct mono){l->now_ms * 1000000};
}

static struct wall wall_of(const struct life *l)
{
    int64_t since = l->now_ms - l->jump_at_ms;
    bool off = since >= 0 && (l->for_ms == 0 || since < l->for_ms);

    return (struct wall){1000000000000 + l->now_ms + (off ? l->jump_ms : 0)};
}

static void live(struct life *l, int64_t ms)
{
    int64_t last = steady_at(&l->steady, mono_of(l)).ms;

    for (int64_t end = l->now_ms + ms; l->now_ms < end;) {
        l->now_ms += TICK_MS;
        steady_follow(&l->steady, mono_of(l), wall_of(l));
        int64_t at = steady_at(&l->steady, mono_of(l)).ms;
        assert_true(at > last);
        last = at;
    }
}

static int64_t lead(const struct life *l)
{
    return steady_lead_ms(&l->steady, mono_of(l), wall_of(l));
}

static void begin(struct life *l)
{
    steady_begin(&l->steady, mono_of(l), wall_of(l), (struct wall){0});
    live(l, 60 * TICK_MS);
    assert_int_equal(lead(l), 0);
}

static void a_clock_that_is_put_back_is_awaited_and_spacing_stays(void **state)
{
    struct life l = {.jump_ms = -HOUR_MS, .jump_at_ms = 100 * TICK_MS};

    (void)state;
    begin(&l);
    live(&l, 60 * TICK_MS);
    int64_t before = steady_at(&l.steady, mono_of(&l)).ms;
    live(&l, 60 * TICK_MS);
    int64_t passed = steady_at(&l.steady, mono_of(&l)).ms - before;
    assert_in_range(passed, 59700, 60000); /* within 0.5 % */
    live(&l, 24 * (int64_t)HOUR_MS * 11);
    assert_in_range(lead(&l), 0, 5);
}

static void a_clock_that_is_put_ahead_is_followed_once_it_stays(void **state)
{
    struct life l = {.jump_ms = HOUR_MS, .jump_at_ms = 100 * TICK_MS};

    (void)state;
    begin(&l);
    live(&l, 50 * TICK_MS);
    assert_int_equal(lead(&l), -HOUR_MS);
    live(&l, 60 * TICK_MS);
    assert_int_equal(lead(&l), 0);
}

static void a_clock_that_is_wrong_for_a_moment_changes_nothing(void **state)
{
    struct life l = {.jump_ms = HOUR_MS,
                     .jump_at_ms = 100 * TICK_MS,
                     .for_ms = STEADY_LASTS_MS / 2};

    (void)state;
    begin(&l);
    live(&l, 300 * TICK_MS);
    assert_int_equal(lead(&l), 0);
}

static void samples_go_on_behind_those_of_an_earlier_run(void **state)
{
    struct life l = {0};
    struct wall earliest = {wall_of(&l).ms + 5000};

    (void)state;
    steady_begin(&l.steady, mono_of(&l), wall_of(&l), earliest);
    assert_true(steady_at(&l.steady, mono_of(&l)).ms >= earliest.ms);
    live(&l, 5000 * STEADY_SLEW + 60 * TICK_MS);
    assert_in_range(lead(&l), 0, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_put_back_is_awaited_and_spacing_stays),
        cmocka_unit_test(a_clock_that_is_put_ahead_is_followed_once_it_stays),
        cmocka_unit_test(a_clock_that_is_wrong_for_a_moment_changes_nothing),
        cmocka_unit_test(samples_go_on_behind_those_of_an_earlier_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
