/* gather.h - samples of ledgers gathered by file: lines that rrdcached takes,
 * each with as many samples of its file as fit, in order of time. Pure. */
#ifndef GRAPHS_GATHER_H
#define GRAPHS_GATHER_H

#include "base/mem.h"
#include "base/table.h"
#include "graphs/ledger.h"

/* A line "UPDATE PATH SAMPLE SAMPLE ...\n". Where a file has more than fit, the
 * others are in lines of higher layers. */
struct parcel {
    size_t line, len;      /* where it lies in the text */
    size_t path, path_len; /* and the path in it */
    enum series_group group;
    uint32_t layer, samples;
    int64_t first_ms; /* of its first sample */
};

/* Parcels by layer, in a layer by the first appearance of their file. All zeros
 * is empty. */
struct gathered {
    struct buffer text;
    struct parcel_list ARRAY_OF(struct parcel) parcels;
    uint64_t samples;  /* in the parcels */
    uint64_t repeated; /* left out: in the second of another */
    uint64_t spoilt;   /* octets that could not be read */
};

/* What is wanted: the paths that are keys of a table, those of a folder, named
 * with the slash at its end; all zeros: everything. */
struct wanted {
    const struct table *paths;
    const char *folder;
};

/* Gathers what is wanted of blocks, at most GATHER_MAX octets of them. */
enum { GATHER_MAX = 64 << 20 };
void gather(struct bytes ledgers, const struct wanted *wanted,
            struct gathered *out);
void gathered_fini(struct gathered *g);

struct bytes parcel_line(const struct gathered *g, const struct parcel *p);
struct bytes parcel_path(const struct gathered *g, const struct parcel *p);

bool wanted_has(const struct wanted *wanted, struct bytes path);

/* Writes down again, in blocks, what is wanted of them; gives how many samples.
 */
uint64_t gather_again(struct bytes ledgers, const struct wanted *wanted,
                      struct buffer *out);

/* Counts the samples of blocks, and octets that cannot be read. */
uint64_t gather_count(struct bytes ledgers, uint64_t *spoilt);

#endif
