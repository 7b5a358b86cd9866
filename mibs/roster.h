/* roster.h - which rows the tables of an agent's metrics had when they were
 * read to their ends. As long as these stay they are got together, by few
 * requests, in place of walking each table until its end shows.
 *
 * Tables are numbered as the collector plans them. Kept for every device: one
 * small piece of memory.
 */
#ifndef MIBS_ROSTER_H
#define MIBS_ROSTER_H

#include "base/mem.h"
#include "base/own.h"
#include "mibs/value.h"

/* A table with more values is walked as well by itself: it fills answers. */
enum { ROSTER_TABLE_VALUES_MAX = 96, ROSTER_VALUES_MAX = 512 };

/* A roster is followed so often, then the tables are read whole again, so that
 * new rows are met; after so many strays in a row only then. */
enum { ROSTER_USES = 15, ROSTER_STRAYS_MAX = 2 };

struct roster;
void roster_free(struct roster *r); /* NULL is fine */
OWNED_BY(struct roster, roster_free)

/* How a table of it is read next time. */
enum roster_way { ROSTER_LEAVE, ROSTER_WALK, ROSTER_GET };

struct roster_table {
    enum roster_way way; /* it had no row; many, or ragged ones; these */
    uint32_t rows;
    uint64_t columns;   /* bit n: rows have the nth column asked */
    const uint32_t *at; /* for roster_row() */
};

/* The next table behind *at, which begins as 0; false behind the last. */
bool roster_next(const struct roster *r, size_t *at, struct roster_table *out);

/* The index of the next of its rows. */
struct oid roster_row(struct roster_table *t);

/* True if it was made where tables were planned alike (told by check), and may
 * be followed this time; counts that. NULL: false. */
bool roster_use(struct roster *r, uint32_t check);

/* What it said held; or an instance was gone. */
void roster_held(struct roster *r);
void roster_strayed(struct roster *r);

/* Not to be followed again: other rows may be there. NULL is fine. */
void roster_expire(struct roster *r);

/* All instances that it tells of. */
size_t roster_values(const struct roster *r);

/* ---- making one ---- */

struct noted_row {
    uint32_t table, at, len; /* its index: in subs */
    uint64_t columns;
};

/* Rows as they come, of all tables in turn. */
struct roster_notes {
    struct ARRAY_OF(struct noted_row) rows;
    struct ARRAY_OF(uint32_t) subs;
};

void roster_note(struct roster_notes *n, size_t table, const struct row *row);
void roster_notes_fini(struct roster_notes *n);

/* A roster of tables 0..tables-1; how often it strayed is as before, which may
 * be NULL, told. Which device it is of (any hash) decides how soon the tables
 * are read whole again, so that not all are in one round. */
struct roster *roster_make(const struct roster_notes *n, size_t tables,
                           uint32_t check, uint64_t device,
                           const struct roster *before)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
