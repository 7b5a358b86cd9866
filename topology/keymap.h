/* keymap.h - from 64-bit keys to dense numbers: open addressing, no removal.
 *
 * Made for a million addresses: 12 octets a slot, one probe most of the time.
 */
#ifndef TOPOLOGY_KEYMAP_H
#define TOPOLOGY_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No number: what is not there. */
#define KEYMAP_NONE UINT32_MAX

/* All zeros is an empty one. */
struct keymap {
    uint64_t *keys;
    uint32_t *values; /* KEYMAP_NONE: a free slot */
    size_t count, room;
};

void keymap_fini(struct keymap *m);

/* The number under key, KEYMAP_NONE if there is none. */
uint32_t keymap_find(const struct keymap *m, uint64_t key);

/* The number under key; where there was none it becomes value (not
 * KEYMAP_NONE), and value is given. */
uint32_t keymap_put(struct keymap *m, uint64_t key, uint32_t value);

/* Puts value under key, whatever was there. */
void keymap_set(struct keymap *m, uint64_t key, uint32_t value);

/* Spreads the bits of a number over all 64. */
uint64_t keymap_mix(uint64_t x);

#endif
