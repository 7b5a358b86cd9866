/* mem.h - memory of our own choosing, which does not fail.
 *
 * Where there is none the process ends with a line that says so: the unit
 * restarts it and the store is consistent. Memory whose size a stranger chose
 * is first held against a named limit.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* size octets of zeros; free() releases them. */
void *mem_zero(size_t size)
    __attribute__((malloc, returns_nonnull, warn_unused_result));

/* One zeroed object of a type. */
#define mem_new(type) ((type *)mem_zero(sizeof(type)))

/* count zeroed objects of size octets each; the product may not overflow. */
void *mem_array(size_t count, size_t size)
    __attribute__((malloc, returns_nonnull, warn_unused_result));

/* old, which may be NULL, with room for count objects of size octets; what is
 * beyond the old contents is not initialised. */
void *mem_resize(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/* A copy of text, NUL-terminated; mem_text(NULL) is NULL. free() it. */
char *mem_text(const char *text) __attribute__((warn_unused_result));

/* A copy of len octets with a NUL behind them. */
char *mem_text_of(const void *at, size_t len)
    __attribute__((returns_nonnull, warn_unused_result));

/* A growable array. Declare: struct ports ARRAY_OF(struct port); starts as all
 * zeros, is released by array_fini(). */
#define ARRAY_OF(type)      \
    {                       \
        type *at;           \
        size_t count, room; \
    }

/* A pointer to a new, zeroed last element of *array, valid until the next one
 * is added. */
#define array_add(array)                                              \
    ((array)->count == (array)->room                                  \
         ? (void)((array)->at = mem_grow((array)->at, &(array)->room, \
                                         sizeof *(array)->at))        \
         : (void)0,                                                   \
     memset(&(array)->at[(array)->count], 0, sizeof *(array)->at),    \
     &(array)->at[(array)->count++])

/* Gives back what *array has room for beyond its elements. */
#define array_trim(array)                                               \
    ((array)->count > 0 && (array)->room > (array)->count               \
         ? (void)((array)->at = mem_resize((array)->at, (array)->count, \
                                           sizeof *(array)->at),        \
                  (array)->room = (array)->count)                       \
         : (void)0)

#define array_fini(array)                   \
    (free((array)->at), (array)->at = NULL, \
     (void)((array)->count = (array)->room = 0))

/* For array_add(): old with more room, and *room told. */
void *mem_grow(void *old, size_t *room, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
