#include "mibs/if_vendor_mib.h"

#define ENTERPRISES 1, 3, 6, 1, 4, 1
#define TIMETRA_IF ENTERPRISES, 6527, 3, 1, 2, 3

enum { IF_TYPE, IF_NAME, IF_MTU, IF_DESCRIPTION, IF_SPEED };

static const struct oid brocade_columns[] = {
    OID_INIT(ENTERPRISES, 1588, 2, 1, 1, 1, 6, 2, 1, 36), /* swFCPortName */
};

static const struct oid timetra_columns[] = {
    [IF_TYPE] = OID_INIT(TIMETRA_IF, 4, 1, 3),         /* vRtrIfType */
    [IF_NAME] = OID_INIT(TIMETRA_IF, 4, 1, 4),         /* vRtrIfName */
    [IF_MTU] = OID_INIT(TIMETRA_IF, 4, 1, 25),         /* vRtrIfMtu */
    [IF_DESCRIPTION] = OID_INIT(TIMETRA_IF, 4, 1, 34), /* vRtrIfDescription */
    [IF_SPEED] = OID_INIT(TIMETRA_IF, 54, 1, 103),     /* vRtrIfSpeed */
};

/* Fabric OS numbers its Fibre Channel ports from 1, their interfaces from
 * 0x40000000. */
static void read_brocade(struct harvest *h, const struct row *row)
{
    enum { FC_PORTS_MAX = 4096 };
    const uint32_t fc_if_index = 0x40000000;

    if (row->index.len != 1 || row->index.sub[0] < 1 ||
        row->index.sub[0] > FC_PORTS_MAX ||
        h->port_aliases.count >= INTERFACES_MAX)
        return;
    *array_add(&h->port_aliases) = (struct label){
        fc_if_index + row->index.sub[0] - 1, harvest_text(h, row_at(row, 0))};
}

/* Index: virtual router, interface; interfaces are numbered across routers. */
static void read_timetra(struct harvest *h, const struct row *row)
{
    int64_t type = row_integer(row, IF_TYPE, 0);
    const char *name = harvest_text(h, row_at(row, IF_NAME));

    if (row->index.len != 2 || name[0] == '\0' ||
        h->service_ports.count >= INTERFACES_MAX)
        return;

    struct interface *i = array_add(&h->service_ports);
    i->if_index = row->index.sub[1];
    i->name = i->descr = i->label = name;
    i->alias = harvest_text(h, row_at(row, IF_DESCRIPTION));
    i->has_type = type > 0 && type < IF_TYPE_TIMETRA_COUNT;
    i->type = i->has_type ? (int32_t)(IF_TYPE_TIMETRA + type) : 0;
    i->has_speed = value_exists(row_at(row, IF_SPEED));
    i->speed_bps = value_unsigned(row_at(row, IF_SPEED), 0);
    i->mtu = row_integer(row, IF_MTU, FACT_UNKNOWN);
    i->last_change_cs = FACT_UNKNOWN;
    i->duplex = "";
}

static int interface_compare(const void *a, const void *b)
{
    const struct interface *x = a, *y = b;

    return (x->if_index > y->if_index) - (x->if_index < y->if_index);
}

/* What ifTable has is better than what these have. */
static void add_service_ports(struct harvest *h)
{
    struct interfaces *all = &h->facts->interfaces;
    size_t of_table = all->count, kept = 0;

    for (size_t n = 0; n < h->service_ports.count; n++) {
        struct interfaces known = {.at = all->at, .count = of_table};
        const struct interface *i = &h->service_ports.at[n];

        if (known.count == 0 || bsearch(i, known.at, known.count, sizeof *i,
                                        interface_compare) == NULL)
            *array_add(all) = *i;
    }
    if (all->count == of_table)
        return;
    qsort(all->at, all->count, sizeof *all->at, interface_compare);
    for (size_t n = 0; n < all->count; n++)
        if (kept == 0 || all->at[kept - 1].if_index != all->at[n].if_index)
            all->at[kept++] = all->at[n];
    all->count = kept;
}

void if_vendor_finish(struct harvest *h)
{
    add_service_ports(h);
    for (size_t n = 0; n < h->port_aliases.count; n++) {
        const struct label *alias = &h->port_aliases.at[n];
        struct interface *i =
            (struct interface *)facts_interface(h->facts, alias->index);

        if (i != NULL && i->alias[0] == '\0')
            i->alias = alias->text;
    }
}

const struct reader brocade_port_reader = {
    .name = "swFCPortTable",
    READ_COLUMNS(brocade_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_brocade,
};

const struct reader timetra_interface_reader = {
    .name = "vRtrIfTable",
    READ_COLUMNS(timetra_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_timetra,
};
