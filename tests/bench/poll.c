/* poll - polls the counters of many agents through the engine, as the station
 * does, and prints what it cost: one line of name=value fields.
 *
 * DEVICES agents at 127.16.(i/250).(i%250+1), UDP port PORT, with PORTS ports
 * each, ROUNDS times; community "public", or V3=USER:AUTH:SECRET:PRIV:SECRET.
 * IN_FLIGHT and TIMEOUT_MS are the engine's. All from the environment.
 */
#include "base/mem.h"
#include "wire/walk.h"

#include <stdlib.h>
#include <sys/resource.h>

#include <event2/event.h>

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
    size_t devices, busy;
    uint64_t varbinds, rows, failed;
    uint64_t sum; /* of all values, so that each is looked at */
};

static size_t number_from(const char *name, size_t preset)
{
    const char *text = getenv(name);

    return text == NULL ? preset : (size_t)strtoull(text, NULL, 10);
}

static void on_row(void *arg, const struct row *row)
{
    struct poll *p = arg;

    p->rows++;
    for (size_t i = 0; i < row->count; i++) {
        if (!value_exists(&row->values[i]))
            continue;
        p->varbinds++;
        p->sum += value_unsigned(&row->values[i], 0);
    }
}

static void on_end(void *arg, int result)
{
    struct poll *p = arg;

    if (result < 0)
        p->failed++;
    if (--p->busy == 0)
        event_base_loopbreak(p->base);
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static double rss_mb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void run_rounds(struct poll *p, struct agent *const *agents,
                       size_t rounds)
{
    const struct ask ask = {.name = "ports",
                            .columns = columns,
                            .count = COUNT_OF(columns),
                            .with_uptime = true};

    for (size_t round = 0; round < rounds; round++) {
        p->busy = p->devices;
        for (size_t i = 0; i < p->devices; i++)
            (void)walk_start(agents[i], &ask, on_row, on_end, p);
        event_base_dispatch(p->base);
    }
}

static void poll_all(struct poll *p, struct engine *engine,
                     const struct credential *credential)
{
    struct agent **agents = mem_array(p->devices, sizeof *agents);
    uint16_t port = (uint16_t)number_from("PORT", 161);
    struct engine_stats stats;

    for (size_t i = 0; i < p->devices; i++) {
        const uint8_t octets[] = {127, 16, (uint8_t)(i / 250),
                                  (uint8_t)(i % 250 + 1)};
        struct addr addr = addr_v4(octets);

        agents[i] = agent_new(engine, &addr, port, credential);
    }
    struct mono before = mono_now();
    double cpu_before = cpu_s();
    run_rounds(p, agents, number_from("ROUNDS", 1));
    double cpu = cpu_s() - cpu_before;
    double wall = (double)(mono_now().ns - before.ns) / 1e9;
    engine_stats(engine, &stats);
    printf("varbinds=%llu cpu_s=%.3f vb_per_cpu_s=%.0f wall_s=%.3f "
           "rss_mb=%.1f timeouts=%llu requests=%llu rows=%llu failed=%llu "
           "retries=%llu drops=%llu octets_in=%llu sum=%llu\n",
           (unsigned long long)p->varbinds, cpu, (double)p->varbinds / cpu,
           wall, rss_mb(), (unsigned long long)stats.timeouts,
           (unsigned long long)stats.requests, (unsigned long long)p->rows,
           (unsigned long long)p->failed, (unsigned long long)stats.retries,
           (unsigned long long)stats.socket_drops,
           (unsigned long long)stats.octets_in, (unsigned long long)p->sum);
    for (size_t i = 0; i < p->devices; i++)
        agent_free(agents[i]);
    free(agents);
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
    struct poll p = {.devices = number_from("DEVICES", 100)};
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
