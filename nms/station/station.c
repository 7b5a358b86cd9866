#include "station/station_parts.h"

#include "base/file.h"
#include "graphs/template.h"
#include "mibs/names.h"
#include "mibs/profile.h"
#include "station/learned.h"
#include "station/persist.h"
#include "station/sessions.h"
#include "wire/beat.h"
#include "wire/icmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

/* ---- the periodic round ---- */

void station_schedule_round(struct station *s)
{
    int64_t every = s->config->discovery.every_ms;
    struct timeval tv = {.tv_sec = every / 1000,
                         .tv_usec = every % 1000 * 1000};

    event_del(s->round);
    if (every > 0)
        event_add(s->round, &tv);
}

static void on_round(evutil_socket_t fd, short what, void *arg)
{
    struct station *s = arg;

    (void)fd;
    (void)what;
    station_round(s, COLLECT_NEWS);
    station_publish(s);
    station_schedule_round(s);
}

/* ---- making it ---- */

static int open_sockets(struct station *s, struct complaint *why)
{
    const struct config *c = s->config;
    struct engine_options engine = {
        .in_flight = (uint32_t)c->polling.in_flight,
        .rate = (uint32_t)c->polling.rate,
        .fence = s->fence,
        .beat = s->beat,
    };
    struct pinger_options pinger = {
        .rate = (uint32_t)c->polling.rate, .fence = s->fence, .beat = s->beat};
    struct pinger_options sweeper = {.rate = (uint32_t)c->discovery.rate,
                                     .fence = s->fence,
                                     .beat = s->beat};

    s->engine = engine_new(s->base, &engine);
    if (s->engine == NULL)
        return complain(why, -errno, "snmp", "see the limits of the process",
                        "no socket can be opened: %s", strerror(errno));
    s->pinger = pinger_new(s->base, &pinger);
    s->sweeper = pinger_new(s->base, &sweeper);
    if (s->pinger == NULL || s->sweeper == NULL)
        log_warning("icmp: no echo can be sent (%s); start as root or with "
                    "CAP_NET_RAW to see devices without an agent",
                    strerror(errno));
    if (c->frames.count > 0)
        s->frames = frames_new(s->base, (const char *const *)c->frames.at,
                               c->frames.count, station_on_heard, s);
    station_traps_open(s);
    return 0;
}

int station_new(struct event_base *base, const struct config *config,
                struct station **out, struct complaint *why)
{
    struct station *s = mem_new(struct station);

    *out = NULL;
    s->base = base;
    s->beat = beat_new(base);
    s->queries.base = base;
    s->config = config;
    s->fence = config_fence(config);
    s->started = wall_now();
    s->begun = mono_now();
    s->heard = heard_new();
    int rc = open_sockets(s, why);
    if (rc < 0) {
        station_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

int64_t station_gaps_keep_ms(const struct config *c)
{
    int64_t keep_ms = c->polling.every_ms;

    for (size_t i = 0; i < c->series.keep.count; i++)
        if (c->series.keep.at[i].span_ms > keep_ms)
            keep_ms = c->series.keep.at[i].span_ms;
    return keep_ms;
}

static int open_gaps(struct station *s, struct complaint *why)
{
    s->gaps = gaps_new(s->store, station_gaps_keep_ms(s->config));
    return gaps_resume(s->gaps, wall_now(), &s->alive, why);
}

static int open_parts(struct station *s, struct complaint *why)
{
    const struct config *c = s->config;
    OWNED_BUFFER struct buffer state = {0};
    struct series_options series = {.data_dir = c->station.data,
                                    .rrdcached = c->series.rrdcached,
                                    .step_ms = c->polling.every_ms,
                                    .keep = c->series.keep.at,
                                    .keep_count = c->series.keep.count};
    struct maps_options maps = {.data_dir = c->station.data,
                                .ahead_ms = MAPS_AHEAD_MS};
    int rc = file_make_dir(c->station.data, 0750);

    if (rc < 0)
        return complain(why, rc, c->station.data,
                        "make it, and give it to the station's user",
                        "the data directory cannot be made: %s", strerror(-rc));
    s->settings = settings_new(c->station.data);
    buffer_format(&state, "%s/state.db", c->station.data);
    struct store_options store = {.path = state.at};
    rc = store_open(s->base, &store, &s->store, why);
    if (rc == 0)
        rc = open_gaps(s, why);
    if (rc == 0)
        rc = series_new(s->base, &series, &s->series, why);
    if (rc == 0)
        rc = maps_new(s->base, &maps, &s->maps, why);
    if (rc == 0)
        rc = maps_load(s->maps, why);
    return rc;
}

struct discovery_parts station_discovery_parts(const struct station *s)
{
    return (struct discovery_parts){
        .leads = {.base = s->base,
                  .engine = s->engine,
                  .pinger = s->sweeper,
                  .fence = s->fence,
                  .profiles = s->profiles,
                  .credentials = s->config->credentials.at,
                  .credential_count = s->config->credentials.count,
                  .port = (uint16_t)s->config->discovery.port},
        .inventory = s->inventory,
        .pins = s->pins,
        .heard = s->heard,
        .follow = s->config->discovery.follow,
        .local = s->config->discovery.local,
    };
}

struct polling_options station_polling_options(const struct config *c)
{
    return (struct polling_options){.every_ms = c->polling.every_ms,
                                    .ping_count =
                                        (unsigned)c->polling.ping_count};
}

static void make_rules(struct station *s)
{
    struct polling_parts polling = {.base = s->base,
                                    .beat = s->beat,
                                    .pinger = s->pinger,
                                    .profiles = s->profiles,
                                    .gaps = s->gaps,
                                    .earliest = s->alive};
    struct polling_options options = station_polling_options(s->config);
    struct polling_listener of_polling = station_polling_listener(s);
    struct discovery_listener of_discovery = station_discovery_listener(s);

    s->events = events_new(s->store);
    s->alerts = alerts_new(s->store, s->events);
    s->inventory = inventory_new();
    station_rules_open(s);
    s->pins = pins_new(s->store);
    s->people = people_new(s->store);
    s->keys = keys_new(s->store);
    s->polling = polling_new(&polling, &options, &of_polling);
    struct discovery_parts discovery = station_discovery_parts(s);
    s->discovery = discovery_new(&discovery, &of_discovery);
    s->inference = inference_new(s->base, station_on_inferred, s);
    s->flows = flows_new();
}

/* A device of an earlier run goes on where it was. */
static void resume(struct station *s, struct device *d)
{
    if (d->credential != NULL && d->addrs.count > 0)
        d->agent =
            agent_new(s->engine, &d->addrs.at[0], d->port, d->credential);
    else
        d->credential = NULL;
    learned_recall(d);
    learned_instruct(d, s->profiles);
    discovery_recall(s->discovery, d);
    polling_take(s->polling, d);
}

/* How many have a file, or will. */
static size_t series_objects(const struct snapshot *s)
{
    size_t count = 0;

    for (int group = 0; group < SERIES_GROUPS; group++)
        count += s->station.series_objects[group];
    return count;
}

static void tell_damage(struct station *s)
{
    const struct event_subject subject = {.class = EVENT_FAULT,
                                          .severity = SEVERITY_CRITICAL,
                                          .type = "station.state_damaged",
                                          .object = s->config->station.name,
                                          .source = "station"};

    if (store_damage(s->store) != NULL)
        events_add(s->events, wall_now(), &subject, "%s",
                   store_damage(s->store));
}

int station_start(struct station *s, struct complaint *why)
{
    int rc = open_parts(s, why);

    if (rc < 0)
        return rc;
    station_load_knowledge(s);
    make_rules(s);
    tell_damage(s);
    rc = persist_load(s->store, s->inventory, s->polling, s->config, why);
    if (rc == 0)
        rc = station_recall_topology(s, why);
    if (rc == 0)
        rc = pins_load(s->pins, why);
    if (rc == 0)
        rc = people_load(s->people, why);
    if (rc == 0)
        rc = keys_load(s->keys, why);
    if (rc == 0)
        rc = station_alerts_start(s, why);
    if (rc < 0)
        return rc;
    station_health_start(s);
    for (size_t i = 0; i < inventory_count(s->inventory); i++)
        resume(s, inventory_at(s->inventory, i));
    rc = station_traps_start(s, why);
    if (rc < 0)
        return rc;
    log_notice("station: %zu devices known from earlier",
               inventory_count(s->inventory));
    station_read_self(s);
    s->topology_wanted = true;
    station_tick_start(s);
    s->round = evtimer_new(s->base, on_round, s);
    station_doubt(s);
    station_schedule_round(s);
    station_round(s, COLLECT_NEWS);
    station_publish(s);
    series_expect(s->series, series_objects(s->snapshot));
    return 0;
}

/* ---- ending it ---- */

static void drop_devices(struct station *s)
{
    for (size_t i = 0; i < inventory_count(s->inventory); i++) {
        struct device *d = inventory_at(s->inventory, i);

        if (d->unsaved && d->name != NULL && s->store != NULL)
            persist_device(s->store, d, false);
        if (d->name != NULL && s->store != NULL)
            persist_learned(s->store, d);
        polling_drop(s->polling, d);
        thresholds_drop(s->thresholds, d, false);
        agent_free(TAKE(d->agent));
    }
}

void station_free(struct station *s)
{
    if (s == NULL)
        return;
    station_tick_end(s);
    if (s->round != NULL)
        event_free(s->round);
    struct inference *inference = TAKE(s->inference);
    station_end_reading(s);
    queries_fini(&s->queries);
    station_probes_end(s);
    station_traps_close(s);
    discovery_free(s->discovery);
    if (s->inventory != NULL)
        drop_devices(s);
    /* rrdcached needs seconds to end: meanwhile the store writes, and what is
     * being inferred comes to its end */
    series_free(TAKE(s->series));
    inference_free(inference);
    polling_free(s->polling);
    flows_free(s->flows);
    station_rules_close(s);
    settings_free(s->settings);
    snapshot_unref(s->snapshot);
    inferred_unref(s->inferred);
    inferred_unref(s->earlier);
    array_fini(&s->revisits);
    inventory_free(s->inventory);
    pins_free(s->pins);
    people_free(s->people);
    keys_free(s->keys);
    station_silences_end(s);
    maps_free(s->maps);
    sessions_free(s->sessions);
    causes_free(s->causes);
    alerts_free(s->alerts);
    objects_free(s->objects);
    events_free(s->events);
    gaps_free(s->gaps);
    store_free(s->store);
    station_forget_end(s);
    frames_free(s->frames);
    heard_free(s->heard);
    pinger_free(s->pinger);
    pinger_free(s->sweeper);
    engine_free(s->engine);
    beat_free(s->beat);
    templates_free(s->graphs);
    profiles_free(s->profiles);
    names_free(s->names);
    fence_free(s->fence);
    free(s);
}

void station_stop(struct station *s)
{
    const struct discovery_parts parts = station_discovery_parts(s);

    discovery_configure(s->discovery, &parts);
    station_schedule_round(s);
    station_publish(s);
}
