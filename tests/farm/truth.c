#include "tests/farm/truth.h"

#include "base/file.h"
#include "base/tsv.h"
#include "tests/farm/entity.h"
#include "tests/farm/neighbor.h"

#include <stdio.h>
#include <string.h>

/* What a table is made from: a device's view at the beginning, and where rows
 * go. */
struct teller {
    const struct farm *farm;
    struct view view;
    struct tsv *tsv;
};

enum { TEXT_MAX = 512 };

static void tell_mac(struct tsv *t, uint64_t mac)
{
    tsv_format(t, "%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(mac >> 40 & 0xff),
               (unsigned)(mac >> 32 & 0xff), (unsigned)(mac >> 24 & 0xff),
               (unsigned)(mac >> 16 & 0xff), (unsigned)(mac >> 8 & 0xff),
               (unsigned)(mac & 0xff));
}

static void tell_ip(struct tsv *t, uint32_t ip)
{
    tsv_format(t, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 0xff, ip >> 8 & 0xff,
               ip & 0xff);
}

/* The value of a variable of the device, as it would be asked for. */
static bool tell_find(struct teller *t, struct oid name, struct value *value)
{
    struct spot at;
    bool has_object;

    return mib_find(t->farm->mib, &t->view, name, &at, value, &has_object);
}

static int64_t tell_if_type(struct teller *t, uint32_t slot)
{
    struct value value = {0};
    uint32_t index = slot_if_index(&t->view, slot);

    return tell_find(t, OID(1, 3, 6, 1, 2, 1, 2, 2, 1, 3, index), &value)
               ? value.integer
               : 0;
}

/* ---- devices ---------------------------------------------------------------
 */

static void tell_addresses(struct teller *t)
{
    struct buffer OWNED_BUFFER text = {0};
    uint32_t count = view_addresses(&t->view);

    for (uint32_t i = 0; i < count; i++) { /* management comes first */
        uint32_t ip = view_address(&t->view, i == 0 ? count - 1 : i - 1).ip;

        buffer_format(&text, "%s%u.%u.%u.%u", text.len == 0 ? "" : ",",
                      ip >> 24, ip >> 16 & 0xff, ip >> 8 & 0xff, ip & 0xff);
    }
    tsv_text(t->tsv, text.at);
}

/* What the station calls the type of a device. */
static const char *type_of(enum role role)
{
    static const char *const types[ROLES] = {
        [ROLE_ROUTER] = "network", [ROLE_L3SWITCH] = "network",
        [ROLE_SWITCH] = "network", [ROLE_FIREWALL] = "firewall",
        [ROLE_SERVER] = "server",  [ROLE_PRINTER] = "printer",
        [ROLE_AP] = "wireless",    [ROLE_UPS] = "power",
    };

    return types[role];
}

/* sysDescr in one line as tables have it. */
static void descr_of(const struct device *d, char *out, size_t len)
{
    pattern_fill(out, len, d->model->descr, (uint32_t[2]){0, 0}, d->name);
    out[strcspn(out, "\r\n")] = '\0';
}

static void tell_device(struct teller *t)
{
    const struct model *m = t->view.dev->model;
    char text[TEXT_MAX], oid[OID_TEXT_MAX], serial[64];
    struct buffer OWNED_BUFFER engine = {0};

    descr_of(t->view.dev, text, sizeof text);
    device_serial(t->farm->net, t->view.index, serial, sizeof serial);
    for (size_t i = 0; i < t->view.engine_id.len; i++)
        buffer_format(&engine, "%02x", t->view.engine_id.at[i]);
    tsv_text(t->tsv, t->view.dev->name);
    tsv_text(t->tsv, oid_format(m->object_id, oid, sizeof oid));
    tsv_text(t->tsv, text);
    tsv_text(t->tsv, m->os);
    tsv_text(t->tsv, m->vendor);
    tsv_text(t->tsv, m->hardware);
    tsv_text(t->tsv, m->version);
    tsv_text(t->tsv, serial);
    tsv_text(t->tsv, ""); /* features */
    tsv_text(t->tsv, type_of(m->role));
    tsv_text(t->tsv, t->view.dev->name);
    tsv_text(t->tsv, t->farm->net->sites.at[t->view.dev->site]);
    tell_addresses(t);
    tsv_text(t->tsv, engine.at);
    tsv_text(t->tsv, ""); /* credential, state: the asker's */
    tsv_text(t->tsv, "");
    tsv_text(t->tsv, role_kind_name(m->role));
    tsv_row(t->tsv);
}

/* ---- ports and rates -------------------------------------------------------
 */

static const char *type_name(int64_t type)
{
    switch (type) {
    case 6:
        return "ethernetCsmacd";
    case 24:
        return "softwareLoopback";
    case 53:
        return "propVirtual";
    default:
        return "l3ipvlan";
    }
}

static void tell_port(struct teller *t, uint32_t slot)
{
    const struct view *v = &t->view;
    bool names = view_has(v, MODEL_IFX);
    char text[TEXT_MAX];
    int64_t type = tell_if_type(t, slot);

    tsv_text(t->tsv, v->dev->name);
    tsv_count(t->tsv, slot_if_index(v, slot));
    slot_name(v, slot, text, sizeof text);
    tsv_text(t->tsv, names ? text : "");
    slot_descr(v, slot, text, sizeof text);
    tsv_text(t->tsv, text);
    slot_alias(v, slot, text, sizeof text);
    tsv_text(t->tsv, names ? text : "");
    tsv_text(t->tsv, type_name(type));
    tsv_count(t->tsv, (uint64_t)slot_speed_mbps(v, slot) * 1000000);
    if (type == 24)
        tsv_text(t->tsv, "");
    else
        tell_mac(t->tsv, slot_mac(v, slot));
    tsv_text(t->tsv, "up");
    tsv_text(t->tsv, slot_is_up(v, slot) ? "up" : "down");
    tsv_count(t->tsv, type == 24 ? 65536 : 1500);
    tsv_row(t->tsv);
}

static void tell_ports(struct teller *t)
{
    for (uint32_t slot = 0; slot < t->view.interfaces; slot++)
        tell_port(t, slot);
}

static void tell_rates(struct teller *t)
{
    const struct view *v = &t->view;
    char text[TEXT_MAX];

    for (uint32_t slot = 0; slot < v->interfaces; slot++) {
        tsv_text(t->tsv, v->dev->name);
        tsv_count(t->tsv, slot_if_index(v, slot));
        slot_name(v, slot, text, sizeof text);
        tsv_text(t->tsv, view_has(v, MODEL_IFX) ? text : "");
        tsv_count(t->tsv, view_has(v, MODEL_HC) ? 64 : 32);
        for (int i = 0; i < 2 * FLOWS; i++) {
            enum flow flow = (enum flow)(i % FLOWS);
            double rate =
                (double)slot_rate(v, slot, i < FLOWS ? IN : OUT, flow);

            if (!slot_carries(v, slot))
                rate = 0;
            tsv_number(t->tsv, flow >= FLOW_DISCARDS ? rate / 1000 : rate, 3);
        }
        tsv_row(t->tsv);
    }
}

/* ---- links and neighbors ---------------------------------------------------
 */

static bool both_have(const struct network *net, uint32_t port, uint32_t flag)
{
    const struct port *p = &net->ports.at[port];

    return (network_device(net, p->device)->model->flags &
            network_device(net, net->ports.at[p->peer].device)->model->flags &
            flag) != 0;
}

static const char *link_evidence(const struct network *net, uint32_t port)
{
    bool lldp = both_have(net, port, MODEL_LLDP);
    bool cdp = both_have(net, port, MODEL_CDP);

    if (lldp || cdp)
        return lldp && cdp ? "lldp,cdp" : lldp ? "lldp" : "cdp";
    return (net->ports.at[port].flags & PORT_ROUTED) != 0 ? "arp" : "fdb";
}

static const char *link_state(const struct network *net, uint32_t port)
{
    uint8_t flags = net->ports.at[port].flags |
                    net->ports.at[net->ports.at[port].peer].flags;

    return (flags & PORT_CUT) != 0       ? "down"
           : (flags & PORT_BLOCKED) != 0 ? "blocked"
                                         : "confirmed";
}

static void tell_link(struct teller *t, uint32_t port)
{
    const struct network *net = t->farm->net;
    uint32_t ends[2] = {port, net->ports.at[port].peer};
    const char *names[2];
    char labels[2][160];

    for (int i = 0; i < 2; i++) {
        names[i] = network_device(net, net->ports.at[ends[i]].device)->name;
        network_port_label(net, ends[i], labels[i], sizeof labels[i]);
    }
    int order = strcmp(names[0], names[1]);
    int first = order != 0 ? order > 0 : strcmp(labels[0], labels[1]) > 0;

    tsv_text(t->tsv, names[first]);
    tsv_text(t->tsv, labels[first]);
    tsv_text(t->tsv, names[!first]);
    tsv_text(t->tsv, labels[!first]);
    tsv_text(t->tsv, "2");
    tsv_text(t->tsv, "p2p");
    tsv_text(t->tsv, link_evidence(net, port));
    tsv_text(t->tsv, "");
    tsv_text(t->tsv, link_state(net, port));
    tsv_row(t->tsv);
}

static void tell_links(struct teller *t)
{
    const struct device *d = t->view.dev;

    for (uint32_t p = d->first_port; p < d->first_port + d->ports; p++) {
        uint32_t peer = t->farm->net->ports.at[p].peer;

        if (peer != NONE && peer > p)
            tell_link(t, p);
    }
}

/* Name and port as they were announced. */
static void tell_announced(struct teller *t, uint32_t peer, bool cdp)
{
    struct view other;
    char text[TEXT_MAX];

    view_init(&other, t->farm->net, t->farm->net->ports.at[peer].device);
    cdp_device_id(&other, text, sizeof text);
    tsv_text(t->tsv, cdp ? text : other.dev->name);
    if (cdp) {
        slot_descr(&other, port_slot(&other, peer), text, sizeof text);
        tsv_text(t->tsv, text);
        tsv_text(t->tsv, "");
        return;
    }
    (void)lldp_port_id(&other, peer, text);
    bool mac = other.dev->model->port_subtype == 3;

    for (int column = 0; column < 2; column++)
        if (mac)
            tell_mac(t->tsv, port_mac(t->farm->net, peer));
        else
            tsv_text(t->tsv, column == 0 ? text : "");
}

static void tell_neighbor(struct teller *t, uint32_t port, bool cdp)
{
    const struct network *net = t->farm->net;
    uint32_t peer = net->ports.at[port].peer;
    const struct device *d = network_device(net, net->ports.at[peer].device);
    uint32_t slot = port_slot(&t->view, port);
    char text[TEXT_MAX];

    tsv_text(t->tsv, t->view.dev->name);
    tsv_text(t->tsv, cdp ? "cdp" : "lldp");
    tsv_count(t->tsv, slot_if_index(&t->view, slot));
    slot_name(&t->view, slot, text, sizeof text);
    tsv_text(t->tsv, text);
    tell_announced(t, peer, cdp);
    if (cdp)
        tsv_format(t->tsv, "cisco %s", d->model->hardware);
    else
        tsv_text(t->tsv, "");
    tell_ip(t->tsv, d->ip);
    descr_of(d, text, sizeof text);
    tsv_text(t->tsv, text);
    tsv_row(t->tsv);
}

static void tell_neighbors(struct teller *t)
{
    const struct network *net = t->farm->net;
    const struct device *d = t->view.dev;

    for (uint32_t p = d->first_port; p < d->first_port + d->ports; p++) {
        if (net->ports.at[p].peer == NONE || !port_is_up(net, p))
            continue;
        if (both_have(net, p, MODEL_LLDP))
            tell_neighbor(t, p, false);
        if (both_have(net, p, MODEL_CDP))
            tell_neighbor(t, p, true);
    }
}

/* ---- addresses, ARP, forwarding, VLANs -------------------------------------
 */

static void tell_ipv4(struct teller *t)
{
    for (uint32_t i = 0; i < view_addresses(&t->view); i++) {
        struct address a = view_address(&t->view, i);

        tsv_text(t->tsv, t->view.dev->name);
        tell_ip(t->tsv, a.ip);
        tsv_count(t->tsv, a.prefix_len);
        tsv_count(t->tsv, slot_if_index(&t->view, a.slot));
        tsv_row(t->tsv);
    }
}

/* Walks one column of the device, calling row for each instance. */
static void tell_walk(struct teller *t, struct oid column,
                      void (*row)(struct teller *t, struct oid index,
                                  const struct value *value))
{
    struct oid_store name;
    struct spot at;
    struct value value;
    bool more = mib_after(t->farm->mib, &t->view, column, &at, &value);

    while (more) {
        mib_name(t->farm->mib, &t->view, &at, &name);
        if (!oid_begins(oid_view(&name), column))
            return;
        row(t, oid_tail(oid_view(&name), column.len), &value);
        more = mib_advance(t->farm->mib, &t->view, &at, &value);
    }
}

/* ipNetToMediaPhysAddress: ifIndex, then the address. */
static void tell_arp_row(struct teller *t, struct oid index,
                         const struct value *value)
{
    uint64_t mac = 0;

    for (size_t i = 0; i < 6; i++)
        mac = mac << 8 | value->octets.at[i];
    tsv_text(t->tsv, t->view.dev->name);
    tsv_format(t->tsv, "%u.%u.%u.%u", index.sub[1], index.sub[2], index.sub[3],
               index.sub[4]);
    tell_mac(t->tsv, mac);
    tsv_count(t->tsv, index.sub[0]);
    tsv_row(t->tsv);
}

static void tell_arp(struct teller *t)
{
    tell_walk(t, OID(1, 3, 6, 1, 2, 1, 4, 22, 1, 2), tell_arp_row);
}

static void tell_fdb(struct teller *t)
{
    const struct view *v = &t->view;
    bool bridges = v->domain != NULL && (v->dev->model->role == ROLE_SWITCH ||
                                         v->dev->model->role == ROLE_L3SWITCH);
    bool vlans = view_has(v, MODEL_Q_BRIDGE) || view_has(v, MODEL_VLAN_CTX);

    for (uint32_t i = 0; bridges && i < v->domain->members; i++) {
        const struct member *m =
            &v->net->members.at[v->domain->first_member + i];
        uint32_t port =
            m->node == v->index ? NONE : network_towards(v->net, v->index, m);

        if (port == NONE || !port_is_up(v->net, port))
            continue;
        tsv_text(t->tsv, v->dev->name);
        if (vlans)
            tsv_count(t->tsv, m->key >> 48);
        else
            tsv_text(t->tsv, "");
        tell_mac(t->tsv, m->key & 0xffffffffffff);
        tsv_count(t->tsv, slot_if_index(v, port_slot(v, port)));
        tsv_row(t->tsv);
    }
}

static void tell_vlans(struct teller *t)
{
    const struct view *v = &t->view;
    bool told = view_has(v, MODEL_Q_BRIDGE) || view_has(v, MODEL_VLAN_CTX);

    for (size_t i = 0; told && v->domain != NULL && i < VLANS; i++) {
        if (i != VLAN_MANAGEMENT && v->domain->subnet[i] == 0)
            continue;
        tsv_text(t->tsv, v->dev->name);
        tsv_count(t->tsv, vlan_plans[i].id);
        tsv_text(t->tsv, vlan_plans[i].name);
        tsv_row(t->tsv);
    }
}

static const char *class_name(uint32_t class)
{
    static const char *const names[] = {
        [3] = "chassis", [4] = "backplane", [6] = "powerSupply",
        [7] = "fan",     [8] = "sensor",    [9] = "module"};

    return class < COUNT_OF(names) && names[class] != NULL ? names[class] : "";
}

static void tell_inventory(struct teller *t)
{
    const struct part *parts;
    uint32_t count = view_parts(&t->view, &parts);
    const struct model *m = t->view.dev->model;
    char serial[64];

    for (uint32_t i = 0; i < count; i++) {
        bool chassis = parts[i].class == 3;

        part_serial(&t->view, &parts[i], serial, sizeof serial);
        tsv_text(t->tsv, t->view.dev->name);
        tsv_count(t->tsv, parts[i].index);
        tsv_text(t->tsv, class_name(parts[i].class));
        tsv_text(t->tsv, chassis ? m->hardware : parts[i].descr);
        tsv_text(t->tsv, parts[i].name);
        tsv_text(t->tsv, chassis ? m->hardware : "");
        tsv_text(t->tsv, serial);
        tsv_count(t->tsv, parts[i].contained_in);
        tsv_text(t->tsv, "");
        tsv_text(t->tsv, "");
        tsv_text(t->tsv, chassis ? m->version : "");
        tsv_text(t->tsv, m->vendor);
        tsv_row(t->tsv);
    }
}

/* ---- the tables ------------------------------------------------------------
 */

static int hosts_write(const struct farm *f, const char *dir)
{
    OWNED(tsv_free) struct tsv *t = tsv_new("ip mac vlan name ifName");
    char label[160];

    for (size_t i = 0; i < f->net->hosts.count; i++) {
        const struct host *h = &f->net->hosts.at[i];
        uint32_t device = f->net->ports.at[h->port].device;

        network_port_label(f->net, h->port, label, sizeof label);
        tell_ip(t, h->ip);
        tell_mac(t, host_mac(h));
        tsv_count(t, vlan_plans[h->vlan].id);
        tsv_text(t, network_device(f->net, device)->name);
        tsv_text(t, label);
        tsv_row(t);
    }
    return tsv_save(t, dir, "hosts.tsv");
}

static const struct {
    const char *file, *columns;
    void (*tell)(struct teller *t);
} tables[] = {
    {"devices.tsv",
     "name sysObjectID sysDescr os vendor hardware version serial features "
     "type sysName location addresses engineID credential state kind",
     tell_device},
    {"ports.tsv",
     "name ifIndex ifName ifDescr ifAlias ifType ifSpeed ifPhysAddress "
     "ifAdminStatus ifOperStatus ifMtu ifDuplex",
     tell_ports},
    {"rates.tsv",
     "name ifIndex ifName counter_bits in_octets_per_s in_ucast_per_s "
     "in_mcast_per_s in_bcast_per_s in_discards_per_s in_errors_per_s "
     "out_octets_per_s out_ucast_per_s out_mcast_per_s out_bcast_per_s "
     "out_discards_per_s out_errors_per_s",
     tell_rates},
    {"links.tsv",
     "a_name a_port b_name b_port layer kind evidence confidence state",
     tell_links},
    {"neighbors.tsv",
     "name protocol local_ifIndex local_ifName remote_name remote_port "
     "remote_port_mac remote_platform remote_addr remote_version",
     tell_neighbors},
    {"ipv4.tsv", "name ip prefixlen ifIndex", tell_ipv4},
    {"arp.tsv", "name ip mac ifIndex", tell_arp},
    {"fdb.tsv", "name vlan mac ifIndex", tell_fdb},
    {"vlans.tsv", "name vlan vlan_name", tell_vlans},
    {"inventory.tsv",
     "name index class descr ent_name model serial contained_in hw_rev fw_rev "
     "sw_rev mfg",
     tell_inventory},
};

static int table_write(const struct farm *f, size_t which, const char *dir)
{
    OWNED(tsv_free) struct tsv *tsv = tsv_new(tables[which].columns);
    struct teller t = {.farm = f, .tsv = tsv};
    uint8_t engine[ENGINE_ID_LEN];

    for (uint32_t i = 0; i < f->net->devices.count; i++) {
        farm_view(f, i, 0, engine, &t.view);
        tables[which].tell(&t);
    }
    return tsv_save(tsv, dir, tables[which].file);
}

int truth_write(const struct farm *f, const char *dir)
{
    int rc = file_make_dir(dir, 0755);

    for (size_t i = 0; rc == 0 && i < COUNT_OF(tables); i++)
        rc = table_write(f, i, dir);
    return rc == 0 ? hosts_write(f, dir) : rc;
}
