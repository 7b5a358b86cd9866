#include "base/mem.h"

#include "base/log.h"

#include <stdint.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

enum { ARRAY_FIRST = 8 };

/* The allocator keeps freed blocks up to this size at hand for whoever comes
 * next, but not for calloc() (glibc before 2.41). */
enum { AT_HAND_MAX = 1024 };

/* Nothing could be released or told to anyone in an orderly way now. */
static void *checked(void *at, size_t count, size_t size)
{
    if (at != NULL)
        return at;
    log_error("out of memory: no room for %zu objects of %zu octets; ending, "
              "give the station more memory or less to watch",
              count, size);
    _exit(EX_OSERR);
}

void *mem_zero(size_t size)
{
    if (size > AT_HAND_MAX)
        return checked(calloc(1, size), 1, size);
    void *at = checked(malloc(size > 0 ? size : 1), 1, size);

    memset(at, 0, size);
    return at;
}

void *mem_array(size_t count, size_t size)
{
    size_t octets;

    if (!__builtin_mul_overflow(count, size, &octets) && octets <= AT_HAND_MAX)
        return mem_zero(octets);
    return checked(calloc(count, size), count, size); /* checks the product */
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    return checked(reallocarray(old, count, size), count, size);
}

char *mem_text(const char *text)
{
    return text != NULL ? mem_text_of(text, strlen(text)) : NULL;
}

char *mem_text_of(const void *at, size_t len)
{
    if (len == SIZE_MAX)
        (void)checked(NULL, len, 1);
    char *copy = checked(malloc(len + 1), len, 1);

    if (len > 0)
        memcpy(copy, at, len);
    copy[len] = '\0';
    return copy;
}

void *mem_grow(void *old, size_t *room, size_t size)
{
    if (*room > SIZE_MAX / 2)
        (void)checked(NULL, *room, size);
    size_t more = *room < ARRAY_FIRST ? ARRAY_FIRST : *room + *room / 2;
    void *at = mem_resize(old, more, size);

    *room = more;
    return at;
}
