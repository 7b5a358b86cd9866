/* series_scene.h - for tests of time series: a directory, a loop, an rrdcached,
 * and samples whose values tell when they were taken. */
#ifndef TESTS_SERIES_SCENE_H
#define TESTS_SERIES_SCENE_H

#include "base/mem.h"
#include "station/series.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

/* HOLD_MS: files are written that often. */
enum { DIR_LEN = 64, LIMIT_S = 30, STEP_S = 60, HOLD_MS = 130 };

/* A moment in the past at which every archive begins a row. */
static const int64_t BEGIN_S = 1700006400;

struct place {
    char dir[DIR_LEN];
    struct event_base *base;
    struct series *series;
};

static inline struct series *open_series(struct place *p, const char *rrdcached,
                                         uint64_t spool_max)
{
    static const struct series_keep keep[] = {
        {60000, 86400000}, {300000, 7 * 86400000}, {1800000, 30 * 86400000LL}};
    struct series_options options = {.data_dir = p->dir,
                                     .rrdcached = rrdcached,
                                     .step_ms = STEP_S * 1000,
                                     .keep = keep,
                                     .keep_count = COUNT_OF(keep),
                                     .spool_max = spool_max,
                                     .hold_ms = HOLD_MS};
    struct series *s = NULL;

    assert_int_equal(series_new(p->base, &options, &s, NULL), 0);
    return s;
}

static inline int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    (void)signal(SIGPIPE, SIG_IGN); /* as the station does */

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-series-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    p->base = event_base_new();
    *state = p;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *about,
                             int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int drop_place(void **state)
{
    struct place *p = *state;

    series_free(p->series);
    event_base_free(p->base);
    int rc = nftw(p->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(p);
    return rc;
}

/* Runs the loop until holds(arg), at most LIMIT_S. */
static inline bool run_until(struct event_base *base, bool (*holds)(void *),
                             void *arg)
{
    struct mono limit = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct timeval tick = {.tv_usec = 1000};

    while (!holds(arg) && !mono_reached(mono_now(), limit)) {
        event_base_loopexit(base, &tick);
        event_base_dispatch(base);
    }
    return holds(arg);
}

static inline bool all_is_written(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.waiting == 0;
}

static inline bool is_ready(void *arg)
{
    struct series_stats stats;

    series_stats(arg, &stats);
    return stats.state == SERIES_READY;
}

/* The value that sample n of an object has. */
static inline double value_of(int object, int n)
{
    return 1000.0 * object + n;
}

static inline void path_of(int object, char out[DIR_LEN])
{
    snprintf(out, DIR_LEN, "sw%d/cpu-1.rrd", object);
}

static inline void add_samples(struct series *s, int objects, int from, int to)
{
    char path[DIR_LEN];

    for (int n = from; n < to; n++) {
        for (int object = 0; object < objects; object++) {
            double value = value_of(object, n);
            struct wall at = {.ms =
                                  (BEGIN_S + (int64_t)(n + 1) * STEP_S) * 1000};
            path_of(object, path);
            series_add(s, path, SERIES_CPU, at, &value);
        }
    }
}

struct got {
    bool told;
    int result, known, wrong, object;
    size_t rows, columns;
    int64_t step_s;
    struct buffer why;
};

static inline void on_rows(void *arg, int result,
                           const struct series_rows *rows, const char *why)
{
    struct got *got = arg;

    got->told = true;
    got->result = result;
    if (why != NULL)
        buffer_text(&got->why, why);
    if (rows == NULL)
        return;
    got->rows = rows->rows;
    got->columns = rows->columns;
    got->step_s = rows->step_s;
    for (size_t i = 0; i < rows->rows; i++) {
        int64_t end_s = rows->first_s + (int64_t)i * rows->step_s;
        int n = (int)((end_s - BEGIN_S + STEP_S - 1) / STEP_S) - 1;
        double value = rows->at[i * rows->columns];

        if (isnan(value))
            continue;
        got->known++;
        got->wrong += fabs(value - value_of(got->object, n)) > 1e-6;
    }
}

static inline bool is_told(void *arg)
{
    return *(bool *)arg;
}

static inline struct got fetch(struct place *p, int object, int count,
                               int64_t step_ms)
{
    struct got got = {.object = object};
    char path[DIR_LEN];
    struct series_query query = {
        .path = path,
        .from = {.ms = BEGIN_S * 1000},
        .to = {.ms = (BEGIN_S + (int64_t)count * STEP_S) * 1000},
        .step_ms = step_ms};

    path_of(object, path);
    series_fetch(p->series, &query, on_rows, &got);
    assert_false(got.told);
    assert_true(run_until(p->base, is_told, &got.told));
    buffer_fini(&got.why);
    return got;
}

static inline void assert_all_there(struct place *p, int objects, int count)
{
    assert_true(run_until(p->base, all_is_written, p->series));
    for (int object = 0; object < objects; object++) {
        struct got got = fetch(p, object, count, 0);

        assert_int_equal(got.result, 0);
        assert_int_equal(got.known, count);
        assert_int_equal(got.wrong, 0);
    }
}

/* The process id in DIR/rrdcached.pid, 0 if there is none. */
static inline pid_t rrdcached_of(const struct place *p)
{
    char path[DIR_LEN + 20], text[16] = "";

    snprintf(path, sizeof path, "%s/rrdcached.pid", p->dir);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fgets(text, sizeof text, file) == NULL)
        text[0] = '\0';
    fclose(file);
    return (pid_t)strtol(text, NULL, 10);
}

#define PLACED(test) \
    cmocka_unit_test_setup_teardown(test, make_place, drop_place)

#endif
