#include "mibs/if_mib.h"

#include <inttypes.h>

enum {
    IF_DESCR,
    IF_TYPE,
    IF_MTU,
    IF_SPEED,
    IF_PHYS_ADDRESS,
    IF_ADMIN_STATUS,
    IF_OPER_STATUS,
    IF_LAST_CHANGE,
    IF_NAME,
    IF_HC_IN_OCTETS,
    IF_HIGH_SPEED,
    IF_ALIAS,
};

static const struct oid if_columns[] = {
    [IF_DESCR] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2),
    [IF_TYPE] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 3),
    [IF_MTU] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 4),
    [IF_SPEED] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 5),
    [IF_PHYS_ADDRESS] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 6),
    [IF_ADMIN_STATUS] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 7),
    [IF_OPER_STATUS] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 8),
    [IF_LAST_CHANGE] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 9),
    [IF_NAME] = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1),
    [IF_HC_IN_OCTETS] = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6),
    [IF_HIGH_SPEED] = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15),
    [IF_ALIAS] = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18),
};

static const struct oid mac_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 6), /* ifPhysAddress */
};

static const struct oid duplex_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19), /* dot3StatsDuplexStatus */
};

/* ifSpeed says this where it cannot say more (RFC 2863, ifSpeed). */
#define IF_SPEED_FULL UINT64_C(4294967295)

/* Agents exist that count ifHighSpeed in bit/s, or say -1. A hundred terabit
 * per second are believed of nobody. */
enum { HIGH_SPEED_MAX = 100000000 };

enum { MACS_MAX = 32 };

static uint64_t speed_of(const struct row *row)
{
    uint64_t high = value_unsigned(row_at(row, IF_HIGH_SPEED), 0);
    uint64_t low = value_unsigned(row_at(row, IF_SPEED), 0);

    if (high > 0 && high <= HIGH_SPEED_MAX)
        return high * 1000000;
    return low == IF_SPEED_FULL && high == 0 &&
                   value_exists(row_at(row, IF_HIGH_SPEED))
               ? 0
               : low;
}

/* A state of IF-MIB, 0 for what is none. */
static uint8_t status_of(const struct row *row, size_t column)
{
    int64_t status = row_integer(row, column, 0);

    return status >= 1 && status <= 7 ? (uint8_t)status : 0;
}

static void read_interface(struct harvest *h, const struct row *row)
{
    if (row->index.len != 1 || row->index.sub[0] == 0 ||
        h->facts->interfaces.count >= INTERFACES_MAX)
        return;

    struct interface *i = array_add(&h->facts->interfaces);
    int64_t type = row_integer(row, IF_TYPE, 0);

    i->if_index = row->index.sub[0];
    i->name = harvest_text(h, row_at(row, IF_NAME));
    i->descr = harvest_text(h, row_at(row, IF_DESCR));
    i->alias = harvest_text(h, row_at(row, IF_ALIAS));
    i->type = type >= INT32_MIN && type <= INT32_MAX ? (int32_t)type : 0;
    i->has_type = value_exists(row_at(row, IF_TYPE));
    i->speed_bps = speed_of(row);
    i->has_speed = value_exists(row_at(row, IF_SPEED)) ||
                   value_exists(row_at(row, IF_HIGH_SPEED));
    (void)mac_of_value(row_at(row, IF_PHYS_ADDRESS), &i->mac);
    i->phys = harvest_octets(h, row_at(row, IF_PHYS_ADDRESS));
    i->admin_status = status_of(row, IF_ADMIN_STATUS);
    i->oper_status = status_of(row, IF_OPER_STATUS);
    i->mtu = row_integer(row, IF_MTU, FACT_UNKNOWN);
    i->last_change_cs = row_integer(row, IF_LAST_CHANGE, FACT_UNKNOWN);
    i->duplex = "";
    i->has_hc = value_exists(row_at(row, IF_HC_IN_OCTETS));
}

static void read_mac(struct harvest *h, const struct row *row)
{
    struct mac mac;

    if (mac_of_value(row_at(row, 0), &mac))
        *array_add(&h->facts->macs) = mac;
}

static void read_duplex(struct harvest *h, const struct row *row)
{
    if (row->index.len == 1 && h->duplex.count < INTERFACES_MAX)
        pairing_add(&h->duplex, row->index.sub[0], row_integer(row, 0, 0));
}

static int interface_compare(const void *a, const void *b)
{
    const struct interface *x = a, *y = b;

    return (x->if_index > y->if_index) - (x->if_index < y->if_index);
}

static const char *label_of(struct harvest *h, const struct interface *i)
{
    if (i->name[0] != '\0')
        return i->name;
    if (i->descr[0] != '\0')
        return i->descr;
    return harvest_format(h, "ifIndex %" PRIu32, i->if_index);
}

void if_finish(struct harvest *h)
{
    static const char *const duplex_names[] = {"", "unknown", "halfDuplex",
                                               "fullDuplex"};
    struct interfaces *all = &h->facts->interfaces;
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, interface_compare);
    pairings_sort(&h->duplex);
    for (size_t n = 0; n < all->count; n++) {
        struct interface i = all->at[n];
        int64_t duplex = pairing_find(&h->duplex, i.if_index, 0);

        if (kept > 0 && all->at[kept - 1].if_index == i.if_index)
            continue;
        if (duplex > 0 && (size_t)duplex < COUNT_OF(duplex_names))
            i.duplex = duplex_names[duplex];
        i.label = label_of(h, &i);
        all->at[kept++] = i;
    }
    all->count = kept;
}

const struct reader if_reader = {
    .name = "ifTable",
    READ_COLUMNS(if_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_interface,
};

const struct reader if_mac_reader = {
    .name = "ifPhysAddress",
    READ_COLUMNS(mac_columns),
    .rows_max = MACS_MAX,
    .row = read_mac,
};

const struct reader duplex_reader = {
    .name = "dot3StatsTable",
    READ_COLUMNS(duplex_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_duplex,
};
