#include "station/owners.h"

#include "base/mem.h"

#include <stdlib.h>

#include <sys/auxv.h>

enum { ROOM_FIRST = 64, PARTS = 4 }; /* three parts are in use at most */

/* An address leads to its owner: places behind each other, from where its hash
 * points to, until one that is free. That a hash is another address's too would
 * be an accident of one in 2^64 for each pair. */
struct place {
    uint64_t hash;
    struct device *owner; /* NULL: free */
};

struct owners {
    struct place *places;
    size_t used, room; /* room: a power of two, or 0 */
    uint64_t seed[2];  /* strangers choose addresses */
};

static uint64_t hash_of(const struct owners *o, const struct addr *addr)
{
    static const uint64_t apart = 0x9e3779b97f4a7c15; /* 2^64 / golden ratio */

    return bytes_keyed_hash(o->seed, addr_octets(addr)) ^ addr->zone * apart;
}

/* Where this hash is, or the free place where it would be. */
static struct place *place_of(const struct owners *o, uint64_t hash)
{
    size_t at = hash & (o->room - 1);

    while (o->places[at].owner != NULL && o->places[at].hash != hash)
        at = (at + 1) & (o->room - 1);
    return &o->places[at];
}

static void make_room(struct owners *o)
{
    struct place *before = o->places;
    size_t room = o->room;

    if (room > 0 && o->used + 1 <= room - room / PARTS)
        return;
    o->room = room == 0 ? ROOM_FIRST : room * 2;
    o->places = mem_array(o->room, sizeof *o->places);
    for (size_t i = 0; i < room; i++)
        if (before[i].owner != NULL)
            *place_of(o, before[i].hash) = before[i];
    free(before);
}

struct owners *owners_new(void)
{
    struct owners *o = mem_new(struct owners);

    /* Octets that the kernel drew for this process. */
    memcpy(o->seed, (const void *)getauxval(AT_RANDOM), sizeof o->seed);
    make_room(o);
    return o;
}

void owners_free(struct owners *o)
{
    if (o == NULL)
        return;
    free(o->places);
    free(o);
}

struct device *owners_find(const struct owners *o, const struct addr *addr)
{
    return place_of(o, hash_of(o, addr))->owner;
}

void owners_add(struct owners *o, const struct addr *addr, struct device *d)
{
    uint64_t hash = hash_of(o, addr);

    make_room(o);
    struct place *p = place_of(o, hash);
    o->used += p->owner == NULL;
    *p = (struct place){hash, d};
}

/* Those behind move up, as far as where their hashes point to. */
struct device *owners_remove(struct owners *o, const struct addr *addr)
{
    struct place *p = place_of(o, hash_of(o, addr));
    struct device *d = p->owner;
    size_t mask = o->room - 1, hole = (size_t)(p - o->places);

    if (d == NULL)
        return NULL;
    for (size_t i = (hole + 1) & mask; o->places[i].owner != NULL;
         i = (i + 1) & mask) {
        size_t home = o->places[i].hash & mask;

        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        o->places[hole] = o->places[i];
        hole = i;
    }
    o->places[hole].owner = NULL;
    o->used--;
    return d;
}
