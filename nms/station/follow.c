#include "station/follow.h"

#include "base/table.h"
#include "base/text.h"

#include <stdlib.h>

struct follow {
    struct leads *leads;
    const struct inventory *inventory;
    const struct fence *fence;
    struct table *swept;  /* connected subnets of this round */
    uint64_t swept_addrs; /* in them */
    uint64_t refused;
};

static bool is_localhost(const struct addr *a)
{
    struct addr v4 = addr_v4((const uint8_t[]){127, 0, 0, 1});

    return addr_equal(a, &v4) || (a->family == 6 && addr_is_loopback(a));
}

bool addr_names_device(const struct addr *a, const struct fence *fence)
{
    if (addr_is_usable(a))
        return true;
    return addr_is_loopback(a) && !is_localhost(a) && fence_permits(fence, a);
}

static void follow_addr(struct follow *f, const struct addr *a)
{
    if (addr_names_device(a, f->fence) &&
        inventory_by_addr(f->inventory, a) == NULL)
        (void)leads_add(f->leads, a, LEAD_HINT);
}

/* A neighbor with the management address of a device of another name: one of
 * them claims what is not its own, so the address itself is asked. */
static bool contradicts(const struct neighbor *n, const struct device *owner,
                        const struct addr *a)
{
    const char *name = owner->facts->system.name;

    return !owner->station && n->sys_name[0] != '\0' && name[0] != '\0' &&
           text_compare_nocase(n->sys_name, name) != 0 &&
           !addr_equal(&owner->addrs.at[0], a);
}

static void follow_neighbor(struct follow *f, const struct neighbor *n)
{
    for (size_t i = 0; i < n->mgmt_count; i++) {
        const struct addr *a = &n->mgmt[i];
        const struct device *owner = inventory_by_addr(f->inventory, a);

        if (owner == NULL)
            follow_addr(f, a);
        else if (contradicts(n, owner, a))
            (void)leads_add(f->leads, a, LEAD_HINT);
    }
}

/* A small subnet that a device is connected to is swept once a round, where
 * the fence permits: echoes find who is there, and fill the ARP and forwarding
 * tables that are read afterwards. True if it is swept now. */
static bool follow_subnet(struct follow *f, const struct interface_address *own)
{
    if (own->prefix_len < 0 || addr_is_loopback(&own->addr) ||
        addr_is_link_local(&own->addr) || !fence_permits(f->fence, &own->addr))
        return false;
    struct prefix p = prefix_of(&own->addr, (unsigned)own->prefix_len);
    uint64_t hosts = prefix_hosts(&p);
    char key[ADDR_TEXT_MAX];
    if (hosts < 2 || hosts > SUBNET_HOSTS_MAX ||
        table_find_text(f->swept, prefix_format(&p, key, sizeof key)) != NULL)
        return false;
    if (f->swept_addrs + hosts > SUBNET_ADDRS_MAX) {
        f->refused++;
        return false;
    }
    f->swept_addrs += hosts;
    (void)table_put_text(f->swept, key, f);
    leads_sweep(f->leads, &p);
    return true;
}

static void follow_subnets(struct follow *f,
                           const struct interface_addresses *own)
{
    size_t swept = 0, i = 0;

    for (; i < own->count && swept < SUBNETS_PER_DEVICE; i++)
        swept += follow_subnet(f, &own->at[i]) ? 1 : 0;
    f->refused += own->count - i;
}

void follow_facts(struct follow *f, const struct facts *facts)
{
    follow_subnets(f, &facts->addresses);
    for (size_t i = 0; i < facts->neighbors.count; i++)
        follow_neighbor(f, &facts->neighbors.at[i]);
    for (size_t i = 0; i < facts->arp.count; i++)
        follow_addr(f, &facts->arp.at[i].addr);
    for (size_t i = 0; i < facts->routes.count; i++)
        follow_addr(f, &facts->routes.at[i].next_hop);
}

bool follow_swept(const struct follow *f)
{
    return table_count(f->swept) > 0;
}

uint64_t follow_refused(const struct follow *f)
{
    return f->refused;
}

void follow_new_round(struct follow *f)
{
    table_free(f->swept);
    f->swept = table_new();
    f->swept_addrs = f->refused = 0;
}

struct follow *follow_new(struct leads *leads, const struct inventory *inv,
                          const struct fence *fence)
{
    struct follow *f = mem_new(struct follow);

    f->leads = leads;
    f->inventory = inv;
    f->fence = fence;
    f->swept = table_new();
    return f;
}

void follow_free(struct follow *f)
{
    if (f == NULL)
        return;
    table_free(f->swept);
    free(f);
}
