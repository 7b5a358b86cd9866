/* A step, times to keep or data sources that change lose no history: files are
 * laid out anew, though rrdcached and the station die on the way. */
#include "base/file.h"
#include "base/log.h"
#include "series_scene.h"
#include "station/series_renewer.h"

#include <sys/wait.h>

enum { COUNT = 50 };

static bool is_renewed(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return !stats.renewing && stats.waiting == 0;
}

static struct series *open_at(struct place *p, int64_t step_ms,
                              const struct series_keep *keep, size_t count)
{
    struct series_options options = {.data_dir = p->dir,
                                     .rrdcached = "private",
                                     .step_ms = step_ms,
                                     .hold_ms = HOLD_MS,
                                     .keep = keep,
                                     .keep_count = count};
    struct series *s = NULL;

    assert_int_equal(series_new(p->base, &options, &s, NULL), 0);
    return s;
}

static const struct series_keep usual[] = {{60000, 86400000},
                                           {300000, 7 * 86400000}};
static const struct series_keep finer[] = {{30000, 86400000},
                                           {300000, 7 * 86400000}};
static const struct series_keep longer[] = {{60000, 2 * 86400000},
                                            {600000, 30 * 86400000LL}};

static void close_and_open(struct place *p, int64_t step_ms,
                           const struct series_keep *keep)
{
    series_free(p->series);
    p->series = open_at(p, step_ms, keep, COUNT_OF(usual));
}

/* All of the first count minutes are known and right at their finest. */
static void assert_history(struct place *p, int objects, int count, int rows)
{
    for (int object = 0; object < objects; object++) {
        struct got got = fetch(p, object, count, 0);

        assert_int_equal(got.result, 0);
        assert_int_equal(got.known, rows);
        assert_int_equal(got.wrong, 0);
    }
}

static void renewed_files(struct place *p, uint64_t count)
{
    struct series_stats stats;

    assert_true(run_until(p->base, is_renewed, p->series));
    series_stats(p->series, &stats);
    assert_int_equal(stats.renewed, count);
    assert_int_equal(stats.renew_failures, 0);
    assert_int_equal(stats.refused, 0);
    assert_int_equal(stats.dropped, 0);
}

static void tell_nothing(void *arg)
{
    (void)arg;
}

static size_t groups_held(struct place *p)
{
    const struct renewer_hooks hooks = {NULL, NULL, tell_nothing, NULL};
    const struct layout layout = layout_make(60000, usual, COUNT_OF(usual));
    struct buffer OWNED_BUFFER text = {0}, root = {0};
    struct cached_address address;
    size_t held = 0;

    buffer_format(&text, "unix:%s/nobody.sock", p->dir);
    buffer_format(&root, "%s/rrd/", p->dir);
    assert_int_equal(cached_address_parse(text.at, &address, NULL), 0);
    OWNED(renewer_free)
    struct renewer *r =
        renewer_new(p->base, p->dir, root.at, &address, &layout, &hooks);
    for (int group = 0; group < SERIES_GROUPS; group++)
        held += renewer_holds(r, (enum series_group)group);
    return held;
}

/* What is asked for in its first seconds is there, then. */
static void samples_of_a_new_directory_wait_for_nothing(void **state)
{
    struct place *p = *state;
    struct buffer OWNED_BUFFER folder = {0};

    assert_int_equal(groups_held(p), 0);
    buffer_format(&folder, "%s/rrd", p->dir);
    assert_int_equal(file_make_dir(folder.at, 0700), 0);
    assert_int_equal(groups_held(p), 0);
    buffer_text(&folder, "/sw0");
    assert_int_equal(file_make_dir(folder.at, 0700), 0);
    assert_int_equal(groups_held(p), SERIES_GROUPS); /* of an earlier version */
}

static void same_layout_touches_nothing(void **state)
{
    struct place *p = *state;

    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    add_samples(p->series, 2, 0, COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    close_and_open(p, 60000, usual);
    renewed_files(p, 0);
}

static void shorter_step_keeps_what_was(void **state)
{
    struct place *p = *state;
    char path[DIR_LEN];

    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    add_samples(p->series, 3, 0, COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    close_and_open(p, 30000, finer);
    path_of(0, path);
    for (int n = 0; n < 4; n++) { /* each half minute one, of known value */
        double value = value_of(0, COUNT + n / 2);
        struct wall at = {.ms =
                              (BEGIN_S + COUNT * STEP_S + (n + 1) * 30) * 1000};
        series_add(p->series, path, SERIES_CPU, at, &value);
    }
    renewed_files(p, 3);
    assert_int_equal(fetch(p, 0, COUNT + 2, 0).step_s, 30);
    assert_history(p, 1, COUNT + 2, 2 * (COUNT + 2));
    assert_int_equal(fetch(p, 2, COUNT, 0).known, 2 * COUNT);
}

/* With the old heartbeat samples that are farther apart would be unknown. */
static void samples_of_a_longer_step_wait_for_their_file(void **state)
{
    enum { OBJECTS = 300 };
    struct place *p = *state;
    char path[DIR_LEN];

    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    add_samples(p->series, OBJECTS, 0, COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    close_and_open(p, 300000, usual);
    for (int object = 0; object < OBJECTS; object++) {
        path_of(object, path);
        for (int n = 0; n < 4; n++) {
            double value = 7;
            struct wall at = {.ms = (BEGIN_S + COUNT * STEP_S + (n + 1) * 300) *
                                    1000};
            series_add(p->series, path, SERIES_CPU, at, &value);
        }
    }
    renewed_files(p, OBJECTS);
    for (int object = 0; object < OBJECTS; object++)
        assert_int_equal(fetch(p, object, COUNT + 20, 0).known, COUNT / 5 + 4);
}

static void other_archives_keep_what_was_also_while_running(void **state)
{
    struct place *p = *state;

    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    add_samples(p->series, 3, 0, COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    series_lay_out(p->series, 60000, longer, COUNT_OF(longer));
    add_samples(p->series, 3, COUNT, 2 * COUNT);
    renewed_files(p, 3);
    assert_history(p, 3, 2 * COUNT, 2 * COUNT);
    /* And back, before the first change has come to its end. */
    series_lay_out(p->series, 60000, usual, COUNT_OF(usual));
    series_lay_out(p->series, 60000, longer, COUNT_OF(longer));
    add_samples(p->series, 3, 2 * COUNT, 3 * COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    assert_history(p, 3, 3 * COUNT, 3 * COUNT);
}

/* A gap that is shorter than half a row of a coarser archive. */
static void gaps_stay_gaps(void **state)
{
    enum { HOLE = 32, BEYOND = 34 };
    struct place *p = *state;
    double none = (double)NAN;
    char path[DIR_LEN];

    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    path_of(0, path);
    add_samples(p->series, 1, 0, HOLE);
    for (int n = HOLE; n < BEYOND; n++)
        series_add(p->series, path, SERIES_CPU,
                   (struct wall){.ms = (BEGIN_S + (n + 1) * STEP_S) * 1000},
                   &none);
    add_samples(p->series, 1, BEYOND, COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    series_lay_out(p->series, 60000, longer, COUNT_OF(longer));
    add_samples(p->series, 1, COUNT, 2 * COUNT);
    renewed_files(p, 1);
    assert_history(p, 1, 2 * COUNT, 2 * COUNT - (BEYOND - HOLE));
}

static void run_rrdtool(const char *commands)
{
    FILE *rrdtool = popen("rrdtool - >/dev/null", "we");

    assert_non_null(rrdtool);
    assert_true(fputs(commands, rrdtool) >= 0);
    assert_int_equal(pclose(rrdtool), 0);
}

/* An echo of an earlier version: it had one data source. */
static void make_early_echo(struct place *p, int count)
{
    struct buffer OWNED_BUFFER dir = {0}, text = {0};

    buffer_format(&dir, "%s/rrd/sw0", p->dir);
    assert_int_equal(file_make_dir(dir.at, 0700), 0);
    buffer_format(&text,
                  "create %s/icmp.rrd -b %lld -s 60 DS:rtt_ms:GAUGE:90:0:U "
                  "RRA:AVERAGE:0.5:1:1440\nupdate %s/icmp.rrd",
                  dir.at, (long long)BEGIN_S, dir.at);
    for (int n = 0; n < count; n++)
        buffer_format(&text, " %lld:%g",
                      (long long)(BEGIN_S + (n + 1) * STEP_S), value_of(0, n));
    buffer_char(&text, '\n');
    run_rrdtool(text.at);
}

static void group_that_gains_a_data_source_keeps_the_others(void **state)
{
    struct place *p = *state;
    struct got got = {0};
    struct series_query query = {.path = "sw0/icmp.rrd",
                                 .from = {.ms = BEGIN_S * 1000}};

    make_early_echo(p, COUNT);
    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    for (int n = COUNT; n < 2 * COUNT; n++) {
        double values[SERIES_VALUES_MAX] = {value_of(0, n)};
        struct wall at = {.ms = (BEGIN_S + (n + 1) * STEP_S) * 1000};

        series_add(p->series, query.path, SERIES_ICMP, at, values);
        query.to = at;
    }
    renewed_files(p, 1);
    series_fetch(p->series, &query, on_rows, &got);
    assert_true(run_until(p->base, is_told, &got.told));
    assert_int_equal(got.columns, series_group_values(SERIES_ICMP));
    assert_int_equal(got.known, 2 * COUNT);
    assert_int_equal(got.wrong, 0);
}

static bool has_begun(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.renewed > 5;
}

static void interruptions_lose_nothing(void **state)
{
    enum { OBJECTS = 60 };
    struct place *p = *state;
    struct series_stats stats;

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    p->series = open_at(p, 60000, usual, COUNT_OF(usual));
    add_samples(p->series, OBJECTS, 0, COUNT);
    assert_true(run_until(p->base, is_renewed, p->series));
    series_lay_out(p->series, 60000, longer, COUNT_OF(longer));
    assert_true(run_until(p->base, has_begun, p->series));
    pid_t pid = rrdcached_of(p);
    assert_true(pid > 1 && kill(pid, SIGKILL) == 0);
    add_samples(p->series, OBJECTS, COUNT, COUNT + 5);
    close_and_open(p, 60000, longer);
    assert_true(run_until(p->base, has_begun, p->series));
    pid = rrdcached_of(p);
    assert_true(pid > 1 && kill(pid, SIGKILL) == 0);
    add_samples(p->series, OBJECTS, COUNT + 5, COUNT + 10);
    assert_true(run_until(p->base, is_renewed, p->series));
    series_stats(p->series, &stats);
    assert_int_equal(stats.renew_failures, 0);
    assert_int_equal(stats.dropped, 0);
    assert_history(p, OBJECTS, COUNT + 10, COUNT + 10);
    close_and_open(p, 60000, longer);
    renewed_files(p, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(samples_of_a_new_directory_wait_for_nothing),
        PLACED(same_layout_touches_nothing),
        PLACED(shorter_step_keeps_what_was),
        PLACED(samples_of_a_longer_step_wait_for_their_file),
        PLACED(other_archives_keep_what_was_also_while_running),
        PLACED(gaps_stay_gaps),
        PLACED(group_that_gains_a_data_source_keeps_the_others),
        PLACED(interruptions_lose_nothing),
    };
    return cmocka_run_group_tests_name("series_layout", tests, NULL, NULL);
}
