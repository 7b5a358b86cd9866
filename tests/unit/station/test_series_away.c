/* Nothing is lost while rrdcached is killed, hangs or is away for long; files
 * that are made delay nobody; files follow their device. Every sample that was
 * added is compared with what is there at the end. */
#include "base/file.h"
#include "base/log.h"
#include "series_scene.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

static void assert_nothing_lost(struct place *p)
{
    struct series_stats stats;

    series_stats(p->series, &stats);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.refused, 0);
}

static bool is_away(void *arg)
{
    return !is_ready(arg);
}

static void signal_rrdcached(struct place *p, int sig)
{
    pid_t pid = rrdcached_of(p);

    assert_true(pid > 1);
    assert_int_equal(kill(pid, sig), 0);
}

/* Killed while samples are under way, with its journal, again and again. */
static void killed_under_way(void **state)
{
    enum { OBJECTS = 40, COUNT = 20, ROUNDS = 3 };
    struct place *p = *state;

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    p->series = open_series(p, "private", 0);
    assert_true(run_until(p->base, is_ready, p->series));
    for (int round = 0; round < ROUNDS; round++) {
        add_samples(p->series, OBJECTS, round * COUNT, (round + 1) * COUNT);
        assert_true(run_until(p->base, is_ready, p->series));
        event_base_loop(p->base, EVLOOP_ONCE);
        signal_rrdcached(p, SIGKILL);
        assert_true(run_until(p->base, is_away, p->series));
    }
    assert_all_there(p, OBJECTS, ROUNDS * COUNT);
    assert_nothing_lost(p);
}

/* It takes nothing and closes nothing, then is killed. */
static void hung_and_killed(void **state)
{
    enum { OBJECTS = 40, COUNT = 200 };
    struct place *p = *state;

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    p->series = open_series(p, "private", 0);
    add_samples(p->series, OBJECTS, 0, 1);
    assert_true(run_until(p->base, all_is_written, p->series));
    signal_rrdcached(p, SIGSTOP);
    add_samples(p->series, OBJECTS, 1, COUNT);
    for (int i = 0; i < 50; i++)
        event_base_loop(p->base, EVLOOP_NONBLOCK);
    assert_false(all_is_written(p->series));
    signal_rrdcached(p, SIGKILL);
    add_samples(p->series, OBJECTS, COUNT, COUNT + 5);
    assert_all_there(p, OBJECTS, COUNT + 5);
    assert_nothing_lost(p);
}

static void hung_and_back(void **state)
{
    enum { OBJECTS = 40, COUNT = 200 };
    struct place *p = *state;

    p->series = open_series(p, "private", 0);
    add_samples(p->series, OBJECTS, 0, 1);
    assert_true(run_until(p->base, all_is_written, p->series));
    signal_rrdcached(p, SIGSTOP);
    add_samples(p->series, OBJECTS, 1, COUNT);
    for (int i = 0; i < 50; i++)
        event_base_loop(p->base, EVLOOP_NONBLOCK);
    signal_rrdcached(p, SIGCONT);
    assert_all_there(p, OBJECTS, COUNT);
    assert_nothing_lost(p);
}

static bool is_answered(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.state == SERIES_READY;
}

static bool is_unanswered(void *arg)
{
    return !is_answered(arg);
}

/* It hangs for good: that is told, it is killed, and what it had in its journal
 * and what it did not take are there. */
static void hung_for_good(void **state)
{
    enum { OBJECTS = 40, COUNT = 100, SILENCE_MS = 300 };
    struct place *p = *state;
    struct series_options options = {.data_dir = p->dir,
                                     .step_ms = STEP_S * 1000,
                                     .silence_ms = SILENCE_MS,
                                     .hold_ms = HOLD_MS};
    struct series_stats stats;

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    assert_int_equal(series_new(p->base, &options, &p->series, NULL), 0);
    add_samples(p->series, OBJECTS, 0, COUNT);
    assert_true(run_until(p->base, all_is_written, p->series));
    signal_rrdcached(p, SIGSTOP);
    add_samples(p->series, OBJECTS, COUNT, 2 * COUNT);
    assert_true(run_until(p->base, is_unanswered, p->series));
    assert_all_there(p, OBJECTS, 2 * COUNT);
    assert_nothing_lost(p);
    series_stats(p->series, &stats);
    assert_true(stats.restarts >= 1);
    assert_true(run_until(p->base, is_answered, p->series));
}

/* Away until more waits than memory takes: it goes to disk, over a restart of
 * the station in the middle, and comes back in order. */
static void away_for_long(void **state)
{
    enum { OBJECTS = 250, MINUTES = 900, CHECKED = 40 };
    struct place *p = *state;
    struct series_stats stats;
    char nowhere[DIR_LEN + 16];

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    p->series = open_series(p, "private", 0);
    add_samples(p->series, OBJECTS, 0, 2);
    assert_true(run_until(p->base, all_is_written, p->series));
    signal_rrdcached(p, SIGKILL);
    add_samples(p->series, OBJECTS, 2, 3);
    assert_true(run_until(p->base, is_away, p->series));
    series_free(p->series);

    snprintf(nowhere, sizeof nowhere, "unix:%s/none.sock", p->dir);
    p->series = open_series(p, nowhere, 0);
    add_samples(p->series, OBJECTS, 3, MINUTES);
    series_stats(p->series, &stats);
    assert_true(stats.spool_octets > 0);
    assert_true(stats.waiting >= OBJECTS * (MINUTES - 3));
    series_free(p->series);

    p->series = open_series(p, "private", 0);
    add_samples(p->series, OBJECTS, MINUTES, MINUTES + 2);
    assert_all_there(p, CHECKED, MINUTES + 2);
    assert_nothing_lost(p);
}

static bool some_are_made(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.created > 1;
}

/* A sample of a file that exists does not wait for hundreds that are made. */
static void new_files_delay_nobody(void **state)
{
    enum { NEW = 500 };
    struct place *p = *state;
    struct series_stats stats;
    char path[DIR_LEN];
    double value = 5;

    p->series = open_series(p, "private", 0);
    add_samples(p->series, 1, 0, 1);
    assert_true(run_until(p->base, all_is_written, p->series));
    for (int n = 1; n <= NEW; n++) {
        path_of(n, path);
        series_add(p->series, path, SERIES_CPU,
                   (struct wall){.ms = (BEGIN_S + STEP_S) * 1000}, &value);
    }
    add_samples(p->series, 1, 1, 2);
    assert_true(run_until(p->base, some_are_made, p->series));
    struct got old = fetch(p, 0, 2, 0);
    assert_int_equal(old.known, 2);
    series_stats(p->series, &stats);
    assert_true(stats.created < 1 + NEW);
    assert_true(run_until(p->base, all_is_written, p->series));
    series_stats(p->series, &stats);
    assert_int_equal(stats.created, 1 + NEW);
    assert_nothing_lost(p);
}

/* Some rounds wait aside while the files are made; the next ones do not
 * overtake them. */
static void samples_stay_in_order_while_files_are_made(void **state)
{
    enum { OBJECTS = 100, ROUNDS = 60, MORE = 10 };
    struct place *p = *state;

    p->series = open_series(p, "private", 0);
    add_samples(p->series, OBJECTS, 0, ROUNDS);
    assert_true(run_until(p->base, some_are_made, p->series));
    add_samples(p->series, OBJECTS, ROUNDS, ROUNDS + MORE);
    assert_all_there(p, OBJECTS, ROUNDS + MORE);
    assert_nothing_lost(p);
}

static bool some_cannot_be_made(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return strstr(stats.error, "cannot be made") != NULL;
}

/* As where the disk is full: their samples wait until there is room, and those
 * of other files pass. */
static void samples_wait_for_files_that_cannot_be_made(void **state)
{
    enum { ROUNDS = 5, FILE_MAX = 20000 };
    struct place *p = *state;
    struct series_stats stats;
    struct rlimit before, small;

    (void)signal(SIGXFSZ, SIG_IGN);
    p->series = open_series(p, "private", 0);
    add_samples(p->series, 1, 0, ROUNDS);
    assert_true(run_until(p->base, all_is_written, p->series));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){FILE_MAX, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    add_samples(p->series, 3, ROUNDS, 2 * ROUNDS);
    assert_true(run_until(p->base, some_cannot_be_made, p->series));
    assert_int_equal(fetch(p, 0, 2 * ROUNDS, 0).known, 2 * ROUNDS);
    assert_int_equal(fetch(p, 1, 2 * ROUNDS, 0).result, -ENOENT);
    series_stats(p->series, &stats);
    assert_int_equal(stats.created, 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    for (int object = 1; object < 3; object++)
        assert_int_equal(fetch(p, object, 2 * ROUNDS, 0).known, ROUNDS);
    assert_true(run_until(p->base, all_is_written, p->series));
    assert_nothing_lost(p);
}

/* ---- files and devices ---- */

static bool is_file(const struct place *p, const char *path)
{
    char whole[2 * DIR_LEN];

    snprintf(whole, sizeof whole, "%s/rrd/%s", p->dir, path);
    return access(whole, F_OK) == 0;
}

struct expected {
    const struct place *place;
    const char *there, *gone;
};

static bool files_are_so(void *arg)
{
    const struct expected *e = arg;

    return is_file(e->place, e->there) && !is_file(e->place, e->gone);
}

/* sw0 and sw1 are one: sw1 gets what it lacks, with what still waited to be
 * written, and keeps its own. */
static void merged_device_gets_what_it_lacks(void **state)
{
    enum { COUNT = 10 };
    struct place *p = *state;
    struct expected moved = {p, "sw1/cpu-7.rrd", "sw0/cpu-7.rrd"};

    p->series = open_series(p, "private", 0);
    add_samples(p->series, 2, 0, COUNT);
    for (int n = 0; n < COUNT; n++) {
        double value = value_of(0, n);
        struct wall at = {.ms = (BEGIN_S + (n + 1) * STEP_S) * 1000};
        series_add(p->series, "sw0/cpu-7.rrd", SERIES_CPU, at, &value);
    }
    assert_true(run_until(p->base, all_is_written, p->series));
    series_inherit(p->series, "sw0", "sw1");
    assert_true(run_until(p->base, files_are_so, &moved));
    assert_true(is_file(p, "sw0/cpu-1.rrd"));
    struct got own = fetch(p, 1, COUNT, 0);
    assert_int_equal(own.known, COUNT);
    assert_int_equal(own.wrong, 0);

    struct got got = {0};
    struct series_query query = {
        .path = "sw1/cpu-7.rrd",
        .from = {.ms = BEGIN_S * 1000},
        .to = {.ms = (BEGIN_S + COUNT * STEP_S) * 1000}};
    series_fetch(p->series, &query, on_rows, &got);
    assert_true(run_until(p->base, is_told, &got.told));
    assert_int_equal(got.known, COUNT);
    assert_int_equal(got.wrong, 0);
}

static void make_file(const struct place *p, const char *dir, const char *name,
                      int64_t age_s)
{
    char path[3 * DIR_LEN];

    snprintf(path, sizeof path, "%s/rrd/%s", p->dir, dir);
    assert_int_equal(file_make_dir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/rrd/%s/%s", p->dir, dir, name);
    assert_int_equal(file_write(path, bytes_of_text("x"), 0600), 0);
    struct timespec at = {.tv_sec = time(NULL) - age_s};
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[]){at, at}, 0),
                     0);
}

static bool has_surveyed(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.removed >= 2;
}

/* open_series() keeps 30 days. */
static void files_without_anything_to_read_go(void **state)
{
    enum { DAY = 86400 };
    struct place *p = *state;
    struct series_stats stats;

    make_file(p, "gone", "port-1.rrd", (int64_t)40 * DAY);
    make_file(p, "half", "port-1.rrd", (int64_t)20 * DAY);
    make_file(p, "half", "port-2.rrd.abcdef", (int64_t)2 * DAY);
    p->series = open_series(p, "private", 0);
    add_samples(p->series, 3, 0, 2); /* files of today */
    assert_true(run_until(p->base, has_surveyed, p->series));
    assert_false(is_file(p, "gone"));
    assert_true(is_file(p, "half/port-1.rrd"));
    assert_false(is_file(p, "half/port-2.rrd.abcdef"));
    series_stats(p->series, &stats);
    assert_int_equal(stats.files, 4);
    assert_true(stats.octets > 3 * series_size(p->series, SERIES_CPU) * 9 / 10);
    assert_true(stats.free_octets > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(killed_under_way),
        PLACED(hung_and_killed),
        PLACED(hung_and_back),
        PLACED(hung_for_good),
        PLACED(away_for_long),
        PLACED(new_files_delay_nobody),
        PLACED(samples_wait_for_files_that_cannot_be_made),
        PLACED(samples_stay_in_order_while_files_are_made),
        PLACED(merged_device_gets_what_it_lacks),
        PLACED(files_without_anything_to_read_go),
    };
    return cmocka_run_group_tests_name("series_away", tests, NULL, NULL);
}
