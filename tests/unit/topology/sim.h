/* sim.h - a small network that is simulated for tests: cables, bridges that
 * learn, spanning tree, LLDP and CDP as real agents serve them, ARP. From it
 * come the facts that agents would tell, and the truth to hold links against.
 *
 * Networks are written as text, a line a statement:
 *   node NAME KIND [key=value ...]   router switch dumb host cdp nms
 *   link A:IF B:IF
 *   addr NODE:IF ADDRESS/LEN ...
 * Keys: snmp=on|off (on for routers, switches, hosts), lldp=on, agentx=off
 * (sends LLDP, serves none), lldp=mute (serves LLDP-MIB without it), cdp=on,
 * cdpmib=on (serves what it hears), portid=ifname, fdb=none|dot1d, stp=on,
 * icmp=off, fw=all, sysname=NAME, fwdmask=on (a dumb bridge that passes LLDP
 * on).
 */
#ifndef TESTS_TOPOLOGY_SIM_H
#define TESTS_TOPOLOGY_SIM_H

#include "topology/topology.h"

#include <ctype.h>

enum { SIM_NODES = 512, SIM_PORTS = 64, SIM_ADDRS = 8, SIM_TEXT = 64 };
enum { SIM_NONE = -1 };

enum sim_kind { SIM_ROUTER, SIM_SWITCH, SIM_DUMB, SIM_HOST, SIM_CDP, SIM_NMS };

struct sim_port {
    char name[16];
    int peer_node, peer_port; /* SIM_NONE */
    bool blocked;
};
struct sim_addr {
    char if_name[16];
    struct addr addr;
    int len;
};
struct sim_node {
    char name[SIM_TEXT], sys_name[SIM_TEXT];
    enum sim_kind kind;
    bool snmp, lldp, mute, agentx, cdp, cdpmib, port_names, fdb, dot1d, stp,
        icmp, firewalled, pass_lldp;
    struct sim_port ports[SIM_PORTS];
    int port_count;
    struct sim_addr addrs[SIM_ADDRS];
    int addr_count;
    struct facts *facts;
    struct addr own[SIM_ADDRS];
    int device;             /* index in the input, SIM_NONE */
    unsigned rx[SIM_PORTS]; /* LLDP and CDP frames that lldpd counted */
    int depth, parent_port; /* spanning tree */
    bool reached;
};
struct sim {
    struct sim_node nodes[SIM_NODES];
    int count;
    struct topo_device devices[SIM_NODES];
    size_t device_count;
};

/* ---- reading
 * ------------------------------------------------------------------ */

static inline int sim_node(const struct sim *s, const char *name)
{
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->nodes[i].name, name) == 0)
            return i;
    return SIM_NONE;
}

static inline int sim_port(struct sim_node *n, const char *name)
{
    for (int i = 0; i < n->port_count; i++)
        if (strcmp(n->ports[i].name, name) == 0)
            return i;
    return SIM_NONE;
}

static inline int sim_add_port(struct sim_node *n, const char *name)
{
    struct sim_port *p = &n->ports[n->port_count];

    assert(n->port_count < SIM_PORTS);
    snprintf(p->name, sizeof p->name, "%s", name);
    p->peer_node = p->peer_port = SIM_NONE;
    return n->port_count++;
}

static inline int sim_add_node(struct sim *s, const char *name,
                               enum sim_kind kind)
{
    struct sim_node *n = &s->nodes[s->count];

    assert(s->count < SIM_NODES);
    *n = (struct sim_node){.kind = kind, .agentx = true, .icmp = true};
    snprintf(n->name, sizeof n->name, "%s", name);
    snprintf(n->sys_name, sizeof n->sys_name, "%s", name);
    n->snmp = kind == SIM_ROUTER || kind == SIM_SWITCH || kind == SIM_HOST;
    n->fdb = kind == SIM_SWITCH;
    return s->count++;
}

static inline void sim_cable(struct sim *s, int a, int pa, int b, int pb)
{
    s->nodes[a].ports[pa].peer_node = b;
    s->nodes[a].ports[pa].peer_port = pb;
    s->nodes[b].ports[pb].peer_node = a;
    s->nodes[b].ports[pb].peer_port = pa;
}

static inline void sim_set_key(struct sim_node *n, const char *key,
                               const char *value)
{
    bool on = strcmp(value, "on") == 0;

    if (strcmp(key, "snmp") == 0)
        n->snmp = strcmp(value, "off") != 0;
    else if (strcmp(key, "lldp") == 0)
        n->lldp = on, n->mute = strcmp(value, "mute") == 0;
    else if (strcmp(key, "agentx") == 0)
        n->agentx = on;
    else if (strcmp(key, "cdp") == 0)
        n->cdp = strcmp(value, "off") != 0;
    else if (strcmp(key, "cdpmib") == 0)
        n->cdpmib = on;
    else if (strcmp(key, "portid") == 0)
        n->port_names = true;
    else if (strcmp(key, "fdb") == 0) {
        n->fdb = strcmp(value, "none") != 0;
        n->dot1d = strcmp(value, "dot1d") == 0;
    } else if (strcmp(key, "stp") == 0)
        n->stp = on;
    else if (strcmp(key, "icmp") == 0)
        n->icmp = on;
    else if (strcmp(key, "fw") == 0)
        n->firewalled = true;
    else if (strcmp(key, "fwdmask") == 0)
        n->pass_lldp = on;
    else if (strcmp(key, "sysname") == 0)
        snprintf(n->sys_name, sizeof n->sys_name, "%s", value);
}

static inline enum sim_kind sim_kind_of(const char *word)
{
    static const char *const words[] = {"router", "switch", "dumb",
                                        "host",   "cdp",    "nms"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i], word) == 0)
            return (enum sim_kind)i;
    assert(!"a kind of node");
    return SIM_HOST;
}

/* The port NODE:IF, made if new. */
static inline void sim_end(struct sim *s, const char *word, int *node,
                           int *port)
{
    char name[SIM_TEXT];
    size_t len = strcspn(word, ":");

    memcpy(name, word, len);
    name[len] = '\0';
    *node = sim_node(s, name);
    assert(*node != SIM_NONE);
    *port = sim_port(&s->nodes[*node], word + len + 1);
    if (*port == SIM_NONE)
        *port = sim_add_port(&s->nodes[*node], word + len + 1);
}

static inline void sim_give_addr(struct sim_node *n, const char *if_name,
                                 const char *text)
{
    struct sim_addr *a = &n->addrs[n->addr_count++];
    char addr[SIM_TEXT];

    assert(n->addr_count <= SIM_ADDRS);
    snprintf(a->if_name, sizeof a->if_name, "%s", if_name);
    snprintf(addr, sizeof addr, "%.*s", (int)strcspn(text, "/"), text);
    a->len = atoi(strchr(text, '/') + 1);
    if (addr_parse(addr, &a->addr) != 0)
        abort();
}

static inline void sim_statement(struct sim *s, char **words, int count)
{
    if (count == 0)
        return;
    if (strcmp(words[0], "node") == 0) {
        int node = sim_add_node(s, words[1], sim_kind_of(words[2]));
        for (int i = 3; i < count; i++) {
            char *equals = strchr(words[i], '=');
            *equals = '\0';
            sim_set_key(&s->nodes[node], words[i], equals + 1);
        }
    } else if (strcmp(words[0], "link") == 0) {
        int a, pa, b, pb;
        sim_end(s, words[1], &a, &pa);
        sim_end(s, words[2], &b, &pb);
        sim_cable(s, a, pa, b, pb);
    } else if (strcmp(words[0], "addr") == 0) {
        char *colon = strchr(words[1], ':');
        *colon = '\0';
        int node = sim_node(s, words[1]);
        assert(node != SIM_NONE);
        for (int i = 2; i < count; i++)
            sim_give_addr(&s->nodes[node], colon + 1, words[i]);
    } else {
        assert(!"node, link or addr");
    }
}

static inline struct sim *sim_read(const char *text)
{
    struct sim *s = mem_new(struct sim);
    char *copy = mem_text(text), *rest = copy, *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        char *words[16], *word;
        int count = 0;
        while ((word = strsep(&line, " ")) != NULL && count < 16)
            if (word[0] != '\0')
                words[count++] = word;
        sim_statement(s, words, count);
    }
    free(copy);
    return s;
}

static inline void sim_free(struct sim *s)
{
    for (int i = 0; i < s->count; i++)
        facts_unref(s->nodes[i].facts);
    free(s);
}

/* ---- what it is made of
 * ---------------------------------------------------------- */

static inline bool sim_bridges(const struct sim_node *n)
{
    return n->kind == SIM_SWITCH || n->kind == SIM_DUMB;
}

/* Port -1 is the bridge itself. Sub-interfaces share their port's. */
static inline struct mac sim_mac(int node, int port)
{
    return (struct mac){{0x02, 0x4c, (uint8_t)(node >> 8), (uint8_t)node, 0,
                         port < 0 ? 0x80 : (uint8_t)(port + 1)}};
}

static inline uint32_t sim_if_index(int port)
{
    return port < 0 ? 100u : 2u + (uint32_t)port;
}

/* The port that an interface of a node is on: "eth0.10" on "eth0", br0 on -1.
 */
static inline int sim_port_of_if(struct sim_node *n, const char *if_name)
{
    char name[16];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(if_name, "."), if_name);
    return sim_port(n, name);
}

/* ---- spanning tree
 * ----------------------------------------------------------------- */

static inline void sim_span_from(struct sim *s, int root)
{
    static int queue[SIM_NODES];
    int head = 0, tail = 0;

    s->nodes[root].reached = true;
    s->nodes[root].depth = 0;
    s->nodes[root].parent_port = SIM_NONE;
    queue[tail++] = root;
    while (head < tail) {
        int at = queue[head++];
        struct sim_node *n = &s->nodes[at];
        for (int p = 0; p < n->port_count; p++) {
            int to = n->ports[p].peer_node;
            if (to == SIM_NONE || !sim_bridges(&s->nodes[to]) ||
                s->nodes[to].reached)
                continue;
            s->nodes[to].reached = true;
            s->nodes[to].depth = n->depth + 1;
            s->nodes[to].parent_port = n->ports[p].peer_port;
            queue[tail++] = to;
        }
    }
}

/* Cables between bridges that are not of the tree are blocked at the end that
 * is farther from the root. */
static inline void sim_span(struct sim *s)
{
    for (int i = 0; i < s->count; i++)
        if (sim_bridges(&s->nodes[i]) && !s->nodes[i].reached)
            sim_span_from(s, i);
    for (int i = 0; i < s->count; i++) {
        struct sim_node *n = &s->nodes[i];
        for (int p = 0; p < n->port_count && sim_bridges(n); p++) {
            int to = n->ports[p].peer_node, tp = n->ports[p].peer_port;
            if (to == SIM_NONE || !sim_bridges(&s->nodes[to]) ||
                n->parent_port == p || s->nodes[to].parent_port == tp)
                continue;
            if (n->depth > s->nodes[to].depth ||
                (n->depth == s->nodes[to].depth && i > to))
                n->ports[p].blocked = true;
        }
    }
}

static inline bool sim_passes(const struct sim *s, int node, int port)
{
    const struct sim_port *p = &s->nodes[node].ports[port];

    return p->peer_node != SIM_NONE && !p->blocked &&
           !s->nodes[p->peer_node].ports[p->peer_port].blocked;
}

/* ---- frames
 * ------------------------------------------------------------------------ */

/* What a frame does where it arrives: the node, and the port it came in by. */
typedef void (*sim_arrive_fn)(struct sim *s, int node, int port, void *arg);

struct sim_frame {
    sim_arrive_fn arrive;
    void *arg;
    bool (*stops)(const struct sim_node *n);
};

static inline void sim_travel(struct sim *s, int node, int port,
                              const struct sim_frame *f)
{
    /* The frame leaves node by port. */
    const struct sim_port *p = &s->nodes[node].ports[port];
    int to = p->peer_node, tp = p->peer_port;

    if (!sim_passes(s, node, port))
        return;
    f->arrive(s, to, tp, f->arg);
    if (!sim_bridges(&s->nodes[to]) || f->stops(&s->nodes[to]))
        return;
    for (int q = 0; q < s->nodes[to].port_count; q++)
        if (q != tp)
            sim_travel(s, to, q, f);
}

static inline bool sim_stops_never(const struct sim_node *n)
{
    (void)n;
    return false;
}

static inline bool sim_stops_cdp(const struct sim_node *n)
{
    return n->kind == SIM_SWITCH && n->cdp;
}

static inline bool sim_stops_lldp(const struct sim_node *n)
{
    return !n->pass_lldp;
}

/* ---- facts
 * ------------------------------------------------------------------------- */

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

/* ---- neighbors
 * ------------------------------------------------------------------------ */

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

/* ---- forwarding tables and ARP
 * --------------------------------------------------------- */

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

/* ---- the inventory
 * ----------------------------------------------------------------------- */

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
        sim_enlist(s, i);
}

static inline struct topology *sim_infer(struct sim *s)
{
    const struct topo_input input = {s->devices, s->device_count};

    return topology_infer(&input);
}

/* ---- judging
 * ------------------------------------------------------------------------------
 */

static inline bool sim_is_claim(const struct topology *t,
                                const struct topo_link *l)
{
    return l->layer == 2 && l->kind != LINK_SEGMENT &&
           (l->state == LINK_CONFIRMED || l->state == LINK_DOWN ||
            l->state == LINK_BLOCKED) &&
           t->nodes.at[l->a].origin == NODE_DEVICE &&
           t->nodes.at[l->b].origin == NODE_DEVICE;
}

static inline bool sim_port_agrees(const struct sim_node *n, int port,
                                   const char *claimed, bool exact)
{
    return strcmp(n->ports[port].name, claimed) == 0 ||
           (!exact && (claimed[0] == '\0' || n->facts == NULL));
}

/* True if the cable at port of node is what the link claims. */
static inline bool sim_cable_is(const struct sim *s, const struct topology *t,
                                const struct topo_link *l, int node, int port,
                                bool exact)
{
    const struct sim_node *n = &s->nodes[node];
    int to = n->ports[port].peer_node, tp = n->ports[port].peer_port;
    const char *a = t->nodes.at[l->a].name, *b = t->nodes.at[l->b].name;

    if (to == SIM_NONE || strcmp(a, n->name) != 0 ||
        strcmp(b, s->nodes[to].name) != 0)
        return false;
    return sim_port_agrees(n, port, l->a_port, exact && n->facts != NULL) &&
           sim_port_agrees(&s->nodes[to], tp, l->b_port,
                           exact && s->nodes[to].facts != NULL);
}

/* Links that are no cable; printed. */
static inline int sim_count_false(const struct sim *s, const struct topology *t)
{
    int wrong = 0;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        bool true_one = !sim_is_claim(t, l);
        for (int n = 0; n < s->count && !true_one; n++)
            for (int p = 0; p < s->nodes[n].port_count && !true_one; p++)
                true_one = sim_cable_is(s, t, l, n, p, false);
        if (true_one)
            continue;
        wrong++;
        printf("false: %s:%s - %s:%s evidence %x (%s)\n",
               t->nodes.at[l->a].name, l->a_port, t->nodes.at[l->b].name,
               l->b_port, (unsigned)l->evidence, l->why);
    }
    return wrong;
}

static inline bool sim_hears(const struct sim_node *x, const struct sim_node *y)
{
    if (x->facts == NULL)
        return false;
    return (y->lldp &&
            ((x->lldp && sim_serves_lldp(x)) || x->kind == SIM_NMS)) ||
           (y->cdp && (x->kind == SIM_NMS || (x->cdp && x->cdpmib)));
}

/* True if somebody's tables show the cable. */
static inline bool sim_is_visible(const struct sim *s, int node, int port,
                                  bool by_fdb)
{
    const struct sim_node *x = &s->nodes[node];
    const struct sim_port *p = &x->ports[port];
    const struct sim_node *y;

    if (p->peer_node == SIM_NONE)
        return false;
    y = &s->nodes[p->peer_node];
    if (x->device == SIM_NONE || y->device == SIM_NONE)
        return false;
    if (sim_hears(x, y) || sim_hears(y, x))
        return true;
    return by_fdb && sim_passes(s, node, port) &&
           ((x->facts != NULL && x->fdb) || (y->facts != NULL && y->fdb));
}

/* Visible cables that are no link with both ports; printed. */
static inline int sim_count_missing(const struct sim *s,
                                    const struct topology *t, bool by_fdb)
{
    int missing = 0;

    for (int n = 0; n < s->count; n++)
        for (int p = 0; p < s->nodes[n].port_count; p++) {
            const struct sim_port *port = &s->nodes[n].ports[p];
            bool there = !sim_is_visible(s, n, p, by_fdb);
            for (size_t i = 0; i < t->links.count && !there; i++)
                there = sim_is_claim(t, &t->links.at[i]) &&
                        (sim_cable_is(s, t, &t->links.at[i], n, p, true) ||
                         sim_cable_is(s, t, &t->links.at[i], port->peer_node,
                                      port->peer_port, true));
            if (there || n > port->peer_node)
                continue;
            missing++;
            printf("missing: %s:%s - %s:%s\n", s->nodes[n].name,
                   s->nodes[n].ports[p].name, s->nodes[port->peer_node].name,
                   s->nodes[port->peer_node].ports[port->peer_port].name);
        }
    return missing;
}

/* Prints all links, for whoever reads a failure. */
static inline void sim_show(const struct topology *t)
{
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        struct buffer OWNED_BUFFER e = {0};
        link_evidence_text(l->evidence, &e);
        printf("%s:%s - %s:%s l%u %s %s %u %s\n", t->nodes.at[l->a].name,
               l->a_port, t->nodes.at[l->b].name, l->b_port, l->layer,
               link_kind_name(l->kind), e.at, l->confidence,
               link_state_name(l->state));
    }
    for (size_t i = 0; i < t->conflicts.count; i++)
        printf("! %s\n", t->conflicts.at[i].text);
}

#endif
