/* ber_rows.h - reads whole rows of a table out of a VarBindList: what nearly
 * every agent answers to a GETBULK of several columns, and nothing else.
 *
 * A row is one varbind of each column in the order asked, all with one index,
 * all with a value, in the usual encoding: lengths of one octet that agree.
 * What is anything else is left where it stands, for ber_skim().
 */
#ifndef WIRE_BER_ROWS_H
#define WIRE_BER_ROWS_H

#include "wire/ber.h"

/* What rows are expected to look like. */
struct ber_columns {
    const struct bytes *names; /* of the columns as encoded */
    size_t count;              /* 0: no rows are expected */
    size_t lead;               /* varbinds before the first row */
};

/* Rows that were read. Views as those of ber_skim(). */
struct ber_rows {
    struct value *values;  /* row after row; room for so many as are read */
    struct bytes *indexes; /* of each row: what follows the columns' names; they
                              are sub-identifiers */
    size_t count, cells;   /* rows, and values in them */
    struct bytes octets;   /* of all their varbinds */
};

/* Reads rows from c on, of up to room values. out->values and out->indexes have
 * room for room. */
void ber_rows_read(struct cursor *c, const struct ber_columns *columns,
                   size_t room, struct ber_scratch *scratch,
                   struct ber_rows *out);

/* The name of the varbind that octets begin with, which were read as a row, and
 * *octets what follows it. */
struct bytes ber_rows_name(struct bytes *octets);

#endif
