#include "station/publish.h"

#include "wire/credential.h"

#include <stdlib.h>
#include <string.h>

/* ---- records ---- */

struct device_record *device_record_ref(const struct device_record *d)
{
    struct device_record *shared = (struct device_record *)d;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void device_record_unref(struct device_record *d)
{
    if (d == NULL || __atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    facts_unref((struct facts *)d->facts);
    facts_unref((struct facts *)d->measured);
    arena_free(d->arena);
    free(d);
}

/* All but localhost, which says nothing to others; alone it is better than
 * none. */
static void record_addrs(const struct device *d, struct device_record *r)
{
    struct addr *addrs =
        arena_zero(r->arena, (d->addrs.count + 1) * sizeof *addrs);

    for (size_t i = 0; i < d->addrs.count; i++)
        if (!d->station || !addr_is_loopback(&d->addrs.at[i]))
            addrs[r->addr_count++] = d->addrs.at[i];
    if (r->addr_count == 0 && d->addrs.count > 0)
        addrs[r->addr_count++] = d->addrs.at[0];
    r->addrs = addrs;
}

static struct device_record *record_new(const struct device *d,
                                        const struct polling *polling)
{
    struct device_record *r = mem_new(struct device_record);

    r->refs = 1;
    r->arena = arena_new();
    r->id = d->id;
    r->name = arena_text(r->arena, d->name);
    r->kind = d->kind;
    r->reach = d->reach;
    r->since = d->since;
    r->first_seen = d->first_seen;
    r->last_seen = d->last_seen;
    r->collected_at = d->collected_at;
    record_addrs(d, r);
    r->port = d->port;
    r->credential =
        arena_text(r->arena, d->credential != NULL ? d->credential->name : "");
    r->why = arena_text(r->arena, d->why);
    r->station = d->station;
    r->facts = facts_ref(d->facts);
    polling_record(polling, d, r);
    return r;
}

static struct device_record *record_of(struct device *d,
                                       const struct polling *polling)
{
    if (d->changed || d->record == NULL) {
        device_record_unref(d->record);
        d->record = record_new(d, polling);
        d->changed = false;
    }
    return device_record_ref(d->record);
}

/* ---- the snapshot ---- */

/* Which node is which device, and back. */
static void tie_nodes(struct snapshot *s, const struct inferred *inferred)
{
    size_t count = s->device_count;
    size_t node_count = inferred->topology->nodes.count;
    uint32_t *nodes = arena_zero(s->arena, (count + 1) * sizeof *nodes);
    uint32_t *devices =
        arena_zero(s->arena, (node_count + 1) * sizeof *devices);

    for (size_t n = 0; n < node_count; n++)
        devices[n] = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        nodes[i] = inferred_node(inferred, &s->devices[i]->id);
        if (nodes[i] != UINT32_MAX)
            devices[nodes[i]] = (uint32_t)i;
    }
    s->nodes = nodes;
    s->node_devices = devices;
    s->topology = inferred->topology;
    s->topo_input = &inferred->input;
    s->topology_at = inferred->at;
    s->inferred = inferred_ref(inferred);
}

static void count_device(struct station_record *station,
                         const struct device_record *d)
{
    uint32_t *const counters[REACHES] = {[REACH_UNKNOWN] = &station->unknown,
                                         [REACH_UP] = &station->up,
                                         [REACH_SUSPECT] = &station->suspect,
                                         [REACH_DOWN] = &station->down};

    (*counters[d->reach])++;
    if (d->credential[0] != '\0')
        station->ports_polled += (uint32_t)d->port_count;
}

struct snapshot *publish(struct inventory *inv, const struct polling *polling,
                         const struct inferred *inferred,
                         const struct discovery_record *discovery,
                         const struct station_record *station)
{
    struct snapshot *s = mem_new(struct snapshot);
    size_t count = inventory_count(inv);

    s->refs = 1;
    s->arena = arena_new();
    struct device_record **devices =
        arena_zero(s->arena, (count + 1) * sizeof *devices);
    s->discovery = *discovery;
    s->station = *station;
    s->station.up = s->station.suspect = s->station.down = 0;
    s->station.unknown = s->station.ports_polled = 0;
    inventory_sort(inv);
    for (size_t i = 0; i < count; i++) {
        devices[i] = record_of(inventory_at(inv, i), polling);
        count_device(&s->station, devices[i]);
    }
    s->devices = devices;
    s->device_count = count;
    s->station.name = arena_text(s->arena, station->name);
    s->station.data_dir = arena_text(s->arena, station->data_dir);
    s->at = wall_now();
    if (inferred != NULL)
        tie_nodes(s, inferred);
    return s;
}

struct snapshot *snapshot_ref(const struct snapshot *s)
{
    struct snapshot *shared = (struct snapshot *)s;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void snapshot_unref(struct snapshot *s)
{
    if (s == NULL || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < s->device_count; i++)
        device_record_unref(s->devices[i]);
    inferred_unref(s->inferred);
    arena_free(s->arena);
    free(s);
}

size_t snapshot_place(const struct snapshot *s, const char *name)
{
    size_t low = 0, high = s->device_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(s->devices[mid]->name, name);

        if (order == 0)
            return mid;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return SIZE_MAX;
}

static bool has_addr(const struct device_record *d, const struct addr *addr)
{
    for (size_t i = 0; i < d->addr_count; i++)
        if (addr_equal(&d->addrs[i], addr))
            return true;
    return false;
}

const struct device_record *snapshot_find(const struct snapshot *s,
                                          const char *text)
{
    size_t place = snapshot_place(s, text);
    struct addr addr = {0};
    struct ident id = {0};

    if (place != SIZE_MAX)
        return s->devices[place];
    if (addr_parse(text, &addr) < 0 && ident_parse(text, &id) < 0)
        return NULL;
    for (size_t i = 0; i < s->device_count; i++)
        if (addr_is_set(&addr) ? has_addr(s->devices[i], &addr)
                               : ident_equal(&s->devices[i]->id, &id))
            return s->devices[i];
    return NULL;
}

enum map_state device_map_state(const struct device_record *d)
{
    switch (d->reach) {
    case REACH_UP:
    case REACH_SUSPECT:
        return MAP_UP;
    case REACH_DOWN:
        return MAP_DOWN;
    case REACH_UNKNOWN:
    case REACHES:
        return MAP_UNKNOWN;
    }
    return MAP_UNKNOWN;
}
