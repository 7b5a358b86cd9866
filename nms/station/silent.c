#include "station/silent.h"

#include "base/table.h"
#include "mibs/facts_pack.h"

#include <stdlib.h>

/* Capabilities, LldpSystemCapabilitiesMap. */
enum {
    CAP_BRIDGE = 1 << 2,
    CAP_WLAN_AP = 1 << 3,
    CAP_ROUTER = 1 << 4,
    CAP_TELEPHONE = 1 << 5,
    CAP_STATION = 1 << 7
};

struct hearsay {
    struct table *neighbors; /* addr -> const struct announced */
    struct table *macs;      /* addr -> struct known_mac */
    struct table *holders;   /* MAC -> struct holder */
    struct arena *arena;     /* holds what is announced */
};

struct known_mac {
    struct mac mac;
    bool disputed;
};

/* Who has a MAC. */
struct holder {
    uint32_t addrs;
    bool has_agent;
};

static struct bytes addr_key(const struct addr *a)
{
    return (struct bytes){(const uint8_t *)a, sizeof *a};
}

static struct bytes mac_key(const struct mac *m)
{
    return (struct bytes){m->octets, sizeof m->octets};
}

static struct holder *holder_of(const struct hearsay *h, const struct mac *m)
{
    return table_find(h->holders, mac_key(m));
}

static void hold(struct hearsay *h, const struct mac *m)
{
    struct holder *holder = holder_of(h, m);

    if (holder == NULL) {
        holder = arena_zero(h->arena, sizeof *holder);
        (void)table_put(h->holders, mac_key(m), holder);
    }
    holder->addrs++;
}

static void hear_mac(struct hearsay *h, const struct arp_entry *e)
{
    struct known_mac *known = table_find(h->macs, addr_key(&e->addr));

    if (known != NULL) {
        known->disputed |= !mac_equal(&known->mac, &e->mac);
        return;
    }
    known = mem_new(struct known_mac);
    known->mac = e->mac;
    hold(h, &e->mac);
    (void)table_put(h->macs, addr_key(&e->addr), known);
}

static void hear_neighbor(struct hearsay *h, const struct neighbor *n)
{
    const char *name = n->sys_name[0] != '\0' ? n->sys_name : n->chassis_text;
    struct announced *a = NULL, *known = NULL;

    /* What is announced with one of them is announced with all. */
    for (size_t i = 0; i < n->mgmt_count && a == NULL; i++) {
        known = table_find(h->neighbors, addr_key(&n->mgmt[i]));
        if (known != NULL && known->caps == n->caps &&
            strcmp(known->name, name) == 0)
            a = known;
    }
    for (size_t i = 0; i < n->mgmt_count; i++) {
        if (a == NULL) {
            a = arena_zero(h->arena, sizeof *a);
            *a = (struct announced){arena_text(h->arena, name), n->caps};
        }
        (void)table_put(h->neighbors, addr_key(&n->mgmt[i]), a);
    }
}

void hearsay_hear(struct hearsay *h, const struct facts *facts)
{
    if (facts->neighbors.count + facts->arp.count == 0)
        return;
    OWNED(facts_unref) struct facts *f = facts_open(facts);

    for (size_t i = 0; i < f->neighbors.count; i++)
        hear_neighbor(h, &f->neighbors.at[i]);
    for (size_t i = 0; i < f->arp.count; i++)
        hear_mac(h, &f->arp.at[i]);
}

void hearsay_own(struct hearsay *h, const struct facts *facts)
{
    if (facts->arp.count == 0)
        return;
    OWNED(facts_unref) struct facts *f = facts_open(facts);

    for (size_t i = 0; i < f->interfaces.count; i++) {
        struct holder *holder = holder_of(h, &f->interfaces.at[i].mac);

        if (holder != NULL)
            holder->has_agent = true;
    }
}

struct hearsay *hearsay_new(void)
{
    struct hearsay *h = mem_new(struct hearsay);

    h->neighbors = table_new();
    h->macs = table_new();
    h->holders = table_new();
    h->arena = arena_new();
    return h;
}

void hearsay_free(struct hearsay *h)
{
    size_t at = 0;
    void *value;

    if (h == NULL)
        return;
    while (table_next(h->macs, &at, NULL, &value))
        free(value);
    table_free(h->macs);
    table_free(h->holders);
    table_free(h->neighbors);
    arena_free(h->arena);
    free(h);
}

const struct announced *hearsay_neighbor(const struct hearsay *h,
                                         const struct addr *addr)
{
    return table_find(h->neighbors, addr_key(addr));
}

bool hearsay_mac(const struct hearsay *h, const struct addr *addr,
                 struct mac *out)
{
    const struct known_mac *known = table_find(h->macs, addr_key(addr));

    if (known == NULL || known->disputed || mac_is_virtual(&known->mac))
        return false;
    const struct holder *holder = holder_of(h, &known->mac);
    if (holder->has_agent || holder->addrs > HEARSAY_ADDRS_MAX)
        return false;
    *out = known->mac;
    return true;
}

enum device_kind kind_of_caps(uint16_t caps)
{
    if (caps & CAP_TELEPHONE)
        return KIND_PHONE;
    if (caps & CAP_WLAN_AP)
        return KIND_AP;
    if ((caps & CAP_ROUTER) && (caps & CAP_BRIDGE))
        return KIND_L3SWITCH;
    if (caps & CAP_ROUTER)
        return KIND_ROUTER;
    if (caps & CAP_BRIDGE)
        return KIND_SWITCH;
    return caps & CAP_STATION ? KIND_HOST : KIND_UNKNOWN;
}
