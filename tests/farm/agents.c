#include "tests/farm/farm.h"
#include "tests/farm/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAY_MS = 86400000,
    UPTIME_DAYS_MAX = 300,
    CLOCK_JUMP_MS = 7200000,
    HASH_UPTIME = 401,
    HASH_PHASE,
};

struct farm *farm_new(struct network *net, uint32_t base_ip, uint64_t seed)
{
    struct farm *f = mem_new(struct farm);

    f->net = net;
    f->mib = mib_new();
    f->by_community = table_new();
    f->base_ip = base_ip;
    f->community = "public";
    f->max_size = 1472;
    faults_init(&f->faults, seed);
    for (uint32_t i = 0; net != NULL && i < net->devices.count; i++) {
        struct agent_slot *a = array_add(&f->agents);
        uint64_t hash = network_hash(seed, HASH_UPTIME, i);

        a->boot_ms = -3600000 - (int64_t)(hash % UPTIME_DAYS_MAX) * DAY_MS -
                     (int64_t)(hash >> 32) % DAY_MS;
        a->boots = 1 + (uint32_t)(hash >> 24 & 31);
    }
    return f;
}

void farm_free(struct farm *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->agents.count; i++) {
        struct usm_keys *keys = f->agents.at[i].keys;

        for (size_t u = 0; keys != NULL && u < f->user_count; u++)
            usm_keys_wipe(&keys[u]);
        free(keys);
        free(f->agents.at[i].name);
    }
    for (size_t i = 0; i < f->recordings.count; i++)
        recording_free(f->recordings.at[i]);
    array_fini(&f->recordings);
    array_fini(&f->agents);
    array_fini(&f->cuts);
    array_fini(&f->aliases);
    table_free(f->by_community);
    mib_free(f->mib);
    network_free(f->net);
    free(f);
}

void farm_add_recording(struct farm *f, const char *name, struct recording *r)
{
    *array_add(&f->recordings) = r;
    (void)table_put_text(f->by_community, name, r); /* the later one wins */
    if (strchr(name, '@') != NULL)
        return;
    struct agent_slot *a = array_add(&f->agents);

    a->recording = r;
    a->name = mem_text(name);
    a->boots = 1;
}

void farm_fault(struct farm *f, const struct fault_setting *s)
{
    f->faults.of[s->kind] = *s;
    for (uint32_t i = 0; i < f->agents.count; i++) {
        struct agent_slot *a = &f->agents.at[i];

        a->faults &= ~fault_bit(s->kind);
        if (fault_strikes(&f->faults, s, i))
            a->faults |= fault_bit(s->kind);
    }
}

void farm_clear(struct farm *f, enum fault kind)
{
    for (size_t i = 0; i < f->agents.count; i++)
        f->agents.at[i].faults &= ~fault_bit(kind);
}

/* ---- the view --------------------------------------------------------------
 */

/* How often something that comes every so many seconds has come by now, and
 * when it came last. Agents have phases of their own. */
static int64_t times_of(const struct farm *f, uint32_t agent, enum fault kind,
                        int64_t now_ms, int64_t *last_ms)
{
    int64_t period = f->faults.of[kind].low * 1000;

    if (period <= 0)
        period = 1000;
    uint64_t hash =
        network_hash(f->faults.seed, HASH_PHASE + (uint64_t)kind, agent);
    int64_t phase = (int64_t)(hash % (uint64_t)period);
    int64_t times = (now_ms + phase) / period;

    *last_ms = times * period - phase;
    return times;
}

static uint32_t view_faults_of(uint32_t faults)
{
    static const struct {
        enum fault fault;
        enum view_fault is;
    } map[] = {
        {FAULT_BACKWARDS, VIEW_BACKWARDS}, {FAULT_LOOP, VIEW_LOOP},
        {FAULT_ENDLESS, VIEW_ENDLESS},     {FAULT_STUCK_HC, VIEW_STUCK_HC},
        {FAULT_FROZEN, VIEW_FROZEN},       {FAULT_CLONED, VIEW_CLONED},
        {FAULT_RESET, VIEW_RESET},         {FAULT_CARD, VIEW_CARD},
        {FAULT_NO_ENGINE, VIEW_NO_ENGINE}, {FAULT_SERIAL, VIEW_SERIAL},
        {FAULT_NO_SERIAL, VIEW_NO_SERIAL}, {FAULT_REPLACED, VIEW_REPLACED},
    };
    uint32_t out = 0;

    for (size_t i = 0; i < COUNT_OF(map); i++)
        if ((faults & fault_bit(map[i].fault)) != 0)
            out |= map[i].is;
    return out;
}

/* RFC 3411, SnmpEngineID: enterprise with the first bit set, format 3, MAC;
 * replayed agents format 128 and their number. */
static struct bytes engine_id_of(const struct farm *f, uint32_t agent,
                                 const struct view *v, uint8_t *engine)
{
    const struct agent_slot *a = &f->agents.at[agent];
    bool cloned = (a->faults & fault_bit(FAULT_ENGINE_ID)) != 0;

    if (v->dev == NULL) {
        octets_put(engine, 0x80000000u | 32473, 4);
        octets_put(engine + 4, 128, 1);
        octets_put(engine + 5, cloned ? 1 : 2 + agent, 6);
    } else {
        octets_put(engine, 0x80000000u | v->dev->model->enterprise, 4);
        octets_put(engine + 4, 3, 1);
        octets_put(engine + 5, cloned ? 0x020000000001 : device_mac(v->dev), 6);
        if ((a->faults & fault_bit(FAULT_REPLACED)) != 0)
            engine[5] ^= 0x80;
    }
    return (struct bytes){engine, ENGINE_ID_LEN};
}

/* What its clock and the speeds of its ports are not. */
static void view_untruths(const struct farm *f, uint32_t faults, struct view *v)
{
    const struct fault_setting *of = f->faults.of;
    int64_t round_ms = (INT64_C(1) << 32) * 10;

    if ((faults & fault_bit(FAULT_DRIFT)) != 0)
        v->skew_ms += view_up_ms(v) * of[FAULT_DRIFT].low / 100;
    if ((faults & fault_bit(FAULT_ROUND)) != 0)
        v->skew_ms += round_ms - (of[FAULT_ROUND].low * 1000 - v->boot_ms);
    if ((faults & fault_bit(FAULT_SHAPED)) != 0)
        v->shaped_kbps = of[FAULT_SHAPED].low;
}

static void view_happenings(const struct farm *f, uint32_t agent,
                            struct view *v)
{
    const struct agent_slot *a = &f->agents.at[agent];
    int64_t last, times;

    v->boot_ms = a->boot_ms;
    v->boots = a->boots;
    v->packets = a->packets;
    v->shift = a->renumbers;
    if ((a->faults & fault_bit(FAULT_REBOOT)) != 0) {
        times = times_of(f, agent, FAULT_REBOOT, v->now_ms, &last);
        v->boots += times;
        if (times > 0 && last > v->boot_ms)
            v->boot_ms = last;
    }
    if ((a->faults & fault_bit(FAULT_RENUMBER)) != 0)
        v->shift +=
            (uint32_t)times_of(f, agent, FAULT_RENUMBER, v->now_ms, &last);
    if ((a->faults & fault_bit(FAULT_CLOCK)) != 0 &&
        times_of(f, agent, FAULT_CLOCK, v->now_ms, &last) % 2 == 1)
        v->skew_ms = CLOCK_JUMP_MS;
    if ((a->faults & fault_bit(FAULT_RESET)) != 0)
        (void)times_of(f, agent, FAULT_RESET, v->now_ms, &v->reset_ms);
    if ((a->faults & fault_bit(FAULT_CARD)) != 0)
        (void)times_of(f, agent, FAULT_CARD, v->now_ms, &v->reset_ms);
    view_untruths(f, a->faults, v);
}

void farm_view(const struct farm *f, uint32_t agent, int64_t now_ms,
               uint8_t *engine, struct view *v)
{
    const struct agent_slot *a = &f->agents.at[agent];

    if (a->recording != NULL) {
        memset(v, 0, offsetof(struct view, subs));
        v->recording = a->recording;
    } else {
        view_init(v, f->net, agent);
        v->cuts = &f->cuts;
        v->waves = f->waves;
    }
    v->now_ms = now_ms;
    v->engine_id = engine_id_of(f, agent, v, engine);
    if (a->faults != 0 || a->renumbers != 0 || a->recording == NULL)
        view_happenings(f, agent, v);
    v->faults = view_faults_of(a->faults);
    if (v->shift != 0 && v->interfaces > 0) /* never round to no change */
        v->shift = 1 + (v->shift * 3 - 3) %
                           (v->interfaces > 1 ? v->interfaces - 1 : 1);
    if (v->interfaces < 2)
        v->shift = 0;
}

/* ---- commands --------------------------------------------------------------
 */

void farm_reboot(struct farm *f, uint32_t agent, int64_t now_ms)
{
    f->agents.at[agent].boot_ms = now_ms;
    f->agents.at[agent].boots++;
}

bool farm_alias(struct farm *f, uint32_t ip, uint32_t agent)
{
    struct alias *alias = NULL;

    for (size_t i = 0; i < f->aliases.count; i++)
        if (f->aliases.at[i].ip == ip)
            alias = &f->aliases.at[i];
    if (alias == NULL && f->aliases.count >= ALIASES_MAX)
        return false;
    if (alias == NULL)
        alias = array_add(&f->aliases);
    *alias = (struct alias){ip, agent};
    return true;
}

uint32_t farm_agent_at(const struct farm *f, uint32_t ip)
{
    for (size_t i = 0; i < f->aliases.count; i++)
        if (f->aliases.at[i].ip == ip)
            return f->aliases.at[i].agent;
    return agent_of_address(f->base_ip, ip);
}

void farm_renumber(struct farm *f, uint32_t agent)
{
    f->agents.at[agent].renumbers++;
}

static struct cut *cut_of(struct farm *f, uint32_t port)
{
    for (size_t i = 0; i < f->cuts.count; i++)
        if (f->cuts.at[i].port == port)
            return &f->cuts.at[i];
    struct cut *cut = array_add(&f->cuts);

    cut->port = port;
    return cut;
}

void farm_cut(struct farm *f, uint32_t port, bool cut, int64_t now_ms)
{
    uint32_t ends[2] = {port, f->net->ports.at[port].peer};

    network_cut(f->net, port, cut);
    for (size_t i = 0; i < 2 && ends[i] != NONE; i++) {
        struct cut *it = cut_of(f, ends[i]);

        if (it->now == cut)
            continue;
        if (!cut)
            it->lost_ms += now_ms - it->since_ms;
        it->since_ms = now_ms;
        it->now = cut;
    }
}

uint32_t farm_port(const struct farm *f, uint32_t agent, const char *name)
{
    struct view v;
    char label[160], *end;

    if (f->net == NULL || agent >= f->net->devices.count)
        return NONE;
    view_init(&v, f->net, agent);
    for (uint32_t slot = v.virtuals; slot < v.interfaces; slot++) {
        slot_name(&v, slot, label, sizeof label);
        if (strcmp(label, name) == 0)
            return slot_port(&v, slot);
        slot_descr(&v, slot, label, sizeof label);
        if (strcmp(label, name) == 0)
            return slot_port(&v, slot);
    }
    unsigned long number = strtoul(name, &end, 10);

    return *name != '\0' && *end == '\0' && number >= 1 &&
                   number <= v.dev->ports
               ? v.dev->first_port + (uint32_t)number - 1
               : NONE;
}
