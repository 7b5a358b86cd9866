/* The station itself: status, discovery, export, description. */
#include "base/tsv.h"
#include "mibs/tables.h"
#include "north/alert_counts.h"
#include "north/discovery_json.h"
#include "north/json_out.h"
#include "north/routes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- figures: one table for JSON and Prometheus ---- */

enum figure_type {
    FIGURE_U32,
    FIGURE_U64,
    FIGURE_I64,
    FIGURE_DOUBLE,
    FIGURE_BOOL
};

static const struct figure {
    const char *key;
    enum figure_type type;
    size_t offset;
    bool counter;
    const char *help;
} figures[] = {
#define FIGURE(key, type, field, counter, help)                          \
    {                                                                    \
        key, type, offsetof(struct station_record, field), counter, help \
    }
    FIGURE("devices_up", FIGURE_U32, up, false, "Devices that answer"),
    FIGURE("devices_suspect", FIGURE_U32, suspect, false,
           "Devices that missed an answer"),
    FIGURE("devices_down", FIGURE_U32, down, false, "Devices that are silent"),
    FIGURE("devices_unknown", FIGURE_U32, unknown, false,
           "Devices not asked yet"),
    FIGURE("ports_polled", FIGURE_U32, ports_polled, false, "Ports polled"),
    FIGURE("requests_per_second", FIGURE_DOUBLE, requests_per_s, false,
           "SNMP requests in the last second"),
    FIGURE("poll_lateness_p99_ms", FIGURE_I64, lateness_p99_ms, false,
           "99 of 100 polls started no later"),
    FIGURE("poll_lateness_max_ms", FIGURE_I64, lateness_max_ms, false,
           "The latest start of a poll in the last minutes"),
    FIGURE("loop_lag_ms", FIGURE_I64, loop_lag_ms, false,
           "How late the loop's last tick was"),
    FIGURE("loop_held_max_ms", FIGURE_I64, loop_held_max_ms, false,
           "The longest work of the loop without a break in the last minutes"),
    FIGURE("polls", FIGURE_U64, polls, true, "Polls started"),
    FIGURE("poll_failures", FIGURE_U64, poll_failures, true,
           "Polls without any answer"),
    FIGURE("poll_overruns", FIGURE_U64, poll_overruns, true,
           "Polls skipped since the last one still ran"),
    FIGURE("bad_samples", FIGURE_U64, bad_samples, true,
           "Readings of counters that no port can have made"),
    FIGURE("samples_weighed", FIGURE_U64, samples_weighed, true,
           "Samples that rules of alerts looked at"),
    FIGURE("conditions", FIGURE_U32, conditions, false,
           "Values that are not normal by a rule, told or not for long enough "
           "yet"),
    FIGURE("gaps", FIGURE_U64, gaps, false,
           "Times without values that are on record"),
    FIGURE("sample_lead_ms", FIGURE_I64, sample_lead_ms, false,
           "How far the time of samples is ahead of the wall clock"),
    FIGURE("samples_durable", FIGURE_U64, samples_written, true,
           "Samples that are safe"),
    FIGURE("requests_in_flight", FIGURE_U32, in_flight, false,
           "SNMP requests under way"),
    FIGURE("requests_waiting", FIGURE_U32, waiting, false,
           "SNMP requests that wait for their turn"),
    FIGURE("timeouts", FIGURE_U64, timeouts, true, "SNMP requests unanswered"),
    FIGURE("retries", FIGURE_U64, retries, true, "SNMP requests repeated"),
    FIGURE("socket_drops", FIGURE_U64, socket_drops, true,
           "Answers the kernel dropped since its buffer was full"),
    FIGURE("overloaded", FIGURE_BOOL, overloaded, false,
           "1 while the station is overloaded and calls no device down"),
    FIGURE("isolated", FIGURE_BOOL, isolated, false,
           "1 while the station is cut off and calls no device down"),
    FIGURE("verdicts_withheld", FIGURE_U64, verdicts_withheld, true,
           "Devices not called down since the station doubted itself"),
    FIGURE("fenced", FIGURE_U64, fenced, true,
           "Packets not sent since their target lies outside of within"),
    FIGURE("store_queue", FIGURE_U64, store_queue, false,
           "Changes not yet on disk"),
    FIGURE("series_queue", FIGURE_U64, series_queue, false,
           "Samples that are not yet in their files"),
    FIGURE("spool_bytes", FIGURE_U64, spool_octets, false,
           "Samples spooled on disk"),
    FIGURE("series_files_created", FIGURE_U64, series_files, true,
           "RRD files made"),
    FIGURE("series_bytes", FIGURE_U64, series_octets, false,
           "What RRD files take on disk"),
    FIGURE("series_bytes_foretold", FIGURE_U64, series_octets_foretold, false,
           "What the RRD files of all known objects will take"),
    FIGURE("disk_free_bytes", FIGURE_U64, disk_free, false,
           "What is free where RRD files lie"),
    FIGURE("series_fit", FIGURE_BOOL, series_fit, false,
           "1 while what is foretold fits on the disk"),
    FIGURE("series_folders_to_renew", FIGURE_U32, renewing, false,
           "Folders whose RRD files are laid out anew"),
    FIGURE("series_folders_renewed", FIGURE_U32, renewing_done, false,
           "Of these: done"),
    FIGURE("rrdcached_up", FIGURE_BOOL, rrdcached_up, false,
           "1 while rrdcached takes samples"),
    FIGURE("memory_bytes", FIGURE_U64, memory_octets, false, "Memory resident"),
    FIGURE("memory_max_bytes", FIGURE_U64, memory_max, false,
           "Memory that the station may have: of its group, or the machine"),
    FIGURE("cpu_percent", FIGURE_DOUBLE, cpu_percent, false,
           "Usage of one processor by the station's own process"),
    FIGURE("descriptors", FIGURE_U32, descriptors, false, "Descriptors open"),
    FIGURE("descriptors_max", FIGURE_U32, descriptors_max, false,
           "Descriptors that may be open"),
    FIGURE("samples_lost", FIGURE_U64, samples_lost, true,
           "Samples lost since the spool or the disk was full"),
    FIGURE("spool_max_bytes", FIGURE_U64, spool_max, false,
           "Samples that may be spooled"),
    FIGURE("disk_bytes", FIGURE_U64, disk_octets, false,
           "How large the disk is where RRD files lie"),
    FIGURE("rrdcached_answer_ms", FIGURE_DOUBLE, rrdcached_ms, false,
           "What rrdcached took for the last batch"),
    FIGURE("rrdcached_restarts", FIGURE_U64, rrdcached_restarts, true,
           "Times that rrdcached was started anew"),
    FIGURE("helper_failures", FIGURE_U64, helper_failures, true,
           "Helpers ended by a signal, too late, or for saying too much"),
    FIGURE("helper_refusals", FIGURE_U64, helper_refusals, true,
           "Helpers and programs of receivers that could not be started"),
    FIGURE("store_commit_ms", FIGURE_DOUBLE, commit_ms, false,
           "What the last transaction took"),
    FIGURE("store_failures", FIGURE_U64, store_failures, true,
           "Transactions that failed and were tried again"),
    FIGURE("sandboxed", FIGURE_BOOL, sandboxed, false,
           "1 while a filter of system calls is in force"),
    FIGURE("sandbox_refused", FIGURE_U64, sandbox_refused, true,
           "System calls that the filter refused"),
    FIGURE("crashes", FIGURE_U32, crashes, false,
           "Crashes of earlier runs that the last start found"),
    FIGURE("notifications", FIGURE_U64, notifications, true,
           "Notifications received and read"),
    FIGURE("notifications_strange", FIGURE_U64, notifications_strange, true,
           "Notifications of senders that nobody knows"),
    FIGURE("notifications_kept", FIGURE_U32, notifications_kept, false,
           "Of these, kept until their sender is known"),
    FIGURE("notifications_dropped", FIGURE_U64, notifications_dropped, true,
           "Notifications the kernel dropped since its buffer was full"),
    FIGURE("notification_storms", FIGURE_U32, notification_storms, false,
           "Senders that send more than anybody can read"),
    FIGURE("profiles", FIGURE_U32, profiles, false, "Device profiles loaded"),
    FIGURE("profile_faults", FIGURE_U32, profile_faults, false,
           "Device profiles left out for a fault"),
#undef FIGURE
};

static double figure_value(const struct figure *f,
                           const struct station_record *record)
{
    const void *at = (const char *)record + f->offset;

    switch (f->type) {
    case FIGURE_U32:
        return *(const uint32_t *)at;
    case FIGURE_U64:
        return (double)*(const uint64_t *)at;
    case FIGURE_I64:
        return (double)*(const int64_t *)at;
    case FIGURE_DOUBLE:
        return *(const double *)at;
    case FIGURE_BOOL:
        return *(const bool *)at ? 1 : 0;
    }
    return NAN;
}

/* "connected: 1200 contexts, 5000 requests, 0.3 ms at most". */
static void put_agentx(json_t *o, const struct agentx_record *a)
{
    static const char *const states[] = {[AGENTX_IS_OFF] = "off",
                                         [AGENTX_IS_AWAY] = "no master agent",
                                         [AGENTX_IS_HERE] = "connected"};
    struct buffer OWNED_BUFFER text = {0};

    buffer_text(&text, states[a->state]);
    if (a->state == AGENTX_IS_AWAY && a->why[0] != '\0')
        buffer_format(&text, ": %s", a->why);
    if (a->state == AGENTX_IS_HERE)
        buffer_format(&text, ": %u contexts, %llu requests, %.2f ms at most",
                      (unsigned)a->contexts, (unsigned long long)a->requests,
                      a->answer_ms_max);
    if (a->refused > 0)
        buffer_format(&text, ", %u subtrees refused", (unsigned)a->refused);
    json_put_text(o, "agentx", text.at);
}

/* ---- alerts and risk ---- */

/* What is told of alerts and risk by figures. */
struct stakes {
    struct alert_counts alerts;
    double risk;                     /* of the whole */
    size_t devices[RISK_LEVELS + 1]; /* by level */
};

static struct stakes stakes_of(const struct snapshot *s)
{
    const struct risk_book *b = s->risk;
    struct stakes out = {.risk = b != NULL ? (double)b->whole.risk : 0};

    for (size_t i = 0; i < s->alerts->active_count; i++)
        (void)alert_counts_add(&out.alerts, s->alerts->active[i]);
    for (size_t i = 0; b != NULL && i < b->device_count; i++)
        out.devices[b->devices[i].level]++;
    return out;
}

/* How many devices there are by what their alerts make of them. */
static void put_states(json_t *o, const struct snapshot *s)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    const struct device_state *states = snapshot_states(s, arena);
    size_t counts[MAP_STATES] = {0};
    json_t *of = json_object();

    for (size_t i = 0; i < s->device_count; i++)
        counts[states[i].state]++;
    for (int i = 0; i < MAP_STATES; i++)
        json_put_count(of, map_state_name((enum map_state)i), counts[i]);
    json_object_set_new(o, "states", of);
}

static void put_stakes(json_t *o, const struct snapshot *s)
{
    struct stakes now = stakes_of(s);
    json_t *alerts = json_object(), *risk = json_object(),
           *devices = json_object();

    for (int i = SEVERITY_CRITICAL; i > SEVERITY_CLEARED; i--)
        json_put_count(alerts, severity_name(i), now.alerts.open[i]);
    json_put_count(alerts, "symptoms", now.alerts.symptoms);
    json_put_count(alerts, "silenced", now.alerts.silenced);
    json_put_count(alerts, "shelved", now.alerts.shelved);
    json_object_set_new(o, "alerts", alerts);
    json_put_number(risk, "all", round(now.risk * 100) / 100);
    for (int i = RISK_LEVELS; i > 0; i--)
        json_put_count(devices, risk_level_name(i), now.devices[i]);
    json_object_set_new(risk, "devices", devices);
    json_object_set_new(o, "risk", risk);
}

static void add_family(struct buffer *out, const char *name, const char *type,
                       const char *help)
{
    buffer_format(out, "# HELP portolan_%s %s\n# TYPE portolan_%s %s\n", name,
                  help, name, type);
}

static void add_stakes(struct buffer *out, const struct snapshot *s)
{
    struct stakes now = stakes_of(s);

    add_family(out, "alerts", "gauge", "Alerts that ask for somebody");
    for (int i = SEVERITY_CRITICAL; i > SEVERITY_CLEARED; i--)
        buffer_format(out, "portolan_alerts{severity=\"%s\"} %zu\n",
                      severity_name(i), now.alerts.open[i]);
    add_family(out, "alerts_quiet", "gauge",
               "Alerts that last and nobody is told of");
    buffer_format(out,
                  "portolan_alerts_quiet{why=\"symptom\"} %zu\n"
                  "portolan_alerts_quiet{why=\"silenced\"} %zu\n"
                  "portolan_alerts_quiet{why=\"shelved\"} %zu\n",
                  now.alerts.symptoms, now.alerts.silenced, now.alerts.shelved);
    add_family(out, "alerts_raised_total", "counter",
               "Alerts ever raised, by their severity then");
    for (int i = SEVERITY_CRITICAL; i > SEVERITY_CLEARED; i--)
        buffer_format(
            out, "portolan_alerts_raised_total{severity=\"%s\"} %llu\n",
            severity_name(i), (unsigned long long)s->alerts->totals[i]);
    add_family(out, "risk", "gauge", "Risk of the whole, 0 to 125");
    buffer_format(out, "portolan_risk %.4g\n", now.risk);
    add_family(out, "devices_at_risk", "gauge",
               "Devices by the level of their risk");
    for (int i = RISK_LEVELS; i > 0; i--)
        buffer_format(out, "portolan_devices_at_risk{level=\"%s\"} %zu\n",
                      risk_level_name(i), now.devices[i]);
}

/* ---- the station ---- */

void api_status(struct api_request *r)
{
    const struct station_record *s = &r->snapshot->station;
    json_t *o = json_object();

    json_put_text(o, "name", s->name);
    json_put_text(o, "version", s->version);
    json_put_text(o, "data", s->data_dir);
    json_put_text(o, "config", s->config);
    json_put_text(o, "engine_id", s->engine_id);
    json_put_wall(o, "started", s->started);
    json_put_wall(o, "now", r->snapshot->at);
    for (size_t i = 0; i < COUNT_OF(figures); i++) {
        double value = figure_value(&figures[i], s);

        if (figures[i].type == FIGURE_DOUBLE)
            json_put_number(o, figures[i].key, value);
        else if (figures[i].type == FIGURE_BOOL)
            json_put_flag(o, figures[i].key, value > 0);
        else
            json_object_set_new(o, figures[i].key,
                                json_integer((json_int_t)value));
    }
    json_put_text(o, "doubt", s->doubt);
    json_put_text(o, "last_crash", s->last_crash);
    json_put_text(o, "loop_held_at", s->loop_held_at);
    put_agentx(o, &s->agentx);
    put_states(o, r->snapshot);
    put_stakes(o, r->snapshot);
    api_json(r, 200, o);
}

void api_metrics(struct api_request *r)
{
    struct buffer OWNED_BUFFER out = {0};

    for (size_t i = 0; i < COUNT_OF(figures); i++) {
        const struct figure *f = &figures[i];
        const char *total = f->counter ? "_total" : "";

        buffer_format(&out,
                      "# HELP portolan_%s%s %s\n# TYPE portolan_%s%s %s\n"
                      "portolan_%s%s %.15g\n",
                      f->key, total, f->help, f->key, total,
                      f->counter ? "counter" : "gauge", f->key, total,
                      figure_value(f, &r->snapshot->station));
    }
    add_stakes(&out, r->snapshot);
    api_bytes(r, "text/plain; version=0.0.4", buffer_view(&out));
}

void api_health(struct api_request *r)
{
    api_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

/* ---- discovery ---- */

void api_discovery(struct api_request *r)
{
    api_json(r, 200, discovery_json(r->snapshot));
}

/* ---- tables ---- */

static void addresses_text(const struct device_record *d, struct buffer *out)
{
    char addr[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->addr_count; i++)
        buffer_format(out, "%s%s", i > 0 ? "," : "",
                      addr_format(&d->addrs[i], addr, sizeof addr));
}

static void add_ghosts(const struct topology *t, struct fact_tables *tables)
{
    for (size_t i = 0; i < t->nodes.count; i++) {
        const struct topo_node *n = &t->nodes.at[i];
        char addr[ADDR_TEXT_MAX] = "";

        if (n->origin != NODE_GHOST)
            continue;
        struct facts *f = facts_new();
        f->identity.kind = n->kind;
        f->system.descr = n->descr != NULL ? n->descr : "";
        if (addr_is_set(&n->addr))
            addr_format(&n->addr, addr, sizeof addr);
        fact_tables_add(tables, n->name, f, addr, "", "unmanaged");
        facts_unref(f);
    }
}

static void print_links(struct api_request *r)
{
    OWNED(tsv_free) struct tsv *t = topology_tsv_new();
    struct buffer OWNED_BUFFER out = {0};

    if (r->snapshot->topology != NULL)
        topology_tsv(r->snapshot->topology, t);
    tsv_print(t, &out);
    api_bytes(r, "text/tab-separated-values; charset=utf-8", buffer_view(&out));
}

static void put_time(struct tsv *t, struct wall at)
{
    char text[32];

    wall_format(at, text, sizeof text);
    tsv_text(t, text);
}

/* What is odd about agents, with what they are: for whoever can mend it. */
static void print_quirks(struct api_request *r)
{
    OWNED(tsv_free)
    struct tsv *t = tsv_new("name quirk table first last count profile follows "
                            "text sysObjectID sysDescr");
    struct buffer OWNED_BUFFER out = {0};

    for (size_t i = 0; i < r->snapshot->device_count; i++) {
        const struct device_record *d = r->snapshot->devices[i];

        for (size_t n = 0; n < d->quirk_count; n++) {
            const struct quirk_record *q = &d->quirks[n];

            tsv_text(t, d->name);
            tsv_text(t, q->word);
            tsv_text(t, q->table);
            put_time(t, q->first);
            put_time(t, q->last);
            tsv_format(t, "%.0u", q->count);
            tsv_text(t, q->profile);
            tsv_text(t, q->follows);
            tsv_text(t, q->text);
            tsv_text(t, d->facts->system.object_id);
            tsv_text(t, d->facts->system.descr);
            tsv_row(t);
        }
    }
    tsv_print(t, &out);
    api_bytes(r, "text/tab-separated-values; charset=utf-8", buffer_view(&out));
}

void api_export(struct api_request *r)
{
    OWNED(fact_tables_free) struct fact_tables *tables = fact_tables_new();
    struct buffer OWNED_BUFFER out = {0};

    if (strcmp(r->segments[1], "links.tsv") == 0) {
        print_links(r);
        return;
    }
    if (strcmp(r->segments[1], "quirks.tsv") == 0) {
        print_quirks(r);
        return;
    }
    for (size_t i = 0; i < r->snapshot->device_count; i++) {
        const struct device_record *d = r->snapshot->devices[i];
        struct buffer OWNED_BUFFER addresses = {0};
        OWNED(facts_unref) struct facts *open = device_record_facts(d);
        struct facts f = *open; /* borrows all but the kind */

        f.identity.kind = d->kind;
        addresses_text(d, &addresses);
        fact_tables_add(tables, d->name, &f,
                        addresses.len > 0 ? addresses.at : "", d->credential,
                        reach_name(d->reach));
    }
    if (r->snapshot->topology != NULL)
        add_ghosts(r->snapshot->topology, tables);
    if (fact_tables_print(tables, r->segments[1], &out) < 0)
        api_problem(r, 404, "there is no such table", "devices.tsv, ports.tsv");
    else
        api_bytes(r, "text/tab-separated-values; charset=utf-8",
                  buffer_view(&out));
}
