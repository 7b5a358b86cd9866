#include "base/cursor.h"

#include <assert.h>

struct cursor cursor_over(struct bytes span)
{
    assert(span.at != NULL || span.len == 0);
    return (struct cursor){.span = span};
}

size_t cursor_offset(const struct cursor *c)
{
    return c->base + c->pos;
}

void cursor_break(struct cursor *c, const char *why)
{
    assert(why != NULL);
    if (cursor_ok(c))
        c->why = why;
}

/* The only place that advances: a view of len octets, empty where fewer are
 * left, which breaks c. Compares lengths and never adds to a pointer first, so
 * no len can wrap around. */
static struct bytes advance(struct cursor *c, size_t len)
{
    if (len > cursor_left(c)) {
        cursor_break(c, "truncated");
        return (struct bytes){NULL, 0};
    }
    if (len == 0)
        return (struct bytes){NULL, 0};

    struct bytes taken = {c->span.at + c->pos, len};
    c->pos += len;
    return taken;
}

static uint32_t number(struct bytes octets)
{
    uint32_t n = 0;

    for (size_t i = 0; i < octets.len; i++)
        n = n << 8 | octets.at[i];
    return n;
}

uint8_t cursor_u8(struct cursor *c)
{
    return (uint8_t)number(advance(c, 1));
}

uint16_t cursor_u16(struct cursor *c)
{
    return (uint16_t)number(advance(c, 2));
}

uint32_t cursor_u32(struct cursor *c)
{
    return number(advance(c, 4));
}

struct bytes cursor_bytes(struct cursor *c, size_t len)
{
    return advance(c, len);
}

struct cursor cursor_sub(struct cursor *c, size_t len)
{
    struct cursor child = {.base = cursor_offset(c)};

    child.span = advance(c, len);
    child.why = c->why;
    return child;
}

void cursor_join(struct cursor *c, const struct cursor *child)
{
    if (!cursor_ok(c) || cursor_ok(child))
        return;
    c->pos = cursor_offset(child) - c->base;
    c->why = child->why;
}
