/* port_row.h - what polling asks of all ports of an agent, and what one row of
 * the answer tells. Pure.
 */
#ifndef STATION_PORT_ROW_H
#define STATION_PORT_ROW_H

#include "mibs/value.h"
#include "station/rates.h"

/* What its 64-bit counters are worth. */
enum port_wide {
    WIDE_UNSEEN, /* not yet held against the short ones */
    WIDE_SILENT, /* octets of a direction are 0, as the short ones are */
    WIDE_MOVES,
    WIDE_STUCK, /* some are 0 while the short ones move: then those count */
    WIDE_SHORT, /* they go round at 32 bits */
    WIDE_FALSE  /* known to be false: the short ones count */
};

/* Wide counters and what tells of the port; its name comes last, so that it is
 * never read before the counters. narrow: the short counters as well.
 * described: ifDescr too, where not all ports have an ifName. Constant data. */
void port_row_ask(bool narrow, bool described, struct ask *ask);

/* True for a row of that ask. */
bool port_row_is_whole(const struct row *row);

/* ifName, or ifDescr where there is none, as sent; empty if neither came. */
struct bytes port_row_name(const struct row *row);

/* The same as text, appended. */
void port_row_label(const struct row *row, struct buffer *out);

/* When the name of the row was read, against its counters. */
enum port_named {
    NAMED_WITH_ALL, /* in the same PDU as every counter */
    NAMED_AFTER,    /* later than some, before none */
    NAMED_BEFORE    /* before some */
};
enum port_named port_row_named(const struct row *row);

/* Are the 64-bit counters true, by this row and what was known before? */
enum port_wide port_row_judge(enum port_wide before, const struct row *row);

/* When it was read: midway between question and answer. */
struct mono port_row_at(const struct row *row);

/* Its counters. What is no number of a counter's kind is not told. */
struct counter_reading port_row_read(const struct row *row,
                                     enum port_wide worth);

/* ifAdminStatus and ifOperStatus; fallback where not told. */
uint8_t port_row_admin(const struct row *row, uint8_t fallback);
uint8_t port_row_oper(const struct row *row, uint8_t fallback);

#endif
