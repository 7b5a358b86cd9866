/* Rules of alerts: what weighs samples by them, and what they make of an
 * object. */
#include "station/ports.h"
#include "station/rules.h"
#include "station/station_parts.h"

#include <errno.h>
#include <inttypes.h>

void station_rules_open(struct station *s)
{
    s->thresholds = thresholds_new(
        &(struct thresholds_parts){.alerts = s->alerts,
                                   .inventory = s->inventory,
                                   .store = s->store,
                                   .evidence = station_traps_evidence,
                                   .arg = s});
    s->risks = risks_new(
        &(struct risks_parts){s->alerts, s->inventory, s->store, s->events});
    station_rules_use(s);
}

void station_rules_use(struct station *s)
{
    thresholds_use(s->thresholds, s->config);
    alerts_limit(s->alerts, &s->config->alerts.limits);
    risks_use(s->risks, s->config);
}

int station_rules_resume(struct station *s, struct complaint *why)
{
    int rc = thresholds_resume(s->thresholds, why);

    return rc < 0 ? rc : risks_resume(s->risks, why);
}

void station_rules_changed(struct station *s, struct device *d)
{
    thresholds_changed(s->thresholds, d);
    risks_changed(s->risks, d);
}

void station_rules_gone(struct station *s, struct device *d)
{
    thresholds_drop(s->thresholds, d, true);
    risks_gone(s->risks, d);
}

/* ---- clouds of maps ---- */

static void on_members(void *arg, const struct cloud_member *members,
                       size_t count)
{
    struct station *s = arg;

    s->risk_clouds_asked = false;
    risks_clouds(s->risks, members, count);
}

/* Another number for maps with other contents. */
static uint64_t maps_as_they_are(const struct station *s)
{
    struct maps_entries entries = {0};
    struct buffer OWNED_BUFFER text = {0};

    maps_list(s->maps, &entries);
    for (size_t i = 0; i < entries.count; i++)
        if (entries.at[i].made)
            buffer_format(&text, "%s %" PRIu64 " %" PRId64 " %zu\n",
                          entries.at[i].name, entries.at[i].revision,
                          entries.at[i].changed.ms, entries.at[i].nodes);
    array_fini(&entries);
    return bytes_hash(buffer_view(&text));
}

void station_rules_turn(struct station *s, struct mono now)
{
    enum { LOOK_AT_MAPS_MS = 5000 };

    if (s->risk_clouds_asked || !mono_reached(now, s->risk_clouds_due))
        return;
    s->risk_clouds_due = mono_after_ms(now, LOOK_AT_MAPS_MS);
    uint64_t maps = maps_as_they_are(s);
    if (maps == s->risk_clouds_of)
        return;
    s->risk_clouds_of = maps;
    s->risk_clouds_asked = true;
    maps_members(s->maps, NULL, on_members, s);
}

/* ---- series of risk ---- */

struct risk_sampling {
    struct station *station;
    struct wall at;
};

static void on_risk_sample(void *arg, const char *path, double risk)
{
    const struct risk_sampling *sampling = arg;

    series_add(sampling->station->series, path, SERIES_RISK, sampling->at,
               &risk);
}

void station_sample_risks(struct station *s, struct mono now)
{
    struct risk_sampling sampling = {s, polling_wall(s->polling, now)};

    risks_sample(s->risks, s->config->polling.every_ms, on_risk_sample,
                 &sampling);
}

void station_rules_close(struct station *s)
{
    if (s->maps != NULL)
        maps_members_forget(s->maps, s);
    thresholds_free(s->thresholds);
    risks_free(s->risks);
}

const struct rules *station_rules(const struct station *s)
{
    return &s->config->alerts.rules;
}

/* Who wants to know what rules make of a device. */
struct asking {
    struct station *station;
    struct device *device;
    const struct facts *facts; /* open */
    struct object_rule now;
    object_rule_fn fn;
    void *arg;
};

static void on_report(void *arg, const struct rule_report *report)
{
    struct asking *a = arg;

    a->now.report = report;
    a->fn(a->arg, &a->now);
}

static void explain(void *arg, const struct sample *like)
{
    struct asking *a = arg;
    struct sample s = *like;
    struct buffer OWNED_BUFFER name = {0};

    s.device = a->device;
    s.at = wall_now();
    if (s.group == SERIES_PORT)
        buffer_text(&name, s.descr);
    else if (s.group == SERIES_ICMP)
        buffer_text(&name, series_group_name(s.group));
    else
        buffer_format(&name, "%s-%s", series_group_name(s.group), s.object);
    a->now.object = name.at;
    a->now.descr = s.descr;
    thresholds_explain(a->station->thresholds, &s, a->facts, on_report, a);
}

static void explain_port(struct asking *a, uint32_t if_index)
{
    const struct port *port = polling_port(a->device, if_index);
    double values[PORT_RATES];

    if (port == NULL)
        return;
    for (size_t i = 0; i < PORT_RATES; i++)
        values[i] = (double)port->row->rates[i];
    explain(a, &(struct sample){.group = SERIES_PORT,
                                .object = port->row->object,
                                .descr = port->label,
                                .port = port,
                                .values = values});
}

int station_explain_rules(struct station *s, const struct ident *device,
                          uint32_t if_index, object_rule_fn fn, void *arg)
{
    struct asking a = {.station = s,
                       .device = inventory_by_id(s->inventory, device),
                       .fn = fn,
                       .arg = arg};

    if (a.device == NULL || a.device->record == NULL)
        return -ENOENT;
    const struct device_record *d = a.device->record;
    OWNED(facts_unref) struct facts *f = device_record_facts(d);
    a.facts = f;
    if (if_index != 0) {
        explain_port(&a, if_index);
        return 0;
    }
    const double echo[] = {d->poll.rtt_ms, d->poll.loss_percent,
                           d->poll.jitter_ms};
    explain(&a, &(struct sample){.group = SERIES_ICMP,
                                 .object = "",
                                 .descr = "",
                                 .values = echo});
    samples_of(f, explain, &a);
    for (size_t i = 0; i < d->port_count; i++)
        explain_port(&a, d->ports[i].if_index);
    return 0;
}

/* ---- risk ---- */

bool station_explain_risk(struct station *s, const char *name,
                          struct risk_report *out)
{
    return risks_explain(s->risks, name, wall_now(), out);
}

int station_set_value(struct station *s, const char *name, int value,
                      const char *who, struct complaint *why)
{
    struct device *d = inventory_find(s->inventory, name);

    if (d == NULL)
        return complain(why, -ENOENT, name, "see `portolan devices`",
                        "there is no device %s", name);
    risks_value(s->risks, d, value, who, wall_now());
    return 0;
}
