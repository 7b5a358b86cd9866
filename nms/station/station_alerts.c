/* What the station itself sees of devices and of itself, as conditions. */
#include "station/sessions.h"
#include "station/station_parts.h"

#include "base/table.h"
#include "topology/topology.h"

#include <math.h>

/* Of polls that take too long many end in time again soon. */
enum { OVERRUN_HOLD_MS = 120000 };

/* Of a device; text is what is wrong. */
static struct condition of_device(const struct device *d, const char *type,
                                  const char *text)
{
    const struct alert_type *t = alert_type_find(type);

    return (struct condition){
        .object = {.class = OBJECT_DEVICE, .device = d->id, .part = ""},
        .type = t,
        .severity = t->severity,
        .at = wall_now(),
        .evidence = ALERT_BY_POLL,
        .name = d->name,
        .device = d->name,
        .text = text,
        .value = (double)NAN,
        .limit = (double)NAN};
}

/* ---- of devices ---- */

void station_alert_reach(struct station *s, const struct device *d,
                         enum reach before)
{
    causes_suspect(s->causes, d, d->reach == REACH_SUSPECT);
    if (d->reach == REACH_DOWN)
        causes_down(s->causes, d);
    else if (before == REACH_DOWN)
        causes_up(s->causes, d);
}

enum doubt_witness station_witness(void *arg, const struct device *d,
                                   struct mono asked, struct mono now)
{
    struct station *s = arg;

    return causes_witness(s->causes, d, asked, now);
}

void station_on_measured(void *arg, struct device *d, const struct facts *f)
{
    struct station *s = arg;

    sessions_take(s->sessions, d, f, wall_now());
}

static void tell_silent(struct station *s, const struct device *d, bool silent,
                        const char *text)
{
    struct condition c = of_device(d, "agent.silent", text);

    if (!silent)
        c.severity = SEVERITY_CLEARED;
    alerts_tell(s->alerts, &c);
}

void station_alert_unasked(struct station *s, const struct device *d)
{
    tell_silent(s, d, false, "it has no SNMP agent that is asked");
}

void station_on_unheard(void *arg, struct device *d, bool begins)
{
    if (!begins && d->agent == NULL)
        station_alert_unasked(arg, d);
    else
        tell_silent(arg, d, begins,
                    begins
                        ? "it answers echo, but its SNMP agent does not answer"
                        : "its SNMP agent answers again");
}

void station_alert_overrun(struct station *s, const struct device *d,
                           bool begins)
{
    struct condition c = of_device(
        d, "poll.overrun",
        begins ? "its polls take longer than the interval: it is slow, far "
                 "away, or has very many ports"
               : "its polls end within the interval again");

    c.hold_ms = OVERRUN_HOLD_MS;
    if (!begins)
        c.severity = SEVERITY_CLEARED;
    alerts_tell(s->alerts, &c);
}

/* It was told to hold, and not to be over since. */
static bool holds(const struct station *s, const struct device *d,
                  const char *type)
{
    const struct condition c = of_device(d, type, "");
    const struct alert_record *r = alerts_of(s->alerts, &c.object, c.type, "");

    return r != NULL && r->state != ALERT_CLEARED && r->ceased.ms == 0;
}

void station_told_of_polls(void *arg, const struct device *d, bool *overruns,
                           bool *unheard)
{
    const struct station *s = arg;

    *overruns = holds(s, d, "poll.overrun");
    *unheard = holds(s, d, "agent.silent");
}

void station_alert_gone(struct station *s, const struct device *d,
                        const char *why)
{
    struct object_ref object = {
        .class = OBJECT_DEVICE, .device = d->id, .part = ""};

    causes_gone(s->causes, d);
    sessions_drop(s->sessions, d);
    alerts_forget(s->alerts, &object, wall_now(), why);
}

/* ---- of links ---- */

void station_alert_mislink(struct station *s, const struct topology *t,
                           const struct topo_link *l, bool ill,
                           const char *text)
{
    char id[IDENT_TEXT_MAX];
    struct buffer OWNED_BUFFER name = {0};
    const struct alert_type *type = alert_type_find("link.mislink");

    buffer_format(&name, "%s:%s", t->nodes.at[l->a].name, l->a_port);
    alerts_tell(s->alerts,
                &(struct condition){
                    .object = {.class = OBJECT_LINK,
                               .part = ident_format(&l->id, id, sizeof id)},
                    .type = type,
                    .severity = ill ? type->severity : SEVERITY_CLEARED,
                    .at = wall_now(),
                    .evidence = ALERT_BY_TOPOLOGY | ALERT_BY_POLL,
                    .name = name.at,
                    .device = t->nodes.at[l->a].name,
                    .text = text,
                    .value = (double)NAN,
                    .limit = (double)NAN});
}

/* Links that are no more have no alerts. */
static void forget_links(struct station *s, const struct topology *t)
{
    struct alert_book *book = alerts_book(s->alerts);
    OWNED(table_free) struct table *links = NULL;
    char id[IDENT_TEXT_MAX];

    for (size_t i = 0; i < book->active_count; i++) {
        const struct object_ref *o = &book->active[i]->object;

        if (o->class != OBJECT_LINK)
            continue;
        if (links == NULL) {
            links = table_new();
            for (size_t k = 0; k < t->links.count; k++)
                (void)table_put_text(
                    links, ident_format(&t->links.at[k].id, id, sizeof id), s);
        }
        if (table_find_text(links, o->part) == NULL)
            alerts_forget(s->alerts, o, wall_now(), "the link is no more");
    }
    alert_book_unref(book);
}

void station_alert_topology(struct station *s)
{
    causes_use(s->causes, s->inferred);
    forget_links(s, s->inferred->topology);
}

/* ---- of itself ---- */

void station_alert_itself(struct station *s, enum station_trouble trouble,
                          bool holds, const char *text)
{
    static const struct {
        const char *type, *qualifier;
        int64_t hold_ms;
    } troubles[STATION_TROUBLES] = {
        [STATION_OVERLOADED] = {"station.overloaded", "", 0},
        [STATION_ISOLATED] = {"station.isolated", "", 0},
        [STATION_DISK] = {"station.disk", "", 0},
        [STATION_STORE] = {"station.disk", "state", 0},
        [STATION_SERIES] = {"station.series", "", 30000},
        [STATION_AGENT] = {"station.agent", "", 15000},
        [STATION_BACKUP] = {"station.backup", "", 0},
        [STATION_REFUSED] = {"station.sandbox", "", 0},
        [STATION_HEALTH + HEALTH_LATE] = {"station.late", "polls", 120000},
        [STATION_HEALTH + HEALTH_LAG] = {"station.late", "loop", 30000},
        [STATION_HEALTH + HEALTH_SPOOL] = {"station.spool", "", 0},
        [STATION_HEALTH + HEALTH_DISK] = {"station.disk", "free", 10000},
        [STATION_HEALTH +
            HEALTH_MEMORY] = {"station.resources", "memory", 30000},
        [STATION_HEALTH +
            HEALTH_DESCRIPTORS] = {"station.resources", "descriptors", 30000},
        [STATION_HEALTH + HEALTH_DATABASE] = {"station.database", "", 30000},
        [STATION_HEALTH + HEALTH_HELPERS] = {"station.helpers", "", 0}};
    const struct alert_type *type = alert_type_find(troubles[trouble].type);
    unsigned bit = 1u << trouble;

    if (holds == ((s->troubles & bit) != 0) && (s->troubles_told & bit) != 0)
        return;
    s->troubles = holds ? s->troubles | bit : s->troubles & ~bit;
    s->troubles_told |= bit;
    alerts_tell(s->alerts,
                &(struct condition){
                    .object = {.class = OBJECT_STATION, .part = ""},
                    .type = type,
                    .qualifier = troubles[trouble].qualifier,
                    .severity = holds ? type->severity : SEVERITY_CLEARED,
                    .at = wall_now(),
                    .evidence = ALERT_BY_STATION,
                    .name = s->config->station.name,
                    .text = text,
                    .value = (double)NAN,
                    .limit = (double)NAN,
                    .hold_ms = troubles[trouble].hold_ms});
}

void station_tell_backup(struct station *s, const struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_text(&text, "the daily backup is made");
    if (why != NULL) {
        buffer_clear(&text);
        buffer_format(&text,
                      "the daily backup failed: %s: %s; %s; it is tried again, "
                      "the ones before stay",
                      why->place, why->what, why->remedy);
    }
    station_alert_itself(s, STATION_BACKUP, why != NULL, text.at);
}

static void look_at_disk(struct station *s)
{
    enum { MB = 1000000 };
    const struct station_record *r = &s->snapshot->station;
    struct buffer OWNED_BUFFER text = {0}, state = {0};
    struct store_stats store;

    store_stats(s->store, &store);
    buffer_format(&text,
                  "the files of all known objects will take %llu MB, they take "
                  "%llu MB now and %llu MB are free; make room for %s or "
                  "shorten series.keep",
                  (unsigned long long)r->series_octets_foretold / MB,
                  (unsigned long long)r->series_octets / MB,
                  (unsigned long long)r->disk_free / MB, r->data_dir);
    station_alert_itself(s, STATION_DISK, !r->series_fit,
                         r->series_fit ? "the files of all known objects fit"
                                       : text.at);
    buffer_format(&state, "what the station knows cannot be written: %s",
                  store.error);
    station_alert_itself(s, STATION_STORE, store.error[0] != '\0',
                         store.error[0] != '\0' ? state.at
                                                : "it is written again");
}

/* Where none ever was, nobody misses it. */
static bool misses_agent(const struct station *s)
{
    const struct object_ref object = {.class = OBJECT_STATION, .part = ""};
    const struct alert_record *r =
        alerts_of(s->alerts, &object, alert_type_find("station.agent"), "");

    return s->agentx.state == AGENTX_IS_AWAY &&
           (s->agent_was_here || (r != NULL && r->state == ALERT_ACTIVE));
}

static void look_at_agent(struct station *s)
{
    bool away = misses_agent(s);
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text,
                  "the SNMP agent does not serve the station: other managers "
                  "see nothing of it, and its receivers are told later; %s",
                  s->agentx.why[0] != '\0' ? s->agentx.why
                                           : s->config->agentx.master);
    station_alert_itself(s, STATION_AGENT, away,
                         away ? text.at : "the SNMP agent serves the station");
}

static void look_at_itself(struct station *s)
{
    struct buffer OWNED_BUFFER overload = {0}, isolation = {0};
    struct series_stats series;

    series_stats(s->series, &series);
    gaps_note_lost(s->gaps, series.dropped,
                   polling_wall(s->polling, mono_now()));
    buffer_format(&overload, "%s; no device is called down until that is over",
                  doubt_cause_text(s->overload));
    buffer_format(&isolation, "%s; no device is called down until that is over",
                  doubt_cause_text(s->isolation));
    station_alert_itself(s, STATION_OVERLOADED, s->overload != DOUBT_NONE,
                         overload.at);
    station_alert_itself(s, STATION_ISOLATED, s->isolation != DOUBT_NONE,
                         isolation.at);
    station_alert_itself(
        s, STATION_SERIES, series.state != SERIES_READY,
        series.state != SERIES_READY
            ? "rrdcached does not answer; samples wait on the disk"
            : "rrdcached answers");
    look_at_agent(s);
    if (s->snapshot != NULL)
        look_at_disk(s);
}

/* ---- when ---- */

void station_alerts_turn(struct station *s, struct mono now)
{
    struct wall wall = wall_now();
    bool doubts = s->overload != DOUBT_NONE || s->isolation != DOUBT_NONE;

    look_at_itself(s);
    station_health_turn(s, now);
    sessions_tick(s->sessions);
    causes_tick(s->causes, doubts, now, wall);
    alerts_tick(s->alerts, now, wall);
    station_rules_turn(s, now);
    risks_tick(s->risks, now, wall);
    station_sample_risks(s, now);
    station_silences_turn(s, now, wall);
}

static uint32_t cause_of(void *arg, const struct alert_record *r)
{
    const struct station *s = arg;

    return causes_of(s->causes, r);
}

static uint32_t silence_of(void *arg, const struct alert_record *r)
{
    const struct station *s = arg;

    return silences_cover(s->silences, r);
}

static uint32_t herald_of(void *arg, const struct alert_record *r)
{
    const struct station *s = arg;

    return causes_herald(s->causes, r);
}

int station_alerts_start(struct station *s, struct complaint *why)
{
    alerts_tick(s->alerts, mono_now(), wall_now());
    int rc = station_open_objects(s, why);
    if (rc == 0)
        rc = alerts_load(s->alerts, why);
    if (rc == 0)
        rc = station_silences_start(s, why);
    if (rc < 0)
        return rc;
    s->causes = causes_new(s->alerts, s->inventory, s->polling);
    s->sessions = sessions_new(
        &(struct sessions_parts){.alerts = s->alerts,
                                 .inventory = s->inventory,
                                 .polling = s->polling,
                                 .evidence = station_traps_evidence,
                                 .arg = s});
    alerts_advise(s->alerts,
                  &(struct alert_advisor){cause_of, silence_of, herald_of, s});
    for (size_t i = 0; i < inventory_count(s->inventory); i++) {
        struct device *d = inventory_at(s->inventory, i);

        if (d->reach == REACH_DOWN)
            causes_down(s->causes, d);
        else
            causes_up(s->causes, d);
    }
    return station_rules_resume(s, why);
}
