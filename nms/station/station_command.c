/* The station's few commands. */
#include "station/station_parts.h"

#include <errno.h>
#include <stdlib.h>

struct people *station_people(struct station *s)
{
    return s->people;
}

struct keys *station_keys(struct station *s)
{
    return s->keys;
}

struct alerts *station_alerts(struct station *s)
{
    return s->alerts;
}

struct maps *station_maps(struct station *s)
{
    return s->maps;
}

struct series *station_series(struct station *s)
{
    return s->series;
}

struct events *station_events(struct station *s)
{
    return s->events;
}

struct settings *station_settings(struct station *s)
{
    return s->settings;
}

const struct config *station_config(const struct station *s)
{
    return s->config;
}

struct gaps *station_gaps(struct station *s)
{
    return s->gaps;
}

struct store *station_store(struct station *s)
{
    return s->store;
}

const struct names *station_names(const struct station *s)
{
    return s->names;
}

const struct graph_templates *station_graphs(const struct station *s)
{
    return s->graphs;
}

void station_tell_agentx(struct station *s, const struct agentx_record *record)
{
    s->agentx = *record;
}

void station_tell_master(struct station *s, const char *master, bool here,
                         const char *why)
{
    const struct event_subject subject = {
        .class = here ? EVENT_CHANGE : EVENT_FAULT,
        .severity = here ? SEVERITY_CLEARED : SEVERITY_WARNING,
        .type = here ? "agentx.connected" : "agentx.lost",
        .object = s->config->station.name,
        .source = "agentx"};

    s->agentx.state = here ? AGENTX_IS_HERE : AGENTX_IS_AWAY;
    s->agent_was_here |= here;
    if (here)
        events_add(s->events, wall_now(), &subject,
                   "the SNMP agent at %s takes the station as its subagent",
                   master);
    else
        events_add(s->events, wall_now(), &subject,
                   "the SNMP agent at %s is gone: %s; other managers see "
                   "nothing of the station until it returns",
                   master, why);
}

static int outside(const char *target, struct complaint *why)
{
    return complain(why, -EPERM, target,
                    "add it to discovery.within in the configuration",
                    "%s lies outside of discovery.within", target);
}

/* One target: an address or a prefix, wholly inside the fence. */
static int parse_target(const struct station *s, const char *text,
                        struct prefix *out, struct complaint *why)
{
    if (prefix_parse(text, true, out) < 0)
        return complain(why, -EINVAL, text,
                        "write 192.0.2.1 or 192.0.2.0/24, without a name",
                        "\"%s\" is no address and no prefix", text);
    uint64_t hosts = prefix_hosts(out);
    if (hosts > (uint64_t)1 << CONFIG_RANGE_BITS_MAX)
        return complain(why, -EINVAL, text, "name smaller prefixes",
                        "%s has more addresses than are swept at once", text);
    struct addr first = prefix_host(out, 0), last = prefix_host(out, hosts - 1);
    if (!fence_permits(s->fence, &first) || !fence_permits(s->fence, &last))
        return outside(text, why);
    return 0;
}

static void start_target(struct station *s, const struct prefix *p)
{
    struct addr addr = p->base;

    if (prefix_hosts(p) > 1)
        discovery_sweep(s->discovery, p);
    else
        (void)discovery_lead(s->discovery, &addr, LEAD_NAMED);
}

void station_round(struct station *s, enum collect_scope scope)
{
    const struct config_discovery *c = &s->config->discovery;

    if (c->local && s->self != NULL)
        station_read_self(s);
    discovery_round(s->discovery, scope, c->seeds.at, c->seeds.count,
                    c->ranges.at, c->ranges.count);
}

int station_discover(struct station *s, const char *const *targets,
                     size_t count, struct complaint *why)
{
    struct config_prefixes parsed = {0};
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i++)
        rc = parse_target(s, targets[i], array_add(&parsed), why);
    for (size_t i = 0; i < count && rc == 0; i++)
        start_target(s, &parsed.at[i]);
    if (rc == 0 && count == 0)
        station_round(s, COLLECT_ALL);
    array_fini(&parsed);
    station_publish(s);
    return rc;
}

int station_add(struct station *s, const char *const *addresses, size_t count,
                struct complaint *why)
{
    struct addr addr;

    for (size_t i = 0; i < count; i++) {
        if (addr_parse(addresses[i], &addr) < 0)
            return complain(why, -EINVAL, addresses[i], "write 192.0.2.1",
                            "\"%s\" is no address", addresses[i]);
        if (!fence_permits(s->fence, &addr))
            return outside(addresses[i], why);
    }
    return station_discover(s, addresses, count, why);
}

static int device_named(const struct station *s, const char *name,
                        struct device **out, struct complaint *why)
{
    *out = inventory_find(s->inventory, name);
    if (*out == NULL)
        return complain(why, -ENOENT, name, "see `portolan devices`",
                        "no device is called \"%s\"", name);
    return 0;
}

int station_remove(struct station *s, const char *name, struct complaint *why)
{
    struct device *d;
    int rc = device_named(s, name, &d, why);

    if (rc < 0)
        return rc;
    if (d->station)
        return complain(why, -EPERM, name, "leave it be",
                        "%s is the station itself", name);
    discovery_forget(s->discovery, d);
    station_publish(s);
    return 0;
}

int station_poll(struct station *s, const char *name, struct complaint *why)
{
    struct device *d;
    int rc = device_named(s, name, &d, why);

    if (rc < 0)
        return rc;
    discovery_collect(s->discovery, d);
    polling_now(s->polling, d);
    return 0;
}

/* The agent of a device, or a new one for an address inside the fence. */
static int target_of(struct station *s, const char *text,
                     struct query_target *out, struct complaint *why)
{
    const struct config *c = s->config;
    struct device *d = inventory_find(s->inventory, text);
    struct addr addr;

    *out = (struct query_target){0};
    if (d != NULL && d->agent != NULL) {
        out->agent = d->agent;
        return 0;
    }
    if (d != NULL)
        return complain(why, -ENOENT, text,
                        "add its credential to the configuration and discover",
                        "%s answers to no credential", d->name);
    if (addr_parse(text, &addr) < 0)
        return complain(why, -ENOENT, text, "see `portolan devices`",
                        "no device is called \"%s\"", text);
    if (!fence_permits(s->fence, &addr))
        return outside(text, why);
    if (c->credentials.count == 0)
        return complain(why, -ENOENT, "credentials", "add one",
                        "the configuration has no credential");
    out->owned = true;
    out->agent = agent_new(s->engine, &addr, (uint16_t)c->discovery.port,
                           c->credentials.at[0]);
    return 0;
}

int station_walk(struct station *s, const char *target, struct oid root,
                 const struct query_listener *listener,
                 struct station_query **out, struct complaint *why)
{
    struct query_target to;
    int rc = target_of(s, target, &to, why);

    *out = rc == 0 ? query_walk(&s->queries, &to, root, listener) : NULL;
    return rc;
}

int station_get(struct station *s, const char *target,
                const struct query_names *names,
                const struct query_listener *listener,
                struct station_query **out, struct complaint *why)
{
    struct query_target to;
    int rc;

    *out = NULL;
    if (names->count == 0 || names->count > REQUEST_NAMES_MAX)
        return complain(why, -EINVAL, "get", "ask for 1 to 128 at once",
                        "%zu OIDs are too many or none", names->count);
    rc = target_of(s, target, &to, why);
    if (rc == 0)
        *out = query_get(&s->queries, &to, names, listener);
    return rc;
}
