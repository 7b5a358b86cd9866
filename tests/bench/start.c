/* start - how long time series take to start: FILES files in folders of 50, and
 * WAITING samples of each in the spool. Prints one line of name=value fields:
 * until rrdcached takes samples, until the first one is safe, until what waits
 * is counted, until one of the waiting series is read with all it has, until
 * all files are counted. The files are links to
 * few real ones, since a start reads no more of them than their beginning. Lies
 * below DIR. */
#include "base/clock.h"
#include "base/mem.h"
#include "station/series.h"
#include "tests/bench/spent.h"
#include "tests/bench/turns.h"
#include "tests/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file may have some 60,000 names. */
enum { FOLDER_FILES = 50, LINKS_MAX = 50000, STEP_S = 60, LIMIT_S = 300 };
enum { NAMES_MAX_S = 15, SLICE = 1000, MODELS_MS = 1000 };
enum { AHEAD_MAX = 200000 }; /* samples, of the disk: some 15 MB */
enum { PATH_LEN = 128, FOLDER_MODE = 0755 };

static const struct series_keep keep[] = {{60000, 3600000}};

struct bench {
    struct event_base *base;
    struct series *series;
    char dir[SCRATCH_LEN];
    unsigned files, waiting;
    int64_t begin_s;
    uint64_t want; /* samples that are to be safe */
    bool read;
    size_t rows;
};

static struct series *open_series(const struct bench *b, const char *rrdcached,
                                  int64_t hold_ms)
{
    struct series_options options = {.data_dir = b->dir,
                                     .rrdcached = rrdcached,
                                     .step_ms = STEP_S * 1000,
                                     .hold_ms = hold_ms,
                                     .keep = keep,
                                     .keep_count = COUNT_OF(keep)};
    struct series *s = NULL;
    struct complaint why;

    if (series_new(b->base, &options, &s, &why) < 0) {
        fprintf(stderr, "%s: %s\n", why.place, why.what);
        exit(1);
    }
    return s;
}

static bool run_until(struct bench *b, bool (*holds)(void *arg))
{
    int64_t busy_ns = 0; /* not told */

    return turn_until(b->base, holds, b, LIMIT_S, &busy_ns);
}

static bool is_ready(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.state == SERIES_READY;
}

static bool is_written(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.waiting == 0;
}

static bool is_safe(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.durable >= b->want;
}

static bool is_counted(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.files >= b->files;
}

static void add(struct bench *b, const char *path, int64_t at_s)
{
    double values[SERIES_VALUES_MAX] = {1};

    series_add(b->series, path, SERIES_CPU, (struct wall){.ms = at_s * 1000},
               values);
    b->want++;
}

/* Real files: as many as are needed for all names. */
static unsigned make_models(struct bench *b)
{
    unsigned count = b->files / LINKS_MAX + 1;
    char path[PATH_LEN];

    b->series = open_series(b, NULL, MODELS_MS);
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof path, "model-%u/cpu-1.rrd", i);
        add(b, path, b->begin_s);
    }
    if (!run_until(b, is_written))
        exit(1);
    series_free(b->series);
    return count;
}

static void name_of(unsigned n, char out[PATH_LEN])
{
    snprintf(out, PATH_LEN, "switch-%05u/cpu-%u.rrd", n / FOLDER_FILES,
             n % FOLDER_FILES);
}

static void make_names(struct bench *b)
{
    struct mono limit = mono_after_ms(mono_now(), NAMES_MAX_S * 1000);
    char name[PATH_LEN], from[2 * PATH_LEN], to[2 * PATH_LEN];

    for (unsigned n = 0; n < b->files; n++) {
        name_of(n, name);
        snprintf(to, sizeof to, "%s/rrd/%s", b->dir, name);
        if (n % FOLDER_FILES == 0) {
            *strrchr(to, '/') = '\0';
            if (mono_reached(mono_now(), limit))
                b->files = n;
            (void)mkdir(to, FOLDER_MODE); /* fails again below */
            snprintf(to, sizeof to, "%s/rrd/%s", b->dir, name);
        }
        snprintf(from, sizeof from, "%s/rrd/model-%u/cpu-1.rrd", b->dir,
                 n / LINKS_MAX);
        if (link(from, to) < 0) {
            fprintf(stderr, "%s: %s\n", to, strerror(errno));
            exit(1);
        }
    }
}

static bool disk_keeps_up(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.added - stats.durable < AHEAD_MAX;
}

/* Not faster than the disk takes them: what it does not take is lost. */
static void let_wait(struct bench *b)
{
    char nowhere[2 * PATH_LEN], name[PATH_LEN];

    snprintf(nowhere, sizeof nowhere, "unix:%s/none", b->dir);
    b->series = open_series(b, nowhere, 0);
    for (unsigned i = 1; i <= b->waiting; i++) {
        for (unsigned n = 0; n < b->files; n++) {
            name_of(n, name);
            add(b, name, b->begin_s + (int64_t)i * STEP_S);
            if (n % SLICE == 0 && !run_until(b, disk_keeps_up))
                exit(1);
        }
    }
    series_free(b->series);
}

static bool waiting_is_counted(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.waiting >= (uint64_t)b->files * b->waiting * 9 / 10;
}

static void on_rows(void *arg, int result, const struct series_rows *rows,
                    const char *why)
{
    struct bench *b = arg;

    b->read = true;
    b->rows = 0;
    if (result < 0)
        fprintf(stderr, "%s\n", why);
    for (size_t i = 0; rows != NULL && i < rows->rows; i++)
        b->rows += rows->at[i * rows->columns] == 1;
}

static bool is_read(void *arg)
{
    const struct bench *b = arg;

    return b->read;
}

static double since_s(struct mono begin)
{
    return (double)(mono_now().ns - begin.ns) / 1e9;
}

static void measure(struct bench *b)
{
    char name[PATH_LEN];
    double before_s = cpu_s();
    struct mono begin = mono_now();

    b->series = open_series(b, NULL, 0);
    series_expect(b->series, b->files);
    double open_s = since_s(begin);
    bool ok = run_until(b, is_ready);
    double ready_s = since_s(begin);
    b->want = 0;
    name_of(b->files / 2, name);
    int64_t newest_s = b->begin_s + (int64_t)(b->waiting + 1) * STEP_S;
    add(b, name, newest_s);
    ok = run_until(b, is_safe) && ok;
    double safe_s = since_s(begin);
    ok = run_until(b, waiting_is_counted) && ok;
    double told_s = since_s(begin);
    struct series_query query = {.path = name,
                                 .from = {.ms = b->begin_s * 1000},
                                 .to = {.ms = newest_s * 1000}};
    series_fetch(b->series, &query, on_rows, b);
    ok = run_until(b, is_read) && b->rows >= b->waiting + 1 && ok;
    double read_s = since_s(begin);
    ok = run_until(b, is_counted) && ok;
    printf("files=%u waiting=%u open_s=%.3f ready_s=%.1f safe_s=%.1f "
           "told_s=%.1f read_s=%.1f counted_s=%.1f station_cpu_s=%.2f ok=%d\n",
           b->files, b->files * b->waiting, open_s, ready_s, safe_s, told_s,
           read_s, since_s(begin), cpu_s() - before_s, ok);
    series_free(b->series);
}

int main(void)
{
    struct bench b = {.files = (unsigned)number_from("FILES", 500000),
                      .waiting = (unsigned)number_from("WAITING", 8)};

    if (!scratch_make("start", b.dir))
        return 1;
    b.base = event_base_new();
    b.begin_s = wall_now().ms / 1000 / STEP_S * STEP_S - 3600;
    make_models(&b);
    make_names(&b);
    let_wait(&b);
    measure(&b);
    event_base_free(b.base);
    return scratch_remove(b.dir) ? 0 : 1;
}
