#include "topology/identity.h"

#include "base/text.h"
#include "mibs/facts_pack.h"
#include "topology/boot.h"
#include "topology/hardware.h"
#include "topology/mac_set.h"

enum { CENTISECOND_MS = 10, SECOND_MS = 1000, CHASSIS_SUBTYPE_MAC = 4 };

static const struct {
    const char *name, *trust;
} signs[IDENTITY_SIGNS] = {
    [SIGN_ENGINE] = {"snmpEngineID", "S1"},
    [SIGN_SERIAL] = {"serial number", "S2"},
    [SIGN_CHASSIS] = {"chassis id", "S3"},
    [SIGN_MACS] = {"MAC addresses", "S4"},
    [SIGN_LISTED] = {"listed address", "S5"},
    [SIGN_SHAPE] = {"sysName, sysObjectID and ifNumber", "S6"},
    [SIGN_BOOT] = {"boot time", ""},
    [SIGN_NAME] = {"sysName", ""},
    [SIGN_OBJECT_ID] = {"sysObjectID", ""},
    [SIGN_TWIN] = {"twin test", ""},
};

const char *identity_sign_name(enum identity_sign s)
{
    return signs[s].name;
}

const char *identity_sign_trust(enum identity_sign s)
{
    return signs[s].trust;
}

enum identity_sign identity_sign_named(const char *name)
{
    enum identity_sign s = 0;

    while (s < IDENTITY_SIGNS && strcmp(signs[s].name, name) != 0)
        s++;
    return s;
}

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

/* A stack answers with the serial number of the member that leads it today. */
static enum match match_serials(const struct facts *a, const struct facts *b)
{
    const char *x = a->identity.serial, *y = b->identity.serial;

    if (!hardware_serial_counts(x) || !hardware_serial_counts(y))
        return MATCH_UNKNOWN;
    return strcmp(a->identity.vendor, b->identity.vendor) == 0 &&
                   (hardware_has_serial(a, y) || hardware_has_serial(b, x))
               ? MATCH_YES
               : MATCH_NO;
}

/* An address that its maker gave to this one box. */
static bool is_burnt_in(const struct mac *m)
{
    return mac_counts(m) && !mac_is_local(m);
}

static bool lldp_chassis_counts(const struct lldp_local *l)
{
    return l->chassis_subtype == CHASSIS_SUBTYPE_MAC &&
           is_burnt_in(&l->chassis_mac);
}

/* The bridge address, or how it announces itself by LLDP. */
static enum match match_chassis(const struct facts *a, const struct facts *b)
{
    const struct mac *x = &a->bridge.base_mac, *y = &b->bridge.base_mac;

    if (!is_burnt_in(x) || !is_burnt_in(y)) {
        if (!lldp_chassis_counts(&a->lldp) || !lldp_chassis_counts(&b->lldp))
            return MATCH_UNKNOWN;
        x = &a->lldp.chassis_mac;
        y = &b->lldp.chassis_mac;
    }
    return mac_equal(x, y) ? MATCH_YES : MATCH_NO;
}

static bool lists_addr(const struct facts *f, const struct addr *a)
{
    for (size_t i = 0; i < f->addresses.count; i++)
        if (addr_equal(&f->addresses.at[i].addr, a))
            return identity_addr_counts(a);
    return false;
}

/* ---- boot instants ---- */

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
        boot = boot_compare(boot_ms(a), boot_ms(b), UPTIME_WRAP_MS, slack_ms);
    else if (x->engine_time_s != FACT_UNKNOWN &&
             y->engine_time_s != FACT_UNKNOWN)
        return boot_compare(engine_boot_ms(a), engine_boot_ms(b), 0,
                            slack_ms + SECOND_MS);
    if (boot == BOOT_DIFFERENT && may_have_restarted(a, b, slack_ms))
        return BOOT_LATER;
    return boot;
}

/* ---- the opinion ---- */

struct evidence {
    enum match engine, serial, chassis, macs, name, object_id;
    enum boot boot;
    bool listed, shape, same_addr;
};

static struct evidence weigh(const struct identity_claim *a,
                             const struct identity_claim *b, int64_t slack_ms)
{
    OWNED(facts_unref) struct facts *x = facts_open(a->facts);
    OWNED(facts_unref) struct facts *y = facts_open(b->facts);
    struct evidence e = {
        .engine = match_engines(x, y),
        .serial = match_serials(x, y),
        .chassis = match_chassis(x, y),
        .macs = mac_sets_match(x, y),
        .name = match_text(x->system.name, y->system.name),
        .object_id = match_text(x->system.object_id, y->system.object_id),
        .boot = compare_boots(a, b, slack_ms),
        .listed = lists_addr(x, &b->addr) || lists_addr(y, &a->addr),
        .same_addr = addr_equal(&a->addr, &b->addr),
    };

    e.shape = e.name == MATCH_YES && e.object_id == MATCH_YES &&
              x->system.if_number != FACT_UNKNOWN &&
              x->system.if_number == y->system.if_number;
    return e;
}

/* What several devices have proves nothing. */
static void discount(struct evidence *e, uint16_t shared)
{
    if ((shared & sign_bit(SIGN_ENGINE)) != 0 && e->engine == MATCH_YES)
        e->engine = MATCH_UNKNOWN;
    if ((shared & sign_bit(SIGN_SERIAL)) != 0 && e->serial == MATCH_YES)
        e->serial = MATCH_UNKNOWN;
    if ((shared & sign_bit(SIGN_CHASSIS)) != 0 && e->chassis == MATCH_YES)
        e->chassis = MATCH_UNKNOWN;
    if ((shared & sign_bit(SIGN_LISTED)) != 0)
        e->listed = false;
}

static bool hardware_agrees(const struct evidence *e)
{
    return e->serial == MATCH_YES || e->macs == MATCH_YES;
}

/* A device that was renamed since: it is still the same boot, and there is more
 * than that. */
static bool may_be_renamed(const struct evidence *e)
{
    return e->boot == BOOT_EQUAL &&
           (e->engine == MATCH_YES || hardware_agrees(e));
}

/* One agent tells the same of itself wherever it is asked. */
static const char *find_contradiction(const struct evidence *e)
{
    if (e->serial == MATCH_NO)
        return "different serial numbers";
    if (e->macs == MATCH_NO)
        return "no MAC address in common";
    if (e->object_id == MATCH_NO && !(e->same_addr && hardware_agrees(e)))
        return "different sysObjectID";
    if (e->boot == BOOT_DIFFERENT && !e->same_addr) /* else its clock jumped */
        return "different boot times";
    if (e->name == MATCH_NO && !e->same_addr && !may_be_renamed(e))
        return "different sysName";
    return NULL;
}

static struct identity_opinion say(enum identity_verdict verdict,
                                   const char *why)
{
    struct identity_opinion o = {.verdict = verdict};

    (void)snprintf(o.why, sizeof o.why, "%s", why);
    return o;
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
    if (e->boot == BOOT_EQUAL && e->name == MATCH_NO && !hardware_agrees(e))
        return say(IDENTITY_UNSURE,
                   "same snmpEngineID and boot time, but different sysName");
    if (e->boot == BOOT_EQUAL)
        return say(IDENTITY_SAME, "same snmpEngineID and boot time");
    if (e->same_addr)
        return say(IDENTITY_SAME, "same snmpEngineID at the same address");
    if (e->boot == BOOT_UNKNOWN && hardware_agrees(e))
        return say(IDENTITY_SAME, "same snmpEngineID and hardware");
    if (e->boot == BOOT_LATER && (hardware_agrees(e) || e->listed))
        return say(IDENTITY_SAME,
                   "same snmpEngineID and hardware, started again");
    return say(IDENTITY_UNSURE, "same snmpEngineID, boot time not comparable");
}

/* Agents without a place to keep it invent a new engine id at each start. Of
 * one chassis with several contexts each has its own. */
static struct identity_opinion compare_other_engine(const struct evidence *e)
{
    bool alike = e->macs == MATCH_YES && e->name == MATCH_YES;

    if (e->same_addr && alike && e->serial != MATCH_NO)
        return say(IDENTITY_SAME,
                   "same address, MAC addresses and name, new snmpEngineID");
    if (alike && find_contradiction(e) == NULL &&
        (e->boot == BOOT_LATER || e->boot == BOOT_UNKNOWN))
        return say(IDENTITY_UNSURE,
                   "same MAC addresses and name, but another snmpEngineID");
    if (e->serial == MATCH_YES)
        return say(IDENTITY_DIFFERENT,
                   "same serial number, but another snmpEngineID: a context of "
                   "one chassis, or a pair");
    return say(IDENTITY_DIFFERENT, "different snmpEngineID");
}

static int count_weak(const struct evidence *e)
{
    return (e->chassis == MATCH_YES) + (e->macs == MATCH_YES) + e->listed +
           e->shape;
}

static struct identity_opinion compare_weak(const struct evidence *e)
{
    const char *contradiction = find_contradiction(e);
    int weak = count_weak(e);

    if (contradiction != NULL)
        return say(IDENTITY_DIFFERENT, contradiction);
    if (e->serial == MATCH_YES && e->boot == BOOT_EQUAL && e->name != MATCH_NO)
        return say(IDENTITY_SAME, "same serial number and boot time");
    if (e->same_addr && (weak > 0 || e->serial == MATCH_YES))
        return say(IDENTITY_SAME, "same address, name and interfaces");
    if (weak > 0 || e->serial == MATCH_YES)
        return say(IDENTITY_UNSURE, "alike, but nothing proves that it is one");
    return say(IDENTITY_DIFFERENT, "nothing in common");
}

static void note(struct identity_opinion *o, enum identity_sign sign,
                 enum match match)
{
    if (match == MATCH_YES)
        o->agree |= sign_bit(sign);
    if (match == MATCH_NO)
        o->differ |= sign_bit(sign);
}

static void note_all(struct identity_opinion *o, const struct evidence *e)
{
    note(o, SIGN_ENGINE, e->engine);
    note(o, SIGN_SERIAL, e->serial);
    note(o, SIGN_CHASSIS, e->chassis);
    note(o, SIGN_MACS, e->macs);
    note(o, SIGN_LISTED, e->listed ? MATCH_YES : MATCH_UNKNOWN);
    note(o, SIGN_SHAPE, e->shape ? MATCH_YES : MATCH_UNKNOWN);
    note(o, SIGN_BOOT,
         e->boot == BOOT_EQUAL       ? MATCH_YES
         : e->boot == BOOT_DIFFERENT ? MATCH_NO
                                     : MATCH_UNKNOWN);
    note(o, SIGN_NAME, e->name);
    note(o, SIGN_OBJECT_ID, e->object_id);
}

struct identity_opinion identity_compare(const struct identity_claim *a,
                                         const struct identity_claim *b,
                                         int64_t boot_slack_ms, uint16_t shared)
{
    struct evidence e = weigh(a, b, boot_slack_ms);
    struct identity_opinion o;

    discount(&e, shared);
    o = e.engine == MATCH_YES  ? compare_same_engine(&e)
        : e.engine == MATCH_NO ? compare_other_engine(&e)
                               : compare_weak(&e);
    note_all(&o, &e);
    return o;
}
