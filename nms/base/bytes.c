#include "base/bytes.h"

#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_FIRST = 64 };

struct bytes bytes_of_text(const char *text)
{
    if (text == NULL)
        return (struct bytes){NULL, 0};
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

uint64_t bytes_hash(struct bytes b)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < b.len; i++)
        hash = (hash ^ b.at[i]) * UINT64_C(0x100000001b3);
    /* FNV leaves the high bits of short keys alike; phases are taken from any
     * bits, so all are mixed (the finaliser of MurmurHash3). */
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

void buffer_fini(struct buffer *b)
{
    free(b->at);
    *b = (struct buffer){0};
}

void buffer_clear(struct buffer *b)
{
    b->len = 0;
    if (b->at != NULL)
        b->at[0] = '\0';
}

/* Room for len more octets and the NUL. */
void buffer_reserve(struct buffer *b, size_t len)
{
    assert(len < SIZE_MAX / 4 && b->len < SIZE_MAX / 4);
    size_t need = b->len + len + 1;

    if (need <= b->room)
        return;
    size_t room = b->room < BUFFER_FIRST ? BUFFER_FIRST : b->room;
    while (room < need)
        room *= 2;
    b->at = mem_resize(b->at, room, 1);
    b->room = room;
}

void buffer_add(struct buffer *b, const void *at, size_t len)
{
    buffer_reserve(b, len);
    if (len > 0)
        memcpy(b->at + b->len, at, len);
    b->len += len;
    b->at[b->len] = '\0';
}

void buffer_text(struct buffer *b, const char *text)
{
    buffer_add(b, text, text != NULL ? strlen(text) : 0);
}

void buffer_char(struct buffer *b, char c)
{
    if (b->room - b->len < 2)
        buffer_reserve(b, 1);
    b->at[b->len++] = c;
    b->at[b->len] = '\0';
}

void buffer_format(struct buffer *b, const char *fmt, ...)
{
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    buffer_reserve(b, 0);
    int len = vsnprintf(b->at + b->len, b->room - b->len, fmt, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len >= b->room - b->len) {
        buffer_reserve(b, (size_t)len);
        (void)vsnprintf(b->at + b->len, b->room - b->len, fmt, again);
    }
    va_end(again);
    b->len += (size_t)len;
}

char *buffer_take(struct buffer *b)
{
    buffer_reserve(b, 0);
    b->at[b->len] = '\0';

    char *text = b->at;
    *b = (struct buffer){0};
    return text;
}

void buffer_trim(struct buffer *b)
{
    if (b->room <= b->len + 1)
        return;
    b->room = b->len + 1;
    b->at = mem_resize(b->at, b->room, 1);
}

void buffer_move(struct buffer *to, struct buffer *from)
{
    *to = *from;
    *from = (struct buffer){0};
}

struct bytes buffer_view(const struct buffer *b)
{
    return (struct bytes){(const uint8_t *)b->at, b->len};
}

static uint64_t word_of(const uint8_t *at, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, at, len);
    return word;
}

static uint64_t rotated(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotated(v[1], 13) ^ v[0];
    v[3] = rotated(v[3], 16) ^ v[2];
    v[0] = rotated(v[0], 32) + v[3];
    v[2] += v[1];
    v[3] = rotated(v[3], 21) ^ v[0];
    v[1] = rotated(v[1], 17) ^ v[2];
    v[2] = rotated(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012). */
uint64_t bytes_keyed_hash(const uint64_t seed[2], struct bytes key)
{
    uint64_t v[4] = {seed[0] ^ UINT64_C(0x736f6d6570736575),
                     seed[1] ^ UINT64_C(0x646f72616e646f6d),
                     seed[0] ^ UINT64_C(0x6c7967656e657261),
                     seed[1] ^ UINT64_C(0x7465646279746573)};
    size_t at = 0;

    for (; key.len - at >= 8; at += 8) {
        uint64_t word = word_of(key.at + at, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)key.len << 56;
    if (key.len > at)
        last |= word_of(key.at + at, key.len - at);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (unsigned i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
