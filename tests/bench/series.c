/* series - feeds samples of DEVICES x PORTS ports through the series module to
 * a private rrdcached, ROUNDS minutes of them as fast as they are taken: WAIT
 * of them wait together for their file to be written, but for some of files
 * whose turn comes while they are added. Prints what it cost, one line of
 * name=value fields for making the files and one for the rest. KEEP=short makes
 * files of 8 kB instead of 1.2 MB; SETTLE seconds pass between making and
 * feeding. Files lie below DIR, which is made and removed. */
#include "station/series.h"
#include "base/clock.h"
#include "base/mem.h"

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>

enum { STEP_S = 60, SLICE = 2000, LIMIT_S = 600, TICK_US = 2000 };
enum { PATH_LEN = 64, LINE_LEN = 256, HOLD_MS = 4000 };

struct bench {
    struct event_base *base;
    struct series *series;
    char dir[PATH_LEN];
    unsigned devices, ports, rounds, wait;
    int64_t begin_s;
    uint64_t added;
    double add_s; /* CPU of series_add() alone */
    /* The longest that the loop was held by the module: by the clock, and by
     * its own work. */
    int64_t held_max_ns, busy_max_ns;
};

static double number_of(const char *name, double otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtod(text, NULL) : otherwise;
}

static double cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

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

static int64_t work_ns(void)
{
    struct timespec at;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static void turn(struct bench *b)
{
    struct mono before = mono_now();
    int64_t work = work_ns();

    event_base_loop(b->base, EVLOOP_NONBLOCK);
    int64_t held_ns = mono_now().ns - before.ns;
    b->held_max_ns = held_ns > b->held_max_ns ? held_ns : b->held_max_ns;
    work = work_ns() - work;
    b->busy_max_ns = work > b->busy_max_ns ? work : b->busy_max_ns;
}

/* Waits until all that was added is written. */
static void settle(struct bench *b)
{
    struct mono end = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct series_stats stats;

    do {
        turn(b);
        usleep(TICK_US);
        series_stats(b->series, &stats);
    } while (stats.waiting > 0 && !mono_reached(mono_now(), end));
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
            turn(b);
    }
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
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
           "rrdcached_cpu_s=%.2f loop_held_ms=%.1f loop_busy_ms=%.1f\n",
           b->devices * b->ports, wall_s, b->devices * b->ports / wall_s,
           cpu_s() - own, rrdcached_cpu_s(b) - its,
           (double)b->held_max_ns / 1e6, (double)b->busy_max_ns / 1e6);
}

/* Files that were made are looked after, as in a station that goes on. */
static void await_survey(struct bench *b)
{
    struct mono limit = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct mono settled =
        mono_after_ms(mono_now(), (int64_t)number_of("SETTLE", 0) * 1000);
    struct series_stats stats;

    do {
        turn(b);
        usleep(TICK_US);
        series_stats(b->series, &stats);
    } while (!mono_reached(mono_now(), limit) &&
             (!mono_reached(mono_now(), settled) ||
              stats.files < (uint64_t)b->devices * b->ports));
}

static void feed(struct bench *b)
{
    double own = cpu_s(), its = rrdcached_cpu_s(b), most = 0;
    double disk = about(b, "io", "write_bytes:");
    double files = (double)b->devices * b->ports, spooled = 0;
    double count = (double)b->added;
    struct series_stats stats;

    b->add_s = 0;
    b->held_max_ns = b->busy_max_ns = 0;
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
           "loop_held_ms=%.1f loop_busy_ms=%.1f\n",
           count, b->wait, own / count * 1e6, b->add_s / count * 1e6,
           its / count * 1e6, its / files / ((double)b->rounds / b->wait) * 1e6,
           count / its, disk / count, spooled, most / 1024,
           (double)b->held_max_ns / 1e6, (double)b->busy_max_ns / 1e6);
}

int main(void)
{
    static const struct series_keep short_keep[] = {{60000, 3600000}};
    struct bench b = {.devices = (unsigned)number_of("DEVICES", 1000),
                      .ports = (unsigned)number_of("PORTS", 24),
                      .rounds = (unsigned)number_of("ROUNDS", 10),
                      .wait = (unsigned)number_of("WAIT", 5)};
    const char *keep = getenv("KEEP"), *dir = getenv("DIR");
    struct complaint why;

    snprintf(b.dir, sizeof b.dir, "%s/series-XXXXXX",
             dir != NULL ? dir : "/tmp");
    if (mkdtemp(b.dir) == NULL)
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
        await_survey(&b);
    feed(&b);
    series_free(b.series);
    event_base_free(b.base);
    return nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : 1;
}
