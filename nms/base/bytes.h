/* bytes.h - views of octets, and a buffer that grows. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A view of octets that someone else owns. at may be NULL where len is 0. */
struct bytes {
    const uint8_t *at;
    size_t len; /* octets */
};

/* A view of the octets of a NUL-terminated text; NULL gives an empty one. */
struct bytes bytes_of_text(const char *text);

bool bytes_equal(struct bytes a, struct bytes b);

/* Order by octets, the shorter first where one begins the other. */
int bytes_compare(struct bytes a, struct bytes b);

/* A hash that is the same on every machine and day (for phases and spreading;
 * not against an adversary). */
uint64_t bytes_hash(struct bytes b);

/* A hash that nobody can foretell who does not know the seed: for tables of
 * keys that strangers choose. */
uint64_t bytes_keyed_hash(const uint64_t seed[2], struct bytes key);

/* Octets that grow at their end; all zeros is an empty one. The text is always
 * NUL-terminated once something was added, the NUL not counted in len. */
struct buffer {
    char *at;
    size_t len, room;
};

void buffer_fini(struct buffer *b);
void buffer_clear(struct buffer *b);               /* empty, room kept */
void buffer_reserve(struct buffer *b, size_t len); /* room for so many more */
void buffer_add(struct buffer *b, const void *at, size_t len);
void buffer_text(struct buffer *b, const char *text);
void buffer_char(struct buffer *b, char c);
void buffer_format(struct buffer *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The text, for the caller to free(); b is empty afterwards. Never NULL. */
char *buffer_take(struct buffer *b) __attribute__((warn_unused_result));

/* Gives back what b has room for beyond its octets. */
void buffer_trim(struct buffer *b);

/* Moves what from holds to to, which is empty; from is empty afterwards. */
void buffer_move(struct buffer *to, struct buffer *from);

/* A view, valid until b changes. */
struct bytes buffer_view(const struct buffer *b);

static inline void buffer_fini_at(struct buffer *b)
{
    buffer_fini(b);
}
/* struct buffer OWNED_BUFFER b = {0}; */
#define OWNED_BUFFER __attribute__((cleanup(buffer_fini_at)))

#endif
