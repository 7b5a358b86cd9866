/* What alerts are told of values. */
#include "station/thresholds_parts.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

static void say_time(int64_t ms, struct buffer *out)
{
    char text[24];

    duration_format(ms, text, sizeof text);
    buffer_text(out, text);
}

static bool speaks_of(const struct sensor *s, const char *word)
{
    return text_contains_nocase(s->descr, word) ||
           text_contains_nocase(s->group, word);
}

/* What kind of alert a rule raises of an object. */
static const struct alert_type *type_of(const struct rule *r,
                                        const struct sample *s)
{
    const struct sensor *x = s->sensor;
    const char *name = "threshold.high";

    if (r->as == RULE_BASELINE)
        name = "baseline.anomaly";
    else if (r->on == SERIES_STORAGE)
        name = "storage.full";
    else if (x != NULL && strcmp(x->class, "temperature") == 0)
        name = "temperature";
    else if (x != NULL &&
             (strcmp(x->class, "fanspeed") == 0 || speaks_of(x, "fan")))
        name = "fan";
    else if (x != NULL && r->as == RULE_STATE &&
             (speaks_of(x, "power") || speaks_of(x, "psu")))
        name = "power";
    else if (x != NULL && r->as == RULE_STATE)
        name = "entity.fault";
    return alert_type_find(name);
}

static void part_of(const struct sample *s, struct buffer *out)
{
    if (s->group == SERIES_PORT)
        buffer_text(out, s->object);
    else if (s->group == SERIES_ICMP)
        buffer_text(out, series_group_name(s->group));
    else
        buffer_format(out, "%s-%s", series_group_name(s->group), s->object);
}

static void say_number(double value, const char *unit, struct buffer *out)
{
    buffer_format(out, "%.4g%s%s", value, unit[0] != '\0' ? " " : "", unit);
}

static void say_how(const struct rule *r, const struct verdict *v,
                    const char *unit, struct buffer *out)
{
    if (r->as == RULE_CHANGE) {
        buffer_text(out, " in ");
        say_time(r->over_ms, out);
    } else if (r->as == RULE_PERCENTILE) {
        buffer_format(out, " (%g. percentile of ", r->percentile);
        say_time(r->over_ms, out);
        buffer_text(out, ")");
    } else if (r->as == RULE_BASELINE) {
        buffer_text(out, " spreads from ");
        say_number(v->usual.level, unit, out);
        buffer_text(out, ", which is usual at this hour");
    }
}

/* "Processor 1: the processor is busy: 97 %, above 90 %" */
static void say(const struct weighing *w, const struct rule *r,
                const struct verdict *v, double level, struct buffer *out)
{
    const struct sensor *x = w->sample->sensor;
    const char *descr = w->sample->port == NULL ? w->sample->descr : "";
    const char *unit = r->unit != NULL ? r->unit : x != NULL ? x->unit : "";

    if (descr[0] != '\0')
        buffer_format(out, "%s: ", descr);
    if (r->text != NULL)
        buffer_format(out, "%s: ", r->text);
    if (r->as == RULE_STATE) {
        buffer_text(out, x != NULL ? x->state_descr : "");
        return;
    }
    const char *own = r->as == RULE_BASELINE ? "" : unit;

    say_number(v->value, own, out);
    say_how(r, v, unit, out);
    if (isnan(level))
        return;
    buffer_text(out, v->value >= level ? ", above " : ", below ");
    say_number(level, own, out);
}

void weighing_tell(struct weighing *w, const struct active_rule *r,
                   struct kept *k, const struct verdict *v,
                   enum severity severity)
{
    const struct sample *s = w->sample;
    const struct device *d = s->device;
    struct buffer OWNED_BUFFER part = {0}, OWNED_BUFFER name = {0},
                               OWNED_BUFFER text = {0};
    double level = rule_level(v->bounds, severity, v->value);

    part_of(s, &part);
    if (k->type == NULL) {
        k->type = type_of(r->rule, s);
        free(k->part);
        k->part = mem_text(part.at);
        k->of_port = s->group == SERIES_PORT;
    }
    buffer_format(&name, s->group == SERIES_PORT ? "%s:%s" : "%s %s", d->name,
                  s->group == SERIES_PORT ? s->descr : part.at);
    say(w, r->rule, v, level, &text);
    alerts_tell(w->t->parts.alerts,
                &(struct condition){
                    .object = {.class = s->group == SERIES_PORT ? OBJECT_PORT
                                                                : OBJECT_METRIC,
                               .device = d->id,
                               .part = part.at},
                    .type = k->type,
                    .qualifier = r->name,
                    .severity = severity,
                    .at = s->at,
                    .evidence = s->group == SERIES_SENSOR
                                    ? thresholds_evidence(w, 0)
                                    : ALERT_BY_POLL,
                    .name = name.at,
                    .device = d->name,
                    .text = text.at,
                    .rule = r->name,
                    .unit = r->rule->unit,
                    .value = r->rule->as == RULE_STATE ? NAN : v->value,
                    .limit = r->rule->as == RULE_STATE ? NAN : level});
    k->told = s->at;
    if (severity == SEVERITY_CLEARED)
        k->type = NULL;
}

void thresholds_end(struct thresholds *t, const struct device *d,
                    struct kept *k, struct wall at, const char *why)
{
    if (k->type == NULL)
        return;
    bool state = k->type == alert_type_find("port.down");

    alerts_tell(
        t->parts.alerts,
        &(struct condition){
            .object = {.class = k->of_port ? OBJECT_PORT : OBJECT_METRIC,
                       .device = d->id,
                       .part = k->part},
            .type = k->type,
            .qualifier = state ? "" : k->rule,
            .severity = SEVERITY_CLEARED,
            .at = at,
            .evidence = ALERT_BY_POLL,
            .device = d->name,
            .text = why,
            .rule = k->rule,
            .value = NAN,
            .limit = NAN,
            .calm_ms = -1});
    k->type = NULL;
}
