#include "mibs/oid.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

struct oid oid_view(const struct oid_store *o)
{
    return (struct oid){o->sub, o->len};
}

void oid_copy(struct oid_store *out, struct oid from)
{
    assert(from.len <= OID_MAX);
    if (from.len > 0)
        memmove(out->sub, from.sub, from.len * sizeof *from.sub);
    out->len = from.len;
}

bool oid_push(struct oid_store *o, uint32_t sub)
{
    if (o->len >= OID_MAX)
        return false;
    o->sub[o->len++] = sub;
    return true;
}

bool oid_append(struct oid_store *o, struct oid tail)
{
    if (tail.len > OID_MAX - o->len)
        return false;
    if (tail.len > 0)
        memmove(o->sub + o->len, tail.sub, tail.len * sizeof *tail.sub);
    o->len += tail.len;
    return true;
}

int oid_compare(struct oid a, struct oid b)
{
    size_t common = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < common; i++)
        if (a.sub[i] != b.sub[i])
            return a.sub[i] < b.sub[i] ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

/* Names of one table differ at their ends. */
bool oid_equal(struct oid a, struct oid b)
{
    if (a.len != b.len || a.len == 0)
        return a.len == b.len;
    return a.sub[a.len - 1] == b.sub[a.len - 1] &&
           memcmp(a.sub, b.sub, a.len * sizeof *a.sub) == 0;
}

bool oid_begins(struct oid whole, struct oid prefix)
{
    return whole.len >= prefix.len &&
           oid_equal((struct oid){whole.sub, prefix.len}, prefix);
}

struct oid oid_tail(struct oid whole, size_t n)
{
    if (n >= whole.len)
        return (struct oid){0};
    return (struct oid){whole.sub + n, whole.len - n};
}

/* Digits at *at as one sub-identifier; moves *at behind them. */
static bool read_sub(const char **at, uint32_t *out)
{
    const char *p = *at;
    uint64_t number = 0;

    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        number = number * 10 + (uint64_t)(*p - '0');
        if (number > UINT32_MAX)
            return false;
    }
    *at = p;
    *out = (uint32_t)number;
    return true;
}

int oid_parse(const char *text, struct oid_store *out)
{
    uint32_t sub = 0;

    out->len = 0;
    if (*text == '.')
        text++;
    while (read_sub(&text, &sub) && oid_push(out, sub)) {
        if (*text == '\0')
            return 0;
        if (*text++ != '.')
            break;
    }
    out->len = 0;
    return -EINVAL;
}

/* Writes a dot and the digits of n so that they end before end; gives their
 * begin. */
static char *put_sub(uint32_t n, char *end)
{
    enum { BASE = 10 };

    do
        *--end = (char)('0' + n % BASE);
    while ((n /= BASE) > 0);
    *--end = '.';
    return end;
}

const char *oid_format(struct oid o, char *out, size_t len)
{
    char sub[sizeof ".4294967295"], *end = sub + sizeof sub;
    size_t at = 0;

    if (len == 0)
        return out;
    for (size_t i = 0; i < o.len; i++) {
        const char *begin = put_sub(o.sub[i], end) + (i == 0 ? 1 : 0);
        size_t count = (size_t)(end - begin), room = len - 1 - at;

        count = count < room ? count : room;
        memcpy(out + at, begin, count);
        at += count;
    }
    out[at] = '\0';
    return out;
}

struct oid oid_nth_text(struct oid index, unsigned nth)
{
    while (index.len > 0 && index.sub[0] < index.len) {
        size_t len = index.sub[0];

        if (nth-- <= 1)
            return (struct oid){index.sub + 1, len};
        index = oid_tail(index, len + 1);
    }
    return (struct oid){0};
}
