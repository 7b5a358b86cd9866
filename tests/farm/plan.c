#include "tests/farm/plan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { GIGABIT = 1000, TEN_GIGABIT = 10000, PICK_MODEL = 1, PICK_PLACE = 2 };

uint32_t plan_pick(const struct network *net, uint64_t what, uint64_t which,
                   uint32_t limit)
{
    return (uint32_t)(network_hash(net->seed, 0x706c616e + what, which) %
                      limit);
}

void plan_hosts(struct network *net, uint32_t device, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t port = network_free_port(net, device, false);

        if (port == NONE)
            return;
        network_host_at(net, port, VLAN_USERS);
        if (i % 3 == 0)
            network_host_at(net, port, VLAN_VOICE);
    }
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static const struct model *pick_model(const struct network *net,
                                      const char *const *keys, uint32_t count)
{
    return model_find(
        keys[plan_pick(net, PICK_MODEL, net->devices.count, count)]);
}

static const char *const access_keys[] = {"ios-access", "vrp-access",
                                          "foundry-access", "comware-access"};
static const char *const gateway_keys[] = {
    "iosxe-dist", "vrp-dist", "junos-switch", "comware-dist", "nxos-core"};
static const char *const router_keys[] = {"iosxe-router", "vrp-router",
                                          "junos-router"};
static const char *const server_keys[] = {"linux", "windows", "linux-lldp"};

static uint32_t add(struct network *net, const struct model *model,
                    uint32_t ports, const char *kind, uint32_t number)
{
    char name[NAME_MAX_LEN];

    (void)snprintf(name, sizeof name, "%s-%u", kind, number);
    return network_add(net, model, ports, name);
}

static void add_site(struct network *net, const char *name)
{
    *array_add(&net->sites) = name;
}

/* ---- fat tree --------------------------------------------------------------
 */

/* One fat tree of radix k: (k/2)^2 cores, k pods of k/2 aggregation and k/2
 * edge switches, all cables routed; hosts behind the edge. Its first core. */
static uint32_t fabric_draw(struct network *net, uint32_t k, uint32_t ports,
                            uint32_t *left, uint32_t *edges,
                            uint32_t *edge_count)
{
    uint32_t half = k / 2, first = (uint32_t)net->devices.count;
    uint32_t fabric = first;

    for (uint32_t i = 0; i<half * half && * left> 0; i++, (*left)--)
        add(net, model_find("nxos-core"), larger(ports, k + 2), "core",
            fabric + i + 1);
    for (uint32_t pod = 0; pod < k && *left >= k; pod++) {
        uint32_t agg = (uint32_t)net->devices.count;

        for (uint32_t i = 0; i < half; i++)
            add(net, pick_model(net, gateway_keys, COUNT_OF(gateway_keys)),
                larger(ports, k), "agg", agg + i + 1);
        for (uint32_t i = 0; i < half; i++) {
            uint32_t edge =
                add(net, pick_model(net, gateway_keys, COUNT_OF(gateway_keys)),
                    larger(ports, half + 4), "edge", agg + half + i + 1);

            network_device(net, edge)->gateway = true;
            edges[(*edge_count)++] = edge;
            for (uint32_t a = 0; a < half; a++)
                (void)network_cable(net, edge, agg + a, true, TEN_GIGABIT);
        }
        for (uint32_t i = 0; i < half * half; i++)
            (void)network_cable(net, agg + i / half, first + i, true,
                                TEN_GIGABIT);
        *left -= k;
    }
    return first;
}

static void fat_tree_draw(struct network *net, uint32_t devices, uint32_t ports)
{
    uint32_t k = 2, left = devices, edge_count = 0, before = NONE;
    uint32_t most = larger(ports - ports % 2, 4);
    uint32_t *edges = mem_array(devices + 1, sizeof *edges);

    while (k + 2 <= most && 5 * (k + 2) * (k + 2) / 4 <= devices)
        k += 2;
    add_site(net, "data center 1");
    while (left >= k * k / 4 + k) {
        uint32_t first = fabric_draw(net, k, ports, &left, edges, &edge_count);

        if (before != NONE)
            (void)network_cable(net, before, first, true, TEN_GIGABIT);
        before = first;
    }
    for (uint32_t i = 0; left > 0 && edge_count > 0; i++) {
        uint32_t at = (uint32_t)net->devices.count;
        const char *key = server_keys[plan_pick(net, PICK_MODEL, at, 3)];
        uint32_t edge = edges[i % edge_count];

        assert(i < devices * 64); /* there are ports for all servers */
        if (network_free_ports(net, edge) < 2)
            continue;
        uint32_t server = add(net, model_find(key), 1, "server", at + 1);

        network_device(net, server)->vlan = VLAN_SERVERS;
        (void)network_cable(net, server, edge, false, TEN_GIGABIT);
        left--;
    }
    for (uint32_t i = 0; i < edge_count; i++)
        plan_hosts(net, edges[i],
                   smaller(4, network_free_ports(net, edges[i])));
    free(edges);
}

/* ---- ring with trees -------------------------------------------------------
 */

enum { RING_TREE = 8, RING_FAN_OUT = 3 };

/* Switches below a gateway: each hangs on the one RING_FAN_OUT before it. */
static void ring_tree(struct network *net, uint32_t root, uint32_t count,
                      uint32_t ports)
{
    uint32_t first = (uint32_t)net->devices.count;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at =
            add(net, pick_model(net, access_keys, COUNT_OF(access_keys)), ports,
                "sw", first + i + 1);
        uint32_t above = i < RING_FAN_OUT ? root : first + i - RING_FAN_OUT;

        (void)network_cable(net, at, above, false, GIGABIT);
        plan_hosts(net, at, smaller(4, ports / 4));
    }
}

static void ring_draw(struct network *net, uint32_t devices, uint32_t ports)
{
    uint32_t routers = larger(devices / (1 + RING_TREE), smaller(3, devices));
    uint32_t left = devices - routers;

    ports = larger(ports, 8);
    add_site(net, "ring");
    for (uint32_t i = 0; i < routers; i++) {
        uint32_t at =
            add(net, pick_model(net, gateway_keys, COUNT_OF(gateway_keys)),
                ports, "gw", i + 1);

        network_device(net, at)->gateway = true;
    }
    for (uint32_t i = 0; i < routers; i++)
        if (routers > 2 || i + 1 < routers)
            (void)network_cable(net, i, (i + 1) % routers, true, TEN_GIGABIT);
    for (uint32_t i = 0; i < routers; i++) {
        uint32_t count = left / (routers - i);

        ring_tree(net, i, count, ports);
        left -= count;
    }
}

/* ---- random ----------------------------------------------------------------
 */

/* What the nth device of a random network is. */
static uint32_t random_add(struct network *net, uint32_t nth, uint32_t ports)
{
    uint32_t dice = nth == 0 ? 0 : plan_pick(net, PICK_PLACE, nth, 100);
    uint32_t at;

    if (dice < 8) {
        at = add(net, pick_model(net, router_keys, COUNT_OF(router_keys)),
                 ports, "router", nth + 1);
    } else if (dice < 25 || nth < 3) {
        at = add(net, pick_model(net, gateway_keys, COUNT_OF(gateway_keys)),
                 ports, "l3", nth + 1);
        network_device(net, at)->gateway = true;
    } else if (dice < 75) {
        at = add(net, pick_model(net, access_keys, COUNT_OF(access_keys)),
                 ports, "switch", nth + 1);
    } else {
        at = add(net, pick_model(net, server_keys, COUNT_OF(server_keys)), 1,
                 "host", nth + 1);
        network_device(net, at)->vlan = VLAN_SERVERS;
    }
    return at;
}

/* Whether a device of one role may hang on one of another, and how: routers
 * and gateways on their like by a routed cable, switches on gateways and
 * switches, servers on switches. */
static bool random_fits(enum role below, enum role above, bool *routed)
{
    bool upper = above == ROLE_ROUTER || above == ROLE_L3SWITCH;

    *routed = below == ROLE_ROUTER || below == ROLE_L3SWITCH;
    if (*routed)
        return upper;
    return above == ROLE_L3SWITCH || above == ROLE_SWITCH;
}

/* Hangs device nth on some earlier one that fits; tries until one does. */
static void random_hang(struct network *net, uint32_t nth)
{
    enum { TRIES = 4000 };
    bool routed;

    for (uint32_t i = 0; i < TRIES; i++) {
        uint64_t which = (uint64_t)nth << 20 | i;
        uint32_t above = plan_pick(net, PICK_PLACE + 1, which, nth);

        if (i > TRIES / 2) /* then simply the latest that has room */
            above = nth - 1 - (i - TRIES / 2) % nth;
        if (random_fits(network_device(net, nth)->model->role,
                        network_device(net, above)->model->role, &routed) &&
            network_free_ports(net, above) > 3 &&
            network_cable(net, nth, above, routed,
                          routed ? TEN_GIGABIT : GIGABIT))
            return;
    }
}

static void random_draw(struct network *net, uint32_t devices, uint32_t ports)
{
    bool routed;

    ports = larger(ports, 8);
    add_site(net, "random");
    for (uint32_t i = 0; i < devices; i++) {
        (void)random_add(net, i, ports);
        if (i > 0)
            random_hang(net, i);
    }
    for (uint32_t i = 0; i < devices / 5 && devices > 3; i++) { /* meshes */
        uint32_t a = plan_pick(net, PICK_PLACE + 2, i, devices);
        uint32_t b = plan_pick(net, PICK_PLACE + 3, i, devices);
        enum role role = network_device(net, a)->model->role;

        if (role <= ROLE_L3SWITCH && network_free_ports(net, a) > 3 &&
            network_free_ports(net, b) > 3 &&
            random_fits(role, network_device(net, b)->model->role, &routed))
            (void)network_cable(net, a, b, true, TEN_GIGABIT);
    }
    for (uint32_t i = 0; i < devices; i++)
        if (network_device(net, i)->model->role == ROLE_SWITCH)
            plan_hosts(net, i, plan_pick(net, PICK_PLACE + 4, i, ports / 3));
}

/* ---- switches --------------------------------------------------------------
 */

/* Switches that know of no one: hosts at half their ports, no cable between
 * them. They are found by their addresses alone. */
static void switches_draw(struct network *net, uint32_t devices, uint32_t ports)
{
    add_site(net, "switches");
    for (uint32_t i = 0; i < devices; i++) {
        const struct model *model =
            pick_model(net, access_keys, COUNT_OF(access_keys));

        plan_hosts(net, add(net, model, ports, "switch", i + 1), ports / 2);
    }
}

/* ---- the table -------------------------------------------------------------
 */

static const struct plan plans[] = {
    {"campus", "a company: sites, cores, access, servers, printers, phones", 12,
     campus_draw},
    {"fat-tree", "data centers: routed fat trees of switches, and servers", 5,
     fat_tree_draw},
    {"ring", "a ring of routing switches, each with a tree below", 1,
     ring_draw},
    {"random", "a random mesh of routers with random trees of switches", 2,
     random_draw},
    {"switches", "switches alone, no cable between them", 1, switches_draw},
};

const struct plan *plan_all(size_t *count)
{
    *count = COUNT_OF(plans);
    return plans;
}

const struct plan *plan_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(plans); i++)
        if (strcmp(plans[i].name, name) == 0)
            return &plans[i];
    return NULL;
}

struct network *plan_make(const struct plan *p, uint64_t seed, uint32_t base_ip,
                          uint32_t devices, uint32_t ports)
{
    struct network *net = network_new(seed, base_ip);

    p->draw(net, devices, ports);
    network_finish(net);
    return net;
}
