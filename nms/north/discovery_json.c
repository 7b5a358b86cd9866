#include "north/discovery_json.h"

#include "north/json_out.h"

/* How many devices there are of each kind. */
static void put_kinds(const struct snapshot *s, json_t *out)
{
    uint64_t counts[DEVICE_KINDS] = {0};

    for (size_t i = 0; i < s->device_count; i++)
        counts[s->devices[i]->kind]++;
    for (int kind = 0; kind < DEVICE_KINDS; kind++)
        if (counts[kind] > 0)
            json_put_count(out, device_kind_name((enum device_kind)kind),
                           counts[kind]);
}

json_t *discovery_json(const struct snapshot *s)
{
    const struct discovery_record *d = &s->discovery;
    json_t *o = json_object(), *kinds = json_object(), *ends = json_object();

    json_put_flag(o, "running", d->running);
    json_put_count(o, "round", d->round);
    json_put_wall(o, "started", d->started);
    json_put_wall(o, "ended", d->ended);
    json_put_count(o, "addresses_found", d->addresses_found);
    json_put_count(o, "addresses_asked", d->addresses_asked);
    json_put_count(o, "addresses_answered", d->addresses_answered);
    json_put_count(o, "addresses_outside", d->addresses_fenced);
    json_put_count(o, "beyond_limits", d->refused);
    json_put_count(o, "waiting", d->waiting);
    json_put_count(o, "interviews", d->interviews);
    json_put_count(o, "devices_new", d->devices_new);
    json_put_count(o, "devices", d->devices_total);
    for (int i = LEAD_SILENT; i < LEAD_STATES; i++)
        if (d->ends[i] > 0)
            json_put_count(ends, lead_state_name((enum lead_state)i),
                           d->ends[i]);
    json_object_set_new(o, "addresses", ends);
    put_kinds(s, kinds);
    json_object_set_new(o, "kinds", kinds);
    if (s->topology != NULL)
        json_put_count(o, "links", s->topology->links.count);
    return o;
}
