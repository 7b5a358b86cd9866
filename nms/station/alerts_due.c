/* What waits for a moment: a heap, the first due at its top. */
#include "station/alerts_parts.h"

#include <assert.h>

static bool is_before(const struct dues *d, size_t i, size_t k)
{
    return d->at[i]->due.ns < d->at[k]->due.ns;
}

static void swap(struct dues *d, size_t i, size_t k)
{
    struct alert *moved = d->at[i];

    d->at[i] = d->at[k];
    d->at[k] = moved;
    d->at[i]->due_place = i;
    d->at[k]->due_place = k;
}

static void rise(struct dues *d, size_t i)
{
    for (; i > 0 && is_before(d, i, (i - 1) / 2); i = (i - 1) / 2)
        swap(d, i, (i - 1) / 2);
}

static void sink(struct dues *d, size_t i)
{
    for (size_t least = i;; i = least) {
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < d->count; k++)
            if (is_before(d, k, least))
                least = k;
        if (least == i)
            return;
        swap(d, i, least);
    }
}

void alerts_not_due(struct alerts *a, struct alert *alert)
{
    struct dues *d = &a->dues;
    size_t place = alert->due_place;

    if (place == SIZE_MAX)
        return;
    assert(d->at[place] == alert);
    swap(d, place, d->count - 1);
    d->count--;
    alert->due_place = SIZE_MAX;
    if (place < d->count) {
        rise(d, place);
        sink(d, place);
    }
}

void alerts_due_at(struct alerts *a, struct alert *alert, struct mono due)
{
    alerts_not_due(a, alert);
    alert->due = due;
    alert->due_place = a->dues.count;
    *array_add(&a->dues) = alert;
    rise(&a->dues, alert->due_place);
}

struct alert *alerts_take_due(struct alerts *a, struct mono now)
{
    if (a->dues.count == 0 || !mono_reached(now, a->dues.at[0]->due))
        return NULL;
    struct alert *alert = a->dues.at[0];
    alerts_not_due(a, alert);
    return alert;
}
