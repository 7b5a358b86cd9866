/* Rules of alerts, and what they make of an object. */
#include "north/json_out.h"
#include "north/routes.h"
#include "north/target.h"
#include "station/rules.h"
#include "station/settings.h"

#include <math.h>

static json_t *levels_json(const double levels[SEVERITIES])
{
    json_t *o = json_object();

    for (int i = 0; i < SEVERITIES; i++)
        json_put_number(o, severity_name(i), levels[i]);
    return o;
}

static void put_levels(json_t *o, const struct rule *r)
{
    json_t *above = levels_json(r->bounds.above),
           *below = levels_json(r->bounds.below);

    if (json_object_size(above) > 0) {
        json_object_set(o, "above", above);
        json_put_number(o, "clear", r->range.high - r->bounds.back);
    }
    if (json_object_size(below) > 0) {
        json_object_set(o, "below", below);
        if (json_object_size(above) == 0)
            json_put_number(o, "clear", r->range.low + r->bounds.back);
    }
    json_decref(above);
    json_decref(below);
}

static void put_kinds(json_t *o, uint64_t kinds)
{
    json_t *list = json_array();

    for (int i = 0; i < DEVICE_KINDS; i++)
        if ((kinds >> i & 1) != 0)
            json_array_append_new(
                list, json_string(device_kind_name((enum device_kind)i)));
    if (kinds != 0)
        json_object_set(o, "kinds", list);
    json_decref(list);
}

static json_t *rule_json(const struct rule *r)
{
    json_t *o = json_object();

    json_put_text(o, "name", r->name);
    json_put_text(o, "on", rule_on_name(r->on));
    json_put_flag(o, "off", r->off);
    json_put_text(o, "text", r->text);
    if (r->on < RULE_ON_PORT_STATE) {
        json_put_text(o, "as", rule_as_name((enum rule_as)r->as));
        if (r->value_of != NULL)
            json_put_text(o, "value", formula_text(r->value_of));
        json_put_text(o, "limit", r->limit);
        json_put_text(o, "unit", r->unit);
        put_levels(o, r);
        json_put_number(o, "for_s", (double)r->bounds.for_ms / 1000);
        if (r->over_ms > 0)
            json_put_number(o, "over_s", (double)r->over_ms / 1000);
    } else {
        json_put_text(o, "severity", severity_name((int)r->severity));
    }
    settings_put_patterns(o, "devices", &r->devices);
    settings_put_patterns(o, "not_devices", &r->not_devices);
    settings_put_patterns(o, "objects", &r->objects);
    settings_put_patterns(o, "not_objects", &r->not_objects);
    settings_put_patterns(o, "sites", &r->sites);
    put_kinds(o, r->kinds);
    return o;
}

/* Who says it: the page above all, the file, or nobody but us. */
static void put_from(json_t *o, const struct rule *r,
                     const struct settings *settings)
{
    json_t *said = settings_item(settings, SETTINGS_RULES, r->name);

    json_put_text(o, "from",
                  r->of_page    ? "page"
                  : r->line > 0 ? "file"
                                : "default");
    json_put_flag(o, "standard", r->standard);
    if (r->line > 0)
        json_put_count(o, "line", r->line);
    if (said != NULL)
        json_object_set(o, "page", said);
}

json_t *api_rules_told(struct api_request *r)
{
    const struct rules *rules = station_rules(r->station);
    json_t *list = json_array();

    for (size_t i = 0; i < rules->count; i++) {
        json_t *o = rule_json(rules->at[i]);

        put_from(o, rules->at[i], station_settings(r->station));
        json_array_append_new(list, o);
    }
    return json_pack("{s:o}", "rules", list);
}

/* ---- of an object ---- */

struct explaining {
    json_t *list;
    bool all; /* those that do not apply too */
};

static void put_state(json_t *o, const struct rule_report *report)
{
    bool pending = report->pending != SEVERITY_CLEARED;
    bool raised = report->severity != SEVERITY_CLEARED;

    if (report->fit != RULE_FITS)
        return;
    json_put_text(o, "state",
                  raised    ? severity_name((int)report->severity)
                  : pending ? "pending"
                            : "normal");
    if (raised)
        json_put_wall(o, "since", report->since);
    if (pending) {
        json_put_text(o, "pending", severity_name((int)report->pending));
        json_put_number(o, "held_s", (double)report->held_ms / 1000);
    }
}

static void on_rule(void *arg, const struct object_rule *told)
{
    struct explaining *e = arg;
    const struct rule_report *report = told->report;
    const struct rule *r = report->rule;

    if (!e->all && report->fit != RULE_FITS)
        return;
    json_t *o = json_object();
    json_put_text(o, "object", told->object);
    json_put_text(o, "descr", told->descr);
    json_put_text(o, "rule", r->name);
    json_put_flag(o, "applies", report->fit == RULE_FITS);
    json_put_text(o, "why", rule_fit_text(report->fit));
    json_put_text(o, "by", report->by);
    json_put_number(o, "now", report->value);
    json_put_number(o, "level", report->level);
    json_put_text(o, "unit", r->unit);
    if (report->usual_known) {
        json_put_number(o, "usual", report->usual.level);
        json_put_number(o, "spread", report->usual.spread);
    }
    put_state(o, report);
    json_array_append_new(e->list, o);
}

void api_rules(struct api_request *r)
{
    const char *object = api_param(r, "object");

    if (object == NULL) {
        api_json(r, 200, api_rules_told(r));
        return;
    }
    struct target OWNED_TARGET t = {0};
    OWNED(free) char *name = mem_text(object);
    if (!target_find_object(r, &t, name))
        return;
    if (t.device == NULL) { /* the station, a site, a link: no rules hold */
        api_problem(r, 404, "rules hold for devices and ports alone",
                    "name one as DEVICE or DEVICE:PORT; see `portolan "
                    "devices`");
        return;
    }
    /* Of a port all rules are told, of a device those that apply. */
    struct explaining e = {.list = json_array(), .all = t.port != NULL};
    int rc = station_explain_rules(r->station, &t.device->id,
                                   t.port != NULL ? t.port->if_index : 0,
                                   on_rule, &e);
    if (rc < 0) {
        json_decref(e.list);
        api_problem(r, 404, "there is no such device",
                    "see `portolan devices`");
        return;
    }
    api_json(r, 200, json_pack("{s:s,s:o}", "object", object, "rules", e.list));
}
