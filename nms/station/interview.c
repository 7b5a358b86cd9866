#include "station/interview.h"

#include "mibs/roster.h"
#include "wire/credential.h"
#include "wire/walk.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Asks under way at once: the agent's window is small, and answers to several
 * tables keep it full. */
enum { ASKS_AT_ONCE = 3 };

/* Silence to this many asks in a row ends an interview: the agent is gone. */
enum { SILENT_ASKS_MAX = 2 };

struct asked {
    struct interview *owner;
    struct walk *walk; /* NULL: free */
    unsigned id;
    uint64_t rows;
    bool context; /* of its own: agents are silent to those they lack */
};

struct interview {
    struct agent *agent;
    struct collector *collector;
    interview_fn done;
    void *arg;
    struct roster **roster; /* the caller's; NULL: none */
    struct asked asked[ASKS_AT_ONCE];
    unsigned under_way, silent;
    bool met;    /* the agent answered at least once */
    int refusal; /* why it was not met */
};

static void advance(struct interview *iv);

static void interview_free(struct interview *iv)
{
    for (size_t i = 0; i < COUNT_OF(iv->asked); i++)
        if (iv->asked[i].walk != NULL)
            walk_cancel(iv->asked[i].walk);
    collector_free(iv->collector);
    free(iv);
}

bool interview_answered(const struct interview *iv)
{
    return iv->met;
}

void interview_cancel(struct interview *iv)
{
    interview_free(iv);
}

static void keep_roster(struct interview *iv)
{
    struct roster *made = collector_roster(iv->collector, *iv->roster);

    if (made == NULL)
        return;
    roster_free(*iv->roster);
    *iv->roster = made;
}

static void finish(struct interview *iv, int result)
{
    interview_fn done = iv->done;
    void *arg = iv->arg;
    struct facts *facts = NULL;

    if (iv->met) {
        collector_engine_id(iv->collector, agent_engine_id(iv->agent));
        facts = collector_take(iv->collector);
    }
    if (result == 0 && iv->roster != NULL)
        keep_roster(iv);
    interview_free(iv);
    done(arg, result, facts);
}

static void on_row(void *arg, const struct row *row)
{
    struct asked *asked = arg;

    asked->rows++;
    asked->owner->met = true;
    collector_row(asked->owner->collector, asked->id, row);
}

static void on_end(void *arg, int result)
{
    struct asked *asked = arg;
    struct interview *iv = asked->owner;

    asked->walk = NULL;
    iv->under_way--;
    if (result != -ETIMEDOUT || asked->rows > 0)
        iv->silent = 0;
    else if (!asked->context)
        iv->silent++;
    if (result < 0 && !iv->met)
        iv->refusal = result;
    collector_end(iv->collector, asked->id, result);
    advance(iv);
}

static struct asked *free_place(struct interview *iv)
{
    for (size_t i = 0; i < COUNT_OF(iv->asked); i++)
        if (iv->asked[i].walk == NULL)
            return &iv->asked[i];
    return NULL;
}

/* Contexts are VLANs: "10" goes behind a community, "vlan-10" is what switches
 * that have one call it in version 3. */
static const char *context_name(const struct interview *iv, const char *vlan,
                                char *room, size_t len)
{
    const struct credential *credential = agent_credential(iv->agent);

    if (vlan == NULL || credential == NULL || credential->version != SNMP_V3)
        return vlan;
    (void)snprintf(room, len, "vlan-%s", vlan);
    return room;
}

/* Asks on until the places are full or the collector waits. */
static void ask_on(struct interview *iv)
{
    struct ask ask;
    char room[16];
    struct asked *place;

    while ((place = free_place(iv)) != NULL &&
           collector_next(iv->collector, &ask, &place->id)) {
        place->owner = iv;
        place->rows = 0;
        place->context = ask.context != NULL;
        ask.context = context_name(iv, ask.context, room, sizeof room);
        iv->under_way++;
        place->walk = walk_start(iv->agent, &ask, on_row, on_end, place);
    }
}

/* Ends the interview when there is nothing more to ask, or nobody who answers;
 * else asks on. */
static void advance(struct interview *iv)
{
    if (iv->refusal < 0 && !iv->met) {
        finish(iv, iv->refusal);
        return;
    }
    if (iv->silent >= SILENT_ASKS_MAX) {
        finish(iv, -ETIMEDOUT);
        return;
    }
    ask_on(iv);
    if (iv->under_way == 0)
        finish(iv, 0);
}

void interview_close(struct interview *iv)
{
    for (size_t i = 0; i < COUNT_OF(iv->asked); i++) {
        if (iv->asked[i].walk == NULL)
            continue;
        walk_cancel(TAKE(iv->asked[i].walk));
        iv->under_way--;
        collector_end(iv->collector, iv->asked[i].id, -ETIMEDOUT);
    }
    bool whole = iv->met && collector_done(iv->collector);
    finish(iv, whole ? 0 : -ETIMEDOUT);
}

static struct interview *interview_new(struct agent *agent,
                                       struct collector *collector,
                                       interview_fn done, void *arg)
{
    struct interview *iv = mem_new(struct interview);

    iv->agent = agent;
    iv->collector = collector;
    collector_at(iv->collector, wall_now());
    iv->done = done;
    iv->arg = arg;
    return iv;
}

/* NULL if there is nothing to ask. */
static struct interview *begin(struct interview *iv)
{
    ask_on(iv);
    if (iv->under_way > 0)
        return iv;
    interview_free(iv);
    return NULL;
}

struct interview *interview_start(struct agent *agent,
                                  const struct profiles *profiles,
                                  enum collect_scope scope,
                                  const struct facts *known, interview_fn done,
                                  void *arg)
{
    struct interview *iv =
        interview_new(agent, collector_new(profiles, scope, known), done, arg);

    iv->met = known != NULL && scope == COLLECT_METRICS;
    return begin(iv);
}

struct interview *interview_measure(struct agent *agent,
                                    const struct profiles *profiles,
                                    const struct facts *known,
                                    struct roster **roster, interview_fn done,
                                    void *arg)
{
    struct interview *iv = interview_new(
        agent, collector_new(profiles, COLLECT_METRICS, known), done, arg);

    iv->met = known != NULL;
    iv->roster = roster;
    collector_follow(iv->collector, *roster);
    return begin(iv);
}
