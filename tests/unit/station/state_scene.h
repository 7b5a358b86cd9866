/* state_scene.h - a small published state: two switches with a cable between
 * them, a printer without an agent, and the station itself. */
#ifndef TESTS_STATE_SCENE_H
#define TESTS_STATE_SCENE_H

#include "station/alerts.h"
#include "station/gaps.h"
#include "station/polling.h"
#include "station/publish.h"
#include "wire/credential.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <cmocka.h>

struct state_scene {
    struct event_base *base;
    struct inventory *inv;
    struct polling *polling;
    struct gaps *gaps;
    struct inferred *inferred;
    struct alerts *alerts;
    struct discovery_record discovery;
    struct station_record station;
};

static inline struct addr scene_addr(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static inline void scene_give(struct state_scene *s, struct device *d,
                              const char *text)
{
    struct addr a = scene_addr(text);

    assert_true(inventory_give_addr(s->inv, d, &a));
}

static inline struct device *scene_device(struct state_scene *s,
                                          const char *name, const char *addr)
{
    struct device *d = inventory_add(s->inv, NULL);

    scene_give(s, d, addr);
    assert_true(inventory_rename(s->inv, d, name));
    d->reach = REACH_UP;
    d->since = d->first_seen = d->last_seen = (struct wall){1700000000000};
    return d;
}

static inline void scene_port(struct device *d, uint32_t if_index,
                              const char *name)
{
    *array_add(&d->facts->interfaces) =
        (struct interface){.if_index = if_index,
                           .name = name,
                           .descr = name,
                           .alias = "uplink",
                           .type = 6,
                           .speed_bps = 1000000000,
                           .admin_status = 1,
                           .oper_status = 1,
                           .mtu = 1500,
                           .last_change_cs = FACT_UNKNOWN,
                           .duplex = "fullDuplex",
                           .label = name};
}

/* d hears name on its port. */
static inline void scene_hears(struct device *d, uint32_t if_index,
                               const char *name, const char *port,
                               const char *mgmt)
{
    *array_add(&d->facts->neighbors) =
        (struct neighbor){.protocol = NEIGHBOR_CDP,
                          .local_port_num = if_index,
                          .local_if_index = if_index,
                          .chassis_id = bytes_of_text(name),
                          .port_id = bytes_of_text(port),
                          .chassis_text = name,
                          .port_text = port,
                          .port_descr = "",
                          .sys_name = name,
                          .sys_descr = "",
                          .platform = "a switch",
                          .mgmt = {scene_addr(mgmt)},
                          .mgmt_count = 1};
}

/* Its first port is in VLANs 1, untagged, 10 to 12 and 20, and the root port.
 */
static inline void scene_bridge(struct device *d)
{
    static const uint8_t member[] = {0x40, 0x38, 0x08}, untagged[] = {0x40};

    *array_add(&d->facts->port_vlans) =
        (struct port_vlans){.base_port = 1,
                            .if_index = 1,
                            .pvid = 1,
                            .member = {member, sizeof member},
                            .untagged = {untagged, sizeof untagged}};
    *array_add(&d->facts->bridge.ports) =
        (struct bridge_port){.base_port = 1,
                             .if_index = 1,
                             .stp_state = 5,
                             .stp_role = STP_ROLE_ROOT,
                             .stp_cost = 4};
}

static inline struct device *scene_switch(struct state_scene *s,
                                          const char *name, const char *addr)
{
    static char lab[] = "lab";
    static const struct credential credential = {
        .name = lab, .version = SNMP_V2C, .community = lab};
    struct device *d = scene_device(s, name, addr);

    d->kind = KIND_SWITCH;
    d->credential = &credential;
    d->facts->system.name = name;
    d->facts->system.location = "R\xc3\xa4um 1 [48.1, 11.5]";
    d->facts->identity.vendor = "Acme";
    d->facts->identity.kind = KIND_SWITCH;
    scene_port(d, 1, "Gi0/1");
    scene_port(d, 2, "Gi0/2:3");
    scene_bridge(d);
    return d;
}

static inline void scene_measure(struct device *d)
{
    *array_add(&d->facts->processors) = (struct processor){
        .index = "1", .descr = "CPU", .oid = "", .usage_percent = 12.5};
    *array_add(&d->facts->mempools) = (struct mempool){.index = "1",
                                                       .class = "system",
                                                       .descr = "RAM",
                                                       .used_percent = 50,
                                                       .total_bytes = 1000,
                                                       .used_bytes = 500,
                                                       .free_bytes = NAN};
    *array_add(&d->facts->sensors) = (struct sensor){.class = "temperature",
                                                     .index = "7",
                                                     .descr = "Intake",
                                                     .unit = "C",
                                                     .oid = "",
                                                     .value = 31.5,
                                                     .state_descr = "",
                                                     .state_severity = "",
                                                     .group = "",
                                                     .low_crit = NAN,
                                                     .low_warn = NAN,
                                                     .high_warn = NAN,
                                                     .high_crit = NAN};
}

static inline struct state_scene *state_scene_new(void)
{
    struct state_scene *s = mem_new(struct state_scene);
    struct polling_options options = {.every_ms = 60000};
    struct polling_listener nobody = {0};
    s->base = event_base_new();
    struct polling_parts parts = {.base = s->base,
                                  .gaps = gaps_new(NULL, 1000)};

    s->inv = inventory_new();
    s->gaps = parts.gaps;
    s->alerts = alerts_new(NULL, NULL);
    s->polling = polling_new(&parts, &options, &nobody);
    struct device *edge = scene_switch(s, "edge", "192.0.2.2");
    struct device *core = scene_switch(s, "core", "192.0.2.1");
    scene_give(s, core, "2001:db8::1");
    scene_hears(core, 1, "edge", "Gi0/1", "192.0.2.2");
    scene_hears(edge, 1, "core", "Gi0/1", "192.0.2.1");
    scene_measure(core);
    struct device *printer = scene_device(s, "printer", "192.0.2.7");
    printer->reach = REACH_DOWN;
    struct device *noc = scene_device(s, "noc", "127.0.0.1");
    noc->station = true;
    noc->kind = KIND_STATION;
    scene_give(s, noc, "192.0.2.9");
    polling_facts_changed(s->polling, edge);
    polling_facts_changed(s->polling, core);
    s->station = (struct station_record){.name = "noc",
                                         .version = "1",
                                         .data_dir = "/data",
                                         .config = "/p.yaml",
                                         .up = 3,
                                         .down = 1};
    return s;
}

static inline void on_scene_inferred(void *arg, struct inferred *result)
{
    struct state_scene *s = arg;

    inferred_unref(s->inferred);
    s->inferred = result;
    event_base_loopbreak(s->base);
}

/* before as publish() takes it. */
static inline struct snapshot *scene_publish_again(struct state_scene *s,
                                                   struct snapshot *before)
{
    struct alert_book *alerts = alerts_book(s->alerts);
    const struct published what = {.inventory = s->inv,
                                   .polling = s->polling,
                                   .inferred = s->inferred,
                                   .discovery = &s->discovery,
                                   .station = &s->station,
                                   .alerts = alerts};
    struct snapshot *now = publish(before, &what);

    alert_book_unref(alerts);
    return now;
}

static inline struct snapshot *scene_publish(struct state_scene *s)
{
    return scene_publish_again(s, NULL);
}

/* What the inventory says now is inferred. */
static inline void scene_infer(struct state_scene *s)
{
    struct inference *i = inference_new(s->base, on_scene_inferred, s);
    struct snapshot *now = scene_publish(s);
    struct timeval patience = {.tv_sec = 20};

    inference_request(i, now, &(struct inference_past){.round = 1});
    snapshot_unref(now);
    event_base_loopexit(s->base, &patience);
    event_base_dispatch(s->base);
    inference_free(i);
    assert_non_null(s->inferred);
}

static inline void state_scene_free(struct state_scene *s)
{
    for (size_t i = 0; i < inventory_count(s->inv); i++)
        polling_drop(s->polling, inventory_at(s->inv, i));
    polling_free(s->polling);
    gaps_free(s->gaps);
    inferred_unref(s->inferred);
    inventory_free(s->inv);
    alerts_free(s->alerts);
    event_base_free(s->base);
    free(s);
}

#endif
