/* net_scene.h - a few agents on loopback addresses, one engine that may ask
 * them, a fence around them, and echoes that need no right: for tests of what
 * drives the engine. */
#ifndef TESTS_NET_SCENE_H
#define TESTS_NET_SCENE_H

#include "../wire/fake_agent.h"

#include "base/clock.h"
#include "base/fence.h"
#include "wire/icmp.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NET_AGENTS = 16, NET_LIST = 8, NET_PATIENCE_MS = 15000 };

/* What an agent says. */
struct net_agent {
    const char *addr, *name, *engine_id;
    const char *listed[NET_LIST]; /* its own addresses, as it tells */
    const char *arp[NET_LIST];    /* addresses of others */
    const char *accepts;          /* the only community; NULL = any */
    uint32_t uptime_cs;
    const char *mac;     /* six octets, of its one interface; NULL = none */
    uint32_t changed_cs; /* ifTableLastChange; 0 = it does not tell */
};

struct net {
    struct event_base *base;
    struct engine *engine;
    struct fence *fence;
    struct pinger *pinger;
    uint16_t port;
    struct fake_agent *agents[NET_AGENTS];
    size_t count;
};

static inline struct addr net_addr(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

/* ---- echoes: every address in a list answers at the loop's next turn ---- */

struct pinger {
    struct event_base *base;
    const char *echoing[NET_LIST];
    unsigned asked;
    unsigned deaf; /* so many checks get no answer, whoever is asked */
    struct echo {
        struct event *timer;
        struct pinger *owner;
        struct addr addr;
        ping_fn done;
        void *arg;
        struct echo *next;
    } * open;
};

static inline void echo_free(struct echo *e)
{
    struct echo **at = &e->owner->open;

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    event_free(e->timer);
    free(e);
}

static inline void on_echo_turn(evutil_socket_t fd, short what, void *arg)
{
    struct echo *e = arg;
    struct ping_result result = {.addr = e->addr, .sent = 1};
    ping_fn done = e->done;
    void *to = e->arg;

    (void)fd;
    (void)what;
    bool deaf = e->owner->deaf > 0;

    e->owner->deaf -= deaf;
    for (size_t i = 0; !deaf && i < NET_LIST && e->owner->echoing[i] != NULL;
         i++) {
        struct addr a = net_addr(e->owner->echoing[i]);

        if (addr_equal(&a, &e->addr))
            result.received = 1;
    }
    echo_free(e);
    done(to, &result);
}

void pinger_check(struct pinger *p, const struct addr *addr, unsigned count,
                  uint32_t interval_ms, uint32_t timeout_ms, ping_fn done,
                  void *arg)
{
    struct timeval now = {0};
    struct echo *e = mem_new(struct echo);

    (void)count;
    (void)interval_ms;
    (void)timeout_ms;
    *e = (struct echo){
        .owner = p, .addr = *addr, .done = done, .arg = arg, .next = p->open};
    e->timer = evtimer_new(p->base, on_echo_turn, e);
    event_add(e->timer, &now);
    p->open = e;
    p->asked++;
}

void pinger_forget(struct pinger *p, const void *arg)
{
    for (struct echo *e = p->open, *next; e != NULL; e = next) {
        next = e->next;
        if (e->arg == arg)
            echo_free(e);
    }
}

/* ---- the network ---- */

static inline struct net *net_new(void)
{
    struct engine_options options = {.timeout_ms = 40, .retries = 1};
    struct net *n = mem_new(struct net);
    struct prefix within;

    assert_int_equal(prefix_parse("127.77.0.0/16", false, &within), 0);
    n->fence = fence_new();
    fence_permit(n->fence, &within);
    options.fence = n->fence;
    n->base = event_base_new();
    n->engine = engine_new(n->base, &options);
    assert_non_null(n->engine);
    n->pinger = mem_new(struct pinger);
    n->pinger->base = n->base;
    return n;
}

static inline void net_free(struct net *n)
{
    for (size_t i = 0; i < n->count; i++)
        fake_free(n->agents[i]);
    while (n->pinger->open != NULL)
        echo_free(n->pinger->open);
    free(n->pinger);
    engine_free(n->engine);
    fence_free(n->fence);
    event_base_free(n->base);
    free(n);
}

static inline void net_serve_addr(struct fake_agent *f, const char *column,
                                  const char *addr, struct value value)
{
    char name[80];

    (void)snprintf(name, sizeof name, "%s.%s", column, addr);
    fake_serve(f, name, value);
}

static inline int net_order(const void *a, const void *b)
{
    const struct varbind *left = a, *right = b;

    return oid_compare(left->name, right->name);
}

static inline void net_say(struct fake_agent *f, const struct net_agent *says)
{
    static const uint8_t mask[4] = {255, 255, 255, 255};
    struct value one = {.type = VALUE_INTEGER, .integer = 1};
    struct value host = {.type = VALUE_IP, .octets = {mask, 4}};

    fake_serve(f, "1.3.6.1.2.1.1.1.0", fake_text("an agent"));
    fake_serve(f, "1.3.6.1.2.1.1.3.0",
               (struct value){.type = VALUE_TICKS, .number = says->uptime_cs});
    fake_serve(f, "1.3.6.1.2.1.1.5.0", fake_text(says->name));
    if (says->engine_id != NULL)
        fake_serve(f, "1.3.6.1.6.3.10.2.1.1.0", fake_text(says->engine_id));
    if (says->mac != NULL) {
        fake_serve(f, "1.3.6.1.2.1.2.2.1.2.1", fake_text("eth0"));
        fake_serve(f, "1.3.6.1.2.1.2.2.1.6.1", fake_text(says->mac));
    }
    if (says->changed_cs != 0)
        fake_serve(
            f, "1.3.6.1.2.1.31.1.5.0",
            (struct value){.type = VALUE_TICKS, .number = says->changed_cs});
    for (size_t i = 0; i < NET_LIST && says->listed[i] != NULL; i++) {
        net_serve_addr(f, "1.3.6.1.2.1.4.20.1.2", says->listed[i], one);
        net_serve_addr(f, "1.3.6.1.2.1.4.20.1.3", says->listed[i], host);
    }
    for (size_t i = 0; i < NET_LIST && says->arp[i] != NULL; i++)
        net_serve_addr(f, "1.3.6.1.2.1.4.22.1.2.1", says->arp[i],
                       fake_text("\x02pqrst"));
    qsort(f->served, f->count, sizeof f->served[0], net_order);
    f->accepts = says->accepts;
}

/* Another agent; all listen on the port of the first. */
static inline struct fake_agent *net_add(struct net *n,
                                         const struct net_agent *says)
{
    struct addr a = net_addr(says->addr);
    uint32_t host = (uint32_t)a.octets[0] << 24 | (uint32_t)a.octets[1] << 16 |
                    (uint32_t)a.octets[2] << 8 | a.octets[3];
    struct fake_agent *f = fake_new_at(n->base, host, n->port);

    assert_true(n->count < NET_AGENTS);
    n->agents[n->count++] = f;
    n->port = f->port;
    net_say(f, says);
    return f;
}

/* The agent tells something else from now on. */
static inline void net_change(struct fake_agent *f,
                              const struct net_agent *says)
{
    f->count = 0;
    net_say(f, says);
}

/* Runs the loop until holds(arg), or fails. */
static inline void net_await(struct net *n, bool (*holds)(void *arg), void *arg,
                             const char *what)
{
    struct mono end = mono_after_ms(mono_now(), NET_PATIENCE_MS);
    struct timeval step = {.tv_usec = 20000};

    while (!holds(arg)) {
        if (mono_reached(mono_now(), end))
            fail_msg("waited in vain: %s", what);
        event_base_loopexit(n->base, &step);
        event_base_loop(n->base, EVLOOP_ONCE);
    }
}

/* Runs what is due now. */
static inline void net_turn(struct net *n)
{
    for (unsigned i = 0; i < 4; i++)
        event_base_loop(n->base, EVLOOP_NONBLOCK);
}

#endif
