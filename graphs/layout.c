#include "graphs/layout.h"

#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a path are at most that long; their hash tells apart what was cut.
 */
enum { PART_MAX = 200, PART_KEPT = 180, MAX_ARCHIVES = 2 };
enum { ROWS_MAX = 1000000, STEP_MIN_S = 1, LATE_MIN_S = 5 };
static const int64_t MS_PER_S = 1000;

static const char *const port_values[] = {
    [PORT_IN_OCTETS] = "in_octets",     [PORT_OUT_OCTETS] = "out_octets",
    [PORT_IN_UCAST] = "in_ucast",       [PORT_OUT_UCAST] = "out_ucast",
    [PORT_IN_MCAST] = "in_mcast",       [PORT_OUT_MCAST] = "out_mcast",
    [PORT_IN_BCAST] = "in_bcast",       [PORT_OUT_BCAST] = "out_bcast",
    [PORT_IN_ERRORS] = "in_errors",     [PORT_OUT_ERRORS] = "out_errors",
    [PORT_IN_DISCARDS] = "in_discards", [PORT_OUT_DISCARDS] = "out_discards",
};
static const char *const icmp_values[] = {"rtt_ms", "loss_percent",
                                          "jitter_ms"};
static const char *const cpu_values[] = {"usage_percent"};
static const char *const space_values[] = {"used_percent", "used_bytes",
                                           "total_bytes"};
static const char *const sensor_values[] = {"value"};
static const char *const risk_values[] = {"risk"};
static const char *const station_values[] = {
    [STATION_LAG_MS] = "lag_ms",
    [STATION_LATENESS_MS] = "lateness_ms",
    [STATION_REQUESTS] = "requests",
    [STATION_LOSS_PERCENT] = "loss_percent",
    [STATION_CPU_PERCENT] = "cpu_percent",
    [STATION_MEMORY_BYTES] = "memory_bytes",
    [STATION_DESCRIPTORS] = "descriptors",
    [STATION_SPOOL_BYTES] = "spool_bytes",
    [STATION_RRDCACHED_MS] = "rrdcached_ms",
    [STATION_DATABASE_MS] = "database_ms",
    [STATION_DATABASE_QUEUE] = "database_queue",
    [STATION_HELPERS_ENDED] = "helpers_ended",
};
_Static_assert(COUNT_OF(station_values) <= SERIES_VALUES_MAX, "they fit");

static const struct group {
    const char *name;
    const char *const *values;
    size_t count;
    const char *min; /* what no value is below; "U" = any */
} groups[] = {
    [SERIES_PORT] = {"port", port_values, COUNT_OF(port_values), "0"},
    [SERIES_ICMP] = {"icmp", icmp_values, COUNT_OF(icmp_values), "0"},
    [SERIES_CPU] = {"cpu", cpu_values, COUNT_OF(cpu_values), "0"},
    [SERIES_MEMORY] = {"memory", space_values, COUNT_OF(space_values), "0"},
    [SERIES_STORAGE] = {"storage", space_values, COUNT_OF(space_values), "0"},
    [SERIES_SENSOR] = {"sensor", sensor_values, COUNT_OF(sensor_values), "U"},
    [SERIES_RISK] = {"risk", risk_values, COUNT_OF(risk_values), "0"},
    [SERIES_STATION] = {"station", station_values, COUNT_OF(station_values),
                        "0"},
};
_Static_assert(COUNT_OF(groups) == SERIES_GROUPS, "every group is told");

static const struct group *group_of(enum series_group group)
{
    assert((size_t)group < COUNT_OF(groups));
    return &groups[group];
}

const char *series_group_name(enum series_group group)
{
    return group_of(group)->name;
}

int series_group_parse(const char *name, enum series_group *out)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (strcmp(groups[i].name, name) != 0)
            continue;
        *out = (enum series_group)i;
        return 0;
    }
    return -EINVAL;
}

size_t series_group_values(enum series_group group)
{
    return group_of(group)->count;
}

const char *series_group_value(enum series_group group, size_t nth)
{
    const struct group *g = group_of(group);

    assert(nth < g->count);
    return g->values[nth];
}

double series_group_least(enum series_group group)
{
    char *end;
    double least = strtod(group_of(group)->min, &end);

    return *end == '\0' ? least : (double)NAN;
}

static int by_points(const void *a, const void *b)
{
    const struct layout_archive *left = a, *right = b;

    return (left->points > right->points) - (left->points < right->points);
}

static struct layout_archive archive_of(const struct series_keep *keep,
                                        int64_t step_s)
{
    int64_t step_ms = step_s * MS_PER_S;
    int64_t points = (keep->step_ms + step_ms / 2) / step_ms;

    if (points < 1)
        points = 1;
    int64_t row_ms = points * step_ms;
    int64_t rows = (keep->span_ms + row_ms - 1) / row_ms;
    rows = rows < 1 ? 1 : rows > ROWS_MAX ? ROWS_MAX : rows;
    return (struct layout_archive){.points = (uint32_t)points,
                                   .rows = (uint32_t)rows};
}

/* Adds an archive, or lengthens the one that is as fine. */
static void add_archive(struct layout *l, struct layout_archive archive)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->archives[i].points != archive.points)
            continue;
        if (l->archives[i].rows < archive.rows)
            l->archives[i].rows = archive.rows;
        return;
    }
    l->archives[l->count++] = archive;
}

struct layout layout_make(int64_t step_ms, const struct series_keep *keep,
                          size_t count)
{
    struct layout l = {.step_s = (uint32_t)(step_ms / MS_PER_S)};

    assert(count >= 1 && count <= LAYOUT_ARCHIVES_MAX);
    if (l.step_s < STEP_MIN_S)
        l.step_s = STEP_MIN_S;
    /* Where one is missed the next is 2 steps behind the one before, and late
     * by less than half a step, or by the timeouts of some tries where steps
     * are short. */
    uint32_t late_s = (l.step_s + 1) / 2;
    l.heartbeat_s = 2 * l.step_s + (late_s > LATE_MIN_S ? late_s : LATE_MIN_S);
    for (size_t i = 0; i < count; i++)
        add_archive(&l, archive_of(&keep[i], l.step_s));
    qsort(l.archives, l.count, sizeof l.archives[0], by_points);
    for (size_t i = 0; i < l.count; i++) /* of one point it is the mean */
        l.archives[i].max =
            l.archives[i].points > 1 && i + MAX_ARCHIVES >= l.count;
    return l;
}

bool layout_is_same(const struct layout *a, const struct layout *b)
{
    bool same = a->step_s == b->step_s && a->heartbeat_s == b->heartbeat_s &&
                a->count == b->count;

    for (size_t i = 0; same && i < a->count; i++)
        same = a->archives[i].points == b->archives[i].points &&
               a->archives[i].rows == b->archives[i].rows &&
               a->archives[i].max == b->archives[i].max;
    return same;
}

/* The parts of a file as rrdtool writes it: one header; for each data source
 * its definition and scratch; for each archive definition and pointer, and
 * scratch for each data source; 8 octets for each value. */
uint64_t layout_size(const struct layout *l, enum series_group group)
{
    enum { HEADER = 144, SOURCE = 232, ARCHIVE = 128, SCRATCH = 80, VALUE = 8 };
    uint64_t sources = group_of(group)->count;
    uint64_t size = HEADER + SOURCE * sources;

    for (size_t i = 0; i < l->count; i++) {
        uint64_t one = ARCHIVE + sources * (SCRATCH + (uint64_t)VALUE *
                                                          l->archives[i].rows);
        size += l->archives[i].max ? 2 * one : one;
    }
    return size;
}

int64_t layout_span_ms(const struct layout *l)
{
    int64_t longest = 0;

    for (size_t i = 0; i < l->count; i++) {
        int64_t span =
            (int64_t)l->archives[i].points * l->archives[i].rows * l->step_s;

        longest = span > longest ? span : longest;
    }
    return longest * MS_PER_S;
}

/* Appends a part of a path: NAME, or KIND-NAME unless kind is "". */
static void add_part(const char *kind, const char *name, struct buffer *out)
{
    struct buffer OWNED_BUFFER whole = {0};
    size_t begin = out->len;
    const char *rest = name;

    if (kind[0] != '\0') {
        buffer_text(out, kind);
        buffer_char(out, '-');
        for (; *rest == '.'; rest++) /* nothing special behind the kind */
            buffer_char(out, '.');
    }
    text_file_name(rest, out);
    if (out->len - begin <= PART_MAX)
        return;
    buffer_format(&whole, "%s%s%s", kind, kind[0] != '\0' ? "-" : "", name);
    out->len = begin + PART_KEPT;
    buffer_format(out, "-%016" PRIx64, bytes_hash(buffer_view(&whole)));
}

void layout_path(const char *device, enum series_group group,
                 const char *object, struct buffer *out)
{
    add_part("", device, out);
    buffer_char(out, '/');
    if (object == NULL || object[0] == '\0')
        buffer_text(out, series_group_name(group));
    else
        add_part(series_group_name(group), object, out);
    buffer_text(out, ".rrd");
}

/* Letters, digits, '-', '_', '.', '%': a bit for each of the ASCII characters.
 */
static bool is_path_char(char c)
{
    static const uint32_t ours[] = {0, 0x03ff6020, 0x87fffffe, 0x07fffffe};
    uint8_t at = (uint8_t)c;

    return at < 128 && (ours[at / 32] >> at % 32 & 1) != 0;
}

bool layout_path_is_ours(const char *path)
{
    size_t len = strlen(path), slashes = 0;
    char before = '/';

    if (len >= LAYOUT_PATH_MAX)
        return false;
    for (size_t i = 0; i < len; before = path[i++]) {
        if (path[i] == '/' && before != '/')
            slashes++;
        else if (!is_path_char(path[i]) || (before == '/' && path[i] == '.'))
            return false;
    }
    return slashes == 1 && before != '/';
}

void layout_create(const struct layout *l, enum series_group group,
                   int64_t begin_s, struct buffer *out)
{
    buffer_format(out, " -b %" PRId64 " -s %" PRIu32 " -O", begin_s, l->step_s);
    layout_parts(l, group, out);
}

void layout_parts(const struct layout *l, enum series_group group,
                  struct buffer *out)
{
    const struct group *g = group_of(group);

    for (size_t i = 0; i < g->count; i++)
        buffer_format(out, " DS:%s:GAUGE:%" PRIu32 ":%s:U", g->values[i],
                      l->heartbeat_s, g->min);
    for (size_t i = 0; i < l->count; i++)
        buffer_format(out, " RRA:AVERAGE:0.5:%" PRIu32 ":%" PRIu32,
                      l->archives[i].points, l->archives[i].rows);
    for (size_t i = 0; i < l->count; i++)
        if (l->archives[i].max)
            buffer_format(out, " RRA:MAX:0.5:%" PRIu32 ":%" PRIu32,
                          l->archives[i].points, l->archives[i].rows);
}
