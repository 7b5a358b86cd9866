/* sim_model.h - a small network for tests (sim.h), as text and in memory.
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
#ifndef TESTS_TOPOLOGY_SIM_MODEL_H
#define TESTS_TOPOLOGY_SIM_MODEL_H

#include "topology/topology.h"

#include <assert.h>

enum { SIM_NODES = 512, SIM_PORTS = 64, SIM_ADDRS = 8, SIM_TEXT = 64 };
enum { SIM_NONE = -1 };

enum sim_kind { SIM_ROUTER, SIM_SWITCH, SIM_DUMB, SIM_HOST, SIM_CDP, SIM_NMS };

struct sim_port {
    char name[16];
    int peer_node, peer_port; /* SIM_NONE */
    bool blocked;
    char bundle[16]; /* the aggregate that it is a member of, or "" */
    bool spare;      /* frames take another member of it */
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
        icmp, firewalled, pass_lldp, lacp;
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
    const struct topo_traffic *traffic; /* what was measured, if any */
    size_t traffic_count;
};

/* ---- reading ---- */

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
    abort(); /* no kind of node */
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
        abort(); /* no statement */
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

/* ---- what it is made of ---- */

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

#endif
