/* causes_scene.h - four devices, and what explains what of them: root - core -
 * acc1, acc2; the station is before root. */
#ifndef TESTS_CAUSES_SCENE_H
#define TESTS_CAUSES_SCENE_H

#include "state_scene.h"

#include "base/table.h"
#include "station/causes.h"
#include "topology/dominators.h"

enum { ROOT, CORE, ACC1, ACC2, NODES };
static const char *const names[NODES] = {"root", "core-0", "acc-1", "acc-2"};

struct scene {
    struct state_scene *state;
    struct causes *causes;
    struct device *devices[NODES];
    struct inferred *inferred;
    struct mono now;
    unsigned raised, ended, told; /* told: of what no other alert explains */
};

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct scene *s = arg;

    (void)before;
    s->raised += news == ALERT_RAISED;
    s->ended += news == ALERT_ENDED;
    s->told += news == ALERT_RAISED && now->cause == 0;
    s->told += news == ALERT_EXPLAINED && now->cause == 0 && before->cause != 0;
}

static struct wall wall_of(struct mono now)
{
    return (struct wall){1700000000000 + now.ns / 1000000};
}

static void pass(struct scene *s, int64_t ms)
{
    while (ms > 0) {
        s->now = mono_after_ms(s->now, 1000);
        ms -= 1000;
        causes_tick(s->causes, false, s->now, wall_of(s->now));
        alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    }
}

/* Its ports as they are published: 1 leads on towards the station, 2 and 3 away
 * from it. */
static void publish_ports(struct device *d)
{
    static const struct port_record ports[] = {
        {.object = "port-1", .if_index = 1},
        {.object = "port-2", .if_index = 2},
        {.object = "port-3", .if_index = 3}};

    d->record = mem_new(struct device_record);
    d->record->refs = 1;
    d->record->ports = ports;
    d->record->port_count = COUNT_OF(ports);
}

static void link_nodes(struct inferred *i, uint32_t a, uint32_t a_port,
                       uint32_t b, uint32_t b_port)
{
    *array_add(&i->topology->links) = (struct topo_link){.a = a,
                                                         .b = b,
                                                         .a_if_index = a_port,
                                                         .b_if_index = b_port,
                                                         .a_port = "",
                                                         .b_port = ""};
}

/* What the topology would say of these four. */
static struct inferred *infer(struct scene *s)
{
    struct inferred *i = inferred_empty((struct wall){1});
    struct topo_device *devices = arena_zero(i->arena, NODES * sizeof *devices);
    static const uint32_t above[NODES] = {ABOVE_NONE, ROOT, CORE, CORE};

    i->topology = mem_new(struct topology);
    i->topology->refs = 1;
    i->topology->arena = arena_new();
    for (size_t n = 0; n < NODES; n++) {
        devices[n] =
            (struct topo_device){.id = s->devices[n]->id,
                                 .name = names[n],
                                 .facts = facts_ref(s->devices[n]->facts)};
        (void)table_put(i->nodes, ident_key(&devices[n].id), &devices[n]);
        *array_add(&i->topology->nodes) =
            (struct topo_node){.name = names[n], .device = n};
    }
    i->input = (struct topo_input){.devices = devices, .count = NODES};
    link_nodes(i, ROOT, 2, CORE, 1);
    link_nodes(i, ROOT, 3, CORE, 2);
    link_nodes(i, CORE, 3, ACC1, 1);
    i->above = mem_array(NODES, sizeof *i->above);
    memcpy(i->above, above, sizeof above);
    i->root = ROOT;
    return i;
}

static uint32_t cause_of(void *arg, const struct alert_record *r)
{
    struct scene *s = arg;

    return causes_of(s->causes, r);
}

static uint32_t herald_of(void *arg, const struct alert_record *r)
{
    struct scene *s = arg;

    return causes_herald(s->causes, r);
}

static uint32_t no_silence(void *arg, const struct alert_record *r)
{
    (void)arg;
    (void)r;
    return 0;
}

static int setup(void **state)
{
    struct scene *s = mem_new(struct scene);
    struct alert_listener listener = {on_alert, s};
    char addr[32];

    s->state = state_scene_new();
    s->now.ns = 1000000000;
    alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    for (size_t n = 0; n < NODES; n++) {
        (void)snprintf(addr, sizeof addr, "192.0.2.%zu", 100 + n);
        s->devices[n] = scene_device(s->state, names[n], addr);
        s->devices[n]->last_seen = wall_of(s->now);
        polling_take(s->state->polling, s->devices[n]);
        publish_ports(s->devices[n]);
    }
    s->causes = causes_new(s->state->alerts, s->state->inv, s->state->polling);
    alerts_advise(s->state->alerts,
                  &(struct alert_advisor){cause_of, no_silence, herald_of, s});
    alerts_listen(s->state->alerts, &listener);
    s->inferred = infer(s);
    causes_use(s->causes, s->inferred);
    s->now = mono_after_ms(s->now, 1000); /* they answered a while ago */
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    causes_free(s->causes);
    inferred_unref(s->inferred);
    state_scene_free(s->state);
    free(s);
    return 0;
}

static void down(struct scene *s, int n)
{
    s->devices[n]->reach = REACH_DOWN;
    s->devices[n]->since = wall_of(s->now);
    causes_down(s->causes, s->devices[n]);
}

static void answer(struct scene *s, int n)
{
    bool was_down = s->devices[n]->reach == REACH_DOWN;

    s->devices[n]->reach = REACH_UP;
    s->devices[n]->last_seen = wall_of(s->now);
    if (!was_down)
        return;
    s->devices[n]->since = wall_of(s->now);
    causes_up(s->causes, s->devices[n]);
}

/* The active alert that a device cannot be reached; NULL. */
static const struct alert_record *alert_of(const struct scene *s, int n)
{
    struct object_ref o = {OBJECT_DEVICE, s->devices[n]->id, ""};
    const struct alert_record *r = alerts_of(
        s->state->alerts, &o, alert_type_find("device.unreachable"), "");

    return r != NULL && r->state == ALERT_ACTIVE ? r : NULL;
}

static struct condition port_condition(struct scene *s, int n, const char *port,
                                       bool down)
{
    return (struct condition){.object = {OBJECT_PORT, s->devices[n]->id, port},
                              .type = alert_type_find("port.down"),
                              .severity =
                                  down ? SEVERITY_MAJOR : SEVERITY_CLEARED,
                              .at = wall_of(s->now),
                              .name = port,
                              .device = names[n],
                              .text = "down",
                              .value = NAN,
                              .limit = NAN};
}

/* Told; the record of its alert. */
static const struct alert_record *turn_port(struct scene *s, int n,
                                            const char *port, bool down)
{
    struct condition c = port_condition(s, n, port, down);

    alerts_tell(s->state->alerts, &c);
    return alerts_of(s->state->alerts, &c.object, c.type, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
