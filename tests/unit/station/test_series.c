/* Samples that were added are there when they are asked for, though rrdcached
 * and the station are killed meanwhile. With a real rrdcached. */
#include "base/log.h"
#include "series_scene.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

static void samples_are_there_when_asked_for(void **state)
{
    enum { OBJECTS = 5, COUNT = 30 };
    struct place *p = *state;
    struct series_stats stats;

    p->series = open_series(p, "private", 0);
    uint64_t batch = series_batch(p->series);
    add_samples(p->series, OBJECTS, 0, COUNT);
    assert_true(series_durable(p->series) < batch);
    assert_all_there(p, OBJECTS, COUNT);
    assert_true(series_durable(p->series) >= batch);
    series_stats(p->series, &stats);
    assert_int_equal(stats.added, OBJECTS * COUNT);
    assert_int_equal(stats.durable, OBJECTS * COUNT);
    assert_int_equal(stats.created, OBJECTS);
    assert_int_equal(stats.refused, 0);
    assert_int_equal(stats.dropped, 0);
}

static void rows_can_be_joined(void **state)
{
    struct place *p = *state;

    p->series = open_series(p, "private", 0);
    add_samples(p->series, 1, 0, 30);
    assert_true(run_until(p->base, all_is_written, p->series));
    struct got got = fetch(p, 0, 30, 600000);
    assert_int_equal(got.result, 0);
    assert_int_equal(got.step_s, 600);
    assert_true(got.rows >= 3 && got.rows <= 4);
}

static void unknown_is_unknown_and_never_zero(void **state)
{
    struct place *p = *state;
    double none = (double)NAN;
    char path[DIR_LEN];

    p->series = open_series(p, "private", 0);
    path_of(0, path);
    add_samples(p->series, 1, 0, 5);
    series_add(p->series, path, SERIES_CPU,
               (struct wall){.ms = (BEGIN_S + 6 * STEP_S) * 1000}, &none);
    add_samples(p->series, 1, 6, 10);
    assert_true(run_until(p->base, all_is_written, p->series));
    struct got got = fetch(p, 0, 10, 0);
    assert_int_equal(got.known, 9);
    assert_int_equal(got.wrong, 0);
}

/* One poll that is missing, or 25 s late, is made up for by the next; two that
 * are missing are a gap. */
static void one_lost_poll_is_made_up_for_and_two_are_a_gap(void **state)
{
    struct place *p = *state;
    double value = 7;
    char path[DIR_LEN];
    static const int64_t times_s[] = {60, 120, 205, 240, 360, 420, 600};

    p->series = open_series(p, "private", 0);
    path_of(0, path);
    for (size_t i = 0; i < COUNT_OF(times_s); i++)
        series_add(p->series, path, SERIES_CPU,
                   (struct wall){.ms = (BEGIN_S + times_s[i]) * 1000}, &value);
    assert_true(run_until(p->base, all_is_written, p->series));
    struct got got = fetch(p, 0, 10, 0);
    assert_int_equal(got.known, 7); /* all but those that end after 420 */
}

static void missing_series_is_told(void **state)
{
    struct place *p = *state;

    p->series = open_series(p, "private", 0);
    assert_true(run_until(p->base, is_ready, p->series));
    assert_int_equal(fetch(p, 3, 10, 0).result, -ENOENT);
}

static void old_samples_are_counted(void **state)
{
    struct place *p = *state;
    struct series_stats stats;

    p->series = open_series(p, "private", 0);
    add_samples(p->series, 1, 0, 10);
    add_samples(p->series, 1, 5, 6);
    assert_true(run_until(p->base, all_is_written, p->series));
    series_stats(p->series, &stats);
    assert_int_equal(stats.refused, 1);
    assert_string_not_equal(stats.error, "");
}

static void killed_rrdcached_loses_nothing(void **state)
{
    enum { OBJECTS = 20, COUNT = 40, ROUNDS = 3 };
    struct place *p = *state;
    struct series_stats stats;

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    p->series = open_series(p, "private", 0);
    for (int round = 0; round < ROUNDS; round++) {
        add_samples(p->series, OBJECTS, round * COUNT, (round + 1) * COUNT);
        assert_true(run_until(p->base, all_is_written, p->series));
        pid_t pid = rrdcached_of(p);
        assert_true(pid > 1);
        assert_int_equal(kill(pid, SIGKILL), 0);
    }
    add_samples(p->series, OBJECTS, ROUNDS * COUNT, (ROUNDS + 1) * COUNT);
    assert_all_there(p, OBJECTS, (ROUNDS + 1) * COUNT);
    series_stats(p->series, &stats);
    assert_true(stats.restarts >= 1);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.refused, 0);
}

static bool spool_is_empty(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.spool_octets == 0;
}

static bool three_times_fifty_wait(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.waiting == 150;
}

static void samples_wait_on_disk_for_the_next_start(void **state)
{
    enum { OBJECTS = 3, COUNT = 50 };
    struct place *p = *state;
    struct series_stats stats;
    char nowhere[DIR_LEN + 16];

    snprintf(nowhere, sizeof nowhere, "unix:%s/none.sock", p->dir);
    p->series = open_series(p, nowhere, 0);
    add_samples(p->series, OBJECTS, 0, COUNT);
    series_free(p->series);

    p->series = open_series(p, nowhere, 0);
    assert_true(run_until(p->base, three_times_fifty_wait, p->series));
    series_stats(p->series, &stats);
    assert_true(stats.spool_octets > 0);
    assert_int_equal(stats.durable, 0);
    add_samples(p->series, OBJECTS, COUNT, 2 * COUNT);
    series_free(p->series);

    p->series = open_series(p, "private", 0);
    assert_true(run_until(p->base, spool_is_empty, p->series));
    assert_all_there(p, OBJECTS, 2 * COUNT);
}

static void spool_has_its_bound(void **state)
{
    enum { SPOOL = 10000 };
    struct place *p = *state;
    struct series_stats stats;
    char nowhere[DIR_LEN + 16];

    log_open(LOG_LEVEL_ERROR, LOG_TO_JOURNAL);
    snprintf(nowhere, sizeof nowhere, "unix:%s/none.sock", p->dir);
    p->series = open_series(p, nowhere, SPOOL);
    add_samples(p->series, 200, 0, 10000);
    series_stats(p->series, &stats);
    assert_int_equal(stats.spool_max, SPOOL);
    assert_true(stats.spool_octets <= SPOOL);
    assert_true(stats.dropped > 0);
    assert_int_equal(stats.dropped + stats.waiting, stats.added);
}

static void bad_paths_go_nowhere(void **state)
{
    static const char *const paths[] = {"../etc/passwd", "/abs/port-1.rrd",
                                        "a b/port-1.rrd", "a/b\nFLUSHALL"};
    struct place *p = *state;
    struct series_stats stats;
    double value = 1;

    p->series = open_series(p, "private", 0);
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        series_add(p->series, paths[i], SERIES_CPU,
                   (struct wall){.ms = BEGIN_S * 1000}, &value);
    series_stats(p->series, &stats);
    assert_int_equal(stats.refused, COUNT_OF(paths));
    assert_int_equal(stats.waiting, 0);
}

static void forgotten_and_cancelled_requests(void **state)
{
    struct place *p = *state;
    struct got forgotten = {0}, cancelled = {0};
    struct series_query query = {.path = "a/cpu-1.rrd"};

    p->series = open_series(p, "private", 0);
    series_fetch(p->series, &query, on_rows, &forgotten);
    series_forget(p->series, &forgotten);
    series_fetch(p->series, &query, on_rows, &cancelled);
    series_free(p->series);
    p->series = NULL;
    assert_false(forgotten.told);
    assert_true(cancelled.told);
    assert_int_equal(cancelled.result, -ECANCELED);
    buffer_fini(&cancelled.why);
}

static bool is_gone(void *arg)
{
    return kill(*(pid_t *)arg, 0) < 0 && errno == ESRCH;
}

/* A station that is killed leaves no rrdcached behind, and what it had handed
 * over is there for the next one. */
static void killed_station_leaves_nobody_behind(void **state)
{
    enum { COUNT = 20 };
    struct place *p = *state;
    int ends[2];
    pid_t rrdcached;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        event_reinit(p->base);
        p->series = open_series(p, "private", 0);
        add_samples(p->series, 2, 0, COUNT);
        run_until(p->base, all_is_written, p->series);
        rrdcached = rrdcached_of(p);
        if (write(ends[1], &rrdcached, sizeof rrdcached) < 0)
            _exit(1);
        event_base_dispatch(p->base);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &rrdcached, sizeof rrdcached),
                     sizeof rrdcached);
    assert_true(rrdcached > 1 && kill(rrdcached, 0) == 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    p->series = open_series(p, "private", 0);
    assert_true(run_until(p->base, is_gone, &rrdcached));
    add_samples(p->series, 2, COUNT, 2 * COUNT);
    assert_all_there(p, 2, 2 * COUNT);
}

static void addresses_are_checked(void **state)
{
    static const char *const wrong[] = {
        "",
        "private2",
        "unix:",
        "unix:relative",
        "localhost",
        "[::1",
        ("unix:/a/very/long/path/that/no/socket/can/have/because/the/kernel/"
         "gives/it/a/hundred/and/eight/octets/and/no/more/than/that")};
    struct place *p = *state;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct series_options options = {.data_dir = p->dir,
                                         .rrdcached = wrong[i]};
        struct complaint why = {.what = ""};
        struct series *s;

        print_message("  \"%s\"\n", wrong[i]);
        assert_int_equal(series_new(p->base, &options, &s, &why), -EINVAL);
        assert_null(s);
        assert_string_equal(why.place, "series.rrdcached");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(samples_are_there_when_asked_for),
        PLACED(rows_can_be_joined),
        PLACED(unknown_is_unknown_and_never_zero),
        PLACED(one_lost_poll_is_made_up_for_and_two_are_a_gap),
        PLACED(missing_series_is_told),
        PLACED(old_samples_are_counted),
        PLACED(killed_rrdcached_loses_nothing),
        PLACED(samples_wait_on_disk_for_the_next_start),
        PLACED(spool_has_its_bound),
        PLACED(bad_paths_go_nowhere),
        PLACED(forgotten_and_cancelled_requests),
        PLACED(killed_station_leaves_nobody_behind),
        PLACED(addresses_are_checked),
    };
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
