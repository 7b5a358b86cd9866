/* Whether a device that is silent is alone with that: who is before it, and
 * beside it, is asked as soon as it misses a check. With polls far apart nobody
 * else would be heard for a long time. */
#include "station/causes_parts.h"

#include "station/polling.h"
#include "topology/dominators.h"

enum { LOOKS_MAX = 500 }; /* a turn */

/* The device of a node; NULL: it is none, or the station. */
static struct device *device_at(const struct causes *c, uint32_t node)
{
    struct device *d = node < c->inferred->input.count
                           ? inventory_by_id(c->inventory, causes_id(c, node))
                           : NULL;

    return d != NULL && !d->station ? d : NULL;
}

static bool has_answered(const struct device *d, const struct down *suspect)
{
    return d->last_seen.ms >= suspect->since.ms;
}

static bool answers_before(const struct causes *c, uint32_t node,
                           const struct down *suspect)
{
    const uint32_t *above = c->inferred->above;

    for (uint32_t at = above != NULL ? above[node] : ABOVE_NONE;
         at != ABOVE_NONE; at = above[at]) {
        const struct device *d = device_at(c, at);

        if (d != NULL && has_answered(d, suspect))
            return true;
    }
    return false;
}

/* True if one of some devices beside it answers; if ask, those that did not yet
 * are asked. */
static bool answers_beside(struct causes *c, uint32_t node,
                           const struct down *suspect, bool ask)
{
    unsigned looked = 0;

    for (uint32_t n = 0, at; looked < CAUSES_BESIDE &&
                             (at = causes_beside(c, node, n)) != UINT32_MAX;
         n++) {
        struct device *d = device_at(c, at);

        if (d == NULL || d->polled == NULL || d->reach != REACH_UP)
            continue;
        looked++;
        if (has_answered(d, suspect))
            return true;
        if (ask)
            causes_ask(c, d);
    }
    return false;
}

/* One lost check may be chance. Where the network is cut soon after it, who
 * answered between would testify against whom the cut silenced: what counts is
 * said after the second. */
static void look_from_second(const struct causes *c, struct down *suspect)
{
    const struct device *d = inventory_by_id(c->inventory, &suspect->id);
    struct wall second;

    if (d == NULL || !polling_missed_twice(d, &second) ||
        second.ms <= suspect->since.ms)
        return;
    suspect->since = second;
    suspect->witnessed = suspect->beside = (struct mono){0};
}

static void look(struct causes *c, struct down *suspect, bool ask,
                 struct mono now)
{
    uint32_t node = c->inferred != NULL
                        ? inferred_node(c->inferred, &suspect->id)
                        : UINT32_MAX;

    if (node == UINT32_MAX)
        return;
    look_from_second(c, suspect);
    if (suspect->witnessed.ns == 0 && answers_before(c, node, suspect))
        suspect->witnessed = now;
    if (suspect->witnessed.ns == 0 && suspect->beside.ns == 0 &&
        answers_beside(c, node, suspect, ask))
        suspect->beside = now;
}

void causes_look_before(struct causes *c)
{
    size_t at = 0, looks = 0;
    void *found;

    while (looks < LOOKS_MAX && table_next(c->suspects, &at, NULL, &found)) {
        struct down *suspect = found;
        bool ask = c->asked_now < CAUSES_ASK_MAX;

        look_from_second(c, suspect);
        if (suspect->witnessed.ns != 0)
            continue;
        looks++;
        if (ask)
            (void)causes_is_verified(c, suspect);
        look(c, suspect, ask, c->now);
    }
}

enum doubt_witness causes_witness(struct causes *c, const struct device *d,
                                  struct mono asked, struct mono now)
{
    struct down *suspect = table_find(c->suspects, ident_key(&d->id));

    if (suspect == NULL)
        return DOUBT_NOBODY;
    look(c, suspect, false, now);
    if (suspect->witnessed.ns != 0 && asked.ns >= suspect->witnessed.ns)
        return DOUBT_BEFORE;
    return suspect->beside.ns != 0 && asked.ns >= suspect->beside.ns
               ? DOUBT_BESIDE
               : DOUBT_NOBODY;
}
