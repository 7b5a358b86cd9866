#include "topology/keymap.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

enum { ROOM_FIRST = 64 };

uint64_t keymap_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

void keymap_fini(struct keymap *m)
{
    free(m->keys);
    free(m->values);
    *m = (struct keymap){0};
}

/* The slot that holds key, or the free one where it belongs. */
static size_t slot_of(const struct keymap *m, uint64_t key)
{
    size_t at = (size_t)keymap_mix(key) & (m->room - 1);

    while (m->values[at] != KEYMAP_NONE && m->keys[at] != key)
        at = (at + 1) & (m->room - 1);
    return at;
}

static void grow(struct keymap *m)
{
    struct keymap bigger = {.room = m->room > 0 ? 2 * m->room : ROOM_FIRST};

    bigger.keys = mem_array(bigger.room, sizeof *bigger.keys);
    bigger.values = mem_array(bigger.room, sizeof *bigger.values);
    memset(bigger.values, 0xff, bigger.room * sizeof *bigger.values);
    for (size_t i = 0; i < m->room; i++) {
        if (m->values[i] == KEYMAP_NONE)
            continue;
        size_t at = slot_of(&bigger, m->keys[i]);
        bigger.keys[at] = m->keys[i];
        bigger.values[at] = m->values[i];
    }
    bigger.count = m->count;
    keymap_fini(m);
    *m = bigger;
}

uint32_t keymap_find(const struct keymap *m, uint64_t key)
{
    return m->room > 0 ? m->values[slot_of(m, key)] : KEYMAP_NONE;
}

uint32_t keymap_put(struct keymap *m, uint64_t key, uint32_t value)
{
    assert(value != KEYMAP_NONE);
    if (4 * (m->count + 1) > 3 * m->room)
        grow(m);

    size_t at = slot_of(m, key);
    if (m->values[at] == KEYMAP_NONE) {
        m->keys[at] = key;
        m->values[at] = value;
        m->count++;
    }
    return m->values[at];
}

void keymap_set(struct keymap *m, uint64_t key, uint32_t value)
{
    if (keymap_put(m, key, value) != value)
        m->values[slot_of(m, key)] = value;
}
