#include "station/health.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { NS_PER_US = 1000, TEXT_MAX = 4096 };

/* ---- looking ---- */

static int64_t cpu_ns(void)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) < 0)
        return 0;
    return ((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
            used.ru_utime.tv_usec + used.ru_stime.tv_usec) *
           NS_PER_US;
}

static uint64_t resident_octets(void)
{
    struct buffer OWNED_BUFFER text = {0};
    unsigned long total = 0, resident = 0;

    if (file_read("/proc/self/statm", TEXT_MAX, &text) < 0 || text.len == 0 ||
        sscanf(text.at, "%lu %lu", &total, &resident) != 2)
        return 0;
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The limit of the group that a service manager or a container put it into:
 * "0::/PATH" (cgroups(7), version 2). 0: there is none. */
static uint64_t group_limit(void)
{
    struct buffer OWNED_BUFFER group = {0}, path = {0}, limit = {0};

    if (file_read("/proc/self/cgroup", TEXT_MAX, &group) < 0 || group.len == 0)
        return 0;
    const char *at = strstr(group.at, "0::/");
    if (at == NULL)
        return 0;
    at += strlen("0::");
    buffer_format(&path, "/sys/fs/cgroup%.*s/memory.max",
                  (int)strcspn(at, "\n"), at);
    if (file_read(path.at, TEXT_MAX, &limit) < 0 || limit.len == 0)
        return 0;
    return strtoull(limit.at, NULL, 10); /* "max" is none */
}

static uint64_t memory_limit(void)
{
    struct sysinfo machine;
    uint64_t of_group = group_limit(), of_all = 0;

    if (sysinfo(&machine) == 0)
        of_all = (uint64_t)machine.totalram * machine.mem_unit;
    return of_group != 0 && (of_all == 0 || of_group < of_all) ? of_group
                                                               : of_all;
}

static uint32_t open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    uint32_t count = 0;

    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        count++;
    (void)closedir(dir);
    return count > 3 ? count - 3 : 0; /* ".", "..", and this one */
}

void health_look(struct health_process *p, struct mono now)
{
    struct rlimit files;
    int64_t used = cpu_ns(), past = now.ns - p->looked.ns;

    if (p->looked.ns != 0 && past > 0)
        p->cpu_percent = 100.0 * (double)(used - p->cpu_ns) / (double)past;
    p->cpu_ns = used;
    p->looked = now;
    p->memory_octets = resident_octets();
    p->memory_max = memory_limit();
    p->descriptors = open_descriptors();
    p->descriptors_max =
        getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY
            ? (uint32_t)files.rlim_cur
            : 0;
}

/* ---- the rules ---- */

/* More than so many percent of what there is; what held ends below less. */
static bool is_beyond(uint64_t used, uint64_t all, unsigned begins,
                      unsigned ends, bool before)
{
    double percent = all > 0 ? 100.0 * (double)used / (double)all : 0.0;

    return percent > (before ? ends : begins);
}

static bool is_late(const struct health_facts *f, bool before)
{
    enum { LEAST_MS = 2000, PARTS = 10 };
    int64_t limit = f->interval_ms / PARTS;

    if (limit < LEAST_MS)
        limit = LEAST_MS;
    return f->lateness_p99_ms > (before ? limit / 2 : limit);
}

static bool lags(const struct health_facts *f, bool before)
{
    enum { BEGINS_MS = 250, ENDS_MS = 100 };

    return f->lag_mean_ms > (before ? ENDS_MS : BEGINS_MS);
}

/* A twentieth is left, and that is little; or next to nothing is. */
static bool disk_is_short(const struct health_facts *f, bool before)
{
    static const uint64_t MUCH = 10000000000, NOTHING = 200000000;
    uint64_t used = f->disk_octets - f->disk_free;

    if (f->disk_octets == 0)
        return false;
    return f->disk_free < (before ? NOTHING + NOTHING / 2 : NOTHING) ||
           (f->disk_free < MUCH &&
            is_beyond(used, f->disk_octets, 95, 93, before));
}

static bool database_is_slow(const struct health_facts *f, bool before)
{
    enum { BEGINS_MS = 5000, ENDS_MS = 1000, MANY = 50000 };

    return f->commit_ms > (before ? ENDS_MS : BEGINS_MS) ||
           f->store_waiting > (before ? MANY / 2 : MANY);
}

bool health_holds(enum health_trouble trouble, const struct health_facts *f,
                  bool before)
{
    enum { ENDS_BEGIN = 5 };

    switch (trouble) {
    case HEALTH_LATE:
        return is_late(f, before);
    case HEALTH_LAG:
        return lags(f, before);
    case HEALTH_SPOOL:
        return is_beyond(f->spool_octets, f->spool_max, 50, 40, before);
    case HEALTH_DISK:
        return disk_is_short(f, before);
    case HEALTH_MEMORY:
        return is_beyond(f->memory_octets, f->memory_max, 85, 75, before);
    case HEALTH_DESCRIPTORS:
        return is_beyond(f->descriptors, f->descriptors_max, 80, 70, before);
    case HEALTH_DATABASE:
        return database_is_slow(f, before);
    case HEALTH_HELPERS:
        return f->helper_ends >= (before ? 1 : ENDS_BEGIN);
    case HEALTH_TROUBLES:
        break;
    }
    return false;
}

uint32_t health_ends_note(struct health_ends *e, uint64_t total,
                          struct mono now)
{
    enum { NS_PER_MINUTE_S = 60 };
    int64_t minute = now.ns / 1000000000 / NS_PER_MINUTE_S;
    uint32_t sum = 0;

    if (e->minute == 0)
        e->total = total;
    else if (minute - e->minute >= HEALTH_MINUTES)
        memset(e->at, 0, sizeof e->at);
    else
        while (e->minute < minute)
            e->at[++e->minute % HEALTH_MINUTES] = 0;
    e->minute = minute;
    e->at[minute % HEALTH_MINUTES] += (uint32_t)(total - e->total);
    e->total = total;
    for (size_t i = 0; i < COUNT_OF(e->at); i++)
        sum += e->at[i];
    return sum;
}
