#include "north/event_json.h"

#include "north/json_out.h"
#include "station/events.h"

json_t *event_json(const struct store_event *e)
{
    json_t *o = json_object(), *values = NULL;

    if (e->values != NULL && e->values[0] != '\0')
        values = json_loads(e->values, 0, NULL);
    json_put_count(o, "id", e->id);
    json_put_wall(o, "at", e->at);
    json_put_wall(o, "last", e->last.ms != 0 ? e->last : e->at);
    json_put_count(o, "count", e->count > 0 ? e->count : 1);
    json_put_text(o, "severity", severity_name(e->severity));
    json_put_text(o, "class", e->class);
    json_put_text(o, "type", e->type);
    json_put_text(o, "object", e->object);
    json_put_text(o, "source", e->source);
    json_put_text(o, "text", e->text);
    if (values != NULL)
        json_object_set_new(o, "values", values);
    return o;
}
