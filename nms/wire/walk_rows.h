/* walk_rows.h - rows of a walk while their columns come in, and which indexes
 * were handed out already. Private to the walker. */
#ifndef WIRE_WALK_ROWS_H
#define WIRE_WALK_ROWS_H

#include "mibs/value.h"

#include <stdlib.h>

/* A row with copies of its values; those of octets and OIDs lie in blob. */
struct walk_row {
    struct walk_row *next_spare;
    uint32_t *index;
    size_t index_len, index_room;
    struct value *values;
    uint8_t *blob;
    size_t blob_used, blob_room;
    struct stamp stamp;   /* of its first value */
    struct stamp *stamps; /* of each value, if they are kept; else NULL */
};

/* What rows that wait may take; an agent chooses how long its texts are. */
enum { WALK_ROWS_OCTETS_MAX = 32 << 20 };

struct walk_rows {
    size_t columns;
    bool stamped;           /* stamps of each value are kept */
    struct walk_row **rows; /* from rows[first] on, by index, ascending */
    size_t first, count, room;
    size_t octets;          /* of all these rows */
    struct walk_row *last;  /* that got a value */
    struct walk_row *spare; /* to be used again */
    size_t spares;
    uint32_t *highest; /* index handed out so far: none above was */
    size_t highest_len, highest_room;
    uint32_t *trail; /* indexes handed out, each behind its length, until it is
                        full or one has to be looked for: then hashed */
    size_t trail_used, trail_room;
    uint64_t *seen; /* hashes of indexes handed out; 0 = free */
    size_t seen_count, seen_room;
};

void walk_rows_init(struct walk_rows *r, size_t columns, bool stamped);
void walk_rows_fini(struct walk_rows *r);

enum walk_put {
    WALK_PUT_NEW,   /* taken */
    WALK_PUT_KNOWN, /* was there before, or its row is gone */
    WALK_PUT_FULL,  /* limit rows wait already, or so many octets */
};

/* Puts a copy of value into the row at index. */
enum walk_put walk_rows_put(struct walk_rows *r, struct oid index,
                            size_t column, const struct value *value,
                            const struct stamp *stamp, size_t limit);

/* Remembers an index that is handed out without having been put. */
void walk_rows_pass(struct walk_rows *r, struct oid index);

/* The row with the lowest index; NULL if there is none. */
const struct walk_row *walk_rows_first(const struct walk_rows *r);

/* Takes the lowest row out and remembers its index; valid until
 * walk_rows_recycle(). */
struct walk_row *walk_rows_take(struct walk_rows *r);
void walk_rows_recycle(struct walk_rows *r, struct walk_row *row);

#endif
