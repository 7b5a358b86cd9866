#include "station/port_row.h"

#include <string.h>

#define IF_ENTRY 1, 3, 6, 1, 2, 1, 2, 2, 1
#define IFX_ENTRY 1, 3, 6, 1, 2, 1, 31, 1, 1, 1

/* Counters that have 32 and 64 bits are the first of enum series_port. */
enum { NARROW = 8 };
_Static_assert((int)PORT_IN_ERRORS == (int)NARROW, "errors have one width");

/* The last columns of a row. */
enum tail {
    TAIL_ADMIN,
    TAIL_OPER,
    TAIL_DISCONTINUITY,
    TAIL_NAME,
    TAIL_DESCR,
    TAILS
};

enum {
    COLUMNS_WIDE = PORT_RATES + TAILS,
    COLUMN_NARROW = PORT_RATES, /* where both are asked: then the short ones */
    COLUMNS_ALL = PORT_RATES + NARROW + TAILS,
    UNDESCRIBED = 1, /* fewer, where the last is not asked */
};

/* Counters in the order of enum series_port. */
#define COUNTERS                                 \
    [PORT_IN_OCTETS] = OID_INIT(IFX_ENTRY, 6),   \
    [PORT_OUT_OCTETS] = OID_INIT(IFX_ENTRY, 10), \
    [PORT_IN_UCAST] = OID_INIT(IFX_ENTRY, 7),    \
    [PORT_OUT_UCAST] = OID_INIT(IFX_ENTRY, 11),  \
    [PORT_IN_MCAST] = OID_INIT(IFX_ENTRY, 8),    \
    [PORT_OUT_MCAST] = OID_INIT(IFX_ENTRY, 12),  \
    [PORT_IN_BCAST] = OID_INIT(IFX_ENTRY, 9),    \
    [PORT_OUT_BCAST] = OID_INIT(IFX_ENTRY, 13),  \
    [PORT_IN_ERRORS] = OID_INIT(IF_ENTRY, 14),   \
    [PORT_OUT_ERRORS] = OID_INIT(IF_ENTRY, 20),  \
    [PORT_IN_DISCARDS] = OID_INIT(IF_ENTRY, 13), \
    [PORT_OUT_DISCARDS] = OID_INIT(IF_ENTRY, 19)

#define TAIL(first)                                                      \
    [(first) + TAIL_ADMIN] = OID_INIT(IF_ENTRY, 7),                      \
               [(first) + TAIL_OPER] = OID_INIT(IF_ENTRY, 8),            \
               [(first) + TAIL_DISCONTINUITY] = OID_INIT(IFX_ENTRY, 19), \
               [(first) + TAIL_NAME] = OID_INIT(IFX_ENTRY, 1),           \
               [(first) + TAIL_DESCR] = OID_INIT(IF_ENTRY, 2)

static const struct oid columns_wide[COLUMNS_WIDE] = {COUNTERS,
                                                      TAIL(PORT_RATES)};

static const struct oid columns_all[COLUMNS_ALL] = {
    COUNTERS,
    [COLUMN_NARROW + PORT_IN_OCTETS] = OID_INIT(IF_ENTRY, 10),
    [COLUMN_NARROW + PORT_OUT_OCTETS] = OID_INIT(IF_ENTRY, 16),
    [COLUMN_NARROW + PORT_IN_UCAST] = OID_INIT(IF_ENTRY, 11),
    [COLUMN_NARROW + PORT_OUT_UCAST] = OID_INIT(IF_ENTRY, 17),
    [COLUMN_NARROW + PORT_IN_MCAST] = OID_INIT(IFX_ENTRY, 2),
    [COLUMN_NARROW + PORT_OUT_MCAST] = OID_INIT(IFX_ENTRY, 4),
    [COLUMN_NARROW + PORT_IN_BCAST] = OID_INIT(IFX_ENTRY, 3),
    [COLUMN_NARROW + PORT_OUT_BCAST] = OID_INIT(IFX_ENTRY, 5),
    TAIL(COLUMN_NARROW + NARROW),
};

void port_row_ask(bool narrow, bool described, struct ask *ask)
{
    size_t count = narrow ? COLUMNS_ALL : COLUMNS_WIDE;

    *ask = (struct ask){.name = "ifTable",
                        .columns = narrow ? columns_all : columns_wide,
                        .count = described ? count : count - UNDESCRIBED,
                        .with_uptime = true};
}

static bool is_described(const struct row *row)
{
    return row->count == COLUMNS_WIDE || row->count == COLUMNS_ALL;
}

/* Columns below this one are counters. */
static size_t counter_columns(const struct row *row)
{
    return row->count - TAILS + (is_described(row) ? 0 : UNDESCRIBED);
}

bool port_row_is_whole(const struct row *row)
{
    size_t counters = counter_columns(row);

    return row->index.len == 1 && row->count >= COLUMNS_WIDE - UNDESCRIBED &&
           (counters == PORT_RATES || counters == PORT_RATES + NARROW);
}

static size_t tail_column(const struct row *row, enum tail which)
{
    return counter_columns(row) + which;
}

static const struct value *tail(const struct row *row, enum tail which)
{
    return &row->values[tail_column(row, which)];
}

static bool is_text(const struct value *v)
{
    return v->type == VALUE_OCTETS && v->octets.len > 0;
}

static enum tail name_of(const struct row *row)
{
    return is_text(tail(row, TAIL_NAME)) || !is_described(row) ? TAIL_NAME
                                                               : TAIL_DESCR;
}

struct bytes port_row_name(const struct row *row)
{
    const struct value *name = tail(row, name_of(row));

    return is_text(name) ? name->octets : (struct bytes){NULL, 0};
}

void port_row_label(const struct row *row, struct buffer *out)
{
    const struct value *name = tail(row, name_of(row));

    buffer_text(out, "");
    if (is_text(name))
        value_text(name, NULL, out);
}

static bool has_both(const struct row *row)
{
    return counter_columns(row) == PORT_RATES + NARROW;
}

enum port_named port_row_named(const struct row *row)
{
    enum port_named named = NAMED_WITH_ALL;

    if (row->stamps == NULL)
        return named;
    const struct stamp *name = &row->stamps[tail_column(row, name_of(row))];
    for (size_t i = 0; i < counter_columns(row); i++) {
        const struct stamp *counter = &row->stamps[i];

        if (!value_exists(&row->values[i]) ||
            (counter->sent.ns == name->sent.ns &&
             counter->received.ns == name->received.ns))
            continue;
        if (name->sent.ns < counter->received.ns)
            return NAMED_BEFORE;
        named = NAMED_AFTER;
    }
    return named;
}

/* ---- counters ---- */

static bool is_counter(const struct value *v)
{
    return v->type == VALUE_COUNTER64 ||
           ((v->type == VALUE_COUNTER32 || v->type == VALUE_GAUGE32) &&
            v->number <= UINT32_MAX);
}

static uint64_t number_at(const struct row *row, size_t column)
{
    return value_unsigned(&row->values[column], 0);
}

/* Is one 0 whose short twin is not? */
static bool is_stuck(const struct row *row)
{
    for (size_t i = 0; has_both(row) && i < NARROW; i++)
        if (number_at(row, i) == 0 && number_at(row, COLUMN_NARROW + i) != 0)
            return true;
    return false;
}

static bool is_long(const struct row *row)
{
    for (size_t i = 0; i < NARROW; i++)
        if (number_at(row, i) > UINT32_MAX)
            return true;
    return false;
}

enum port_wide port_row_judge(enum port_wide before, const struct row *row)
{
    if (is_stuck(row))
        return WIDE_STUCK;
    if (before == WIDE_SHORT && !is_long(row))
        return WIDE_SHORT;
    if (number_at(row, PORT_IN_OCTETS) != 0 &&
        number_at(row, PORT_OUT_OCTETS) != 0)
        return WIDE_MOVES;
    if (!has_both(row)) /* what moved and is 0 again is doubted again */
        return before == WIDE_MOVES ? WIDE_UNSEEN : before;
    return WIDE_SILENT;
}

/* When column was read, against the reading's own time. */
static struct counter_moment moment_of(const struct counter_reading *r,
                                       const struct row *row, size_t column)
{
    const struct stamp *s =
        row->stamps != NULL ? &row->stamps[column] : row->stamp;
    int64_t slack_ns = (s->received.ns - s->sent.ns) / 2;

    return (struct counter_moment){
        .later_us = (int32_t)((s->sent.ns + slack_ns - r->at.ns) / 1000),
        .slack_us = (uint32_t)(slack_ns / 1000),
        .ticks = r->has_uptime ? (int32_t)(s->uptime_cs - r->uptime_cs) : 0,
    };
}

/* Does the short one count instead of the ith? */
static bool is_short_meant(const struct row *row, size_t i,
                           enum port_wide worth)
{
    const struct value *wide = &row->values[i];

    if (i >= NARROW || !has_both(row))
        return false;
    return !is_counter(wide) || worth == WIDE_FALSE ||
           (worth == WIDE_STUCK && wide->number == 0);
}

static void take_counter(struct counter_reading *r, const struct row *row,
                         size_t i, enum port_wide worth)
{
    size_t column = is_short_meant(row, i, worth) ? COLUMN_NARROW + i : i;

    if (!is_counter(&row->values[column]))
        return;
    r->counters[i] = row->values[column].number;
    r->moments[i] = moment_of(r, row, column);
    if (r->moments[i].ticks < 0) /* restarted between two PDUs */
        r->valid = false;
    r->present |= (uint16_t)(1U << i);
    if (row->values[column].type == VALUE_COUNTER64 && worth != WIDE_SHORT)
        r->wide |= (uint16_t)(1U << i);
}

/* Did each PDU tell sysUpTime? */
static bool has_uptimes(const struct row *row)
{
    for (size_t i = 0; row->stamps != NULL && i < row->count; i++)
        if (value_exists(&row->values[i]) && !row->stamps[i].has_uptime)
            return false;
    return row->stamp->has_uptime;
}

struct mono port_row_at(const struct row *row)
{
    const struct stamp *s = row->stamp;

    return (struct mono){s->sent.ns + (s->received.ns - s->sent.ns) / 2};
}

struct counter_reading port_row_read(const struct row *row,
                                     enum port_wide worth)
{
    const struct value *moved = tail(row, TAIL_DISCONTINUITY);
    const struct stamp *s = row->stamp;
    struct counter_reading r = {
        .valid = true,
        .at = port_row_at(row),
        .has_uptime = has_uptimes(row),
        .uptime_cs = s->uptime_cs,
        .has_boots = s->has_boots,
        .boots = s->boots,
        .engine_s = s->engine_s,
        .has_discontinuity = moved->type == VALUE_TICKS,
        .discontinuity_cs = (uint32_t)value_unsigned(moved, 0),
    };

    for (size_t i = 0; i < PORT_RATES; i++)
        take_counter(&r, row, i, worth);
    return r;
}

uint8_t port_row_admin(const struct row *row, uint8_t fallback)
{
    return (uint8_t)value_unsigned(tail(row, TAIL_ADMIN), fallback);
}

uint8_t port_row_oper(const struct row *row, uint8_t fallback)
{
    return (uint8_t)value_unsigned(tail(row, TAIL_OPER), fallback);
}
