/* poll - polls the counters of many agents through the engine, as the station
 * does, and prints what it cost: one line of name=value fields.
 *
 * DEVICES agents at 127.16.(i/250).(i%250+1) (and on in 127.17), port PORT,
 * with PORTS ports each, ROUNDS times; community "public", or
 * V3=USER:AUTH:SECRET:PRIV:SECRET. IN_FLIGHT and TIMEOUT_MS are the engine's.
 * GETS=N: sysUpTime alone, N times from each agent. All from the environment.
 *
 * living_s is when the last agent that answers was done, wall_s when the dead
 * were given up too; agent_octets is memory an agent takes while it rests.
 */
#include "spent.h"

#include "base/mem.h"
#include "wire/walk.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <event2/event.h>

static const struct oid sys_uptime = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);

/* IF-MIB: what a port is polled for. */
static const struct oid columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6),  /* ifHCInOctets */
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10), /* ifHCOutOctets */
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 7),  /* ifHCInUcastPkts */
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 11), /* ifHCOutUcastPkts */
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 14),     /* ifInErrors */
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 20),     /* ifOutErrors */
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 13),     /* ifInDiscards */
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 19),     /* ifOutDiscards */
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 8),      /* ifOperStatus */
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 7),      /* ifAdminStatus */
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15), /* ifHighSpeed */
    OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 8),  /* ifHCInMulticastPkts */
};

struct poll {
    struct event_base *base;
    struct target *targets;
    size_t devices, next, busy, gets;
    double resting_octets; /* of all agents */
    struct mono begun;
    double living_s;
    uint64_t varbinds, rows, failed;
    uint64_t sum; /* of all values, so that each is looked at */
};

/* An agent's walk. */
struct target {
    struct poll *poll;
    struct agent *agent;
    size_t left; /* GETs to do */
};

static void on_row(void *arg, const struct row *row)
{
    struct poll *p = ((struct target *)arg)->poll;

    p->rows++;
    for (size_t i = 0; i < row->count; i++) {
        if (!value_exists(&row->values[i]))
            continue;
        p->varbinds++;
        p->sum += value_unsigned(&row->values[i], 0);
    }
}

static void ask(struct target *t);

/* Polls come due one after the other: so many devices are asked at a time. */
enum { BUSY_MAX = 1000 };

static void start_more(struct poll *p)
{
    while (p->next < p->devices && p->busy < BUSY_MAX) {
        struct target *t = &p->targets[p->next++];

        t->left = p->gets;
        p->busy++;
        ask(t);
    }
}

static void on_end(void *arg, int result)
{
    struct target *t = arg;
    struct poll *p = t->poll;

    if (result == 0 && t->left > 1) {
        t->left--;
        ask(t);
        return;
    }
    if (result < 0)
        p->failed++;
    else
        p->living_s = (double)(mono_now().ns - p->begun.ns) / 1e9;
    p->busy--;
    start_more(p);
    if (p->busy == 0)
        event_base_loopbreak(p->base);
}

static void ask(struct target *t)
{
    static const struct ask ports = {.name = "ports",
                                     .columns = columns,
                                     .count = COUNT_OF(columns),
                                     .with_uptime = true};
    static const struct ask one = {
        .name = "system", .scalars = &sys_uptime, .scalar_count = 1};

    (void)walk_start(t->agent, t->poll->gets > 0 ? &one : &ports, on_row,
                     on_end, t);
}

static double rss_mb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void run_rounds(struct poll *p, size_t rounds)
{
    double living_s = 0;

    for (size_t round = 0; round < rounds; round++) {
        p->next = 0;
        p->begun = mono_now();
        p->living_s = 0;
        start_more(p);
        event_base_dispatch(p->base);
        living_s += p->living_s;
    }
    p->living_s = living_s;
}

static void agents_new(struct poll *p, struct engine *engine,
                       const struct credential *credential)
{
    uint16_t port = (uint16_t)number_from("PORT", 161);

    p->targets = mem_array(p->devices, sizeof *p->targets);
    size_t before = mallinfo2().uordblks;
    for (size_t i = 0; i < p->devices; i++) {
        const uint8_t octets[] = {127, (uint8_t)(16 + i / 64000),
                                  (uint8_t)(i / 250), (uint8_t)(i % 250 + 1)};
        struct addr addr = addr_v4(octets);

        p->targets[i] = (struct target){
            .poll = p, .agent = agent_new(engine, &addr, port, credential)};
    }
    p->resting_octets = -(double)before;
}

static void print(const struct poll *p, const struct engine *engine, double cpu,
                  double wall)
{
    struct engine_stats stats;

    engine_stats(engine, &stats);
    printf("varbinds=%llu cpu_s=%.3f vb_per_cpu_s=%.0f wall_s=%.3f "
           "rss_mb=%.1f timeouts=%llu requests=%llu req_per_cpu_s=%.0f "
           "living_s=%.3f agent_octets=%.0f rows=%llu failed=%llu "
           "retries=%llu drops=%llu octets_in=%llu sum=%llu\n",
           (unsigned long long)p->varbinds, cpu, (double)p->varbinds / cpu,
           wall, rss_mb(), (unsigned long long)stats.timeouts,
           (unsigned long long)stats.requests, (double)stats.requests / cpu,
           p->living_s, p->resting_octets / (double)p->devices,
           (unsigned long long)p->rows, (unsigned long long)p->failed,
           (unsigned long long)stats.retries,
           (unsigned long long)stats.socket_drops,
           (unsigned long long)stats.octets_in, (unsigned long long)p->sum);
}

static void poll_all(struct poll *p, struct engine *engine,
                     const struct credential *credential)
{
    agents_new(p, engine, credential);
    struct mono before = mono_now();
    double cpu_before = cpu_s();
    run_rounds(p, number_from("ROUNDS", 1));
    double cpu = cpu_s() - cpu_before;
    double wall = (double)(mono_now().ns - before.ns) / 1e9;
    p->resting_octets += (double)mallinfo2().uordblks;
    print(p, engine, cpu, wall);
    for (size_t i = 0; i < p->devices; i++)
        agent_free(p->targets[i].agent);
    free(p->targets);
}

/* USER:AUTH:SECRET:PRIV:SECRET; the views point into text. */
static bool credential_from(char *text, struct credential *out)
{
    char *fields[5] = {0};

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        fields[i] = strsep(&text, ":");
    if (fields[0] == NULL || fields[1] == NULL || fields[2] == NULL ||
        !auth_protocol_parse(fields[1], &out->auth))
        return false;
    if (fields[3] != NULL &&
        (fields[4] == NULL || !priv_protocol_parse(fields[3], &out->priv)))
        return false;
    out->version = SNMP_V3;
    out->user = fields[0];
    out->auth_secret = fields[2];
    out->priv_secret = fields[4];
    return true;
}

int main(void)
{
    static char public[] = "public";
    struct credential credential = {.version = SNMP_V2C, .community = public};
    struct poll p = {.devices = number_from("DEVICES", 100),
                     .gets = number_from("GETS", 0)};
    const struct engine_options options = {
        .in_flight = (uint32_t)number_from("IN_FLIGHT", 0),
        .rate = (uint32_t)number_from("RATE", 10000000),
        .timeout_ms = (uint32_t)number_from("TIMEOUT_MS", 0),
    };
    char *v3 = mem_text(getenv("V3"));

    if (v3 != NULL && !credential_from(v3, &credential)) {
        fprintf(stderr, "V3 is not USER:AUTH:SECRET[:PRIV:SECRET]\n");
        return 2;
    }
    p.base = event_base_new();
    struct engine *engine = engine_new(p.base, &options);
    if (engine == NULL) {
        perror("cannot open the engine's sockets");
        return 1;
    }
    poll_all(&p, engine, &credential);
    engine_free(engine);
    event_base_free(p.base);
    free(v3);
    return p.failed == 0 ? 0 : 1;
}
