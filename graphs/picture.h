/* picture.h - the picture of an object's series, as arguments for rrdtool
 * graph. Pure. */
#ifndef GRAPHS_PICTURE_H
#define GRAPHS_PICTURE_H

#include "base/mem.h"
#include "base/own.h"
#include "graphs/layout.h"

enum picture_kind {
    PICTURE_TRAFFIC, /* bits/s: in above, out below zero; 95th percentile */
    PICTURE_PACKETS,
    PICTURE_ERRORS,
    PICTURE_DISCARDS,
    PICTURE_ICMP,
    PICTURE_CPU,
    PICTURE_MEMORY,
    PICTURE_STORAGE,
    PICTURE_SENSOR,
    PICTURE_KINDS
};

/* "traffic" "packets" "errors" "discards" "icmp" "cpu" "memory" "storage"
 * "sensor": SERIES of the command and the API; and back (-EINVAL). */
const char *picture_kind_name(enum picture_kind kind);
int picture_kind_parse(const char *name, enum picture_kind *out)
    __attribute__((warn_unused_result));

/* The group whose file shows it. */
enum series_group picture_group(enum picture_kind kind);

enum picture_format { PICTURE_PNG, PICTURE_SVG };

enum { PICTURE_WIDTH_MAX = 4000, PICTURE_HEIGHT_MAX = 2000 };

/* A time of which nothing is known, and why. */
struct picture_gap {
    int64_t from_s, to_s;
    const char *reason;
};

struct picture {
    enum picture_kind kind;
    enum picture_format format;
    const char *path;  /* of the file, as layout_path() made it */
    const char *title; /* safe UTF-8, NULL = none */
    const char *unit;  /* of a sensor: "C", "V"; else NULL */
    int64_t from_s, to_s;
    unsigned width, height;         /* of the plot, pixels; 0 = 720 x 220 */
    double speed_bps;               /* of the port, drawn as a line; 0 = none */
    bool dark;                      /* for a dark page */
    const struct picture_gap *gaps; /* borrowed until the call returns */
    size_t gap_count;
};

/* Arguments of a program, the last NULL; at and each text on the heap. */
struct picture_argv ARRAY_OF(char *);
void picture_argv_free(struct picture_argv *argv);
OWNED_BY(struct picture_argv, picture_argv_free)

/* "rrdtool", "graph", "-", ... NULL: writes the picture to standard output.
 * root is the directory of the files with a slash behind it ("" where a remote
 * rrdcached knows it); daemon is rrdcached's address ("unix:/path") or NULL.
 * Every text is escaped for its place. */
struct picture_argv *picture_arguments(const struct picture *p,
                                       const char *root, const char *daemon);

#endif
