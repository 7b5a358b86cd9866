/* Why something has the risk that it has. */
#include "station/risks_parts.h"

#include <stdlib.h>

void risk_report_fini(struct risk_report *report)
{
    for (size_t i = 0; i < report->parts.count; i++)
        alert_unref((struct alert_record *)report->parts.at[i].alert);
    array_fini(&report->parts);
    array_fini(&report->members);
    arena_free(report->arena);
    report->arena = NULL;
}

static int by_part(const void *a, const void *b)
{
    const struct risk_part *x = a, *y = b;

    return (x->risk < y->risk) - (x->risk > y->risk);
}

static int by_member(const void *a, const void *b)
{
    const struct risk_member *x = a, *y = b;

    return (x->risk < y->risk) - (x->risk > y->risk);
}

static void begin(struct risk_report *out, const char *class, const char *name,
                  const struct risk_state *s, const struct formula *f)
{
    out->class = class;
    out->name = arena_text(out->arena, name);
    out->value_why = out->exposure_why = "";
    out->formula = arena_text(out->arena, formula_text(f));
    out->entry.risk = (float)s->risk;
    out->entry.level = (uint8_t)s->mark.level;
    out->point_count = risks_points(s, out->points);
}

static void add_part(struct risks *r, struct risk_report *out,
                     const struct alert_record *a)
{
    struct risk_part *p = array_add(&out->parts);

    p->alert = alert_ref(a);
    p->risk = risks_of_alert(r, a, out->entry.value, out->entry.exposure,
                             p->variables);
}

struct explaining_alerts {
    struct risks *r;
    struct risk_report *out;
};

static void on_alert_of(void *arg, const struct alert_record *a)
{
    struct explaining_alerts *e = arg;

    if (a->state == ALERT_ACTIVE)
        add_part(e->r, e->out, a);
}

static void explain_device(struct risks *r, const struct device *d,
                           struct risk_report *out)
{
    const struct risk_device *o = risks_device(r, &d->id);
    struct buffer OWNED_BUFFER value = {0}, OWNED_BUFFER exposure = {0};
    struct explaining_alerts e = {r, out};

    begin(out, "device", d->name, &o->state, r->config->risk.alert_of);
    out->entry.id = d->id;
    out->entry.value = (uint8_t)risks_value_of(r, d, o, &value);
    out->entry.exposure = (uint8_t)risks_exposure_of(d, &exposure);
    out->value_why = arena_text(out->arena, value.at);
    out->exposure_why = arena_text(out->arena, exposure.at);
    alerts_each_of(r->parts.alerts, &d->id, on_alert_of, &e);
}

static void explain_link(struct risks *r, const struct risk_link *l,
                         struct risk_report *out)
{
    begin(out, "link", l->name, &l->state, r->config->risk.alert_of);
    out->entry.id = l->id;
    out->entry.value = l->value;
    out->entry.exposure = l->exposure;
    out->value_why = out->exposure_why = "the more of its two ends";
    for (size_t i = 0; i < l->alerts.count; i++)
        add_part(r, out, l->alerts.at[i]);
}

static void add_member(struct risks *r, struct risk_report *out,
                       const struct risk_device *o)
{
    const struct device *d = inventory_by_id(r->parts.inventory, &o->id);

    if (d != NULL)
        *array_add(&out->members) = (struct risk_member){
            .name = arena_text(out->arena, d->name), .risk = o->state.risk};
}

static void sum_up(struct risk_report *out)
{
    struct risk_sum members = {0};

    for (size_t i = 0; i < out->members.count; i++)
        risk_sum_add(&members, out->members.at[i].risk);
    out->highest = members.highest;
    out->rest = risk_sum_rest(&members);
}

/* group NULL: the whole. */
static void explain_group(struct risks *r, const struct risk_group *group,
                          struct risk_report *out)
{
    void *value;

    begin(out, group != NULL ? "group" : "all",
          group != NULL ? group->name : "all",
          group != NULL ? &group->state : &r->whole, r->config->risk.group_of);
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        const struct risk_device *o = value;

        if (group == NULL || o->group == group)
            add_member(r, out, o);
    }
    sum_up(out);
}

static void explain_cloud(struct risks *r, struct risk_cloud *cloud,
                          struct risk_report *out)
{
    begin(out, "cloud", cloud->name, &cloud->state, r->config->risk.group_of);
    for (size_t i = 0; i < cloud->members.count; i++) {
        const struct risk_device *o = risks_inside(r, &cloud->members.at[i]);

        if (o != NULL)
            add_member(r, out, o);
    }
    sum_up(out);
}

bool risks_explain(struct risks *r, const char *name, struct wall now,
                   struct risk_report *out)
{
    const struct device *d = inventory_find(r->parts.inventory, name);
    const struct risk_group *g = table_find_text(r->groups, name);
    struct risk_cloud *c = table_find_text(r->clouds, name);
    const struct risk_link *l = NULL;
    struct ident id;

    *out = (struct risk_report){.arena = arena_new()};
    r->wall = now;
    if (ident_parse(name, &id) == 0)
        l = table_find(r->links, ident_key(&id));
    if (d != NULL && d->name != NULL)
        explain_device(r, d, out);
    else if (l != NULL)
        explain_link(r, l, out);
    else if (g != NULL && g->members.count > 0)
        explain_group(r, g, out);
    else if (c != NULL)
        explain_cloud(r, c, out);
    else if (strcmp(name, "all") == 0)
        explain_group(r, NULL, out);
    else
        return false;
    if (out->parts.count > 0)
        qsort(out->parts.at, out->parts.count, sizeof *out->parts.at, by_part);
    if (out->members.count > 0)
        qsort(out->members.at, out->members.count, sizeof *out->members.at,
              by_member);
    return true;
}
