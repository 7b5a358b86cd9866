#include "mibs/lldp_vendor_mib.h"

#include "base/text.h"
#include "mibs/neighbor.h"

#define TIMETRA_REM 1, 3, 6, 1, 4, 1, 6527, 3, 1, 2, 59, 4, 1, 1
#define TPLINK_REM 1, 3, 6, 1, 4, 1, 11863, 6, 35, 1, 2, 2, 1

enum {
    REM_CHASSIS_SUBTYPE,
    REM_CHASSIS_ID,
    REM_PORT_SUBTYPE,
    REM_PORT_ID,
    REM_PORT_DESCR,
    REM_SYS_NAME,
    REM_SYS_DESCR,
    REM_ADDRESS,
};

/* The columns of lldpRemTable, the index of lldpV2RemTable. */
static const struct oid timetra_columns[] = {
    [REM_CHASSIS_SUBTYPE] = OID_INIT(TIMETRA_REM, 4),
    [REM_CHASSIS_ID] = OID_INIT(TIMETRA_REM, 5),
    [REM_PORT_SUBTYPE] = OID_INIT(TIMETRA_REM, 6),
    [REM_PORT_ID] = OID_INIT(TIMETRA_REM, 7),
    [REM_PORT_DESCR] = OID_INIT(TIMETRA_REM, 8),
    [REM_SYS_NAME] = OID_INIT(TIMETRA_REM, 9),
    [REM_SYS_DESCR] = OID_INIT(TIMETRA_REM, 10),
};

/* lldpNeighborInfoTable: everything is text. */
static const struct oid tplink_columns[] = {
    [REM_CHASSIS_SUBTYPE] = OID_INIT(TPLINK_REM, 3),
    [REM_CHASSIS_ID] = OID_INIT(TPLINK_REM, 4),
    [REM_PORT_SUBTYPE] = OID_INIT(TPLINK_REM, 5),
    [REM_PORT_ID] = OID_INIT(TPLINK_REM, 6),
    [REM_PORT_DESCR] = OID_INIT(TPLINK_REM, 8),
    [REM_SYS_NAME] = OID_INIT(TPLINK_REM, 9),
    [REM_SYS_DESCR] = OID_INIT(TPLINK_REM, 10),
    [REM_ADDRESS] = OID_INIT(TPLINK_REM, 13),
};

static bool is_known(const struct harvest *h, const struct neighbor *n)
{
    const struct neighbors *all = &h->facts->neighbors;

    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].local_port_num == n->local_port_num &&
            bytes_equal(all->at[i].chassis_id, n->chassis_id) &&
            bytes_equal(all->at[i].port_id, n->port_id))
            return true;
    return false;
}

/* A neighbor by the columns that both have; its subtypes are set. */
static void add_neighbor(struct harvest *h, const struct row *row,
                         struct neighbor n)
{
    struct buffer OWNED_BUFFER text = {0};
    struct bytes address = row_octets(row, REM_ADDRESS);
    struct addr a;

    n.protocol = NEIGHBOR_LLDP;
    n.chassis_id = harvest_octets(h, row_at(row, REM_CHASSIS_ID));
    n.port_id = harvest_octets(h, row_at(row, REM_PORT_ID));
    if (h->facts->neighbors.count >= NEIGHBORS_MAX || is_known(h, &n))
        return;
    n.chassis_text = id_text(h, n.chassis_id, chassis_form(n.chassis_subtype),
                             &n.chassis_mac);
    n.port_text = id_text(h, n.port_id, port_form(n.port_subtype), &n.port_mac);
    n.port_descr = harvest_text(h, row_at(row, REM_PORT_DESCR));
    n.sys_name = harvest_text(h, row_at(row, REM_SYS_NAME));
    n.sys_descr = harvest_lines(h, row_at(row, REM_SYS_DESCR));
    n.platform = "";
    text_safe(address, NULL, false, ADDR_TEXT_MAX, &text);
    if (text.len > 0 && addr_parse(text.at, &a) == 0)
        (void)neighbor_add_address(&n, &a);
    *array_add(&h->facts->neighbors) = n;
}

/* Index: time mark, ifIndex, which of the destination addresses, number. One
 * neighbor may be heard at several of them. */
static void read_timetra(struct harvest *h, const struct row *row)
{
    if (row->index.len == 4)
        add_neighbor(
            h, row,
            (struct neighbor){
                .local_port_num = row->index.sub[1],
                .rem_index = row->index.sub[3],
                .chassis_subtype = (uint8_t)row_u32(row, REM_CHASSIS_SUBTYPE),
                .port_subtype = (uint8_t)row_u32(row, REM_PORT_SUBTYPE),
            });
}

static bool says_mac(struct harvest *h, const struct row *row, size_t column)
{
    return text_contains_nocase(harvest_text(h, row_at(row, column)), "MAC");
}

/* Index: ifIndex, number. */
static void read_tplink(struct harvest *h, const struct row *row)
{
    if (row->index.len == 2)
        add_neighbor(
            h, row,
            (struct neighbor){
                .local_port_num = row->index.sub[0],
                .rem_index = row->index.sub[1],
                .chassis_subtype = says_mac(h, row, REM_CHASSIS_SUBTYPE)
                                       ? CHASSIS_MAC
                                       : CHASSIS_LOCAL,
                .port_subtype =
                    says_mac(h, row, REM_PORT_SUBTYPE) ? PORT_MAC : PORT_LOCAL,
            });
}

const struct reader timetra_lldp_reader = {
    .name = "tmnxLldpRemTable",
    READ_COLUMNS(timetra_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_timetra,
};

const struct reader tplink_lldp_reader = {
    .name = "lldpNeighborInfoTable",
    READ_COLUMNS(tplink_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_tplink,
};
