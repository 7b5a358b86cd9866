#include "station/maps_kept.h"

#include "base/own.h"

#include <stdlib.h>

enum { KEPT_OCTETS = 48 << 20, KEPT_MS = 60000 };

struct drawn *drawn_new(void)
{
    struct drawn *d = mem_new(struct drawn);

    d->refs = 1;
    return d;
}

struct drawn *drawn_ref(struct drawn *d)
{
    d->refs++;
    return d;
}

void drawn_unref(struct drawn *d)
{
    if (d == NULL || --d->refs > 0)
        return;
    buffer_fini(&d->octets);
    free(d);
}

struct drawn *maps_kept_find(const struct maps_kept *m, uint64_t key,
                             struct mono now)
{
    for (size_t i = 0; i < MAPS_KEPT; i++)
        if (m->at[i].key == key && m->at[i].picture != NULL &&
            !mono_reached(now, m->at[i].until))
            return m->at[i].picture;
    return NULL;
}

static void let_go(struct kept *k)
{
    drawn_unref(TAKE(k->picture));
}

void maps_kept_add(struct maps_kept *m, uint64_t key, struct drawn *picture,
                   struct mono now)
{
    size_t total = picture->octets.len;

    if (total > KEPT_OCTETS / 2)
        return;
    for (size_t i = 0; i < MAPS_KEPT; i++) {
        if (mono_reached(now, m->at[i].until))
            let_go(&m->at[i]);
        if (m->at[i].picture != NULL)
            total += m->at[i].picture->octets.len;
    }
    if (total > KEPT_OCTETS)
        maps_kept_fini(m);
    struct kept *k = &m->at[m->next++ % MAPS_KEPT];
    let_go(k);
    *k = (struct kept){key, mono_after_ms(now, KEPT_MS), drawn_ref(picture)};
}

void maps_kept_fini(struct maps_kept *m)
{
    for (size_t i = 0; i < MAPS_KEPT; i++)
        let_go(&m->at[i]);
}
