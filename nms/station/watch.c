#include "station/watch.h"

#include "base/mem.h"

#include <stdlib.h>

enum { ROOM_FIRST = 4 };

struct watch *watch_new(void)
{
    return mem_new(struct watch);
}

static void kept_free(struct kept *k)
{
    window_free(k->window);
    baseline_free(k->baseline);
    free(k->part);
    free(k);
}

static void forget_all(struct watched *e)
{
    for (struct kept *k = e->kept, *next; k != NULL; k = next) {
        next = k->next;
        kept_free(k);
    }
    e->kept = NULL;
}

void watch_free(struct watch *w)
{
    if (w == NULL)
        return;
    for (uint32_t i = 0; i < w->count; i++)
        forget_all(&w->at[i]);
    free(w->at);
    free(w->slots);
    free(w);
}

uint64_t watch_key(enum series_group group, const char *object)
{
    return bytes_hash(bytes_of_text(object)) ^
           (uint64_t)(group + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* A secret factor: devices do not know which of their objects share slots. */
static uint32_t slot_of(const struct watch *w, uint64_t key, uint64_t spread)
{
    return (uint32_t)((key * (spread | 1)) >> 32) & (w->slot_count - 1);
}

/* The slot that has key, or the free one where it belongs. */
static uint32_t find_slot(const struct watch *w, uint64_t key, uint64_t spread)
{
    uint32_t at = slot_of(w, key, spread);

    while (w->slots[at] != 0 && w->at[w->slots[at] - 1].key != key)
        at = (at + 1) & (w->slot_count - 1);
    return at;
}

static void lay_slots(struct watch *w, uint64_t spread)
{
    free(w->slots);
    w->slots = mem_array(w->slot_count, sizeof *w->slots);
    for (uint32_t i = 0; i < w->count; i++)
        w->slots[find_slot(w, w->at[i].key, spread)] = i + 1;
}

struct watched *watch_entry(struct watch *w, uint64_t key, uint64_t spread)
{
    uint32_t at = 0;

    if (w->slot_count > 0) {
        at = find_slot(w, key, spread);
        if (w->slots[at] != 0)
            return &w->at[w->slots[at] - 1];
    }
    if (w->count >= WATCHED_MAX)
        return NULL;
    if (w->count == w->room) {
        w->room = w->room > 0 ? w->room + w->room / 2 : ROOM_FIRST;
        w->at = mem_resize(w->at, w->room, sizeof *w->at);
    }
    w->at[w->count] = (struct watched){.key = key};
    if (4 * (w->count + 1) > 3 * w->slot_count) {
        w->slot_count = w->slot_count > 0 ? 2 * w->slot_count : 2 * ROOM_FIRST;
        w->count++;
        lay_slots(w, spread);
    } else {
        w->slots[at] = ++w->count;
    }
    return &w->at[w->count - 1];
}

void watch_remove(struct watch *w, uint32_t i, uint64_t spread)
{
    forget_all(&w->at[i]);
    w->at[i] = w->at[--w->count];
    lay_slots(w, spread);
}

struct kept *watched_kept(const struct watched *e, const char *rule)
{
    struct kept *k = e->kept;

    while (k != NULL && k->rule != rule)
        k = k->next;
    return k;
}

struct kept *watched_keep(struct watched *e, const char *rule)
{
    struct kept *k = watched_kept(e, rule);

    if (k != NULL)
        return k;
    k = mem_new(struct kept);
    k->rule = rule;
    k->next = e->kept;
    e->kept = k;
    return k;
}

void watched_drop(struct watched *e, struct kept *k)
{
    struct kept **at = &e->kept;

    while (*at != k)
        at = &(*at)->next;
    *at = k->next;
    kept_free(k);
}
