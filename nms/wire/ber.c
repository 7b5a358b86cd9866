#include "wire/ber.h"

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

/* True if each of the WIDE octets is a sub-identifier of its own. */
static inline bool are_short(const uint8_t octets[WIDE])
{
    static const uint64_t more = UINT64_C(0x8080808080808080);
    uint64_t all;

    memcpy(&all, octets, sizeof all);
    return (all & more) == 0;
}

/* Writes the sub-identifiers of octets to subs, which has room for OID_MAX.
 * Gives their count, 0 if octets are none. */
static inline size_t read_subs(struct bytes octets, uint32_t *subs)
{
    size_t at = 0, count = 2;

    if (!read_sub(octets, &at, &subs[1]))
        return 0;
    subs[0] = subs[1] / OID_FIRST_ARC;
    if (subs[0] > OID_ARC_MAX)
        subs[0] = OID_ARC_MAX;
    subs[1] -= subs[0] * OID_FIRST_ARC;
    while (octets.len - at >= WIDE && count <= OID_MAX - WIDE &&
           are_short(octets.at + at)) {
        for (size_t i = 0; i < WIDE; i++)
            subs[count + i] = octets.at[at + i];
        at += WIDE;
        count += WIDE;
    }
    while (at < octets.len) {
        if (octets.at[at] < SUB_MORE && count < OID_MAX)
            subs[count++] = octets.at[at++];
        else if (count == OID_MAX || !read_sub(octets, &at, &subs[count++]))
            return 0;
    }
    return count;
}

/* The same where the scratch may be too small. */
static bool oid_squeezed(struct bytes octets, struct ber_scratch *scratch,
                         struct oid *out)
{
    uint32_t *subs = scratch->subs + scratch->used;
    uint32_t room[OID_MAX];
    size_t count = read_subs(octets, room);

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
    size_t count = read_subs(octets, subs);
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

/* The octets of a number, of which 8 are enough. */
static inline struct bytes number_octets(struct bytes octets)
{
    return octets.len > INT64_OCTETS ? significant(octets) : octets;
}

static inline bool read_integer(struct bytes octets, struct value *out)
{
    octets = number_octets(octets);
    if (octets.len == 0 || octets.len > INT64_OCTETS)
        return false;
    out->integer = signed_of(octets);
    return true;
}

/* Counters, gauges and ticks. Agents that encode them as signed integers make
 * them negative: ifSpeed 4294967295 arrives as one octet ff. */
static inline bool read_unsigned32(struct bytes octets, struct value *out)
{
    octets = number_octets(octets);
    if (octets.len == 0 || octets.len > INT64_OCTETS)
        return false;
    int64_t number = signed_of(octets);
    if (number < INT32_MIN || number > UINT32_MAX)
        return false;
    out->number = (uint32_t)number;
    return true;
}

static inline bool read_unsigned64(struct bytes octets, struct value *out)
{
    octets = number_octets(octets);
    if (octets.len == INT64_OCTETS + 1 && octets.at[0] == 0)
        octets = (struct bytes){octets.at + 1, INT64_OCTETS};
    if (octets.len == 0 || octets.len > INT64_OCTETS)
        return false;
    out->number = (uint64_t)signed_of(octets);
    return true;
}

/* UInteger32 of the historic SNMPv2 (RFC 1442) is a gauge to us. */
enum { TAG_UINTEGER32 = 0x47 };

/* The value of a type that is no octets. False if it cannot be read. */
static inline bool read_content(uint8_t tag, struct bytes octets,
                                struct ber_scratch *scratch, struct value *out)
{
    switch (tag) {
    case VALUE_COUNTER64:
        return read_unsigned64(octets, out);
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
        return read_unsigned32(octets, out);
    case TAG_UINTEGER32:
        out->type = VALUE_GAUGE32;
        return read_unsigned32(octets, out);
    case VALUE_INTEGER:
        return read_integer(octets, out);
    case VALUE_OID:
        return oid_of(octets, scratch, &out->oid);
    case VALUE_NULL:
    case VALUE_NO_OBJECT:
    case VALUE_NO_INSTANCE:
    case VALUE_END_OF_VIEW:
        return true;
    case VALUE_NONE:
        return false;
    default:
        out->octets = octets;
        return true;
    }
}

/* As above; what cannot be read becomes NULL and is counted. */
static inline void take_content(uint8_t tag, struct bytes octets,
                                struct ber_scratch *scratch, struct value *out)
{
    *out = (struct value){.type = tag};
    if (read_content(tag, octets, scratch, out))
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
        take_content(tag, octets, scratch, out);
    else
        *out = (struct value){0};
}

static void varbind_careful(struct cursor *c, struct ber_scratch *scratch,
                            struct varbind *out)
{
    struct cursor body = ber_open(c, BER_SEQUENCE, "VarBind: no SEQUENCE");

    out->name = ber_oid(&body, scratch, "VarBind: bad name");
    ber_value(&body, scratch, &out->value);
    cursor_join(c, &body);
}

/* The usual varbind: three heads with short lengths that agree. False, and
 * nothing consumed, if it is another. */
static inline bool varbind_usual(struct cursor *c, struct ber_scratch *scratch,
                                 struct varbind *out)
{
    struct bytes rest = cursor_rest(c);

    if (rest.len < 3 * HEAD || rest.at[0] != BER_SEQUENCE ||
        rest.at[1] >= LENGTH_LONG || rest.at[1] > rest.len - HEAD ||
        rest.at[2] != BER_OID)
        return false;
    size_t whole = HEAD + rest.at[1], name = rest.at[3];
    if (name > whole - HEAD || whole - HEAD - name < 2 * HEAD)
        return false;
    const uint8_t *value = rest.at + 2 * HEAD + name;
    if (value[1] != whole - name - 3 * HEAD ||
        (value[0] & TAG_MORE) == TAG_MORE ||
        !oid_of((struct bytes){rest.at + 2 * HEAD, name}, scratch, &out->name))
        return false;
    take_content(value[0], (struct bytes){value + HEAD, value[1]}, scratch,
                 &out->value);
    c->pos += whole;
    return true;
}

void ber_varbind(struct cursor *c, struct ber_scratch *scratch,
                 struct varbind *out)
{
    if (!varbind_usual(c, scratch, out))
        varbind_careful(c, scratch, out);
}

/* ---- writing ------------------------------------------------------------ */

struct ber_builder ber_builder_over(uint8_t *at, size_t room)
{
    return (struct ber_builder){.at = at, .room = room, .start = room};
}

struct bytes ber_built(const struct ber_builder *b)
{
    if (b->full)
        return (struct bytes){0};
    return (struct bytes){b->at + b->start, b->room - b->start};
}

size_t ber_mark(const struct ber_builder *b)
{
    return b->room - b->start;
}

/* Where len octets go, before what is there; NULL if they do not fit. */
static inline uint8_t *reserve(struct ber_builder *b, size_t len)
{
    if (b->full || len > b->start) {
        b->full = true;
        return NULL;
    }
    b->start -= len;
    return b->at + b->start;
}

static inline void put_octet(struct ber_builder *b, uint8_t octet)
{
    uint8_t *at = reserve(b, 1);

    if (at != NULL)
        *at = octet;
}

static void put_head(struct ber_builder *b, uint8_t tag, size_t len)
{
    uint8_t octets = 0;

    if (len < LENGTH_LONG) {
        uint8_t *at = reserve(b, HEAD);

        if (at == NULL)
            return;
        at[0] = tag;
        at[1] = (uint8_t)len;
        return;
    }

    for (size_t left = len; left > 0; left >>= 8) {
        put_octet(b, (uint8_t)left);
        octets++;
    }
    put_octet(b, (uint8_t)(LENGTH_LONG | octets));
    put_octet(b, tag);
}

void ber_wrap(struct ber_builder *b, uint8_t tag, size_t mark)
{
    put_head(b, tag, ber_mark(b) - mark);
}

void ber_put_raw(struct ber_builder *b, struct bytes octets)
{
    uint8_t *at = reserve(b, octets.len);

    if (at != NULL && octets.len > 0)
        memcpy(at, octets.at, octets.len);
}

void ber_put_int(struct ber_builder *b, uint8_t tag, int64_t number)
{
    size_t mark = ber_mark(b);
    bool done = false;

    while (!done) {
        uint8_t octet = (uint8_t)number;

        put_octet(b, octet);
        number = number < 0 ? ~(~number >> 8) : number >> 8;
        done = number == ((octet & 0x80) != 0 ? -1 : 0);
    }
    ber_wrap(b, tag, mark);
}

void ber_put_unsigned(struct ber_builder *b, uint8_t tag, uint64_t number)
{
    size_t mark = ber_mark(b);
    uint8_t octet = 0;

    do {
        octet = (uint8_t)number;
        put_octet(b, octet);
        number >>= 8;
    } while (number > 0);
    if ((octet & 0x80) != 0)
        put_octet(b, 0);
    ber_wrap(b, tag, mark);
}

void ber_put_octets(struct ber_builder *b, uint8_t tag, struct bytes octets)
{
    ber_put_raw(b, octets);
    put_head(b, tag, octets.len);
}

static void put_sub(struct ber_builder *b, uint64_t sub)
{
    put_octet(b, (uint8_t)(sub & (SUB_MORE - 1U)));
    while ((sub >>= SUB_BITS) > 0)
        put_octet(b, (uint8_t)(sub | SUB_MORE));
}

/* Sub-identifiers that take an octet each, at the front of those from the third
 * on. */
static size_t short_subs(struct oid oid)
{
    size_t i = 2;

    while (i < oid.len && oid.sub[i] < SUB_MORE)
        i++;
    return i - 2;
}

void ber_put_oid(struct ber_builder *b, struct oid oid)
{
    size_t mark = ber_mark(b), begin = short_subs(oid);

    for (size_t i = oid.len; i > 2 + begin; i--)
        put_sub(b, oid.sub[i - 1]);
    uint8_t *at = reserve(b, begin);
    for (size_t i = 0; at != NULL && i < begin; i++)
        at[i] = (uint8_t)oid.sub[2 + i];
    if (oid.len > 0) {
        uint64_t second = oid.len > 1 ? oid.sub[1] : 0;
        put_sub(b, (uint64_t)oid.sub[0] * OID_FIRST_ARC + second);
    }
    ber_wrap(b, BER_OID, mark);
}

void ber_put_value(struct ber_builder *b, const struct value *value)
{
    switch (value->type) {
    case VALUE_INTEGER:
        ber_put_int(b, value->type, value->integer);
        break;
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
    case VALUE_COUNTER64:
        ber_put_unsigned(b, value->type, value->number);
        break;
    case VALUE_OID:
        ber_put_oid(b, value->oid);
        break;
    case VALUE_NONE:
        put_head(b, VALUE_NULL, 0);
        break;
    case VALUE_NULL:
    case VALUE_NO_OBJECT:
    case VALUE_NO_INSTANCE:
    case VALUE_END_OF_VIEW:
        put_head(b, value->type, 0);
        break;
    default: /* octets of any kind, an agent's own types included */
        ber_put_octets(b, value->type, value->octets);
        break;
    }
}

void ber_put_varbind(struct ber_builder *b, struct oid name,
                     const struct value *value)
{
    size_t mark = ber_mark(b);

    ber_put_value(b, value);
    ber_put_oid(b, name);
    ber_wrap(b, BER_SEQUENCE, mark);
}
