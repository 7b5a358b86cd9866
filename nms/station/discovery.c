#include "station/discovery_state.h"

#include "base/log.h"
#include "mibs/facts_pack.h"
#include "mibs/neighbor.h"
#include "station/heard.h"
#include "topology/hardware.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- small things ---- */

struct identity_claim discovery_claim(const struct device *device)
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

void discovery_rename(struct discovery *d, struct device *device,
                      const char *wanted)
{
    OWNED(free) char *before = mem_text(device->name);

    if (inventory_rename(d->parts.inventory, device, wanted) && before != NULL)
        d->listener.renamed(d->listener.arg, device, before);
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

/* ---- removing and merging ---- */

/* Everything of ours that points to a device ends. */
static void let_go(struct discovery *d, struct device *device,
                   struct device *merged_into)
{
    collect_drop(d->collect, device);
    discovery_drop_tests(d, device);
    identities_remove(d->identities, &device->id);
    d->listener.gone(d->listener.arg, device, merged_into);
    leads_bury(d->leads, TAKE(device->agent));
}

void discovery_forget(struct discovery *d, struct device *device)
{
    let_go(d, device, NULL);
    pins_forget(d->parts.pins, &device->id);
    inventory_remove(d->parts.inventory, device);
}

void discovery_merge(struct discovery *d, struct device *to,
                     struct device *from)
{
    let_go(d, from, to);
    pins_inherit(d->parts.pins, &from->id, &to->id);
    decisions_move(&to->decisions, &from->decisions);
    inventory_merge(d->parts.inventory, to, from);
}

/* ---- collecting facts ---- */

/* What a device says leads on; of this machine's own network, read without an
 * agent, only where the user wants it. */
static bool leads_on(const struct discovery *d, const struct device *device)
{
    return d->parts.follow &&
           (!device->station || device->credential != NULL || d->parts.local);
}

struct telling {
    struct discovery *d;
    struct device *device;
};

static void tell_member(void *arg, const struct member *m, bool came)
{
    const struct telling *t = arg;

    t->d->listener.member(t->d->listener.arg, t->device, m, came);
}

/* Other hardware may answer in the place of the one that did. */
static void compare_hardware(struct discovery *d, struct device *device,
                             const struct facts *now)
{
    struct telling telling = {d, device};
    char why[160];

    if (device->station || device->collected_at.ms == 0)
        return;
    OWNED(facts_unref) struct facts *before = facts_open(device->facts);
    if (!hardware_replaced(before, now, why, sizeof why)) {
        hardware_members_changed(before, now, tell_member, &telling);
        return;
    }
    struct decision decision = {.addr = device->addrs.at[0],
                                .at = wall_now(),
                                .by = DECIDED_REPLACED,
                                .why = why};
    (void)decisions_note(&device->decisions, &decision);
    device_why(device, why);
    d->listener.replaced(d->listener.arg, device, why);
}

/* Since when its neighbors are these. What an earlier run knew is in the facts
 * that it left. */
static void note_neighbors(struct device *device, const struct facts *now)
{
    uint64_t mark = neighbors_mark(&now->neighbors);

    if (device->neighbors_mark == 0) {
        OWNED(facts_unref) struct facts *before = facts_open(device->facts);

        device->neighbors_mark = neighbors_mark(&before->neighbors);
    }
    if (mark != device->neighbors_mark)
        device->neighbors_at = wall_now();
    device->neighbors_mark = mark;
}

/* Takes new facts as the device's own; facts: taken. */
static void learn(struct discovery *d, struct device *device,
                  struct facts *facts)
{
    if (device->station && d->parts.heard != NULL)
        heard_add_to(d->parts.heard, facts, mono_now());
    if (device->credential != NULL && device->addrs.count > 0)
        compare_hardware(d, device, facts);
    note_neighbors(device, facts);
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
    struct identity_claim claim = discovery_claim(device);
    if (device->credential != NULL)
        identities_put(d->identities, &device->id, &claim);
    discovery_own(d, device, &facts->addresses);
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
    struct identity_claim before = discovery_claim(device), now = before;
    struct identity_choices choices;

    now.facts = facts;
    now.seen_at = facts->system.seen_at;
    if (device->station || device->collected_at.ms == 0 ||
        pins_of(d->parts.pins, &now.addr) != NULL ||
        identity_compare(&before, &now, BOOT_SLACK_MS, 0).verdict !=
            IDENTITY_DIFFERENT ||
        !identities_find(d->identities, &now, &device->id, &choices))
        return NULL;
    return inventory_by_id(d->parts.inventory, &choices.at[0].id);
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
    discovery_take_over(d, other, &addr);
}

/* What it answered to may be no longer right: once a round its addresses are
 * asked with every credential. */
static void on_lost(void *arg, struct device *device, int result)
{
    enum { ADDRS_MAX = 16 };
    struct discovery *d = arg;

    (void)result;
    device->lost = true;
    if (device->sought == d->progress.round || device->addrs.count == 0)
        return;
    device->sought = d->progress.round;
    for (size_t i = 0; i < device->addrs.count && i < ADDRS_MAX; i++)
        (void)leads_again(d->leads, &device->addrs.at[i], LEAD_HINT);
}

void discovery_collect(struct discovery *d, struct device *device)
{
    if (device->agent == NULL)
        return;
    d->running = true;
    collect_add(d->collect, device, COLLECT_ALL);
}

void discovery_tick(struct discovery *d, struct mono now)
{
    collect_tick(d->collect, now);
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
           d->meetings != NULL ||
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
    if (round) /* not of what is read again between rounds */
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
        .met = discovery_met, .echoed = on_echoed, .idle = on_idle, .arg = d};
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
    discovery_drop_meetings(d);
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
    discovery_drop_meetings(d);
    d->parts = *parts;
    collect_use_profiles(d->collect, parts->leads.profiles);
    leads_configure(d->leads, &parts->leads);
    d->echoing.count = 0;
    d->in_round = d->full = false;
}

void discovery_recall(struct discovery *d, struct device *device)
{
    struct identity_claim claim = discovery_claim(device);

    if (!device_is_silent(device))
        identities_put(d->identities, &device->id, &claim);
}

void discovery_shared(const struct discovery *d, const struct ident *id,
                      identities_shared_fn fn, void *arg)
{
    identities_shared(d->identities, id, fn, arg);
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
    out->interviews = (uint32_t)(collect_under_way(d->collect) + d->tests);
    out->devices_total = (uint32_t)inventory_count(d->parts.inventory);
    memcpy(out->ends, stats.ends, sizeof out->ends);
}

bool discovery_next(const struct discovery *d, size_t *at, struct addr *addr,
                    enum lead_state *state)
{
    return leads_next(d->leads, at, addr, state);
}
