#include "base/table.h"

#include "base/mem.h"

#include <assert.h>

#include <sys/auxv.h>

enum { KEY_INSIDE = 16, ROOM_FIRST = 8 };

/* Entries lie in the order of insertion; slots, twice as many and a power of
 * two, hold 1 + the number of an entry, 0 = free. An entry that was removed
 * keeps its slot, with no value, until the table is built anew. */
struct entry {
    void *value; /* NULL: removed */
    uint32_t hash, len;
    union {
        uint8_t inside[KEY_INSIDE];
        uint8_t *outside;
    } key;
};

struct table {
    struct entry *entries;
    uint32_t *slots;
    size_t used, room; /* entries, removed ones included */
    size_t count;
    uint64_t seed[2]; /* strangers choose keys: they do not know the hash */
};

static uint32_t hash_of(const struct table *t, struct bytes key)
{
    return (uint32_t)bytes_keyed_hash(t->seed, key);
}

static struct bytes key_of(const struct entry *e)
{
    return (struct bytes){e->len > KEY_INSIDE ? e->key.outside : e->key.inside,
                          e->len};
}

struct table *table_new(void)
{
    struct table *t = mem_new(struct table);

    /* Octets that the kernel drew for this process: no call for each table. */
    memcpy(t->seed, (const void *)getauxval(AT_RANDOM), sizeof t->seed);
    return t;
}

static void entry_fini(struct entry *e)
{
    if (e->len > KEY_INSIDE)
        free(e->key.outside);
}

void table_free(struct table *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->used; i++)
        if (t->entries[i].value != NULL)
            entry_fini(&t->entries[i]);
    free(t->entries);
    free(t->slots);
    free(t);
}

size_t table_count(const struct table *t)
{
    return t->count;
}

static struct entry *entry_find(const struct table *t, struct bytes key,
                                uint32_t hash)
{
    size_t mask = t->room * 2 - 1;

    if (t->room == 0)
        return NULL;
    for (size_t i = hash & mask; t->slots[i] != 0; i = (i + 1) & mask) {
        struct entry *e = &t->entries[t->slots[i] - 1];
        if (e->value != NULL && e->hash == hash && bytes_equal(key_of(e), key))
            return e;
    }
    return NULL;
}

static void slot_take(struct table *t, size_t entry)
{
    size_t mask = t->room * 2 - 1;
    size_t i = t->entries[entry].hash & mask;

    while (t->slots[i] != 0)
        i = (i + 1) & mask;
    t->slots[i] = (uint32_t)(entry + 1);
}

/* Makes room for one more: leaves the removed ones out, doubles where less
 * than a quarter would be gained so. */
static void rebuild(struct table *t)
{
    size_t room = t->room == 0 ? ROOM_FIRST : t->room;
    size_t kept = 0;

    if (t->count > room - room / 4)
        room *= 2;
    assert(room < UINT32_MAX / 2);
    for (size_t i = 0; i < t->used; i++)
        if (t->entries[i].value != NULL)
            t->entries[kept++] = t->entries[i];
    t->used = kept;
    t->room = room;
    t->entries = mem_resize(t->entries, room, sizeof *t->entries);
    free(t->slots);
    t->slots = mem_array(room * 2, sizeof *t->slots);
    for (size_t i = 0; i < t->used; i++)
        slot_take(t, i);
}

void *table_find(const struct table *t, struct bytes key)
{
    if (t->count == 0)
        return NULL;
    struct entry *e = entry_find(t, key, hash_of(t, key));
    return e != NULL ? e->value : NULL;
}

void *table_put(struct table *t, struct bytes key, void *value)
{
    assert(value != NULL && key.len <= UINT32_MAX);
    uint32_t hash = hash_of(t, key);
    struct entry *e = entry_find(t, key, hash);

    if (e != NULL) {
        void *old = e->value;
        e->value = value;
        return old;
    }
    if (t->used == t->room)
        rebuild(t);
    e = &t->entries[t->used];
    *e = (struct entry){.hash = hash, .value = value, .len = (uint32_t)key.len};
    if (key.len > KEY_INSIDE)
        e->key.outside = (uint8_t *)mem_text_of(key.at, key.len);
    else if (key.len > 0)
        memcpy(e->key.inside, key.at, key.len);
    slot_take(t, t->used++);
    t->count++;
    return NULL;
}

void *table_remove(struct table *t, struct bytes key)
{
    if (t->count == 0)
        return NULL;
    struct entry *e = entry_find(t, key, hash_of(t, key));
    if (e == NULL)
        return NULL;

    void *value = e->value;
    entry_fini(e);
    e->value = NULL;
    e->len = 0;
    t->count--;
    return value;
}

bool table_next(const struct table *t, size_t *at, struct bytes *key,
                void **value)
{
    while (*at < t->used && t->entries[*at].value == NULL)
        (*at)++;
    if (*at >= t->used)
        return false;

    const struct entry *e = &t->entries[(*at)++];
    if (key != NULL)
        *key = key_of(e);
    if (value != NULL)
        *value = e->value;
    return true;
}
