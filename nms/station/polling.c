#include "station/polling.h"

#include "base/log.h"
#include "mibs/facts_pack.h"
#include "mibs/roster.h"
#include "station/polled.h"
#include "station/ports_kept.h"
#include "wire/icmp.h"
#include "wire/walk.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* A device that missed a check is asked again this soon; one of which something
 * was told, at most so often. */
enum { RECHECK_MS = 5000, VERIFY_APART_MS = 1000 };

enum { PING_INTERVAL_MS = 50, PING_TIMEOUT_MS = 2000 };

/* Samples' time that far ahead of the wall clock is told. */
enum { CLOCK_WARN_MS = 60000 };

static const struct oid sys_uptime = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);

/* ---- one check ---- */

static void go_on(struct polled *pd);
static void conclude(struct polled *pd);

static void part_open(struct polled *pd)
{
    pd->parts_open++;
}

static void part_done(struct polled *pd)
{
    assert(pd->parts_open > 0);
    if (--pd->parts_open > 0)
        return;
    if (pd->cheap && pd->heard)
        go_on(pd);
    else
        conclude(pd);
}

static void on_ping(void *arg, const struct ping_result *result)
{
    struct polled *pd = arg;
    unsigned lost = result->sent - result->received;
    bool ours = lost > 0 && polled_in_doubt(pd); /* not the network's loss */
    double lost_percent =
        result->sent > 0 && !ours ? 100.0 * lost / result->sent : NAN;
    double values[] = {result->rtt_ms_avg, lost_percent, result->jitter_ms};
    struct mono now = mono_now();

    pd->pinging = false;
    if (result->received > 0) /* of several, which one is not told */
        polled_answer(pd, lost == 0 ? now : pd->started);
    pd->record.rtt_ms = result->rtt_ms_avg;
    pd->record.loss_percent = lost_percent;
    pd->record.jitter_ms = result->jitter_ms;
    if (result->error != 0) {
        polled_unechoed(pd,
                        polled_in_doubt(pd) ? GAP_OVERLOAD
                                            : polled_reason(result->error),
                        now);
    } else {
        pd->asked = true;
        if (ours && result->received == 0)
            polled_unechoed(pd, GAP_OVERLOAD, now);
        else
            polled_echoed(pd, result->received > 0, now);
        polled_tell(pd, now,
                    &(struct sample){.group = SERIES_ICMP,
                                     .object = "",
                                     .descr = "",
                                     .values = values,
                                     .why = ours ? GAP_OVERLOAD
                                            : result->received > 0
                                                ? GAP_NONE
                                                : GAP_TIMEOUT});
    }
    part_done(pd);
}

static void ping(struct polled *pd)
{
    const struct polling *p = pd->polling;

    if (!polled_has_echoes(pd))
        return;
    part_open(pd);
    pd->pinging = true;
    pinger_check(p->parts.pinger, &pd->device->addrs.at[0], polled_echoes(pd),
                 PING_INTERVAL_MS, PING_TIMEOUT_MS, on_ping, pd);
}

/* Agents that just started do not tell all: net-snmp knows no processor for
 * its first minute. Where a whole network starts at once, they are not read
 * again all at once. */
static bool has_settled(struct polled *pd)
{
    enum { APART_CS = 10 };

    if (pd->settled)
        return false;
    const struct system_facts *then = &pd->device->facts->system;
    uint64_t spread_cs = (uint64_t)pd->polling->stats.devices * APART_CS + 1;
    uint64_t settled_cs =
        pd->settled_cs + bytes_hash(ident_key(&pd->device->id)) % spread_cs;

    pd->settled = !then->has_uptime || then->uptime_cs >= settled_cs;
    return !pd->settled && pd->uptime_cs >= settled_cs;
}

/* sysUpTime tells of restarts, whoever asked for it. */
static void note_uptime(struct polled *pd, uint32_t uptime_cs, struct mono at)
{
    bool again =
        pd->has_uptime && rate_restarted(pd->uptime_cs, uptime_cs,
                                         mono_ms_between(pd->uptime_at, at));

    pd->has_uptime = true;
    pd->uptime_cs = uptime_cs;
    pd->uptime_at = at;
    if (again) {
        roster_expire(pd->roster);
        pd->polling->listener.restarted(pd->polling->listener.arg, pd->device);
    } else if (has_settled(pd))
        pd->polling->listener.settled(pd->polling->listener.arg, pd->device);
}

static void on_question(void *arg, const struct answer *answer)
{
    struct polled *pd = arg;

    pd->asked |= answer->result != -EPERM;
    if (answer->result == 0) {
        polled_answer(pd, answer->stamp.received);
        pd->heard = true;
        if (answer->count > 0 && value_exists(&answer->varbinds[0].value))
            note_uptime(pd,
                        (uint32_t)value_unsigned(&answer->varbinds[0].value, 0),
                        answer->stamp.received);
    } else {
        polled_refused(pd, answer->result);
        polled_silent(pd, answer->result, answer->stamp.received);
    }
    part_done(pd);
}

/* One cheap question: is the agent there? */
static void question(struct polled *pd)
{
    struct request request = {
        .type = PDU_GET, .names = &sys_uptime, .count = 1};

    if (pd->device->agent == NULL)
        return;
    part_open(pd);
    engine_send(pd->device->agent, &request, on_question, pd);
}

static void on_port_row(void *arg, const struct row *row)
{
    struct polled *pd = arg;

    (void)ports_read(pd->ports, row, pd->round, wall_now(), &pd->strange);
    polled_answer(pd, row->stamp->received);
    pd->heard = true;
    if (row->stamp->has_uptime &&
        mono_ms_between(pd->uptime_at, row->stamp->received) > 0)
        note_uptime(pd, row->stamp->uptime_cs, row->stamp->received);
}

static void metrics(struct polled *pd);

static void on_ports_end(void *arg, int result)
{
    struct polled *pd = arg;

    pd->walk = NULL;
    pd->asked |= result != -EPERM;
    pd->heard |= result == 0;
    polled_refused(pd, result);
    polled_round(pd, result);
    if (result == 0 && pd->of_schedule && polled_spares(pd, mono_now()))
        polled_unmeasured(pd, GAP_OVERLOAD, mono_now());
    else if (result == 0)
        metrics(pd);
    else
        polled_not_asked_to_measure(pd, result, mono_now());
    part_done(pd);
}

static void walk_ports(struct polled *pd)
{
    struct ask ask;

    if (pd->device->agent == NULL)
        return;
    ports_ask(pd->ports, &ask);
    pd->round = ++pd->polling->round;
    part_open(pd);
    pd->walk =
        walk_start(pd->device->agent, &ask, on_port_row, on_ports_end, pd);
}

/* ---- metrics ---- */

static void on_metrics(void *arg, int result, struct facts *facts)
{
    struct polled *pd = arg;

    pd->interview = NULL;
    if (result == 0 && facts != NULL) {
        polled_answer(pd, mono_now());
        polled_sample(pd, facts);
        polled_weigh(pd, facts);
        polled_keep(pd, facts);
        polled_measured(pd, mono_now());
        if (pd->polling->listener.measured != NULL)
            pd->polling->listener.measured(pd->polling->listener.arg,
                                           pd->device, facts);
    } else {
        polled_unmeasured(pd, polled_reason(result), mono_now());
    }
    facts_unref(facts);
    part_done(pd);
}

static void metrics(struct polled *pd)
{
    part_open(pd);
    pd->interview =
        interview_measure(pd->device->agent, pd->polling->parts.profiles,
                          pd->device->facts, &pd->roster, on_metrics, pd);
    if (pd->interview == NULL)
        part_done(pd);
}

/* ---- what a check says of the device ---- */

static void missed(struct polled *pd, struct mono now)
{
    polled_missed(pd, now);
    if (pd->device->reach == REACH_SUSPECT && !polled_in_doubt(pd))
        polled_timer(&pd->recheck_timer, RECHECK_MS);
}

/* One event when polls begin to take more than an interval, one when they do
 * not any more. */
static void overrun_turn(struct polled *pd, bool overruns)
{
    if (pd->overrunning == overruns)
        return;
    pd->overrunning = overruns;
    device_touch(pd->device);
    pd->polling->listener.overrun(pd->polling->listener.arg, pd->device,
                                  overruns);
}

/* The check is over. May be the last use of pd: listeners may drop it. */
static void conclude(struct polled *pd)
{
    struct mono now = mono_now();
    struct polling *p = pd->polling;
    struct device *d = pd->device;
    bool strange = pd->strange, turned = ports_take_turned(pd->ports);
    int64_t took_ms = mono_ms_between(pd->started, now);

    pd->checking = false;
    pd->strange = false;
    p->stats.under_way--;
    device_touch(d);
    pd->record.duration_ms = (uint32_t)took_ms;
    polled_end(pd);
    pd->unheard = d->agent != NULL && !pd->heard;
    if (pd->cheap) { /* its ports were not even asked for */
        pd->round = ++p->round;
        polled_unread(pd, -ETIMEDOUT);
    }
    if (!pd->answered) {
        if (pd->asked) /* outside of the fence, or nothing to ask: no verdict */
            missed(pd, now);
        return;
    }
    if (took_ms <= p->options.every_ms)
        overrun_turn(pd, false);
    polled_answered(pd, now);
    if (polled_lost_state(pd))
        p->listener.state_lost(p->listener.arg, d);
    if (strange)
        p->listener.ports_changed(p->listener.arg, d);
    else if (turned)
        p->listener.ports_turned(p->listener.arg, d);
}

/* It was only asked whether it is there, and is: the rest follows at once. */
static void go_on(struct polled *pd)
{
    pd->cheap = false;
    part_open(pd);
    walk_ports(pd);
    part_done(pd);
}

/* Starts a check: whole, or just whether the device is there. The last one must
 * be over. */
static void check(struct polled *pd, bool cheap, bool of_schedule)
{
    assert(!pd->checking);
    pd->checking = true;
    pd->verify = false;
    pd->cheap = cheap;
    pd->of_schedule = of_schedule;
    pd->asked = pd->answered = pd->heard = false;
    pd->started = mono_now();
    polled_begin(pd);
    pd->record.polls++;
    pd->polling->stats.polls++;
    pd->polling->stats.under_way++;
    part_open(pd); /* until all have begun */
    ping(pd);
    if (cheap)
        question(pd);
    else
        walk_ports(pd);
    part_done(pd);
}

/* ---- the schedule ---- */

/* The last check still runs: this one is left out, but for echoes, which do not
 * wait for a slow agent. Whether that is the device's slowness is only known of
 * one that answers. */
static void overrun(struct polled *pd)
{
    if (!pd->pinging)
        ping(pd);
    pd->skipped = true;
    pd->record.overruns++;
    pd->polling->stats.overruns++;
    if (pd->answered)
        overrun_turn(pd, true);
    else
        polled_still_silent(pd, mono_now());
}

static void on_due(struct polled *pd)
{
    struct mono now = mono_now();
    int64_t late = mono_ms_between(pd->due, now);

    if (polled_defer(pd, late))
        return;
    pd->deferred = false;
    pd->record.lateness_ms = late;
    lateness_add(&pd->polling->lateness, late, now);
    polled_schedule_next(pd, now);
    polled_miss_echoes(pd, now);
    if (pd->checking)
        overrun(pd);
    else if (pd->device->reach != REACH_DOWN)
        check(pd, pd->missed > 0 || pd->unheard, true);
    else if (polled_probe_is_due(pd, now))
        check(pd, true, true);
}

static void on_recheck(struct polled *pd)
{
    if (!pd->checking)
        check(pd, true, false);
    else if (pd->verify)
        polled_timer(&pd->recheck_timer, VERIFY_APART_MS);
}

/* ---- making and using it ---- */

struct polling *polling_new(const struct polling_parts *parts,
                            const struct polling_options *options,
                            const struct polling_listener *listener)
{
    struct polling *p = mem_new(struct polling);

    p->parts = *parts;
    p->listener = *listener;
    steady_begin(&p->clock, mono_now(), wall_now(), parts->earliest);
    polling_configure(p, options);
    polling_schedule_open(p);
    return p;
}

void polling_free(struct polling *p)
{
    if (p == NULL)
        return;
    assert(p->stats.devices == 0);
    polling_schedule_close(p);
    buffer_fini(&p->path);
    free(p);
}

void polling_configure(struct polling *p, const struct polling_options *options)
{
    struct series_keep any = {options->every_ms, options->every_ms};
    struct layout layout = layout_make(options->every_ms, &any, 1);

    if (options->every_ms != p->options.every_ms)
        doubt_use_interval(&p->doubt, options->every_ms, mono_now());
    p->options = *options;
    p->patience_ms = (int64_t)layout.heartbeat_s * 1000;
}

void polling_tick(struct polling *p, struct mono now, struct wall wall)
{
    int64_t lead_ms = steady_lead_ms(&p->clock, now, wall);

    steady_follow(&p->clock, now, wall);
    if (lead_ms > CLOCK_WARN_MS && p->stats.clock_lead_ms <= CLOCK_WARN_MS)
        log_warning("polling: the clock went back by %lld s; samples carry "
                    "times ahead of it until it has caught up",
                    (long long)(lead_ms / 1000));
    p->stats.clock_lead_ms = lead_ms;
    gaps_tick(p->parts.gaps, steady_at(&p->clock, now));
}

const struct doubt *polling_doubt(struct polling *p,
                                  const struct doubt_facts *facts)
{
    doubt_turn(&p->doubt, facts, mono_now());
    return &p->doubt;
}

void polling_use_profiles(struct polling *p, const struct profiles *profiles)
{
    p->parts.profiles = profiles;
}

static struct polled *polled_of(struct polling *p, struct device *d)
{
    if (d->polled == NULL) {
        struct polled *pd = mem_new(struct polled);

        pd->polling = p;
        pd->device = d;
        pd->ports = ports_new();
        pd->due_timer = (struct polled_timer){.polled = pd, .due = on_due};
        pd->recheck_timer =
            (struct polled_timer){.polled = pd, .due = on_recheck};
        pd->record.rtt_ms = pd->record.loss_percent = NAN;
        pd->record.jitter_ms = NAN;
        d->polled = pd;
        p->stats.devices++;
    }
    return d->polled;
}

static void match_ports(struct polled *pd)
{
    OWNED(facts_unref) struct facts *open = facts_open(pd->device->facts);

    ports_match(pd->ports, open);
}

void polling_take(struct polling *p, struct device *d)
{
    struct polled *pd = polled_of(p, d);

    if (pd->taken)
        return;
    pd->taken = true;
    match_ports(pd);
    polled_know(pd);
    polled_resume(pd);
    pd->good_at = pd->good_end = pd->echoed_at = mono_now();
    (void)polled_lost_state(pd); /* what is known is no news */
    polled_set_due(pd, mono_now());
}

void polling_reschedule(struct polling *p, struct device *d)
{
    (void)p;
    if (d->polled != NULL && d->polled->taken)
        polled_set_due(d->polled, mono_now());
}

void polling_drop(struct polling *p, struct device *d)
{
    struct polled *pd = d->polled;

    if (pd == NULL)
        return;
    if (d->dir != NULL)
        gaps_end(p->parts.gaps, d->dir, steady_at(&p->clock, mono_now()));
    if (pd->walk != NULL)
        walk_cancel(pd->walk);
    if (pd->interview != NULL)
        interview_cancel(pd->interview);
    if (d->agent != NULL)
        agent_forget(d->agent, pd);
    if (p->parts.pinger != NULL)
        pinger_forget(p->parts.pinger, pd);
    if (pd->checking)
        p->stats.under_way--;
    wheel_remove(&p->wheel, &pd->due_timer.entry);
    wheel_remove(&p->wheel, &pd->recheck_timer.entry);
    ports_free(pd->ports);
    parcel_unref(pd->measured);
    roster_free(pd->roster);
    free(pd);
    d->polled = NULL;
    p->stats.devices--;
}

void polling_facts_changed(struct polling *p, struct device *d)
{
    struct polled *pd = polled_of(p, d);

    match_ports(pd);
    roster_expire(pd->roster);
    polled_know(pd);
    device_touch(d);
    d->unsaved = true;
}

void polling_now(struct polling *p, struct device *d)
{
    polling_take(p, d);
    if (!d->polled->checking)
        check(d->polled, false, false);
    else
        polling_verify(p, d); /* it may have read what has changed since */
}

void polling_verify(struct polling *p, struct device *d)
{
    polling_take(p, d);
    struct polled *pd = d->polled;
    int64_t since_ms = mono_ms_between(pd->started, mono_now());

    roster_expire(pd->roster);
    if (!pd->checking && since_ms >= VERIFY_APART_MS) {
        check(pd, false, false);
    } else if (!pd->verify) {
        pd->verify = true;
        polled_timer(&pd->recheck_timer, VERIFY_APART_MS);
    }
}

const char *polling_port_name(const struct device *d, uint32_t if_index)
{
    const struct port *p =
        d->polled != NULL ? ports_by_index(d->polled->ports, if_index) : NULL;

    return p != NULL ? p->label : NULL;
}

const struct port *polling_port(const struct device *d, uint32_t if_index)
{
    return d->polled != NULL ? ports_by_index(d->polled->ports, if_index)
                             : NULL;
}

bool polling_port_is_down(const struct device *d, uint32_t if_index, bool *down)
{
    const struct port *p =
        d->polled != NULL ? ports_by_index(d->polled->ports, if_index) : NULL;

    if (p == NULL || p->row_at.ns == 0)
        return false;
    *down = if_is_down(p->row->admin_status, p->row->oper_status);
    return true;
}

struct ports_kept *polling_ports_keep(const struct device *d)
{
    return ports_keep(d->polled != NULL ? d->polled->ports : NULL);
}

void polling_ports_from_json(struct polling *p, struct device *d,
                             const char *text, size_t len)
{
    ports_from_json(polled_of(p, d)->ports, text, len);
}

void polling_stats(struct polling *p, struct polling_stats *out)
{
    *out = p->stats;
    out->lateness_p99_ms = lateness_quantile(&p->lateness, 0.99);
    out->lateness_max_ms = lateness_max(&p->lateness);
}

struct wall polling_wall(const struct polling *p, struct mono moment)
{
    return steady_at(&p->clock, moment);
}
