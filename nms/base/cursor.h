/* cursor.h - reads octets that a stranger sent.
 *
 * A cursor walks over a span that it does not own and never leaves it. The
 * first read that would, or the first value that a decoder refuses, breaks the
 * cursor: from then on nothing is left and every read gives zero. A decoder
 * therefore reads straight on and asks once, at its end, whether all went
 * well. A broken cursor remembers what broke it, and where.
 *
 * Numbers are in network byte order. Nothing here allocates or logs.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/bytes.h"

/* Made by cursor_over() or cursor_sub(); read through functions. */
struct cursor {
    struct bytes span; /* all that may be read */
    size_t pos;        /* octets consumed, <= span.len */
    size_t base;       /* where span begins in the outermost message */
    const char *why;   /* NULL, or what broke it: a static string */
};

/* A cursor at the first octet of span, which must outlive it. */
struct cursor cursor_over(struct bytes span);

/* True until something has broken c. */
static inline bool cursor_ok(const struct cursor *c)
{
    return c->why == NULL;
}

/* Octets not yet consumed; 0 once broken. */
static inline size_t cursor_left(const struct cursor *c)
{
    return cursor_ok(c) ? c->span.len - c->pos : 0;
}

/* Where c stands, or where it broke, in octets from the outermost message. */
size_t cursor_offset(const struct cursor *c);

/* Breaks c because of why, a static string in the words of the protocol. The
 * first reason stays. */
void cursor_break(struct cursor *c, const char *why);

/* Consumes 1, 2 or 4 octets; 0 if c is or gets broken. */
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);

/* The next octet without consuming it; 0 where there is none. */
static inline uint8_t cursor_peek(const struct cursor *c)
{
    return cursor_left(c) > 0 ? c->span.at[c->pos] : 0;
}

/* All octets not yet consumed, as a view: for decoders that know the usual form
 * by heart, and consume it whole or not at all. */
static inline struct bytes cursor_rest(const struct cursor *c)
{
    size_t left = cursor_left(c);

    return (struct bytes){left > 0 ? c->span.at + c->pos : NULL, left};
}

/* Consumes len octets as a view, valid as long as the span; empty if c is or
 * gets broken. */
struct bytes cursor_bytes(struct cursor *c, size_t len);

/* Consumes len octets and gives a cursor confined to them, for a nested TLV or
 * PDU. If c is or gets broken, so is the child. A child that breaks does not
 * break c: the decoder decides, see cursor_join(). */
struct cursor cursor_sub(struct cursor *c, size_t len);

/* Breaks c if child is broken, with the child's reason and offset. */
void cursor_join(struct cursor *c, const struct cursor *child);

#endif
