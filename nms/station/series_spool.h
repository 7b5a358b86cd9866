/* series_spool.h - samples that wait on disk, first in first out, across
 * restarts, up to a bound. Lines of text in numbered files. */
#ifndef STATION_SERIES_SPOOL_H
#define STATION_SERIES_SPOOL_H

#include "base/bytes.h"
#include "base/own.h"

struct spool;

/* What all spools of a station may take together. */
struct spool_bound {
    uint64_t max, octets;
};

/* Opens the directory, which is made if missing, and what waits in it. The
 * bound lives longer. 0 or -errno. */
int spool_open(const char *dir, struct spool_bound *bound, struct spool **out)
    __attribute__((warn_unused_result));
void spool_free(struct spool *s); /* the files stay */
OWNED_BY(struct spool, spool_free)

/* Adds whole lines, all or none. 0, -ENOSPC beyond the bound, or -errno. */
int spool_add(struct spool *s, struct bytes lines, uint64_t count)
    __attribute__((warn_unused_result));

/* The same, before all that waits. */
int spool_add_first(struct spool *s, struct bytes lines, uint64_t count)
    __attribute__((warn_unused_result));

bool spool_is_empty(const struct spool *s);

/* Appends the oldest lines, some hundred thousand octets, to out. They stay
 * until spool_drop(). 0 or -errno. */
int spool_first(struct spool *s, struct buffer *out, uint64_t *count)
    __attribute__((warn_unused_result));
void spool_drop(struct spool *s);

uint64_t spool_lines(const struct spool *s);

#endif
