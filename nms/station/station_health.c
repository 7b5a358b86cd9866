/* The station watches itself: series, alerts, crashes of earlier runs. */
#include "station/station_parts.h"

#include "base/crash.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "station/child.h"
#include "wire/engine.h"

#include <math.h>
#include <stdio.h>

enum { LOOK_MS = 5000, LAG_SPAN_S = 30, REFUSED_MS = 3600000 };

/* ---- crashes of earlier runs ---- */

void station_health_start(struct station *s)
{
    struct crash c;
    size_t count;

    if (!crash_earlier(s->config->station.data, &c, &count))
        return;
    s->health.crashes = (uint32_t)count;
    (void)snprintf(s->health.last_crash, sizeof s->health.last_crash, "%s: %s",
                   c.path, c.words);
    log_warning("station: an earlier run crashed: %s; see %s, and send it to "
                "whoever looks after Portolan",
                c.words, c.path);
    events_add(s->events, wall_now(),
               &(struct event_subject){.class = EVENT_FAULT,
                                       .severity = SEVERITY_MAJOR,
                                       .type = "station.crashed",
                                       .object = s->config->station.name,
                                       .source = "station"},
               "an earlier run crashed: %s; see %s", c.words, c.path);
}

/* ---- the sandbox ---- */

/* Whoever gets into the station tries such calls; so does a library that was
 * forgotten in the list. */
static void look_at_sandbox(struct station *s, struct mono now)
{
    struct station_health_state *h = &s->health;
    char call[64];
    struct buffer OWNED_BUFFER calls = {0};
    uint64_t refused = sandbox_refused();

    while (sandbox_news(call))
        buffer_format(&calls, "%s%s", calls.len > 0 ? ", " : "", call);
    if (calls.len > 0) {
        log_error("sandbox: refused: %s; the station does not make such calls: "
                  "see what went on, and restart it if in doubt",
                  calls.at);
        buffer_text(&calls,
                    " was refused: the station does not make such calls; see "
                    "what went on, and restart it if in doubt");
        station_alert_itself(s, STATION_REFUSED, true, calls.at);
    }
    if (refused != h->refused)
        h->refused_at = now;
    h->refused = refused;
    if (refused == 0 || mono_ms_between(h->refused_at, now) > REFUSED_MS)
        station_alert_itself(s, STATION_REFUSED, false,
                             "no call was refused for an hour");
}

/* ---- what may be wrong ---- */

static uint64_t helper_ends(const struct series_stats *series)
{
    return series->restarts + child_failures();
}

static struct health_facts facts_of(struct station *s,
                                    const struct series_stats *series)
{
    const struct health_process *p = &s->process;
    struct polling_stats polling;
    struct store_stats store;

    polling_stats(s->polling, &polling);
    store_stats(s->store, &store);
    return (struct health_facts){.interval_ms = s->config->polling.every_ms,
                                 .lateness_p99_ms = polling.lateness_p99_ms,
                                 .lag_mean_ms = s->health.lag_mean_ms,
                                 .spool_octets = series->spool_octets,
                                 .spool_max = series->spool_max,
                                 .disk_free = series->free_octets,
                                 .disk_octets = series->disk_octets,
                                 .memory_octets = p->memory_octets,
                                 .memory_max = p->memory_max,
                                 .descriptors = p->descriptors,
                                 .descriptors_max = p->descriptors_max,
                                 .commit_ms = store.commit_ms_last,
                                 .store_waiting = store.waiting,
                                 .helper_ends = s->health.ends_lately};
}

/* What is wrong, in words, with what may be done. */
static void explain(enum health_trouble trouble, const struct health_facts *f,
                    const char *data_dir, struct buffer *out)
{
    static const double MB = 1e6;

    switch (trouble) {
    case HEALTH_LATE:
        buffer_format(out,
                      "one poll in a hundred starts %.1f s late or more; a "
                      "longer polling.every or a faster machine helps",
                      (double)f->lateness_p99_ms / 1000);
        break;
    case HEALTH_LAG:
        buffer_format(out,
                      "its event loop is %.0f ms late in the mean: the machine "
                      "is too busy",
                      f->lag_mean_ms);
        break;
    case HEALTH_SPOOL:
        buffer_format(out,
                      "%.0f MB of samples wait for their files, of %.0f MB "
                      "that may: beyond, the oldest are lost; see rrdcached "
                      "and the disk",
                      (double)f->spool_octets / MB, (double)f->spool_max / MB);
        break;
    case HEALTH_DISK:
        buffer_format(out,
                      "the disk is nearly full: %.0f MB of %.0f MB are free; "
                      "make room for %s",
                      (double)f->disk_free / MB, (double)f->disk_octets / MB,
                      data_dir);
        break;
    case HEALTH_MEMORY:
        buffer_format(out,
                      "it takes %.0f MB of memory, of %.0f MB that it may "
                      "have",
                      (double)f->memory_octets / MB,
                      (double)f->memory_max / MB);
        break;
    case HEALTH_DESCRIPTORS:
        buffer_format(out,
                      "%u of %u descriptors are open; raise LimitNOFILE, or "
                      "see who keeps so many connections",
                      (unsigned)f->descriptors, (unsigned)f->descriptors_max);
        break;
    case HEALTH_DATABASE:
        buffer_format(out,
                      "the last transaction took %.1f s, %llu changes wait; "
                      "see the disk of %s",
                      f->commit_ms / 1000, (unsigned long long)f->store_waiting,
                      data_dir);
        break;
    case HEALTH_HELPERS:
        buffer_format(out,
                      "rrdcached, rrdtool or portolan-render ended %u times "
                      "within ten minutes; see the log",
                      (unsigned)f->helper_ends);
        break;
    case HEALTH_TROUBLES:
        break;
    }
}

static void weigh(struct station *s, const struct series_stats *series)
{
    const struct health_facts f = facts_of(s, series);

    for (unsigned i = 0; i < HEALTH_TROUBLES; i++) {
        enum health_trouble trouble = (enum health_trouble)i;
        enum station_trouble as = (enum station_trouble)(STATION_HEALTH + i);
        bool before = (s->troubles & 1u << as) != 0;
        bool holds = health_holds(trouble, &f, before);
        struct buffer OWNED_BUFFER text = {0};

        if (holds)
            explain(trouble, &f, s->config->station.data, &text);
        station_alert_itself(s, as, holds, holds ? text.at : "that is over");
    }
}

/* ---- series ---- */

/* Of the requests since the sample before; NaN: there were none. */
static double loss_percent(struct station_health_state *h,
                           const struct engine_stats *now)
{
    uint64_t sent = now->requests + now->retries,
             lost = now->timeouts + now->retries;
    double all = (double)(sent - h->requests);
    double gone = (double)(lost - h->losses);

    h->requests = sent;
    h->losses = lost;
    return all > 0 ? fmin(100, 100 * gone / all) : (double)NAN;
}

static void sample(struct station *s, const struct series_stats *series,
                   struct mono now)
{
    struct station_health_state *h = &s->health;
    double past_s = (double)mono_ms_between(h->sampled, now) / 1000;
    uint64_t ends = helper_ends(series);
    struct buffer OWNED_BUFFER path = {0};
    double values[STATION_VALUES];
    struct polling_stats polling;
    struct engine_stats engine;
    struct store_stats store;

    polling_stats(s->polling, &polling);
    engine_stats(s->engine, &engine);
    store_stats(s->store, &store);
    values[STATION_LAG_MS] = (double)h->lag_max_ms;
    values[STATION_LATENESS_MS] = (double)polling.lateness_p99_ms;
    values[STATION_REQUESTS] = (double)engine.in_flight + engine.waiting;
    values[STATION_LOSS_PERCENT] = loss_percent(h, &engine);
    values[STATION_CPU_PERCENT] = s->process.cpu_percent;
    values[STATION_MEMORY_BYTES] = (double)s->process.memory_octets;
    values[STATION_DESCRIPTORS] = s->process.descriptors;
    values[STATION_SPOOL_BYTES] = (double)series->spool_octets;
    values[STATION_RRDCACHED_MS] =
        series->state == SERIES_READY ? series->answer_ms : (double)NAN;
    values[STATION_DATABASE_MS] = store.commit_ms_last;
    values[STATION_DATABASE_QUEUE] = (double)store.waiting;
    values[STATION_HELPERS_ENDED] =
        past_s > 0 ? (double)(ends - h->ends) / past_s : 0;
    h->ends = ends;
    h->lag_max_ms = 0;
    h->sampled = now;
    station_series_path(&path);
    series_add(s->series, path.at, SERIES_STATION,
               polling_wall(s->polling, now), values);
}

/* Folders of devices are called by what a device is called: none is so. */
void station_series_path(struct buffer *out)
{
    layout_path("_station", SERIES_STATION, "", out);
}

/* ---- when ---- */

void station_health_turn(struct station *s, struct mono now)
{
    struct station_health_state *h = &s->health;
    struct series_stats series;

    if (s->loop_lag_ms > h->lag_max_ms)
        h->lag_max_ms = s->loop_lag_ms;
    h->lag_mean_ms += ((double)s->loop_lag_ms - h->lag_mean_ms) / LAG_SPAN_S;
    look_at_sandbox(s, now);
    bool due = mono_ms_between(h->sampled, now) >= s->config->polling.every_ms;
    if (!due && !mono_reached(now, h->look_due))
        return;
    h->look_due = mono_after_ms(now, LOOK_MS);
    health_look(&s->process, now);
    series_stats(s->series, &series);
    h->ends_lately =
        health_ends_note(&s->helper_ends, helper_ends(&series), now);
    weigh(s, &series);
    if (due)
        sample(s, &series, now);
}

void station_health_tell(const struct station *s, struct station_record *r)
{
    r->cpu_percent = s->process.cpu_percent;
    r->memory_octets = s->process.memory_octets;
    r->memory_max = s->process.memory_max;
    r->descriptors = s->process.descriptors;
    r->descriptors_max = s->process.descriptors_max;
    r->helper_failures = child_failures();
    r->helper_refusals = child_refusals();
    r->sandboxed = sandbox_is_in_force();
    r->sandbox_refused = sandbox_refused();
    r->crashes = s->health.crashes;
    r->last_crash = s->health.last_crash;
}
