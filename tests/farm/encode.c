#include "tests/farm/encode.h"

#include <string.h>

enum {
    NAME_OCTETS_MAX = 5 * OID_MAX,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    HEAD_SHORT = 2, /* a tag and a length below 128 */
    HEAD_MAX = 4    /* a tag and a length below 65536 */
};

/* Tag and length at out; octets written. */
static size_t head_put(uint8_t *out, uint8_t tag, size_t len)
{
    out[0] = tag;
    if (len < 0x80) {
        out[1] = (uint8_t)len;
        return 2;
    }
    if (len < 0x100) {
        out[1] = 0x81;
        out[2] = (uint8_t)len;
        return 3;
    }
    out[1] = 0x82;
    out[2] = (uint8_t)(len >> 8);
    out[3] = (uint8_t)len;
    return 4;
}

static size_t unsigned_put(uint8_t *out, uint8_t tag, uint64_t number)
{
    unsigned octets = 1;

    while (octets < 9 && number >> (8 * octets - 1) != 0)
        octets++; /* one more where the first bit would mean a sign */
    out[0] = tag;
    out[1] = (uint8_t)octets;
    for (unsigned i = 0; i < octets; i++) {
        unsigned shift = 8 * (octets - 1 - i);

        out[2 + i] = (uint8_t)(shift >= 64 ? 0 : number >> shift);
    }
    return 2 + octets;
}

static size_t integer_put(uint8_t *out, int64_t number)
{
    unsigned octets = 1;
    uint64_t bits = (uint64_t)number;

    while (octets < 8 && (number < -((int64_t)1 << (8 * octets - 1)) ||
                          number >= (int64_t)1 << (8 * octets - 1)))
        octets++;
    out[0] = VALUE_INTEGER;
    out[1] = (uint8_t)octets;
    for (unsigned i = 0; i < octets; i++)
        out[2 + i] = (uint8_t)(bits >> (8 * (octets - 1 - i)));
    return 2 + octets;
}

static size_t octets_append(uint8_t *out, uint8_t tag, struct bytes octets)
{
    size_t head = head_put(out, tag, octets.len);

    if (octets.len > 0)
        memcpy(out + head, octets.at, octets.len);
    return head + octets.len;
}

static size_t sub_put(uint8_t *out, uint32_t sub)
{
    size_t len = 0;

    for (int shift = 28; shift > 0; shift -= 7)
        if (len > 0 || sub >> shift != 0)
            out[len++] = (uint8_t)(sub >> shift | 0x80);
    out[len++] = sub & 0x7f;
    return len;
}

static size_t oid_put(uint8_t *out, struct oid o)
{
    size_t len = 0;
    uint8_t body[NAME_OCTETS_MAX];

    if (o.len >= 2)
        len = sub_put(body, o.sub[0] * 40 + o.sub[1]);
    for (size_t i = 2; i < o.len && i < OID_MAX; i++)
        len += sub_put(body + len, o.sub[i]);
    return octets_append(out, TAG_OID, (struct bytes){body, len});
}

/* Room that a value may need at most. */
static size_t value_room(const struct value *v)
{
    switch (v->type) {
    case VALUE_OCTETS:
    case VALUE_IP:
    case VALUE_OPAQUE:
        return HEAD_MAX + v->octets.len;
    case VALUE_OID:
        return HEAD_MAX + NAME_OCTETS_MAX;
    default:
        return 16;
    }
}

static size_t value_put(uint8_t *out, const struct value *v)
{
    switch (v->type) {
    case VALUE_INTEGER:
        return integer_put(out, v->integer);
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
    case VALUE_COUNTER64:
        return unsigned_put(out, v->type, v->number);
    case VALUE_OCTETS:
    case VALUE_IP:
    case VALUE_OPAQUE:
        return octets_append(out, v->type, v->octets);
    case VALUE_OID:
        return oid_put(out, v->oid);
    default: /* NULL and the exceptions */
        return head_put(out, v->type, 0);
    }
}

/* Ends a varbind whose name, name_len octets with its head, stands behind the
 * end of the list with room for a short head before it. */
static bool varbind_end(struct varbind_list *l, size_t name_len,
                        const struct value *value)
{
    uint8_t *start = l->at + l->len;
    size_t body = name_len + value_put(start + HEAD_SHORT + name_len, value);
    uint8_t head[HEAD_MAX];
    size_t head_len = head_put(head, TAG_SEQUENCE, body);

    if (l->len + head_len + body > l->room)
        return false;
    if (head_len != HEAD_SHORT)
        memmove(start + head_len, start + HEAD_SHORT, body);
    memcpy(start, head, head_len);
    l->len += head_len + body;
    l->count++;
    return true;
}

/* Scratch behind room that a varbind being written may use: the owner of the
 * list keeps so much free. */
static bool value_fits(const struct varbind_list *l, const struct value *value)
{
    return l->len + value_room(value) <= l->room + HEAD_MAX + NAME_OCTETS_MAX;
}

bool varbind_add_spot(struct varbind_list *l, const struct mib *m,
                      const struct view *v, const struct spot *at,
                      const struct value *value)
{
    uint8_t *name = l->at + l->len + HEAD_SHORT;

    if (!value_fits(l, value))
        return false;
    size_t len = mib_name_ber(m, v, at, name + 2);

    if (len < 0x80) {
        name[0] = TAG_OID;
        name[1] = (uint8_t)len;
        return varbind_end(l, len + 2, value);
    }
    uint8_t head[HEAD_MAX];
    size_t head_len = head_put(head, TAG_OID, len);

    memmove(name + head_len, name + 2, len);
    memcpy(name, head, head_len);
    return varbind_end(l, len + head_len, value);
}

bool varbind_add(struct varbind_list *l, struct oid name,
                 const struct value *value)
{
    if (!value_fits(l, value))
        return false;
    size_t len = oid_put(l->at + l->len + HEAD_SHORT, name);

    return varbind_end(l, len, value);
}
