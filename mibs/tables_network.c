/* Rows of what a device tells of the network around it. */
#include "mibs/tables_rows.h"

#include <string.h>

static bool is_lldp(const struct neighbor *n)
{
    return n->protocol == NEIGHBOR_LLDP;
}

/* The name that the neighbor has for itself: CDP's device id kept whole; LLDP's
 * system name, else its description, else its chassis. */
static const char *remote_name(const struct neighbor *n)
{
    if (!is_lldp(n))
        return first_of(n->chassis_text, n->sys_name);
    return first_of(n->sys_name, first_of(n->sys_descr, n->chassis_text));
}

static void add_neighbor(struct tsv *t, const char *name, const struct facts *f,
                         const struct neighbor *n)
{
    const struct interface *local = facts_interface(f, n->local_if_index);

    tsv_text(t, name);
    tsv_text(t, neighbor_protocol_name(n->protocol));
    put_count(t, n->local_if_index);
    tsv_text(t, local != NULL ? interface_label(local) : "");
    put_first_line(t, remote_name(n));
    tsv_text(t, first_of(n->port_text, n->port_descr));
    put_mac(t, &n->port_mac);
    tsv_text(t, n->platform);
    if (n->mgmt_count > 0)
        put_addr(t, &n->mgmt[0]);
    else
        tsv_text(t, "");
    tsv_text(t, n->sys_descr);
    tsv_row(t);
}

void add_neighbors(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->neighbors.count; i++)
        add_neighbor(t, name, f, &f->neighbors.at[i]);
}

/* The bridge's own addresses are no stations that it heard. */
void add_fdb(struct tsv *t, const char *name, const struct facts *f)
{
    enum { STATUS_SELF = 4 };

    for (size_t i = 0; i < f->fdb.count; i++) {
        const struct fdb_entry *e = &f->fdb.at[i];

        if (e->status == STATUS_SELF)
            continue;
        tsv_text(t, name);
        put_count(t, e->vlan);
        put_mac(t, &e->mac);
        put_count(t, e->if_index);
        tsv_row(t);
    }
}

void add_arp(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->arp.count; i++) {
        tsv_text(t, name);
        put_addr(t, &f->arp.at[i].addr);
        put_mac(t, &f->arp.at[i].mac);
        put_count(t, f->arp.at[i].if_index);
        tsv_row(t);
    }
}

void add_vlans(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->vlans.count; i++) {
        tsv_text(t, name);
        tsv_count(t, f->vlans.at[i].id);
        if (f->vlans.at[i].name[0] != '\0')
            tsv_text(t, f->vlans.at[i].name);
        else
            tsv_format(t, "VLAN %u", (unsigned)f->vlans.at[i].id);
        tsv_row(t);
    }
}

static void add_addresses(struct tsv *t, const char *name,
                          const struct facts *f, uint8_t family)
{
    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];

        if (a->addr.family != family)
            continue;
        tsv_text(t, name);
        put_addr(t, &a->addr);
        if (a->prefix_len >= 0 || family == 6)
            tsv_count(t, a->prefix_len > 0 ? (uint64_t)a->prefix_len : 0);
        else
            tsv_text(t, "");
        put_count(t, a->if_index);
        tsv_row(t);
    }
}

void add_ipv4(struct tsv *t, const char *name, const struct facts *f)
{
    add_addresses(t, name, f, 4);
}

void add_ipv6(struct tsv *t, const char *name, const struct facts *f)
{
    add_addresses(t, name, f, 6);
}

void add_port_vlans(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->port_vlans.count; i++) {
        const struct port_vlans *p = &f->port_vlans.at[i];
        uint16_t vlan = 0;

        while ((vlan = vlan_set_next(p->member, vlan)) != 0) {
            tsv_text(t, name);
            tsv_count(t, vlan);
            put_count(t, p->base_port);
            tsv_count(t, vlan_set_has(p->untagged, vlan));
            put_count(t, p->if_index);
            tsv_row(t);
        }
    }
}

static void put_known(struct tsv *t, int64_t number)
{
    if (number != FACT_UNKNOWN && number >= 0)
        tsv_count(t, (uint64_t)number);
    else
        tsv_text(t, "");
}

/* The bridge and its root; where each VLAN has a bridge, that which is shown
 * without a context. */
void add_stp(struct tsv *t, const char *name, const struct facts *f)
{
    const struct bridge *b = &f->bridge;
    const struct bytes id = b->stp_root; /* priority, address */
    char root[MAC_TEXT_MAX];
    struct mac mac;

    if (id.len != 2 + sizeof mac.octets)
        return;
    memcpy(mac.octets, id.at + 2, sizeof mac.octets);
    tsv_text(t, name);
    tsv_text(t, "");
    tsv_text(t, b->stp_protocol);
    put_mac(t, &b->base_mac);
    put_known(t, b->stp_priority);
    tsv_text(t, mac_format(&mac, root, sizeof root)); /* zeros: it has none */
    put_known(t, b->stp_root_cost);
    put_known(t, b->stp_root_port);
    tsv_row(t);
}

/* Column high_ifIndex, as programs that read the table know it, is the part,
 * low_ifIndex the whole: ifStackTable calls them the other way round. */
void add_port_stack(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->stack.count; i++) {
        tsv_text(t, name);
        tsv_count(t, f->stack.at[i].lower);
        tsv_count(t, f->stack.at[i].upper);
        tsv_text(t, "active");
        tsv_row(t);
    }
}

/* What is connected has no next hop: all zeros in the words of the MIBs. */
void add_routes(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->routes.count; i++) {
        const struct route *r = &f->routes.at[i];

        tsv_text(t, name);
        put_addr(t, &r->to.base);
        tsv_count(t, r->to.len);
        if (addr_is_set(&r->next_hop))
            put_addr(t, &r->next_hop);
        else
            tsv_text(t, r->to.base.family == 4 ? "0.0.0.0" : "::");
        put_count(t, r->if_index);
        tsv_row(t);
    }
}

static void put_addr_or_none(struct tsv *t, const struct addr *a)
{
    if (addr_is_set(a))
        put_addr(t, a);
    else
        tsv_text(t, "");
}

void add_bgp(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->peers.count; i++) {
        const struct peer *p = &f->peers.at[i];

        if (p->protocol != PEER_BGP)
            continue;
        tsv_text(t, name);
        put_count(t, p->local_as);
        put_addr(t, &p->addr);
        put_count(t, p->as);
        tsv_text(t, p->state);
        tsv_text(t, p->admin);
        put_addr_or_none(t, &p->local);
        tsv_row(t);
    }
}

void add_ospf(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->peers.count; i++) {
        const struct peer *p = &f->peers.at[i];

        if (p->protocol != PEER_OSPF)
            continue;
        tsv_text(t, name);
        put_addr(t, &p->addr);
        put_addr_or_none(t, &p->router);
        tsv_text(t, p->state);
        put_count(t, p->if_index);
        tsv_row(t);
    }
}
