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

/* Points whose time is over go, but for the last, which still held then. */
static void expire(struct risk_state *s, struct wall now, int64_t keep_ms)
{
    struct risk_history *h = own_history(s);

    while (keep_ms > 0 && h->count > 1 &&
           risk_history_at(h, 1)->at.ms < now.ms - keep_ms) {
        h->first = (h->first + 1) % RISK_POINTS;
        h->count--;
    }
}

bool risks_note(struct risks *r, struct risk_state *s, double risk, int *before)
{
    enum { POINT = 1 }; /* smaller changes are no news */

    *before = s->mark.level;
    if (fabs(risk - s->risk) >= POINT ||
        (risk <= 0 && s->risk > 0)) { /* the end, however small it was */
        risks_add_point(s, r->wall, risk);
        expire(s, r->wall, r->config->retention.risk_ms);
    }
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
