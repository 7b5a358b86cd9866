/* value.h - the value of a variable as an agent gave it, rows of tables, and
 * what to ask for. Everything is a view: valid until the callback that got it
 * returns. */
#ifndef MIBS_VALUE_H
#define MIBS_VALUE_H

#include "base/clock.h"
#include "mibs/oid.h"

/* Types by their BER tags (RFC 3416, 3; RFC 2578, 7.1). Kept as integers: an
 * agent is not bound by our list. */
enum value_type {
    VALUE_NONE = 0, /* the row has no such column */
    VALUE_INTEGER = 0x02,
    VALUE_OCTETS = 0x04,
    VALUE_NULL = 0x05,
    VALUE_OID = 0x06,
    VALUE_IP = 0x40,
    VALUE_COUNTER32 = 0x41,
    VALUE_GAUGE32 = 0x42,
    VALUE_TICKS = 0x43,
    VALUE_OPAQUE = 0x44,
    VALUE_COUNTER64 = 0x46,
    VALUE_NO_OBJECT = 0x80,
    VALUE_NO_INSTANCE = 0x81,
    VALUE_END_OF_VIEW = 0x82,
};

struct value {
    uint8_t type;
    union {
        int64_t integer;     /* VALUE_INTEGER */
        uint64_t number;     /* counters, gauges, ticks */
        struct bytes octets; /* VALUE_OCTETS, VALUE_IP, VALUE_OPAQUE */
        struct oid oid;      /* VALUE_OID */
    };
};

struct varbind {
    struct oid name;
    struct value value;
};

/* True for a value that exists: not NONE, NULL nor one of the exceptions. */
static inline bool value_exists(const struct value *v)
{
    return v->type != VALUE_NONE && v->type != VALUE_NULL &&
           v->type != VALUE_NO_OBJECT && v->type != VALUE_NO_INSTANCE &&
           v->type != VALUE_END_OF_VIEW;
}

/* A number of whatever type, text beginning with one included ("30.09 mA").
 * False if it is none. Opaque floats (RFC 4639 style 9f 78/79) are read. */
bool value_number(const struct value *v, double *out);

/* An integer or unsigned type as it is; fallback if it is none. */
int64_t value_integer(const struct value *v, int64_t fallback);
uint64_t value_unsigned(const struct value *v, uint64_t fallback);

/* Appends the value as safe text in one line (see text_safe): octets that are
 * no text as hexadecimal with blanks, OIDs and numbers as digits, IpAddress as
 * people write it. encoding may be NULL. */
void value_text(const struct value *v, const char *encoding,
                struct buffer *out);

/* When an agent said something, by its clock and by ours: between sent, when it
 * was first asked, and received. */
struct stamp {
    struct mono sent, received;
    bool has_uptime;
    uint32_t uptime_cs; /* sysUpTime.0 of the same PDU, 1/100 s */
    /* snmpEngineBoots and snmpEngineTime: of its message, where authentic (v3);
     * else of the first answer of the walk, where its MIB has them. */
    bool has_boots;
    uint32_t boots, engine_s;
};

/* One row: what columns hold at one index. */
struct row {
    struct oid index;           /* sub-identifiers behind the column */
    const struct value *values; /* in the order asked; type NONE = hole */
    size_t count;
    const struct stamp *stamp;  /* of the first value that came */
    const struct stamp *stamps; /* of each, where asked with_uptime; or NULL */
};

/* A table to walk: columns that share an index, of one table or several. */
struct ask {
    const char *name;          /* for people: "ifTable" */
    const struct oid *columns; /* without instance, ascending is not needed */
    size_t count;              /* 1..ASK_COLUMNS_MAX; 0 for scalars alone */
    const struct oid *scalars; /* or: instances to get, delivered as one row
                                  with an empty index */
    size_t scalar_count;
    bool below;          /* scalars are beginnings of names: the row tells what
                            the first instance below each holds */
    bool with_uptime;    /* read sysUpTime.0 in each PDU too, and
                            snmpEngineBoots.0 and snmpEngineTime.0 in the first
                            if the message does not tell them */
    uint32_t rows_max;   /* stop beyond this; 0 = the walker's limit */
    const char *context; /* v3 context, or community@context; NULL */
    struct oid start;    /* index to begin behind, empty = all */
};

enum { ASK_COLUMNS_MAX = 64 };

#endif
