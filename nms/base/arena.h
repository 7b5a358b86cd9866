/* arena.h - many small things that are released together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"
#include "base/own.h"

struct arena;

struct arena *arena_new(void);
/* With room for so many octets, and no more until it needs it. */
struct arena *arena_new_of(size_t octets);
void arena_free(struct arena *a);
OWNED_BY(struct arena, arena_free)

/* Overwrites all that it gave, as there are secrets in it: before its end. */
void arena_wipe(struct arena *a);

/* size zeroed octets, aligned for anything, as long as the arena lives. */
void *arena_zero(struct arena *a, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/* A NUL-terminated copy of text; NULL and "" give "" (static). */
const char *arena_text(struct arena *a, const char *text)
    __attribute__((returns_nonnull));

/* A NUL-terminated copy of len octets. */
const char *arena_text_of(struct arena *a, const void *at, size_t len)
    __attribute__((returns_nonnull));

/* A copy of octets. */
struct bytes arena_bytes(struct arena *a, struct bytes b);

/* Octets that the arena holds, its overhead included. */
size_t arena_size(const struct arena *a);

#endif
