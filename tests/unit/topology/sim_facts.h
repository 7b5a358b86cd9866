/* sim_facts.h - the facts that agents of a simulated network (sim.h) would
 * tell. */
#ifndef TESTS_TOPOLOGY_SIM_FACTS_H
#define TESTS_TOPOLOGY_SIM_FACTS_H

#include "sim_frames.h"

/* ---- facts ---- */

static inline const char *sim_text(struct sim_node *n, const char *text)
{
    return arena_text(n->facts->arena, text);
}

static inline void sim_add_interface(struct sim_node *n, uint32_t if_index,
                                     const char *name, struct mac mac)
{
    *array_add(&n->facts->interfaces) = (struct interface){
        .if_index = if_index,
        .name = sim_text(n, name),
        .descr = sim_text(n, name),
        .alias = "",
        .label = sim_text(n, name),
        .type = 6,
        .speed_bps = 1000000000,
        .mac = mac,
        .admin_status = 1,
        .oper_status = 1,
        .duplex = "",
    };
}

static inline void sim_make_interfaces(struct sim *s, int node)
{
    struct sim_node *n = &s->nodes[node];

    for (int p = 0; p < n->port_count; p++)
        sim_add_interface(n, sim_if_index(p), n->ports[p].name,
                          sim_mac(node, p));
    if (sim_bridges(n))
        sim_add_interface(n, sim_if_index(SIM_NONE), "br0",
                          sim_mac(node, SIM_NONE));
    uint32_t next = 200;
    for (int i = 0; i < n->addr_count; i++) {
        const char *name = n->addrs[i].if_name;
        if (strchr(name, '.') != NULL)
            sim_add_interface(n, next++, name,
                              sim_mac(node, sim_port_of_if(n, name)));
        else if (strcmp(name, "lo") == 0)
            sim_add_interface(n, next++, "lo", (struct mac){{0}});
    }
}

static inline uint32_t sim_index_of(const struct sim_node *n, const char *name)
{
    for (size_t i = 0; i < n->facts->interfaces.count; i++)
        if (strcmp(n->facts->interfaces.at[i].name, name) == 0)
            return n->facts->interfaces.at[i].if_index;
    return 0;
}

static inline void sim_make_addresses(struct sim_node *n)
{
    struct addr localhost;

    if (addr_parse("127.0.0.1", &localhost) != 0)
        abort();
    *array_add(&n->facts->addresses) =
        (struct interface_address){localhost, 1, 8};
    for (int i = 0; i < n->addr_count; i++)
        *array_add(&n->facts->addresses) = (struct interface_address){
            n->addrs[i].addr, sim_index_of(n, n->addrs[i].if_name),
            n->addrs[i].len};
}

static inline void sim_make_bridge(struct sim *s, int node)
{
    struct sim_node *n = &s->nodes[node];

    if (!n->fdb)
        return;
    n->facts->bridge.base_mac = sim_mac(node, SIM_NONE);
    for (int p = 0; p < n->port_count; p++)
        *array_add(&n->facts->bridge.ports) = (struct bridge_port){
            .base_port = (uint32_t)p + 1,
            .if_index = sim_if_index(p),
            .stp_state = (uint8_t)(!n->stp               ? 0
                                   : n->ports[p].blocked ? 2
                                                         : 5),
        };
}

static inline bool sim_serves_lldp(const struct sim_node *n)
{
    return n->facts != NULL && (n->lldp || n->mute) && n->agentx;
}

/* lldpd serves the MIB even where LLDP is switched off and CDP on, and counts
 * the frames of both. */
static inline bool sim_runs_lldpd(const struct sim_node *n)
{
    return n->facts != NULL && n->agentx && n->kind != SIM_NMS &&
           (n->lldp || n->mute || n->cdp);
}

static inline void sim_make_lldp_local(struct sim *s, int node)
{
    struct sim_node *n = &s->nodes[node];
    struct mac chassis = sim_mac(node, 0);

    if (!sim_runs_lldpd(n))
        return;
    for (int p = 0; p < n->port_count; p++)
        *array_add(&n->facts->lldp.ports) = (struct lldp_local_port){
            .port_num = sim_if_index(p),
            .if_index = sim_if_index(p),
            .text = "",
            .descr = "",
            .has_rx_frames = true,
            .rx_frames = n->rx[p],
            .tx_frames =
                n->ports[p].peer_node != SIM_NONE && (n->lldp || n->cdp),
        };
    n->facts->lldp.chassis_subtype = 4;
    n->facts->lldp.chassis_id =
        arena_bytes(n->facts->arena, (struct bytes){chassis.octets, 6});
    n->facts->lldp.chassis_mac = chassis;
    n->facts->lldp.sys_name = sim_text(n, n->sys_name);
}

/* ---- neighbors ---- */

struct sim_speaker {
    int node, port;
    bool cdp;
};

static inline uint16_t sim_caps(const struct sim_node *n)
{
    return n->kind == SIM_SWITCH ? 4 : n->kind == SIM_ROUTER ? 0x10 : 0x80;
}

static inline struct neighbor sim_announcement(struct sim *s,
                                               struct sim_node *to,
                                               const struct sim_speaker *w)
{
    struct sim_node *from = &s->nodes[w->node];
    struct mac chassis = sim_mac(w->node, 0);
    struct mac port = sim_mac(w->node, w->port);
    bool named = w->cdp || from->port_names;
    const char *name = from->ports[w->port].name;
    char text[MAC_TEXT_MAX];
    struct neighbor n = {
        .protocol = w->cdp ? NEIGHBOR_CDP : NEIGHBOR_LLDP,
        .chassis_subtype = w->cdp ? 0 : 4,
        .port_subtype = w->cdp  ? 0
                        : named ? 5
                                : 3,
        .port_descr = w->cdp ? "" : sim_text(to, name),
        .sys_name = w->cdp ? "" : sim_text(to, from->sys_name),
        .sys_descr = "",
        .platform = w->cdp ? "Linux" : "",
        .caps = sim_caps(from),
    };

    n.chassis_text = sim_text(
        to, w->cdp ? from->sys_name : mac_format(&chassis, text, sizeof text));
    n.port_text =
        sim_text(to, named ? name : mac_format(&port, text, sizeof text));
    n.chassis_id = w->cdp ? bytes_of_text(n.chassis_text)
                          : arena_bytes(to->facts->arena,
                                        (struct bytes){chassis.octets, 6});
    n.port_id =
        named ? bytes_of_text(n.port_text)
              : arena_bytes(to->facts->arena, (struct bytes){port.octets, 6});
    if (!w->cdp)
        n.chassis_mac = chassis;
    if (!named)
        n.port_mac = port;
    for (int i = 0; i < from->addr_count && n.mgmt_count < 4; i++)
        n.mgmt[n.mgmt_count++] = from->addrs[i].addr;
    return n;
}

static inline void sim_add_neighbor(struct sim_node *to, int port,
                                    struct neighbor n)
{
    n.local_port_num = n.local_if_index = sim_if_index(port);
    n.rem_index = (uint32_t)to->facts->neighbors.count + 1;
    *array_add(&to->facts->neighbors) = n;
}

static inline void sim_hear(struct sim *s, int node, int port, void *arg)
{
    const struct sim_speaker *w = arg;
    struct sim_node *to = &s->nodes[node];
    bool wire = to->kind == SIM_NMS;

    if (to->facts == NULL || node == w->node)
        return;
    to->rx[port]++;
    if (!w->cdp) {
        if (wire || (to->lldp && sim_serves_lldp(to)))
            sim_add_neighbor(to, port, sim_announcement(s, to, w));
        return;
    }
    if (wire || (to->cdp && to->cdpmib))
        sim_add_neighbor(to, port, sim_announcement(s, to, w));
    if (!wire && to->cdp && sim_runs_lldpd(to) &&
        (to->cdpmib || !s->nodes[w->node].lldp)) {
        /* lldpd lists CDP in LLDP-MIB too. */
        struct neighbor n = sim_announcement(s, to, w);
        n.protocol = NEIGHBOR_LLDP;
        n.chassis_subtype = 7;
        n.port_subtype = 5;
        n.sys_name = n.chassis_text;
        sim_add_neighbor(to, port, n);
    }
}

/* LLDP goes over blocked ports too, but no further than the next device. */
static inline void sim_speak_lldp(struct sim *s, int node, int port)
{
    struct sim_port *p = &s->nodes[node].ports[port];
    struct sim_speaker w = {node, port, false};
    struct sim_frame f = {sim_hear, &w, sim_stops_lldp};

    if (p->peer_node == SIM_NONE)
        return;
    if (s->nodes[p->peer_node].pass_lldp)
        sim_travel(s, node, port, &f);
    else
        sim_hear(s, p->peer_node, p->peer_port, &w);
}

static inline void sim_speak(struct sim *s)
{
    for (int i = 0; i < s->count; i++)
        for (int p = 0; p < s->nodes[i].port_count; p++) {
            struct sim_speaker w = {i, p, true};
            struct sim_frame f = {sim_hear, &w, sim_stops_cdp};
            if (s->nodes[i].lldp)
                sim_speak_lldp(s, i, p);
            if (s->nodes[i].cdp)
                sim_travel(s, i, p, &f);
        }
}

/* ---- forwarding tables and ARP ---- */

struct sim_voice {
    struct mac mac;
    const struct sim_addr *addr; /* NULL: it only makes itself learned */
    unsigned keep;               /* of 100 sightings */
    uint64_t *random;
};

static inline uint64_t sim_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline void sim_learn_arp(struct sim_node *n, const struct sim_voice *v)
{
    for (int i = 0; v->addr != NULL && i < n->addr_count; i++) {
        struct prefix p =
            prefix_of(&n->addrs[i].addr, (unsigned)n->addrs[i].len);
        if (prefix_contains(&p, &v->addr->addr))
            *array_add(&n->facts->arp) = (struct arp_entry){
                v->addr->addr, v->mac, sim_index_of(n, n->addrs[i].if_name)};
    }
}

static inline void sim_learn(struct sim *s, int node, int port, void *arg)
{
    const struct sim_voice *v = arg;
    struct sim_node *n = &s->nodes[node];

    if (n->facts == NULL)
        return;
    if (n->kind == SIM_ROUTER || n->kind == SIM_NMS)
        sim_learn_arp(n, v);
    if (!n->fdb || sim_random(v->random) % 100 >= v->keep)
        return;
    *array_add(&n->facts->fdb) = (struct fdb_entry){
        .mac = v->mac,
        .if_index = sim_if_index(port),
        .base_port = (uint32_t)port + 1,
        .vlan = n->dot1d ? 0 : 1,
        .status = 3,
    };
}

/* Everybody with an address speaks to everybody: from a switch by all ports,
 * from others by the port that has the address. */
static inline void sim_talk(struct sim *s, unsigned keep, uint64_t *random)
{
    for (int i = 0; i < s->count; i++) {
        struct sim_node *n = &s->nodes[i];
        for (int a = 0; a < n->addr_count; a++) {
            int port = sim_port_of_if(n, n->addrs[a].if_name);
            struct sim_voice v = {sim_mac(i, port), &n->addrs[a], keep, random};
            struct sim_frame f = {sim_learn, &v, sim_stops_never};
            for (int p = 0; p < n->port_count; p++)
                if (sim_bridges(n) ? port == SIM_NONE : p == port)
                    sim_travel(s, i, p, &f);
        }
    }
}

/* A bridge learns who sends LLDP to it, also over a cable blocked there. */
static inline void sim_learn_speakers(struct sim *s, uint64_t *random)
{
    for (int i = 0; i < s->count; i++)
        for (int p = 0; p < s->nodes[i].port_count; p++) {
            const struct sim_port *port = &s->nodes[i].ports[p];
            struct sim_voice v = {sim_mac(i, p), NULL, 100, random};
            if (s->nodes[i].lldp && port->peer_node != SIM_NONE &&
                !s->nodes[port->peer_node].ports[port->peer_port].blocked)
                sim_learn(s, port->peer_node, port->peer_port, &v);
        }
}

/* ---- the inventory ---- */

static inline enum device_kind sim_device_kind(const struct sim_node *n)
{
    switch (n->kind) {
    case SIM_ROUTER:
        return KIND_ROUTER;
    case SIM_SWITCH:
        return n->snmp ? KIND_SWITCH : KIND_UNKNOWN;
    case SIM_NMS:
        return KIND_STATION;
    case SIM_HOST:
        return n->snmp ? KIND_SERVER : KIND_UNKNOWN;
    case SIM_CDP:
    case SIM_DUMB:
        break;
    }
    return KIND_UNKNOWN;
}

static inline bool sim_is_found(const struct sim_node *n)
{
    if (n->kind == SIM_DUMB || n->firewalled || n->addr_count == 0)
        return false;
    return n->kind == SIM_NMS || n->snmp || n->icmp;
}

static inline struct ident sim_ident(int node)
{
    struct ident id = {{0}};

    id.octets[0] = (uint8_t)(node * 37); /* an order unlike that of the text */
    id.octets[1] = (uint8_t)(node >> 8);
    id.octets[15] = (uint8_t)node;
    return id;
}

static inline void sim_enlist(struct sim *s, int node)
{
    struct sim_node *n = &s->nodes[node];

    n->device = SIM_NONE;
    if (!sim_is_found(n))
        return;
    for (int i = 0; i < n->addr_count; i++)
        n->own[i] = n->addrs[i].addr;
    n->device = (int)s->device_count;
    s->devices[s->device_count++] = (struct topo_device){
        .id = sim_ident(node),
        .name = n->name,
        .facts = n->facts,
        .addrs = n->own,
        .addr_count = (size_t)n->addr_count,
        .kind = sim_device_kind(n),
        .station = n->kind == SIM_NMS,
    };
}

/* ---- bundles ---- */

static inline uint32_t sim_bundle_index(struct sim_node *n, int port)
{
    const char *name = n->ports[port].bundle;
    uint32_t index = sim_index_of(n, name);

    if (index != 0)
        return index;
    index = 500 + (uint32_t)port;
    sim_add_interface(n, index, name, (struct mac){{0}});
    n->facts->interfaces.at[n->facts->interfaces.count - 1].type = 161;
    return index;
}

/* Members are told, and who aggregates with them; forwarding tables know the
 * aggregate alone. */
static inline void sim_make_bundles(struct sim *s, int node)
{
    struct sim_node *n = &s->nodes[node];

    for (int p = 0; p < n->port_count && n->facts != NULL; p++) {
        const struct sim_port *port = &n->ports[p];
        if (port->bundle[0] == '\0')
            continue;
        uint32_t index = sim_bundle_index(n, p);
        *array_add(&n->facts->stack) =
            (struct stack_entry){index, sim_if_index(p), true};
        if (n->lacp)
            *array_add(&n->facts->lacp) = (struct lacp_port){
                .if_index = sim_if_index(p),
                .system = sim_mac(node, SIM_NONE),
                .partner = sim_mac(port->peer_node, SIM_NONE),
                .port = (uint32_t)p + 1,
                .partner_port = (uint32_t)port->peer_port + 1,
            };
        for (size_t i = 0; i < n->facts->fdb.count; i++)
            if (n->facts->fdb.at[i].if_index == sim_if_index(p))
                n->facts->fdb.at[i].if_index = index;
    }
}

/* Lets the network run; keep: how many of 100 entries of forwarding tables are
 * there. */
static inline void sim_run(struct sim *s, unsigned keep, uint64_t seed)
{
    uint64_t random = seed * 2654435761u + 88172645463325252u;

    sim_span(s);
    for (int i = 0; i < s->count; i++) {
        struct sim_node *n = &s->nodes[i];
        if (!sim_is_found(n) || (!n->snmp && n->kind != SIM_NMS))
            continue;
        n->facts = facts_new();
        n->facts->system.name = sim_text(n, n->sys_name);
        sim_make_interfaces(s, i);
        sim_make_addresses(n);
        sim_make_bridge(s, i);
    }
    sim_speak(s);
    for (int i = 0; i < s->count; i++)
        sim_make_lldp_local(s, i);
    sim_talk(s, keep, &random);
    sim_learn_speakers(s, &random);
    for (int i = 0; i < s->count; i++)
        sim_make_bundles(s, i);
    for (int i = 0; i < s->count; i++)
        sim_enlist(s, i);
}

static inline struct topology *sim_infer(struct sim *s)
{
    const struct topo_input input = {
        .devices = s->devices,
        .count = s->device_count,
        .traffic = s->traffic,
        .traffic_count = s->traffic_count,
    };

    return topology_infer(&input);
}

#endif
