#include "wire/agent.h"

#include "base/mem.h"
#include "wire/engine_parts.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <utlist.h>

/* ---- patience (RFC 6298) ------------------------------------------------ */

/* RFC 6298, 2.3: 1/8 and 1/4. */
static const double srtt_gain = 0.125, var_gain = 0.25;
static const double var_weight = 4;             /* K, 2.3 */
static const double usual_trip_gain = 1.0 / 64; /* among all agents */

unsigned agent_tries(const struct agent *a)
{
    return a->gave_up > 0 ? 1 : a->retries + 1;
}

/* Whoever was not heard yet is most likely as near as the others: the first
 * tries wait as long as theirs would. The later ones wait as they should, and
 * so does the only one, so that the far are heard as well. */
static bool is_hurried(const struct agent *a, unsigned tries)
{
    return a->rtt.srtt_ms < 0 && a->rtt.backoff == 0 &&
           tries <= AGENT_HURRIED_TRIES && tries < agent_tries(a) &&
           a->engine->usual.answers >= AGENT_USUAL_ANSWERS;
}

static double base_timeout_ms(const struct agent *a, unsigned tries)
{
    double floor = a->timeout_ms < AGENT_TIMEOUT_MIN_MS ? a->timeout_ms
                                                        : AGENT_TIMEOUT_MIN_MS;
    const struct usual_trip *usual = &a->engine->usual;
    double ms = a->timeout_ms;

    if (a->rtt.srtt_ms >= 0)
        ms = a->rtt.srtt_ms + var_weight * a->rtt.var_ms;
    else if (is_hurried(a, tries))
        ms = fmin(ms, usual->ms + var_weight * usual->var_ms);
    return ms < floor ? floor : ms;
}

uint32_t agent_timeout_ms(const struct agent *a, unsigned tries)
{
    unsigned doublings = tries > 0 ? tries - 1 : 0;

    if (doublings < a->rtt.backoff)
        doublings = a->rtt.backoff;
    if (doublings > AGENT_BACKOFF_MAX)
        doublings = AGENT_BACKOFF_MAX;
    double ms = base_timeout_ms(a, tries) * (double)(1U << doublings);
    return ms < AGENT_TIMEOUT_MAX_MS ? (uint32_t)ceil(ms)
                                     : AGENT_TIMEOUT_MAX_MS;
}

static const double probe_trips = 2; /* RFC 8985, 7.2 */
static const double probe_part =
    0.75; /* of a timeout; later it is not worth it */

uint32_t agent_probe_ms(const struct agent *a)
{
    const struct round_trip *rtt = &a->rtt;
    double ms = fmax(probe_trips * rtt->srtt_ms,
                     rtt->srtt_ms + var_weight * rtt->var_ms);

    if (rtt->srtt_ms < 0 || rtt->backoff > 0 || a->consecutive_timeouts > 0 ||
        a->gave_up > 0 || agent_is_busy(a) || a->unprobed < AGENT_PROBE_ANSWERS)
        return 0;
    ms = ms < AGENT_PROBE_MIN_MS ? AGENT_PROBE_MIN_MS : ceil(ms);
    return ms <= probe_part * agent_timeout_ms(a, 1) ? (uint32_t)ms : 0;
}

void agent_probed(struct agent *a)
{
    a->unprobed = 0;
}

static void sample(struct round_trip *rtt, double ms)
{
    if (rtt->srtt_ms < 0) {
        rtt->srtt_ms = ms;
        rtt->var_ms = ms / 2;
    } else {
        rtt->var_ms += var_gain * (fabs(rtt->srtt_ms - ms) - rtt->var_ms);
        rtt->srtt_ms += srtt_gain * (ms - rtt->srtt_ms);
    }
    rtt->backoff = 0;
}

static void note_usual(struct usual_trip *usual, double ms)
{
    if (usual->answers++ == 0) {
        usual->ms = ms;
        usual->var_ms = ms / 2;
    }
    usual->var_ms += usual_trip_gain * (fabs(usual->ms - ms) - usual->var_ms);
    usual->ms += usual_trip_gain * (ms - usual->ms);
}

void agent_is_there(struct agent *a)
{
    a->gave_up = 0;
}

void agent_heard(struct agent *a, double ms, unsigned tries)
{
    a->answers++;
    a->consecutive_timeouts = a->gave_up = 0;
    if (a->unprobed < AGENT_PROBE_ANSWERS)
        a->unprobed++;
    if (ms >= 0) {
        sample(&a->rtt, ms);
        note_usual(&a->engine->usual, ms);
    } else if (tries > 1) {
        a->rtt.backoff = tries - 1;
    }
    if (++a->clean >= a->habits.window * AGENT_CLEAN_ROUNDS &&
        a->habits.window < HABIT_WINDOW_MAX) {
        a->habits.window++;
        a->clean = 0;
    }
}

void agent_lost(struct agent *a)
{
    a->timeouts++;
    a->consecutive_timeouts++;
    a->habits.window = a->habits.window > 1 ? a->habits.window / 2 : 1;
    a->clean = 0;
}

/* Slow is an agent whose answers take so many times as long as usual for what
 * they tell, and so much longer; it is over when they take less than twice as
 * long. One that stays so is met as such. */
static const double slow_times = 4, slow_ms = 100, slow_over_times = 2;
enum { SLOW_FOR_MS = 30000 };

void agent_strain(struct agent *a, double ms, double usual_ms, struct mono now)
{
    struct strain *s = &a->strain;

    s->times += (float)(srtt_gain * (ms / usual_ms - s->times));
    s->more_ms += (float)(srtt_gain * (ms - usual_ms - s->more_ms));
    if (s->slow) {
        s->slow = s->times > slow_over_times;
    } else if (s->times > slow_times && s->more_ms > slow_ms) {
        s->slow = true;
        s->since = now;
    }
    if (s->slow && mono_ms_between(s->since, now) >= SLOW_FOR_MS)
        agent_meet(a, QUIRK_BUSY, NULL);
}

bool agent_is_busy(const struct agent *a)
{
    return a->loaded || a->strain.slow;
}

void agent_tell_load(struct agent *a, bool loaded)
{
    if (loaded && !a->loaded)
        agent_meet(a, QUIRK_BUSY, NULL);
    a->loaded = loaded;
}

/* Requests it is asked at once now. */
static unsigned window_of(const struct agent *a)
{
    return agent_is_busy(a) ? 1 : a->habits.window;
}

bool agent_may_send(const struct agent *a)
{
    if (a->waiting == NULL || a->flying_count >= window_of(a))
        return false;
    if (a->v3.discovery != NULL)
        return a->waiting == a->v3.discovery;
    return true;
}

void agent_narrow(struct agent *a, double octets)
{
    double most =
        octets < a->habits.answer_octets ? octets : a->habits.answer_octets;

    a->habits.answer_octets = (uint16_t)(most * 2 / 3);
    if (a->habits.answer_octets < HABIT_ANSWER_OCTETS_MIN)
        a->habits.answer_octets = HABIT_ANSWER_OCTETS_MIN;
}

void agent_widen(struct agent *a)
{
    uint16_t octets =
        (uint16_t)(a->habits.answer_octets + a->habits.answer_octets / 8);

    a->habits.answer_octets =
        octets < HABIT_ANSWER_OCTETS ? octets : HABIT_ANSWER_OCTETS;
}

static const int64_t hour_ms = 3600000, week_ms = 7 * 24 * hour_ms;

bool agent_may_bulk(struct agent *a, struct wall now)
{
    uint32_t met = habits_count(&a->habits, QUIRK_NO_BULK);
    int64_t since_ms = now.ms - habits_last(&a->habits, QUIRK_NO_BULK).ms;
    int64_t wait_ms = hour_ms;

    if (a->credential->version == SNMP_V1 || a->rules.no_bulk)
        return false;
    if ((a->quirks & QUIRK_NO_BULK) == 0)
        return true;
    for (uint32_t i = 1; i < met && wait_ms < week_ms; i++)
        wait_ms *= 2;
    if (wait_ms > week_ms)
        wait_ms = week_ms;
    return since_ms < 0 || since_ms >= wait_ms;
}

void agent_reconsider(struct agent *a, struct wall now)
{
    if ((a->quirks & QUIRK_TOO_BIG) == 0 ||
        now.ms - habits_last(&a->habits, QUIRK_TOO_BIG).ms < week_ms)
        return;
    a->quirks &= ~(uint32_t)QUIRK_TOO_BIG;
    a->habits.answer_octets = HABIT_ANSWER_OCTETS;
}

int32_t agent_v3_time_s(const struct agent_v3 *v3, struct mono now)
{
    int64_t time_s = v3->time_s + mono_ms_between(v3->told, now) / 1000;

    return time_s < INT32_MAX ? (int32_t)time_s : INT32_MAX;
}

/* ---- life --------------------------------------------------------------- */

static void address_remember(struct agent *a)
{
    uint8_t room[ADDRESS_KEY_MAX];

    (void)table_put(a->engine->by_address, address_key(&a->addr, a->port, room),
                    a);
    engine_port_of(a->engine, &a->addr)->agents++;
}

static void address_forget(struct agent *a)
{
    uint8_t room[ADDRESS_KEY_MAX];
    struct bytes key = address_key(&a->addr, a->port, room);

    if (table_find(a->engine->by_address, key) == a)
        (void)table_remove(a->engine->by_address, key);
    engine_port_of(a->engine, &a->addr)->agents--;
}

struct agent *agent_new(struct engine *e, const struct addr *addr,
                        uint16_t port, const struct credential *credential)
{
    struct agent *a = mem_new(struct agent);

    a->engine = e;
    a->addr = *addr;
    a->port = port;
    a->credential = credential;
    a->timeout_ms = e->timeout_ms;
    a->retries = e->retries;
    a->rtt.srtt_ms = -1;
    a->unprobed = AGENT_PROBE_ANSWERS;
    a->strain.times = 1;
    habits_init(&a->habits);
    address_remember(a);
    e->agents++;
    return a;
}

void agent_free(struct agent *a)
{
    if (a == NULL)
        return;
    struct engine *e = a->engine;
    while (a->all != NULL) { /* a callback may ask again: canceled too */
        struct exchange *x = a->all;
        struct answer answer = {
            .result = -ECANCELED, .from = a->addr, .tries = x->tries};
        answer_fn done = x->done;
        void *arg = x->arg;

        exchange_withdraw(x);
        exchange_free(x);
        if (done != NULL)
            done(arg, &answer);
    }
    engine_unready(a);
    address_forget(a);
    if (a->v3.keys != NULL)
        usm_keys_wipe(a->v3.keys);
    free(a->v3.keys);
    habits_fini(&a->habits);
    e->agents--;
    free(a);
}

/* What is under way was asked of somebody else, or by another name. */
static void ask_anew(struct agent *a)
{
    struct exchange *x = NULL, *next = NULL;

    v3_forget(a);
    DL_FOREACH_SAFE2(a->all, x, next, agent_next)
    {
        if (x->place == EXCHANGE_FLYING || x->place == EXCHANGE_RESEND)
            exchange_restart(x);
    }
    engine_consider(a);
}

void agent_use(struct agent *a, const struct credential *credential)
{
    a->credential = credential;
    ask_anew(a);
}

void agent_move(struct agent *a, const struct addr *addr, uint16_t port)
{
    if (addr_equal(addr, &a->addr) && port == a->port)
        return;
    address_forget(a);
    a->addr = *addr;
    a->port = port;
    address_remember(a);
    ask_anew(a);
}

void agent_forget(struct agent *a, const void *arg)
{
    struct exchange *x = NULL, *next = NULL;

    DL_FOREACH_SAFE2(a->all, x, next, agent_next)
    {
        if (x->arg != arg || x->discovery)
            continue;
        exchange_withdraw(x);
        exchange_free(x);
    }
    engine_consider(a);
}

/* ---- questions ---------------------------------------------------------- */

const struct addr *agent_addr(const struct agent *a)
{
    return &a->addr;
}

uint16_t agent_port(const struct agent *a)
{
    return a->port;
}

const struct credential *agent_credential(const struct agent *a)
{
    return a->credential;
}

void agent_patience(struct agent *a, uint32_t timeout_ms, uint32_t tries)
{
    a->timeout_ms = timeout_ms == 0 ? a->engine->timeout_ms : timeout_ms;
    a->retries = tries == 0 ? a->engine->retries : tries;
    if (a->retries == UINT32_MAX)
        a->retries = 0;
}

struct bytes agent_engine_id(const struct agent *a)
{
    return (struct bytes){a->v3.id, a->v3.id_len};
}

bool agent_engine_clock(const struct agent *a, int32_t *boots, int32_t *time_s)
{
    *boots = a->v3.boots;
    *time_s = agent_v3_time_s(&a->v3, mono_now());
    return a->v3.known && a->v3.confirmed;
}

void agent_state(const struct agent *a, struct agent_state *out)
{
    *out = (struct agent_state){
        .srtt_ms = a->rtt.srtt_ms < 0 ? NAN : a->rtt.srtt_ms,
        .timeout_ms = agent_timeout_ms(a, 1),
        .window = window_of(a),
        .busy = agent_is_busy(a),
        .in_flight = a->flying_count,
        .waiting = a->waiting_count,
        .requests = a->requests,
        .answers = a->answers,
        .timeouts = a->timeouts,
        .retries = a->resent,
        .octets_in = a->octets_in,
        .octets_out = a->octets_out,
        .consecutive_timeouts = a->consecutive_timeouts,
    };
}

const char *agent_trouble(const struct agent *a)
{
    return a->trouble;
}

/* ---- quirks ------------------------------------------------------------- */

uint32_t agent_quirks(const struct agent *a)
{
    return a->quirks;
}

void agent_meet(struct agent *a, uint32_t quirk, const char *table)
{
    a->quirks |= quirk;
    habits_meet(&a->habits, quirk, table, wall_now());
}

void agent_note_quirk(struct agent *a, uint32_t quirk)
{
    agent_meet(a, quirk, NULL);
}

const struct habits *agent_habits(const struct agent *a)
{
    return &a->habits;
}

void agent_habits_saved(struct agent *a)
{
    a->habits.fresh = a->habits.changed = false;
}

void agent_recall(struct agent *a, const struct habits *habits)
{
    habits_copy(&a->habits, habits);
    a->habits.fresh = a->habits.changed = false;
    a->quirks = habits_quirks(habits) & ~(uint32_t)QUIRKS_OF_A_MOMENT;
}

void agent_instruct(struct agent *a, const struct agent_rules *rules)
{
    a->rules = *rules;
}

void agent_expect_unordered(struct agent *a, const char *table)
{
    habits_keep(&a->habits, table, habits_of(&a->habits, table).max_repetitions,
                true);
}
