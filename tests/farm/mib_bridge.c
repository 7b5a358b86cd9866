/* BRIDGE-MIB and Q-BRIDGE-MIB: base ports, spanning tree, forwarding, VLANs.
 *
 * Forwarding follows from the domain's tree: the nth row is the nth member, and
 * its port is where the tree leads to it.
 */
#include "tests/farm/mib.h"

#include <string.h>

enum {
    FDB_LEARNED = 3,
    FDB_SELF = 4,
    STP_DISABLED = 1,
    STP_BLOCKING = 2,
    STP_FORWARDING = 5,
    STP_PRIORITY = 32768,
    PORT_COST = 4
};

static const struct oid zero = OID_INIT(0, 0);

static bool bridges(const struct view *v)
{
    return v->domain != NULL && (v->dev->model->role == ROLE_SWITCH ||
                                 v->dev->model->role == ROLE_L3SWITCH);
}

static uint32_t bridge_one(const struct view *v)
{
    return bridges(v);
}

static uint32_t bridge_ports(const struct view *v)
{
    return bridges(v) ? v->dev->ports : 0;
}

/* ---- base -----------------------------------------------------------------
 */

static bool base_get(struct view *v, unsigned column, uint32_t row,
                     struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return value_mac(v, out, device_mac(v->dev));
    case 2:
        return value_int(out, v->dev->ports);
    default: /* transparent-only(2) */
        return value_int(out, 2);
    }
}

static void port_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, row + 1);
}

static bool base_port_get(struct view *v, unsigned column, uint32_t row,
                          struct value *out)
{
    switch (column) {
    case 1:
        return value_int(out, row + 1);
    case 2:
        return value_int(out, slot_if_index(v, v->virtuals + row));
    case 3:
        return value_oid(out, zero);
    default:
        return value_of(out, VALUE_COUNTER32, 0);
    }
}

/* ---- spanning tree --------------------------------------------------------
 */

/* A bridge id: priority, MAC. The root has the better priority. */
static bool bridge_id(struct view *v, uint32_t device, struct value *out)
{
    uint64_t priority =
        v->domain->root == device ? STP_PRIORITY / 2 : STP_PRIORITY;

    octets_put((uint8_t *)v->text, priority, 2);
    octets_put((uint8_t *)v->text + 2,
               device_mac(network_device(v->net, device)), 6);
    return value_octets(out, v->text, 8);
}

static int64_t base_port(const struct view *v, uint32_t port)
{
    return port == NONE ? 0 : (int64_t)(port - v->dev->first_port) + 1;
}

static bool stp_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    (void)row;
    switch (column) {
    case 1: /* ieee8021d(3) */
        return value_int(out, 3);
    case 2:
        return value_int(out, v->domain->root == v->index ? STP_PRIORITY / 2
                                                          : STP_PRIORITY);
    case 3:
        return value_of(out, VALUE_TICKS, view_uptime_cs(v));
    case 4:
        return value_of(out, VALUE_COUNTER32, 3);
    case 5:
        return bridge_id(v, v->domain->root, out);
    case 6:
        return value_int(out, v->dev->depth * PORT_COST);
    case 7:
        return value_int(out, base_port(v, v->dev->up_port));
    default:
        return value_int(out, 2000);
    }
}

static int64_t stp_state(const struct view *v, uint32_t port)
{
    if (!port_is_up(v->net, port))
        return STP_DISABLED;
    return (v->net->ports.at[port].flags & PORT_BLOCKED) != 0 ? STP_BLOCKING
                                                              : STP_FORWARDING;
}

/* The designated port of the segment behind a port: the other end's where this
 * one leads to the root or is blocked, else its own. */
static uint32_t stp_designated(const struct view *v, uint32_t port)
{
    const struct port *p = &v->net->ports.at[port];

    return port == v->dev->up_port || (p->flags & PORT_BLOCKED) != 0 ? p->peer
                                                                     : port;
}

static bool stp_port_get(struct view *v, unsigned column, uint32_t row,
                         struct value *out)
{
    uint32_t port = v->dev->first_port + row;
    uint32_t designated = stp_designated(v, port);
    uint32_t device = v->net->ports.at[designated].device;
    const struct device *d = network_device(v->net, device);

    switch (column) {
    case 1:
        return value_int(out, row + 1);
    case 2:
        return value_int(out, 128);
    case 3:
        return value_int(out, stp_state(v, port));
    case 4:
        return value_int(out, 1);
    case 5:
        return value_int(out, PORT_COST);
    case 6:
        return bridge_id(v, v->domain->root, out);
    case 7:
        return value_int(out, d->depth * PORT_COST);
    case 8:
        return bridge_id(v, device, out);
    case 9:
        octets_put((uint8_t *)v->text, 0x8000u + designated - d->first_port + 1,
                   2);
        return value_octets(out, v->text, 2);
    default:
        return value_of(out, VALUE_COUNTER32, 1);
    }
}

/* ---- forwarding -----------------------------------------------------------
 */

static bool tp_get(struct view *v, unsigned column, uint32_t row,
                   struct value *out)
{
    (void)v;
    (void)row;
    return column == 1 ? value_of(out, VALUE_COUNTER32, 0)
                       : value_int(out, 300);
}

/* Index of vlan_plans of the context asked for. */
static uint32_t context_vlan(const struct view *v)
{
    for (uint32_t i = 0; i < VLANS; i++)
        if (vlan_plans[i].id == (v->vlan == 0 ? 1 : v->vlan))
            return i;
    return NONE;
}

/* dot1dTpFdbTable: of all VLANs, or of the one that the context names. */
static uint32_t fdb_rows(const struct view *v)
{
    if (!bridges(v))
        return 0;
    if (view_has(v, MODEL_D_BRIDGE))
        return v->domain->members;
    uint32_t vlan = context_vlan(v);

    if (!view_has(v, MODEL_VLAN_CTX) || vlan == NONE)
        return 0;
    return v->domain->by_vlan[vlan + 1] - v->domain->by_vlan[vlan];
}

static const struct member *fdb_member(const struct view *v, uint32_t row)
{
    uint32_t first = v->domain->first_member;

    if (view_has(v, MODEL_D_BRIDGE))
        return &v->net->members.at[first + v->net->by_mac[first + row]];
    return &v->net->members
                .at[first + v->domain->by_vlan[context_vlan(v)] + row];
}

static bool member_get(struct view *v, unsigned column, const struct member *m,
                       struct value *out)
{
    bool self = m->node == v->index;
    uint32_t port = self ? NONE : network_towards(v->net, v->index, m);

    if (!self && (port == NONE || !port_is_up(v->net, port)))
        return false;
    switch (column) {
    case 1:
        return value_mac(v, out, m->key & 0xffffffffffff);
    case 2:
        return value_int(out, base_port(v, port));
    default:
        return value_int(out, self ? FDB_SELF : FDB_LEARNED);
    }
}

static void fdb_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push_mac(out, fdb_member(v, row)->key & 0xffffffffffff);
}

static bool fdb_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    return member_get(v, column, fdb_member(v, row), out);
}

/* ---- Q-BRIDGE-MIB ---------------------------------------------------------
 */

static uint32_t q_one(const struct view *v)
{
    return bridges(v) && view_has(v, MODEL_Q_BRIDGE);
}

/* VLANs that the domain of the device uses: those with members. */
static uint32_t vlan_count(const struct view *v)
{
    uint32_t count = 1;

    for (uint32_t i = 1; i < VLANS; i++)
        count += v->domain->subnet[i] != 0;
    return count;
}

static uint32_t vlan_nth(const struct view *v, uint32_t nth)
{
    for (uint32_t i = 1; i < VLANS; i++)
        if (nth > 0 && v->domain->subnet[i] != 0 && --nth == 0)
            return i;
    return VLAN_MANAGEMENT;
}

static bool q_base_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    (void)row;
    return column == 4 ? value_gauge(out, vlan_count(v))
                       : value_int(out, column == 1 ? 1 : 4094);
}

static uint32_t q_fdb_rows(const struct view *v)
{
    return q_one(v) ? v->domain->members : 0;
}

static void q_fdb_index(const struct view *v, uint32_t row, struct index *out)
{
    const struct member *m = &v->net->members.at[v->domain->first_member + row];

    index_push(out, (uint32_t)(m->key >> 48));
    index_push_mac(out, m->key & 0xffffffffffff);
}

static bool q_fdb_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    return member_get(v, column,
                      &v->net->members.at[v->domain->first_member + row], out);
}

static uint32_t q_vlan_rows(const struct view *v)
{
    return q_one(v) ? vlan_count(v) : 0;
}

static void q_vlan_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, vlan_plans[vlan_nth(v, row)].id);
}

static bool q_vlan_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    size_t octets = (v->dev->ports + 7) / 8;

    switch (column) {
    case 1:
        return value_str(out, vlan_plans[vlan_nth(v, row)].name);
    case 5:
        return value_int(out, 1);
    default: /* member ports: all, but no forbidden ones */
        memset(v->text, column == 3 ? 0 : 0xff, octets);
        return value_octets(out, v->text, octets);
    }
}

static uint32_t q_port_rows(const struct view *v)
{
    return q_one(v) ? v->dev->ports : 0;
}

static bool q_port_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    const struct port *p = &v->net->ports.at[v->dev->first_port + row];

    (void)column;
    return value_gauge(out, (p->flags & PORT_HOSTS) != 0
                                ? vlan_plans[VLAN_USERS].id
                                : vlan_plans[VLAN_MANAGEMENT].id);
}

/* ---- CISCO-VTP-MIB vtpVlanTable -------------------------------------------
 */

static uint32_t vtp_rows(const struct view *v)
{
    bool cisco = v->dev->model->family == FAMILY_IOS ||
                 v->dev->model->family == FAMILY_NXOS;

    return bridges(v) && cisco ? vlan_count(v) : 0;
}

static void vtp_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, 1); /* management domain */
    index_push(out, vlan_plans[vlan_nth(v, row)].id);
}

static bool vtp_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    if (column == 4)
        return value_str(out, vlan_plans[vlan_nth(v, row)].name);
    return value_int(out, 1); /* state operational, type ethernet */
}

const struct group groups_bridge[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 1),
        GROUP_COLUMNS(1, 2, 3),
        .rows = bridge_one,
        .get = base_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 1, 4, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = bridge_ports,
        .index = port_index,
        .get = base_port_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7, 8, 9),
        .rows = bridge_one,
        .get = stp_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 15, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        .rows = bridge_ports,
        .index = port_index,
        .get = stp_port_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 4),
        GROUP_COLUMNS(1, 2),
        .rows = bridge_one,
        .get = tp_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 4, 3, 1),
        GROUP_COLUMNS(1, 2, 3),
        .rows = fdb_rows,
        .index = fdb_index,
        .get = fdb_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4),
        .rows = q_one,
        .get = q_base_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1),
        GROUP_COLUMNS(2, 3),
        .rows = q_fdb_rows,
        .index = q_fdb_index,
        .get = q_fdb_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = q_vlan_rows,
        .index = q_vlan_index,
        .get = q_vlan_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1),
        GROUP_COLUMNS(1),
        .rows = q_port_rows,
        .index = port_index,
        .get = q_port_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1),
        GROUP_COLUMNS(2, 3, 4),
        .rows = vtp_rows,
        .index = vtp_index,
        .get = vtp_get,
    },
    {.count = 0},
};
