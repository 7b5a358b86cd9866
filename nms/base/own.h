/* own.h - locals that are released when their scope ends, unless taken.
 *
 * OWNED_BY(struct profile, profile_free) once, beside the type; then
 * OWNED(profile_free) struct profile *p = profile_new(); and TAKE(p) where
 * somebody else becomes the owner. An owned variable is initialised where it
 * is declared and never reassigned.
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define OWNED(free_fn) __attribute__((cleanup(free_fn##_at)))

/* Makes free_fn usable with OWNED(); free_fn takes a type * that is not NULL.
 */
#define OWNED_BY(type, free_fn)                                          \
    __attribute__((unused)) static inline void free_fn##_at(type **slot) \
    {                                                                    \
        if (*slot != NULL)                                               \
            free_fn(*slot);                                              \
    }

/* Gives up p: its value, for the new owner; p itself becomes NULL. */
#define TAKE(p)                     \
    __extension__({                 \
        __typeof__(p) taken_ = (p); \
        (p) = NULL;                 \
        taken_;                     \
    })

OWNED_BY(FILE, fclose)
OWNED_BY(char, free)

#endif
