/* Risk over time. */
#include "station/risks_parts.h"

#include <math.h>

size_t risks_points(const struct risk_state *s, struct risk_point *out)
{
    const struct risk_history *h = s->history;

    for (uint32_t i = 0; h != NULL && i < h->count; i++)
        out[i] = *risk_history_at(h, i);
    return h != NULL ? h->count : 0;
}

/* The one of a state alone, to be changed: a shared one is left as it is. */
static struct risk_history *own_history(struct risk_state *s)
{
    struct risk_history *h = s->history;

    if (h != NULL && __atomic_load_n(&h->refs, __ATOMIC_ACQUIRE) == 1)
        return h;
    struct risk_history *copy = mem_new(struct risk_history);
    if (h != NULL)
        *copy = *h;
    copy->refs = 1;
    risk_history_unref(h);
    s->history = copy;
    return copy;
}

void risks_add_point(struct risk_state *s, struct wall at, double risk)
{
    struct risk_history *h = own_history(s);

    if (h->count == RISK_POINTS) {
        h->first = (h->first + 1) % RISK_POINTS;
        h->count--;
    }
    h->points[(h->first + h->count++) % RISK_POINTS] =
        (struct risk_point){.at = at, .risk = (float)risk};
    s->unsaved = true;
}

/* Points whose time is over go, but for the last, which still held then. True
 * if any did. */
static bool expire(struct risk_state *s, struct wall now, int64_t keep_ms)
{
    const struct risk_history *seen = s->history;
    uint32_t over = 0;

    while (seen != NULL && over + 1 < seen->count &&
           risk_history_at(seen, over + 1)->at.ms < now.ms - keep_ms)
        over++;
    if (keep_ms <= 0 || over == 0)
        return false;
    struct risk_history *h = own_history(s);
    h->first = (h->first + over) % RISK_POINTS;
    h->count -= over;
    s->unsaved = true;
    return true;
}

static bool expire_others(struct risks *r, int64_t keep_ms)
{
    bool any = expire(&r->whole, r->wall, keep_ms);
    void *value;

    for (size_t at = 0; table_next(r->groups, &at, NULL, &value);)
        any |= expire(&((struct risk_group *)value)->state, r->wall, keep_ms);
    for (size_t at = 0; table_next(r->clouds, &at, NULL, &value);)
        any |= expire(&((struct risk_cloud *)value)->state, r->wall, keep_ms);
    for (size_t at = 0; table_next(r->links, &at, NULL, &value);)
        any |= expire(&((struct risk_link *)value)->state, r->wall, keep_ms);
    return any;
}

void risks_expire(struct risks *r)
{
    enum { EXPIRE_MS = 3600000 };
    int64_t keep_ms = r->config->retention.risk_ms;
    void *value;

    if (!mono_reached(r->now, r->expire_at))
        return;
    r->expire_at = mono_after_ms(r->now, EXPIRE_MS);
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        struct risk_device *o = value;

        if (!expire(&o->state, r->wall, keep_ms))
            continue;
        risks_save(r, o);
        r->changed = true;
    }
    r->changed |= expire_others(r, keep_ms);
}

bool risks_note(struct risks *r, struct risk_state *s, double risk, int *before)
{
    enum { POINT = 1 }; /* smaller changes are no news */

    *before = s->mark.level;
    if (fabs(risk - s->risk) >= POINT ||
        (risk <= 0 && s->risk > 0)) /* the end, however small it was */
        risks_add_point(s, r->wall, risk);
    r->changed |= fabs(risk - s->risk) > 0;
    s->risk = risk;
    bool other = risk_mark_step(&s->mark, risk, r->now);
    r->changed |= other;
    return other;
}

enum severity risk_level_severity(int level)
{
    static const enum severity severities[RISK_LEVELS] = {
        SEVERITY_INDETERMINATE, SEVERITY_INDETERMINATE, SEVERITY_WARNING,
        SEVERITY_WARNING, SEVERITY_MINOR};

    return severities[level - 1];
}

void risks_tell(struct risks *r, const struct object_ref *object,
                const char *name, const struct risk_state *s, int before)
{
    int level = s->mark.level;
    const struct event_subject subject = {
        .class = EVENT_PERFORMANCE,
        .severity =
            level < before ? SEVERITY_CLEARED : risk_level_severity(level),
        .type = "risk.level",
        .object = name,
        .source = "risk"};

    if (before == 0)
        return;
    if (r->parts.events != NULL)
        events_add(r->parts.events, r->wall, &subject,
                   "risk is %s (%.0f), was %s", risk_level_name(level), s->risk,
                   risk_level_name(before));
    if (r->on_change != NULL)
        r->on_change(r->on_change_arg, &(struct risk_change){.object = *object,
                                                             .name = name,
                                                             .risk = s->risk,
                                                             .level = level,
                                                             .before = before});
}
