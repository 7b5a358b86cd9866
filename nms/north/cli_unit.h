/* cli_unit.h - figures with their units, as people read them. */
#ifndef NORTH_CLI_UNIT_H
#define NORTH_CLI_UNIT_H

#include "base/bytes.h"
#include "base/clock.h"

/* What a figure is, in the unit that its source has it in. */
enum unit {
    UNIT_TEXT,
    UNIT_COUNT,   /* things: 1200 */
    UNIT_NUMBER,  /* of a unit that stands elsewhere: 12.3 */
    UNIT_BITS,    /* bit/s, SI prefixes: 1.25 Gbit/s */
    UNIT_OCTETS,  /* octets/s, shown as bit/s */
    UNIT_BYTES,   /* binary prefixes: 3.2 GiB */
    UNIT_MS,      /* 0.42 ms */
    UNIT_SECONDS, /* 6 min 5 s */
    UNIT_PERCENT, /* 42.1 % */
    UNIT_PER_S,   /* 12.3 /s */
    UNIT_TROUBLE, /* the same, shown where there is any: errors */
    UNIT_TIME,    /* a text of wall_format() */
    UNIT_AGO,     /* the same, shown as "12 s ago" */
    UNIT_FLAG,    /* yes or no */
    UNITS
};

/* Figures stand right in their column, words left. */
bool unit_is_figure(enum unit unit);

/* Appends a figure for people, three digits that matter and the unit; nothing
 * where it is not known (NaN). */
void unit_show(enum unit unit, double value, struct buffer *out);

/* Appends it for programs: digits alone, in bit/s, bytes, ms, s, %. */
void unit_raw(enum unit unit, double value, struct buffer *out);

/* Appends "1 link", "2 links". */
void unit_things(int64_t count, const char *thing, struct buffer *out);

/* Appends how long before now a time of wall_format() was; the text itself
 * where it is none. */
void unit_ago(const char *text, struct wall now, struct buffer *out);

#endif
