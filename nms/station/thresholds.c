#include "station/polling.h"
#include "station/thresholds_parts.h"

#include <math.h>
#include <stdlib.h>
#include <sys/auxv.h>

/* What lasts is told again after that time, with its value. */
enum { AGAIN_MS = 300000, PRUNE_MS = 86400000 };

struct thresholds *thresholds_new(const struct thresholds_parts *parts)
{
    struct thresholds *t = mem_new(struct thresholds);

    t->parts = *parts;
    t->plan_index = table_new();
    t->names = table_new();
    t->mismatched = table_new();
    t->offset_hour = -1;
    memcpy(&t->spread, (const void *)getauxval(AT_RANDOM), sizeof t->spread);
    return t;
}

static void forget_plans(struct thresholds *t)
{
    for (size_t i = 0; i < t->plans.count; i++)
        free(t->plans.at[i]);
    t->plans.count = 0;
    table_free(t->plan_index);
    t->plan_index = table_new();
}

static void free_values(struct table *table)
{
    void *value;
    size_t at = 0;

    while (table_next(table, &at, NULL, &value))
        free(value);
    table_free(table);
}

void thresholds_free(struct thresholds *t)
{
    if (t == NULL)
        return;
    forget_plans(t);
    array_fini(&t->plans);
    table_free(t->plan_index);
    free_values(t->names);
    free_values(t->mismatched);
    array_fini(&t->rules);
    free(t);
}

void thresholds_use(struct thresholds *t, const struct config *c)
{
    static const struct plan nothing = {.count = 0};

    t->config = c;
    forget_plans(t);
    *array_add(&t->plans) = mem_zero(sizeof nothing);
    t->rules.count = 0;
    for (size_t i = 0; i < c->alerts.rules.count; i++) {
        const struct rule *r = c->alerts.rules.at[i];

        if (!r->off)
            *array_add(&t->rules) =
                (struct active_rule){r, thresholds_name(t, r->name)};
    }
    t->used_epoch = ++t->epoch;
}

/* ---- devices ---- */

static void prune(struct thresholds *t, struct device *d, struct wall now)
{
    struct watch *w = d->watch;

    for (uint32_t i = w->count; i > 0; i--) {
        struct watched *e = &w->at[i - 1];

        if (e->epoch >= w->old_epoch)
            continue;
        for (struct kept *k = e->kept; k != NULL; k = k->next) {
            t->stats.not_normal -= !rule_is_normal(&k->state);
            thresholds_end(t, d, k, now, "it is not measured any more");
            thresholds_unsave(t, d, e, k);
        }
        watch_remove(w, i - 1, t->spread);
    }
    w->pruned = now;
    w->old_epoch = w->epoch;
}

void thresholds_changed(struct thresholds *t, struct device *d)
{
    struct wall now = wall_now();
    struct watch *w = d->watch;

    if (w == NULL)
        return;
    w->epoch = ++t->epoch;
    if (w->pruned.ms == 0) {
        w->pruned = now;
        w->old_epoch = w->epoch;
    } else if (now.ms - w->pruned.ms >= PRUNE_MS) {
        prune(t, d, now);
    }
}

void thresholds_drop(struct thresholds *t, struct device *d, bool gone)
{
    struct watch *w = d->watch;

    for (uint32_t i = 0; w != NULL && i < w->count; i++)
        for (struct kept *k = w->at[i].kept; k != NULL; k = k->next) {
            t->stats.not_normal -= !rule_is_normal(&k->state);
            if (gone)
                thresholds_unsave(t, d, &w->at[i], k);
        }
    watch_free(w);
    d->watch = NULL;
}

void thresholds_restarted(struct thresholds *t, const struct device *d,
                          struct wall at)
{
    struct buffer OWNED_BUFFER site = {0};
    const struct sample like = {
        .device = (struct device *)d, .object = "", .descr = ""};
    const struct rule_subject subject = thresholds_subject(t, &like, &site);
    const struct active_rule *r =
        thresholds_rule(t, RULE_ON_RESTART, &subject, 1);
    struct condition c = {
        .object = {.class = OBJECT_DEVICE, .device = d->id, .part = ""},
        .type = alert_type_find("device.restarted"),
        .at = at,
        .evidence = ALERT_BY_POLL,
        .name = d->name,
        .device = d->name,
        .text = "its agent restarted",
        .value = NAN,
        .limit = NAN};

    if (r == NULL)
        return;
    c.rule = r->name;
    c.severity = r->rule->severity;
    alerts_tell(t->parts.alerts, &c);
    c.severity = SEVERITY_CLEARED; /* it lasts for as long as its type says */
    alerts_tell(t->parts.alerts, &c);
}

/* ---- samples ---- */

static void settle(struct weighing *w, const struct active_rule *r,
                   struct kept *k, const struct verdict *v)
{
    bool before = !rule_is_normal(&k->state);
    enum severity told = k->state.told;
    enum severity now =
        rule_step(v->bounds, &k->state, w->t->config->polling.every_ms,
                  w->sample->at, v->value);
    bool again = now != SEVERITY_CLEARED && !isnan(v->value) &&
                 w->sample->at.ms - k->told.ms >= AGAIN_MS;

    w->t->stats.not_normal += !rule_is_normal(&k->state);
    w->t->stats.not_normal -= before;
    if (now != told || again)
        weighing_tell(w, r, k, v, now);
    if (rule_is_normal(&k->state) && k->window == NULL && k->baseline == NULL)
        watched_drop(w->entry, k);
}

/* A transceiver of a port that is down is dark, which is no fault of its own.
 */
static bool is_of_port_down(const struct sample *s)
{
    bool down = false;

    return s->sensor != NULL && s->sensor->if_index != 0 &&
           polling_port_is_down(s->device, s->sensor->if_index, &down) && down;
}

static void weigh(struct weighing *w, const struct active_rule *r)
{
    struct watched *e = w->entry;
    struct kept *k = e->kept != NULL ? watched_kept(e, r->name) : NULL;
    struct verdict v;

    if (k == NULL && rule_remembers(r->rule))
        k = watched_keep(e, r->name);
    if (k != NULL)
        thresholds_past(r->rule, k);
    if (weighing_value(w, r->rule, k, true, &v)) {
        thresholds_save(w->t, w->sample->device, e, k);
        k->saved = w->sample->at;
    }
    if (r->rule->as == RULE_STATE && v.value <= 0)
        e->was = PORT_WAS_UP;
    bool normal =
        isnan(v.value) || (v.value <= v.range.high && v.value >= v.range.low);
    if (normal && (k == NULL || rule_is_normal(&k->state)))
        return;
    if (!normal && r->rule->as == RULE_LIMITS && is_of_port_down(w->sample))
        v.value = NAN;
    settle(w, r, k != NULL ? k : watched_keep(e, r->name), &v);
}

void thresholds_sample(struct thresholds *t, const struct sample *sample)
{
    struct device *d = sample->device;
    struct weighing w = {.t = t, .sample = sample};

    if (sample->values == NULL || d->name == NULL)
        return;
    if (d->watch == NULL)
        d->watch = watch_new();
    w.entry = watch_entry(d->watch, watch_key(sample->group, sample->object),
                          t->spread);
    if (w.entry == NULL)
        return;
    if (w.entry->epoch < t->used_epoch || w.entry->epoch < d->watch->epoch)
        thresholds_plan(t, sample, w.entry);
    const struct plan *plan = t->plans.at[w.entry->plan];
    if (plan->count == 0)
        return;
    t->stats.weighed++;
    weighing_variables(&w);
    for (uint16_t i = 0; i < plan->count; i++) {
        const struct active_rule *r = &t->rules.at[plan->rules[i]];

        if (r->rule->on != RULE_ON_PORT_STATE)
            weigh(&w, r);
        else if (sample->port != NULL)
            weighing_port(&w, r);
    }
}

/* ---- what is known ---- */

static void report_port(struct weighing *w, const struct kept *k,
                        struct rule_report *report)
{
    struct buffer OWNED_BUFFER why = {0};
    const struct port_record *row =
        w->sample->port != NULL ? w->sample->port->row : NULL;

    if (row != NULL && row->oper_status != 0)
        report->value = if_is_down(row->admin_status, row->oper_status) ? 1 : 0;
    if (report->fit == RULE_FITS && k == NULL && w->sample->port != NULL &&
        !weighing_minds(w, thresholds_expect(w->t, w->sample), PORT_WAS_UP,
                        &why))
        report->fit = RULE_NOT_EXPECTED;
}

static void report(struct weighing *w, const struct rule *r,
                   const struct rule_subject *subject, rule_report_fn fn,
                   void *arg)
{
    const struct kept *k =
        watched_kept(w->entry, thresholds_name(w->t, r->name));
    struct rule_report out = {
        .rule = r, .value = NAN, .level = NAN, .usual = {NAN, NAN}};
    struct verdict v = {.value = NAN};

    out.fit = rule_fits(r, subject, &out.by);
    if (out.by == NULL)
        out.by = "";
    if (r->on == RULE_ON_PORT_STATE) {
        const struct active_rule *last =
            thresholds_rule(w->t, r->on, subject, 1);

        if (out.fit == RULE_FITS && last->rule != r)
            out.fit = RULE_GIVES_WAY;
        report_port(w, k, &out);
    } else if (w->sample->values != NULL) {
        bool knows = thresholds_knows(r, k);

        (void)weighing_value(w, r, knows ? (struct kept *)k : NULL, false, &v);
        out.value = v.value;
        out.level = rule_level(v.bounds, k != NULL ? k->state.told : 0,
                               isnan(v.value) ? 0 : v.value);
        out.usual = v.usual;
        out.usual_known = v.usual_known && r->as == RULE_BASELINE;
    }
    if (k != NULL) {
        out.severity = k->state.told;
        out.pending = k->state.pending;
        out.held_ms = k->state.held_ms;
        out.since = k->state.told != SEVERITY_CLEARED ? k->state.since
                                                      : (struct wall){0};
    }
    fn(arg, &out);
}

void thresholds_explain(struct thresholds *t, const struct sample *sample,
                        const struct facts *facts, rule_report_fn fn, void *arg)
{
    const struct rules *rules = &t->config->alerts.rules;
    struct buffer OWNED_BUFFER site = {0};
    const struct rule_subject subject = thresholds_subject(t, sample, &site);
    uint64_t key = watch_key(sample->group, sample->object);
    struct watched none = {.key = key}, *e = NULL;
    struct weighing w = {.t = t, .sample = sample, .facts = facts};

    if (sample->device->watch != NULL)
        e = watch_entry(sample->device->watch, key, t->spread);
    w.entry = e != NULL ? e : &none;
    if (sample->values != NULL)
        weighing_variables(&w);
    for (size_t i = 0; i < rules->count; i++)
        if (rules->at[i]->on == (int)sample->group ||
            (rules->at[i]->on == RULE_ON_PORT_STATE &&
             sample->group == SERIES_PORT))
            report(&w, rules->at[i], &subject, fn, arg);
}

void thresholds_stats(const struct thresholds *t, struct thresholds_stats *out)
{
    *out = t->stats;
}
