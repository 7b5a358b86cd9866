/* Risk: of all, and why something has the risk that it has. */
#include "north/json_out.h"
#include "north/routes.h"
#include "north/who.h"
#include "station/risk.h"

#include <math.h>
#include <stdlib.h>

/* Two decimals: enough to reckon it again to the unit. */
static void put_risk(json_t *o, const char *key, double risk)
{
    json_put_number(o, key, round(risk * 100) / 100);
}

static void put_entry(json_t *o, const struct risk_entry *e)
{
    put_risk(o, "risk", (double)e->risk);
    json_put_count(o, "level", e->level);
    json_put_text(o, "level_name", risk_level_name(e->level));
    if (e->value == 0)
        return;
    json_put_count(o, "value", e->value);
    json_put_count(o, "exposure", e->exposure);
}

static json_t *entry_json(const struct risk_entry *e, const char *class,
                          const char *name)
{
    json_t *o = json_object();

    json_put_text(o, "class", class);
    json_put_text(o, "name", name);
    put_entry(o, e);
    return o;
}

/* A device or another thing, to be sorted. */
struct ranked {
    const struct risk_entry *entry;
    const char *class, *name;
};

static int by_risk(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->entry->risk < y->entry->risk || x->entry->risk > y->entry->risk)
        return x->entry->risk < y->entry->risk ? 1 : -1;
    return strcmp(x->name, y->name);
}

static size_t rank(const struct snapshot *s, const struct risk_book *b,
                   struct ranked *all)
{
    size_t count = 0;

    for (size_t i = 0; i < b->group_count; i++)
        all[count++] =
            (struct ranked){&b->groups[i], "group", b->groups[i].name};
    for (size_t i = 0; i < b->cloud_count; i++)
        all[count++] =
            (struct ranked){&b->clouds[i], "cloud", b->clouds[i].name};
    for (size_t i = 0; i < b->link_count; i++)
        all[count++] = (struct ranked){&b->links[i], "link", b->links[i].name};
    for (size_t i = 0; i < s->device_count; i++) {
        const struct risk_entry *e = risk_of_device(b, &s->devices[i]->id);

        if (e != NULL)
            all[count++] = (struct ranked){e, "device", s->devices[i]->name};
    }
    qsort(all, count, sizeof *all, by_risk);
    return count;
}

/* The highest come first; those without any are left out unless ?all=1. */
void api_risk(struct api_request *r)
{
    enum { LIMIT = 10000, LIMIT_MAX = 1000000 };
    const struct snapshot *s = r->snapshot;
    const struct risk_book *b = s->risk;
    bool every = api_param(r, "all") != NULL;
    int64_t limit = LIMIT;
    size_t total = 0;

    if (!api_param_number(r, "limit", 1, LIMIT_MAX, &limit))
        return;
    json_t *list = json_array(), *body = json_object();
    if (b != NULL) {
        struct ranked *all = mem_array(b->group_count + b->cloud_count +
                                           b->link_count + s->device_count + 1,
                                       sizeof *all);
        size_t count = rank(s, b, all);

        for (size_t i = 0; i < count; i++)
            if ((every || all[i].entry->risk > 0) && ++total <= (size_t)limit)
                json_array_append_new(
                    list, entry_json(all[i].entry, all[i].class, all[i].name));
        free(all);
        json_object_set_new(body, "all", entry_json(&b->whole, "all", "all"));
    }
    json_object_set_new(body, "risk", list);
    json_put_count(body, "total", total);
    api_json(r, 200, body);
}

/* ---- of one ---- */

static json_t *part_json(const struct risk_part *p)
{
    const struct alert_record *a = p->alert;
    json_t *o = json_object();

    json_put_count(o, "alert", a->index);
    json_put_text(o, "object", a->name);
    json_put_text(o, "type", a->type->name);
    json_put_text(o, "severity", severity_name((int)a->severity));
    json_put_text(o, "text", a->text);
    put_risk(o, "risk", p->risk);
    json_t *variables = json_object();
    for (size_t i = 0; i < RISK_VARIABLES; i++)
        put_risk(variables, risk_alert_names[i], p->variables[i]);
    json_object_set_new(o, "variables", variables);
    return o;
}

static void put_parts(json_t *o, const struct risk_report *report)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->parts.count; i++)
        json_array_append_new(list, part_json(&report->parts.at[i]));
    json_object_set_new(o, "alerts", list);
}

static void put_members(json_t *o, const struct risk_report *report)
{
    enum { SHOWN = 1000 };
    json_t *list = json_array();

    put_risk(o, "highest", report->highest);
    put_risk(o, "rest", report->rest);
    json_put_count(o, "count", report->members.count);
    for (size_t i = 0; i < report->members.count && i < SHOWN; i++) {
        json_t *m = json_object();

        json_put_text(m, "name", report->members.at[i].name);
        put_risk(m, "risk", report->members.at[i].risk);
        json_array_append_new(list, m);
    }
    json_object_set_new(o, "members", list);
}

static json_t *history_json(const struct risk_report *report)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->point_count; i++) {
        json_t *point = json_object();

        json_put_wall(point, "at", report->points[i].at);
        put_risk(point, "risk", (double)report->points[i].risk);
        json_array_append_new(list, point);
    }
    return list;
}

void api_risk_of(struct api_request *r)
{
    struct risk_report report;

    if (!station_explain_risk(r->station, r->segments[1], &report)) {
        risk_report_fini(&report);
        api_problem(r, 404, "there is no such device, link, site or cloud",
                    "see `portolan risk`; the whole is called all");
        return;
    }
    json_t *o = json_object();
    json_put_text(o, "class", report.class);
    json_put_text(o, "name", report.name);
    put_entry(o, &report.entry);
    json_put_text(o, "value_why", report.value_why);
    json_put_text(o, "exposure_why", report.exposure_why);
    json_put_text(o, "formula", report.formula);
    if (report.entry.value != 0)
        put_parts(o, &report);
    else
        put_members(o, &report);
    json_object_set_new(o, "history", history_json(&report));
    risk_report_fini(&report);
    api_json(r, 200, o);
}

/* {"value": 1..5}, or 0: as rules say. */
void api_risk_value(struct api_request *r)
{
    const json_t *value = json_object_get(r->body, "value");
    struct complaint why;
    char who[WHO_MAX];

    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > 5) {
        api_problem(r, 400, "value is not a whole number of 0 to 5",
                    "send {\"value\": 1} to 5, or 0 for what rules say");
        return;
    }
    int rc = station_set_value(r->station, r->segments[1],
                               (int)json_integer_value(value),
                               api_who(r, who, sizeof who), &why);
    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 200, json_pack("{s:O}", "value", value));
}
