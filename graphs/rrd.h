/* rrd.h - an RRD file: its octets read, whole and checked, and made anew. Pure.
 *
 * The format is RRDtool's, versions 0003 to 0005: structures of C in the order
 * of this machine, one after the other: the head, a definition of each data
 * source and of each archive, when it was updated last, what is under way of
 * each data source and of each archive, where each archive's newest row is, and
 * the rows. A file of another machine, or whose size is not what its head says,
 * is refused.
 */
#ifndef GRAPHS_RRD_H
#define GRAPHS_RRD_H

#include "base/bytes.h"
#include "base/own.h"

#include <stdbool.h>

enum {
    RRD_SOURCES_MAX = 64,
    RRD_ARCHIVES_MAX = 64,
    RRD_ROWS_MAX = 1000000,
    RRD_NAME_MAX = 20, /* octets of a name, its NUL counted */
    RRD_LAST_MAX = 30,
    RRD_OCTETS_MAX = 1 << 28
};

/* A data source. */
struct rrd_source {
    char name[RRD_NAME_MAX], type[RRD_NAME_MAX];
    uint64_t heartbeat_s;
    double min, max;         /* NaN = any */
    char last[RRD_LAST_MAX]; /* the value of the last update, as text */
    /* Since the last step ended: the sum of value times known seconds (NaN:
     * none is known), and how many seconds are unknown. */
    double sum;
    uint64_t unknown_s;
};

/* What is under way of an archive and one data source: of the steps since its
 * newest row the sum or the highest (NaN: none is known); how many are unknown.
 */
struct rrd_begun {
    double value;
    uint64_t unknown;
};

/* An archive. Values are of row r and source s at [r * sources + s], the oldest
 * row first; NaN = unknown. */
struct rrd_archive {
    char cf[RRD_NAME_MAX]; /* "AVERAGE", "MAX" ... */
    uint64_t points, rows; /* steps in a row */
    double xff;            /* the share of a row that may be unknown */
    struct rrd_begun *begun;
    double *values; /* NULL: every row is unknown (blank.h) */
};

struct rrd {
    uint64_t step_s;
    int64_t updated_s; /* of the last update */
    size_t sources, archives;
    struct rrd_source *source;
    struct rrd_archive *archive;
};

/* Reads a whole file. 0 and *out, for rrd_free(); or -EBADMSG, and *out is
 * NULL. */
int rrd_read(struct bytes octets, struct rrd **out)
    __attribute__((warn_unused_result));

/* One of so many sources and archives, all zeros, its archives without rows. */
struct rrd *rrd_new(size_t sources, size_t archives);
/* Gives an archive its rows, all unknown. */
void rrd_archive_init(const struct rrd *rrd, struct rrd_archive *archive,
                      uint64_t rows);

/* Appends its octets; each archive has its values. */
void rrd_write(const struct rrd *rrd, struct buffer *out);

/* Appends what lies before the rows, a multiple of eight octets. An archive's
 * newest row lies turn places behind the end of its ring: 0 is the end. */
void rrd_write_head(const struct rrd *rrd, uint64_t turn, struct buffer *out);

void rrd_free(struct rrd *rrd);
OWNED_BY(struct rrd, rrd_free)

#endif
