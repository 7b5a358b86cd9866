#include "wire/ber.h"

#include <endian.h>
#include <string.h>

enum {
    LENGTH_LONG = 0x80,    /* X.690, 8.1.3.5: long form, and how many follow */
    LENGTH_OCTETS_MAX = 4, /* net-snmp's agents use up to 4 */
    TAG_MORE = 0x1f,       /* X.690, 8.1.2.4: the tag goes on in more octets */
    SUB_MORE = 0x80,       /* X.690, 8.19.2: the sub-identifier goes on */
    SUB_BITS = 7,
    INT32_OCTETS = 4,
    INT64_OCTETS = 8,
    OID_FIRST_ARC = 40, /* X.690, 8.19.4 */
    OID_ARC_MAX = 2,
    WIDE = sizeof(uint64_t), /* octets looked at in one go */
    HEAD = 2,                /* octets of tag and short length */
};

/* ---- reading ------------------------------------------------------------ */

static size_t read_length(struct cursor *c)
{
    uint8_t first = cursor_u8(c);
    size_t len = 0;

    if (first < LENGTH_LONG)
        return first;
    unsigned octets = first & (LENGTH_LONG - 1U);
    if (octets == 0 || octets > LENGTH_OCTETS_MAX) {
        cursor_break(c, octets == 0 ? "indefinite length" : "absurd length");
        return 0;
    }
    for (unsigned i = 0; i < octets; i++)
        len = len << 8 | cursor_u8(c);
    return len;
}

/* Tag and length of the next element whatever it is; 0 and *len 0 if c is or
 * gets broken. */
static uint8_t read_head(struct cursor *c, size_t *len)
{
    uint8_t tag = cursor_u8(c);

    if ((tag & TAG_MORE) == TAG_MORE)
        cursor_break(c, "tag of several octets");
    *len = read_length(c);
    return cursor_ok(c) ? tag : 0;
}

/* The length of the next element, which must have that tag. */
static size_t read_head_of(struct cursor *c, uint8_t tag, const char *why)
{
    struct bytes rest = cursor_rest(c);

    if (rest.len >= HEAD && rest.at[0] == tag && rest.at[1] < LENGTH_LONG) {
        c->pos += HEAD;
        return rest.at[1];
    }
    if (cursor_left(c) > 0 && cursor_peek(c) != tag)
        cursor_break(c, why);
    (void)cursor_u8(c);
    return read_length(c);
}

uint8_t ber_any(struct cursor *c, struct cursor *body)
{
    size_t len = 0;
    uint8_t tag = read_head(c, &len);

    *body = cursor_sub(c, len);
    return cursor_ok(c) ? tag : 0;
}

struct cursor ber_open(struct cursor *c, uint8_t tag, const char *why)
{
    size_t len = read_head_of(c, tag, why);

    return cursor_sub(c, len);
}

/* The octets of the next element, which must have that tag. */
static struct bytes content_of(struct cursor *c, uint8_t tag, const char *why)
{
    size_t len = read_head_of(c, tag, why);

    return cursor_bytes(c, len);
}

/* Drops needless octets before the sign. */
static struct bytes significant(struct bytes b)
{
    uint8_t fill = b.len > 0 && (b.at[0] & 0x80) != 0 ? 0xff : 0;

    while (b.len > 1 && b.at[0] == fill && ((b.at[1] ^ fill) & 0x80) == 0) {
        b.at++;
        b.len--;
    }
    return b;
}

/* Two's complement; b has 1..8 octets. */
static inline int64_t signed_of(struct bytes b)
{
    uint64_t bits = (b.at[0] & 0x80) != 0 ? UINT64_MAX : 0;

    for (size_t i = 0; i < b.len; i++)
        bits = bits << 8 | b.at[i];
    return (int64_t)bits;
}

int32_t ber_int32(struct cursor *c, const char *why)
{
    struct bytes rest = cursor_rest(c);
    uint32_t bits = 0;

    if (rest.len >= HEAD + sizeof bits && rest.at[0] == BER_INTEGER &&
        rest.at[1] - 1U < sizeof bits) {
        memcpy(&bits, rest.at + HEAD, sizeof bits);
        c->pos += HEAD + (size_t)rest.at[1];
        return (int32_t)be32toh(bits) >> 8 * (sizeof bits - rest.at[1]);
    }
    struct bytes octets = significant(content_of(c, BER_INTEGER, why));

    if (octets.len == 0 || octets.len > INT32_OCTETS)
        cursor_break(c, why);
    return cursor_ok(c) ? (int32_t)signed_of(octets) : 0;
}

struct bytes ber_octets(struct cursor *c, const char *why)
{
    return content_of(c, BER_OCTETS, why);
}

/* One sub-identifier from octets[*at] on; false if it ends too early or has
 * more than 32 bits. */
static bool read_sub(struct bytes octets, size_t *at, uint32_t *out)
{
    uint64_t sub = 0;

    while (*at < octets.len) {
        uint8_t octet = octets.at[(*at)++];

        sub = sub << SUB_BITS | (octet & (SUB_MORE - 1U));
        if (sub > UINT32_MAX)
            return false;
        if ((octet & SUB_MORE) == 0) {
            *out = (uint32_t)sub;
            return true;
        }
    }
    return false;
}

/* Writes the sub-identifiers of octets from at on to subs from count on, which
 * has room for OID_MAX. Gives how many there are then, 0 if octets are none. */
static inline size_t read_subs(struct bytes octets, size_t at, uint32_t *subs,
                               size_t count)
{
    while (at < octets.len) {
        if (octets.at[at] < SUB_MORE && count < OID_MAX)
            subs[count++] = octets.at[at++];
        else if (count == OID_MAX || !read_sub(octets, &at, &subs[count++]))
            return 0;
    }
    return count;
}

/* The same from the first on, which holds two. */
static size_t read_name(struct bytes octets, uint32_t *subs)
{
    size_t at = 0;

    if (!read_sub(octets, &at, &subs[1]))
        return 0;
    subs[0] = subs[1] / OID_FIRST_ARC;
    if (subs[0] > OID_ARC_MAX)
        subs[0] = OID_ARC_MAX;
    subs[1] -= subs[0] * OID_FIRST_ARC;
    return read_subs(octets, at, subs, 2);
}

/* The same where the scratch may be too small. */
static bool oid_squeezed(struct bytes octets, struct ber_scratch *scratch,
                         struct oid *out)
{
    uint32_t *subs = scratch->subs + scratch->used;
    uint32_t room[OID_MAX];
    size_t count = read_name(octets, room);

    if (count == 0 || count > scratch->room - scratch->used)
        return false;
    memcpy(subs, room, count * sizeof *subs);
    scratch->used += count;
    *out = (struct oid){subs, count};
    return true;
}

/* False if octets are no OID, or the scratch is full. */
static inline bool oid_of(struct bytes octets, struct ber_scratch *scratch,
                          struct oid *out)
{
    uint32_t *subs = scratch->subs + scratch->used;

    *out = (struct oid){0};
    if (octets.len == 0)
        return true;
    if (scratch->room - scratch->used < OID_MAX)
        return oid_squeezed(octets, scratch, out);
    size_t count = read_name(octets, subs);
    scratch->used += count;
    *out = (struct oid){count == 0 ? NULL : subs, count};
    return count > 0;
}

struct oid ber_oid(struct cursor *c, struct ber_scratch *scratch,
                   const char *why)
{
    struct bytes octets = content_of(c, BER_OID, why);
    struct oid oid = {0};

    if (cursor_ok(c) && !oid_of(octets, scratch, &oid))
        cursor_break(c, why);
    return oid;
}

/* Content of an element, and how many octets may be looked at from its start
 * on: those of the message around it as well. */
struct content {
    struct bytes octets;
    size_t within; /* >= octets.len */
};

/* A number in two's complement; false if it has none or more than 8 octets
 * that count. */
static inline bool read_number(struct content content, int64_t *out)
{
    struct bytes octets = content.octets;
    uint64_t bits = 0;

    if (octets.len > INT64_OCTETS)
        octets = significant(octets);
    if (octets.len == 0 || octets.len > INT64_OCTETS)
        return false;
    if (content.within < sizeof bits || octets.at != content.octets.at) {
        *out = signed_of(octets);
        return true;
    }
    memcpy(&bits, octets.at, sizeof bits);
    *out = (int64_t)be64toh(bits) >> 8 * (sizeof bits - octets.len);
    return true;
}

/* Counters, gauges and ticks. Agents that encode them as signed integers make
 * them negative: ifSpeed 4294967295 arrives as one octet ff. */
static inline bool read_unsigned32(struct content content, struct value *out)
{
    int64_t number = 0;

    if (!read_number(content, &number) || number < INT32_MIN ||
        number > UINT32_MAX)
        return false;
    out->number = (uint32_t)number;
    return true;
}

static inline bool read_unsigned64(struct content content, struct value *out)
{
    struct bytes octets = content.octets;
    int64_t number = 0;

    if (octets.len > INT64_OCTETS) {
        octets = significant(octets);
        if (octets.len == INT64_OCTETS + 1 && octets.at[0] == 0)
            octets = (struct bytes){octets.at + 1, INT64_OCTETS};
        content = (struct content){octets, octets.len};
    }
    if (!read_number(content, &number))
        return false;
    out->number = (uint64_t)number;
    return true;
}

/* UInteger32 of the historic SNMPv2 (RFC 1442) is a gauge to us. */
enum { TAG_UINTEGER32 = 0x47 };

/* The value of a type. False if it cannot be read. */
static inline bool read_content(uint8_t tag, struct content content,
                                struct ber_scratch *scratch, struct value *out)
{
    switch (tag) {
    case VALUE_COUNTER64:
        return read_unsigned64(content, out);
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
        return read_unsigned32(content, out);
    case TAG_UINTEGER32:
        out->type = VALUE_GAUGE32;
        return read_unsigned32(content, out);
    case VALUE_INTEGER:
        return read_number(content, &out->integer);
    case VALUE_OID:
        return oid_of(content.octets, scratch, &out->oid);
    case VALUE_NULL:
    case VALUE_NO_OBJECT:
    case VALUE_NO_INSTANCE:
    case VALUE_END_OF_VIEW:
        return true;
    case VALUE_NONE:
        return false;
    default:
        out->octets = content.octets;
        return true;
    }
}

/* As above; what cannot be read becomes NULL and is counted. */
static inline void take_content(uint8_t tag, struct content content,
                                struct ber_scratch *scratch, struct value *out)
{
    *out = (struct value){.type = tag};
    if (read_content(tag, content, scratch, out))
        return;
    *out = (struct value){.type = VALUE_NULL};
    scratch->odd++;
}

bool ber_has_octets(uint8_t type)
{
    switch (type) {
    case VALUE_NONE:
    case VALUE_INTEGER:
    case VALUE_NULL:
    case VALUE_OID:
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
    case TAG_UINTEGER32:
    case VALUE_COUNTER64:
    case VALUE_NO_OBJECT:
    case VALUE_NO_INSTANCE:
    case VALUE_END_OF_VIEW:
        return false;
    default:
        return true;
    }
}

void ber_value(struct cursor *c, struct ber_scratch *scratch, struct value *out)
{
    size_t len = 0;
    uint8_t tag = read_head(c, &len);
    struct bytes octets = cursor_bytes(c, len);

    if (cursor_ok(c))
        take_content(tag, (struct content){octets, octets.len}, scratch, out);
    else
        *out = (struct value){0};
}

bool ber_are_subs(struct bytes octets)
{
    size_t at = 0, count = 1;
    uint32_t sub = 0;

    while (at < octets.len) {
        if (octets.at[at] < SUB_MORE)
            at++;
        else if (!read_sub(octets, &at, &sub))
            return false;
        count++;
    }
    return count <= OID_MAX;
}

/* True if four octets in a row say that the sub-identifier goes on. */
static inline bool goes_far(uint64_t octets)
{
    uint64_t more = octets & UINT64_C(0x8080808080808080);

    return (more & more >> 8 & more >> 16 & more >> 24) != 0;
}

/* True if octets are an OID, or none. Most names are short enough to be seen at
 * a glance: two looks that overlap by three octets miss no four in a row, and
 * sub-identifiers of up to four octets have less than 32 bits. */
static inline bool is_name(struct bytes octets)
{
    uint64_t first = 0, last = 0;

    if (octets.len < WIDE || octets.len > 2 * WIDE - 3)
        return ber_are_subs(octets);
    memcpy(&first, octets.at, WIDE);
    memcpy(&last, octets.at + octets.len - WIDE, WIDE);
    if (octets.at[octets.len - 1] < SUB_MORE && !goes_far(first) &&
        !goes_far(last))
        return true;
    return ber_are_subs(octets);
}

static void skim_carefully(struct cursor *c, struct ber_scratch *scratch,
                           struct bytes *name, struct value *out)
{
    struct cursor body = ber_open(c, BER_SEQUENCE, "VarBind: no SEQUENCE");

    *name = content_of(&body, BER_OID, "VarBind: bad name");
    if (cursor_ok(&body) && !ber_are_subs(*name))
        cursor_break(&body, "VarBind: bad name");
    ber_value(&body, scratch, out);
    cursor_join(c, &body);
}

/* The usual varbind: three heads with short lengths that agree. False, and
 * nothing consumed, if it is another. */
static inline bool skim_usual(struct cursor *c, struct ber_scratch *scratch,
                              struct bytes *name, struct value *out)
{
    struct bytes rest = cursor_rest(c);

    if (rest.len < 3 * HEAD || rest.at[0] != BER_SEQUENCE ||
        rest.at[1] >= LENGTH_LONG || rest.at[1] > rest.len - HEAD ||
        rest.at[2] != BER_OID)
        return false;
    size_t whole = HEAD + rest.at[1], named = 2 * HEAD + rest.at[3];
    if (named + HEAD > whole || named + HEAD + rest.at[named + 1] != whole)
        return false;
    const struct content value = {
        {rest.at + named + HEAD, whole - named - HEAD},
        rest.len - named - HEAD};
    *name = (struct bytes){rest.at + 2 * HEAD, rest.at[3]};
    if ((rest.at[named] & TAG_MORE) == TAG_MORE || !is_name(*name))
        return false;
    take_content(rest.at[named], value, scratch, out);
    c->pos += whole;
    return true;
}

void ber_skim(struct cursor *c, struct ber_scratch *scratch, struct bytes *name,
              struct value *out)
{
    if (!skim_usual(c, scratch, name, out))
        skim_carefully(c, scratch, name, out);
}

struct oid ber_subs(struct bytes octets, uint32_t *subs)
{
    size_t count = read_subs(octets, 0, subs, 0);

    return (struct oid){count == 0 ? NULL : subs, count};
}

struct oid ber_name(struct bytes octets, struct ber_scratch *scratch)
{
    struct oid oid = {0};

    (void)oid_of(octets, scratch, &oid);
    return oid;
}

void ber_varbind(struct cursor *c, struct ber_scratch *scratch,
                 struct varbind *out)
{
    struct bytes name = {0};

    ber_skim(c, scratch, &name, &out->value);
    out->name = cursor_ok(c) ? ber_name(name, scratch) : (struct oid){0};
    if (cursor_ok(c) && name.len > 0 && out->name.len == 0)
        cursor_break(c, "VarBind: too many sub-identifiers");
}
