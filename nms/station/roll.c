#include "station/roll.h"

#include <assert.h>
#include <stdlib.h>

struct roll *roll_new(void)
{
    struct roll *r = mem_new(struct roll);

    r->refs = 1;
    return r;
}

struct roll *roll_follow(struct roll *r)
{
    struct roll *next = roll_new();

    assert(r->next == NULL);
    next->count = r->count;
    next->room = r->count + 1;
    next->at = mem_array(next->room, sizeof(struct device_record *));
    if (r->count > 0)
        memcpy(next->at, r->at, r->count * sizeof(struct device_record *));
    next->refs++; /* r's */
    r->next = next;
    return next;
}

static void let_go(struct roll *r)
{
    while (r->gone.count > 0)
        device_record_unref(r->gone.at[--r->gone.count]);
}

void roll_unref(struct roll *r)
{
    while (r != NULL &&
           __atomic_sub_fetch(&r->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        struct roll *next = r->next;

        let_go(r);
        for (size_t i = 0; next == NULL && i < r->count; i++)
            device_record_unref(r->at[i]);
        array_fini(&r->gone);
        free(r->at);
        free(r);
        r = next;
    }
}

size_t roll_place(const struct roll *r, const char *name)
{
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(r->at[mid]->name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Without a predecessor nobody else has it. */
static void drop(struct roll *r, struct device_record *d)
{
    *array_add(&r->gone) = d;
    if (__atomic_load_n(&r->refs, __ATOMIC_ACQUIRE) == 1)
        let_go(r);
}

void roll_add(struct roll *r, const struct device_record *d)
{
    size_t place = roll_place(r, d->name);

    if (r->count == r->room)
        r->at = mem_grow(r->at, &r->room, sizeof(struct device_record *));
    memmove(r->at + place + 1, r->at + place,
            (r->count - place) * sizeof(struct device_record *));
    r->at[place] = device_record_ref(d);
    r->count++;
}

void roll_remove(struct roll *r, size_t place)
{
    struct device_record *gone = r->at[place];

    r->count--;
    memmove(r->at + place, r->at + place + 1,
            (r->count - place) * sizeof(struct device_record *));
    drop(r, gone);
}

void roll_replace(struct roll *r, size_t place, const struct device_record *d)
{
    struct device_record *gone = r->at[place];

    r->at[place] = device_record_ref(d);
    drop(r, gone);
}
