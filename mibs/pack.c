#include "mibs/pack.h"

#include "base/mem.h"

#include <string.h>

enum { LIST_BITS = 7, MORE = 0x80, U64_BITS = 64 };

void pack_expect(struct pack *p, bool is_so)
{
    if (p->reads && !is_so)
        cursor_break(&p->in, "not what was packed");
}

bool pack_ok(const struct pack *p)
{
    return !p->reads || cursor_ok(&p->in);
}

/* Seven bits an octet, the lowest first; the last octet has no MORE. */
static void number_write(struct pack *p, uint64_t v)
{
    while (v >= MORE) {
        buffer_char(&p->out, (char)(uint8_t)(v | MORE));
        v >>= LIST_BITS;
    }
    buffer_char(&p->out, (char)(uint8_t)v);
}

static uint64_t number_read(struct pack *p)
{
    struct bytes rest = cursor_rest(&p->in);
    uint64_t v = 0;

    for (size_t i = 0; i < rest.len && i * LIST_BITS < U64_BITS; i++) {
        v |= (uint64_t)(rest.at[i] & (MORE - 1)) << i * LIST_BITS;
        if ((rest.at[i] & MORE) == 0) {
            (void)cursor_bytes(&p->in, i + 1);
            return v;
        }
    }
    pack_expect(p, false);
    return 0;
}

void pack_u64(struct pack *p, uint64_t *v)
{
    if (p->reads)
        *v = number_read(p);
    else
        number_write(p, *v);
}

/* Small numbers of either sign are short. */
void pack_i64(struct pack *p, int64_t *v)
{
    uint64_t folded = (uint64_t)*v << 1 ^ (uint64_t)(*v >> (U64_BITS - 1));

    pack_u64(p, &folded);
    if (p->reads)
        *v = (int64_t)(folded >> 1 ^ -(folded & 1));
}

void pack_u8(struct pack *p, uint8_t *v, unsigned limit)
{
    if (!p->reads) {
        buffer_char(&p->out, (char)*v);
        return;
    }
    *v = cursor_u8(&p->in);
    if (*v < limit)
        return;
    pack_expect(p, false);
    *v = 0;
}

void pack_bool(struct pack *p, bool *v)
{
    uint8_t octet = *v ? 1 : 0;

    pack_u8(p, &octet, 2);
    *v = octet != 0;
}

void pack_double(struct pack *p, double *v)
{
    struct bytes octets;

    if (!p->reads) {
        buffer_add(&p->out, v, sizeof *v);
        return;
    }
    octets = cursor_bytes(&p->in, sizeof *v);
    *v = 0;
    if (octets.len == sizeof *v)
        memcpy(v, octets.at, sizeof *v);
}

/* 0, or its length and one more, its octets and a NUL. */
void pack_text(struct pack *p, const char **v)
{
    uint64_t len = !p->reads && *v != NULL ? strlen(*v) + 1 : 0;

    pack_u64(p, &len);
    if (!p->reads) {
        buffer_add(&p->out, *v != NULL ? *v : "", (size_t)len);
        return;
    }
    *v = NULL;
    if (len == 0)
        return;
    pack_expect(p, len <= cursor_left(&p->in));
    struct bytes octets = cursor_bytes(&p->in, pack_ok(p) ? (size_t)len : 0);

    if (octets.len > 0 &&
        memchr(octets.at, 0, octets.len) == octets.at + octets.len - 1)
        *v = (const char *)octets.at;
    else
        pack_expect(p, false);
}

void pack_some_text(struct pack *p, const char **v)
{
    pack_text(p, v);
    pack_expect(p, *v != NULL);
    if (p->reads && *v == NULL)
        *v = "";
}

void pack_list(struct pack *p, void *at, size_t *count, size_t size, size_t max)
{
    uint64_t n = *count;

    pack_u64(p, &n);
    if (!p->reads)
        return;
    /* Each element is at least an octet. */
    pack_expect(p, n <= max && n <= cursor_left(&p->in));
    *count = pack_ok(p) ? (size_t)n : 0;
    void *list = *count > 0 ? arena_zero(p->arena, *count * size) : NULL;

    memcpy(at, &list, sizeof list);
}

void pack_oid(struct pack *p, struct oid *v, size_t min)
{
    uint32_t *sub = NULL;

    pack_list(p, &sub, &v->len, sizeof *sub, OID_MAX);
    pack_expect(p, v->len >= min);
    for (size_t i = 0; i < v->len; i++) {
        uint64_t n = p->reads ? 0 : v->sub[i];

        pack_u64(p, &n);
        pack_expect(p, n <= UINT32_MAX);
        if (p->reads)
            sub[i] = (uint32_t)n;
    }
    if (p->reads)
        v->sub = sub;
}
