#include "station/polled.h"

#include "mibs/facts_pack.h"
#include "station/learned.h"
#include "station/port_rows.h"

/* ---- what a check costs -------------------------------------------------- */

/* A check that took such a share of the interval leaves the metrics out; a
 * processor with such a load is left in peace. */
enum { BUDGET_PERCENT = 60, BUSY_PERCENT = 90 };

void polled_know(struct polled *pd)
{
    const struct profiles *profiles = pd->polling->parts.profiles;

    pd->settled = false;
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

void polled_tell(const struct polled *pd, struct mono at, struct sample *sample)
{
    const struct polling_listener *listener = &pd->polling->listener;
    struct buffer *path = &pd->polling->path;

    if (listener->sampled == NULL)
        return;
    buffer_clear(path);
    layout_path(pd->device->dir, sample->group, sample->object, path);
    sample->device = pd->device;
    sample->path = path->at;
    sample->at = steady_at(&pd->polling->clock, at);
    listener->sampled(listener->arg, sample);
}

void polled_tell_port(const struct polled *pd, const struct port *port,
                      struct mono at, const double *values, enum gap why)
{
    struct sample sample = {.group = SERIES_PORT,
                            .object = port->row->object,
                            .descr = port->label,
                            .port = port,
                            .values = values,
                            .why = why};

    polled_tell(pd, at, &sample);
}

/* One of what is measured besides ports. */
static void tell_metric(void *arg, const struct sample *sample)
{
    struct polled *pd = arg;
    struct sample told = *sample;

    pd->polling->stats.samples++;
    polled_tell(pd, mono_now(), &told);
}

void polled_sample(struct polled *pd, const struct facts *f)
{
    samples_of(f, tell_metric, pd);
}

/* ---- for the snapshot ---- */

static void count_metrics(const struct facts *f, uint32_t out[SERIES_GROUPS])
{
    out[SERIES_CPU] = (uint32_t)f->processors.count;
    out[SERIES_MEMORY] = (uint32_t)f->mempools.count;
    out[SERIES_STORAGE] = (uint32_t)f->storages.count;
    out[SERIES_SENSOR] = (uint32_t)(f->sensors.count + f->supplies.count);
}

void polled_keep(struct polled *pd, const struct facts *f)
{
    parcel_unref(pd->measured);
    pd->measured = parcel_of_measured(f);
    count_metrics(f, pd->metrics);
}

/* What is measured besides ports, and how many series of each group that is. */
static void record_metrics(const struct device *d, struct device_record *record)
{
    const struct polled *pd = d->polled;

    if (pd != NULL && pd->measured != NULL) {
        record->measured = parcel_ref(pd->measured);
        memcpy(record->objects, pd->metrics, sizeof pd->metrics);
    } else {
        count_metrics(d->facts, record->objects);
    }
    record->objects[SERIES_ICMP] = 1;
}

void polling_record(const struct polling *p, const struct device *d,
                    struct device_record *record)
{
    const struct polled *pd = d->polled;

    if (pd != NULL) {
        record->poll = pd->record;
        record->poll.overrunning = pd->overrunning;
        record->rows = ports_rows(pd->ports);
        if (record->rows != NULL) {
            record->ports = record->rows->at;
            record->port_count = record->rows->present;
            record->readings = ports_readings(pd->ports);
        }
    } else {
        record->poll.rtt_ms = record->poll.loss_percent = NAN;
        record->poll.jitter_ms = NAN;
    }
    record->poll.interval_s = (uint32_t)(p->options.every_ms / 1000);
    record->poll.snmp_rtt_ms = NAN;
    if (d->dir != NULL)
        record_metrics(d, record);
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
