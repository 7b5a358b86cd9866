#include "north/agentx_pdu.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>

enum { VERSION = 1, LEN_AT = 16, PADDED = 4 };

/* ---- reading ---- */

uint16_t agentx_read_u16(struct agentx_reader *r)
{
    uint16_t n = cursor_u16(&r->c);

    return r->swapped ? __builtin_bswap16(n) : n;
}

uint32_t agentx_read_u32(struct agentx_reader *r)
{
    uint32_t n = cursor_u32(&r->c);

    return r->swapped ? __builtin_bswap32(n) : n;
}

static uint64_t read_u64(struct agentx_reader *r)
{
    uint64_t first = agentx_read_u32(r);
    uint64_t second = agentx_read_u32(r);

    return r->swapped ? second << 32 | first : first << 32 | second;
}

int agentx_header_read(struct bytes octets, struct agentx_header *out)
{
    struct agentx_reader r = {.c = cursor_over(octets)};
    struct agentx_header seen = {0};

    *out = (struct agentx_header){0};
    uint8_t version = cursor_u8(&r.c);
    seen.type = cursor_u8(&r.c);
    seen.flags = cursor_u8(&r.c);
    r.swapped = (seen.flags & AGENTX_NETWORK_BYTE_ORDER) == 0;
    (void)cursor_u8(&r.c); /* reserved */
    seen.session = agentx_read_u32(&r);
    seen.transaction = agentx_read_u32(&r);
    seen.packet = agentx_read_u32(&r);
    seen.len = agentx_read_u32(&r);
    if (!cursor_ok(&r.c) || version != VERSION || seen.len % PADDED != 0 ||
        seen.len > AGENTX_PAYLOAD_MAX)
        return -EBADMSG;
    *out = seen;
    return 0;
}

struct agentx_reader agentx_reader_of(const struct agentx_header *h,
                                      struct bytes payload)
{
    return (struct agentx_reader){
        .c = cursor_over(payload),
        .swapped = (h->flags & AGENTX_NETWORK_BYTE_ORDER) == 0};
}

/* RFC 2741, 5.3: a length, octets, padding. */
struct bytes agentx_read_octets(struct agentx_reader *r)
{
    uint32_t len = agentx_read_u32(r);
    struct bytes b = cursor_bytes(&r->c, len);

    (void)cursor_bytes(&r->c, (PADDED - len % PADDED) % PADDED);
    return cursor_ok(&r->c) ? b : (struct bytes){0};
}

struct bytes agentx_read_context(struct agentx_reader *r,
                                 const struct agentx_header *h)
{
    return (h->flags & AGENTX_NON_DEFAULT_CONTEXT) != 0 ? agentx_read_octets(r)
                                                        : (struct bytes){0};
}

/* RFC 2741, 5.1: a prefix n stands for 1.3.6.1.n. */
void agentx_read_oid(struct agentx_reader *r, struct oid_store *out,
                     bool *include)
{
    static const uint32_t internet[] = {1, 3, 6, 1};

    out->len = 0;
    uint8_t count = cursor_u8(&r->c);
    uint8_t prefix = cursor_u8(&r->c);
    uint8_t flag = cursor_u8(&r->c);
    (void)cursor_u8(&r->c); /* reserved */
    if (prefix != 0) {
        (void)oid_append(out, (struct oid){internet, COUNT_OF(internet)});
        (void)oid_push(out, prefix);
    }
    for (unsigned i = 0; i < count && cursor_ok(&r->c); i++)
        if (!oid_push(out, agentx_read_u32(r)))
            cursor_break(&r->c, "an OID of more than 128 sub-identifiers");
    if (!cursor_ok(&r->c))
        out->len = 0;
    if (include != NULL)
        *include = flag != 0;
}

void agentx_read_range(struct agentx_reader *r, struct agentx_range *out)
{
    agentx_read_oid(r, &out->from, &out->include);
    agentx_read_oid(r, &out->to, NULL);
}

void agentx_read_binding(struct agentx_reader *r, struct agentx_binding *out)
{
    uint16_t type = agentx_read_u16(r);

    (void)agentx_read_u16(r); /* reserved */
    agentx_read_oid(r, &out->name, NULL);
    out->oid.len = 0;
    out->value = (struct value){.type = (uint8_t)type};
    switch (type) {
    case VALUE_INTEGER:
        out->value.integer = (int32_t)agentx_read_u32(r);
        break;
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
        out->value.number = agentx_read_u32(r);
        break;
    case VALUE_COUNTER64:
        out->value.number = read_u64(r);
        break;
    case VALUE_OCTETS:
    case VALUE_IP:
    case VALUE_OPAQUE:
        out->value.octets = agentx_read_octets(r);
        break;
    case VALUE_OID:
        agentx_read_oid(r, &out->oid, NULL);
        out->value.oid = oid_view(&out->oid);
        break;
    case VALUE_NULL:
    case VALUE_NO_OBJECT:
    case VALUE_NO_INSTANCE:
    case VALUE_END_OF_VIEW:
        break;
    default:
        cursor_break(&r->c, "a value of an unknown type");
    }
}

/* ---- writing ---- */

void agentx_put_u8(struct buffer *out, uint8_t n)
{
    buffer_add(out, &n, sizeof n);
}

void agentx_put_u16(struct buffer *out, uint16_t n)
{
    const uint8_t octets[] = {(uint8_t)(n >> 8), (uint8_t)n};

    buffer_add(out, octets, sizeof octets);
}

static void encode_u32(uint32_t n, uint8_t out[4])
{
    out[0] = (uint8_t)(n >> 24);
    out[1] = (uint8_t)(n >> 16);
    out[2] = (uint8_t)(n >> 8);
    out[3] = (uint8_t)n;
}

void agentx_put_u32(struct buffer *out, uint32_t n)
{
    uint8_t octets[4];

    encode_u32(n, octets);
    buffer_add(out, octets, sizeof octets);
}

void agentx_put_octets(struct buffer *out, struct bytes b)
{
    static const uint8_t zeros[PADDED];

    agentx_put_u32(out, (uint32_t)b.len);
    buffer_add(out, b.at, b.len);
    buffer_add(out, zeros, (PADDED - b.len % PADDED) % PADDED);
}

/* What begins with 1.3.6.1.n is told by n, if that is one octet. */
static bool has_prefix(struct oid o)
{
    enum { PREFIX_LEN = 5 };

    return o.len >= PREFIX_LEN && o.sub[0] == 1 && o.sub[1] == 3 &&
           o.sub[2] == 6 && o.sub[3] == 1 && o.sub[4] > 0 &&
           o.sub[4] <= UINT8_MAX;
}

void agentx_put_oid(struct buffer *out, struct oid o, bool include)
{
    enum { PREFIX_AT = 4 };
    bool prefix = has_prefix(o);
    struct oid rest = prefix ? oid_tail(o, PREFIX_AT + 1) : o;
    uint8_t octets[4 + OID_MAX * 4];

    octets[0] = (uint8_t)rest.len;
    octets[1] = prefix ? (uint8_t)o.sub[PREFIX_AT] : 0;
    octets[2] = include ? 1 : 0;
    octets[3] = 0;
    for (size_t i = 0; i < rest.len; i++)
        encode_u32(rest.sub[i], octets + 4 + i * 4);
    buffer_add(out, octets, 4 + rest.len * 4);
}

static void put_value(struct buffer *out, const struct value *v)
{
    switch (v->type) {
    case VALUE_INTEGER:
        agentx_put_u32(out, (uint32_t)v->integer);
        break;
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
        agentx_put_u32(out, (uint32_t)v->number);
        break;
    case VALUE_COUNTER64:
        agentx_put_u32(out, (uint32_t)(v->number >> 32));
        agentx_put_u32(out, (uint32_t)v->number);
        break;
    case VALUE_OCTETS:
    case VALUE_IP:
    case VALUE_OPAQUE:
        agentx_put_octets(out, v->octets);
        break;
    case VALUE_OID:
        agentx_put_oid(out, v->oid, false);
        break;
    default: /* Null and the exceptions have none */
        break;
    }
}

void agentx_put_varbind(struct buffer *out, struct oid name,
                        const struct value *value)
{
    agentx_put_u16(out, value->type == VALUE_NONE ? VALUE_NULL : value->type);
    agentx_put_u16(out, 0);
    agentx_put_oid(out, name, false);
    put_value(out, value);
}

size_t agentx_begin(struct buffer *out, const struct agentx_header *h)
{
    size_t begun = out->len;

    agentx_put_u8(out, VERSION);
    agentx_put_u8(out, h->type);
    agentx_put_u8(out, h->flags | AGENTX_NETWORK_BYTE_ORDER);
    agentx_put_u8(out, 0);
    agentx_put_u32(out, h->session);
    agentx_put_u32(out, h->transaction);
    agentx_put_u32(out, h->packet);
    agentx_put_u32(out, 0); /* the length, when it is known */
    return begun;
}

void agentx_end(struct buffer *out, size_t begun)
{
    uint8_t octets[4];

    encode_u32((uint32_t)(out->len - begun - AGENTX_HEADER), octets);
    memcpy(out->at + begun + LEN_AT, octets, sizeof octets);
}
