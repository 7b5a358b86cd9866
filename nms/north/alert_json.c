#include "north/alert_json.h"

#include "base/mem.h"
#include "north/json_out.h"

static json_t *evidence_json(unsigned evidence)
{
    static const char *const names[] = {"poll", "trap",     "syslog",
                                        "flow", "topology", "station"};
    json_t *list = json_array();

    for (unsigned i = 0; i < COUNT_OF(names); i++)
        if ((evidence & 1u << i) != 0)
            json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *deed_json(const struct alert_deed *d)
{
    json_t *o = json_object();

    json_put_text(o, "who", d->who);
    json_put_text(o, "text", d->text);
    json_put_wall(o, "at", d->at);
    return o;
}

static void put_marks(json_t *o, const struct alert_record *r)
{
    json_t *symptoms = json_array();

    if (r->acknowledged.who[0] != '\0')
        json_object_set_new(o, "acknowledged", deed_json(&r->acknowledged));
    if (r->silence != 0)
        json_put_count(o, "silence", r->silence);
    json_put_wall(o, "shelved_until", r->shelved);
    if (r->cause != 0)
        json_put_count(o, "cause", r->cause);
    for (size_t i = 0; i < r->symptom_count; i++)
        json_array_append_new(symptoms, json_string(r->symptoms[i]));
    json_object_set_new(o, "symptoms", symptoms);
    if (r->symptom_count > 0)
        json_put_count(o, "symptom_count", r->symptom_count);
}

static void put_times(json_t *o, const struct alert_record *r)
{
    json_put_wall(o, "raised", r->raised);
    json_put_wall(o, "changed", r->changed);
    json_put_wall(o, "last_seen", r->last_seen);
    json_put_wall(o, "ceased", r->ceased);
    json_put_wall(o, "cleared", r->cleared);
    json_put_count(o, "count", r->count);
    json_put_count(o, "flaps", r->flaps);
    if (r->flapping)
        json_put_flag(o, "flapping", true);
}

json_t *alert_json(const struct alert_record *r)
{
    json_t *o = json_object();

    json_put_count(o, "id", r->index);
    json_put_text(o, "state", alert_state_name(r->state));
    json_put_text(o, "severity", severity_name((int)r->severity));
    json_put_text(o, "worst", severity_name((int)r->worst));
    json_put_text(o, "type", r->type->name);
    json_put_text(o, "title", r->type->title);
    json_put_text(o, "object", r->name);
    json_put_text(o, "class", object_class_name(r->object.class));
    json_put_text(o, "device", r->device);
    json_put_text(o, "qualifier", r->qualifier);
    json_put_text(o, "text", r->text);
    json_put_text(o, "rule", r->rule);
    json_put_number(o, "value", r->value);
    json_put_number(o, "limit", r->limit);
    json_put_text(o, "unit", r->unit);
    json_put_number(o, "risk", r->risk);
    json_object_set_new(o, "evidence", evidence_json(r->evidence));
    put_times(o, r);
    put_marks(o, r);
    return o;
}
