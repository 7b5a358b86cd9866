#include "wire/agent.h"

#include "base/mem.h"
#include "wire/engine_parts.h"

#include <assert.h>
#include <errno.h>
#include <math.h>

#include <utlist.h>

/* ---- patience (RFC 6298) ------------------------------------------------ */

/* RFC 6298, 2.3: 1/8 and 1/4. */
static const double srtt_gain = 0.125, var_gain = 0.25;
static const double var_weight = 4; /* K, 2.3 */

static double base_timeout_ms(const struct agent *a)
{
    double floor = a->timeout_ms < AGENT_TIMEOUT_MIN_MS ? a->timeout_ms
                                                        : AGENT_TIMEOUT_MIN_MS;
    double ms = a->timeout_ms;

    if (a->rtt.srtt_ms >= 0)
        ms = a->rtt.srtt_ms + var_weight * a->rtt.var_ms;
    return ms < floor ? floor : ms;
}

uint32_t agent_timeout_ms(const struct agent *a, unsigned tries)
{
    unsigned doublings = tries > 0 ? tries - 1 : 0;

    if (doublings < a->rtt.backoff)
        doublings = a->rtt.backoff;
    if (doublings > AGENT_BACKOFF_MAX)
        doublings = AGENT_BACKOFF_MAX;
    double ms = base_timeout_ms(a) * (double)(1U << doublings);
    return ms < AGENT_TIMEOUT_MAX_MS ? (uint32_t)ceil(ms)
                                     : AGENT_TIMEOUT_MAX_MS;
}

unsigned agent_tries(const struct agent *a)
{
    return a->gave_up > 0 ? 1 : a->retries + 1;
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

void agent_heard(struct agent *a, double ms, unsigned tries)
{
    a->answers++;
    a->consecutive_timeouts = a->gave_up = 0;
    if (ms >= 0)
        sample(&a->rtt, ms);
    else if (tries > 1)
        a->rtt.backoff = tries - 1;
    if (++a->clean >= a->window * AGENT_CLEAN_ROUNDS &&
        a->window < AGENT_WINDOW_MAX) {
        a->window++;
        a->clean = 0;
    }
}

void agent_lost(struct agent *a)
{
    a->timeouts++;
    a->consecutive_timeouts++;
    a->window = a->window > 1 ? a->window / 2 : 1;
    a->clean = 0;
}

bool agent_may_send(const struct agent *a)
{
    if (a->waiting == NULL || a->flying_count >= a->window)
        return false;
    if (a->v3.discovery != NULL)
        return a->waiting == a->v3.discovery;
    return true;
}

void agent_grow(struct agent *a, uint32_t used)
{
    uint32_t more = used + used / 2 + 1;

    if (more > AGENT_REPETITIONS_MAX)
        more = AGENT_REPETITIONS_MAX;
    if (a->max_repetitions < more)
        a->max_repetitions = more;
}

void agent_shrink(struct agent *a, uint32_t used)
{
    a->max_repetitions = used > 1 ? used / 2 : 1;
}

void agent_narrow(struct agent *a, double octets)
{
    if (octets > a->answer_octets)
        octets = a->answer_octets;
    a->answer_octets = (uint32_t)(octets * 2 / 3);
    if (a->answer_octets < AGENT_ANSWER_OCTETS_MIN)
        a->answer_octets = AGENT_ANSWER_OCTETS_MIN;
}

void agent_widen(struct agent *a)
{
    a->answer_octets += a->answer_octets / 8;
    if (a->answer_octets > AGENT_ANSWER_OCTETS)
        a->answer_octets = AGENT_ANSWER_OCTETS;
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
}

static void address_forget(struct agent *a)
{
    uint8_t room[ADDRESS_KEY_MAX];
    struct bytes key = address_key(&a->addr, a->port, room);

    if (table_find(a->engine->by_address, key) == a)
        (void)table_remove(a->engine->by_address, key);
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
    a->window = 1;
    a->max_repetitions = AGENT_REPETITIONS_FIRST;
    a->answer_octets = AGENT_ANSWER_OCTETS;
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
    usm_keys_wipe(&a->v3.keys);
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

void agent_state(const struct agent *a, struct agent_state *out)
{
    *out = (struct agent_state){
        .srtt_ms = a->rtt.srtt_ms < 0 ? NAN : a->rtt.srtt_ms,
        .timeout_ms = agent_timeout_ms(a, 1),
        .window = a->window,
        .in_flight = a->flying_count,
        .waiting = a->waiting_count,
        .max_repetitions = a->max_repetitions,
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

uint32_t agent_quirks(const struct agent *a)
{
    return a->quirks;
}

void agent_note_quirk(struct agent *a, uint32_t quirks)
{
    a->quirks |= quirks;
}

void agent_recall(struct agent *a, uint32_t quirks, uint32_t max_repetitions)
{
    a->quirks |= quirks;
    if (max_repetitions > 0)
        a->max_repetitions = max_repetitions < AGENT_REPETITIONS_MAX
                                 ? max_repetitions
                                 : AGENT_REPETITIONS_MAX;
}

const char *quirk_name(uint32_t quirk)
{
    static const struct {
        uint32_t quirk;
        const char *name;
    } names[] = {
        {QUIRK_OTHER_ADDRESS, "answers from another address"},
        {QUIRK_NOT_INCREASING, "OIDs out of order"},
        {QUIRK_LOOP, "OIDs repeat"},
        {QUIRK_NO_BULK, "GETBULK does not work"},
        {QUIRK_TOO_BIG, "tooBig for answers others manage"},
        {QUIRK_TRUNCATED, "answers with less than asked"},
        {QUIRK_BAD_ENCODING, "answers that break the encoding rules"},
        {QUIRK_ENDLESS, "a table without end"},
        {QUIRK_NO_END, "does not say where its view ends"},
        {QUIRK_WRONG_NAMES, "answers other names than asked"},
        {QUIRK_TIME_BACK, "engine boots or time went backwards"},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (names[i].quirk == quirk)
            return names[i].name;
    }
    return "unknown quirk";
}
