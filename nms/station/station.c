#include "station/station_parts.h"

#include "base/file.h"
#include "graphs/template.h"
#include "mibs/names.h"
#include "mibs/profile.h"
#include "station/learned.h"
#include "station/persist.h"
#include "station/publish.h"
#include "station/sessions.h"
#include "wire/beat.h"
#include "wire/icmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum {
    TICK_MS = 1000,
    AHEAD_MS = 100,
    SAVE_MS = 30000, /* between writings of what changed a little */
    SAVE_TURN_MS = 3 /* that these take at once */
};

/* ---- once a second ---- */

/* Some devices a turn, until all had theirs. */
static void save_changed(struct station *s, struct mono now)
{
    struct mono until = mono_after_ms(now, SAVE_TURN_MS);

    if (s->save_next == 0) {
        if (mono_ms_between(s->saved_at, now) < SAVE_MS)
            return;
        s->saved_at = now;
    }
    while (s->save_next < inventory_count(s->inventory) &&
           !mono_reached(mono_now(), until)) {
        struct device *d = inventory_at(s->inventory, s->save_next++);

        if (d->unsaved && d->name != NULL) {
            persist_device(s->store, d, false);
            persist_learned(s->store, d);
        }
    }
    if (s->save_next >= inventory_count(s->inventory))
        s->save_next = 0;
}

static void hear(struct station *s, struct mono now)
{
    bool expired = heard_expire(s->heard, now);

    if (!expired && !s->self_outdated)
        return;
    s->self_outdated = false;
    if (s->self != NULL)
        station_read_self(s);
}

static void measure(struct station *s, struct mono now)
{
    struct engine_stats stats;
    int64_t late = mono_ms_between(s->tick_due, now);

    engine_stats(s->engine, &stats);
    s->requests_per_s = (double)(stats.requests - s->requests_before) * 1000 /
                        (double)(TICK_MS + (late > 0 ? late : 0));
    s->requests_before = stats.requests;
    s->loop_lag_ms = late > 0 ? late : 0;
    s->tick_due = mono_after_ms(now, TICK_MS);
}

/* ---- a second's work, in steps between which sockets are looked at ---- */

static void follow_polls(struct station *s, struct mono now)
{
    measure(s, now);
    station_pace(s);
    station_doubt(s);
    polling_tick(s->polling, now, wall_now());
    hear(s, now);
    station_traps_turn(s, now);
}

static void show(struct station *s, struct mono now)
{
    (void)now;
    station_publish(s);
}

static void follow_links(struct station *s, struct mono now)
{
    station_look_at_flows(s, now);
    station_infer(s, now);
}

static void (*const steps[])(struct station *, struct mono) = {
    follow_polls, save_changed, station_alerts_turn, show, follow_links};

static void on_step(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval next = {0};
    struct station *s = arg;

    (void)fd, (void)what;
    steps[s->steps_done++](s, mono_now());
    if (s->steps_done < COUNT_OF(steps))
        event_add(s->step, &next);
    else
        s->steps_done = 0;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct station *s = arg;

    if (s->steps_done == 0) /* else the second before is not over */
        on_step(fd, what, s);
}

static void on_ahead(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    station_publish_ahead(arg);
}

/* ---- the periodic round ---- */

static void schedule_round(struct station *s)
{
    int64_t every = s->config->discovery.every_ms;
    struct timeval tv = {.tv_sec = every / 1000,
                         .tv_usec = every % 1000 * 1000};

    if (every > 0 && !event_pending(s->round, EV_TIMEOUT, NULL))
        event_add(s->round, &tv);
}

static void on_round(evutil_socket_t fd, short what, void *arg)
{
    struct station *s = arg;

    (void)fd;
    (void)what;
    station_round(s, COLLECT_NEWS);
    station_publish(s);
    schedule_round(s);
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
    s->heard = heard_new();
    int rc = open_sockets(s, why);
    if (rc < 0) {
        station_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

/* Gaps are kept as long as the coarsest values. */
static int64_t gaps_keep_ms(const struct config *c)
{
    int64_t keep_ms = c->polling.every_ms;

    for (size_t i = 0; i < c->series.keep.count; i++)
        if (c->series.keep.at[i].span_ms > keep_ms)
            keep_ms = c->series.keep.at[i].span_ms;
    return keep_ms;
}

static int open_gaps(struct station *s, struct complaint *why)
{
    s->gaps = gaps_new(s->store, gaps_keep_ms(s->config));
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

static struct discovery_parts discovery_parts(const struct station *s)
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

static struct polling_options polling_options(const struct config *c)
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
    struct polling_options options = polling_options(s->config);
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
    struct discovery_parts discovery = discovery_parts(s);
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
    s->step = event_new(s->base, -1, 0, on_step, s);
    s->tick = event_new(s->base, -1, EV_PERSIST, on_tick, s);
    s->round = evtimer_new(s->base, on_round, s);
    struct timeval tick = {.tv_sec = TICK_MS / 1000};
    event_add(s->tick, &tick);
    s->ahead = event_new(s->base, -1, EV_PERSIST, on_ahead, s);
    struct timeval ahead = {.tv_usec = AHEAD_MS * 1000};
    event_add(s->ahead, &ahead);
    s->tick_due = mono_after_ms(mono_now(), TICK_MS);
    station_doubt(s);
    schedule_round(s);
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
    if (s->tick != NULL) {
        event_free(s->tick);
        event_free(s->step);
        event_free(s->ahead);
        event_free(s->round);
    }
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
    const struct discovery_parts parts = discovery_parts(s);

    discovery_configure(s->discovery, &parts);
    event_del(s->round);
    schedule_round(s);
    station_publish(s);
}

/* ---- another configuration ---- */

static void list_interfaces(const struct config *c, struct buffer *out)
{
    buffer_text(out, "");
    for (size_t i = 0; i < c->frames.count; i++)
        buffer_format(out, "%s%s", i > 0 ? " " : "", c->frames.at[i]);
}

static void list_http(const struct config *c, struct buffer *out)
{
    char addr[ADDR_TEXT_MAX];

    buffer_text(out, "");
    if (addr_is_set(&c->http.listen.addr))
        buffer_format(out, "%s port %u",
                      addr_format(&c->http.listen.addr, addr, sizeof addr),
                      (unsigned)c->http.listen.port);
}

/* What is fixed while running: another value is refused. */
static int check_fixed(const struct config *now, const struct config *next,
                       struct complaint *why)
{
    struct buffer OWNED_BUFFER heard = {0}, hear = {0};
    struct buffer OWNED_BUFFER listened = {0}, listen = {0};
    struct buffer OWNED_BUFFER now_http = {0}, next_http = {0};

    list_interfaces(now, &heard);
    list_interfaces(next, &hear);
    station_traps_list(now, &listened);
    station_traps_list(next, &listen);
    list_http(now, &now_http);
    list_http(next, &next_http);
    const struct {
        const char *key, *now, *next;
    } fixed[] = {
        {"frames.interfaces", heard.at, hear.at},
        {"notifications.listen", listened.at, listen.at},
        {"station.data", now->station.data, next->station.data},
        {"station.user", now->station.user, next->station.user},
        {"station.socket", now->station.socket, next->station.socket},
        {"http.listen", now_http.at, next_http.at},
        {"http.web", now->http.web, next->http.web},
        {"series.rrdcached", now->series.rrdcached, next->series.rrdcached},
    };

    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        if (strcmp(fixed[i].now, fixed[i].next) != 0)
            return complain(why, -EBUSY, fixed[i].key,
                            "restart the station for it",
                            "%s cannot change from \"%s\" to \"%s\" while "
                            "the station runs",
                            fixed[i].key, fixed[i].now, fixed[i].next);
    return 0;
}

/* Devices keep their agents, with the credentials of the same name; a device
 * whose credential is gone answers to none until it is discovered again. One
 * that did not change is the same object (config_follow()). */
static void change_credentials(struct station *s, const struct config *next)
{
    for (size_t i = 0; i < inventory_count(s->inventory); i++) {
        struct device *d = inventory_at(s->inventory, i);

        if (d->credential == NULL)
            continue;
        const struct credential *same =
            config_credential(next, d->credential->name);
        if (same == d->credential)
            continue;
        device_touch(d);
        d->unsaved = true;
        if (same == NULL) {
            discovery_silence(s->discovery, d);
            continue;
        }
        d->credential = same;
        agent_use(d->agent, same);
    }
}

int station_reconfigure(struct station *s, const struct config *config,
                        struct complaint *why)
{
    int rc = check_fixed(s->config, config, why);

    if (rc < 0) {
        station_drop_prepared(s);
        return rc;
    }
    fence_take(s->fence, config_fence(config));
    queries_drop_agents(&s->queries);
    change_credentials(s, config);
    bool other_pace = config->polling.every_ms != s->config->polling.every_ms;
    s->config = config;
    station_traps_use(s);
    station_renew_knowledge(s);
    station_rules_use(s);
    struct polling_options polling = polling_options(config);
    struct discovery_parts discovery = discovery_parts(s);
    engine_limit(s->engine, (uint32_t)config->polling.in_flight,
                 (uint32_t)config->polling.rate);
    if (s->pinger != NULL)
        pinger_limit(s->pinger, (uint32_t)config->polling.rate);
    if (s->sweeper != NULL)
        pinger_limit(s->sweeper, (uint32_t)config->discovery.rate);
    polling_configure(s->polling, &polling);
    gaps_use(s->gaps, gaps_keep_ms(config));
    station_keep_past(s);
    for (size_t i = 0; other_pace && i < inventory_count(s->inventory); i++)
        polling_reschedule(s->polling, inventory_at(s->inventory, i));
    series_lay_out(s->series, config->polling.every_ms, config->series.keep.at,
                   config->series.keep.count);
    discovery_configure(s->discovery, &discovery);
    event_del(s->round);
    schedule_round(s);
    return station_discover(s, NULL, 0, why);
}
