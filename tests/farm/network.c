#include "tests/farm/network.h"

#include "tests/farm/members.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AGENTS_PER_BLOCK = 250, /* addresses .1 to .250 of each /24 */
    CABLE_NET = 0x0a800000, /* 10.128.0.0/9: subnets of routed cables */
};

const struct vlan_plan vlan_plans[VLANS] = {
    {1, "default"},  {10, "users"},    {20, "voice"},
    {30, "servers"}, {40, "printers"},
};

/* OUIs of makers of network cards. */
static const uint32_t host_ouis[] = {0x3c970e, 0xd4bed9, 0xa4bb6d, 0x5c60ba,
                                     0x001b21, 0xf0def1, 0x64167f, 0x0004f2};

struct network *network_new(uint64_t seed, uint32_t base_ip)
{
    struct network *net = mem_new(struct network);

    net->seed = seed;
    net->base_ip = base_ip;
    net->next_mac = 0x1000;
    return net;
}

void network_free(struct network *net)
{
    if (net == NULL)
        return;
    array_fini(&net->devices);
    array_fini(&net->ports);
    array_fini(&net->hosts);
    array_fini(&net->domains);
    array_fini(&net->members);
    array_fini(&net->sites);
    free(net->by_mac);
    free(net->by_ip);
    free(net);
}

uint32_t address_of_agent(uint32_t base_ip, uint32_t n)
{
    return base_ip + n / AGENTS_PER_BLOCK * 256 + n % AGENTS_PER_BLOCK;
}

uint32_t agent_of_address(uint32_t base_ip, uint32_t ip)
{
    uint32_t offset = ip - base_ip;

    if (ip < base_ip || offset % 256 >= AGENTS_PER_BLOCK)
        return NONE;
    return offset / 256 * AGENTS_PER_BLOCK + offset % 256;
}

/* ---- building ------------------------------------------------------------ */

uint32_t network_add(struct network *net, const struct model *model,
                     uint32_t ports, const char *name)
{
    uint32_t index = (uint32_t)net->devices.count;
    struct device *d = array_add(&net->devices);

    assert(ports > 0 && ports <= DEVICE_PORTS_MAX && index < DEVICES_MAX);
    d->model = model;
    (void)snprintf(d->name, sizeof d->name, "%s", name);
    d->first_port = (uint32_t)net->ports.count;
    d->ports = ports;
    d->ip = address_of_agent(net->base_ip, index);
    d->mac_base = net->next_mac;
    d->domain = NONE;
    d->up_port = NONE;
    d->vlan = VLAN_MANAGEMENT;
    net->next_mac += ports + 8;
    for (uint32_t i = 0; i < ports; i++) {
        struct port *p = array_add(&net->ports);

        p->device = index;
        p->peer = p->told = NONE;
    }
    return index;
}

static bool port_is_free(const struct network *net, uint32_t port)
{
    const struct port *p = &net->ports.at[port];

    return p->peer == NONE && (p->flags & PORT_HOSTS) == 0;
}

uint32_t network_free_port(const struct network *net, uint32_t device,
                           bool from_back)
{
    const struct device *d = network_device(net, device);

    for (uint32_t i = 0; i < d->ports; i++) {
        uint32_t at = d->first_port + (from_back ? d->ports - 1 - i : i);

        if (port_is_free(net, at))
            return at;
    }
    return NONE;
}

uint32_t network_free_ports(const struct network *net, uint32_t device)
{
    const struct device *d = network_device(net, device);
    uint32_t count = 0;

    for (uint32_t i = 0; i < d->ports; i++)
        count += port_is_free(net, d->first_port + i);
    return count;
}

/* Gives both ends of a routed cable an address: a /30, every other time a
 * /31. */
static void cable_route(struct network *net, struct port *a, struct port *b)
{
    uint32_t subnet = (uint32_t)CABLE_NET + 4 * net->next_cable;
    bool slim = net->next_cable % 2 == 1;

    net->next_cable++;
    a->flags |= PORT_ROUTED;
    b->flags |= PORT_ROUTED;
    a->ip = subnet + (slim ? 0 : 1);
    b->ip = subnet + (slim ? 1 : 2);
    a->prefix_len = b->prefix_len = slim ? 31 : 30;
}

bool network_cable(struct network *net, uint32_t a, uint32_t b, bool routed,
                   uint32_t speed_mbps)
{
    uint32_t pa = network_free_port(net, a, true);
    uint32_t pb = network_free_port(net, b, true);

    if (pa == NONE || pb == NONE || a == b)
        return false;
    struct port *at = net->ports.at;

    at[pa].peer = at[pa].told = pb;
    at[pb].peer = at[pb].told = pa;
    at[pa].speed_mbps = at[pb].speed_mbps = speed_mbps;
    if (routed)
        cable_route(net, &at[pa], &at[pb]);
    return true;
}

void network_host_at(struct network *net, uint32_t port, uint8_t vlan)
{
    uint32_t index = (uint32_t)net->hosts.count;
    struct host *h = array_add(&net->hosts);

    h->port = port;
    h->vlan = vlan;
    h->mac = 0x010000 + index;
    h->oui =
        (uint8_t)(network_hash(net->seed, 77, index) % COUNT_OF(host_ouis));
    net->ports.at[port].flags |= PORT_HOSTS;
}

bool network_host(struct network *net, uint32_t device, uint8_t vlan)
{
    uint32_t port = network_free_port(net, device, false);

    if (port == NONE)
        return false;
    network_host_at(net, port, vlan);
    return true;
}

/* ---- asking -------------------------------------------------------------- */

uint64_t device_mac(const struct device *d)
{
    return (uint64_t)d->model->oui << 24 | (d->mac_base & 0xffffff);
}

uint64_t port_mac(const struct network *net, uint32_t port)
{
    const struct device *d = network_device(net, net->ports.at[port].device);

    if ((d->model->flags & MODEL_ONE_MAC) != 0)
        return device_mac(d);
    return device_mac(d) + 1 + (port - d->first_port);
}

uint64_t host_mac(const struct host *h)
{
    return (uint64_t)host_ouis[h->oui] << 24 | h->mac;
}

bool port_is_up(const struct network *net, uint32_t port)
{
    const struct port *p = &net->ports.at[port];

    if ((p->flags & (PORT_CUT | PORT_SHUT)) != 0)
        return false;
    return p->peer != NONE || (p->flags & PORT_HOSTS) != 0;
}

bool port_forwards(const struct network *net, uint32_t port)
{
    const struct port *p = &net->ports.at[port];

    if (!port_is_up(net, port) || (p->flags & PORT_BLOCKED) != 0)
        return false;
    return p->peer == NONE ||
           (net->ports.at[p->peer].flags & PORT_BLOCKED) == 0;
}

/* ---- bridged domains ----------------------------------------------------- */

static bool device_bridges(const struct device *d)
{
    return d->model->role == ROLE_SWITCH || d->model->role == ROLE_L3SWITCH;
}

/* A bridged cable that has a carrier: the device behind it, else NONE. */
static uint32_t bridged_peer(const struct network *net, uint32_t port)
{
    const struct port *p = &net->ports.at[port];

    if (p->peer == NONE || (p->flags & (PORT_ROUTED | PORT_CUT)) != 0)
        return NONE;
    return net->ports.at[p->peer].device;
}

/* Every device of the domain that the root reaches, breadth first; fills
 * up_port and depth. queue has room for all devices; gives their number. */
static uint32_t domain_spread(struct network *net, uint32_t domain,
                              uint32_t *queue)
{
    uint32_t root = net->domains.at[domain].root, count = 0;

    queue[count++] = root;
    network_device(net, root)->domain = domain;
    for (uint32_t at = 0; at < count; at++) {
        struct device *d = network_device(net, queue[at]);

        if (!device_bridges(d))
            continue;
        for (uint32_t p = d->first_port; p < d->first_port + d->ports; p++) {
            uint32_t peer = bridged_peer(net, p);

            if (peer == NONE || peer == root ||
                network_device(net, peer)->up_port != NONE)
                continue;
            struct device *below = network_device(net, peer);

            below->domain = domain;
            below->up_port = net->ports.at[p].peer;
            below->depth = (uint16_t)(d->depth + 1);
            queue[count++] = peer;
        }
    }
    return count;
}

static bool port_is_tree(const struct network *net, uint32_t port)
{
    const struct port *p = &net->ports.at[port];

    return network_device(net, p->device)->up_port == port ||
           network_device(net, net->ports.at[p->peer].device)->up_port ==
               p->peer;
}

/* Of a cable outside the tree one end blocks: the deeper, then the later. */
static void domain_block(struct network *net, uint32_t port)
{
    struct port *p = &net->ports.at[port];
    const struct device *d = network_device(net, p->device);

    p->flags &= (uint8_t)~PORT_BLOCKED;
    uint32_t peer = bridged_peer(net, port);

    if (peer == NONE || d->domain == NONE || port_is_tree(net, port))
        return;
    const struct device *other = network_device(net, peer);
    bool deeper =
        d->depth != other->depth ? d->depth > other->depth : port > p->peer;
    if (deeper)
        p->flags |= PORT_BLOCKED;
}

/* Numbers the devices of a tree so that a subtree is an interval. Sizes are
 * summed from the leaves up, then intervals handed out from the root down. */
static void domain_number(struct network *net, const uint32_t *queue,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        network_device(net, queue[i])->tout = 1; /* its size, for now */
    for (uint32_t i = count; i-- > 1;) {
        const struct device *d = network_device(net, queue[i]);
        uint32_t parent = net->ports.at[d->up_port].peer;

        network_device(net, net->ports.at[parent].device)->tout += d->tout;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct device *d = network_device(net, queue[i]);
        uint32_t size = d->tout;

        d->tin = 0;
        if (i > 0) {
            uint32_t up = net->ports.at[d->up_port].peer;
            struct device *parent =
                network_device(net, net->ports.at[up].device);

            d->tin = parent->tree_next;
            parent->tree_next += size;
        }
        d->tree_next = d->tin + 1;
        d->tout = d->tin + size;
    }
}

/* The spanning tree of one domain, from its root. */
static void domain_settle(struct network *net, uint32_t domain, uint32_t *queue)
{
    uint32_t count = domain_spread(net, domain, queue);

    domain_number(net, queue, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct device *d = network_device(net, queue[i]);

        for (uint32_t p = d->first_port; p < d->first_port + d->ports; p++)
            domain_block(net, p);
    }
}

/* Forgets the tree of a domain, its members' place in the network stays. */
static void domain_forget(struct network *net, uint32_t domain)
{
    for (size_t i = 0; i < net->devices.count; i++) {
        struct device *d = &net->devices.at[i];

        if (d->domain != domain)
            continue;
        d->up_port = NONE;
        d->depth = 0;
        d->tin = d->tout = NONE;
    }
}

bool network_miswire(struct network *net, uint32_t a, uint32_t b)
{
    struct port *at = net->ports.at;
    uint32_t x = at[a].told, y = at[b].told;

    if (x == NONE || y == NONE || a == b || x == b)
        return false;
    at[a].told = y;
    at[y].told = a;
    at[b].told = x;
    at[x].told = b;
    return true;
}

void network_cut(struct network *net, uint32_t port, bool cut)
{
    struct port *p = &net->ports.at[port];
    uint32_t domain = network_device(net, p->device)->domain;
    uint8_t flag = PORT_CUT;

    p->flags = (uint8_t)(cut ? p->flags | flag : p->flags & ~flag);
    if (p->peer == NONE)
        return;
    struct port *peer = &net->ports.at[p->peer];

    peer->flags = (uint8_t)(cut ? peer->flags | flag : peer->flags & ~flag);
    if (domain == NONE || (p->flags & PORT_ROUTED) != 0)
        return;
    uint32_t *queue = mem_array(net->devices.count, sizeof *queue);

    domain_forget(net, domain);
    domain_settle(net, domain, queue);
    free(queue);
}

uint32_t network_towards(const struct network *net, uint32_t device,
                         const struct member *m)
{
    const struct device *d = network_device(net, device);
    uint32_t at = m->node, port = NONE;

    if ((m->node & HOST_BIT) != 0) {
        port = net->hosts.at[m->node & ~HOST_BIT].port;
        at = net->ports.at[port].device;
    }
    if (at == device)
        return port;
    const struct device *other = network_device(net, at);

    if (other->tin == NONE || d->tin == NONE)
        return NONE; /* cut off from the tree */
    if (other->tin < d->tin || other->tin >= d->tout)
        return d->up_port;
    for (uint32_t p = d->first_port; p < d->first_port + d->ports; p++) {
        uint32_t peer = bridged_peer(net, p);

        if (peer == NONE)
            continue;
        const struct device *below = network_device(net, peer);

        if (below->up_port == net->ports.at[p].peer &&
            below->tin <= other->tin && other->tin < below->tout)
            return p;
    }
    return NONE;
}

void network_finish(struct network *net)
{
    uint32_t *queue = mem_array(net->devices.count + 1, sizeof *queue);

    assert(!net->finished);
    for (uint32_t i = 0; i < net->devices.count; i++) {
        const struct device *d = network_device(net, i);

        if (!d->gateway || d->domain != NONE || !device_bridges(d))
            continue;
        struct domain *domain = array_add(&net->domains);

        domain->root = i;
        domain_settle(net, (uint32_t)net->domains.count - 1, queue);
    }
    free(queue);
    members_address(net);
    members_fill(net);
    net->finished = true;
}
