/* discovery_scene.h - a discovery over the agents of net_scene.h, and what it
 * told. */
#ifndef TESTS_DISCOVERY_SCENE_H
#define TESTS_DISCOVERY_SCENE_H

#include "net_scene.h"

#include "station/discovery.h"

#include <string.h>

static char old_name[] = "old", new_name[] = "new";
static struct credential old_secret = {
    .name = old_name, .version = SNMP_V2C, .community = old_name};
static struct credential new_secret = {
    .name = new_name, .version = SNMP_V2C, .community = new_name};
static struct credential *const credentials[] = {&new_secret, &old_secret};

static const struct net_agent core = {
    .addr = "127.77.0.1",
    .name = "core",
    .engine_id = "engine-core",
    .listed = {"127.77.0.1", "127.77.0.11"},
    .arp = {"127.77.0.2"},
    .uptime_cs = 100000,
};
static const struct net_agent core_again = {
    .addr = "127.77.0.11",
    .name = "core",
    .engine_id = "engine-core",
    .listed = {"127.77.0.1", "127.77.0.11"},
    .uptime_cs = 100000,
};
static const struct net_agent edge = {
    .addr = "127.77.0.2",
    .name = "edge",
    .engine_id = "engine-edge",
    .listed = {"127.77.0.2"},
    .uptime_cs = 9000000,
};
struct world {
    struct net *net;
    struct inventory *inv;
    struct discovery *discovery;
    struct discovery_parts parts;
    unsigned found, learned, gone, merged, renamed, silenced, idle, rounds,
        replaced;
};

static inline void on_found(void *arg, struct device *d)
{
    (void)d;
    ((struct world *)arg)->found++;
}

static inline void on_learned(void *arg, struct device *d)
{
    (void)d;
    ((struct world *)arg)->learned++;
}

static inline void on_gone(void *arg, struct device *d, struct device *into)
{
    struct world *w = arg;

    (void)d;
    w->gone++;
    w->merged += into != NULL;
}

static inline void on_renamed(void *arg, struct device *d, const char *before)
{
    assert_string_not_equal(d->name, before);
    ((struct world *)arg)->renamed++;
}

static inline void on_silenced(void *arg, struct device *d)
{
    assert_non_null(d->agent); /* still there */
    ((struct world *)arg)->silenced++;
}

static inline void on_replaced(void *arg, struct device *d, const char *why)
{
    (void)d;
    assert_string_not_equal(why, "");
    ((struct world *)arg)->replaced++;
}

static inline void on_member(void *arg, struct device *d,
                             const struct member *m, bool came)
{
    (void)arg;
    (void)d;
    (void)m;
    (void)came;
}

static inline void on_idle(void *arg, bool round)
{
    struct world *w = arg;

    w->idle++;
    w->rounds += round;
}

static inline struct world *world_new(void)
{
    struct world *w = mem_new(struct world);
    struct discovery_listener listener = {.found = on_found,
                                          .learned = on_learned,
                                          .gone = on_gone,
                                          .renamed = on_renamed,
                                          .silenced = on_silenced,
                                          .replaced = on_replaced,
                                          .member = on_member,
                                          .idle = on_idle,
                                          .arg = w};

    w->net = net_new();
    w->inv = inventory_new();
    w->parts = (struct discovery_parts){
        .leads = {.base = w->net->base,
                  .engine = w->net->engine,
                  .pinger = w->net->pinger,
                  .fence = w->net->fence,
                  .credentials = credentials,
                  .credential_count = COUNT_OF(credentials),
                  .haste = 20},
        .inventory = w->inv,
        .pins = pins_new(NULL),
        .follow = true};
    w->discovery = discovery_new(&w->parts, &listener);
    return w;
}

static inline struct fake_agent *add(struct world *w,
                                     const struct net_agent *says)
{
    struct fake_agent *f = net_add(w->net, says);

    w->parts.leads.port = w->net->port;
    discovery_configure(w->discovery, &w->parts);
    return f;
}

static inline void world_free(struct world *w)
{
    discovery_free(w->discovery);
    pins_free(w->parts.pins);
    for (size_t i = 0; i < inventory_count(w->inv); i++)
        agent_free(TAKE(inventory_at(w->inv, i)->agent));
    inventory_free(w->inv);
    net_free(w->net);
    free(w);
}

static inline bool is_idle(void *arg)
{
    struct world *w = arg;

    return w->idle > 0 && !discovery_busy(w->discovery);
}

static inline void await_idle(struct world *w)
{
    net_await(w->net, is_idle, w, "the end of the round");
    w->idle = 0;
}

/* A full round from one seed. */
static inline void round_from(struct world *w, const char *text)
{
    struct addr seed = net_addr(text);

    discovery_round(w->discovery, COLLECT_ALL, &seed, 1, NULL, 0);
    await_idle(w);
}

static inline struct device *at(struct world *w, const char *text)
{
    return inventory_find(w->inv, text);
}

#endif
