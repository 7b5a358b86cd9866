/* What explains that a session of BGP or OSPF is down. */
#include "causes_scene.h"

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

/* One that is no device, in a subnet of one port, or behind a route by it. */
static void a_port_explains_sessions_with_strangers_behind_it(void **state)
{
    struct scene *s = *state;
    struct facts *f = s->devices[ROOT]->facts;
    const struct addr near = scene_addr("198.51.100.1"),
                      all = scene_addr("0.0.0.0");

    *array_add(&f->addresses) = (struct interface_address){near, 2, 30};
    *array_add(&f->routes) =
        (struct route){.to = prefix_of(&all, 0), .if_index = 3};
    uint32_t connected = break_session(s, ROOT, "198.51.100.2")->index;
    uint32_t behind = break_session(s, ROOT, "203.0.113.5")->index;
    uint32_t other = break_session(s, ACC1, "198.51.100.2")->index;
    uint32_t port = turn_port(s, ROOT, "port-2", true)->index;

    pass(s, 2000);
    assert_int_equal(alerts_by_number(s->state->alerts, connected)->cause,
                     port);
    assert_int_equal(alerts_by_number(s->state->alerts, behind)->cause, 0);
    assert_int_equal(alerts_by_number(s->state->alerts, other)->cause, 0);
    f->routes.at[0].if_index = 2;
    assert_int_equal(break_session(s, ROOT, "203.0.113.6")->cause, port);
    *array_add(&f->routes) =
        (struct route){.to = prefix_of(&all, 0), .if_index = 1};
    assert_int_equal(break_session(s, ROOT, "203.0.113.7")->cause, 0);
    /* what was explained is so although its route has gone with the port */
    f->addresses.count = 0;
    pass(s, 10000);
    assert_int_equal(alerts_by_number(s->state->alerts, connected)->cause,
                     port);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(both_ends_of_a_session_are_one_alert),
        CASE(a_port_that_leads_there_explains_a_session),
        CASE(a_port_explains_sessions_with_strangers_behind_it),
        CASE(a_device_that_is_down_explains_sessions_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
