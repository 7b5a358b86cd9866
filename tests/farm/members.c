#include "tests/farm/members.h"

#include <stdlib.h>
#include <string.h>

enum {
    SUBNET_NET = 0x0a000000,  /* 10.0.0.0/9: subnets of VLANs */
    SMALL_SUBNET_HOSTS = 240, /* more want a /22 */
};

/* The MAC that a device with an address is reached at. */
static uint64_t member_mac(const struct network *net, uint32_t node)
{
    if ((node & HOST_BIT) != 0)
        return host_mac(&net->hosts.at[node & ~HOST_BIT]);
    const struct device *d = network_device(net, node);

    if (d->model->role <= ROLE_SWITCH)
        return device_mac(d);
    return port_mac(net, d->first_port);
}

static int member_compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

struct ranked {
    uint64_t key;
    uint32_t at;
};

static int ranked_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static uint8_t node_vlan(const struct network *net, uint32_t node)
{
    return (node & HOST_BIT) != 0 ? net->hosts.at[node & ~HOST_BIT].vlan
                                  : network_device(net, node)->vlan;
}

static uint32_t node_ip(const struct network *net, uint32_t node)
{
    return (node & HOST_BIT) != 0 ? net->hosts.at[node & ~HOST_BIT].ip
                                  : network_device(net, node)->ip;
}

/* Which domain a node is in, NONE. */
static uint32_t node_domain(const struct network *net, uint32_t node)
{
    if ((node & HOST_BIT) == 0)
        return network_device(net, node)->domain;
    uint32_t port = net->hosts.at[node & ~HOST_BIT].port;

    return network_device(net, net->ports.at[port].device)->domain;
}

/* Subnets of the VLANs of a domain that has so many hosts in each. */
static void domain_subnets(struct network *net, struct domain *d,
                           const uint32_t hosts[VLANS])
{
    for (size_t v = 1; v < VLANS; v++) {
        if (hosts[v] == 0)
            continue;
        uint32_t blocks = hosts[v] > SMALL_SUBNET_HOSTS ? 4 : 1;

        net->next_subnet += (blocks - net->next_subnet % blocks) % blocks;
        d->subnet[v] = (uint32_t)SUBNET_NET + (net->next_subnet << 8);
        d->prefix_len[v] = blocks == 1 ? 24 : 22;
        net->next_subnet += blocks;
    }
}

void members_address(struct network *net)
{
    uint32_t(*count)[VLANS] = mem_array(net->domains.count + 1, sizeof *count);

    for (size_t i = 0; i < net->hosts.count; i++) {
        uint32_t domain = node_domain(net, (uint32_t)i | HOST_BIT);

        if (domain != NONE)
            count[domain][net->hosts.at[i].vlan]++;
    }
    for (size_t i = 0; i < net->devices.count; i++) {
        const struct device *d = &net->devices.at[i];

        if (d->domain != NONE)
            count[d->domain][d->vlan]++;
    }
    for (size_t i = 0; i < net->domains.count; i++)
        domain_subnets(net, &net->domains.at[i], count[i]);
    memset(count, 0, (net->domains.count + 1) * sizeof *count);
    for (size_t i = 0; i < net->hosts.count; i++) {
        struct host *h = &net->hosts.at[i];
        uint32_t domain = node_domain(net, (uint32_t)i | HOST_BIT);

        if (domain != NONE)
            h->ip = net->domains.at[domain].subnet[h->vlan] + 10 +
                    count[domain][h->vlan]++;
    }
    free(count);
}

/* The orders of a domain's members, from the one by key. */
static void domain_orders(struct network *net, struct domain *d,
                          struct ranked *work)
{
    const struct member *m = net->members.at + d->first_member;

    for (uint32_t i = 0; i < d->members; i++)
        work[i] = (struct ranked){m[i].key & 0xffffffffffff, i};
    qsort(work, d->members, sizeof *work, ranked_compare);
    for (uint32_t i = 0; i < d->members; i++)
        net->by_mac[d->first_member + i] = work[i].at;
    for (uint32_t i = 0; i < d->members; i++)
        work[i] = (struct ranked){(uint64_t)node_vlan(net, m[i].node) << 32 |
                                      node_ip(net, m[i].node),
                                  i};
    qsort(work, d->members, sizeof *work, ranked_compare);
    for (uint32_t i = 0; i < d->members; i++) {
        net->by_ip[d->first_member + i] = work[i].at;
        d->by_vlan[(work[i].key >> 32) + 1] = i + 1;
    }
    for (size_t v = 1; v <= VLANS; v++)
        if (d->by_vlan[v] == 0)
            d->by_vlan[v] = d->by_vlan[v - 1];
}

static void member_place(struct network *net, uint32_t node, uint32_t *next)
{
    uint32_t domain = node_domain(net, node);

    if (domain == NONE)
        return;
    uint64_t vlan = vlan_plans[node_vlan(net, node)].id;

    net->members.at[next[domain]++] =
        (struct member){vlan << 48 | member_mac(net, node), node};
}

void members_fill(struct network *net)
{
    size_t nodes = net->devices.count + net->hosts.count, most = 1;
    uint32_t *next = mem_array(net->domains.count + 1, sizeof *next);
    uint32_t first = 0;

    for (size_t i = 0; i < nodes; i++) {
        uint32_t node = i < net->devices.count
                            ? (uint32_t)i
                            : (uint32_t)(i - net->devices.count) | HOST_BIT;
        uint32_t domain = node_domain(net, node);

        if (domain != NONE)
            net->domains.at[domain].members++;
    }
    for (size_t i = 0; i < net->domains.count; i++) {
        struct domain *d = &net->domains.at[i];

        next[i] = d->first_member = first;
        first += d->members;
        most = d->members > most ? d->members : most;
    }
    net->members.at = mem_array(first + 1, sizeof *net->members.at);
    net->members.count = net->members.room = first;
    net->by_mac = mem_array(first + 1, sizeof *net->by_mac);
    net->by_ip = mem_array(first + 1, sizeof *net->by_ip);
    for (uint32_t i = 0; i < net->devices.count; i++)
        member_place(net, i, next);
    for (uint32_t i = 0; i < net->hosts.count; i++)
        member_place(net, i | HOST_BIT, next);
    struct ranked *work = mem_array(most, sizeof *work);

    for (size_t i = 0; i < net->domains.count; i++) {
        struct domain *d = &net->domains.at[i];

        qsort(net->members.at + d->first_member, d->members,
              sizeof *net->members.at, member_compare);
        domain_orders(net, d, work);
    }
    free(work);
    free(next);
}
