#include "station/device_site.h"
#include "station/risks_parts.h"
#include "station/store.h"

#include <math.h>
#include <stdlib.h>

enum { AGE_MS = 60000 }; /* hours count again */

struct risk_device *risks_device(struct risks *r, const struct ident *id)
{
    struct risk_device *o = table_find(r->devices, ident_key(id));

    if (o != NULL)
        return o;
    o = r->spare;
    if (o != NULL)
        r->spare = o->spare;
    else
        o = arena_zero(r->room, sizeof *o);
    *o = (struct risk_device){.id = *id, .stale = true};
    (void)table_put(r->devices, ident_key(id), o);
    return o;
}

static void queue(struct risks *r, struct risk_device *o)
{
    if (o->queued)
        return;
    o->queued = true;
    *array_add(&r->queue) = o->id;
}

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct risks *r = arg;

    (void)before;
    if (ident_is_set(&now->object.device))
        queue(r, risks_device(r, &now->object.device));
    risks_link_alert(r, news, now);
}

struct risks *risks_new(const struct risks_parts *parts)
{
    struct risks *r = mem_new(struct risks);

    r->parts = *parts;
    r->devices = table_new();
    r->room = arena_new();
    r->links = table_new();
    r->known = table_new();
    r->of_alert = table_new();
    r->groups = table_new();
    r->clouds = table_new();
    r->kept = table_new();
    r->changed = true;
    alerts_listen(parts->alerts, &(struct alert_listener){on_alert, r});
    return r;
}

static void device_fini(struct risk_device *o)
{
    risk_history_unref(o->state.history);
    free(o->who);
}

static void device_leave(struct risks *r, struct risk_device *o)
{
    device_fini(o);
    *o = (struct risk_device){.spare = r->spare};
    r->spare = o;
}

void risks_free(struct risks *r)
{
    void *value;

    if (r == NULL)
        return;
    risks_keep_all(r);
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);)
        device_fini(value);
    table_free(r->devices);
    arena_free(r->room);
    for (size_t at = 0; table_next(r->groups, &at, NULL, &value);) {
        struct risk_group *g = value;

        risk_history_unref(g->state.history);
        free(g->name);
        free(g);
    }
    table_free(r->groups);
    risks_free_links(r);
    risks_free_clouds(r);
    risks_free_kept(r);
    array_fini(&r->queue);
    risk_book_unref(r->book);
    risk_history_unref(r->whole.history);
    free(r);
}

void risks_listen(struct risks *r, risk_change_fn on_change, void *arg)
{
    r->on_change = on_change;
    r->on_change_arg = arg;
}

void risks_use(struct risks *r, const struct config *c)
{
    void *value;

    r->config = c;
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        ((struct risk_device *)value)->stale = true;
        queue(r, value);
    }
}

void risks_changed(struct risks *r, const struct device *d)
{
    struct risk_device *o = risks_device(r, &d->id);

    o->stale = true;
    queue(r, o);
}

void risks_gone(struct risks *r, const struct device *d)
{
    struct risk_device *o = table_remove(r->devices, ident_key(&d->id));
    char id[IDENT_TEXT_MAX];

    if (o == NULL)
        return;
    if (r->parts.store != NULL)
        store_delete(r->parts.store, "risk",
                     ident_format(&d->id, id, sizeof id));
    r->changed = r->moved = true;
    device_leave(r, o);
}

void risks_links(struct risks *r, const struct inferred *i)
{
    r->inferred = i;
    risks_know_links(r);
}

void risks_value(struct risks *r, const struct device *d, int value,
                 const char *who, struct wall at)
{
    struct risk_device *o = risks_device(r, &d->id);

    o->by_hand = (uint8_t)value;
    free(o->who);
    o->who = mem_text(who);
    o->said = at;
    o->stale = true;
    queue(r, o);
    risks_save(r, o);
}

/* ---- reckoning ---- */

double risks_of_alert(const struct risks *r, const struct alert_record *a,
                      int value, int exposure, double *variables)
{
    double own[RISK_VARIABLES];

    if (variables == NULL)
        variables = own;
    risk_variables(a, value, exposure, r->wall, variables);
    return risk_of_formula(r->config->risk.alert_of, variables);
}

static struct risk_group *group_called(struct risks *r, const char *name)
{
    struct risk_group *g = table_find_text(r->groups, name);

    if (g != NULL || name[0] == '\0')
        return g;
    g = mem_new(struct risk_group);
    g->name = mem_text(name);
    risks_recall(r, &g->state, RISK_SITE, name);
    (void)table_put_text(r->groups, name, g);
    return g;
}

static void refresh(struct risks *r, struct risk_device *o,
                    const struct device *d)
{
    struct buffer OWNED_BUFFER site = {0};

    device_site(r->config, d, &site);
    struct risk_group *group = group_called(r, site.at);
    r->groups_version += group != o->group;
    o->group = group;
    o->value = (uint8_t)risks_value_of(r, d, o, NULL);
    o->exposure = (uint8_t)risks_exposure_of(d, NULL);
    o->stale = false;
    r->changed = r->moved = true;
}

const char *risks_group_of(struct risks *r, const struct device *d)
{
    struct risk_device *o = risks_device(r, &d->id);

    if (o->stale)
        refresh(r, o, d);
    return o->group != NULL ? o->group->name : "";
}

uint64_t risks_groups_version(const struct risks *r)
{
    return r->groups_version;
}

/* What alerts of a device add, one by one. */
struct summing {
    struct risks *r;
    const struct risk_device *o;
    double risk;
    struct weights ARRAY_OF(struct weight {
        uint32_t index;
        double risk;
    }) weights; /* those that are other ones than before */
};

static void on_alert_of(void *arg, const struct alert_record *a)
{
    struct summing *s = arg;

    if (a->state != ALERT_ACTIVE)
        return;
    double risk = risks_of_alert(s->r, a, s->o->value, s->o->exposure, NULL);
    s->risk = risk_join(s->risk, risk);
    if (fabs(risk - a->risk) >= RISK_WEIGHT_LEAST)
        *array_add(&s->weights) = (struct weight){a->index, risk};
}

static void reckon(struct risks *r, struct risk_device *o,
                   const struct device *d)
{
    struct summing s = {.r = r, .o = o};
    double was = o->state.risk;
    int before;

    if (o->stale)
        refresh(r, o, d);
    alerts_each_of(r->parts.alerts, &o->id, on_alert_of, &s);
    for (size_t i = 0; i < s.weights.count; i++)
        alerts_weigh(r->parts.alerts, s.weights.at[i].index,
                     s.weights.at[i].risk);
    array_fini(&s.weights);
    r->moved |= fabs(was - s.risk) > 0;
    if (risks_note(r, &o->state, s.risk, &before))
        risks_tell(r,
                   &(struct object_ref){
                       .class = OBJECT_DEVICE, .device = o->id, .part = ""},
                   d->name != NULL ? d->name : "", &o->state, before);
    r->levels_wait |= o->state.mark.beyond.ns != 0;
    if (fabs(was - s.risk) >= 1)
        risks_save(r, o);
}

static void reckon_queue(struct risks *r)
{
    size_t turn = r->queue.count < RISKS_TURN ? r->queue.count : RISKS_TURN;

    for (size_t i = 0; i < turn; i++) {
        struct ident id = r->queue.at[--r->queue.count];
        struct risk_device *o = table_find(r->devices, ident_key(&id));
        const struct device *d = inventory_by_id(r->parts.inventory, &id);

        if (o == NULL)
            continue;
        o->queued = false;
        if (d != NULL)
            reckon(r, o, d);
        else
            device_leave(r, table_remove(r->devices, ident_key(&id)));
    }
}

/* ---- groups ---- */

void risks_reckon_group(struct risks *r, struct risk_state *s,
                        enum object_class class, const char *name,
                        const struct risk_sum *members)
{
    const struct object_ref object = {
        .class = class, .part = class == OBJECT_GROUP ? name : ""};
    int before;
    double risk = risk_of_group(r->config->risk.group_of, members);

    if (risks_note(r, s, risk, &before))
        risks_tell(r, &object, name, s, before);
    r->waiting |= s->mark.beyond.ns != 0;
}

static void reckon_groups(struct risks *r)
{
    struct risk_sum whole = {0};
    void *value;

    r->moved = r->waiting = false;
    for (size_t at = 0; table_next(r->groups, &at, NULL, &value);)
        ((struct risk_group *)value)->members = (struct risk_sum){0};
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        const struct risk_device *o = value;

        risk_sum_add(&whole, o->state.risk);
        if (o->group != NULL)
            risk_sum_add(&o->group->members, o->state.risk);
    }
    for (size_t at = 0; table_next(r->groups, &at, NULL, &value);) {
        struct risk_group *g = value;

        if (g->members.count > 0)
            risks_reckon_group(r, &g->state, OBJECT_GROUP, g->name,
                               &g->members);
    }
    risks_reckon_group(r, &r->whole, OBJECT_STATION, "all", &whole);
    risks_reckon_clouds(r);
}

/* Levels that wait for their minute, and hours that go on to count. */
static void age(struct risks *r)
{
    bool hours = formula_uses(r->config->risk.alert_of, RISK_HOURS) &&
                 mono_ms_between(r->aged, r->now) >= AGE_MS;
    void *value;

    if (!hours && !r->levels_wait)
        return;
    if (hours)
        r->aged = r->now;
    r->levels_wait = false;
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        struct risk_device *o = value;

        if (o->state.mark.beyond.ns != 0 || (hours && o->state.risk > 0))
            queue(r, o); /* and tells there whether it waits on */
    }
}

void risks_tick(struct risks *r, struct mono now, struct wall wall)
{
    r->now = now;
    r->wall = wall;
    age(r);
    reckon_queue(r);
    risks_reckon_links(r);
    if (r->moved || r->waiting)
        reckon_groups(r);
    risks_expire(r);
    risks_keep_turn(r);
}
