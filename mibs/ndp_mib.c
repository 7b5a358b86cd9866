#include "mibs/ndp_mib.h"

#include "mibs/neighbor.h"

#define NDP_HUAWEI 1, 3, 6, 1, 4, 1, 2011, 6, 7, 5, 6, 1
#define NDP_H3C 1, 3, 6, 1, 4, 1, 25506, 8, 7, 5, 6, 1
#define NDP_3COM 1, 3, 6, 1, 4, 1, 43, 45, 1, 6, 7, 5, 6, 1

enum { NB_NAME, NB_MODE };

/* Id and port of the neighbor are in the index, and often not readable. */
static const struct oid huawei_columns[] = {
    [NB_NAME] = OID_INIT(NDP_HUAWEI, 3), /* hwNDPPortNbDeviceName */
    [NB_MODE] = OID_INIT(NDP_HUAWEI, 4), /* hwNDPPortNbPortMode */
};
static const struct oid h3c_columns[] = {
    [NB_NAME] = OID_INIT(NDP_H3C, 3),
    [NB_MODE] = OID_INIT(NDP_H3C, 4),
};
static const struct oid a3com_columns[] = {
    [NB_NAME] = OID_INIT(NDP_3COM, 3),
    [NB_MODE] = OID_INIT(NDP_3COM, 4),
};

enum { DEVICE_ID_MAX = 10, PORT_NAME_MAX = 47 };

/* The octets behind their number at sub-identifier *at, which moves behind
 * them; in room for most. False if there are none such. */
static bool read_counted(struct oid index, size_t *at, uint8_t *room,
                         size_t most, struct bytes *out)
{
    size_t len = *at < index.len ? index.sub[*at] : SIZE_MAX;

    if (len > most || !oid_read_octets(index, *at + 1, len, room))
        return false;
    *out = (struct bytes){room, len};
    *at += 1 + len;
    return true;
}

/* Index: ifIndex, device id, port name. */
static void read_ndp(struct harvest *h, const struct row *row)
{
    uint8_t id_room[DEVICE_ID_MAX], port_room[PORT_NAME_MAX];
    struct bytes id, port;
    size_t at = 1;

    if (!read_counted(row->index, &at, id_room, sizeof id_room, &id) ||
        !read_counted(row->index, &at, port_room, sizeof port_room, &port) ||
        at != row->index.len || h->facts->neighbors.count >= NEIGHBORS_MAX)
        return;

    struct neighbor *n = array_add(&h->facts->neighbors);
    n->protocol = NEIGHBOR_NDP;
    n->local_port_num = row->index.sub[0];
    n->chassis_subtype = CHASSIS_MAC;
    n->chassis_id = arena_bytes(h->facts->arena, id);
    n->port_id = arena_bytes(h->facts->arena, port);
    n->chassis_text = id_text(h, n->chassis_id, ID_MAC, &n->chassis_mac);
    n->port_text = id_text(h, n->port_id, ID_TEXT, &n->port_mac);
    n->port_descr = "";
    n->sys_name = harvest_text(h, row_at(row, NB_NAME));
    n->sys_descr = "";
    n->platform = "";
}

const struct reader huawei_ndp_reader = {
    .name = "hwNDPPortNbTable",
    READ_COLUMNS(huawei_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_ndp,
};

const struct reader h3c_ndp_reader = {
    .name = "hh3cNDPPortNbTable",
    READ_COLUMNS(h3c_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_ndp,
};

const struct reader a3com_ndp_reader = {
    .name = "a3comNDPPortNbTable",
    READ_COLUMNS(a3com_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_ndp,
};
