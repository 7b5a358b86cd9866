/* layout.h - how series are kept as RRD files: which data sources a group has,
 * which archives, how large a file is, what it is called. Pure.
 *
 * Every data source is a GAUGE: the station computes rates per second itself,
 * because only it knows of resets and of the agent's own clock. NaN is
 * "unknown" and never 0.
 */
#ifndef GRAPHS_LAYOUT_H
#define GRAPHS_LAYOUT_H

#include "base/bytes.h"

/* What series are kept of. The data sources of each are, in this order:
 * port:    in_octets out_octets in_ucast out_ucast in_mcast out_mcast in_bcast
 *          out_bcast in_errors out_errors in_discards out_discards, all per
 *          second
 * icmp:    rtt_ms loss_percent jitter_ms
 * cpu:     usage_percent
 * memory:  used_percent used_bytes total_bytes
 * storage: used_percent used_bytes total_bytes
 * sensor:  value
 * risk:    risk, 0 to 125
 * station: of the station itself, as enum series_station tells */
enum series_group {
    SERIES_PORT,
    SERIES_ICMP,
    SERIES_CPU,
    SERIES_MEMORY,
    SERIES_STORAGE,
    SERIES_SENSOR,
    SERIES_RISK,
    SERIES_STATION,
    SERIES_GROUPS
};

/* Places of the data sources of a port. */
enum series_port {
    PORT_IN_OCTETS,
    PORT_OUT_OCTETS,
    PORT_IN_UCAST,
    PORT_OUT_UCAST,
    PORT_IN_MCAST,
    PORT_OUT_MCAST,
    PORT_IN_BCAST,
    PORT_OUT_BCAST,
    PORT_IN_ERRORS,
    PORT_OUT_ERRORS,
    PORT_IN_DISCARDS,
    PORT_OUT_DISCARDS,
    PORT_VALUES
};

/* Places of the data sources of the station itself. */
enum series_station {
    STATION_LAG_MS,         /* of its loop, at most since the sample before */
    STATION_LATENESS_MS,    /* with which polls start: 99 % stay below */
    STATION_REQUESTS,       /* SNMP requests under way and waiting */
    STATION_LOSS_PERCENT,   /* of SNMP requests, retries counted as requests */
    STATION_CPU_PERCENT,    /* of one processor */
    STATION_MEMORY_BYTES,   /* resident */
    STATION_DESCRIPTORS,    /* open */
    STATION_SPOOL_BYTES,    /* of samples that wait for their file */
    STATION_RRDCACHED_MS,   /* for the last batch; unknown while it is away */
    STATION_DATABASE_MS,    /* for the last transaction */
    STATION_DATABASE_QUEUE, /* changes that wait for it */
    STATION_HELPERS_ENDED,  /* unasked for, per second */
    STATION_VALUES
};

enum {
    SERIES_VALUES_MAX = PORT_VALUES, /* of any group */
    LAYOUT_ARCHIVES_MAX = 8,
    LAYOUT_PATH_MAX = 512, /* octets of a path, its NUL counted */
};

/* "port" "icmp" "cpu" "memory" "storage" "sensor" "risk" "station", and
 * back (-EINVAL). */
const char *series_group_name(enum series_group group);
int series_group_parse(const char *name, enum series_group *out)
    __attribute__((warn_unused_result));

/* Data sources of a group: how many, and the name of the nth. */
size_t series_group_values(enum series_group group);
const char *series_group_value(enum series_group group, size_t nth);

/* What no value of a group is below; NaN = any is possible. */
double series_group_least(enum series_group group);

/* One line of series.keep: a mean every step_ms, kept for span_ms. */
struct series_keep {
    int64_t step_ms, span_ms;
};

/* One archive of a file. */
struct layout_archive {
    uint32_t points; /* primary points in a row */
    uint32_t rows;
    bool max; /* MAX beside AVERAGE */
};

/* The archives of every file, and its clock. */
struct layout {
    uint32_t step_s;      /* between primary points */
    uint32_t heartbeat_s; /* longer silence is unknown: two polls missed are a
                             gap; after one the next value is the mean of both
                             intervals */
    struct layout_archive archives[LAYOUT_ARCHIVES_MAX];
    size_t count;
};

/* The layout for samples every step_ms kept as keep[] says: archives finer than
 * the samples are as fine as these, equal ones are one, finest first; MAX is
 * kept for the two coarsest. count is 1..LAYOUT_ARCHIVES_MAX. */
struct layout layout_make(int64_t step_ms, const struct series_keep *keep,
                          size_t count);

/* Files are laid out alike. */
bool layout_is_same(const struct layout *a, const struct layout *b);

/* Octets of a file of this group, to within one percent. */
uint64_t layout_size(const struct layout *l, enum series_group group);

/* How long the longest archive keeps a value. */
int64_t layout_span_ms(const struct layout *l);

/* Appends "DEVICE/GROUP-OBJECT.rrd" ("DEVICE/icmp.rrd" where object is "" or
 * NULL): the file of an object below DATA/rrd, fewer than LAYOUT_PATH_MAX
 * octets. Long names are cut and told apart by a hash. */
void layout_path(const char *device, enum series_group group,
                 const char *object, struct buffer *out);

/* True for a path that layout_path() could have made: relative, one slash, only
 * letters, digits, '-', '_', '.', '%', no part that begins with a dot. */
bool layout_path_is_ours(const char *path);

/* Appends the arguments that make such a file, as rrdcached's CREATE and
 * rrdtool create take them, each behind a blank: " -b BEGIN -s STEP -O DS:...
 * RRA:...". Samples at begin_s and earlier are refused. */
void layout_create(const struct layout *l, enum series_group group,
                   int64_t begin_s, struct buffer *out);

/* Appends the parts alone: " DS:... RRA:...". */
void layout_parts(const struct layout *l, enum series_group group,
                  struct buffer *out);

#endif
