#include "station/series_batch.h"

/* Adds a parcel, unless its samples have to stay, or go. Gives the octets that
 * it takes there. */
static size_t add_item(struct batch *b, struct load *l, size_t at,
                       const struct porter_hooks *hooks)
{
    const struct parcel *p = &l->found.parcels.at[at];
    struct bytes path = parcel_path(&l->found, p);

    if (hooks->is_gone(hooks->arg, path, p->first_ms))
        return 0;
    if (hooks->held(hooks->arg, path, p->group) || load_stays(l, path)) {
        load_stay(l, path);
        return 0;
    }
    struct sink_item *item = array_add(&b->items);
    item->line = parcel_line(&l->found, p);
    item->path = path;
    item->samples = p->samples;
    *array_add(&b->parcels) = at;
    return p->len;
}

/* A file comes once in a layer. */
static void fill_next(struct batch *b, struct load *l,
                      const struct porter_hooks *hooks)
{
    size_t octets = 0;

    for (b->behind = l->at; b->behind < l->found.parcels.count; b->behind++) {
        const struct parcel *p = &l->found.parcels.at[b->behind];

        if (b->items.count == BATCH_FILES || octets > BATCH_OCTETS ||
            p->layer != l->found.parcels.at[l->at].layer)
            return;
        octets += add_item(b, l, b->behind, hooks);
    }
}

static void fill(struct batch *b, struct load *l,
                 const struct porter_hooks *hooks)
{
    b->items.count = b->parcels.count = 0;
    b->again = l->missing.count > 0;
    b->behind = l->at;
    for (size_t i = 0; i < l->missing.count; i++)
        (void)add_item(b, l, l->missing.at[i], hooks);
    l->missing.count = 0;
    if (!b->again)
        fill_next(b, l, hooks);
}

bool batch_fill(struct batch *b, struct load *l,
                const struct porter_hooks *hooks)
{
    while (l->missing.count > 0 || l->at < l->found.parcels.count) {
        fill(b, l, hooks);
        if (b->items.count > 0)
            return true;
        l->at = b->behind;
    }
    return false;
}

void batch_fini(struct batch *b)
{
    array_fini(&b->items);
    array_fini(&b->parcels);
}
