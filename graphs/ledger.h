/* ledger.h - samples as they wait on disk: written down in the order in which
 * they come, in blocks of octets that each tell their length and a sum. What
 * was cut or spoilt is found, left out and counted; what is behind it is read.
 * Pure.
 *
 * A block: "PLG1", octets of its records, their number (4 each), the sum of the
 * records (bytes_hash(), 8). A record: octets of the path that are as in the
 * record before, octets that follow, these; group; number of values; time in ms
 * as the difference to the record before; two bits a value, four in an octet,
 * lowest first: 0 nothing, 1 unknown, 2 float, 3 double; and these. Numbers are
 * in network byte order, lengths and times in sevens of bits, lowest first, the
 * eighth telling that more follow. */
#ifndef GRAPHS_LEDGER_H
#define GRAPHS_LEDGER_H

#include "graphs/layout.h"

enum {
    LEDGER_HEAD_LEN = 20,       /* octets in front of the records */
    LEDGER_BLOCK_MAX = 1 << 20, /* octets of the records of one */
    LEDGER_RECORD_MAX = 2 * LAYOUT_PATH_MAX
};

/* A block that is being written; all zeros is an empty one. */
struct ledger {
    struct buffer records;
    uint32_t count;
    int64_t at_ms;      /* of the last record */
    struct buffer path; /* of it */
};

/* Writes down a sample; path is as layout_path() makes it, count from 1 to
 * SERIES_VALUES_MAX; infinity is unknown. Numbers that are not whole are kept
 * as exact as a float. The block has room (ledger_is_full()). */
void ledger_add(struct ledger *l, const char *path, enum series_group group,
                int64_t at_ms, const double *values, size_t count);
bool ledger_is_full(const struct ledger *l);

/* Appends the block to out, if it has anything; then it is empty. */
void ledger_seal(struct ledger *l, struct buffer *out);
void ledger_fini(struct ledger *l);

/* A sample that was read; views are valid until the next is. */
struct ledger_sample {
    struct bytes path;
    enum series_group group;
    int64_t at_ms;
    size_t count;        /* of values */
    struct bytes packed; /* of ledger_values(); lies in what is read */
};

/* Reads blocks. Begin with {.rest = them}. */
struct ledger_reader {
    struct bytes rest, records; /* behind the block at hand; of it */
    uint32_t left;              /* records of it */
    int64_t at_ms;
    char path[LAYOUT_PATH_MAX];
    size_t path_len;
    uint64_t spoilt; /* octets that were left out */
};

/* False at the end. Paths are such as layout_path_is_ours() takes. */
bool ledger_next(struct ledger_reader *r, struct ledger_sample *out);

/* The values of a sample. */
void ledger_values(struct bytes packed, size_t count,
                   double out[SERIES_VALUES_MAX]);

#endif
