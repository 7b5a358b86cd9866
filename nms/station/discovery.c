#include "station/discovery.h"

#include "base/table.h"
#include "station/collect.h"
#include "station/heard.h"
#include "station/silent.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Boot instants this close are the same: caches, rounding, the way there. */
enum { BOOT_SLACK_MS = 5000 };

/* Larger subnets are swept only where the user names them as ranges. */
enum { SUBNET_HOSTS_MAX = 1024 };

struct addr_list ARRAY_OF(struct addr);

struct discovery {
    struct discovery_parts parts;
    struct discovery_listener listener;
    struct leads *leads;
    struct identities *identities;
    struct collect *collect;
    struct addr_list echoing; /* addresses without an agent, this round */
    struct table *swept;      /* connected subnets of this round */
    bool primed;              /* tables were read again after the sweep */
    struct discovery_record progress;
    bool running;
};

/* ---- small things ---- */

static void why_is(struct device *device, const char *why)
{
    (void)snprintf(device->why, sizeof device->why, "%s", why);
}

static struct identity_claim claim_of(const struct device *device)
{
    return (struct identity_claim){
        .facts = device->facts,
        .addr =
            device->addrs.count > 0 ? device->addrs.at[0] : (struct addr){0},
        .seen_at = device->claimed_at,
    };
}

static bool is_localhost(const struct addr *a)
{
    struct addr v4 = addr_v4((const uint8_t[]){127, 0, 0, 1});

    return addr_equal(a, &v4) || (a->family == 6 && addr_is_loopback(a));
}

/* Addresses that name a device: those another machine can use, and within the
 * fence loopback ones too, but never localhost, which everybody has. */
static bool names_a_device(const struct discovery *d, const struct addr *a)
{
    if (addr_is_usable(a))
        return true;
    return addr_is_loopback(a) && !is_localhost(a) &&
           fence_permits(d->parts.leads.fence, a);
}

static void rename_to(struct discovery *d, struct device *device,
                      const char *wanted)
{
    OWNED(free) char *before = mem_text(device->name);

    if (inventory_rename(d->parts.inventory, device, wanted) && before != NULL)
        d->listener.renamed(d->listener.arg, device, before);
}

/* ---- removing and merging ---- */

/* Everything of ours that points to a device ends. */
static void let_go(struct discovery *d, struct device *device,
                   struct device *merged_into)
{
    collect_drop(d->collect, device);
    identities_remove(d->identities, &device->id);
    d->listener.gone(d->listener.arg, device, merged_into);
    leads_bury(d->leads, TAKE(device->agent));
}

void discovery_forget(struct discovery *d, struct device *device)
{
    let_go(d, device, NULL);
    inventory_remove(d->parts.inventory, device);
}

static void merge(struct discovery *d, struct device *to, struct device *from)
{
    let_go(d, from, to);
    inventory_merge(d->parts.inventory, to, from);
}

/* ---- collecting facts ---- */

static void follow_addr(struct discovery *d, const struct addr *a)
{
    if (addr_is_set(a) && !addr_is_link_local(a) &&
        (!addr_is_loopback(a) || !is_localhost(a)) &&
        inventory_by_addr(d->parts.inventory, a) == NULL)
        (void)leads_add(d->leads, a, LEAD_HINT);
}

/* A small subnet that a device is connected to is swept once a round, where
 * the fence permits: echoes find who is there, and fill the ARP and forwarding
 * tables that are read afterwards. */
static void follow_subnet(struct discovery *d,
                          const struct interface_address *own)
{
    struct prefix p;

    if (own->prefix_len < 0 || addr_is_loopback(&own->addr) ||
        addr_is_link_local(&own->addr) ||
        !fence_permits(d->parts.leads.fence, &own->addr))
        return;
    p = prefix_of(&own->addr, (unsigned)own->prefix_len);
    struct bytes key = {(const uint8_t *)&p, sizeof p};
    if (prefix_hosts(&p) < 2 || prefix_hosts(&p) > SUBNET_HOSTS_MAX ||
        table_find(d->swept, key) != NULL)
        return;
    (void)table_put(d->swept, key, d);
    leads_sweep(d->leads, &p);
}

/* What a device says of others leads on. */
static void follow(struct discovery *d, const struct facts *f)
{
    if (!d->parts.follow)
        return;
    for (size_t i = 0; i < f->addresses.count; i++)
        follow_subnet(d, &f->addresses.at[i]);
    for (size_t i = 0; i < f->neighbors.count; i++)
        for (size_t m = 0; m < f->neighbors.at[i].mgmt_count; m++)
            follow_addr(d, &f->neighbors.at[i].mgmt[m]);
    for (size_t i = 0; i < f->arp.count; i++)
        follow_addr(d, &f->arp.at[i].addr);
    for (size_t i = 0; i < f->routes.count; i++)
        follow_addr(d, &f->routes.at[i].next_hop);
}

/* An address that a device lists belongs to another one: are they one? */
static void settle(struct discovery *d, struct device *device,
                   struct device *other)
{
    struct identity_claim a = claim_of(device), b = claim_of(other);

    if (other->credential == NULL && !other->station) {
        merge(d, device, other);
        return;
    }
    if (device->station || other->station)
        return;
    struct identity_opinion opinion = identity_compare(&a, &b, BOOT_SLACK_MS);
    if (opinion.verdict != IDENTITY_SAME)
        return;
    why_is(device, opinion.why);
    merge(d, device, other);
}

static void own_addresses(struct discovery *d, struct device *device)
{
    const struct interface_addresses *own = &device->facts->addresses;

    for (size_t i = 0; i < own->count; i++) {
        const struct addr *a = &own->at[i].addr;

        if (!names_a_device(d, a))
            continue;
        struct device *other = inventory_by_addr(d->parts.inventory, a);
        if (other != NULL && other != device)
            settle(d, device, other);
        (void)inventory_give_addr(d->parts.inventory, device, a);
    }
}

/* Takes new facts as the device's own; facts: taken. */
static void learn(struct discovery *d, struct device *device,
                  struct facts *facts, struct mono now)
{
    if (device->station && d->parts.heard != NULL)
        heard_add_to(d->parts.heard, facts, now);
    facts_unref(device->facts);
    device->facts = facts;
    device->claimed_at = now;
    device->collected_at = device->last_seen = wall_now();
    if (!device->station)
        device->kind = facts->identity.kind;
    device->changed = device->unsaved = true;
    if (facts->system.name[0] != '\0' && !device->station)
        rename_to(d, device, facts->system.name);
    struct identity_claim claim = claim_of(device);
    if (device->credential != NULL)
        identities_put(d->identities, &device->id, &claim);
    own_addresses(d, device);
    d->listener.learned(d->listener.arg, device);
    follow(d, facts);
}

void discovery_learn(struct discovery *d, struct device *device,
                     struct facts *facts)
{
    learn(d, device, facts, mono_now());
}

static void on_facts(void *arg, struct device *device, struct facts *facts)
{
    learn(arg, device, facts, mono_now());
}

void discovery_collect(struct discovery *d, struct device *device)
{
    if (device->agent == NULL)
        return;
    d->running = true;
    collect_add(d->collect, device);
}

/* ---- who answered? ---- */

/* The agent and address of an answer become the device's. */
static void adopt(struct discovery *d, struct device *device,
                  struct agent *agent, const struct addr *addr)
{
    (void)inventory_give_addr(d->parts.inventory, device, addr);
    inventory_prefer_addr(device, addr);
    device->agent = agent;
    device->credential = agent_credential(agent);
    device->port = agent_port(agent);
    agent_patience(agent, 0, 0);
    device->changed = device->unsaved = true;
}

static struct device *new_device(struct discovery *d, const char *name,
                                 const struct addr *addr)
{
    struct device *device = inventory_add(d->parts.inventory, NULL);

    device->first_seen = device->last_seen = wall_now();
    (void)inventory_give_addr(d->parts.inventory, device, addr);
    (void)inventory_rename(d->parts.inventory, device, name);
    d->progress.devices_new++;
    return device;
}

/* A known device answers again: its agent is renewed if it had none. */
static void met_again(struct discovery *d, struct device *device,
                      struct agent *agent, const struct addr *addr)
{
    if (device->agent == NULL) {
        adopt(d, device, agent, addr);
        discovery_collect(d, device);
        return;
    }
    leads_bury(d->leads, agent);
    if (inventory_give_addr(d->parts.inventory, device, addr))
        return;
    struct device *other = inventory_by_addr(d->parts.inventory, addr);
    if (other->credential == NULL && !other->station)
        merge(d, device, other);
}

/* The identity that answered belongs to nobody we know, or to the owner of its
 * address. */
static struct device *known_as(struct discovery *d,
                               const struct identity_claim *claim)
{
    struct device *owner = inventory_by_addr(d->parts.inventory, &claim->addr);
    struct identity_opinion opinion;
    struct ident id;

    if (owner != NULL && (owner->station || owner->credential == NULL))
        return owner;
    if (identities_find(d->identities, claim, &id, &opinion)) {
        struct device *device = inventory_by_id(d->parts.inventory, &id);

        if (device != NULL)
            why_is(device, opinion.why);
        return device;
    }
    /* Another one answers where the owner did: the address moved; or, where it
     * was the owner's only one, the owner was replaced. */
    if (owner != NULL && owner->addrs.count > 1) {
        inventory_take_addr(d->parts.inventory, &claim->addr);
        return NULL;
    }
    return owner;
}

static void on_met(void *arg, const struct addr *addr, struct agent *agent,
                   struct facts *facts)
{
    struct discovery *d = arg;
    struct identity_claim claim = {facts, *addr, mono_now()};
    struct device *device = known_as(d, &claim);

    if (device != NULL) {
        met_again(d, device, agent, addr);
        facts_unref(facts);
        return;
    }
    device = new_device(d, facts->system.name, addr);
    why_is(device, "first to answer with this identity");
    facts_unref(device->facts);
    device->facts = facts;
    device->kind = facts->identity.kind;
    device->claimed_at = claim.seen_at;
    adopt(d, device, agent, addr);
    identities_put(d->identities, &device->id, &claim);
    d->listener.found(d->listener.arg, device);
    discovery_collect(d, device);
}

static void on_echoed(void *arg, const struct addr *addr)
{
    struct discovery *d = arg;

    *array_add(&d->echoing) = *addr;
}

/* ---- addresses without an agent ---- */

/* A silent device that has this MAC already, by ARP. */
static struct device *silent_of_mac(struct discovery *d, struct table *by_mac,
                                    const struct hearsay *h,
                                    const struct addr *addr)
{
    struct mac mac;

    (void)d;
    return hearsay_mac(h, addr, &mac)
               ? table_find(by_mac, (struct bytes){mac.octets, 6})
               : NULL;
}

static void name_silent(struct discovery *d, struct device *device,
                        const struct hearsay *h)
{
    const struct neighbor *n = NULL;

    for (size_t i = 0; i < device->addrs.count && n == NULL; i++)
        n = hearsay_neighbor(h, &device->addrs.at[i]);
    if (n == NULL)
        return;
    enum device_kind kind = kind_of_caps(n->caps);
    if (kind != KIND_UNKNOWN && device->kind != kind) {
        device->kind = kind;
        device->changed = device->unsaved = true;
    }
    const char *name = n->sys_name[0] != '\0' ? n->sys_name : n->chassis_text;
    if (name[0] != '\0')
        rename_to(d, device, name);
}

static void add_silent(struct discovery *d, const struct addr *addr,
                       struct table *by_mac, const struct hearsay *h)
{
    struct ident id;
    struct mac mac;

    if (inventory_by_addr(d->parts.inventory, addr) != NULL ||
        !names_a_device(d, addr))
        return;
    struct device *owner = silent_of_mac(d, by_mac, h, addr);
    if (owner == NULL && identities_owner_of(d->identities, addr, &id))
        owner = inventory_by_id(d->parts.inventory, &id);
    if (owner != NULL) {
        (void)inventory_give_addr(d->parts.inventory, owner, addr);
        return;
    }
    struct device *device = new_device(d, "", addr);
    device->port = d->parts.leads.port;
    device->collected_at = device->first_seen;
    why_is(device, "answers echo, but no credential");
    if (hearsay_mac(h, addr, &mac))
        (void)table_put(by_mac, (struct bytes){mac.octets, 6}, device);
    name_silent(d, device, h);
    d->listener.found(d->listener.arg, device);
    d->listener.learned(d->listener.arg, device);
}

static void settle_silent(struct discovery *d)
{
    OWNED(hearsay_free) struct hearsay *h = hearsay_new(d->parts.inventory);
    OWNED(table_free) struct table *by_mac = table_new();

    for (size_t i = 0; i < inventory_count(d->parts.inventory); i++) {
        struct device *device = inventory_at(d->parts.inventory, i);

        if (device->credential == NULL && !device->station)
            name_silent(d, device, h);
    }
    for (size_t i = 0; i < d->echoing.count; i++)
        add_silent(d, &d->echoing.at[i], by_mac, h);
    d->echoing.count = 0;
}

/* ---- rounds ---- */

bool discovery_busy(const struct discovery *d)
{
    return leads_busy(d->leads) ||
           collect_waiting(d->collect) + collect_under_way(d->collect) > 0;
}

/* After a sweep the tables of those who forward know more: they are read again.
 * False if there was no sweep, or they were. */
static bool read_again(struct discovery *d)
{
    if (d->primed || table_count(d->swept) == 0)
        return false;
    d->primed = true;
    for (size_t i = 0; i < inventory_count(d->parts.inventory); i++) {
        struct device *device = inventory_at(d->parts.inventory, i);

        if (device->facts->arp.count > 0 ||
            device->facts->bridge.ports.count > 0)
            discovery_collect(d, device);
    }
    return discovery_busy(d);
}

static void finish_if_idle(struct discovery *d)
{
    if (!d->running || discovery_busy(d) || read_again(d))
        return;
    settle_silent(d);
    d->running = false;
    d->progress.ended = wall_now();
    d->listener.idle(d->listener.arg);
}

static void on_idle(void *arg)
{
    finish_if_idle(arg);
}

static struct leads_listener leads_listener(struct discovery *d)
{
    return (struct leads_listener){
        .met = on_met, .echoed = on_echoed, .idle = on_idle, .arg = d};
}

struct discovery *discovery_new(const struct discovery_parts *parts,
                                const struct discovery_listener *listener)
{
    struct discovery *d = mem_new(struct discovery);
    struct leads_listener of_leads = leads_listener(d);

    d->parts = *parts;
    d->listener = *listener;
    d->leads = leads_new(&parts->leads, &of_leads);
    d->identities = identities_new();
    d->swept = table_new();
    d->collect = collect_new(parts->leads.profiles, on_facts, on_idle, d);
    return d;
}

void discovery_free(struct discovery *d)
{
    if (d == NULL)
        return;
    collect_free(d->collect);
    leads_free(d->leads);
    identities_free(d->identities);
    table_free(d->swept);
    array_fini(&d->echoing);
    free(d);
}

void discovery_configure(struct discovery *d,
                         const struct discovery_parts *parts)
{
    d->parts = *parts;
    collect_use_profiles(d->collect, parts->leads.profiles);
    leads_configure(d->leads, &parts->leads);
}

void discovery_recall(struct discovery *d, struct device *device)
{
    struct identity_claim claim = claim_of(device);

    if (device->credential != NULL)
        identities_put(d->identities, &device->id, &claim);
}

static void begin(struct discovery *d)
{
    if (d->running)
        return;
    d->running = true;
    d->progress = (struct discovery_record){.started = wall_now(),
                                            .round = d->progress.round + 1};
    leads_new_round(d->leads);
    table_free(d->swept);
    d->swept = table_new();
    d->primed = false;
}

void discovery_round(struct discovery *d, const struct addr *seeds,
                     size_t seed_count, const struct prefix *ranges,
                     size_t range_count)
{
    begin(d);
    for (size_t i = 0; i < inventory_count(d->parts.inventory); i++) {
        struct device *device = inventory_at(d->parts.inventory, i);

        if (device->agent != NULL)
            discovery_collect(d, device);
        else if (device->addrs.count > 0 && !device->station)
            (void)leads_add(d->leads, &device->addrs.at[0], LEAD_HINT);
    }
    for (size_t i = 0; i < seed_count; i++)
        (void)leads_add(d->leads, &seeds[i], LEAD_NAMED);
    for (size_t i = 0; i < range_count; i++)
        leads_sweep(d->leads, &ranges[i]);
}

bool discovery_lead(struct discovery *d, const struct addr *addr,
                    enum lead_kind kind)
{
    begin(d);
    return leads_add(d->leads, addr, kind);
}

void discovery_sweep(struct discovery *d, const struct prefix *p)
{
    begin(d);
    leads_sweep(d->leads, p);
}

void discovery_progress(const struct discovery *d, struct discovery_record *out)
{
    struct leads_stats stats;

    leads_stats(d->leads, &stats);
    *out = d->progress;
    out->running = d->running;
    out->addresses_found = stats.found;
    out->addresses_asked = stats.asked;
    out->addresses_answered = stats.answered;
    out->addresses_fenced = stats.fenced;
    out->waiting = (uint32_t)(stats.waiting + collect_waiting(d->collect));
    out->interviews = (uint32_t)collect_under_way(d->collect);
    out->devices_total = (uint32_t)inventory_count(d->parts.inventory);
}
