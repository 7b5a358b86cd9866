/* spares.h - blocks of memory that come and go all the time: who needs one gets
 * the one that was given back last, which the processor's caches still have.
 * For what is larger than the small blocks that malloc() itself keeps so.
 */
#ifndef BASE_SPARES_H
#define BASE_SPARES_H

#include <stddef.h>

/* So many are kept; of so many octets, if nothing else is said. */
enum { SPARE_OCTETS = 8 << 10, SPARES_MAX = 64 };

/* Starts as all zeros. */
struct spares {
    size_t octets; /* of a block; larger ones are malloc()'s. 0: SPARE_OCTETS */
    void *blocks[SPARES_MAX];
    size_t count;
};

/* size octets, not initialised; for spares_give() with the same size. */
void *spares_take(struct spares *s, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));
void spares_give(struct spares *s, void *block, size_t size);

/* Gives back what is kept. */
void spares_fini(struct spares *s);

#endif
