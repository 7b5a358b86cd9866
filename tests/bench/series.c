/* series - feeds samples of DEVICES x PORTS ports through the series module to
 * a private rrdcached, ROUNDS minutes of them as fast as they are taken: WAIT
 * of them wait together for their file to be written, but for some of files
 * whose turn comes while they are added. Prints what it cost, one line of
 * name=value fields for making the files and one for the rest. KEEP=short makes
 * files of 8 kB instead of 1.2 MB; SETTLE seconds pass between making and
 * feeding. Files lie below DIR. */
#include "station/series.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/bench/spent.h"
#include "tests/bench/turns.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP_S = 60, SLICE = 2000, LIMIT_S = 600 };
enum { PATH_LEN = 64, LINE_LEN = 256, HOLD_MS = 4000 };

struct bench {
    struct event_base *base;
    struct series *series;
    char dir[SCRATCH_LEN];
    unsigned devices, ports, rounds, wait;
    int64_t begin_s;
    uint64_t added;
    double add_s;        /* CPU of series_add() alone */
    int64_t busy_max_ns; /* that the module held the loop, at most */
};

/* ---- rrdcached ---- */

static pid_t rrdcached_pid(const struct bench *b)
{
    char path[PATH_LEN + 20], line[LINE_LEN] = "";

    snprintf(path, sizeof path, "%s/rrdcached.pid", b->dir);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fgets(line, sizeof line, file) == NULL)
        line[0] = '\0';
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

/* The number behind name in a file of its process. */
static double about(const struct bench *b, const char *file, const char *name)
{
    char path[PATH_LEN], line[LINE_LEN];
    double value = 0;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)rrdcached_pid(b), file);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return 0;
    while (fgets(line, sizeof line, in) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtod(line + strlen(name), NULL);
    fclose(in);
    return value;
}

static double rrdcached_cpu_s(const struct bench *b)
{
    char path[PATH_LEN];
    double user = 0, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)rrdcached_pid(b));
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return 0;
    if (fscanf(in,
               "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lf %lf",
               &user, &system) != 2)
        user = system = 0;
    fclose(in);
    return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* What is changed next is written anew. */
static void have_all_on_disk(const struct bench *b)
{
    int fd = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && syncfs(fd) < 0)
        perror(b->dir);
    close(fd);
}

/* ---- feeding ---- */

static bool is_written(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.waiting == 0;
}

/* Waits until all that was added is written. */
static void settle(struct bench *b)
{
    if (!turn_until(b->base, is_written, b, LIMIT_S, &b->busy_max_ns))
        fprintf(stderr, "not all was written within %d s\n", LIMIT_S);
}

/* Rates as ports have them: half of the twelve are nothing. */
static void rates(unsigned port, unsigned round, double out[PORT_VALUES])
{
    for (size_t i = 0; i < PORT_VALUES; i++)
        out[i] = i > PORT_OUT_BCAST || i % 3 == 2
                     ? 0
                     : (1000.0 + port) * (1.0 + (double)round / 7.0) /
                           (double)(i + 1);
}

static void feed_round(struct bench *b, unsigned round)
{
    struct wall at = {.ms =
                          (b->begin_s + (int64_t)(round + 1) * STEP_S) * 1000};
    double values[PORT_VALUES];
    char path[PATH_LEN];

    for (unsigned n = 0; n < b->devices * b->ports; n++) {
        snprintf(path, sizeof path, "switch-%05u/port-ge-0%%2F0%%2F%u.rrd",
                 n / b->ports, n % b->ports);
        rates(n, round, values);
        struct mono before = mono_now();
        series_add(b->series, path, SERIES_PORT, at, values);
        b->add_s += (double)(mono_now().ns - before.ns) / 1e9;
        b->added++;
        if (n % SLICE == 0)
            turn(b->base, false, &b->busy_max_ns);
    }
}

/* ---- telling ---- */

static void make_files(struct bench *b)
{
    struct mono begin = mono_now();
    double own = cpu_s(), its = rrdcached_cpu_s(b);

    feed_round(b, 0);
    settle(b);
    have_all_on_disk(b);
    double wall_s = (double)(mono_now().ns - begin.ns) / 1e9;
    printf("files=%u made_wall_s=%.1f files_per_s=%.0f station_cpu_s=%.2f "
           "rrdcached_cpu_s=%.2f loop_busy_ms=%.1f\n",
           b->devices * b->ports, wall_s, b->devices * b->ports / wall_s,
           cpu_s() - own, rrdcached_cpu_s(b) - its,
           (double)b->busy_max_ns / 1e6);
}

static bool is_counted(void *arg)
{
    const struct bench *b = arg;
    struct series_stats stats;

    series_stats(b->series, &stats);
    return stats.files >= (uint64_t)b->devices * b->ports;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

/* Files that were made are looked after for a while, as in a station that goes
 * on. */
static void await_survey(struct bench *b, int64_t settle_s)
{
    (void)turn_until(b->base, never, NULL, settle_s, &b->busy_max_ns);
    (void)turn_until(b->base, is_counted, b, LIMIT_S, &b->busy_max_ns);
}

static void feed(struct bench *b)
{
    double own = cpu_s(), its = rrdcached_cpu_s(b), most = 0;
    double disk = about(b, "io", "write_bytes:");
    double files = (double)b->devices * b->ports, spooled = 0;
    double count = (double)b->added;
    struct series_stats stats;

    b->add_s = 0;
    b->busy_max_ns = 0;
    for (unsigned round = 1; round <= b->rounds; round++) {
        feed_round(b, round);
        if (round % b->wait != 0 && round != b->rounds)
            continue;
        series_stats(b->series, &stats);
        spooled = fmax(spooled, (double)stats.spool_octets /
                                    (double)(stats.waiting + 1));
        settle(b);
        most = fmax(most, about(b, "status", "VmRSS:"));
        have_all_on_disk(b);
    }
    count = (double)b->added - count;
    disk = about(b, "io", "write_bytes:") - disk;
    own = cpu_s() - own;
    its = rrdcached_cpu_s(b) - its;
    printf("updates=%.0f wait=%u station_us_per_update=%.2f add_us=%.2f "
           "rrdcached_us_per_update=%.2f rrdcached_us_per_file=%.1f "
           "updates_per_cpu_s=%.0f disk_octets_per_update=%.0f "
           "spool_octets_per_update=%.0f rrdcached_rss_mb=%.0f "
           "loop_busy_ms=%.1f\n",
           count, b->wait, own / count * 1e6, b->add_s / count * 1e6,
           its / count * 1e6, its / files / ((double)b->rounds / b->wait) * 1e6,
           count / its, disk / count, spooled, most / 1024,
           (double)b->busy_max_ns / 1e6);
}

int main(void)
{
    static const struct series_keep short_keep[] = {{60000, 3600000}};
    struct bench b = {.devices = (unsigned)number_from("DEVICES", 1000),
                      .ports = (unsigned)number_from("PORTS", 24),
                      .rounds = (unsigned)number_from("ROUNDS", 10),
                      .wait = (unsigned)number_from("WAIT", 5)};
    const char *keep = getenv("KEEP");
    struct complaint why;

    if (!scratch_make("series", b.dir))
        return 1;
    struct series_options options = {
        .data_dir = b.dir, .step_ms = 60000, .hold_ms = HOLD_MS};
    if (keep != NULL && strcmp(keep, "short") == 0) {
        options.keep = short_keep;
        options.keep_count = COUNT_OF(short_keep);
    }
    (void)signal(SIGPIPE, SIG_IGN); /* rrdcached may be started anew */
    setvbuf(stdout, NULL, _IOLBF, 0);
    b.base = event_base_new();
    b.begin_s = wall_now().ms / 1000 / STEP_S * STEP_S - 86400;
    if (series_new(b.base, &options, &b.series, &why) < 0) {
        fprintf(stderr, "%s: %s\n", why.place, why.what);
        return 1;
    }
    make_files(&b);
    if (getenv("SETTLE") != NULL)
        await_survey(&b, (int64_t)number_from("SETTLE", 0));
    feed(&b);
    series_free(b.series);
    event_base_free(b.base);
    return scratch_remove(b.dir) ? 0 : 1;
}
