#include "topology/identity.h"

#include "base/text.h"
#include "mibs/facts_pack.h"

#include <stdarg.h>

enum {
    CENTISECOND_MS = 10,
    SECOND_MS = 1000,
    SURELY_APART_MS = 10000, /* boot instants of two agents */
    MACS_LIKE = 60,          /* percent of a set that must agree */
    MAC_SET_MIN = 2
};

/* sysUpTime is 32 bits of 1/100 s: it starts again after 497 days. */
#define UPTIME_WRAP_MS ((INT64_C(1) << 32) * CENTISECOND_MS)

/* Serial numbers that are none; letters' case aside. */
static const char *const no_serials[] = {
    "0",       "n/a",           "na",
    "none",    "builtin",       "not specified",
    "unknown", "default",       "to be filled by o.e.m.",
    "empty",   "not available", "system serial number",
};

bool identity_addr_counts(const struct addr *a)
{
    static const uint8_t localhost[4] = {127, 0, 0, 1};

    if (!addr_is_set(a) || addr_is_unspecified(a) || addr_is_multicast(a))
        return false;
    if (addr_is_loopback(a))
        return a->family == 4 && memcmp(a->octets, localhost, 4) != 0;
    return true;
}

/* ---- single pieces of evidence ---- */

enum match { MATCH_UNKNOWN, MATCH_YES, MATCH_NO };

static enum match match_text(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return MATCH_UNKNOWN;
    return strcmp(a, b) == 0 ? MATCH_YES : MATCH_NO;
}

static enum match match_engines(const struct facts *a, const struct facts *b)
{
    if (a->system.engine_id.len == 0 || b->system.engine_id.len == 0)
        return MATCH_UNKNOWN;
    return bytes_equal(a->system.engine_id, b->system.engine_id) ? MATCH_YES
                                                                 : MATCH_NO;
}

static bool serial_counts(const char *serial)
{
    for (size_t i = 0; i < COUNT_OF(no_serials); i++)
        if (text_compare_nocase(serial, no_serials[i]) == 0)
            return false;
    return serial[0] != '\0';
}

static enum match match_serials(const struct facts *a, const struct facts *b)
{
    if (!serial_counts(a->identity.serial) ||
        !serial_counts(b->identity.serial))
        return MATCH_UNKNOWN;
    return strcmp(a->identity.serial, b->identity.serial) == 0 &&
                   strcmp(a->identity.vendor, b->identity.vendor) == 0
               ? MATCH_YES
               : MATCH_NO;
}

/* The bridge address, or how it announces itself by LLDP. */
static enum match match_chassis(const struct facts *a, const struct facts *b)
{
    if (mac_is_set(&a->bridge.base_mac) && mac_is_set(&b->bridge.base_mac))
        return mac_equal(&a->bridge.base_mac, &b->bridge.base_mac) ? MATCH_YES
                                                                   : MATCH_NO;
    if (a->lldp.chassis_id.len == 0 || b->lldp.chassis_id.len == 0)
        return MATCH_UNKNOWN;
    return a->lldp.chassis_subtype == b->lldp.chassis_subtype &&
                   bytes_equal(a->lldp.chassis_id, b->lldp.chassis_id)
               ? MATCH_YES
               : MATCH_NO;
}

static bool lists_addr(const struct facts *f, const struct addr *a)
{
    for (size_t i = 0; i < f->addresses.count; i++)
        if (addr_equal(&f->addresses.at[i].addr, a))
            return identity_addr_counts(a);
    return false;
}

/* ---- sets of MACs ---- */

struct mac_set ARRAY_OF(struct mac);

static int mac_order(const void *a, const void *b)
{
    return mac_compare(a, b);
}

static void add_mac(struct mac_set *set, const struct mac *m)
{
    if (mac_is_set(m) && !mac_is_multicast(m) && !mac_is_virtual(m))
        *array_add(set) = *m;
}

static struct mac_set macs_of(const struct facts *f)
{
    struct mac_set set = {0};
    size_t kept = 0;

    for (size_t i = 0; i < f->interfaces.count; i++)
        add_mac(&set, &f->interfaces.at[i].mac);
    for (size_t i = 0; i < f->macs.count; i++)
        add_mac(&set, &f->macs.at[i]);
    if (set.count > 0)
        qsort(set.at, set.count, sizeof *set.at, mac_order);
    for (size_t i = 0; i < set.count; i++)
        if (kept == 0 || !mac_equal(&set.at[kept - 1], &set.at[i]))
            set.at[kept++] = set.at[i];
    set.count = kept;
    return set;
}

static size_t count_common(const struct mac_set *a, const struct mac_set *b)
{
    size_t i = 0, k = 0, common = 0;

    while (i < a->count && k < b->count) {
        int order = mac_compare(&a->at[i], &b->at[k]);

        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return common;
}

/* Yes: sets of two and more that agree well, or the same single one. No: sets
 * that have nothing in common. */
static enum match match_macs(const struct facts *a, const struct facts *b)
{
    struct mac_set x = macs_of(a), y = macs_of(b);
    size_t common = count_common(&x, &y);
    size_t all = x.count + y.count - common;
    enum match match = MATCH_UNKNOWN;

    if (x.count > 0 && y.count > 0 && common == 0)
        match = MATCH_NO;
    else if (common > 0 && (common >= MAC_SET_MIN || all == 1) &&
             common * 100 >= all * MACS_LIKE)
        match = MATCH_YES;
    array_fini(&x);
    array_fini(&y);
    return match;
}

/* ---- boot instants ---- */

enum boot { BOOT_UNKNOWN, BOOT_EQUAL, BOOT_NEAR, BOOT_DIFFERENT, BOOT_LATER };

static enum boot compare_instants(int64_t a_ms, int64_t b_ms, int64_t wrap_ms,
                                  int64_t slack_ms)
{
    int64_t apart = a_ms > b_ms ? a_ms - b_ms : b_ms - a_ms;

    if (wrap_ms > 0) {
        apart %= wrap_ms;
        if (apart > wrap_ms / 2)
            apart = wrap_ms - apart;
    }
    if (apart <= slack_ms)
        return BOOT_EQUAL;
    return apart <= SURELY_APART_MS ? BOOT_NEAR : BOOT_DIFFERENT;
}

static int64_t seen_ms(const struct identity_claim *c)
{
    return c->seen_at.ns / 1000000;
}

static int64_t boot_ms(const struct identity_claim *c)
{
    return seen_ms(c) - (int64_t)c->facts->system.uptime_cs * CENTISECOND_MS;
}

static int64_t engine_boot_ms(const struct identity_claim *c)
{
    int64_t seconds = c->facts->system.engine_time_s;

    /* The engine counts to 2^31-1; what is beyond is no time. */
    if (seconds < 0 || seconds > INT32_MAX)
        seconds = 0;
    return seen_ms(c) - seconds * SECOND_MS;
}

/* The one seen later may have been started again since the other was seen. */
static bool may_have_restarted(const struct identity_claim *a,
                               const struct identity_claim *b, int64_t slack_ms)
{
    const struct identity_claim *first = seen_ms(a) <= seen_ms(b) ? a : b;
    const struct identity_claim *second = first == a ? b : a;

    return boot_ms(second) + slack_ms >= seen_ms(first);
}

static enum boot compare_boots(const struct identity_claim *a,
                               const struct identity_claim *b, int64_t slack_ms)
{
    const struct system_facts *x = &a->facts->system, *y = &b->facts->system;
    enum boot boot = BOOT_UNKNOWN;

    if (a->seen_at.ns == 0 || b->seen_at.ns == 0)
        return BOOT_UNKNOWN;
    if (x->has_uptime && y->has_uptime)
        boot =
            compare_instants(boot_ms(a), boot_ms(b), UPTIME_WRAP_MS, slack_ms);
    else if (x->engine_time_s != FACT_UNKNOWN &&
             y->engine_time_s != FACT_UNKNOWN)
        return compare_instants(engine_boot_ms(a), engine_boot_ms(b), 0,
                                slack_ms + SECOND_MS);
    if (boot == BOOT_DIFFERENT && may_have_restarted(a, b, slack_ms))
        return BOOT_LATER;
    return boot;
}

/* ---- the opinion ---- */

struct evidence {
    enum match engine, serial, chassis, macs, name, object_id;
    enum boot boot;
    bool listed, same_addr, same_number;
};

static struct evidence weigh(const struct identity_claim *a,
                             const struct identity_claim *b, int64_t slack_ms)
{
    OWNED(facts_unref) struct facts *x = facts_open(a->facts);
    OWNED(facts_unref) struct facts *y = facts_open(b->facts);

    return (struct evidence){
        .engine = match_engines(x, y),
        .serial = match_serials(x, y),
        .chassis = match_chassis(x, y),
        .macs = match_macs(x, y),
        .name = match_text(x->system.name, y->system.name),
        .object_id = match_text(x->system.object_id, y->system.object_id),
        .boot = compare_boots(a, b, slack_ms),
        .listed = lists_addr(x, &b->addr) || lists_addr(y, &a->addr),
        .same_addr = addr_equal(&a->addr, &b->addr),
        .same_number = x->system.if_number != FACT_UNKNOWN &&
                       x->system.if_number == y->system.if_number,
    };
}

static struct identity_opinion say(enum identity_verdict verdict,
                                   const char *why)
{
    struct identity_opinion o = {.verdict = verdict};

    (void)snprintf(o.why, sizeof o.why, "%s", why);
    return o;
}

/* One agent tells the same of itself wherever it is asked. */
static const char *find_contradiction(const struct evidence *e)
{
    if (e->serial == MATCH_NO)
        return "different serial numbers";
    if (e->object_id == MATCH_NO)
        return "different sysObjectID";
    if (e->macs == MATCH_NO)
        return "no MAC address in common";
    if (e->name == MATCH_NO && !e->same_addr)
        return "different sysName";
    if (e->boot == BOOT_DIFFERENT && !e->same_addr) /* else its clock jumped */
        return "different boot times";
    return NULL;
}

static struct identity_opinion compare_same_engine(const struct evidence *e)
{
    const char *contradiction = find_contradiction(e);

    if (contradiction != NULL) {
        struct identity_opinion o = say(IDENTITY_DIFFERENT, "");

        (void)snprintf(o.why, sizeof o.why,
                       "same snmpEngineID, but %s: a cloned id", contradiction);
        return o;
    }
    if (e->boot == BOOT_EQUAL)
        return say(IDENTITY_SAME, "same snmpEngineID and boot time");
    if (e->same_addr)
        return say(IDENTITY_SAME, "same snmpEngineID at the same address");
    if (e->boot == BOOT_UNKNOWN &&
        (e->serial == MATCH_YES || e->macs == MATCH_YES))
        return say(IDENTITY_SAME, "same snmpEngineID and hardware");
    if (e->boot == BOOT_LATER &&
        (e->serial == MATCH_YES || e->macs == MATCH_YES || e->listed))
        return say(IDENTITY_SAME,
                   "same snmpEngineID and hardware, started again");
    return say(IDENTITY_UNSURE, "same snmpEngineID, boot time not comparable");
}

/* Agents without a place to keep it invent a new engine id at each start. */
static struct identity_opinion compare_other_engine(const struct evidence *e)
{
    if (e->same_addr && e->macs == MATCH_YES && e->name == MATCH_YES)
        return say(IDENTITY_SAME,
                   "same address, MAC addresses and name, new snmpEngineID");
    return say(IDENTITY_DIFFERENT, "different snmpEngineID");
}

static int count_weak(const struct evidence *e)
{
    bool triple =
        e->name == MATCH_YES && e->object_id == MATCH_YES && e->same_number;

    return (e->chassis == MATCH_YES) + (e->macs == MATCH_YES) + e->listed +
           triple;
}

static struct identity_opinion compare_weak(const struct evidence *e)
{
    const char *contradiction = find_contradiction(e);
    int weak = count_weak(e);

    if (contradiction != NULL)
        return say(IDENTITY_DIFFERENT, contradiction);
    if (e->serial == MATCH_YES && e->boot == BOOT_EQUAL)
        return say(IDENTITY_SAME, "same serial number and boot time");
    if (e->serial == MATCH_YES && (e->same_addr || weak > 0))
        return say(IDENTITY_SAME, "same serial number");
    if (e->listed && e->boot == BOOT_EQUAL)
        return say(IDENTITY_SAME,
                   "one lists the other's address, same boot time");
    if (weak >= 2 && e->boot == BOOT_EQUAL)
        return say(IDENTITY_SAME, "same interfaces and boot time");
    if (e->same_addr && weak > 0)
        return say(IDENTITY_SAME, "same address, name and interfaces");
    if (weak > 0 || e->serial == MATCH_YES)
        return say(IDENTITY_UNSURE, "alike, but nothing proves that it is one");
    return say(IDENTITY_DIFFERENT, "nothing in common");
}

static struct identity_opinion compare(const struct identity_claim *a,
                                       const struct identity_claim *b,
                                       int64_t slack_ms, bool engine_counts)
{
    struct evidence e = weigh(a, b, slack_ms);

    if (!engine_counts && e.engine == MATCH_YES)
        e.engine = MATCH_UNKNOWN;
    switch (e.engine) {
    case MATCH_YES:
        return compare_same_engine(&e);
    case MATCH_NO:
        return compare_other_engine(&e);
    case MATCH_UNKNOWN:
        break;
    }
    return compare_weak(&e);
}

struct identity_opinion identity_compare(const struct identity_claim *a,
                                         const struct identity_claim *b,
                                         int64_t boot_slack_ms)
{
    return compare(a, b, boot_slack_ms, true);
}

struct identity_opinion identity_compare_shared(const struct identity_claim *a,
                                                const struct identity_claim *b,
                                                int64_t boot_slack_ms)
{
    return compare(a, b, boot_slack_ms, false);
}
