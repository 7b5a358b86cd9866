/* Devices and what belongs to them. */
#include "base/table.h"
#include "base/text.h"
#include "north/device_json.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/gap.h"
#include "topology/hardware.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100000 };

/* ---- lists ---- */

/* A filter is a text that some column contains: name, kind, state, address,
 * vendor, os, hardware or location. */
static bool matches(const struct device_record *d, const char *q)
{
    const struct identity_facts *i = &d->facts->identity;
    const char *const columns[] = {d->name,
                                   device_kind_name(d->kind),
                                   reach_name(d->reach),
                                   i->vendor,
                                   i->os,
                                   i->hardware,
                                   d->facts->system.location};
    char addr[ADDR_TEXT_MAX];

    if (q == NULL || *q == '\0')
        return true;
    for (size_t n = 0; n < COUNT_OF(columns); n++)
        if (text_contains_nocase(columns[n], q))
            return true;
    for (size_t n = 0; n < d->addr_count; n++)
        if (strstr(addr_format(&d->addrs[n], addr, sizeof addr), q) != NULL)
            return true;
    return false;
}

void api_devices(struct api_request *r)
{
    const char *q = api_param(r, "q"), *after = api_param(r, "after");
    int64_t limit = PAGE;

    if (!api_param_number(r, "limit", 1, PAGE, &limit))
        return;
    OWNED(arena_free) struct arena *arena = arena_new();
    const struct device_state *states = snapshot_states(r->snapshot, arena);
    struct buffer OWNED_BUFFER list = {0};
    struct buffer body = {0};
    const struct device_record *last = NULL;
    bool more = false;

    for (size_t i = 0; i < r->snapshot->device_count; i++) {
        const struct device_record *d = r->snapshot->devices[i];

        if ((after != NULL && strcmp(d->name, after) <= 0) || !matches(d, q))
            continue;
        more = limit-- == 0;
        if (more)
            break;
        json_list_add(&list, device_json(r->snapshot, d, &states[i]));
        last = d;
    }
    json_list_put(&body, "devices", &list);
    json_list_end(&body, more ? last->name : NULL);
    api_json_text(r, &body);
}

/* ---- one ---- */

static json_t *poll_json(const struct poll_record *p)
{
    json_t *o = json_object();

    json_put_wall(o, "last", p->last);
    json_put_wall(o, "next", p->next);
    json_put_count(o, "interval_s", p->interval_s);
    json_put_count(o, "duration_ms", p->duration_ms);
    json_put_number(o, "interval_share_percent",
                    p->interval_s > 0 ? p->duration_ms / 10.0 / p->interval_s
                                      : NAN);
    json_put_count(o, "polls", p->polls);
    json_put_count(o, "failures", p->failures);
    json_put_count(o, "overruns", p->overruns);
    json_put_flag(o, "overrunning", p->overrunning);
    json_put_count(o, "bad_samples", p->bad_samples);
    json_put_count(o, "packets", p->packets);
    json_put_count(o, "last_packets", p->last_packets);
    json_put_count(o, "last_octets", p->last_octets);
    json_put_count(o, "spared", p->spared);
    json_object_set_new(o, "busy", json_boolean(p->busy));
    json_put_count(o, "window", p->window);
    json_object_set_new(o, "lateness_ms", json_integer(p->lateness_ms));
    json_put_number(o, "rtt_ms", p->rtt_ms);
    json_put_number(o, "loss_percent", p->loss_percent);
    json_put_number(o, "jitter_ms", p->jitter_ms);
    json_put_number(o, "snmp_rtt_ms", p->snmp_rtt_ms);
    json_put_count(o, "max_repetitions", p->max_repetitions);
    return o;
}

static json_t *quirks_json(const struct device_record *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->quirk_count; i++) {
        const struct quirk_record *q = &d->quirks[i];
        json_t *o = json_object();

        json_put_text(o, "quirk", q->word);
        json_put_text(o, "text", q->text);
        json_put_text(o, "table", q->table);
        json_put_text(o, "follows", q->follows);
        json_put_text(o, "profile", q->profile);
        json_put_wall(o, "first", q->first);
        json_put_wall(o, "last", q->last);
        if (q->count > 0)
            json_put_count(o, "count", q->count);
        json_object_set_new(o, "in_force", json_boolean(q->in_force));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *habits_json(const struct device_record *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->habit_count; i++) {
        json_t *o = json_object();

        json_put_text(o, "table", d->habits[i].table);
        json_put_count(o, "max_repetitions", d->habits[i].max_repetitions);
        json_object_set_new(o, "unordered",
                            json_boolean(d->habits[i].unordered));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *reports_json(const struct table_reports *reports)
{
    json_t *list = json_array();

    for (size_t i = 0; i < reports->count; i++) {
        json_t *o = json_object();

        json_put_text(o, "table", reports->at[i].name);
        json_put_count(o, "rows", reports->at[i].rows);
        json_put_wall(o, "asked", reports->at[i].at);
        if (reports->at[i].result < 0)
            json_put_text(o, "failed", strerror(-reports->at[i].result));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *addrs_json(const struct device_record *d)
{
    json_t *list = json_array();
    char addr[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->addr_count; i++)
        json_array_append_new(
            list, json_string(addr_format(&d->addrs[i], addr, sizeof addr)));
    return list;
}

static json_t *metrics_json(struct api_request *r,
                            const struct device_record *d)
{
    json_t *list = json_array();
    const struct metric_record *metrics;
    size_t count = api_metrics_of(r, d, &metrics);

    for (size_t i = 0; i < count; i++) {
        const struct metric_record *m = &metrics[i];
        json_t *o = json_object();

        json_put_text(o, "series", series_group_name(m->group));
        json_put_text(o, "object", m->object);
        json_put_text(o, "descr", m->descr);
        json_put_text(o, "file", m->file);
        json_array_append_new(list, o);
    }
    return list;
}

/* How many ports are in a member of a stack. */
static uint64_t count_ports(const struct facts *f, const struct members *all,
                            const struct member *m)
{
    uint64_t count = 0;

    for (size_t i = 0; i < f->interfaces.count; i++)
        count +=
            hardware_member_of(all, interface_label(&f->interfaces.at[i])) == m
                ? 1
                : 0;
    return count;
}

static json_t *members_json(const struct facts *f)
{
    struct members all = {0};
    json_t *list = json_array();

    hardware_members(f, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct member *m = &all.at[i];
        json_t *o = json_object();

        json_put_count(o, "member", m->number);
        json_put_text(o, "name", m->name);
        json_put_text(o, "descr", m->descr);
        json_put_text(o, "model", m->model);
        json_put_text(o, "serial", m->serial);
        json_put_text(o, "version", m->version);
        json_put_count(o, "interfaces", count_ports(f, &all, m));
        json_array_append_new(list, o);
    }
    array_fini(&all);
    return list;
}

/* Left out where it is not known. */
static void put_above(struct api_request *r, json_t *o,
                      const struct device_record *d)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    size_t place = snapshot_place(r->snapshot, d->name);
    const char **names;
    size_t count = place != SIZE_MAX
                       ? snapshot_above(r->snapshot, place, arena, &names)
                       : SIZE_MAX;

    if (count == SIZE_MAX)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(names[i]));
    json_object_set_new(o, "depends_on", list);
}

void api_device_show(struct api_request *r)
{
    const struct device_record *d = api_device(r, 1);

    if (d == NULL)
        return;
    const struct system_facts *system = &d->facts->system;
    struct buffer OWNED_BUFFER engine = {0};
    OWNED(arena_free) struct arena *arena = arena_new();
    const struct device_state *states = snapshot_states(r->snapshot, arena);
    json_t *o = device_json(r->snapshot, d,
                            &states[snapshot_place(r->snapshot, d->name)]);

    text_hex(system->engine_id, '\0', &engine);
    json_object_set_new(o, "addresses", addrs_json(d));
    json_put_text(o, "serial", d->facts->identity.serial);
    json_put_text(o, "features", d->facts->identity.features);
    json_put_text(o, "profile", d->facts->identity.profile);
    json_put_text(o, "sysName", system->name);
    json_put_text(o, "sysDescr", system->descr);
    json_put_text(o, "sysObjectID", system->object_id);
    json_put_text(o, "contact", system->contact);
    json_put_text(o, "engineID", engine.at);
    if (system->has_uptime)
        json_put_count(o, "uptime_s", system->uptime_cs / 100);
    json_put_text(o, "why", d->why);
    json_put_wall(o, "first_seen", d->first_seen);
    json_put_wall(o, "collected_at", d->collected_at);
    json_put_count(o, "neighbors", d->facts->neighbors.count);
    json_object_set_new(o, "members", members_json(api_facts(r, d)));
    put_above(r, o, d);
    json_object_set_new(o, "poll", poll_json(&d->poll));
    json_object_set_new(o, "quirks", quirks_json(d));
    json_object_set_new(o, "habits", habits_json(d));
    json_object_set_new(o, "tables", reports_json(&api_facts(r, d)->reports));
    json_object_set_new(o, "metrics", metrics_json(r, d));
    api_json(r, 200, o);
}

void api_addresses(struct api_request *r)
{
    const struct device_record *d = api_device(r, 1);

    if (d == NULL)
        return;
    json_t *list = json_array();
    const struct facts *f = api_facts(r, d);
    const struct interface_addresses *own = &f->addresses;
    for (size_t i = 0; i < own->count; i++) {
        const struct interface *port = facts_interface(f, own->at[i].if_index);
        json_t *o = json_object();

        json_put_addr(o, "address", &own->at[i].addr);
        if (own->at[i].prefix_len >= 0)
            json_put_count(o, "prefix_length", (uint64_t)own->at[i].prefix_len);
        json_put_text(o, "interface",
                      port != NULL ? interface_label(port) : "");
        json_array_append_new(list, o);
    }
    api_json(r, 200,
             json_pack("{s:o,s:o}", "known", addrs_json(d), "addresses", list));
}

/* ---- sensors ---- */

static json_t *reading(const char *class, const char *index, const char *descr,
                       double value, const char *unit)
{
    json_t *o = json_object();

    json_put_text(o, "class", class);
    json_put_text(o, "index", index);
    json_put_text(o, "descr", descr);
    json_put_number(o, "value", value);
    json_put_text(o, "unit", unit);
    return o;
}

static void add_pools(json_t *list, const struct facts *f)
{
    for (size_t i = 0; i < f->mempools.count; i++) {
        const struct mempool *m = &f->mempools.at[i];
        json_t *o = reading("memory", m->index, m->descr, m->used_percent, "%");

        json_put_number(o, "used_bytes", m->used_bytes);
        json_put_number(o, "total_bytes", m->total_bytes);
        json_array_append_new(list, o);
    }
    for (size_t i = 0; i < f->storages.count; i++) {
        const struct storage *s = &f->storages.at[i];
        json_t *o =
            reading("storage", s->index, s->descr, s->used_percent, "%");

        json_put_number(o, "used_bytes", s->used_bytes);
        json_put_number(o, "total_bytes", s->total_bytes);
        json_array_append_new(list, o);
    }
}

/* What a sensor is of, as people call it; "" for nothing. */
static const char *port_label(const struct facts *f, uint32_t if_index)
{
    const struct interface *i = facts_interface(f, if_index);

    return i != NULL ? interface_label(i) : "";
}

static const char *entity_label(const struct facts *f, uint32_t index)
{
    for (size_t i = 0; index > 0 && i < f->entities.count; i++)
        if (f->entities.at[i].index == index)
            return f->entities.at[i].name[0] != '\0' ? f->entities.at[i].name
                                                     : f->entities.at[i].descr;
    return "";
}

void api_sensors(struct api_request *r)
{
    const struct device_record *d = api_device(r, 1);

    if (d == NULL)
        return;
    const struct facts *f = api_facts(r, d);
    json_t *list = json_array();
    for (size_t i = 0; i < f->processors.count; i++) {
        const struct processor *p = &f->processors.at[i];

        json_array_append_new(
            list, reading("cpu", p->index, p->descr, p->usage_percent, "%"));
    }
    add_pools(list, f);
    for (size_t i = 0; i < f->sensors.count; i++) {
        const struct sensor *s = &f->sensors.at[i];
        json_t *o = reading(s->class, s->index, s->descr, s->value, s->unit);

        json_put_text(o, "state", s->state_descr);
        json_put_text(o, "severity", s->state_severity);
        json_put_text(o, "group", s->group);
        json_put_number(o, "low_crit", s->low_crit);
        json_put_number(o, "low_warn", s->low_warn);
        json_put_number(o, "high_warn", s->high_warn);
        json_put_number(o, "high_crit", s->high_crit);
        json_put_text(o, "port", port_label(f, s->if_index));
        json_put_text(o, "entity", entity_label(f, s->entity));
        json_array_append_new(list, o);
    }
    for (size_t i = 0; i < f->supplies.count; i++) {
        const struct supply *s = &f->supplies.at[i];
        json_t *o =
            reading("supply", s->index, s->descr, s->current_percent, "%");

        json_put_text(o, "group", s->type);
        json_array_append_new(list, o);
    }
    api_json(r, 200, json_pack("{s:o}", "sensors", list));
}

void api_neighbors(struct api_request *r)
{
    const struct device_record *d = api_device(r, 1);

    if (d == NULL)
        return;
    json_t *list = json_array();
    const struct facts *f = api_facts(r, d);
    for (size_t i = 0; i < f->neighbors.count; i++) {
        const struct neighbor *n = &f->neighbors.at[i];
        const struct interface *port = facts_interface(f, n->local_if_index);
        json_t *o = json_object();

        json_put_text(o, "protocol", neighbor_protocol_name(n->protocol));
        json_put_text(o, "port", port != NULL ? interface_label(port) : "");
        json_put_text(o, "name",
                      n->sys_name[0] != '\0' ? n->sys_name : n->chassis_text);
        json_put_text(o, "remote_port", n->port_text);
        json_put_text(o, "remote_port_descr", n->port_descr);
        json_put_text(o, "platform", n->platform);
        if (n->mgmt_count > 0)
            json_put_addr(o, "address", &n->mgmt[0]);
        json_array_append_new(list, o);
    }
    api_json(r, 200, json_pack("{s:o}", "neighbors", list));
}

/* ---- commands ---- */

void api_devices_add(struct api_request *r)
{
    struct api_texts addresses;
    struct complaint why;

    if (!api_texts(r, "addresses", false, &addresses))
        return;
    if (addresses.count == 0) { /* none is not all */
        array_fini(&addresses);
        api_problem(r, 400, "there is no address in \"addresses\"",
                    "name one; POST discovery looks for all that there is");
        return;
    }
    int rc = station_add(r->station, addresses.at, addresses.count, &why);
    array_fini(&addresses);
    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 202, json_pack("{s:s}", "state", "asked"));
}

void api_device_remove(struct api_request *r)
{
    struct complaint why;
    int rc = station_remove(r->station, r->segments[1], &why);

    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 200, json_pack("{s:s}", "state", "removed"));
}

void api_device_poll(struct api_request *r)
{
    struct complaint why;
    int rc = station_poll(r->station, r->segments[1], &why);

    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 202, json_pack("{s:s}", "state", "polling"));
}
