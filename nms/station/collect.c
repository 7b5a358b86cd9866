#include "station/collect.h"

#include "station/interview.h"

#include <errno.h>
#include <stdlib.h>

/* A device that waits or is being asked. */
struct collecting {
    struct collect *owner;
    struct device *device;
    struct interview *interview;      /* NULL: none that could be cancelled */
    enum collect_scope scope, wanted; /* now, and by another interview */
    unsigned tries;
    bool under_way, again; /* again: another is to follow this one */
    bool overdue;          /* it was ended by us */
    struct mono begun;
    struct collecting *next, **link;
};

struct collect {
    const struct profiles *profiles;
    struct collect_listener listener;
    struct collecting *first, **last; /* queue */
    struct collecting *asked;         /* under way */
    size_t waiting, running;
};

static void item_unlink(struct collecting *i)
{
    struct collect *c = i->owner;

    if (i->under_way)
        c->running--;
    else
        c->waiting--;
    if (c->last == &i->next)
        c->last = i->link;
    *i->link = i->next;
    if (i->next != NULL)
        i->next->link = i->link;
}

static void item_free(struct collecting *i)
{
    if (i->interview != NULL)
        interview_cancel(i->interview);
    item_unlink(i);
    i->device->collecting = NULL;
    free(i);
}

static void enqueue(struct collect *c, struct collecting *i)
{
    i->next = NULL;
    i->under_way = false;
    i->link = c->last;
    *c->last = i;
    c->last = &i->next;
    c->waiting++;
}

static bool lost_a_table(const struct facts *f)
{
    for (size_t i = 0; i < f->reports.count; i++)
        if (f->reports.at[i].result == -ETIMEDOUT)
            return true;
    return false;
}

static void collect_on(struct collect *c);

/* While it was asked somebody wanted more, or what is newer. */
static bool wants_more(struct collecting *i)
{
    if (!i->again)
        return false;
    i->again = false;
    i->scope = i->wanted;
    i->tries = 0;
    return true;
}

/* True if what an interview gave is of use: all but what the agent did not
 * answer, or of a device of which nothing is known whatever came in time. */
static bool has_given(const struct collecting *i, int result,
                      const struct facts *facts)
{
    if (facts == NULL)
        return false;
    return result == 0 || (i->overdue && i->device->collected_at.ms == 0);
}

/* Facts with a hole are better than none, but what is known is better than
 * these as long as the hole may be filled. Who was too slow is not asked again:
 * it would be as slow. */
static void on_interview(void *arg, int result, struct facts *facts)
{
    struct collecting *i = arg;
    struct collect *c = i->owner;
    const struct collect_listener *listener = &c->listener;
    struct device *device = i->device;
    bool met = has_given(i, result, facts);
    bool again = (!met || lost_a_table(facts)) && i->tries < COLLECT_TRIES &&
                 !i->overdue;
    again = wants_more(i) || again;

    i->interview = NULL;
    if (again) {
        item_unlink(i);
        enqueue(c, i);
    } else {
        item_free(i);
    }
    if (met && !(again && device->collected_at.ms != 0))
        listener->facts(listener->arg, device, facts);
    else
        facts_unref(facts);
    if (!met && !again)
        listener->lost(listener->arg, device, result);
    collect_on(c);
    if (c->waiting + c->running == 0)
        listener->idle(listener->arg);
}

static void ask(struct collect *c, struct collecting *i)
{
    item_unlink(i);
    i->next = c->asked;
    i->link = &c->asked;
    if (i->next != NULL)
        i->next->link = &i->next;
    c->asked = i;
    c->running++;
    i->under_way = true;
    i->overdue = false;
    i->tries++;
    i->begun = mono_now();
    i->interview = interview_start(i->device->agent, c->profiles, i->scope,
                                   i->device->facts, on_interview, i);
}

static void collect_on(struct collect *c)
{
    while (c->first != NULL && c->running < INTERVIEWS_AT_ONCE)
        ask(c, c->first);
}

struct collect *collect_new(const struct profiles *profiles,
                            const struct collect_listener *listener)
{
    struct collect *c = mem_new(struct collect);

    c->profiles = profiles;
    c->listener = *listener;
    c->last = &c->first;
    return c;
}

void collect_free(struct collect *c)
{
    if (c == NULL)
        return;
    while (c->asked != NULL)
        item_free(c->asked);
    while (c->first != NULL)
        item_free(c->first);
    free(c);
}

void collect_use_profiles(struct collect *c, const struct profiles *profiles)
{
    c->profiles = profiles;
}

static void deepen(struct collecting *i, enum collect_scope scope,
                   struct mono since)
{
    if (scope < i->scope)
        scope = i->scope;
    if (!i->under_way) {
        i->scope = scope;
    } else if (scope > i->scope || i->begun.ns < since.ns) {
        i->wanted = i->again && i->wanted > scope ? i->wanted : scope;
        i->again = true;
    }
}

void collect_add(struct collect *c, struct device *device,
                 enum collect_scope scope)
{
    collect_anew(c, device, scope, (struct mono){0});
}

void collect_anew(struct collect *c, struct device *device,
                  enum collect_scope scope, struct mono since)
{
    if (device->agent == NULL)
        return;
    if (device->collecting != NULL) {
        deepen(device->collecting, scope, since);
        return;
    }
    struct collecting *i = mem_new(struct collecting);
    i->owner = c;
    i->device = device;
    i->scope = scope;
    device->collecting = i;
    enqueue(c, i);
    collect_on(c);
}

static struct collecting *find_overdue(const struct collect *c, struct mono now)
{
    for (struct collecting *i = c->asked; i != NULL; i = i->next)
        if (i->interview != NULL &&
            mono_ms_between(i->begun, now) >= COLLECT_MS_MAX)
            return i;
    return NULL;
}

void collect_tick(struct collect *c, struct mono now)
{
    struct collecting *i;

    while ((i = find_overdue(c, now)) != NULL) {
        i->overdue = true;
        interview_close(i->interview);
    }
}

void collect_drop(struct collect *c, struct device *device)
{
    (void)c;
    if (device->collecting != NULL)
        item_free(device->collecting);
}

size_t collect_waiting(const struct collect *c)
{
    return c->waiting;
}

size_t collect_under_way(const struct collect *c)
{
    return c->running;
}
