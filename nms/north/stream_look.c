#include "north/stream_look_parts.h"

#include "base/table.h"
#include "north/device_json.h"
#include "north/discovery_json.h"
#include "north/json_out.h"

#include <math.h>
#include <stdlib.h>

struct stream_seen *stream_seen_new(void)
{
    return mem_new(struct stream_seen);
}

void stream_seen_free(struct stream_seen *seen)
{
    if (seen == NULL)
        return;
    for (size_t i = 0; i < seen->devices.count; i++)
        device_record_unref(seen->devices.at[i].record);
    array_fini(&seen->devices);
    alert_book_unref(seen->alerts);
    risk_book_unref(seen->risk);
    topology_unref(seen->topology);
    free(seen->links);
    free(seen);
}

/* ---- devices ---- */

struct look {
    struct stream_seen *seen;
    const struct snapshot *s;
    const struct device_state *states; /* as s->devices */
    struct seen_devices now;
    struct seen_devices gone;                   /* references are still held */
    struct look_added ARRAY_OF(uint32_t) added; /* of s->devices */
    struct stream_batch *out;
};

static bool differs(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") != 0;
}

/* What hardly ever changes did. */
static bool is_another(const struct device_record *was,
                       const struct device_record *is)
{
    const struct identity_facts *a = &was->facts->identity;
    const struct identity_facts *b = &is->facts->identity;

    if (was->card != is->card || was->kind != is->kind ||
        was->station != is->station)
        return true;
    if (was->facts == is->facts)
        return false;
    return was->facts->interfaces.count != is->facts->interfaces.count ||
           differs(a->vendor, b->vendor) || differs(a->os, b->os) ||
           differs(a->version, b->version) ||
           differs(a->hardware, b->hardware) ||
           differs(was->facts->system.location, is->facts->system.location);
}

static bool is_turned(const struct seen_device *was,
                      const struct device_record *is,
                      const struct device_state *state)
{
    return was->record->reach != is->reach ||
           was->record->since.ms != is->since.ms ||
           was->state.state != state->state ||
           was->state.silenced != state->silenced ||
           was->state.acknowledged != state->acknowledged ||
           was->state.alerts != state->alerts;
}

static void keep(struct look *l, const struct seen_device *was, size_t place)
{
    struct device_record *is = l->s->devices[place];
    const struct device_state *state = &l->states[place];

    if (was->record != is && is_another(was->record, is))
        stream_batch_add(l->out, STREAM_DEVICE, device_json(l->s, is, state));
    else if (is_turned(was, is, state))
        stream_batch_add(l->out, STREAM_DEVICE, device_state_json(is, state));
    *array_add(&l->now) = (struct seen_device){was->record, *state};
    if (was->record == is)
        return;
    l->now.at[l->now.count - 1].record = device_record_ref(is);
    device_record_unref(was->record);
}

static void add(struct look *l, size_t place)
{
    *array_add(&l->now) = (struct seen_device){
        device_record_ref(l->s->devices[place]), l->states[place]};
    *array_add(&l->added) = (uint32_t)place;
}

/* Both are by name. */
static void merge(struct look *l)
{
    const struct seen_devices *before = &l->seen->devices;
    const struct snapshot *s = l->s;

    for (size_t a = 0, b = 0; a < before->count || b < s->device_count;) {
        const struct seen_device *was =
            a < before->count ? &before->at[a] : NULL;
        const struct device_record *is =
            b < s->device_count ? s->devices[b] : NULL;
        int order = was == NULL         ? 1
                    : is == NULL        ? -1
                    : was->record == is ? 0
                                        : strcmp(was->record->name, is->name);

        if (order < 0)
            *array_add(&l->gone) = *was;
        else if (order > 0)
            add(l, b);
        else
            keep(l, was, b);
        a += order <= 0;
        b += order >= 0;
    }
}

static void tell_gone(struct look *l, const struct device_record *d)
{
    json_t *o = json_object();
    char id[IDENT_TEXT_MAX];

    json_put_flag(o, "gone", true);
    json_put_text(o, "name", d->name);
    json_put_text(o, "id", ident_format(&d->id, id, sizeof id));
    stream_batch_add(l->out, STREAM_DEVICE, o);
}

/* One that is called otherwise went from one name and came to another. */
static void tell_added(struct look *l, struct table *gone)
{
    for (size_t i = 0; i < l->added.count; i++) {
        size_t place = l->added.at[i];
        const struct device_record *d = l->s->devices[place];
        const struct device_record *was = table_remove(gone, ident_key(&d->id));
        json_t *o = device_json(l->s, d, &l->states[place]);

        if (was != NULL)
            json_put_text(o, "was", was->name);
        stream_batch_add(l->out, STREAM_DEVICE, o);
    }
}

static void tell_come_and_gone(struct look *l)
{
    OWNED(table_free) struct table *gone = table_new();
    size_t at = 0;
    void *one;

    for (size_t i = 0; i < l->gone.count; i++)
        (void)table_put(gone, ident_key(&l->gone.at[i].record->id),
                        l->gone.at[i].record);
    tell_added(l, gone);
    while (table_next(gone, &at, NULL, &one))
        tell_gone(l, one);
}

static void look_devices(struct look *l)
{
    struct stream_mark since = stream_batch_mark(l->out);

    merge(l);
    if (l->seen->begun && (l->added.count > 0 || l->gone.count > 0))
        tell_come_and_gone(l);
    for (size_t i = 0; i < l->gone.count; i++)
        device_record_unref(l->gone.at[i].record);
    array_fini(&l->gone);
    array_fini(&l->added);
    array_fini(&l->seen->devices);
    l->seen->devices = l->now;
    stream_batch_settle(l->out, since, STREAM_DEVICE);
}

/* ---- the whole ---- */

static struct seen_tally tally_of(const struct snapshot *s,
                                  const struct device_state *states)
{
    struct seen_tally out = {
        .risk = s->risk != NULL ? s->risk->whole.risk : 0,
        .isolated = s->station.isolated,
        .overloaded = s->station.overloaded,
        .agentx = s->station.agentx.state == AGENTX_IS_HERE,
        .doubt = s->station.doubt,
    };

    for (size_t i = 0; i < s->device_count; i++)
        out.devices[states[i].state]++;
    for (size_t i = 0; i < s->alerts->active_count; i++)
        (void)alert_counts_add(&out.alerts, s->alerts->active[i]);
    return out;
}

static bool tally_differs(const struct seen_tally *a,
                          const struct seen_tally *b)
{
    return memcmp(a->devices, b->devices, sizeof a->devices) != 0 ||
           memcmp(a->alerts.open, b->alerts.open, sizeof a->alerts.open) != 0 ||
           a->alerts.symptoms != b->alerts.symptoms ||
           a->alerts.silenced != b->alerts.silenced ||
           a->alerts.shelved != b->alerts.shelved ||
           fabsf(a->risk - b->risk) >= 0.01F || a->isolated != b->isolated ||
           a->overloaded != b->overloaded || a->agentx != b->agentx ||
           differs(a->doubt, b->doubt);
}

json_t *stream_seen_status(const struct stream_seen *seen)
{
    const struct seen_tally *t = &seen->tally;
    json_t *o, *devices, *alerts;

    if (!seen->begun)
        return NULL;
    o = json_object();
    devices = json_object();
    alerts = json_object();
    for (int i = 0; i < MAP_STATES; i++)
        json_put_count(devices, map_state_name((enum map_state)i),
                       t->devices[i]);
    for (int i = SEVERITY_CRITICAL; i > SEVERITY_CLEARED; i--)
        json_put_count(alerts, severity_name(i), t->alerts.open[i]);
    json_put_count(alerts, "symptoms", t->alerts.symptoms);
    json_put_count(alerts, "silenced", t->alerts.silenced);
    json_put_count(alerts, "shelved", t->alerts.shelved);
    json_object_set_new(o, "states", devices);
    json_object_set_new(o, "alerts", alerts);
    json_object_set_new(
        o, "risk",
        json_pack("{s:f}", "all", round((double)t->risk * 100) / 100));
    json_put_flag(o, "isolated", t->isolated);
    json_put_flag(o, "overloaded", t->overloaded);
    json_put_text(o, "doubt", t->doubt);
    return o;
}

static void look_whole(struct look *l)
{
    struct seen_tally now = tally_of(l->s, l->states);
    bool other = tally_differs(&now, &l->seen->tally);

    l->seen->tally = now;
    if (l->seen->begun && other)
        stream_batch_add(l->out, STREAM_STATUS, stream_seen_status(l->seen));
}

static bool discovery_differs(const struct discovery_record *a,
                              const struct discovery_record *b)
{
    return a->running != b->running || a->round != b->round ||
           a->ended.ms != b->ended.ms ||
           a->addresses_found != b->addresses_found ||
           a->addresses_asked != b->addresses_asked ||
           a->addresses_answered != b->addresses_answered ||
           a->addresses_fenced != b->addresses_fenced ||
           a->waiting != b->waiting || a->interviews != b->interviews ||
           a->devices_new != b->devices_new ||
           a->devices_total != b->devices_total || a->refused != b->refused;
}

static void look_discovery(struct look *l)
{
    bool other = discovery_differs(&l->seen->discovery, &l->s->discovery);

    l->seen->discovery = l->s->discovery;
    if (l->seen->begun && other)
        stream_batch_add(l->out, STREAM_DISCOVERY, discovery_json(l->s));
}

void stream_look(struct stream_seen *seen, const struct snapshot *s, bool links,
                 struct stream_batch *out)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    struct look l = {
        .seen = seen, .s = s, .states = snapshot_states(s, arena), .out = out};

    look_devices(&l);
    stream_look_alerts(seen, s, out);
    stream_look_risk(seen, s, out);
    if (links || !seen->begun)
        stream_look_links(seen, s, out);
    look_discovery(&l);
    look_whole(&l);
    seen->begun = true;
}
