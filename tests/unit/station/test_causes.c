/* Devices fall silent in any order; one of them is the cause. */
#include "state_scene.h"

#include "base/table.h"
#include "station/causes.h"
#include "topology/dominators.h"

/* root - core - acc1, acc2; the station is before root. */
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

static void a_symptom_that_is_found_first_waits_for_its_cause(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    pass(s, 3000);
    assert_null(alert_of(s, ACC1)); /* core-0 has not answered since */
    answer(s, ROOT);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    down(s, ACC2);
    pass(s, 2000);
    assert_int_equal(s->raised, 3);
    assert_int_equal(s->told, 1);
    const struct alert_record *core = alert_of(s, CORE);
    assert_int_equal(alert_of(s, ACC1)->cause, core->index);
    assert_int_equal(alert_of(s, ACC2)->cause, core->index);
    assert_int_equal(core->symptom_count, 2);
    assert_string_equal(core->symptoms[0], "acc-1");
    assert_string_equal(core->symptoms[1], "acc-2");
}

static void who_is_down_alone_is_told_once_those_before_answered(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    pass(s, 1000);
    assert_int_equal(s->told, 0);
    answer(s, ROOT);
    answer(s, CORE);
    pass(s, 1000);
    assert_int_equal(s->told, 1);
    assert_int_equal(alert_of(s, ACC1)->cause, 0);
}

static void nobody_waits_for_ever(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    pass(s, CAUSES_WAIT_MS - 2000);
    assert_int_equal(s->told, 0);
    pass(s, 3000);
    assert_int_equal(s->told, 1);
    /* the cause comes late: explained all the same */
    answer(s, ROOT);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 6000);
    assert_int_equal(alert_of(s, ACC1)->cause, alert_of(s, CORE)->index);
}

static void what_outlives_its_cause_becomes_an_alert_of_its_own(void **state)
{
    struct scene *s = *state;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 1000);
    down(s, ACC1);
    down(s, ACC2);
    pass(s, 2000);
    assert_int_equal(s->told, 1);
    answer(s, CORE);
    pass(s, 1000);
    answer(s, ACC2);
    pass(s, CAUSES_GRACE_MS - 5000);
    assert_int_equal(s->told, 1); /* it may answer yet */
    assert_int_not_equal(alert_of(s, ACC1)->cause, 0);
    pass(s, 10000);
    assert_int_equal(s->told, 2);
    assert_int_equal(alert_of(s, ACC1)->cause, 0);
    assert_int_equal(s->ended, 2);
}

static void who_comes_back_before_its_cause_makes_no_alerts(void **state)
{
    struct scene *s = *state;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 1000);
    down(s, ACC1);
    down(s, ACC2);
    pass(s, 2000);
    assert_int_equal(s->told, 1);
    answer(s, ACC2);
    pass(s, 10000);
    answer(s, CORE);
    pass(s, 5000);
    answer(s, ACC1);
    pass(s, 5000);
    assert_int_equal(s->told, 1);
    assert_int_equal(s->ended, 3);
}

static void who_lets_others_pass_explains_nothing(void **state)
{
    struct scene *s = *state;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 1000);
    answer(s, ACC2); /* the core's agent is silent, no more */
    down(s, ACC1);
    pass(s, CAUSES_WAIT_MS + 2000);
    assert_int_equal(alert_of(s, ACC1)->cause, 0);
    assert_int_equal(alert_of(s, CORE)->symptom_count, 0);
}

static void all_that_is_of_who_is_down_is_a_symptom(void **state)
{
    struct scene *s = *state;
    struct condition fan = {
        .object = {OBJECT_METRIC, s->devices[ACC1]->id, "sensor-fan-1"},
        .type = alert_type_find("fan"),
        .severity = SEVERITY_MAJOR,
        .name = "acc-1 fan",
        .device = "acc-1",
        .text = "stands still",
        .value = NAN,
        .limit = NAN};

    alerts_tell(s->state->alerts, &fan);
    assert_int_equal(s->told, 1);
    down(s, CORE);
    answer(s, ROOT);
    down(s, ACC1);
    pass(s, 3000);
    const struct alert_record *r =
        alerts_of(s->state->alerts, &fan.object, fan.type, "");
    assert_int_equal(r->cause, alert_of(s, CORE)->index);
    fan.qualifier = "second";
    alerts_tell(s->state->alerts, &fan); /* rises explained */
    r = alerts_of(s->state->alerts, &fan.object, fan.type, "second");
    assert_int_equal(r->cause, alert_of(s, CORE)->index);
    assert_int_equal(s->told, 2);
}

static void nobody_is_told_while_the_station_doubts_itself(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    for (int i = 0; i < 100; i++) {
        s->now = mono_after_ms(s->now, 1000);
        causes_tick(s->causes, true, s->now, wall_of(s->now));
        alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    }
    assert_int_equal(s->raised, 0);
    answer(s, ACC1);
    assert_int_equal(s->raised, 0);
}

static void who_answers_before_a_device_is_asked_bears_witness(void **state)
{
    struct scene *s = *state;
    struct device *d = s->devices[ACC1];

    d->reach = REACH_SUSPECT;
    d->since = wall_of(mono_after_ms(s->now, 500));
    causes_suspect(s->causes, d, true);
    pass(s, 1000);
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_NOBODY);
    answer(s, CORE);
    struct mono before = mono_after_ms(s->now, -100);
    assert_int_equal(causes_witness(s->causes, d, before, s->now),
                     DOUBT_NOBODY);
    assert_int_equal(causes_witness(s->causes, d, mono_after_ms(s->now, 100),
                                    mono_after_ms(s->now, 200)),
                     DOUBT_BEFORE);
    causes_suspect(s->causes, d, false);
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_NOBODY);
}

static void who_is_beside_a_silent_device_tells_that_it_is_alone(void **state)
{
    struct scene *s = *state;
    struct device *d = s->devices[CORE];

    d->reach = REACH_SUSPECT;
    d->since = wall_of(mono_after_ms(s->now, 500));
    causes_suspect(s->causes, d, true);
    pass(s, 1000);
    answer(s, ACC1); /* behind it, with a link to it */
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_BESIDE);
    answer(s, ROOT);
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_BEFORE);
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

static void a_port_that_told_before_is_the_herald_of_who_is_behind(void **state)
{
    struct scene *s = *state;
    uint32_t index = turn_port(s, ROOT, "port-2", true)->index;

    assert_int_equal(s->told, 1);
    pass(s, 5000);
    down(s, CORE);
    answer(s, ROOT);
    down(s, ACC1);
    pass(s, 2000);
    assert_int_equal(alert_of(s, CORE)->herald, index);
    assert_int_equal(alert_of(s, ACC1)->herald, 0); /* it is explained */
    const struct alert_record *port = alerts_by_number(s->state->alerts, index);
    assert_int_equal(port->cause, alert_of(s, CORE)->index);
}

static void a_port_that_is_down_for_long_is_nobodys_herald(void **state)
{
    struct scene *s = *state;

    (void)turn_port(s, ROOT, "port-2", true);
    pass(s, CAUSES_HERALD_MS + 2000);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    assert_int_equal(alert_of(s, CORE)->herald, 0);
    (void)turn_port(s, ACC1, "port-2", true); /* leads to nobody */
    down(s, ACC1);
    pass(s, 2000);
    assert_int_equal(alert_of(s, ACC1)->herald, 0);
}

static void of_ports_to_one_device_the_second_waits_for_its_answer(void **state)
{
    struct scene *s = *state;
    uint32_t first = turn_port(s, ROOT, "port-2", true)->index;
    const struct alert_record *second = turn_port(s, ROOT, "port-3", true);

    assert_int_equal(second->cause, first);
    assert_int_equal(s->told, 1);
    pass(s, 2000);
    uint32_t index = second->index;
    answer(s, CORE); /* it lives: two cables */
    pass(s, 1000);
    assert_int_equal(alerts_by_number(s->state->alerts, index)->cause, 0);
    assert_int_equal(s->told, 2);
}

static void of_ports_to_who_died_one_is_told(void **state)
{
    struct scene *s = *state;
    uint32_t first = turn_port(s, ROOT, "port-2", true)->index;
    uint32_t second = turn_port(s, ROOT, "port-3", true)->index;

    pass(s, 15000);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    uint32_t core = alert_of(s, CORE)->index;
    assert_int_equal(alert_of(s, CORE)->herald, first);
    assert_int_equal(alerts_by_number(s->state->alerts, first)->cause, core);
    assert_int_equal(alerts_by_number(s->state->alerts, second)->cause, core);
    assert_int_equal(s->told, 2); /* the port and the device, which is known by
                                     it */
}

static void nobody_waits_long_for_an_answer_that_does_not_come(void **state)
{
    struct scene *s = *state;

    (void)turn_port(s, ROOT, "port-2", true);
    uint32_t second = turn_port(s, ROOT, "port-3", true)->index;
    pass(s, CAUSES_TWIN_MS - 2000);
    assert_int_equal(s->told, 1);
    pass(s, 5000);
    assert_int_equal(alerts_by_number(s->state->alerts, second)->cause, 0);
    assert_int_equal(s->told, 2);
}

static struct condition session_condition(struct scene *s, int n,
                                          const char *peer)
{
    return (struct condition){.object = {OBJECT_DEVICE, s->devices[n]->id, ""},
                              .type = alert_type_find("bgp.down"),
                              .qualifier = peer,
                              .severity = SEVERITY_MAJOR,
                              .at = wall_of(s->now),
                              .name = names[n],
                              .device = names[n],
                              .text = "down",
                              .value = NAN,
                              .limit = NAN};
}

static const struct alert_record *break_session(struct scene *s, int n,
                                                const char *peer)
{
    struct condition c = session_condition(s, n, peer);

    alerts_tell(s->state->alerts, &c);
    return alerts_of(s->state->alerts, &c.object, c.type, peer);
}

#define ROOT_ADDR "192.0.2.100"
#define CORE_ADDR "192.0.2.101"

static void both_ends_of_a_session_are_one_alert(void **state)
{
    struct scene *s = *state;
    uint32_t first = break_session(s, ROOT, CORE_ADDR)->index;

    assert_int_equal(break_session(s, CORE, ROOT_ADDR)->cause, first);
    assert_int_equal(break_session(s, ROOT, "198.51.100.9")->cause, 0);
    assert_int_equal(break_session(s, ACC1, CORE_ADDR)->cause, 0);
    assert_int_equal(s->told, 3);
}

static void a_port_that_leads_there_explains_a_session(void **state)
{
    struct scene *s = *state;
    uint32_t other = break_session(s, ACC1, CORE_ADDR)->index;
    uint32_t before = break_session(s, ROOT, CORE_ADDR)->index;
    uint32_t port = turn_port(s, ROOT, "port-2", true)->index;

    assert_int_equal(break_session(s, CORE, ROOT_ADDR)->cause, port);
    pass(s, 2000);
    assert_int_equal(alerts_by_number(s->state->alerts, before)->cause, port);
    assert_int_equal(alerts_by_number(s->state->alerts, other)->cause, 0);
}

static void a_device_that_is_down_explains_sessions_with_it(void **state)
{
    struct scene *s = *state;
    uint32_t before = break_session(s, ROOT, CORE_ADDR)->index;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    uint32_t core = alert_of(s, CORE)->index;
    assert_int_equal(alerts_by_number(s->state->alerts, before)->cause, core);
    assert_int_equal(break_session(s, ACC1, CORE_ADDR)->cause, core);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_symptom_that_is_found_first_waits_for_its_cause),
        CASE(who_is_down_alone_is_told_once_those_before_answered),
        CASE(nobody_waits_for_ever),
        CASE(what_outlives_its_cause_becomes_an_alert_of_its_own),
        CASE(who_comes_back_before_its_cause_makes_no_alerts),
        CASE(who_lets_others_pass_explains_nothing),
        CASE(all_that_is_of_who_is_down_is_a_symptom),
        CASE(nobody_is_told_while_the_station_doubts_itself),
        CASE(who_answers_before_a_device_is_asked_bears_witness),
        CASE(who_is_beside_a_silent_device_tells_that_it_is_alone),
        CASE(a_port_that_told_before_is_the_herald_of_who_is_behind),
        CASE(a_port_that_is_down_for_long_is_nobodys_herald),
        CASE(of_ports_to_one_device_the_second_waits_for_its_answer),
        CASE(of_ports_to_who_died_one_is_told),
        CASE(nobody_waits_long_for_an_answer_that_does_not_come),
        CASE(both_ends_of_a_session_are_one_alert),
        CASE(a_port_that_leads_there_explains_a_session),
        CASE(a_device_that_is_down_explains_sessions_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
