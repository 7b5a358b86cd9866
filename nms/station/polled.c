#include "station/polled.h"

#include "station/learned.h"

/* ---- what a check costs -------------------------------------------------- */

/* A check that took such a share of the interval leaves the metrics out; a
 * processor with such a load is left in peace. */
enum { BUDGET_PERCENT = 60, BUSY_PERCENT = 90 };

void polled_know(struct polled *pd)
{
    const struct profiles *profiles = pd->polling->parts.profiles;

    pd->settled_cs = learned_settled_cs(pd->device, profiles);
    ports_distrust_wide(pd->ports,
                        learned_distrusts_wide(pd->device, profiles));
}

void polled_begin(struct polled *pd)
{
    struct agent_state state;

    if (pd->device->agent == NULL)
        return;
    agent_state(pd->device->agent, &state);
    pd->packets_before = state.requests + state.retries + state.answers;
    pd->octets_before = state.octets_in + state.octets_out;
}

void polled_end(struct polled *pd)
{
    struct agent_state state;

    if (pd->device->agent == NULL)
        return;
    agent_state(pd->device->agent, &state);
    uint64_t packets = state.requests + state.retries + state.answers;
    uint64_t octets = state.octets_in + state.octets_out;
    if (packets < pd->packets_before || octets < pd->octets_before)
        return; /* it is another agent by now */
    pd->record.last_packets = packets - pd->packets_before;
    pd->record.last_octets = octets - pd->octets_before;
    if (agent_habits(pd->device->agent)->fresh)
        pd->device->unsaved = true;
}

bool polled_spares(struct polled *pd, struct mono now)
{
    int64_t budget_ms = pd->polling->options.every_ms * BUDGET_PERCENT / 100;
    bool late = mono_ms_between(pd->started, now) > budget_ms;

    pd->spared = !pd->spared && (late || agent_is_busy(pd->device->agent));
    pd->record.spared += pd->spared;
    return pd->spared;
}

void polled_weigh(struct polled *pd, const struct facts *measured)
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < measured->processors.count; i++) {
        double percent = measured->processors.at[i].usage_percent;

        if (isfinite(percent)) {
            sum += percent;
            count++;
        }
    }
    agent_tell_load(pd->device->agent,
                    count > 0 && sum > BUSY_PERCENT * (double)count);
}

bool polled_lost_state(struct polled *pd)
{
    if (pd->device->agent == NULL)
        return false;
    uint32_t times =
        habits_count(agent_habits(pd->device->agent), QUIRK_TIME_BACK);
    bool again = times > pd->times_back;

    pd->times_back = times;
    return again;
}

/* ---- samples ------------------------------------------------------------- */

static void sample_metric(struct polled *pd, enum series_group group,
                          const char *object, const double *values)
{
    struct buffer OWNED_BUFFER path = {0};

    layout_path(pd->device->dir, group, object, &path);
    pd->polling->stats.samples++;
    series_add(pd->polling->parts.series, path.at, group,
               steady_at(&pd->polling->clock, mono_now()), values);
}

static void sample_sensor(struct polled *pd, const struct sensor *s)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_format(&object, "%s-%s", s->class, s->index);
    sample_metric(pd, SERIES_SENSOR, object.at, &s->value);
}

/* How full a supply is, in percent, goes with the sensors. */
static void sample_supply(struct polled *pd, const struct supply *s)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_format(&object, "supply-%s", s->index);
    sample_metric(pd, SERIES_SENSOR, object.at, &s->current_percent);
}

void polled_sample(struct polled *pd, const struct facts *f)
{
    for (size_t i = 0; i < f->processors.count; i++)
        sample_metric(pd, SERIES_CPU, f->processors.at[i].index,
                      &f->processors.at[i].usage_percent);
    for (size_t i = 0; i < f->mempools.count; i++) {
        const struct mempool *m = &f->mempools.at[i];

        sample_metric(
            pd, SERIES_MEMORY, m->index,
            (const double[]){m->used_percent, m->used_bytes, m->total_bytes});
    }
    for (size_t i = 0; i < f->storages.count; i++) {
        const struct storage *s = &f->storages.at[i];

        sample_metric(
            pd, SERIES_STORAGE, s->index,
            (const double[]){s->used_percent, s->used_bytes, s->total_bytes});
    }
    for (size_t i = 0; i < f->sensors.count; i++)
        sample_sensor(pd, &f->sensors.at[i]);
    for (size_t i = 0; i < f->supplies.count; i++)
        sample_supply(pd, &f->supplies.at[i]);
}

/* ---- for the snapshot ---- */

static void record_port(const struct port *port, struct arena *arena,
                        struct port_record *out)
{
    out->if_index = port->facts_if_index;
    out->file = arena_text(arena, port->path);
    out->admin_status = port->admin_status;
    out->oper_status = port->oper_status;
    for (size_t i = 0; i < PORT_RATES; i++)
        out->rates[i] = (float)port->rates[i];
    out->gap = gap_text(port->gap);
    out->at = port->at;
}

static void record_ports(const struct polled *pd, struct device_record *record)
{
    size_t count = ports_count(pd->ports), used = 0;
    struct port_record *ports =
        arena_zero(record->arena, (count + 1) * sizeof *ports);

    for (size_t i = 0; i < count; i++)
        if (ports_at(pd->ports, i)->present)
            record_port(ports_at(pd->ports, i), record->arena, &ports[used++]);
    record->ports = ports;
    record->port_count = used;
}

struct metric_list {
    struct metric_record *at;
    size_t count;
    struct arena *arena;
    const char *dir;
};

static void record_metric(struct metric_list *list, enum series_group group,
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

static void record_sensor(struct metric_list *list, const struct sensor *s)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_format(&object, "%s-%s", s->class, s->index);
    record_metric(list, SERIES_SENSOR, object.at, s->descr);
}

static void record_supply(struct metric_list *list, const struct supply *s)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_format(&object, "supply-%s", s->index);
    record_metric(list, SERIES_SENSOR, object.at, s->descr);
}

static void record_metrics(const struct device *d, const struct facts *f,
                           struct device_record *record)
{
    size_t room = 1 + f->processors.count + f->mempools.count +
                  f->storages.count + f->sensors.count + f->supplies.count;
    struct metric_list list = {.arena = record->arena, .dir = d->dir};

    list.at = arena_zero(record->arena, room * sizeof *list.at);
    record_metric(&list, SERIES_ICMP, "", "echo");
    for (size_t i = 0; i < f->processors.count; i++)
        record_metric(&list, SERIES_CPU, f->processors.at[i].index,
                      f->processors.at[i].descr);
    for (size_t i = 0; i < f->mempools.count; i++)
        record_metric(&list, SERIES_MEMORY, f->mempools.at[i].index,
                      f->mempools.at[i].descr);
    for (size_t i = 0; i < f->storages.count; i++)
        record_metric(&list, SERIES_STORAGE, f->storages.at[i].index,
                      f->storages.at[i].descr);
    for (size_t i = 0; i < f->sensors.count; i++)
        record_sensor(&list, &f->sensors.at[i]);
    for (size_t i = 0; i < f->supplies.count; i++)
        record_supply(&list, &f->supplies.at[i]);
    record->metrics = list.at;
    record->metric_count = list.count;
}

void polling_record(const struct polling *p, const struct device *d,
                    struct device_record *record)
{
    const struct polled *pd = d->polled;
    const struct facts *measured =
        pd != NULL && pd->measured != NULL ? pd->measured : d->facts;

    record->measured = facts_ref(measured);
    if (pd != NULL) {
        record->poll = pd->record;
        record->poll.overrunning = pd->overrunning;
        record_ports(pd, record);
    } else {
        record->poll.rtt_ms = record->poll.loss_percent = NAN;
        record->poll.jitter_ms = NAN;
    }
    record->poll.interval_s = (uint32_t)(p->options.every_ms / 1000);
    record->poll.snmp_rtt_ms = NAN;
    if (d->dir != NULL)
        record_metrics(d, measured, record);
    if (d->agent != NULL) {
        struct agent_state state;

        agent_state(d->agent, &state);
        record->poll.packets = state.requests + state.retries;
        record->poll.snmp_rtt_ms = state.srtt_ms;
        record->poll.window = state.window;
        record->poll.busy = state.busy;
        record->poll.max_repetitions =
            habits_of(agent_habits(d->agent), "ifTable").max_repetitions;
    }
    learned_record(d, p->parts.profiles, record);
}
