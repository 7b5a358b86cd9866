#include "base/arena.h"

#include "base/mem.h"

#include <assert.h>
#include <stdalign.h>

enum { CHUNK_SPARE = 96, CHUNK_FIRST = 1024, CHUNK_MAX = 64 * 1024 };

struct chunk {
    struct chunk *next;
    size_t used, room; /* octets of data */
    alignas(max_align_t) uint8_t data[];
};

struct arena {
    struct chunk *head; /* the one that is filled */
    size_t size, next_room;
};

struct arena *arena_new(void)
{
    struct arena *a = mem_new(struct arena);

    a->size = sizeof *a;
    a->next_room = CHUNK_FIRST - sizeof(struct chunk);
    return a;
}

static struct chunk *chunk_new(struct arena *a, size_t room)
{
    assert(room < SIZE_MAX / 2);
    struct chunk *c = mem_zero(sizeof *c + room);

    c->room = room;
    a->size += sizeof *c + room;
    return c;
}

struct arena *arena_new_of(size_t octets)
{
    struct arena *a = arena_new();

    if (octets > 0)
        a->head = chunk_new(a, octets);
    a->next_room = CHUNK_SPARE;
    return a;
}

void arena_wipe(struct arena *a)
{
    for (struct chunk *c = a->head; c != NULL; c = c->next)
        explicit_bzero(c->data, c->used);
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    for (struct chunk *c = a->head, *next = NULL; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}

/* Something large gets a chunk of its own, behind the one that is filled, so
 * that what is left of that is not lost. */
static void *take_alone(struct arena *a, size_t size)
{
    struct chunk *c = chunk_new(a, size);

    c->used = size;
    if (a->head == NULL) {
        a->head = c;
        return c->data;
    }
    c->next = a->head->next;
    a->head->next = c;
    return c->data;
}

static void *take(struct arena *a, size_t size, size_t align)
{
    size_t pad = 0;

    if (a->head != NULL)
        pad = (align - a->head->used % align) % align;
    if (a->head == NULL || pad > a->head->room - a->head->used ||
        size > a->head->room - a->head->used - pad) {
        if (size > a->next_room / 2)
            return take_alone(a, size);
        struct chunk *c = chunk_new(a, a->next_room);
        c->next = a->head;
        a->head = c;
        pad = 0;
        if (a->next_room < CHUNK_MAX / 2)
            a->next_room = a->next_room * 2 + sizeof *c;
    }

    void *at = a->head->data + a->head->used + pad;
    a->head->used += pad + size;
    return at;
}

void *arena_zero(struct arena *a, size_t size)
{
    return take(a, size > 0 ? size : 1, alignof(max_align_t));
}

const char *arena_text(struct arena *a, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return "";
    return arena_text_of(a, text, strlen(text));
}

const char *arena_text_of(struct arena *a, const void *at, size_t len)
{
    char *copy = take(a, len + 1, 1);

    if (len > 0)
        memcpy(copy, at, len);
    copy[len] = '\0';
    return copy;
}

struct bytes arena_bytes(struct arena *a, struct bytes b)
{
    if (b.len == 0)
        return (struct bytes){NULL, 0};
    uint8_t *copy = take(a, b.len, 1);

    memcpy(copy, b.at, b.len);
    return (struct bytes){copy, b.len};
}

size_t arena_size(const struct arena *a)
{
    return a->size;
}
