#include "station/knocks.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <event2/event.h>

enum {
    ASK_TIMEOUT_MS = 600, /* of a stranger; doubles with each try */
    ASK_RETRIES = 2,
    BRIEF_TIMEOUT_MS = 500,
    BRIEF_RETRIES = 1,

    /* From one credential to the next: a few times the way there and back, and
     * what an agent takes to think. */
    APART_MS = 400, /* where the way is not known */
    APART_THINK_MS = 100,
    APART_TRIPS = 4,
    APART_MAX_MS = 2000
};

/* An agent asked with one credential. */
struct knock {
    struct knocks *owner;
    struct knock *next;
    struct agent *agent;
    struct interview *interview;
};

struct knocks {
    struct leads *leads;
    const struct leads_parts *parts;
    struct addr addr;
    bool briefly, v3_silent;
    enum lead_state met; /* the most telling refusal; LEAD_WAITS: none */
    knocks_fn done;
    void *arg;
    uint32_t apart_ms;
    size_t plain, v3; /* the next credential of v1 and v2c, and of v3 */
    struct knock *open;
    struct agent *second_best; /* one that shows little */
    struct facts *its_facts;
    struct event *pause;
};

/* ---- ends ---- */

static void knock_drop(struct knock *knock)
{
    interview_cancel(knock->interview);
    leads_bury(knock->owner->leads, knock->agent);
    free(knock);
}

void knocks_cancel(struct knocks *k)
{
    while (k->open != NULL) {
        struct knock *knock = k->open;

        k->open = knock->next;
        knock_drop(knock);
    }
    leads_bury(k->leads, k->second_best);
    facts_unref(k->its_facts);
    event_free(k->pause);
    free(k);
}

static void finish(struct knocks *k, struct agent *agent, struct facts *facts)
{
    knocks_fn done = k->done;
    void *arg = k->arg;

    if (agent == NULL) {
        agent = TAKE(k->second_best);
        facts = TAKE(k->its_facts);
    }
    enum lead_state state = agent != NULL ? LEAD_ANSWERS : k->met;
    knocks_cancel(k);
    done(arg, agent, facts, state);
}

/* ---- which credential is next ---- */

static size_t next_of(const struct knocks *k, size_t from, bool v3)
{
    while (from < k->parts->credential_count &&
           (k->parts->credentials[from]->version == SNMP_V3) != v3)
        from++;
    return from;
}

static bool is_v3(const struct knock *knock)
{
    return agent_credential(knock->agent)->version == SNMP_V3;
}

/* True while nobody knows whether there is an engine at all. */
static bool seeks_engine(const struct knocks *k)
{
    for (const struct knock *n = k->open; n != NULL; n = n->next)
        if (is_v3(n) && agent_engine_id(n->agent).len == 0)
            return true;
    return false;
}

static bool is_answering(const struct knocks *k)
{
    for (const struct knock *n = k->open; n != NULL; n = n->next)
        if (interview_answered(n->interview))
            return true;
    return false;
}

/* NULL: none, or none yet. */
static const struct credential *next_credential(struct knocks *k, bool take)
{
    size_t count = k->parts->credential_count;
    size_t plain = next_of(k, k->plain, false);
    size_t v3 =
        k->v3_silent || seeks_engine(k) ? count : next_of(k, k->v3, true);
    size_t next = plain < v3 ? plain : v3;

    if (next == count)
        return NULL;
    if (take && next == plain)
        k->plain = next + 1;
    else if (take)
        k->v3 = next + 1;
    return k->parts->credentials[next];
}

/* ---- asking ---- */

static void go_on(struct knocks *k);

static struct knock *knock_take_out(struct knock *knock)
{
    struct knock **at = &knock->owner->open;

    while (*at != knock)
        at = &(*at)->next;
    *at = knock->next;
    return knock;
}

static bool shows_little(const struct facts *facts)
{
    return facts->system.if_number == FACT_UNKNOWN && facts->macs.count == 0;
}

static void on_met(struct knocks *k, struct agent *agent, struct facts *facts)
{
    if (!shows_little(facts)) {
        finish(k, agent, facts);
        return;
    }
    if (k->second_best == NULL) {
        k->second_best = agent;
        k->its_facts = facts;
    } else {
        leads_bury(k->leads, agent);
        facts_unref(facts);
    }
    go_on(k);
}

static enum lead_state state_of(const struct agent *agent, int why)
{
    static const enum lead_state by_refusal[AGENT_REFUSALS] = {
        [AGENT_REFUSED_NOT] = LEAD_DENIED,
        [AGENT_REFUSED_USER] = LEAD_USER,
        [AGENT_REFUSED_LEVEL] = LEAD_LEVEL,
        [AGENT_REFUSED_AUTH] = LEAD_AUTH,
        [AGENT_REFUSED_PRIVACY] = LEAD_PRIVACY,
        [AGENT_REFUSED_ENGINE] = LEAD_ENGINE,
    };
    enum agent_refusal refusal = agent_refusal(agent);

    if (why == -ECONNREFUSED)
        return LEAD_CLOSED;
    if (why == -EBADMSG)
        return LEAD_BROKEN;
    return why == -EACCES || refusal != AGENT_REFUSED_NOT ? by_refusal[refusal]
                                                          : LEAD_WAITS;
}

static void on_refused(struct knocks *k, struct agent *agent, int why)
{
    enum lead_state met = state_of(agent, why);

    k->met = met > k->met ? met : k->met;

    if (why == -ETIMEDOUT && agent_credential(agent)->version == SNMP_V3 &&
        agent_engine_id(agent).len == 0)
        k->v3_silent = true;
    leads_bury(k->leads, agent);
    if (why == -ECONNREFUSED || why == -EPERM)
        finish(k, NULL, NULL); /* so it would be with any other */
    else
        go_on(k);
}

static void on_identity(void *arg, int result, struct facts *facts)
{
    struct knock *knock = knock_take_out(arg);
    struct knocks *k = knock->owner;
    struct agent *agent = knock->agent;

    free(knock);
    if (result == 0 && facts != NULL) {
        on_met(k, agent, facts);
        return;
    }
    facts_unref(facts);
    on_refused(k, agent, result);
}

/* What is waited for a stranger, where it is not in haste. */
static uint32_t wait_ms(const struct knocks *k, uint32_t ms)
{
    return k->parts->haste > 1 ? ms / k->parts->haste : ms;
}

static void ask(struct knocks *k, const struct credential *credential)
{
    struct knock *knock = mem_new(struct knock);

    knock->owner = k;
    knock->agent =
        agent_new(k->parts->engine, &k->addr, k->parts->port, credential);
    if (k->briefly)
        agent_patience(knock->agent, wait_ms(k, BRIEF_TIMEOUT_MS),
                       BRIEF_RETRIES);
    else
        agent_patience(knock->agent, wait_ms(k, ASK_TIMEOUT_MS), ASK_RETRIES);
    knock->interview =
        interview_start(knock->agent, k->parts->profiles, COLLECT_IDENTITY,
                        NULL, on_identity, knock);
    assert(knock->interview != NULL);
    knock->next = k->open;
    k->open = knock;
}

static void pause_begin(struct knocks *k)
{
    struct timeval apart = {.tv_sec = k->apart_ms / 1000,
                            .tv_usec = k->apart_ms % 1000 * 1000};

    (void)event_add(k->pause, &apart); /* fails only without memory */
}

/* Asks with the next credential, if it is time to. */
static void go_on(struct knocks *k)
{
    const struct credential *next;

    if (is_answering(k))
        return;
    next = next_credential(k, true);
    if (next != NULL)
        ask(k, next);
    if (k->open == NULL)
        finish(k, NULL, NULL);
    else if (next_credential(k, false) != NULL)
        pause_begin(k);
}

static void on_pause(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    go_on(arg);
}

void knocks_distance(struct knocks *k, double rtt_ms)
{
    k->apart_ms =
        (uint32_t)fmin(APART_THINK_MS + APART_TRIPS * rtt_ms, APART_MAX_MS);
    if (k->open != NULL && event_pending(k->pause, EV_TIMEOUT, NULL))
        pause_begin(k);
}

struct knocks *knocks_start(struct leads *leads,
                            const struct leads_parts *parts,
                            const struct addr *addr, bool briefly,
                            knocks_fn done, void *arg)
{
    static const struct timeval at_once = {0};
    struct knocks *k = mem_new(struct knocks);

    k->leads = leads;
    k->parts = parts;
    k->addr = *addr;
    k->briefly = briefly;
    k->done = done;
    k->arg = arg;
    k->apart_ms = wait_ms(k, APART_MS);
    k->pause = evtimer_new(parts->base, on_pause, k);
    (void)event_add(k->pause, &at_once); /* fails only without memory */
    return k;
}
