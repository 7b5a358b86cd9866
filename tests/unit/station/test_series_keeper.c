/* When rrdcached writes: gathered as far as its memory bears, and never so that
 * its journal goes before what it has is written; and when it is killed. */
#include "station/series_keeper.h"

#include "base/file.h"
#include "base/log.h"
#include "series_scene.h"

#include <stdlib.h>

enum { LOOK_MS = 500 }; /* silence is told so often */

static const size_t counts[] = {0,      100,    19999,  20000,
                                100000, 240000, 500000, 5000000};
static const int64_t steps[] = {1000, 10000, 60000, 300000, 3600000};

static void few_files_are_current_and_written_at_the_end(void **state)
{
    (void)state;
    struct keeper_times few = keeper_times(5000, 60000);

    assert_true(few.write_s + few.spread_s <= 120);
    assert_true(few.write_all);
    assert_false(keeper_times(200000, 60000).write_all);
}

/* About half of what may wait for a file waits: within 60 MB. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { SAMPLE_OCTETS = 150, MEMORY_MAX = 75000000 };

    for (size_t files = 50000; files <= 350000; files += 50000) {
        struct keeper_times times = keeper_times(files, 60000);
        double waiting = (double)(times.write_s + times.spread_s / 2) / 60 / 2;

        print_message("  %zu files: written each %lld s\n", files,
                      (long long)times.write_s);
        assert_true(waiting * (double)files * SAMPLE_OCTETS < MEMORY_MAX);
        assert_true(waiting >= 1);
    }
}

static void journal_outlives_what_it_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t n = 0; n < sizeof steps / sizeof steps[0]; n++) {
            struct keeper_times times = keeper_times(counts[i], steps[n]);

            print_message("  %zu files each %lld ms\n", counts[i],
                          (long long)steps[n]);
            assert_true(times.write_s > 0 && times.spread_s > 0);
            assert_true(times.flush_s >= times.write_s + times.spread_s);
            assert_true(times.write_s <= 3600);
        }
    }
}

static bool it_runs(void *keeper)
{
    return keeper_pid(keeper) > 0;
}

struct watched {
    struct keeper *keeper;
    struct mono next;
    unsigned looks, enough;
};

/* Tells again and again that it is silent; true once it was started anew, or
 * after enough of that. */
static bool given_up(void *arg)
{
    struct watched *w = arg;

    if (mono_reached(mono_now(), w->next)) {
        keeper_silent(w->keeper);
        w->looks++;
        w->next = mono_after_ms(mono_now(), LOOK_MS);
    }
    return keeper_restarts(w->keeper) > 0 || w->looks >= w->enough;
}

/* One that is busy, as with a long journal, is waited for; when it hangs it is
 * killed. */
static void one_that_works_is_not_killed(void **state)
{
    enum { WHILE_IT_WORKS = 4, MANY = 1000 };
    struct place *p = *state;
    OWNED_BUFFER struct buffer script = {0}, OWNED_BUFFER path = {0};
    OWNED(free) char *before = strdup(getenv("PATH"));
    OWNED(keeper_free) struct keeper *k = NULL;
    static const char busy[] = "#!/bin/sh\nwhile :; do :; done\n";

    buffer_format(&script, "%s/rrdcached", p->dir);
    assert_int_equal(file_write(script.at, bytes_of_text(busy), 0755), 0);
    buffer_format(&path, "%s:%s", p->dir, before);
    assert_int_equal(setenv("PATH", path.at, 1), 0);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    assert_int_equal(keeper_new(p->base, p->dir, STEP_S * 1000, &k, NULL), 0);
    assert_true(run_until(p->base, it_runs, k));
    struct watched w = {.keeper = k, .enough = WHILE_IT_WORKS};
    w.next = mono_after_ms(mono_now(), LOOK_MS);
    assert_true(run_until(p->base, given_up, &w));
    assert_int_equal(keeper_restarts(k), 0);

    assert_int_equal(kill(keeper_pid(k), SIGSTOP), 0);
    w.enough = MANY;
    assert_true(run_until(p->base, given_up, &w));
    assert_int_equal(keeper_restarts(k), 1);
    assert_int_equal(setenv("PATH", before, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_files_are_current_and_written_at_the_end),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(journal_outlives_what_it_has),
        cmocka_unit_test_setup_teardown(one_that_works_is_not_killed,
                                        make_place, drop_place),
    };
    return cmocka_run_group_tests_name("series_keeper", tests, NULL, NULL);
}
