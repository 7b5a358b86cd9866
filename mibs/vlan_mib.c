#include "mibs/vlan_mib.h"

#include "mibs/port_vlan_mib.h"

enum { VLAN_MAX = 4094 };

enum { VLAN_NAME, VLAN_TAG, VLAN_FDB };
enum { IEEE_NAME, IEEE_EGRESS, IEEE_UNTAGGED };
enum { VTP_STATE, VTP_TYPE, VTP_NAME };
enum { VTP_ETHERNET = 1 };

#define ENTERPRISES 1, 3, 6, 1, 4, 1

/* ieee8021QBridgeVlanStaticName, -EgressPorts, -UntaggedPorts. */
static const struct oid ieee_columns[] = {
    [IEEE_NAME] = OID_INIT(1, 3, 111, 2, 802, 1, 1, 4, 1, 4, 3, 1, 3),
    [IEEE_EGRESS] = OID_INIT(1, 3, 111, 2, 802, 1, 1, 4, 1, 4, 3, 1, 4),
    [IEEE_UNTAGGED] = OID_INIT(1, 3, 111, 2, 802, 1, 1, 4, 1, 4, 3, 1, 6),
};

static const struct oid vtp_columns[] = {
    [VTP_STATE] = OID_INIT(ENTERPRISES, 9, 9, 46, 1, 3, 1, 1, 2),
    [VTP_TYPE] = OID_INIT(ENTERPRISES, 9, 9, 46, 1, 3, 1, 1, 3),
    [VTP_NAME] = OID_INIT(ENTERPRISES, 9, 9, 46, 1, 3, 1, 1, 4),
};

static const struct oid huawei_columns[] = {
    /* hwL2VlanDescr */
    OID_INIT(ENTERPRISES, 2011, 5, 25, 42, 3, 1, 1, 1, 1, 2),
};

static const struct oid h3c_columns[] = {
    /* hh3cdot1qVlanName */
    OID_INIT(ENTERPRISES, 25506, 8, 35, 2, 1, 1, 1, 2),
};

/* jnxExVlanName, jnxExVlanTag; the index is the forwarding database. */
static const struct oid juniper_ex_columns[] = {
    [VLAN_NAME] = OID_INIT(ENTERPRISES, 2636, 3, 40, 1, 5, 1, 5, 1, 2),
    [VLAN_TAG] = OID_INIT(ENTERPRISES, 2636, 3, 40, 1, 5, 1, 5, 1, 5),
};

/* jnxL2aldVlanName, jnxL2aldVlanTag, jnxL2aldVlanFdbId. */
static const struct oid juniper_l2_columns[] = {
    [VLAN_NAME] = OID_INIT(ENTERPRISES, 2636, 3, 48, 1, 3, 1, 1, 2),
    [VLAN_TAG] = OID_INIT(ENTERPRISES, 2636, 3, 48, 1, 3, 1, 1, 3),
    [VLAN_FDB] = OID_INIT(ENTERPRISES, 2636, 3, 48, 1, 3, 1, 1, 5),
};

static const struct oid foundry_columns[] = {
    /* snVLanByPortCfgVLanName */
    OID_INIT(ENTERPRISES, 1991, 1, 1, 3, 2, 7, 1, 21),
};

/* extremeVlanIfDescr, extremeVlanIfVlanId. */
static const struct oid extreme_columns[] = {
    [VLAN_NAME] = OID_INIT(ENTERPRISES, 1916, 1, 2, 1, 2, 1, 2),
    [VLAN_TAG] = OID_INIT(ENTERPRISES, 1916, 1, 2, 1, 2, 1, 10),
};

static const struct oid rapid_city_columns[] = {
    /* rcVlanName */
    OID_INIT(ENTERPRISES, 2272, 1, 3, 2, 1, 2),
};

static const struct oid alcatel_columns[] = {
    /* vlanDescription */
    OID_INIT(ENTERPRISES, 6486, 801, 1, 2, 1, 3, 1, 1, 1, 1, 1, 2),
};

static const struct oid alcatel_old_columns[] = {
    OID_INIT(ENTERPRISES, 6486, 800, 1, 2, 1, 3, 1, 1, 1, 1, 1, 2),
};

static const struct oid tplink_columns[] = {
    /* dot1qVlanDescription */
    OID_INIT(ENTERPRISES, 11863, 6, 14, 1, 2, 1, 1, 2),
};

void vlan_add(struct harvest *h, int64_t id, const char *name)
{
    if (id >= 1 && id <= VLAN_MAX && h->facts->vlans.count < VLANS_MAX)
        *array_add(&h->facts->vlans) = (struct vlan){(uint16_t)id, name};
}

/* Index: VLAN. */
static void read_by_vlan(struct harvest *h, const struct row *row)
{
    if (row->index.len == 1)
        vlan_add(h, row->index.sub[0], harvest_text(h, row_at(row, VLAN_NAME)));
}

/* Index: component, VLAN. */
static void read_ieee(struct harvest *h, const struct row *row)
{
    if (row->index.len != 2)
        return;
    vlan_add(h, row->index.sub[1], harvest_text(h, row_at(row, IEEE_NAME)));
    memberships_add(h, row->index.sub[1], true, row_octets(row, IEEE_EGRESS),
                    row_octets(row, IEEE_UNTAGGED));
}

/* The VLAN is a column. */
static void read_by_tag(struct harvest *h, const struct row *row)
{
    vlan_add(h, row_integer(row, VLAN_TAG, 0),
             harvest_text(h, row_at(row, VLAN_NAME)));
}

/* Rows of other types than Ethernet are the four that every agent has for
 * token ring and FDDI. */
static void read_vtp(struct harvest *h, const struct row *row)
{
    if (row->index.len == 2 &&
        row_integer(row, VTP_TYPE, VTP_ETHERNET) == VTP_ETHERNET)
        vlan_add(h, row->index.sub[1], harvest_text(h, row_at(row, VTP_NAME)));
}

static void pair_fdb(struct harvest *h, uint32_t fdb, int64_t vlan)
{
    if (fdb != 0 && vlan >= 1 && vlan <= VLAN_MAX &&
        h->fdb_vlans.count < VLANS_MAX)
        pairing_add(&h->fdb_vlans, fdb, vlan);
}

/* Junos appends "+" and the tag to names: "default+1". */
static void read_juniper(struct harvest *h, const struct row *row, uint32_t fdb)
{
    int64_t tag = row_integer(row, VLAN_TAG, 0);
    struct value name = *row_at(row, VLAN_NAME);

    for (size_t i = 0; name.type == VALUE_OCTETS && i < name.octets.len; i++)
        if (name.octets.at[i] == '+')
            name.octets.len = i;
    pair_fdb(h, fdb, tag);
    vlan_add(h, tag, harvest_text(h, &name));
}

static void read_juniper_ex(struct harvest *h, const struct row *row)
{
    if (row->index.len == 1)
        read_juniper(h, row, row->index.sub[0]);
}

static void read_juniper_l2(struct harvest *h, const struct row *row)
{
    read_juniper(h, row, row_u32(row, VLAN_FDB));
}

const struct reader ieee_vlan_reader = {
    .name = "ieee8021QBridgeVlanStaticTable",
    READ_COLUMNS(ieee_columns),
    .rows_max = VLANS_MAX,
    .row = read_ieee,
};

const struct reader vtp_reader = {
    .name = "vtpVlanTable",
    READ_COLUMNS(vtp_columns),
    .rows_max = VLANS_MAX,
    .row = read_vtp,
};

const struct reader huawei_vlan_reader = {
    .name = "hwL2VlanMIBTable",
    READ_COLUMNS(huawei_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};

const struct reader h3c_vlan_reader = {
    .name = "hh3cdot1qVlanMIBTable",
    READ_COLUMNS(h3c_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};

const struct reader juniper_ex_vlan_reader = {
    .name = "jnxExVlanTable",
    READ_COLUMNS(juniper_ex_columns),
    .rows_max = VLANS_MAX,
    .row = read_juniper_ex,
};

const struct reader juniper_l2_vlan_reader = {
    .name = "jnxL2aldVlanTable",
    READ_COLUMNS(juniper_l2_columns),
    .rows_max = VLANS_MAX,
    .row = read_juniper_l2,
};

const struct reader foundry_vlan_reader = {
    .name = "snVLanByPortCfgTable",
    READ_COLUMNS(foundry_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};

const struct reader extreme_vlan_reader = {
    .name = "extremeVlanIfTable",
    READ_COLUMNS(extreme_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_tag,
};

const struct reader rapid_city_vlan_reader = {
    .name = "rcVlanTable",
    READ_COLUMNS(rapid_city_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};

const struct reader alcatel_vlan_reader = {
    .name = "vlanTable",
    READ_COLUMNS(alcatel_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};

const struct reader alcatel_old_vlan_reader = {
    .name = "vlanTable6",
    READ_COLUMNS(alcatel_old_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};

const struct reader tplink_vlan_reader = {
    .name = "vlanPortConfigTable",
    READ_COLUMNS(tplink_columns),
    .rows_max = VLANS_MAX,
    .row = read_by_vlan,
};
