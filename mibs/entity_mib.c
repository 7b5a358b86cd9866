#include "mibs/entity_mib.h"

#define ENTITY 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1

enum {
    ENTITY_DESCR,
    ENTITY_CONTAINED_IN,
    ENTITY_CLASS,
    ENTITY_POSITION,
    ENTITY_NAME,
    ENTITY_HARDWARE,
    ENTITY_FIRMWARE,
    ENTITY_SOFTWARE,
    ENTITY_SERIAL,
    ENTITY_MFG,
    ENTITY_MODEL,
    ENTITY_ALIAS,
};

static const struct oid entity_columns[] = {
    [ENTITY_DESCR] = OID_INIT(ENTITY, 2),
    [ENTITY_CONTAINED_IN] = OID_INIT(ENTITY, 4),
    [ENTITY_CLASS] = OID_INIT(ENTITY, 5),
    [ENTITY_POSITION] = OID_INIT(ENTITY, 6),
    [ENTITY_NAME] = OID_INIT(ENTITY, 7),
    [ENTITY_HARDWARE] = OID_INIT(ENTITY, 8),
    [ENTITY_FIRMWARE] = OID_INIT(ENTITY, 9),
    [ENTITY_SOFTWARE] = OID_INIT(ENTITY, 10),
    [ENTITY_SERIAL] = OID_INIT(ENTITY, 11),
    [ENTITY_MFG] = OID_INIT(ENTITY, 12),
    [ENTITY_MODEL] = OID_INIT(ENTITY, 13),
    [ENTITY_ALIAS] = OID_INIT(ENTITY, 14),
};

static const struct oid alias_columns[] = {
    /* entAliasMappingIdentifier */
    OID_INIT(1, 3, 6, 1, 2, 1, 47, 1, 3, 2, 1, 2),
};

static void read_entity(struct harvest *h, const struct row *row)
{
    int64_t class = row_integer(row, ENTITY_CLASS, 0),
            position = row_integer(row, ENTITY_POSITION, -1);

    if (row->index.len != 1 || h->facts->entities.count >= ENTITIES_MAX)
        return;
    *array_add(&h->facts->entities) = (struct entity){
        .index = row->index.sub[0],
        .contained_in = row_u32(row, ENTITY_CONTAINED_IN),
        .class = class >= 0 && class <= INT32_MAX ? (int32_t) class : 0,
        .position =
            position >= 0 && position <= INT32_MAX ? (int32_t)position : -1,
        .descr = harvest_text(h, row_at(row, ENTITY_DESCR)),
        .name = harvest_text(h, row_at(row, ENTITY_NAME)),
        .model = harvest_text(h, row_at(row, ENTITY_MODEL)),
        .serial = harvest_text(h, row_at(row, ENTITY_SERIAL)),
        .mfg = harvest_text(h, row_at(row, ENTITY_MFG)),
        .alias = harvest_text(h, row_at(row, ENTITY_ALIAS)),
        .hw_rev = harvest_text(h, row_at(row, ENTITY_HARDWARE)),
        .fw_rev = harvest_text(h, row_at(row, ENTITY_FIRMWARE)),
        .sw_rev = harvest_text(h, row_at(row, ENTITY_SOFTWARE)),
    };
}

/* Index: entity, logical entity (0 = all). The value points at an instance,
 * for ports ifIndex.N. */
static void read_alias(struct harvest *h, const struct row *row)
{
    const struct oid if_index = OID(1, 3, 6, 1, 2, 1, 2, 2, 1, 1);
    const struct value *v = row_at(row, 0);

    if (row->index.len != 2 || v->type != VALUE_OID ||
        v->oid.len != if_index.len + 1 || !oid_begins(v->oid, if_index) ||
        h->entity_ports.count >= ENTITIES_MAX)
        return;
    pairing_add(&h->entity_ports, row->index.sub[0], v->oid.sub[if_index.len]);
}

static int entity_compare(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;

    return (x->index > y->index) - (x->index < y->index);
}

const struct entity *entity_find(const struct facts *f, uint32_t index)
{
    const struct entity key = {.index = index};

    return f->entities.count > 0
               ? bsearch(&key, f->entities.at, f->entities.count,
                         sizeof *f->entities.at, entity_compare)
               : NULL;
}

static void extras_join(struct harvest *h)
{
    for (size_t i = 0; i < h->entity_extras.count; i++) {
        const struct entity_extra *x = &h->entity_extras.at[i];
        struct entity *e = (struct entity *)entity_find(h->facts, x->index);

        if (e == NULL)
            continue;
        if (x->descr[0] != '\0')
            e->descr = x->descr;
        if (x->model[0] != '\0')
            e->model = x->model;
        if (x->serial[0] != '\0')
            e->serial = x->serial;
    }
}

void entity_finish(struct harvest *h)
{
    struct entities *all = &h->facts->entities;
    size_t kept = 0;

    pairings_sort(&h->entity_ports);
    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, entity_compare);
    for (size_t i = 0; i < all->count; i++)
        if (kept == 0 || all->at[kept - 1].index != all->at[i].index)
            all->at[kept++] = all->at[i];
    all->count = kept;
    for (size_t i = 0; i < kept; i++) {
        int64_t port = pairing_find(&h->entity_ports, all->at[i].index, 0);

        all->at[i].if_index =
            port > 0 && port <= UINT32_MAX ? (uint32_t)port : 0;
    }
    extras_join(h);
}

const struct reader entity_reader = {
    .name = "entPhysicalTable",
    READ_COLUMNS(entity_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_entity,
};

const struct reader entity_alias_reader = {
    .name = "entAliasMappingTable",
    READ_COLUMNS(alias_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_alias,
};
