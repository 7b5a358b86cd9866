#include "wire/ber.h"

#include <endian.h>
#include <string.h>

enum {
    LENGTH_LONG = 0x80, /* X.690, 8.1.3.5: long form, and how many follow */
    HEAD = 2,           /* octets of tag and short length */
    SUB_MORE = 0x80,    /* X.690, 8.19.2: the sub-identifier goes on */
    SUB_BITS = 7,
    OID_FIRST_ARC = 40, /* X.690, 8.19.4 */
};

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

void ber_put_subs(struct ber_builder *b, struct oid subs)
{
    for (size_t i = subs.len; i > 0; i--)
        put_sub(b, subs.sub[i - 1]);
}

void ber_put_name(struct ber_builder *b, struct oid oid)
{
    uint64_t second = oid.len > 1 ? oid.sub[1] : 0;

    if (oid.len == 0)
        return;
    if (oid.len > 2)
        ber_put_subs(b, (struct oid){oid.sub + 2, oid.len - 2});
    put_sub(b, (uint64_t)oid.sub[0] * OID_FIRST_ARC + second);
}

void ber_put_oid(struct ber_builder *b, struct oid oid)
{
    size_t mark = ber_mark(b);

    ber_put_name(b, oid);
    ber_wrap(b, BER_OID, mark);
}

/* A VarBind with lengths of one octet, and a name of 8 to 16 octets: written
 * from its end on, so that what a wide store writes too much is written again.
 */
static inline void put_asked(uint8_t *at, struct bytes name, uint64_t index,
                             size_t index_len)
{
    size_t named = name.len + index_len;
    const uint8_t heads[] = {BER_SEQUENCE, (uint8_t)(2 * HEAD + named), BER_OID,
                             (uint8_t)named};
    const uint8_t null[] = {VALUE_NULL, 0};
    uint64_t first, last;
    uint8_t *end = at + sizeof heads + named;

    memcpy(&first, name.at, sizeof first);
    memcpy(&last, name.at + name.len - sizeof last, sizeof last);
    memcpy(end, null, sizeof null);
    memcpy(end - sizeof index, &index, sizeof index);
    memcpy(at + sizeof heads + name.len - sizeof last, &last, sizeof last);
    memcpy(at + sizeof heads, &first, sizeof first);
    memcpy(at, heads, sizeof heads);
}

static void put_asked_carefully(struct ber_builder *b, struct bytes name,
                                struct bytes index)
{
    size_t mark = ber_mark(b);

    put_head(b, VALUE_NULL, 0);
    size_t named = ber_mark(b);
    ber_put_raw(b, index);
    ber_put_raw(b, name);
    ber_wrap(b, BER_OID, named);
    ber_wrap(b, BER_SEQUENCE, mark);
}

void ber_put_asked(struct ber_builder *b, const struct bytes *names,
                   size_t count, struct bytes index)
{
    enum { WIDE = sizeof(uint64_t) };
    uint64_t number = 0;

    for (size_t i = 0; i < index.len && index.len <= WIDE; i++)
        number = number << 8 | index.at[i];
    number = htobe64(number);
    for (size_t i = count; i > 0; i--) {
        struct bytes name = names[i - 1];

        if (index.len > WIDE || name.len < WIDE || name.len > 2 * WIDE) {
            put_asked_carefully(b, name, index);
            continue;
        }
        uint8_t *at = reserve(b, 3 * HEAD + name.len + index.len);
        if (at != NULL)
            put_asked(at, name, number, index.len);
    }
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
