/* How the station does, for whoever asks. */
#include "station/publish.h"
#include "station/station_parts.h"
#include "station/trap_log.h"
#include "station/traps.h"

#include "base/log.h"
#include "mibs/profile.h"
#include "wire/engine.h"
#include "wire/notifications.h"

#include <math.h>

/* What the files of all published objects take, and whether they fit. */
static void foretell(const struct station *s, struct station_record *r)
{
    r->series_octets_foretold = 0;
    for (int group = 0; group < SERIES_GROUPS; group++)
        r->series_octets_foretold +=
            r->series_objects[group] *
            series_size(s->series, (enum series_group)group);
    r->series_fit = r->disk_free == 0 || r->series_octets_foretold <=
                                             r->series_octets + r->disk_free;
}

static void say_whether_series_fit(struct station *s,
                                   const struct station_record *r)
{
    enum { MB = 1000000 };

    if (r->series_fit == !s->series_short)
        return;
    s->series_short = !r->series_fit;
    if (r->series_fit)
        log_notice("series: what is foretold fits on the disk again");
    else
        log_warning("series: the files of all known objects will take %llu MB, "
                    "they take %llu MB now and %llu MB are free; make room for "
                    "%s or shorten series.keep",
                    (unsigned long long)r->series_octets_foretold / MB,
                    (unsigned long long)r->series_octets / MB,
                    (unsigned long long)r->disk_free / MB, r->data_dir);
}

static void tell_series(const struct station *s, struct station_record *r)
{
    struct series_stats series;

    series_stats(s->series, &series);
    r->samples_written = series.durable;
    r->series_queue = series.waiting;
    r->spool_octets = series.spool_octets;
    r->series_files = series.created;
    r->rrdcached_up = series.state == SERIES_READY;
    r->series_octets = series.octets;
    r->disk_free = series.free_octets;
    r->disk_octets = series.disk_octets;
    r->spool_max = series.spool_max;
    r->samples_lost = series.dropped;
    r->rrdcached_ms = isnan(series.answer_ms) ? 0 : series.answer_ms;
    r->rrdcached_restarts = series.restarts;
    r->renewing = series.renewing ? series.renew_folders : 0;
    r->renewing_done = series.renewing ? series.renew_folders_done : 0;
}

static void tell_heard(struct station *s, struct station_record *r)
{
    struct notifications_stats heard;

    notifications_stats(s->notifications, &heard);
    r->notifications = heard.taken;
    r->notifications_strange = heard.strange;
    r->notifications_dropped = heard.dropped;
    r->notifications_kept = heard.kept;
    r->notification_storms = (uint32_t)traps_storms(s->traps);
}

struct station_record station_status(struct station *s)
{
    struct station_record r = {
        .name = s->config->station.name,
        .version = PORTOLAN_VERSION,
        .data_dir = s->config->station.data,
        .config = s->config->path,
        .started = s->started,
        .enterprise = (uint32_t)s->config->agentx.enterprise,
        .requests_per_s = s->requests_per_s,
        .loop_lag_ms = s->loop_lag_ms,
        .loop_held_max_ms = lateness_max(&s->held),
        .profiles = (uint32_t)profiles_count(s->profiles),
        .profile_faults = (uint32_t)s->profile_faults,
        .agentx = s->agentx,
    };
    struct polling_stats polling;
    struct engine_stats engine;
    struct store_stats store;
    struct gaps_stats gaps;
    struct thresholds_stats rules;

    if (r.loop_held_max_ms == s->held_ms) /* else it is longer ago */
        memcpy(r.loop_held_at, s->held_at, sizeof r.loop_held_at);
    polling_stats(s->polling, &polling);
    engine_stats(s->engine, &engine);
    tell_series(s, &r);
    store_stats(s->store, &store);
    gaps_stats(s->gaps, &gaps);
    thresholds_stats(s->thresholds, &rules);
    r.lateness_p99_ms = polling.lateness_p99_ms;
    r.lateness_max_ms = polling.lateness_max_ms;
    r.polls = polling.polls;
    r.poll_failures = polling.failures;
    r.poll_overruns = polling.overruns;
    r.overloaded = s->overload != DOUBT_NONE;
    r.isolated = s->isolation != DOUBT_NONE;
    r.verdicts_withheld = polling.withheld;
    memcpy(r.engine_id, s->engine_id, sizeof r.engine_id);
    r.doubt = doubt_cause_text(r.isolated ? s->isolation : s->overload);
    r.bad_samples = polling.bad_samples;
    r.samples_weighed = rules.weighed;
    r.conditions = rules.not_normal;
    r.sample_lead_ms = polling.clock_lead_ms;
    r.gaps = gaps.kept;
    r.in_flight = engine.in_flight;
    r.waiting = engine.waiting;
    r.timeouts = engine.timeouts;
    r.retries = engine.retries;
    r.socket_drops = station_drops(s);
    r.fenced = engine.fenced;
    r.store_queue = store.waiting;
    r.commit_ms = store.commit_ms_last;
    r.store_failures = store.failures;
    station_health_tell(s, &r);
    tell_heard(s, &r);
    r.series_objects[SERIES_RISK] = risks_series(s->risks);
    r.series_objects[SERIES_STATION] = 1;
    return r;
}

enum { RECORDS_MS = 4 }; /* that making records takes at once */

void station_publish(struct station *s)
{
    struct station_record status = station_status(s);
    struct discovery_record progress;

    discovery_progress(s->discovery, &progress);
    station_know_objects(s);
    struct alert_book *alerts = alerts_book(s->alerts);
    struct object_book *objects = objects_book(s->objects);
    struct risk_book *risk = risks_book(s->risks);
    struct trap_log_book *log =
        s->trap_log != NULL ? trap_log_book(s->trap_log) : NULL;
    progress.running |= s->topology_wanted || inference_busy(s->inference) ||
                        maps_busy(s->maps);
    const struct published what = {.inventory = s->inventory,
                                   .polling = s->polling,
                                   .inferred = s->inferred,
                                   .discovery = &progress,
                                   .station = &status,
                                   .alerts = alerts,
                                   .objects = objects,
                                   .risk = risk,
                                   .trap_log = log,
                                   .budget_ms = RECORDS_MS};

    s->snapshot = publish(s->snapshot, &what);
    alert_book_unref(alerts);
    object_book_unref(objects);
    risk_book_unref(risk);
    trap_log_book_unref(log);
    s->snapshot->version = ++s->version;
    foretell(s, &s->snapshot->station);
    say_whether_series_fit(s, &s->snapshot->station);
    if (s->published != NULL)
        s->published(s->published_arg);
}

void station_listen(struct station *s, void (*published)(void *arg), void *arg)
{
    s->published = published;
    s->published_arg = arg;
}

void station_show(struct station *s)
{
    station_publish(s);
}

void station_publish_ahead(struct station *s)
{
    const struct published what = {.inventory = s->inventory,
                                   .polling = s->polling,
                                   .budget_ms = RECORDS_MS};

    station_know_objects(s);
    publish_ahead(s->snapshot, &what);
}

/* The longest of an hour is in the log, where it is longer than it should be.
 */
static void say_held(struct station *s, struct mono now)
{
    enum { AGAIN_MS = 3600000, LONG_MS = 20 };

    if (s->held_ms <= LONG_MS ||
        (s->held_ms <= s->held_told_ms &&
         mono_ms_between(s->held_told, now) < AGAIN_MS))
        return;
    s->held_told_ms = s->held_ms;
    s->held_told = now;
    log_notice("station: its loop worked for %lld ms without a look at its "
               "sockets, at: %s",
               (long long)s->held_ms, s->held_at);
}

void station_held(struct station *s, int64_t ns, const char *at)
{
    enum { NS_PER_MS = 1000000 };
    int64_t ms = ns / NS_PER_MS;
    struct mono now;

    if (ms < 1)
        return;
    now = mono_now();
    lateness_add(&s->held, ms, now);
    if (at[0] == '\0' || ms < lateness_max(&s->held))
        return;
    s->held_ms = ms;
    (void)snprintf(s->held_at, sizeof s->held_at, "%s", at);
    say_held(s, now);
}

struct snapshot *station_snapshot(const struct station *s)
{
    return snapshot_ref(s->snapshot);
}
