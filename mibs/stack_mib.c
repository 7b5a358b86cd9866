#include "mibs/stack_mib.h"

static const struct oid if_stack_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 2, 1, 3), /* ifStackStatus */
};

enum { LAG_ATTACHED, LAG_SYSTEM, LAG_PARTNER, LAG_PORT, LAG_PARTNER_PORT };

#define LAG_PORT_ENTRY 1, 2, 840, 10006, 300, 43, 1, 2, 1, 1

static const struct oid lag_columns[] = {
    [LAG_ATTACHED] = OID_INIT(LAG_PORT_ENTRY, 13), /* ...AttachedAggID */
    [LAG_SYSTEM] = OID_INIT(LAG_PORT_ENTRY, 3),    /* ...ActorSystemID */
    [LAG_PARTNER] = OID_INIT(LAG_PORT_ENTRY, 9),   /* ...PartnerOperSystemID */
    [LAG_PORT] = OID_INIT(LAG_PORT_ENTRY, 14),     /* ...ActorPort */
    [LAG_PARTNER_PORT] = OID_INIT(LAG_PORT_ENTRY, 17), /* ...PartnerOperPort */
};

static const struct oid pagp_columns[] = {
    /* pagpGroupIfIndex */
    OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 98, 1, 1, 1, 1, 8),
};

enum { IF_TYPE_LAG = 161, ROW_ACTIVE = 1, ROW_DESTROYED = 6 };

/* Index: higher layer, lower layer; 0 is "above all" or "below all". */
static void read_if_stack(struct harvest *h, const struct row *row)
{
    int64_t status = row_integer(row, 0, ROW_ACTIVE);

    if (row->index.len != 2 || row->index.sub[0] == 0 ||
        row->index.sub[1] == 0 || status == ROW_DESTROYED ||
        h->facts->stack.count >= STACK_MAX)
        return;
    *array_add(&h->facts->stack) =
        (struct stack_entry){row->index.sub[0], row->index.sub[1], false};
}

/* A port is attached to itself, or to 0, where it is no member. */
static void read_member(struct harvest *h, const struct row *row)
{
    uint32_t aggregate = row_u32(row, 0);

    if (row->index.len != 1 || aggregate == 0 ||
        aggregate == row->index.sub[0] || h->aggregates.count >= STACK_MAX)
        return;
    pairing_add(&h->aggregates, row->index.sub[0], aggregate);
}

/* A port without partner tells zeros of it, or of itself. */
static void read_partner(struct harvest *h, const struct row *row)
{
    struct lacp_port p = {
        .if_index = row->index.len == 1 ? row->index.sub[0] : 0,
        .port = row_u32(row, LAG_PORT),
        .partner_port = row_u32(row, LAG_PARTNER_PORT),
    };

    if (p.if_index != 0 && mac_of_value(row_at(row, LAG_PARTNER), &p.partner) &&
        mac_of_value(row_at(row, LAG_SYSTEM), &p.system) &&
        mac_is_set(&p.partner) && !mac_equal(&p.partner, &p.system) &&
        h->facts->lacp.count < INTERFACES_MAX)
        *array_add(&h->facts->lacp) = p;
}

static void read_lag_port(struct harvest *h, const struct row *row)
{
    read_member(h, row);
    read_partner(h, row);
}

static int stack_compare(const void *a, const void *b)
{
    const struct stack_entry *x = a, *y = b;

    if (x->upper != y->upper)
        return x->upper < y->upper ? -1 : 1;
    if (x->lower != y->lower)
        return x->lower < y->lower ? -1 : 1;
    return (x->aggregate < y->aggregate) - (x->aggregate > y->aggregate);
}

static int lacp_compare(const void *a, const void *b)
{
    const struct lacp_port *x = a, *y = b;

    return (x->if_index > y->if_index) - (x->if_index < y->if_index);
}

static void lacp_finish(struct facts *f)
{
    struct lacp_ports *all = &f->lacp;
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, lacp_compare);
    for (size_t i = 0; i < all->count; i++)
        if (facts_interface(f, all->at[i].if_index) != NULL &&
            (kept == 0 || all->at[kept - 1].if_index != all->at[i].if_index))
            all->at[kept++] = all->at[i];
    all->count = kept;
}

void stack_finish(struct harvest *h)
{
    struct stack_entries *all = &h->facts->stack;
    size_t kept = 0;

    lacp_finish(h->facts);

    pairings_sort(&h->aggregates);
    for (size_t i = 0; i < h->aggregates.count; i++)
        *array_add(all) =
            (struct stack_entry){(uint32_t)h->aggregates.at[i].number,
                                 h->aggregates.at[i].index, true};
    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, stack_compare);
    for (size_t i = 0; i < all->count; i++) {
        struct stack_entry e = all->at[i];
        const struct stack_entry *last = kept > 0 ? &all->at[kept - 1] : NULL;
        const struct interface *upper = facts_interface(h->facts, e.upper);

        if (upper == NULL || facts_interface(h->facts, e.lower) == NULL ||
            (last != NULL && last->upper == e.upper && last->lower == e.lower))
            continue;
        e.aggregate = e.aggregate || upper->type == IF_TYPE_LAG;
        all->at[kept++] = e;
    }
    all->count = kept;
}

const struct reader if_stack_reader = {
    .name = "ifStackTable",
    READ_COLUMNS(if_stack_columns),
    .rows_max = STACK_MAX,
    .row = read_if_stack,
};

const struct reader lag_reader = {
    .name = "dot3adAggPortTable",
    READ_COLUMNS(lag_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_lag_port,
};

const struct reader pagp_reader = {
    .name = "pagpEtherOperationTable",
    READ_COLUMNS(pagp_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_member,
};
