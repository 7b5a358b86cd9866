/* start - how long time series take to start: FILES files in folders of 50, and
 * a journal that has JOURNAL updates of each which rrdcached has not written.
 * Prints one line of name=value fields: until rrdcached takes samples, until
 * the first one is safe, until all files are counted. The files are links to
 * few real ones, since a start reads no more of them than their beginning. Lies
 * below DIR, which is made and removed. */
#include "base/clock.h"
#include "base/mem.h"
#include "station/series.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

/* A file may have some 60,000 names. */
enum { FOLDER_FILES = 50, LINKS_MAX = 50000, STEP_S = 60, LIMIT_S = 300 };
enum { NAMES_MAX_S = 15 };
enum { PATH_LEN = 128, FOLDER_MODE = 0755, MODEL_LEN = 64 };

static const struct series_keep keep[] = {{60000, 3600000}};

struct bench {
    struct event_base *base;
    struct series *series;
    char dir[MODEL_LEN];
    unsigned files, journal;
    int64_t begin_s;
    uint64_t want; /* samples that are to be safe */
};

static double number_of(const char *name, double otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtod(text, NULL) : otherwise;
}

static struct series *open_series(const struct bench *b)
{
    struct series_options options = {.data_dir = b->dir,
                                     .step_ms = STEP_S * 1000,
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

static bool run_until(struct bench *b, bool (*holds)(struct bench *))
{
    struct mono limit = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct timeval tick = {.tv_usec = 5000};

    while (!holds(b) && !mono_reached(mono_now(), limit)) {
        event_base_loopexit(b->base, &tick);
        event_base_dispatch(b->base);
    }
    return holds(b);
}

static bool is_ready(struct bench *b)
{
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.state == SERIES_READY;
}

static bool is_safe(struct bench *b)
{
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.durable >= b->want;
}

static bool is_counted(struct bench *b)
{
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

    b->series = open_series(b);
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof path, "model-%u/cpu-1.rrd", i);
        add(b, path, b->begin_s);
    }
    if (!run_until(b, is_safe))
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

static void write_journal(const struct bench *b)
{
    char path[PATH_LEN], name[PATH_LEN];

    snprintf(path, sizeof path, "%s/journal/rrd.journal.0000000001.000000",
             b->dir);
    FILE *out = fopen(path, "we");
    if (out == NULL)
        exit(1);
    for (unsigned i = 1; i <= b->journal; i++) {
        for (unsigned n = 0; n < b->files; n++) {
            name_of(n, name);
            fprintf(out, "update %s %lld:%u\n", name,
                    (long long)(b->begin_s + (int64_t)i * STEP_S), i);
        }
    }
    if (fclose(out) != 0)
        exit(1);
}

static double since_s(struct mono begin)
{
    return (double)(mono_now().ns - begin.ns) / 1e9;
}

static void measure(struct bench *b)
{
    struct rusage before, after;
    char name[PATH_LEN];

    getrusage(RUSAGE_SELF, &before);
    struct mono begin = mono_now();
    b->series = open_series(b);
    double open_s = since_s(begin);
    bool ready = run_until(b, is_ready);
    double ready_s = since_s(begin);
    b->want = 0;
    name_of(b->files / 2, name);
    add(b, name, b->begin_s + (int64_t)(b->journal + 1) * STEP_S);
    bool safe = run_until(b, is_safe);
    double safe_s = since_s(begin);
    bool counted = run_until(b, is_counted);
    double counted_s = since_s(begin);
    getrusage(RUSAGE_SELF, &after);
    printf("files=%u journal_updates=%u open_s=%.3f ready_s=%.1f safe_s=%.1f "
           "counted_s=%.1f station_cpu_s=%.2f ok=%d\n",
           b->files, b->files * b->journal, open_s, ready_s, safe_s, counted_s,
           (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
               (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
               (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec +
                        after.ru_stime.tv_usec - before.ru_stime.tv_usec) /
                   1e6,
           ready && safe && counted);
    series_free(b->series);
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

int main(void)
{
    struct bench b = {.files = (unsigned)number_of("FILES", 500000),
                      .journal = (unsigned)number_of("JOURNAL", 2)};
    const char *dir = getenv("DIR");

    snprintf(b.dir, sizeof b.dir, "%.40s/start-XXXXXX",
             dir != NULL ? dir : "/tmp");
    if (mkdtemp(b.dir) == NULL)
        return 1;
    b.base = event_base_new();
    b.begin_s = wall_now().ms / 1000 / STEP_S * STEP_S - 3600;
    make_models(&b);
    make_names(&b);
    write_journal(&b);
    measure(&b);
    event_base_free(b.base);
    return nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : 1;
}
