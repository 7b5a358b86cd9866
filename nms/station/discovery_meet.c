/* An agent answered: which device is it? By what people said, by what it tells,
 * or by the twin test. */
#include "station/discovery_state.h"

#include "base/log.h"
#include "station/twins.h"

#include <stdlib.h>
#include <string.h>

enum {
    TESTS_AT_ONCE = 64,
    TESTS_EACH = 3 /* candidates that an agent is tested against */
};

/* What a meeting finds out. */
enum purpose {
    WHO_IS_IT,   /* an agent that answered at an address */
    IS_REPLACED, /* the same: did all of the address's owner change? */
    ARE_THEY_ONE /* two known devices, of which one lists the other's address */
};

/* Waits until it is known whose an address is. */
struct meeting {
    struct discovery *d;
    enum purpose purpose;
    struct addr addr;
    struct agent *agent; /* owned; NULL of ARE_THEY_ONE */
    struct facts *facts; /* owned; the same */
    struct ident device; /* ARE_THEY_ONE: who lists the address */
    struct ident with;   /* who is tested against */
    struct twins *test;  /* under way; NULL: it waits for its turn */
    struct identity_choices choices;
    size_t tried; /* of choices */
    struct meeting *next, **link;
};

static struct device *by_id(const struct discovery *d, const struct ident *id)
{
    return inventory_by_id(d->parts.inventory, id);
}

/* ---- who answered? ---- */

/* The agent and address of an answer become the device's. */
static void adopt(struct discovery *d, struct device *device,
                  struct agent *agent, const struct addr *addr)
{
    discovery_take_over(d, device, addr);
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
    discovery_drop_tests(d, device);
    agent_use(device->agent, credential);
    agent_move(device->agent, addr, agent_port(agent));
    device->credential = credential;
    device->port = agent_port(agent);
    inventory_prefer_addr(device, addr);
    discovery_collect(d, device);
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
    discovery_take_over(d, device, addr);
    if (device->lost)
        renew(d, device, agent, addr);
    leads_bury(d->leads, agent);
}

static void meeting_free(struct meeting *m)
{
    if (m->test != NULL) {
        twins_cancel(m->test);
        m->d->tests--;
    }
    *m->link = m->next;
    if (m->next != NULL)
        m->next->link = m->link;
    facts_unref(m->facts);
    free(m);
}

static struct meeting *meeting_new(struct discovery *d, enum purpose purpose,
                                   const struct addr *addr)
{
    struct meeting *m = mem_new(struct meeting);

    m->d = d;
    m->purpose = purpose;
    m->addr = *addr;
    m->next = d->meetings;
    m->link = &d->meetings;
    if (m->next != NULL)
        m->next->link = &m->next;
    d->meetings = m;
    return m;
}

/* The likeliest of those that it was not held to be. */
static void note_second(const struct meeting *m, const struct device *winner,
                        struct decision *out)
{
    for (size_t i = 0; i < m->choices.count; i++) {
        const struct identity_choice *c = &m->choices.at[i];
        const struct device *other = by_id(m->d, &c->id);

        if (other == NULL || other == winner)
            continue;
        out->second = other->name;
        out->second_why = (char *)c->opinion.why; /* copied */
        out->second_open = c->opinion.verdict != IDENTITY_DIFFERENT;
        return;
    }
}

static void decide(const struct meeting *m, struct device *device,
                   enum decided_by by, const struct identity_opinion *opinion)
{
    struct decision decision = {.addr = m->addr,
                                .at = wall_now(),
                                .by = by,
                                .agree = opinion->agree,
                                .differ = opinion->differ,
                                .why = (char *)opinion->why}; /* copied */

    note_second(m, device, &decision);
    if (decisions_note(&device->decisions, &decision))
        device->unsaved = true;
}

/* It is a known device; the end of the meeting. */
static void conclude(struct meeting *m, struct device *device,
                     enum decided_by by, const struct identity_opinion *opinion)
{
    struct discovery *d = m->d;
    bool as_before =
        by != DECIDED_PIN && decisions_of(&device->decisions, &m->addr) != NULL;

    met_again(d, device, TAKE(m->agent), &m->addr);
    if (!as_before) {
        device_why(device, opinion->why);
        decide(m, device, by, opinion);
    }
    meeting_free(m);
}

/* Nobody is known to be it; the end of the meeting. */
static void conclude_new(struct meeting *m)
{
    static const struct identity_opinion first = {
        .why = "first to answer with this identity"};
    struct discovery *d = m->d;
    struct identity_claim claim = {m->facts, m->addr, m->facts->system.seen_at};
    struct device *device =
        discovery_add_device(d, m->facts->system.name, &m->addr);

    device_why(device, first.why);
    facts_unref(device->facts);
    device->facts = TAKE(m->facts);
    device->kind = device->facts->identity.kind;
    adopt(d, device, TAKE(m->agent), &m->addr);
    identities_put(d->identities, &device->id, &claim);
    decide(m, device, DECIDED_FIRST, &first);
    meeting_free(m);
    d->listener.found(d->listener.arg, device);
    discovery_collect(d, device);
}

/* ---- by the twin test ---- */

static void on_tested(void *arg, const struct identity_opinion *opinion,
                      const struct agent *silent);

static void start_test(struct meeting *m)
{
    const struct device *with = by_id(m->d, &m->with);
    struct agent *agent = m->agent;

    if (m->purpose == ARE_THEY_ONE)
        agent = by_id(m->d, &m->device)->agent;
    m->d->tests++;
    m->test = twins_start(with->agent, agent, on_tested, m);
}

/* Begins a test, or waits for its turn. */
static void test(struct meeting *m, const struct ident *with)
{
    m->with = *with;
    if (m->d->tests < TESTS_AT_ONCE)
        start_test(m);
}

static void start_waiting(struct discovery *d)
{
    for (struct meeting *m = d->meetings; m != NULL && d->tests < TESTS_AT_ONCE;
         m = m->next)
        if (m->test == NULL && ident_is_set(&m->with))
            start_test(m);
}

/* It was held to be this device before, and nothing speaks against it. That a
 * device lists the address is not enough: others do, too. */
static bool answered_before(const struct meeting *m,
                            const struct device *device)
{
    return inventory_by_addr(m->d->parts.inventory, &m->addr) == device &&
           decisions_of(&device->decisions, &m->addr) != NULL;
}

static void settle_unknown(struct meeting *m);

/* Tests against the next of those that it may be. */
static void test_next(struct meeting *m)
{
    while (m->tried < m->choices.count && m->tried < TESTS_EACH) {
        const struct identity_choice *c = &m->choices.at[m->tried];
        struct device *device = by_id(m->d, &c->id);

        if (c->opinion.verdict != IDENTITY_UNSURE)
            break;
        if (device != NULL && answered_before(m, device)) {
            conclude(m, device, DECIDED_PLACE, &c->opinion);
            return;
        }
        if (device != NULL && device->agent != NULL) {
            test(m, &c->id);
            return;
        }
        m->tried++;
    }
    settle_unknown(m);
}

/* An agent was tested against a device that it may be. */
static void on_candidate_tested(struct meeting *m, struct device *with,
                                const struct identity_opinion *opinion)
{
    struct identity_opinion *choice = &m->choices.at[m->tried].opinion;
    struct identity_opinion sum = *opinion;

    sum.agree |= choice->agree;
    sum.differ |= choice->differ;
    if (opinion->verdict == IDENTITY_SAME) {
        conclude(m, with, DECIDED_TWIN, &sum);
        return;
    }
    *choice = sum;
    m->tried++;
    test_next(m);
}

static void join(struct meeting *m, struct device *with,
                 const struct identity_opinion *opinion)
{
    struct discovery *d = m->d;
    struct device *device = by_id(d, &m->device);

    if (opinion->verdict == IDENTITY_SAME &&
        !pins_part(d->parts.pins, &device->id, &with->id)) {
        device_why(device, opinion->why);
        decide(m, device, DECIDED_TWIN, opinion);
        meeting_free(m);
        discovery_merge(d, device, with);
        return;
    }
    meeting_free(m);
}

/* Is the agent at another address of the owner what the owner is now? Then all
 * of it was replaced, else the address is another device's. */
static void on_owner_tested(struct meeting *m, struct device *owner,
                            const struct identity_opinion *opinion)
{
    if (opinion->verdict == IDENTITY_SAME) {
        discovery_collect(m->d, owner);
        conclude(m, owner, DECIDED_TWIN, opinion);
        return;
    }
    discovery_yield(m->d, owner, &m->addr);
    conclude_new(m);
}

/* A device that answers at its address no more, and tells of itself here what
 * no other would: it was given another address. */
static bool has_moved(const struct meeting *m, const struct device *with,
                      const struct agent *silent)
{
    uint16_t agree =
        m->purpose == WHO_IS_IT ? m->choices.at[m->tried].opinion.agree : 0;

    return silent != NULL && silent == with->agent &&
           (agree & sign_bit(SIGN_MACS)) != 0 &&
           (agree & sign_bit(SIGN_BOOT)) != 0;
}

static void move(struct meeting *m, struct device *with)
{
    struct identity_opinion o = m->choices.at[m->tried].opinion;

    o.verdict = IDENTITY_SAME;
    (void)snprintf(o.why, sizeof o.why,
                   "same MAC addresses and boot time, and silent where it was "
                   "asked before");
    with->lost = true; /* there: it is asked here from now on */
    conclude(m, with, DECIDED_KEYS, &o);
}

static void on_tested(void *arg, const struct identity_opinion *opinion,
                      const struct agent *silent)
{
    struct meeting *m = arg;
    struct discovery *d = m->d;
    struct device *with = by_id(d, &m->with);

    m->test = NULL;
    m->with = (struct ident){{0}};
    d->tests--;
    if (has_moved(m, with, silent)) {
        move(m, with);
        start_waiting(d);
        discovery_finish(d);
        return;
    }
    switch (m->purpose) {
    case WHO_IS_IT:
        on_candidate_tested(m, with, opinion);
        break;
    case IS_REPLACED:
        on_owner_tested(m, with, opinion);
        break;
    case ARE_THEY_ONE:
        join(m, with, opinion);
        break;
    }
    start_waiting(d);
    discovery_finish(d);
}

/* ---- what remains where nobody is known to be it ---- */

static bool has_name_of(const struct meeting *m, const struct device *owner)
{
    const char *name = m->facts->system.name;

    return name[0] != '\0' && strcmp(name, owner->facts->system.name) == 0;
}

/* Another one answers where the owner did: it was replaced, or the address is
 * another device's now. */
static void settle_owned(struct meeting *m, struct device *owner)
{
    struct discovery *d = m->d;
    struct identity_claim before = discovery_claim(owner);
    struct identity_claim now = {m->facts, m->addr, m->facts->system.seen_at};
    struct identity_opinion o =
        identity_compare(&before, &now, BOOT_SLACK_MS, 0);
    bool main = addr_equal(&owner->addrs.at[0], &m->addr);

    if (o.verdict != IDENTITY_DIFFERENT && answered_before(m, owner)) {
        conclude(m, owner, DECIDED_PLACE, &o);
    } else if (o.verdict != IDENTITY_DIFFERENT) {
        discovery_yield(d, owner, &m->addr); /* it lists the address, only */
        conclude_new(m);
    } else if (owner->addrs.count == 1 || (main && has_name_of(m, owner))) {
        discovery_collect(d, owner); /* what it learns tells */
        conclude(m, owner, DECIDED_PLACE, &o);
    } else if (!main && owner->agent != NULL) {
        m->purpose = IS_REPLACED;
        test(m, &owner->id);
    } else {
        discovery_yield(d, owner, &m->addr);
        conclude_new(m);
    }
}

static void settle_unknown(struct meeting *m)
{
    static const struct identity_opinion woken = {
        .why = "an agent answers where an address without one was"};
    struct device *owner = inventory_by_addr(m->d->parts.inventory, &m->addr);

    if (owner == NULL)
        conclude_new(m);
    else if (device_is_silent(owner))
        conclude(m, owner, DECIDED_FIRST, &woken);
    else
        settle_owned(m, owner);
}

/* ---- by what people said ---- */

/* True if they said whose the address is: the meeting is over. */
static bool settle_pinned(struct meeting *m)
{
    struct discovery *d = m->d;
    struct pin *pin = pins_of(d->parts.pins, &m->addr);
    struct identity_opinion o = {.verdict = IDENTITY_SAME};

    if (pin == NULL)
        return false;
    struct device *device =
        by_id(d, pin->kind == PIN_MERGE ? &pin->device : &pin->other);
    pin_text(pin, o.why, sizeof o.why);
    if (device != NULL)
        conclude(m, device, DECIDED_PIN, &o);
    else if (pin->kind != PIN_SPLIT)
        return false;
    if (device != NULL)
        return true;
    /* The one that it was split to was removed: here it is again. */
    struct device *owner = inventory_by_addr(d->parts.inventory, &m->addr);
    if (owner != NULL)
        discovery_yield(d, owner, &m->addr);
    struct addr addr = m->addr;
    conclude_new(m);
    pin->other = inventory_by_addr(d->parts.inventory, &addr)->id;
    pins_save(d->parts.pins, pin);
    return true;
}

void discovery_met(void *arg, const struct addr *addr, struct agent *agent,
                   struct facts *facts)
{
    static const struct identity_opinion self = {.why = "this machine"};
    struct discovery *d = arg;
    struct device *owner = inventory_by_addr(d->parts.inventory, addr);
    struct meeting *m = meeting_new(d, WHO_IS_IT, addr);
    struct identity_claim claim = {facts, *addr, facts->system.seen_at};

    m->agent = agent;
    m->facts = facts;
    if (owner != NULL && owner->station) {
        conclude(m, owner, DECIDED_PLACE, &self);
        return;
    }
    if (settle_pinned(m))
        return;
    if (!identities_find(d->identities, &claim, NULL, &m->choices)) {
        test_next(m);
        return;
    }
    struct device *device = by_id(d, &m->choices.at[0].id);
    if (device != NULL)
        conclude(m, device, DECIDED_KEYS, &m->choices.at[0].opinion);
    else
        settle_unknown(m);
}

/* ---- two known devices ---- */

static bool is_tested(const struct discovery *d, const struct device *a,
                      const struct device *b)
{
    for (const struct meeting *m = d->meetings; m != NULL; m = m->next)
        if (m->purpose == ARE_THEY_ONE && ((ident_equal(&m->device, &a->id) &&
                                            ident_equal(&m->with, &b->id)) ||
                                           (ident_equal(&m->device, &b->id) &&
                                            ident_equal(&m->with, &a->id))))
            return true;
    return false;
}

void discovery_test_pair(struct discovery *d, struct device *device,
                         struct device *other, const struct addr *addr)
{
    if (device->agent == NULL || other->agent == NULL ||
        is_tested(d, device, other))
        return;
    struct meeting *m = meeting_new(d, ARE_THEY_ONE, addr);
    m->device = device->id;
    test(m, &other->id);
}

/* ---- when devices go ---- */

/* The agent that is tested goes: its own meeting ends, and who was tested
 * against it is asked anew. */
void discovery_drop_tests(struct discovery *d, const struct device *device)
{
    for (struct meeting *m = d->meetings, *next; m != NULL; m = next) {
        next = m->next;
        if (!ident_equal(&m->with, &device->id) &&
            !(m->purpose == ARE_THEY_ONE &&
              ident_equal(&m->device, &device->id)))
            continue;
        struct addr addr = m->addr;
        struct agent *agent = TAKE(m->agent);

        meeting_free(m);
        leads_bury(d->leads, agent);
        if (agent != NULL)
            (void)leads_again(d->leads, &addr, LEAD_HINT);
    }
    start_waiting(d);
}

void discovery_drop_meetings(struct discovery *d)
{
    while (d->meetings != NULL) {
        struct agent *agent = TAKE(d->meetings->agent);

        meeting_free(d->meetings);
        agent_free(agent);
    }
}
