#include "station/leads.h"

#include "base/table.h"
#include "station/knocks.h"
#include "wire/icmp.h"

#include <stdlib.h>

#include <event2/event.h>

enum {
    ECHOES = 2,
    ECHO_APART_MS = 150,
    ECHO_TIMEOUT_MS = 1000,
    SKIPS_PER_TURN = 65536 /* addresses of sweeps that need no asking */
};

/* An address being asked. */
struct lead {
    struct leads *owner;
    struct lead *next; /* in the queue or the list of those under way */
    struct lead **link;
    struct addr addr;
    enum lead_kind kind;
    struct knocks *knocks; /* under way, or NULL */
    bool echo_open, echoed, met;
    enum lead_state state; /* as knocks found it */
};

struct sweep {
    struct prefix prefix;
    uint64_t next, count;
};

struct sweeps ARRAY_OF(struct sweep);
struct silent_ones ARRAY_OF(struct addr);
struct grave ARRAY_OF(struct agent *);

struct leads {
    struct leads_parts parts;
    struct leads_listener listener;
    struct table *asked; /* address of this round -> its lead, then its end */
    struct lead *first, **last; /* queue */
    struct lead *under_way;
    size_t running, queued;
    struct sweeps sweeps;
    struct silent_ones silent; /* to get another echo */
    size_t silent_next;
    struct grave grave;
    struct event *turn; /* buries, and starts what waits */
    struct leads_stats stats;
    uint32_t silent_asked; /* this round */
    /* What asked has of addresses that are over: one of these. */
    char ends[LEAD_STATES];
};

const char *lead_state_name(enum lead_state state)
{
    static const char *const names[LEAD_STATES] = {
        [LEAD_WAITS] = "waits",     [LEAD_ASKED] = "asked",
        [LEAD_SILENT] = "silent",   [LEAD_ECHOES] = "echoes",
        [LEAD_CLOSED] = "closed",   [LEAD_BROKEN] = "broken",
        [LEAD_DENIED] = "denied",   [LEAD_USER] = "user",
        [LEAD_LEVEL] = "level",     [LEAD_AUTH] = "auth",
        [LEAD_PRIVACY] = "privacy", [LEAD_ENGINE] = "engine",
        [LEAD_ANSWERS] = "answers",
    };

    return names[state];
}

/* LEAD_STATES: it is not over. */
static enum lead_state end_of(const struct leads *l, const void *entry)
{
    uintptr_t at = (uintptr_t)entry, first = (uintptr_t)l->ends;

    return at >= first && at < first + LEAD_STATES
               ? (enum lead_state)(at - first)
               : LEAD_STATES;
}

/* ---- one address ---- */

static void turn_soon(struct leads *l)
{
    struct timeval now = {0};

    event_add(l->turn, &now);
}

void leads_bury(struct leads *l, struct agent *agent)
{
    if (agent == NULL)
        return;
    *array_add(&l->grave) = agent;
    turn_soon(l);
}

/* Few octets are a small entry of the table: what is nothing is left out. */
static struct bytes addr_key(const struct addr *addr)
{
    return addr->zone == 0
               ? addr_octets(addr)
               : (struct bytes){(const uint8_t *)addr, sizeof *addr};
}

static void lead_unlink(struct lead *lead)
{
    *lead->link = lead->next;
    if (lead->next != NULL)
        lead->next->link = lead->link;
}

/* Both ways of asking have ended. */
static void lead_end(struct lead *lead)
{
    struct leads *l = lead->owner;
    struct addr addr = lead->addr;
    bool echoed = lead->echoed && !lead->met;

    if (lead->kind == LEAD_SUBNET && !lead->echoed && !lead->met &&
        l->parts.pinger != NULL && l->silent.count < AGAIN_MAX)
        *array_add(&l->silent) = addr;
    if (table_find(l->asked, addr_key(&addr)) == lead) {
        enum lead_state end = lead->state == LEAD_WAITS && lead->echoed
                                  ? LEAD_ECHOES
                              : lead->state == LEAD_WAITS ? LEAD_SILENT
                                                          : lead->state;

        (void)table_put(l->asked, addr_key(&addr), &l->ends[end]);
        l->stats.ends[end]++;
    }
    lead_unlink(lead);
    free(lead);
    l->running--;
    turn_soon(l);
    if (echoed)
        l->listener.echoed(l->listener.arg, &addr);
}

static void lead_end_if_over(struct lead *lead)
{
    if (lead->knocks == NULL && !lead->echo_open)
        lead_end(lead);
}

static void on_knocked(void *arg, struct agent *agent, struct facts *facts,
                       enum lead_state state)
{
    struct lead *lead = arg;
    struct leads *l = lead->owner;
    struct addr addr = lead->addr;

    lead->knocks = NULL;
    lead->met = agent != NULL;
    lead->state = state;
    lead_end_if_over(lead);
    if (agent == NULL)
        return;
    l->stats.answered++;
    l->listener.met(l->listener.arg, &addr, agent, facts);
}

static void knock(struct lead *lead)
{
    struct leads *l = lead->owner;

    lead->knocks = knocks_start(l, &l->parts, &lead->addr,
                                lead->kind == LEAD_SUBNET && !lead->echoed,
                                on_knocked, lead);
}

static bool is_of_sweep(const struct lead *lead)
{
    return lead->kind == LEAD_SWEEP || lead->kind == LEAD_SUBNET ||
           lead->kind == LEAD_AGAIN;
}

static void on_echo(void *arg, const struct ping_result *result)
{
    struct lead *lead = arg;
    struct leads *l = lead->owner;

    lead->echo_open = false;
    lead->echoed = result->received > 0;
    bool found = lead->echoed && is_of_sweep(lead);
    bool briefly = lead->kind == LEAD_SUBNET && !lead->echoed &&
                   l->silent_asked < SILENT_MAX;
    l->stats.found += found ? 1 : 0;
    l->silent_asked += briefly ? 1 : 0;
    if (found || briefly)
        knock(lead);
    if (lead->echoed && lead->knocks != NULL)
        knocks_distance(lead->knocks, result->rtt_ms_min);
    lead_end_if_over(lead);
}

/* A sweep asks the agent after the echo; a named or hinted address is
 * asked both ways at once. */
static void lead_begin(struct lead *lead)
{
    struct leads *l = lead->owner;

    l->stats.asked += lead->kind != LEAD_AGAIN;
    if (l->parts.pinger != NULL) {
        lead->echo_open = true;
        pinger_check(l->parts.pinger, &lead->addr, ECHOES, ECHO_APART_MS,
                     ECHO_TIMEOUT_MS, on_echo, lead);
    }
    if (!is_of_sweep(lead) || l->parts.pinger == NULL)
        knock(lead);
}

/* ---- the frontier ---- */

static struct lead *lead_new(struct leads *l, const struct addr *addr,
                             enum lead_kind kind)
{
    struct lead *lead = mem_new(struct lead);

    lead->owner = l;
    lead->addr = *addr;
    lead->kind = kind;
    return lead;
}

static struct lead *queue_pop(struct leads *l)
{
    struct lead *lead = l->first;

    l->first = lead->next;
    if (l->first == NULL)
        l->last = &l->first;
    l->queued--;
    return lead;
}

/* The next address of the ranges; NULL if there is none, or it takes another
 * turn to find it. */
static struct lead *sweep_next(struct leads *l)
{
    for (unsigned skips = 0; l->sweeps.count > 0; skips++) {
        struct sweep *s = &l->sweeps.at[l->sweeps.count - 1];

        if (skips == SKIPS_PER_TURN) {
            turn_soon(l);
            return NULL;
        }

        if (s->next == s->count) {
            l->sweeps.count--;
            continue;
        }
        struct addr addr = prefix_host(&s->prefix, s->next++);
        if (!fence_permits(l->parts.fence, &addr))
            l->stats.fenced++;
        else if (table_find(l->asked, addr_key(&addr)) == NULL)
            return lead_new(l, &addr,
                            s->count <= SWEEP_ASKS_ALL ? LEAD_SUBNET
                                                       : LEAD_SWEEP);
    }
    return NULL;
}

/* The next that was silent, when there is nothing else to ask; NULL if there is
 * none, or enough are asked. */
static struct lead *silent_next(struct leads *l)
{
    if (l->sweeps.count > 0 || l->running >= AGAIN_AT_ONCE ||
        l->silent_next >= l->silent.count)
        return NULL;
    return lead_new(l, &l->silent.at[l->silent_next++], LEAD_AGAIN);
}

static struct lead *next_lead(struct leads *l)
{
    struct lead *lead = l->first != NULL ? queue_pop(l) : sweep_next(l);

    return lead != NULL ? lead : silent_next(l);
}

static void start_what_waits(struct leads *l)
{
    while (l->running < LEADS_AT_ONCE) {
        struct lead *lead = next_lead(l);

        if (lead == NULL)
            return;
        if (table_count(l->asked) < LEADS_MAX) {
            enum lead_state end =
                end_of(l, table_put(l->asked, addr_key(&lead->addr), lead));

            if (end != LEAD_STATES) /* it is asked again */
                l->stats.ends[end]--;
        }
        lead->next = l->under_way;
        lead->link = &l->under_way;
        if (lead->next != NULL)
            lead->next->link = &lead->next;
        l->under_way = lead;
        l->running++;
        lead_begin(lead);
    }
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct leads *l = arg;

    (void)fd;
    (void)what;
    while (l->grave.count > 0)
        agent_free(l->grave.at[--l->grave.count]);
    start_what_waits(l);
    if (!leads_busy(l))
        l->listener.idle(l->listener.arg);
}

bool leads_busy(const struct leads *l)
{
    return l->running > 0 || l->queued > 0 || l->sweeps.count > 0 ||
           l->silent_next < l->silent.count;
}

bool leads_add(struct leads *l, const struct addr *addr, enum lead_kind kind)
{
    if (addr_is_unspecified(addr) || addr_is_multicast(addr) ||
        !fence_permits(l->parts.fence, addr)) {
        l->stats.fenced++;
        return false;
    }
    if (table_find(l->asked, addr_key(addr)) != NULL)
        return false;
    if (table_count(l->asked) >= LEADS_MAX) {
        l->stats.refused++;
        return false;
    }
    struct lead *lead = lead_new(l, addr, kind);
    (void)table_put(l->asked, addr_key(addr), lead);
    *l->last = lead;
    l->last = &lead->next;
    l->queued++;
    l->stats.found++;
    turn_soon(l);
    return true;
}

bool leads_again(struct leads *l, const struct addr *addr, enum lead_kind kind)
{
    enum lead_state end = end_of(l, table_find(l->asked, addr_key(addr)));

    if (end != LEAD_STATES) {
        (void)table_remove(l->asked, addr_key(addr));
        l->stats.ends[end]--;
    }
    return leads_add(l, addr, kind);
}

void leads_sweep(struct leads *l, const struct prefix *p)
{
    if (l->sweeps.count >= SWEEPS_MAX) {
        l->stats.refused++;
        return;
    }
    struct sweep *s = array_add(&l->sweeps);
    *s = (struct sweep){.prefix = *p, .count = prefix_hosts(p)};
    turn_soon(l);
}

void leads_new_round(struct leads *l)
{
    table_free(l->asked);
    l->asked = table_new();
    l->stats = (struct leads_stats){0};
    l->silent_asked = 0;
    l->silent.count = l->silent_next = 0;
    turn_soon(l); /* a round with nothing to ask ends, too */
}

struct leads *leads_new(const struct leads_parts *parts,
                        const struct leads_listener *listener)
{
    struct leads *l = mem_new(struct leads);

    l->parts = *parts;
    l->listener = *listener;
    l->asked = table_new();
    l->last = &l->first;
    l->turn = evtimer_new(parts->base, on_turn, l);
    return l;
}

static void drop_all(struct leads *l)
{
    while (l->under_way != NULL) {
        struct lead *lead = l->under_way;

        if (lead->knocks != NULL)
            knocks_cancel(lead->knocks);
        if (l->parts.pinger != NULL)
            pinger_forget(l->parts.pinger, lead);
        (void)table_remove(l->asked, addr_key(&lead->addr));
        lead_unlink(lead);
        free(lead);
    }
    l->running = 0;
    while (l->first != NULL) {
        struct lead *lead = queue_pop(l);

        (void)table_remove(l->asked, addr_key(&lead->addr));
        free(lead);
    }
    l->sweeps.count = 0;
    l->silent.count = l->silent_next = 0;
    while (l->grave.count > 0)
        agent_free(l->grave.at[--l->grave.count]);
}

void leads_configure(struct leads *l, const struct leads_parts *parts)
{
    drop_all(l);
    l->parts = *parts;
    turn_soon(l);
}

void leads_free(struct leads *l)
{
    if (l == NULL)
        return;
    drop_all(l);
    event_free(l->turn);
    array_fini(&l->sweeps);
    array_fini(&l->silent);
    array_fini(&l->grave);
    table_free(l->asked);
    free(l);
}

void leads_stats(const struct leads *l, struct leads_stats *out)
{
    *out = l->stats;
    out->waiting = l->queued + l->running + l->silent.count - l->silent_next;
    for (size_t i = 0; i < l->sweeps.count; i++)
        out->waiting += l->sweeps.at[i].count - l->sweeps.at[i].next;
}

bool leads_next(const struct leads *l, size_t *at, struct addr *addr,
                enum lead_state *state)
{
    struct bytes key;
    void *entry;

    if (!table_next(l->asked, at, &key, &entry))
        return false;
    *addr = key.len == 4    ? addr_v4(key.at)
            : key.len == 16 ? addr_v6(key.at)
                            : *(const struct addr *)(const void *)key.at;
    *state = end_of(l, entry);
    if (*state == LEAD_STATES)
        *state = ((const struct lead *)entry)->link != NULL ? LEAD_ASKED
                                                            : LEAD_WAITS;
    return true;
}
