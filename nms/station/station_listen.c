/* What the parts tell the station, and what follows of it. */
#include "station/learned.h"
#include "station/persist.h"
#include "station/station_parts.h"

#include "topology/hardware.h"
#include "wire/netlink.h"

#include <errno.h>
#include <string.h>

#include <event2/event.h>

/* Facts that polling found outdated are not read again more often. */
enum { COLLECT_AGAIN_MS = 30000 };

enum { EMPTY_ROUND_AGAIN_S = 60 };

/* ---- polling ---- */

static void on_sample(void *arg, const struct sample *sample)
{
    struct station *s = arg;

    if (sample->values == NULL)
        return;
    series_add(s->series, sample->path, sample->group, sample->at,
               sample->values);
    thresholds_sample(s->thresholds, sample);
}

static void on_reach(void *arg, struct device *d, enum reach before)
{
    struct station *s = arg;
    struct event_subject subject = {
        .class = EVENT_FAULT, .object = d->name, .source = "polling"};

    if (d->reach == REACH_DOWN) {
        subject.severity = SEVERITY_MAJOR;
        subject.type = "device.down";
        events_add(s->events, d->since, &subject,
                   "answers neither echo nor SNMP; asked more rarely until it "
                   "does");
    } else if (d->reach == REACH_UP && before == REACH_DOWN) {
        subject.severity = SEVERITY_CLEARED;
        subject.type = "device.up";
        events_add(s->events, d->since, &subject, "answers again");
        discovery_collect(s->discovery, d);
    }
    if ((d->reach == REACH_DOWN) != (before == REACH_DOWN)) {
        station_keep_reach(s, d, d->since);
        persist_device(s->store, d, false); /* no later than its alert */
    }
    station_alert_reach(s, d, before);
}

static void on_outdated(void *arg, struct device *d)
{
    struct station *s = arg;

    if (d->collected.ns == 0 ||
        mono_ms_between(d->collected, mono_now()) >= COLLECT_AGAIN_MS)
        discovery_collect(s->discovery, d);
}

static void on_restart(void *arg, struct device *d)
{
    struct station *s = arg;
    struct event_subject subject = {.class = EVENT_FAULT,
                                    .severity = SEVERITY_WARNING,
                                    .type = "device.restarted",
                                    .object = d->name,
                                    .source = "polling"};

    events_add(s->events, wall_now(), &subject,
               "its agent restarted; counters begin anew");
    thresholds_restarted(s->thresholds, d, wall_now());
    discovery_collect(s->discovery, d);
}

static void on_state_lost(void *arg, struct device *d)
{
    struct station *s = arg;
    struct event_subject subject = {.class = EVENT_SECURITY,
                                    .severity = SEVERITY_WARNING,
                                    .type = "device.state_lost",
                                    .object = d->name,
                                    .source = "polling"};

    events_add(s->events, wall_now(), &subject,
               "its SNMPv3 engine's boots or time went backwards, "
               "authentically: it lost its state, or was replaced");
}

static void on_overrun(void *arg, struct device *d, bool begins)
{
    struct station *s = arg;
    struct event_subject subject = {
        .class = EVENT_PERFORMANCE,
        .severity = begins ? SEVERITY_WARNING : SEVERITY_CLEARED,
        .type = begins ? "poll.overrun" : "poll.in_time",
        .object = d->name,
        .source = "polling"};

    events_add(s->events, wall_now(), &subject,
               begins ? "a poll takes longer than the interval; those that "
                        "would overlap are left out"
                      : "polls end within the interval again");
    station_alert_overrun(s, d, begins);
}

struct polling_listener station_polling_listener(struct station *s)
{
    return (struct polling_listener){.sampled = on_sample,
                                     .reach_changed = on_reach,
                                     .ports_changed = on_outdated,
                                     .ports_turned = station_on_ports_turned,
                                     .restarted = on_restart,
                                     .state_lost = on_state_lost,
                                     .settled = on_outdated,
                                     .overrun = on_overrun,
                                     .measured = station_on_measured,
                                     .unheard = station_on_unheard,
                                     .told = station_told_of_polls,
                                     .witness = station_witness,
                                     .arg = s};
}

/* ---- discovery ---- */

static const struct event_subject changed = {.class = EVENT_CHANGE,
                                             .severity = SEVERITY_INDETERMINATE,
                                             .source = "discovery"};

static void on_found(void *arg, struct device *d)
{
    struct station *s = arg;
    struct event_subject subject = changed;
    char addr[ADDR_TEXT_MAX] = "";

    if (d->addrs.count > 0)
        addr_format(&d->addrs.at[0], addr, sizeof addr);
    subject.type = "device.discovered";
    subject.object = d->name;
    if (d->credential != NULL)
        events_add(s->events, d->first_seen, &subject, "found at %s by %s",
                   addr, d->credential->name);
    else
        events_add(s->events, d->first_seen, &subject, "found at %s: %s", addr,
                   d->why);
    d->reach = REACH_UP;
    d->since = d->first_seen;
    station_keep_reach(s, d, d->since);
    if (d->dir != NULL)
        gaps_return(s->gaps, d->dir, polling_wall(s->polling, mono_now()));
    persist_device(s->store, d, false);
}

static void on_learned(void *arg, struct device *d)
{
    struct station *s = arg;

    learned_instruct(d, s->profiles);
    polling_facts_changed(s->polling, d);
    station_rules_changed(s, d);
    polling_take(s->polling, d);
    persist_device(s->store, d, true);
    station_traps_meet(s, d);
    s->topology_wanted = true;
}

static void on_gone(void *arg, struct device *d, struct device *merged_into)
{
    struct station *s = arg;
    struct event_subject subject = changed;

    subject.type = merged_into != NULL ? "device.merged" : "device.removed";
    subject.object = d->name;
    if (merged_into != NULL)
        events_add(s->events, wall_now(), &subject, "is the same device as %s",
                   merged_into->name);
    else
        events_add(s->events, wall_now(), &subject, "removed");
    polling_drop(s->polling, d);
    station_alert_gone(s, d,
                       merged_into != NULL ? "is another device's" : "removed");
    station_rules_gone(s, d);
    if (merged_into != NULL && d->dir != NULL && merged_into->dir != NULL &&
        !pins_keep(s->pins, &d->id)) {
        series_inherit(s->series, d->dir, merged_into->dir);
        gaps_move(s->gaps, d->dir, merged_into->dir);
    } else if (d->dir != NULL) {
        gaps_leave(s->gaps, d->dir, polling_wall(s->polling, mono_now()));
    }
    persist_forget(s->store, d);
    station_keep_gone(s, d);
    s->topology_wanted = true;
}

static void on_replaced(void *arg, struct device *d, const char *why)
{
    struct station *s = arg;
    struct event_subject subject = changed;

    subject.severity = SEVERITY_WARNING;
    subject.type = "device.replaced";
    subject.object = d->name;
    events_add(s->events, wall_now(), &subject,
               "other hardware answers in its place: %s; its history goes on, "
               "ports by their names",
               why);
}

static void on_member(void *arg, struct device *d, const struct member *m,
                      bool came)
{
    struct station *s = arg;
    struct event_subject subject = changed;

    subject.severity = came ? SEVERITY_INDETERMINATE : SEVERITY_MINOR;
    subject.type = came ? "stack.member_came" : "stack.member_went";
    subject.object = d->name;
    events_add(s->events, wall_now(), &subject,
               "member %u of the stack (%s, serial number %s) %s", m->number,
               m->model, m->serial, came ? "came" : "is there no more");
}

/* It is polled on, by echo alone: it has no agent that could be silent. */
static void on_silenced(void *arg, struct device *d)
{
    struct station *s = arg;

    station_alert_unasked(s, d);
    polling_drop(s->polling, d);
    polling_take(s->polling, d);
}

static void on_renamed(void *arg, struct device *d, const char *before)
{
    struct station *s = arg;
    struct event_subject subject = changed;

    subject.type = "device.renamed";
    subject.object = d->name;
    events_add(s->events, wall_now(), &subject, "was called %s", before);
    alerts_rename(s->alerts, &d->id, d->name);
    station_rules_changed(s, d);
    s->topology_wanted = true;
}

static bool knows_an_agent(const struct station *s)
{
    for (size_t i = 0; i < inventory_count(s->inventory); i++)
        if (inventory_at(s->inventory, i)->agent != NULL)
            return true;
    return false;
}

/* A round that met no agent at all came too early, or has the wrong names: it
 * is repeated soon, and says so. */
static void on_idle(void *arg, bool round)
{
    static const struct timeval soon = {.tv_sec = EMPTY_ROUND_AGAIN_S};
    struct station *s = arg;

    s->topology_wanted = true;
    if (!round)
        return;
    log_info("discovery: round done, %zu devices known",
             inventory_count(s->inventory));
    if (s->config->credentials.count == 0 || knows_an_agent(s))
        return;
    log_warning("discovery: no agent answers to any credential; asked again "
                "in %d s; check the seeds and the communities or users",
                EMPTY_ROUND_AGAIN_S);
    event_add(s->round, &soon);
}

struct discovery_listener station_discovery_listener(struct station *s)
{
    return (struct discovery_listener){.found = on_found,
                                       .learned = on_learned,
                                       .gone = on_gone,
                                       .renamed = on_renamed,
                                       .silenced = on_silenced,
                                       .replaced = on_replaced,
                                       .member = on_member,
                                       .idle = on_idle,
                                       .arg = s};
}

/* ---- the machine itself ---- */

static struct device *make_self(struct station *s)
{
    for (size_t i = 0; i < inventory_count(s->inventory); i++)
        if (inventory_at(s->inventory, i)->station)
            return inventory_at(s->inventory, i);

    struct device *d = inventory_add(s->inventory, NULL);
    d->station = true;
    d->kind = KIND_STATION;
    d->reach = REACH_UP;
    d->since = d->first_seen = wall_now();
    device_why(d, "this machine");
    return d;
}

/* Localhost is this machine, wherever an agent answers there. */
static void own_localhost(struct station *s)
{
    static const char *const texts[] = {"127.0.0.1", "::1"};
    struct addr addr;

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (addr_parse(texts[i], &addr) == 0)
            (void)inventory_give_addr(s->inventory, s->self, &addr);
}

void station_read_self(struct station *s)
{
    struct facts *facts;
    int rc = netlink_read(&facts);

    if (rc < 0) {
        log_warning("station: its own network cannot be read: %s; it is drawn "
                    "without its links",
                    strerror(-rc));
        facts = facts_new();
    }
    s->self = make_self(s);
    s->self->collected_at = s->self->last_seen = wall_now();
    if (s->self->name == NULL)
        (void)inventory_rename(s->inventory, s->self, s->config->station.name);
    if (s->self->credential != NULL) { /* its agent tells more */
        facts_unref(facts);
        discovery_collect(s->discovery, s->self);
        return;
    }
    for (size_t i = 0; i < facts->addresses.count; i++)
        if (addr_is_usable(&facts->addresses.at[i].addr))
            (void)inventory_give_addr(s->inventory, s->self,
                                      &facts->addresses.at[i].addr);
    own_localhost(s);
    discovery_learn(s->discovery, s->self, facts);
}

void station_on_heard(void *arg, const struct heard *heard)
{
    struct station *s = arg;

    if (heard_take(s->heard, heard, mono_now()))
        s->self_outdated = true; /* read at the next tick, once for many */
}
