#include "topology/twin.h"

#include "topology/boot.h"
#include "topology/mac_set.h"

#include <stdio.h>

enum {
    SAME_BOOT_MS = 2000,
    CLOCK_BACK_CS = 20, /* agents keep sysUpTime for a moment */
    MS_PER_CS = 10,
    MS_PER_S = 1000,
    NS_PER_MS = 1000000
};

static struct identity_opinion say(enum identity_verdict verdict,
                                   const char *why)
{
    struct identity_opinion o = {.verdict = verdict};

    if (verdict == IDENTITY_SAME)
        o.agree = sign_bit(SIGN_TWIN);
    if (verdict == IDENTITY_DIFFERENT)
        o.differ = sign_bit(SIGN_TWIN);
    (void)snprintf(o.why, sizeof o.why, "twin test: %s", why);
    return o;
}

/* The answers in the order in which they were given: A B A B. */
static const struct twin_answer *nth(const struct twin_evidence *e, size_t n)
{
    return &e->at[n % TWIN_SIDES][n / TWIN_SIDES];
}

enum { ANSWERS = TWIN_SIDES * TWIN_ROUNDS };

/* Two numbers that one agent tells as one. */
static bool differ(int64_t a, int64_t b)
{
    return a != FACT_UNKNOWN && b != FACT_UNKNOWN && a != b;
}

static const char *find_difference(const struct twin_evidence *e)
{
    const struct twin_answer *a = &e->at[0][TWIN_ROUNDS - 1];
    const struct twin_answer *b = &e->at[1][TWIN_ROUNDS - 1];

    if (a->engine != 0 && b->engine != 0 && a->engine != b->engine)
        return "different snmpEngineID";
    if (differ(a->engine_boots, b->engine_boots))
        return "different snmpEngineBoots";
    if (differ(a->interfaces, b->interfaces))
        return "different ifNumber";
    if (differ(a->table_change_cs, b->table_change_cs))
        return "different ifTableLastChange";
    if (e->rows[0].count > 0 && e->rows[1].count > 0 &&
        e->rows[0].hash != e->rows[1].hash)
        return "different interfaces";
    return NULL;
}

/* ---- boot instants ---- */

static int64_t middle_ms(const struct twin_answer *a)
{
    return (a->sent.ns / 2 + a->received.ns / 2) / NS_PER_MS;
}

/* False if it does not tell, or tells what is no time: sysUpTime has 32 bits,
 * snmpEngineTime 31. */
static bool boot_ms(const struct twin_answer *a, bool by_uptime, int64_t *out)
{
    int64_t count = by_uptime ? a->uptime_cs : a->engine_time_s;
    int64_t unit_ms = by_uptime ? MS_PER_CS : MS_PER_S;

    *out = 0;
    if (count < 0 || count > UINT32_MAX)
        return false;
    *out = middle_ms(a) - count * unit_ms;
    return true;
}

/* The farthest that two answers are apart. */
static enum boot compare_boots(const struct twin_evidence *e)
{
    enum boot worst = BOOT_EQUAL;
    bool by_uptime = true;
    int64_t first = 0, other;

    for (size_t i = 0; i < ANSWERS; i++)
        by_uptime = by_uptime && nth(e, i)->uptime_cs != FACT_UNKNOWN;
    for (size_t i = 0; i < ANSWERS; i++) {
        if (!boot_ms(nth(e, i), by_uptime, &other))
            return BOOT_UNKNOWN;
        if (i == 0)
            first = other;
        enum boot b = boot_compare(first, other, by_uptime ? UPTIME_WRAP_MS : 0,
                                   SAME_BOOT_MS);
        worst = b > worst ? b : worst;
    }
    return worst;
}

/* An agent that was started again between two answers, or whose clock jumps,
 * cannot be compared. */
static bool is_steady(const struct twin_evidence *e, size_t side)
{
    for (size_t i = 1; i < TWIN_ROUNDS; i++) {
        const struct twin_answer *a = &e->at[side][i - 1], *b = a + 1;
        bool by_uptime =
            a->uptime_cs != FACT_UNKNOWN && b->uptime_cs != FACT_UNKNOWN;
        int64_t x, y;

        if (boot_ms(a, by_uptime, &x) && boot_ms(b, by_uptime, &y) &&
            boot_compare(x, y, by_uptime ? UPTIME_WRAP_MS : 0, SAME_BOOT_MS) !=
                BOOT_EQUAL)
            return false;
    }
    return true;
}

/* ---- what runs on ---- */

/* From one to the next of a number of 32 bits; negative: it went back. */
static int64_t step(int64_t from, int64_t to)
{
    return (int32_t)((uint32_t)to - (uint32_t)from);
}

static bool clock_runs_on(const struct twin_evidence *e)
{
    for (size_t i = 1; i < ANSWERS; i++) {
        int64_t a = nth(e, i - 1)->uptime_cs, b = nth(e, i)->uptime_cs;

        if (a != FACT_UNKNOWN && b != FACT_UNKNOWN &&
            step(a, b) < -CLOCK_BACK_CS)
            return false;
    }
    return true;
}

/* Each of our questions is a packet: a count that does not move is none. */
static bool counts_packets(const struct twin_evidence *e, size_t side)
{
    for (size_t i = 1; i < TWIN_ROUNDS; i++) {
        int64_t a = e->at[side][i - 1].packets, b = e->at[side][i].packets;

        if (a == FACT_UNKNOWN || b == FACT_UNKNOWN || step(a, b) <= 0)
            return false;
    }
    return true;
}

static enum match packets_run_on(const struct twin_evidence *e)
{
    if (!counts_packets(e, 0) || !counts_packets(e, 1))
        return MATCH_UNKNOWN;
    for (size_t i = 1; i < ANSWERS; i++)
        if (step(nth(e, i - 1)->packets, nth(e, i)->packets) <= 0)
            return MATCH_NO;
    return MATCH_YES;
}

/* What two agents would not have in common. */
static bool is_proved(const struct twin_evidence *e, enum match packets)
{
    return packets == MATCH_YES || e->at[0][0].engine != 0 ||
           (e->rows[0].macs > 0 && e->rows[1].macs > 0);
}

struct identity_opinion twin_judge(const struct twin_evidence *e)
{
    const char *difference = find_difference(e);
    enum boot boot = compare_boots(e);
    enum match packets = packets_run_on(e);

    if (difference != NULL)
        return say(IDENTITY_DIFFERENT, difference);
    if (!is_steady(e, 0) || !is_steady(e, 1))
        return say(IDENTITY_UNSURE, "an agent was started again meanwhile");
    if (boot == BOOT_DIFFERENT)
        return say(IDENTITY_DIFFERENT, "different boot times");
    if (boot == BOOT_UNKNOWN)
        return say(IDENTITY_UNSURE, "they do not tell since when they run");
    if (!clock_runs_on(e))
        return say(IDENTITY_DIFFERENT, "two clocks, started nearly together");
    if (packets == MATCH_NO)
        return say(IDENTITY_DIFFERENT, "each counts packets of its own");
    if (boot == BOOT_NEAR)
        return say(IDENTITY_UNSURE, "boot times that are nearly equal");
    if (!is_proved(e, packets))
        return say(IDENTITY_UNSURE,
                   "the same clock, but nothing that is one agent's alone");
    return say(IDENTITY_SAME, "one clock and the same interfaces");
}

void twin_rows_add(struct twin_rows *rows, uint32_t if_index,
                   struct bytes descr, struct bytes phys)
{
    struct buffer OWNED_BUFFER row = {0};

    buffer_add(&row, &rows->hash, sizeof rows->hash);
    buffer_add(&row, &if_index, sizeof if_index);
    buffer_add(&row, descr.at, descr.len);
    buffer_add(&row, "", 1);
    buffer_add(&row, phys.at, phys.len);
    rows->hash = bytes_hash(buffer_view(&row));
    rows->count++;
    rows->macs += phys.len == 6 ? 1 : 0;
}
