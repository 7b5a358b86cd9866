/* ping - sweeps COUNT consecutive addresses from 127.16.0.1 on through the
 * pinger, one echo each, as the station does, and prints what it cost: one line
 * of name=value fields.
 */
#include "spent.h"

#include "base/mem.h"
#include "wire/icmp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum { FIRST = 0x7f100001, COUNT_MAX = 0x00ef0000 };
/* Addresses asked for at once; the rest of the sweep is held by its end. */
enum { BUSY_MAX = 4096, RATE = 10000000, TIMEOUT_MS = 2000 };

struct sweep {
    struct event_base *base;
    struct pinger *pinger;
    uint32_t next, count, told, alive;
    double rtt_sum_ms;
};

static void sweep_next(struct sweep *s);

static void on_told(void *arg, const struct ping_result *result)
{
    struct sweep *s = arg;

    s->told++;
    if (result->received > 0) {
        s->alive++;
        s->rtt_sum_ms += result->rtt_ms_avg;
    }
    if (s->next < s->count)
        sweep_next(s);
    else if (s->told == s->count)
        event_base_loopbreak(s->base);
}

static void sweep_next(struct sweep *s)
{
    uint32_t number = FIRST + s->next++;
    struct addr to = addr_v4(
        (const uint8_t[]){(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                          (uint8_t)(number >> 8), (uint8_t)number});

    pinger_check(s->pinger, &to, 1, 0, TIMEOUT_MS, on_told, s);
}

static struct fence *loopback_fence(void)
{
    struct fence *fence = fence_new();
    struct prefix loopback;

    if (prefix_parse("127.0.0.0/8", false, &loopback) == 0)
        fence_permit(fence, &loopback);
    return fence;
}

static void report(const struct sweep *s, double wall_s)
{
    struct pinger_stats stats;

    pinger_stats(s->pinger, &stats);
    printf("alive=%u cpu_s=%.3f hosts_per_cpu_s=%.0f wall_s=%.3f "
           "rtt_ms=%.3f sent=%llu errors=%llu\n",
           s->alive, cpu_s(), s->count / cpu_s(), wall_s,
           s->rtt_sum_ms / s->alive, (unsigned long long)stats.sent,
           (unsigned long long)stats.errors);
}

int main(int argc, char **argv)
{
    struct fence *fence = loopback_fence();
    struct pinger_options options = {.rate = RATE, .fence = fence};
    struct sweep s = {.base = event_base_new()};
    struct mono began = mono_now();

    s.count = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    if (s.count == 0 || s.count > COUNT_MAX) {
        fputs("usage: ping COUNT\n", stderr);
        return 2;
    }
    s.pinger = pinger_new(s.base, &options);
    if (s.pinger == NULL) {
        fprintf(stderr, "ping: no raw socket: %s\n", strerror(errno));
        return 1;
    }
    while (s.next < s.count && s.next < BUSY_MAX)
        sweep_next(&s);
    event_base_dispatch(s.base);
    report(&s, (double)(mono_now().ns - began.ns) / 1e9);
    pinger_free(s.pinger);
    event_base_free(s.base);
    fence_free(fence);
    return 0;
}
