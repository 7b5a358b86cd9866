#include "station/publish.h"

#include "mibs/facts_pack.h"
#include "station/card.h"
#include "station/port_rows.h"
#include "station/readings.h"
#include "station/roll.h"
#include "station/trap_log.h"

#include <assert.h>
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
    parcel_unref(d->measured);
    port_rows_unref(d->rows);
    readings_unref(d->readings);
    card_unref(d->card);
    arena_free(d->arena);
    free(d);
}

static struct device_record *record_new(const struct device *d,
                                        const struct polling *polling)
{
    struct device_record *r = mem_new(struct device_record);

    r->refs = 1;
    r->arena = arena_new_of(0);
    r->card = card_of(d, d->record != NULL ? d->record->card : NULL);
    r->name = r->card->name;
    r->credential = r->card->credential;
    r->why = r->card->why;
    r->dir = r->card->dir;
    r->addrs = r->card->addrs;
    r->addr_count = r->card->addr_count;
    r->id = d->id;
    r->kind = d->kind;
    r->reach = d->reach;
    r->since = d->since;
    r->first_seen = d->first_seen;
    r->last_seen = d->last_seen;
    r->collected_at = d->collected_at;
    r->neighbors_at = d->neighbors_at;
    r->port = d->port;
    r->station = d->station;
    r->object = d->object;
    r->facts = facts_ref(d->facts);
    polling_record(polling, d, r);
    return r;
}

/* Makes the record of a device that is outdated; its reference is d's. */
static void record_renew(struct device *d, const struct polling *polling)
{
    struct device_record *before = d->record;

    d->record = record_new(d, polling);
    device_record_unref(before);
}

/* ---- the snapshot ---- */

static void use_topology(struct snapshot *s, const struct inferred *inferred)
{
    if (inferred == NULL || inferred == s->inferred)
        return;
    inferred_unref(s->inferred);
    s->topology = inferred->topology;
    s->topo_input = &inferred->input;
    s->topology_at = inferred->at;
    s->inferred = inferred_ref(inferred);
}

static void use_objects(struct snapshot *s, const struct object_book *objects)
{
    if (objects == s->objects)
        return;
    object_book_unref(s->objects);
    s->objects = objects != NULL ? object_book_ref(objects) : NULL;
}

/* Adds what a device counts for, or takes it away: by is 1 or -1. */
static void count_device(struct station_record *station,
                         const struct device_record *d, int by)
{
    uint32_t *const counters[REACHES] = {[REACH_UNKNOWN] = &station->unknown,
                                         [REACH_UP] = &station->up,
                                         [REACH_SUSPECT] = &station->suspect,
                                         [REACH_DOWN] = &station->down};

    *counters[d->reach] += (uint32_t)by;
    for (size_t i = 0; i < SERIES_GROUPS; i++)
        station->series_objects[i] += (uint64_t)by * d->objects[i];
    station->series_objects[SERIES_PORT] += (uint64_t)by * d->port_count;
    if (d->credential[0] != '\0')
        station->ports_polled += (uint32_t)by * (uint32_t)d->port_count;
}

static void use_alerts(struct snapshot *s, const struct alert_book *alerts)
{
    if (alerts == s->alerts)
        return;
    alert_book_unref(s->alerts);
    s->alerts = alert_book_ref(alerts);
}

static void use_risk(struct snapshot *s, const struct risk_book *risk)
{
    if (risk == s->risk)
        return;
    risk_book_unref(s->risk);
    s->risk = risk != NULL ? risk_book_ref(risk) : NULL;
}

static void use_trap_log(struct snapshot *s, const struct trap_log_book *log)
{
    if (log == s->trap_log)
        return;
    trap_log_book_unref(s->trap_log);
    s->trap_log = log != NULL ? trap_log_book_ref(log) : NULL;
}

/* What s tells of the station, its counts of devices excepted. */
static void tell_station(struct snapshot *s, const struct published *what)
{
    struct station_record before = s->station;

    s->station = *what->station;
    s->station.up = before.up;
    s->station.suspect = before.suspect;
    s->station.down = before.down;
    s->station.unknown = before.unknown;
    s->station.ports_polled = before.ports_polled;
    memcpy(s->station.series_objects, before.series_objects,
           sizeof before.series_objects);
    s->station.series_objects[SERIES_RISK] =
        what->station->series_objects[SERIES_RISK];
    s->station.series_objects[SERIES_STATION] =
        what->station->series_objects[SERIES_STATION];
    s->station.name = before.name;
    s->station.data_dir = before.data_dir;
    s->station.config = before.config;
    s->discovery = *what->discovery;
    s->at = wall_now();
}

/* Where a record is in s. While names change hands two may have the same. */
static size_t place_of(const struct snapshot *s, const struct device_record *r)
{
    size_t place = r->place;

    if (place < s->roll->count && s->roll->at[place] == r)
        return place;
    place = roll_place(s->roll, r->name);
    while (place < s->roll->count && s->roll->at[place] != r)
        place++;
    assert(place < s->roll->count);
    return place;
}

static void drop_record(struct snapshot *s, struct device_record *r)
{
    count_device(&s->station, r, -1);
    roll_remove(s->roll, place_of(s, r));
}

static void add_record(struct snapshot *s, const struct device_record *r)
{
    roll_add(s->roll, r);
    count_device(&s->station, r, 1);
}

static bool is_renamed(const struct device *d)
{
    return d->record != NULL && d->name != NULL &&
           strcmp(d->record->name, d->name) != 0;
}

/* Makes the record of d, and puts it into s. */
static void take_record(struct snapshot *s, struct device *d,
                        const struct polling *polling)
{
    if (d->record == NULL || is_renamed(d)) {
        if (d->record != NULL)
            drop_record(s, d->record);
        record_renew(d, polling);
        add_record(s, d->record);
        return;
    }
    size_t place = place_of(s, d->record);
    count_device(&s->station, d->record, -1);
    record_renew(d, polling);
    d->record->place = place;
    count_device(&s->station, d->record, 1);
    roll_replace(s->roll, place, d->record);
}

static void use_roll(struct snapshot *s)
{
    s->devices = s->roll->at;
    s->device_count = s->roll->count;
}

/* Makes the records of devices that changed, and forgets those that went. Names
 * that changed hands do not wait for the next publication. */
static void renew_changed(struct snapshot *s, const struct published *what)
{
    struct mono until = mono_after_ms(mono_now(), what->budget_ms);
    struct device *d, *late = NULL;

    for (struct device_record *gone;
         (gone = inventory_take_gone(what->inventory)) != NULL;) {
        drop_record(s, gone);
        device_record_unref(gone);
    }
    while ((d = inventory_take_changed(what->inventory)) != NULL) {
        if (what->budget_ms == 0 || is_renamed(d) ||
            !mono_reached(mono_now(), until)) {
            take_record(s, d, what->polling);
        } else {
            d->next_changed = late;
            late = d;
        }
    }
    while ((d = late) != NULL) {
        late = d->next_changed;
        device_touch(d);
    }
    use_roll(s);
}

static struct snapshot *snapshot_new(struct roll *roll,
                                     const struct station_record *station)
{
    struct snapshot *s = mem_new(struct snapshot);

    s->refs = 1;
    s->roll = roll;
    s->arena = arena_new();
    s->station.name = arena_text(s->arena, station->name);
    s->station.data_dir = arena_text(s->arena, station->data_dir);
    s->station.config = arena_text(s->arena, station->config);
    return s;
}

/* The first one: of all devices at once. */
static struct snapshot *snapshot_first(const struct published *what)
{
    struct snapshot *s = snapshot_new(roll_new(), what->station);
    struct device_record *gone;
    struct device *d;

    while ((gone = inventory_take_gone(what->inventory)) != NULL)
        device_record_unref(gone);
    while ((d = inventory_take_changed(what->inventory)) != NULL)
        record_renew(d, what->polling);
    inventory_sort(what->inventory);
    for (size_t i = 0; i < inventory_count(what->inventory); i++)
        add_record(s, inventory_at(what->inventory, i)->record);
    use_roll(s);
    return s;
}

/* One that is as before, taken, which is read and stays as it is. */
static struct snapshot *snapshot_after(struct snapshot *before,
                                       const struct published *what)
{
    struct snapshot *s = snapshot_new(roll_follow(before->roll), what->station);
    struct station_record counts = before->station;

    counts.name = s->station.name;
    counts.data_dir = s->station.data_dir;
    counts.config = s->station.config;
    s->station = counts;
    use_topology(s, before->inferred);
    snapshot_unref(before);
    return s;
}

static bool is_read(const struct snapshot *s)
{
    return __atomic_load_n(&s->refs, __ATOMIC_ACQUIRE) > 1;
}

void publish_ahead(struct snapshot *s, const struct published *what)
{
    if (!is_read(s))
        renew_changed(s, what);
}

static bool is_same_station(const struct snapshot *s,
                            const struct published *what)
{
    return strcmp(s->station.name, what->station->name) == 0 &&
           strcmp(s->station.data_dir, what->station->data_dir) == 0 &&
           strcmp(s->station.config, what->station->config) == 0;
}

struct snapshot *publish(struct snapshot *before, const struct published *what)
{
    struct snapshot *s = before;

    if (s == NULL)
        s = snapshot_first(what);
    else if (is_read(s) || !is_same_station(s, what))
        s = snapshot_after(s, what);
    renew_changed(s, what);
    tell_station(s, what);
    use_topology(s, what->inferred);
    use_alerts(s, what->alerts);
    use_risk(s, what->risk);
    use_trap_log(s, what->trap_log);
    use_objects(s, what->objects);
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
    roll_unref(s->roll);
    inferred_unref(s->inferred);
    alert_book_unref(s->alerts);
    object_book_unref(s->objects);
    risk_book_unref(s->risk);
    trap_log_book_unref(s->trap_log);
    arena_free(s->arena);
    free(s);
}

size_t snapshot_place(const struct snapshot *s, const char *name)
{
    size_t place = roll_place(s->roll, name);

    return place < s->device_count && strcmp(s->devices[place]->name, name) == 0
               ? place
               : SIZE_MAX;
}

uint32_t snapshot_node(const struct snapshot *s, size_t place)
{
    return s->inferred != NULL
               ? inferred_node(s->inferred, &s->devices[place]->id)
               : UINT32_MAX;
}

static const struct device_record *find_id(const struct snapshot *s,
                                           const struct ident *id)
{
    for (size_t i = 0; i < s->device_count; i++)
        if (ident_equal(&s->devices[i]->id, id))
            return s->devices[i];
    return NULL;
}

const struct device_record *snapshot_of_node(const struct snapshot *s,
                                             uint32_t node)
{
    if (node >= s->topo_input->count)
        return NULL;
    const struct topo_device *was = &s->topo_input->devices[node];
    size_t place = snapshot_place(s, was->name);

    if (place != SIZE_MAX && ident_equal(&s->devices[place]->id, &was->id))
        return s->devices[place];
    return find_id(s, &was->id); /* it was renamed since, or is gone */
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
    if (!addr_is_set(&addr))
        return find_id(s, &id);
    for (size_t i = 0; i < s->device_count; i++)
        if (has_addr(s->devices[i], &addr))
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
