#include "wire/wheel.h"

#include <utlist.h>

enum { BITS = 64 };

static const int64_t tick_ns = (int64_t)WHEEL_TICK_MS * 1000000;

static size_t slot_of(int64_t tick)
{
    return (size_t)(tick % WHEEL_SLOTS);
}

void wheel_init(struct wheel *w, struct mono now)
{
    *w = (struct wheel){.tick = now.ns / tick_ns};
}

/* Those of a later turn of the wheel come behind those of this one, so that
 * only the first is looked at. Who comes later is mostly due later. */
static void slot_put(struct wheel_entry **slot, struct wheel_entry *entry)
{
    struct wheel_entry *before = *slot != NULL ? (*slot)->prev : NULL;

    while (before != NULL && before->tick > entry->tick)
        before = before != *slot ? before->prev : NULL;
    if (before != NULL)
        DL_APPEND_ELEM(*slot, before, entry);
    else
        DL_PREPEND(*slot, entry);
}

void wheel_put(struct wheel *w, struct wheel_entry *entry, struct mono due)
{
    int64_t tick = (due.ns + tick_ns - 1) / tick_ns;

    entry->tick = tick > w->tick ? tick : w->tick;
    size_t slot = slot_of(entry->tick);
    slot_put(&w->slots[slot], entry);
    w->taken[slot / BITS] |= UINT64_C(1) << slot % BITS;
    w->count++;
}

void wheel_remove(struct wheel *w, struct wheel_entry *entry)
{
    if (entry->tick == 0)
        return;
    size_t slot = slot_of(entry->tick);
    DL_DELETE(w->slots[slot], entry);
    if (w->slots[slot] == NULL)
        w->taken[slot / BITS] &= ~(UINT64_C(1) << slot % BITS);
    entry->tick = 0;
    w->count--;
}

/* The first entry of the slot at hand that is due by tick. */
static struct wheel_entry *due_by(struct wheel *w, int64_t tick)
{
    struct wheel_entry *first = w->slots[slot_of(w->tick)];

    return first != NULL && first->tick <= tick ? first : NULL;
}

struct wheel_entry *wheel_expire(struct wheel *w, struct mono now)
{
    int64_t tick = now.ns / tick_ns;

    if (w->count == 0)
        w->tick = tick > w->tick ? tick : w->tick;
    if (w->tick + WHEEL_SLOTS <= tick) /* slept a whole turn: once is enough */
        w->tick = tick - WHEEL_SLOTS + 1;
    for (; w->tick <= tick; w->tick++) {
        struct wheel_entry *entry = due_by(w, tick);

        if (entry != NULL) {
            wheel_remove(w, entry);
            return entry;
        }
        if (w->tick == tick)
            break; /* this slot may get entries yet */
    }
    return NULL;
}

bool wheel_next(const struct wheel *w, struct mono *due)
{
    if (w->count == 0)
        return false;
    size_t first = slot_of(w->tick);
    for (size_t i = 0; i < WHEEL_SLOTS; i++) {
        size_t slot = (first + i) % WHEEL_SLOTS;

        if (w->taken[slot / BITS] == 0 && slot % BITS == 0 &&
            i + BITS < WHEEL_SLOTS) {
            i += BITS - 1;
            continue;
        }
        if (w->slots[slot] == NULL)
            continue;
        due->ns = (w->tick + (int64_t)i) * tick_ns;
        return true;
    }
    return false;
}
