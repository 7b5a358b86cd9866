/* IP-MIB: addresses, ARP; IP-FORWARD-MIB: routes. */
#include "tests/farm/mib.h"

#include <string.h>

enum { ARP_DYNAMIC = 3, ARP_STATIC = 4, ROUTE_LOCAL = 3, ROUTE_REMOTE = 4 };

static uint32_t mask_of(unsigned prefix_len)
{
    return prefix_len == 0 ? 0 : UINT32_MAX << (32 - prefix_len);
}

static uint32_t one(const struct view *v)
{
    (void)v;
    return 1;
}

static bool forwarding_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    bool routes = v->dev->gateway || v->dev->model->role == ROLE_ROUTER ||
                  v->dev->model->role == ROLE_FIREWALL;

    (void)row;
    return value_int(out, column == 1 ? (routes ? 1 : 2) : 64);
}

/* ---- addresses ------------------------------------------------------------
 */

static uint32_t address_rows(const struct view *v)
{
    return view_addresses(v);
}

static void addr_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push_ip(out, view_address(v, row).ip);
}

static bool addr_get(struct view *v, unsigned column, uint32_t row,
                     struct value *out)
{
    struct address a = view_address(v, row);

    switch (column) {
    case 1:
        return value_ip(v, out, a.ip);
    case 2:
        return value_int(out, slot_if_index(v, a.slot));
    case 3:
        return value_ip(v, out, mask_of(a.prefix_len));
    default:
        return value_int(out, 1);
    }
}

static uint32_t address_new_rows(const struct view *v)
{
    return view_has(v, MODEL_NEW_IP) ? view_addresses(v) : 0;
}

static void address_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, 1); /* ipv4 */
    index_push(out, 4);
    index_push_ip(out, view_address(v, row).ip);
}

/* ipAddressPrefix points at ipAddressPrefixOrigin: 1.3.6.1.2.1.4.32.1.5 with
 * ifIndex, type, length, prefix and its length. */
static bool address_prefix(struct view *v, const struct address *a,
                           struct value *out)
{
    static const uint32_t row[] = {1, 3, 6, 1, 2, 1, 4, 32, 1, 5};
    uint32_t *sub = v->subs;
    uint32_t base = a->ip & mask_of(a->prefix_len);
    size_t n = COUNT_OF(row);

    memcpy(sub, row, sizeof row);
    sub[n++] = slot_if_index(v, a->slot);
    sub[n++] = 1;
    sub[n++] = 4;
    for (int shift = 24; shift >= 0; shift -= 8)
        sub[n++] = base >> shift & 0xff;
    sub[n++] = a->prefix_len;
    return value_oid(out, (struct oid){sub, n});
}

static bool address_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    struct address a = view_address(v, row);

    switch (column) {
    case 3:
        return value_int(out, slot_if_index(v, a.slot));
    case 5:
        return address_prefix(v, &a, out);
    default: /* type unicast, origin manual, status preferred */
        return value_int(out, column == 6 ? 2 : 1);
    }
}

/* ---- ARP ------------------------------------------------------------------
 */

struct arp {
    uint32_t ip, slot;
    uint64_t mac;
    bool own;
};

/* Entries on one interface: on a routed port whoever is at the other end, on a
 * VLAN of a gateway all its members, on a host its gateway. */
static uint32_t slot_arps(const struct view *v, uint32_t slot)
{
    if (!slot_is_virtual(v, slot)) {
        const struct port *p = &v->net->ports.at[slot_port(v, slot)];

        if (p->ip != 0)
            return (p->flags & PORT_CUT) == 0 ? 1 : 0;
    }
    if (v->domain == NULL || v->dev->tin == NONE)
        return 0;
    if (!v->dev->gateway)
        return slot == view_management_slot(v);
    if (!slot_is_virtual(v, slot))
        return 0;
    uint32_t vlan = slot_vlan(v, slot);

    return v->domain->by_vlan[vlan + 1] - v->domain->by_vlan[vlan];
}

static struct arp member_arp(const struct view *v, uint32_t slot, uint32_t nth)
{
    uint32_t first = v->domain->first_member;
    uint32_t at = v->domain->by_vlan[slot_vlan(v, slot)] + nth;
    const struct member *m =
        &v->net->members.at[first + v->net->by_ip[first + at]];
    bool host = (m->node & HOST_BIT) != 0;

    return (struct arp){
        .ip = host ? v->net->hosts.at[m->node & ~HOST_BIT].ip
                   : network_device(v->net, m->node)->ip,
        .slot = slot,
        .mac = m->key & 0xffffffffffff,
        .own = m->node == v->index,
    };
}

static struct arp slot_arp(const struct view *v, uint32_t slot, uint32_t nth)
{
    if (!slot_is_virtual(v, slot) &&
        v->net->ports.at[slot_port(v, slot)].ip != 0) {
        uint32_t peer = v->net->ports.at[slot_port(v, slot)].peer;

        return (struct arp){.ip = v->net->ports.at[peer].ip,
                            .slot = slot,
                            .mac = port_mac(v->net, peer)};
    }
    if (!v->dev->gateway) {
        const struct device *root = network_device(v->net, v->domain->root);

        return (struct arp){
            .ip = root->ip, .slot = slot, .mac = device_mac(root)};
    }
    return member_arp(v, slot, nth);
}

static uint32_t arp_rows(const struct view *v)
{
    uint32_t rows = 0;

    for (uint32_t i = 0; i < v->interfaces; i++)
        rows += slot_arps(v, i);
    return rows;
}

static struct arp arp_at(const struct view *v, uint32_t row)
{
    for (uint32_t rank = 0; rank < v->interfaces; rank++) {
        uint32_t slot = rank_slot(v, rank), here = slot_arps(v, slot);

        if (row < here)
            return slot_arp(v, slot, row);
        row -= here;
    }
    return (struct arp){0};
}

static void media_index(const struct view *v, uint32_t row, struct index *out)
{
    struct arp a = arp_at(v, row);

    index_push(out, slot_if_index(v, a.slot));
    index_push_ip(out, a.ip);
}

static bool media_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    struct arp a = arp_at(v, row);

    switch (column) {
    case 1:
        return value_int(out, slot_if_index(v, a.slot));
    case 2:
        return value_mac(v, out, a.mac);
    case 3:
        return value_ip(v, out, a.ip);
    default:
        return value_int(out, a.own ? ARP_STATIC : ARP_DYNAMIC);
    }
}

static uint32_t physical_rows(const struct view *v)
{
    return view_has(v, MODEL_NEW_IP) ? arp_rows(v) : 0;
}

static void physical_index(const struct view *v, uint32_t row,
                           struct index *out)
{
    struct arp a = arp_at(v, row);

    index_push(out, slot_if_index(v, a.slot));
    index_push(out, 1);
    index_push(out, 4);
    index_push_ip(out, a.ip);
}

static bool physical_get(struct view *v, unsigned column, uint32_t row,
                         struct value *out)
{
    struct arp a = arp_at(v, row);

    switch (column) {
    case 4:
        return value_mac(v, out, a.mac);
    case 5:
        return value_of(out, VALUE_TICKS, 0);
    case 6:
        return value_int(out, a.own ? ARP_STATIC : ARP_DYNAMIC);
    default: /* state reachable, row active */
        return value_int(out, 1);
    }
}

/* ---- routes: ipCidrRouteTable ---------------------------------------------
 */

/* Who stands at the other end of the first routed port, or is the domain's
 * gateway; 0 if there is nobody to hand packets to. */
static uint32_t default_hop(const struct view *v, uint32_t *slot)
{
    for (uint32_t i = 0; i < v->dev->ports; i++) {
        const struct port *p = &v->net->ports.at[v->dev->first_port + i];

        if (p->ip == 0 || p->peer == NONE)
            continue;
        *slot = v->virtuals + i;
        return v->net->ports.at[p->peer].ip;
    }
    *slot = view_management_slot(v);
    return v->domain != NULL && v->domain->root != v->index
               ? network_device(v->net, v->domain->root)->ip
               : 0;
}

static uint32_t route_rows(const struct view *v)
{
    uint32_t slot;

    return view_addresses(v) + (default_hop(v, &slot) != 0);
}

struct route_row {
    uint32_t to, mask, hop, slot;
};

static struct route_row route_at(const struct view *v, uint32_t row)
{
    uint32_t slot, hop = default_hop(v, &slot);

    if (hop != 0 && row-- == 0)
        return (struct route_row){0, 0, hop, slot};
    struct address a = view_address(v, row);
    uint32_t mask = mask_of(a.prefix_len);

    return (struct route_row){a.ip & mask, mask, 0, a.slot};
}

static void route_index(const struct view *v, uint32_t row, struct index *out)
{
    struct route_row r = route_at(v, row);

    index_push_ip(out, r.to);
    index_push_ip(out, r.mask);
    index_push(out, 0);
    index_push_ip(out, r.hop);
}

static bool route_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    struct route_row r = route_at(v, row);

    switch (column) {
    case 1:
        return value_ip(v, out, r.to);
    case 2:
        return value_ip(v, out, r.mask);
    case 4:
        return value_ip(v, out, r.hop);
    case 5:
        return value_int(out, slot_if_index(v, r.slot));
    case 6:
        return value_int(out, r.hop == 0 ? ROUTE_LOCAL : ROUTE_REMOTE);
    case 7: /* local(2), netmgmt(3) */
        return value_int(out, r.hop == 0 ? 2 : 3);
    default:
        return value_int(out, column == 16 ? 1 : 0);
    }
}

const struct group groups_ip[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 4),
        GROUP_COLUMNS(1, 2),
        .rows = one,
        .get = forwarding_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 4, 20, 1),
        GROUP_COLUMNS(1, 2, 3, 4),
        .rows = address_rows,
        .index = addr_index,
        .get = addr_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 4, 22, 1),
        GROUP_COLUMNS(1, 2, 3, 4),
        .rows = arp_rows,
        .index = media_index,
        .get = media_get,
        .endless = true,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 4, 24, 4, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7, 16),
        .rows = route_rows,
        .index = route_index,
        .get = route_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 4, 34, 1),
        GROUP_COLUMNS(3, 4, 5, 6, 7),
        .rows = address_new_rows,
        .index = address_index,
        .get = address_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 4, 35, 1),
        GROUP_COLUMNS(4, 5, 6, 7, 8),
        .rows = physical_rows,
        .index = physical_index,
        .get = physical_get,
        .endless = true,
    },
    {.count = 0},
};
