/* mib_set.h - tables that an agent serves, found by name in the order that
 * GetNext asks for. Pure: rows are arrays that stand in the order of their
 * indexes, so that each answer is a few binary searches.
 *
 * A group of scalars is a table too: one row whose index is 0.
 */
#ifndef NORTH_MIB_SET_H
#define NORTH_MIB_SET_H

#include "base/addr.h"
#include "base/own.h"
#include "mibs/value.h"

/* A value, and room for what it may point to. */
struct mib_cell {
    struct value value;
    struct oid_store oid;
    uint8_t octets[20]; /* a TAddress is the longest */
};

/* How a table is read; `of` is what it is a table of, as the caller has it. */
struct mib_table {
    struct oid entry;       /* columns are below it */
    bool own;               /* entry is below the root of PORTOLAN-MIB */
    const uint8_t *columns; /* arcs, ascending */
    size_t column_count;
    size_t (*rows)(const void *of);
    /* Appends the index of a row; rows ascend by it. */
    void (*index)(const void *of, size_t row, struct oid_store *out);
    /* Fills *out, which is empty (VALUE_NONE: there is no such cell). */
    void (*value)(const void *of, size_t row, uint32_t column,
                  struct mib_cell *out);
};

/* What .columns and .column_count are, of an array. */
#define MIB_COLUMNS(array) .columns = (array), .column_count = COUNT_OF(array)

/* What .rows and .index are of a group of scalars, and of a table whose only
 * row is called "". */
#define MIB_ONE_ROW .rows = mib_one_row, .index = mib_index_0
size_t mib_one_row(const void *of);
void mib_index_0(const void *of, size_t row, struct oid_store *out);

struct mib_set;

enum { MIB_TABLES_MAX = 64 };

/* Tables in any order; they are constants. enterprise: of PORTOLAN-MIB. */
struct mib_set *mib_set_new(const struct mib_table *const *tables, size_t count,
                            uint32_t enterprise);
void mib_set_free(struct mib_set *s);
OWNED_BY(struct mib_set, mib_set_free)

/* The value of a variable: VALUE_NO_OBJECT or VALUE_NO_INSTANCE if there is
 * none. */
void mib_get(const struct mib_set *s, const void *of, struct oid name,
             struct mib_cell *out);

/* The first variable behind from (or from itself, where include says so and it
 * exists). False if there is none. */
bool mib_next(const struct mib_set *s, const void *of, struct oid from,
              bool include, struct oid_store *name, struct mib_cell *out);

/* ---- for those who fill cells ---- */

void mib_integer(struct mib_cell *c, int64_t number);
void mib_unsigned(struct mib_cell *c, uint64_t number); /* Gauge32 */
void mib_counter(struct mib_cell *c, uint64_t number);
void mib_counter64(struct mib_cell *c, uint64_t number);
void mib_ticks(struct mib_cell *c, uint64_t number);
void mib_truth(struct mib_cell *c, bool is);
void mib_octets(struct mib_cell *c, struct bytes b);
void mib_text(struct mib_cell *c, const char *text); /* SnmpAdminString */
void mib_date(struct mib_cell *c, struct wall t);
void mib_bits(struct mib_cell *c, uint8_t octet); /* of up to 8 */
/* InetAddressType and InetAddress (RFC 4001); *a is not copied, NULL: unknown
 * and "". */
void mib_address_type(struct mib_cell *c, const struct addr *a);
void mib_address(struct mib_cell *c, const struct addr *a);
void mib_oid(struct mib_cell *c, struct oid o); /* copied; empty is 0.0 */

#endif
