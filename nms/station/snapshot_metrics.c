/* What a device measures, for whoever asks: the snapshot holds it packed, and
 * paths of files follow from what they are of. */
#include "mibs/facts_pack.h"
#include "station/port_rows.h"
#include "station/readings.h"
#include "station/snapshot.h"

#include <string.h>

struct facts *device_record_facts(const struct device_record *d)
{
    return facts_open_with(d->facts, d->measured);
}

void device_record_port_file(const struct device_record *d,
                             const struct port_record *p, struct buffer *out)
{
    layout_path(d->dir, SERIES_PORT, p->object, out);
}

bool device_record_counters(const struct device_record *d,
                            const struct port_record *p,
                            struct port_counters *out)
{
    uint32_t row = (uint32_t)(p - d->rows->at);
    uint32_t order = d->rows->orders != NULL ? d->rows->orders[row] : row;

    *out = (struct port_counters){.present = 0};
    if (d->readings == NULL)
        return false;
    struct counter_reading r = readings_recall(d->readings, order);
    if (!r.valid)
        return false;
    memcpy(out->at, r.counters, sizeof out->at);
    out->present = r.present;
    out->wide = r.wide;
    out->has_discontinuity = r.has_discontinuity;
    out->discontinuity_cs = r.discontinuity_cs;
    return true;
}

bool device_record_uptime(const struct device_record *d, uint32_t *uptime_cs,
                          struct wall *at)
{
    if (d->readings != NULL && readings_newest(d->readings, uptime_cs, at))
        return true;
    *uptime_cs = d->facts->system.uptime_cs;
    *at = d->collected_at;
    return d->facts->system.has_uptime;
}

struct metric_list {
    struct metric_record *at;
    size_t count;
    struct arena *arena;
    const char *dir;
};

static void add_metric(struct metric_list *list, enum series_group group,
                       const char *object, const char *descr)
{
    struct buffer OWNED_BUFFER path = {0};

    layout_path(list->dir, group, object, &path);
    list->at[list->count++] = (struct metric_record){
        .group = group,
        .object = arena_text(list->arena, object),
        .descr = arena_text(list->arena, descr),
        .file = arena_text(list->arena, path.at),
    };
}

static void add_sensor(struct metric_list *list, const struct sensor *s)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_format(&object, "%s-%s", s->class, s->index);
    add_metric(list, SERIES_SENSOR, object.at, s->descr);
}

static void add_supply(struct metric_list *list, const struct supply *s)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_format(&object, "supply-%s", s->index);
    add_metric(list, SERIES_SENSOR, object.at, s->descr);
}

size_t device_record_metrics(const struct device_record *d,
                             const struct facts *f, struct arena *arena,
                             const struct metric_record **out)
{
    size_t room = 1 + f->processors.count + f->mempools.count +
                  f->storages.count + f->sensors.count + f->supplies.count;
    struct metric_list list = {.arena = arena, .dir = d->dir};

    list.at = arena_zero(arena, room * sizeof *list.at);
    *out = list.at;
    if (d->dir == NULL)
        return 0;
    add_metric(&list, SERIES_ICMP, "", "echo");
    for (size_t i = 0; i < f->processors.count; i++)
        add_metric(&list, SERIES_CPU, f->processors.at[i].index,
                   f->processors.at[i].descr);
    for (size_t i = 0; i < f->mempools.count; i++)
        add_metric(&list, SERIES_MEMORY, f->mempools.at[i].index,
                   f->mempools.at[i].descr);
    for (size_t i = 0; i < f->storages.count; i++)
        add_metric(&list, SERIES_STORAGE, f->storages.at[i].index,
                   f->storages.at[i].descr);
    for (size_t i = 0; i < f->sensors.count; i++)
        add_sensor(&list, &f->sensors.at[i]);
    for (size_t i = 0; i < f->supplies.count; i++)
        add_supply(&list, &f->supplies.at[i]);
    return list.count;
}
