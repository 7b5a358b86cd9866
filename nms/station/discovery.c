#include "station/discovery_state.h"

#include "base/log.h"
#include "mibs/facts_pack.h"
#include "station/heard.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Boot instants this close are the same: caches, rounding, the way there. */
enum { BOOT_SLACK_MS = 5000 };

/* ---- small things ---- */

void device_why(struct device *device, const char *why)
{
    (void)snprintf(device->why, sizeof device->why, "%s", why);
}

static struct identity_claim claim_of(const struct device *device)
{
    return (struct identity_claim){
        .facts = device->facts,
        .addr =
            device->addrs.count > 0 ? device->addrs.at[0] : (struct addr){0},
        .seen_at = device->facts->system.seen_at,
    };
}

bool device_is_silent(const struct device *device)
{
    const struct system_facts *system = &device->facts->system;

    return device->credential == NULL && !device->station &&
           system->descr[0] == '\0' && system->object_id[0] == '\0';
}

static const struct fence *fence_of(const struct discovery *d)
{
    return d->parts.leads.fence;
}

void discovery_rename(struct discovery *d, struct device *device,
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

/* ---- whose address is it? ---- */

void discovery_silence(struct discovery *d, struct device *device)
{
    collect_drop(d->collect, device);
    d->listener.silenced(d->listener.arg, device);
    leads_bury(d->leads, TAKE(device->agent));
    device->credential = NULL;
    device->lost = false;
    device_touch(device);
    device->unsaved = true;
}

/* Another device answers at an address of owner. */
static void yield_addr(struct discovery *d, struct device *owner,
                       const struct addr *addr)
{
    bool asked_there =
        owner->agent != NULL && addr_equal(agent_addr(owner->agent), addr);

    inventory_take_addr(d->parts.inventory, addr);
    if (!asked_there)
        return;
    if (owner->addrs.count == 0) {
        discovery_silence(d, owner);
        return;
    }
    agent_move(owner->agent, &owner->addrs.at[0], owner->port);
    discovery_collect(d, owner);
}

/* The device answered at addr: that outweighs what others say of it. */
static void take_over(struct discovery *d, struct device *device,
                      const struct addr *addr)
{
    struct device *owner = inventory_by_addr(d->parts.inventory, addr);

    if (owner != NULL && owner != device) {
        if (device_is_silent(owner))
            merge(d, device, owner);
        else
            yield_addr(d, owner, addr);
    }
    (void)inventory_give_addr(d->parts.inventory, device, addr);
}

/* An address that a device lists belongs to another one: are they one? If not,
 * who answers there is asked, where the other one never did. */
static void settle(struct discovery *d, struct device *device,
                   struct device *other, const struct addr *addr)
{
    struct identity_claim a = claim_of(device), b = claim_of(other);

    if (device_is_silent(other)) {
        merge(d, device, other);
        return;
    }
    if (device->station || other->station)
        return;
    struct identity_opinion opinion = identity_compare(&a, &b, BOOT_SLACK_MS);
    if (opinion.verdict == IDENTITY_SAME) {
        device_why(device, opinion.why);
        merge(d, device, other);
    } else if (d->parts.follow && !addr_equal(&other->addrs.at[0], addr)) {
        (void)leads_add(d->leads, addr, LEAD_HINT);
    }
}

static void own_addresses(struct discovery *d, struct device *device,
                          const struct interface_addresses *own)
{
    for (size_t i = 0; i < own->count; i++) {
        const struct addr *a = &own->at[i].addr;

        if (!addr_names_device(a, fence_of(d)))
            continue;
        struct device *other = inventory_by_addr(d->parts.inventory, a);
        if (other != NULL && other != device)
            settle(d, device, other, a);
        (void)inventory_give_addr(d->parts.inventory, device, a);
    }
    array_trim(&device->addrs);
}

/* ---- collecting facts ---- */

/* What a device says leads on; of this machine's own network, read without an
 * agent, only where the user wants it. */
static bool leads_on(const struct discovery *d, const struct device *device)
{
    return d->parts.follow &&
           (!device->station || device->credential != NULL || d->parts.local);
}

/* Takes new facts as the device's own; facts: taken. */
static void learn(struct discovery *d, struct device *device,
                  struct facts *facts)
{
    if (device->station && d->parts.heard != NULL)
        heard_add_to(d->parts.heard, facts, mono_now());
    facts_unref(device->facts);
    device->facts = facts_rest(facts_ref(facts));
    device->lost = false;
    device->collected_at = device->last_seen = wall_now();
    device->collected = mono_now();
    if (!device->station)
        device->kind = facts->identity.kind;
    device_touch(device);
    device->unsaved = true;
    if (facts->system.name[0] != '\0' && !device->station)
        discovery_rename(d, device, facts->system.name);
    struct identity_claim claim = claim_of(device);
    if (device->credential != NULL)
        identities_put(d->identities, &device->id, &claim);
    own_addresses(d, device, &facts->addresses);
    d->listener.learned(d->listener.arg, device);
    if (leads_on(d, device))
        follow_facts(d->follow, facts);
    facts_unref(facts);
}

void discovery_learn(struct discovery *d, struct device *device,
                     struct facts *facts)
{
    learn(d, device, facts);
}

/* The device that answers in place of the one that was asked, if it is known
 * as another one: the address changed hands. */
static struct device *answered_by(struct discovery *d,
                                  const struct device *device,
                                  const struct facts *facts)
{
    struct identity_claim before = claim_of(device), now = before;
    struct identity_opinion opinion;
    struct ident id;

    now.facts = facts;
    now.seen_at = facts->system.seen_at;
    if (device->station || device->collected_at.ms == 0 ||
        identity_compare(&before, &now, BOOT_SLACK_MS).verdict !=
            IDENTITY_DIFFERENT ||
        !identities_find(d->identities, &now, &id, &opinion) ||
        ident_equal(&id, &device->id))
        return NULL;
    return inventory_by_id(d->parts.inventory, &id);
}

static void on_facts(void *arg, struct device *device, struct facts *facts)
{
    struct discovery *d = arg;
    struct device *other = answered_by(d, device, facts);

    if (other == NULL) {
        learn(d, device, facts);
        return;
    }
    struct addr addr = *agent_addr(device->agent);
    facts_unref(facts);
    take_over(d, other, &addr);
}

/* What it answered to may be no longer right: once a round its address is asked
 * with every credential. */
static void on_lost(void *arg, struct device *device, int result)
{
    struct discovery *d = arg;

    (void)result;
    device->lost = true;
    if (device->sought == d->progress.round || device->addrs.count == 0)
        return;
    device->sought = d->progress.round;
    (void)leads_again(d->leads, &device->addrs.at[0], LEAD_HINT);
}

void discovery_collect(struct discovery *d, struct device *device)
{
    if (device->agent == NULL)
        return;
    d->running = true;
    collect_add(d->collect, device, COLLECT_ALL);
}

/* ---- who answered? ---- */

/* The agent and address of an answer become the device's. */
static void adopt(struct discovery *d, struct device *device,
                  struct agent *agent, const struct addr *addr)
{
    take_over(d, device, addr);
    inventory_prefer_addr(device, addr);
    device->agent = agent;
    device->credential = agent_credential(agent);
    device->port = agent_port(agent);
    agent_patience(agent, 0, 0);
    device_touch(device);
    device->unsaved = true;
}

/* A device that was lost answers, there and then to another credential: it is
 * asked so from now on. */
static void renew(struct discovery *d, struct device *device,
                  const struct agent *agent, const struct addr *addr)
{
    const struct credential *credential = agent_credential(agent);

    device->lost = false;
    if (credential == device->credential &&
        addr_equal(agent_addr(device->agent), addr))
        return; /* it was away for a while, that is all */
    if (credential != device->credential)
        log_notice("%s: answers to credential \"%s\" instead of \"%s\"",
                   device->name, credential->name, device->credential->name);
    agent_use(device->agent, credential);
    agent_move(device->agent, addr, agent_port(agent));
    device->credential = credential;
    device->port = agent_port(agent);
    inventory_prefer_addr(device, addr);
    discovery_collect(d, device);
}

struct device *discovery_add_device(struct discovery *d, const char *name,
                                    const struct addr *addr)
{
    struct device *device = inventory_add(d->parts.inventory, NULL);

    device->first_seen = device->last_seen = wall_now();
    (void)inventory_give_addr(d->parts.inventory, device, addr);
    (void)inventory_rename(d->parts.inventory, device, name);
    d->progress.devices_new++;
    return device;
}

/* A known device answers again: its agent is renewed if it had none that
 * works. */
static void met_again(struct discovery *d, struct device *device,
                      struct agent *agent, const struct addr *addr)
{
    if (device->agent == NULL) {
        adopt(d, device, agent, addr);
        discovery_collect(d, device);
        return;
    }
    take_over(d, device, addr);
    if (device->lost)
        renew(d, device, agent, addr);
    leads_bury(d->leads, agent);
}

/* The device that answered; NULL if it is a new one. */
static struct device *known_as(struct discovery *d,
                               const struct identity_claim *claim)
{
    struct device *owner = inventory_by_addr(d->parts.inventory, &claim->addr);
    struct identity_opinion opinion;
    struct ident id;

    if (owner != NULL && owner->station)
        return owner;
    if (identities_find(d->identities, claim, &id, &opinion)) {
        struct device *device = inventory_by_id(d->parts.inventory, &id);

        if (device != NULL)
            device_why(device, opinion.why);
        return device;
    }
    /* Another one answers where the owner did: the address moved; or, where it
     * was the owner's only one, the owner was replaced. */
    if (owner != NULL && !device_is_silent(owner) && owner->addrs.count > 1) {
        yield_addr(d, owner, &claim->addr);
        return NULL;
    }
    return owner;
}

static void on_met(void *arg, const struct addr *addr, struct agent *agent,
                   struct facts *facts)
{
    struct discovery *d = arg;
    struct identity_claim claim = {facts, *addr, facts->system.seen_at};
    struct device *device = known_as(d, &claim);

    if (device != NULL) {
        met_again(d, device, agent, addr);
        facts_unref(facts);
        return;
    }
    device = discovery_add_device(d, facts->system.name, addr);
    device_why(device, "first to answer with this identity");
    facts_unref(device->facts);
    device->facts = facts;
    device->kind = facts->identity.kind;
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

/* ---- rounds ---- */

bool discovery_busy(const struct discovery *d)
{
    return discovery_is_visiting(d) || leads_busy(d->leads) ||
           collect_waiting(d->collect) + collect_under_way(d->collect) > 0;
}

/* After a sweep the tables of those who forward know more: they are read again.
 * False if there was no sweep, or they were. */
static bool read_again(struct discovery *d)
{
    if (!d->in_round || d->primed || !follow_swept(d->follow))
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

void discovery_finish(struct discovery *d)
{
    if (d->running && d->settling == NULL && !discovery_busy(d) &&
        !read_again(d))
        discovery_settle_silent(d);
}

void discovery_settled(struct discovery *d)
{
    bool round = d->in_round;

    if (discovery_busy(d))
        return; /* with what came meanwhile; that ends, too */
    d->running = d->in_round = d->full = false;
    d->progress.ended = wall_now();
    d->listener.idle(d->listener.arg, round);
}

static void on_idle(void *arg)
{
    discovery_finish(arg);
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
    struct collect_listener of_collect = {
        .facts = on_facts, .lost = on_lost, .idle = on_idle, .arg = d};

    d->parts = *parts;
    d->listener = *listener;
    d->leads = leads_new(&parts->leads, &of_leads);
    d->identities = identities_new();
    d->follow = follow_new(d->leads, parts->inventory, parts->leads.fence);
    d->collect = collect_new(parts->leads.profiles, &of_collect);
    return d;
}

void discovery_free(struct discovery *d)
{
    if (d == NULL)
        return;
    discovery_stop_visiting(d);
    discovery_stop_settling(d);
    collect_free(d->collect);
    leads_free(d->leads);
    identities_free(d->identities);
    follow_free(d->follow);
    array_fini(&d->echoing);
    free(d);
}

void discovery_configure(struct discovery *d,
                         const struct discovery_parts *parts)
{
    discovery_stop_visiting(d);
    discovery_stop_settling(d);
    d->parts = *parts;
    collect_use_profiles(d->collect, parts->leads.profiles);
    leads_configure(d->leads, &parts->leads);
    d->echoing.count = 0;
    d->in_round = d->full = false;
}

void discovery_recall(struct discovery *d, struct device *device)
{
    struct identity_claim claim = claim_of(device);

    if (!device_is_silent(device))
        identities_put(d->identities, &device->id, &claim);
}

/* Opens a round, or joins the one that is open. */
static void begin(struct discovery *d)
{
    d->running = true;
    if (d->in_round)
        return;
    d->in_round = true;
    d->primed = false;
    d->progress = (struct discovery_record){.started = wall_now(),
                                            .round = d->progress.round + 1};
    leads_new_round(d->leads);
    follow_new_round(d->follow);
}

void discovery_round(struct discovery *d, enum collect_scope scope,
                     const struct addr *seeds, size_t seed_count,
                     const struct prefix *ranges, size_t range_count)
{
    begin(d);
    if (d->full && scope <= d->scope)
        return;
    d->full = true;
    d->scope = scope;
    discovery_visit(d);
    for (size_t i = 0; i < seed_count; i++)
        (void)leads_add(d->leads, &seeds[i], LEAD_NAMED);
    for (size_t i = 0; i < range_count; i++)
        leads_sweep(d->leads, &ranges[i]);
}

bool discovery_lead(struct discovery *d, const struct addr *addr,
                    enum lead_kind kind)
{
    begin(d);
    return leads_again(d->leads, addr, kind);
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
    out->refused = stats.refused + follow_refused(d->follow);
    out->waiting = (uint32_t)(stats.waiting + collect_waiting(d->collect));
    out->interviews = (uint32_t)collect_under_way(d->collect);
    out->devices_total = (uint32_t)inventory_count(d->parts.inventory);
}
