/* Risk over time, over restarts. */
#include "station/risks_parts.h"

#include "station/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

size_t risks_points(const struct risk_state *s, struct risk_point *out)
{
    const struct risk_history *h = s->history;

    for (uint32_t i = 0; h != NULL && i < h->count; i++)
        out[i] = h->points[(h->first + i) % RISK_POINTS];
    return h != NULL ? h->count : 0;
}

static void add_point(struct risk_state *s, struct wall at, double risk)
{
    struct risk_history *h = s->history;

    if (h == NULL)
        h = s->history = mem_new(struct risk_history);
    if (h->count == RISK_POINTS) {
        h->first = (h->first + 1) % RISK_POINTS;
        h->count--;
    }
    h->points[(h->first + h->count++) % RISK_POINTS] =
        (struct risk_point){.at = at, .risk = (float)risk};
}

bool risks_note(struct risks *r, struct risk_state *s, double risk, int *before)
{
    enum { POINT = 1 }; /* smaller changes are no news */

    *before = s->mark.level;
    if (fabs(risk - s->risk) >= POINT ||
        (risk <= 0 && s->risk > 0)) /* the end, however small it was */
        add_point(s, r->wall, risk);
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

/* ---- in the store ---- */

static const char kind[] = "risk";

void risks_save(struct risks *r, const struct risk_device *o)
{
    struct buffer OWNED_BUFFER text = {0};
    struct risk_point points[RISK_POINTS];
    size_t count = risks_points(&o->state, points);
    char id[IDENT_TEXT_MAX];

    if (r->parts.store == NULL)
        return;
    buffer_format(&text, "1 %u %" PRId64 " %.60s\n", o->by_hand, o->said.ms,
                  o->who != NULL ? o->who : "");
    for (size_t i = 0; i < count; i++)
        buffer_format(&text, "%" PRId64 " %.4g\n", points[i].at.ms,
                      (double)points[i].risk);
    store_put(r->parts.store, kind, ident_format(&o->id, id, sizeof id),
              text.at);
}

static void read_points(struct risk_state *s, const char *text)
{
    for (const char *at = strchr(text, '\n'); at != NULL && at[1] != '\0';
         at = strchr(at + 1, '\n')) {
        char *end;
        int64_t ms = strtoll(at + 1, &end, 10);
        double risk = strtod(end, NULL);

        if (end == at + 1 || !(risk >= 0 && risk <= RISK_MAX))
            return;
        add_point(s, (struct wall){ms}, risk);
    }
}

static int on_kept(void *arg, const char *key, const char *text)
{
    struct risks *r = arg;
    struct ident id;
    unsigned value = 0;
    int64_t said = 0;
    char who[61] = "";

    if (ident_parse(key, &id) < 0 ||
        sscanf(text, "1 %u %" SCNd64 " %60[^\n]", &value, &said, who) < 2 ||
        value > 5)
        return 0;
    if (inventory_by_id(r->parts.inventory, &id) == NULL) {
        store_delete(r->parts.store, kind, key);
        return 0;
    }
    struct risk_device *o = risks_device(r, &id);
    o->by_hand = (uint8_t)value;
    o->said.ms = said;
    free(o->who);
    o->who = mem_text(who);
    read_points(&o->state, text);
    return 0;
}

int risks_resume(struct risks *r, struct complaint *why)
{
    struct alert_book *book = alerts_book(r->parts.alerts);

    for (size_t i = 0; i < book->active_count; i++)
        risks_link_alert(r, ALERT_RAISED, book->active[i]);
    alert_book_unref(book);
    for (size_t i = 0; i < inventory_count(r->parts.inventory); i++)
        risks_changed(r, inventory_at(r->parts.inventory, i));
    return r->parts.store != NULL
               ? store_load(r->parts.store, kind, on_kept, r, why)
               : 0;
}
