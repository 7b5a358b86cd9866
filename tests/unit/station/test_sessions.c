/* Sessions that were well and are not any more are told; others are not. */
#include "state_scene.h"

#include "station/sessions.h"

#include <errno.h>

struct scene {
    struct state_scene *state;
    struct sessions *sessions;
    struct device *router, *far;
    struct facts *measured; /* of the poll that is made */
    struct mono now;
};

static struct wall wall_of(struct mono now)
{
    return (struct wall){1700000000000 + now.ns / 1000000};
}

static unsigned trap_told(void *arg, const struct ident *device,
                          uint32_t if_index)
{
    (void)arg;
    (void)device;
    (void)if_index;
    return ALERT_BY_TRAP;
}

static void begin_poll(struct scene *s)
{
    facts_unref(s->measured);
    s->measured = facts_new();
}

static void report(struct scene *s, const char *table, int result,
                   uint32_t rows)
{
    *array_add(&s->measured->reports) =
        (struct table_report){.name = table, .result = result, .rows = rows};
}

static void peer(struct facts *f, enum peer_protocol protocol, const char *addr,
                 const char *state, const char *admin)
{
    *array_add(&f->peers) = (struct peer){.protocol = (uint8_t)protocol,
                                          .addr = scene_addr(addr),
                                          .as = 65002,
                                          .state = state,
                                          .admin = admin};
}

static void end_poll(struct scene *s)
{
    s->now = mono_after_ms(s->now, 1000);
    sessions_take(s->sessions, s->router, s->measured, wall_of(s->now));
    alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    s->now = mono_after_ms(s->now, SESSIONS_FOREIGN_MS);
    alerts_tick(s->state->alerts, s->now, wall_of(s->now));
}

/* One session of BGP, and nothing else. */
static void poll_bgp(struct scene *s, const char *addr, const char *state,
                     const char *admin)
{
    begin_poll(s);
    report(s, "bgpPeerTable", 0, 1);
    peer(s->measured, PEER_BGP, addr, state, admin);
    end_poll(s);
}

static void poll_ospf(struct scene *s, const char *addr, const char *state)
{
    begin_poll(s);
    report(s, "ospfNbrTable", 0, 2);
    if (state != NULL)
        peer(s->measured, PEER_OSPF, addr, state, "");
    end_poll(s);
}

static void make_sessions(struct scene *s)
{
    s->sessions =
        sessions_new(&(struct sessions_parts){.alerts = s->state->alerts,
                                              .inventory = s->state->inv,
                                              .polling = s->state->polling,
                                              .evidence = trap_told,
                                              .arg = s});
}

static int setup(void **state)
{
    struct scene *s = mem_new(struct scene);

    s->state = state_scene_new();
    s->now.ns = 1000000000;
    alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    s->router = scene_device(s->state, "r1", "192.0.2.101");
    s->far = scene_device(s->state, "r2", "192.0.2.102");
    polling_take(s->state->polling, s->far);
    make_sessions(s);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    facts_unref(s->measured);
    sessions_free(s->sessions);
    state_scene_free(s->state);
    free(s);
    return 0;
}

/* NULL: there is none, or it is over. */
static const struct alert_record *alert_of(const struct scene *s,
                                           const char *type, const char *peer)
{
    struct object_ref o = {OBJECT_DEVICE, s->router->id, ""};
    const struct alert_record *r =
        alerts_of(s->state->alerts, &o, alert_type_find(type), peer);

    return r == NULL || r->state == ALERT_CLEARED || r->ceased.ms != 0 ? NULL
                                                                       : r;
}

static void what_never_was_well_is_nobodys_loss(void **state)
{
    struct scene *s = *state;

    poll_bgp(s, "198.51.100.7", "active", "start");
    poll_ospf(s, "198.51.100.8", "init");
    poll_ospf(s, "198.51.100.8", NULL);
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
    assert_null(alert_of(s, "ospf.down", "198.51.100.8"));
}

static void
a_session_that_was_established_is_missed_until_it_is_again(void **state)
{
    struct scene *s = *state;

    poll_bgp(s, "198.51.100.7", "established", "start");
    poll_bgp(s, "198.51.100.7", "idle", "start");
    const struct alert_record *r = alert_of(s, "bgp.down", "198.51.100.7");
    assert_non_null(r);
    assert_int_equal(r->state, ALERT_ACTIVE); /* nobody knows its other end */
    assert_int_equal(r->severity, SEVERITY_MAJOR);
    assert_int_equal(r->evidence, ALERT_BY_POLL | ALERT_BY_TRAP);
    assert_string_equal(r->text,
                        "session with 198.51.100.7 (AS 65002) is down: idle");
    poll_bgp(s, "198.51.100.7", "openconfirm", "start");
    assert_non_null(alert_of(s, "bgp.down", "198.51.100.7"));
    poll_bgp(s, "198.51.100.7", "established", "start");
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
}

static void what_a_person_stops_or_takes_away_is_no_fault(void **state)
{
    struct scene *s = *state;

    poll_bgp(s, "198.51.100.7", "established", "start");
    poll_bgp(s, "198.51.100.7", "idle", "stop");
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
    poll_bgp(s, "198.51.100.7", "established", "start");
    poll_bgp(s, "198.51.100.7", "active", "start");
    assert_non_null(alert_of(s, "bgp.down", "198.51.100.7"));
    begin_poll(s);
    report(s, "bgpPeerTable", 0, 0);
    end_poll(s);
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
    poll_bgp(s, "198.51.100.7", "active", "start"); /* it begins anew */
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
}

static void a_neighbor_of_ospf_that_is_gone_is_down(void **state)
{
    struct scene *s = *state;

    poll_ospf(s, "198.51.100.8", "full");
    poll_ospf(s, "198.51.100.8", "loading"); /* on its way */
    assert_null(alert_of(s, "ospf.down", "198.51.100.8"));
    poll_ospf(s, "198.51.100.8", NULL);
    assert_non_null(alert_of(s, "ospf.down", "198.51.100.8"));
    poll_ospf(s, "198.51.100.8", "exchange");
    assert_non_null(alert_of(s, "ospf.down", "198.51.100.8"));
    poll_ospf(s, "198.51.100.8", "twoWay");
    assert_null(alert_of(s, "ospf.down", "198.51.100.8"));
    poll_ospf(s, "198.51.100.8", NULL);
    s->now = mono_after_ms(s->now, SESSIONS_LOST_MS + 1000);
    poll_ospf(s, "198.51.100.8", NULL);
    assert_null(alert_of(s, "ospf.down", "198.51.100.8"));
}

static void a_table_that_failed_says_nothing(void **state)
{
    struct scene *s = *state;

    poll_ospf(s, "198.51.100.8", "full");
    poll_bgp(s, "198.51.100.7", "established", "start");
    begin_poll(s);
    report(s, "ospfNbrTable", -ETIMEDOUT, 0);
    report(s, "bgpPeerTable", 0, 1);
    report(s, "cbgpPeer2Table", -ETIMEDOUT, 0);
    end_poll(s);
    assert_null(alert_of(s, "ospf.down", "198.51.100.8"));
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
    poll_ospf(s, "198.51.100.8", NULL); /* it was still expected */
    assert_non_null(alert_of(s, "ospf.down", "198.51.100.8"));
}

static void facts_and_alerts_of_an_earlier_run_tell_what_was_well(void **state)
{
    struct scene *s = *state;

    peer(s->router->facts, PEER_BGP, "198.51.100.7", "established", "start");
    poll_bgp(s, "198.51.100.7", "active", "start");
    assert_non_null(alert_of(s, "bgp.down", "198.51.100.7"));
    sessions_free(s->sessions);
    make_sessions(s);
    s->router->facts->peers.at[0].state = "active";
    poll_bgp(s, "198.51.100.7", "active", "start");
    assert_non_null(alert_of(s, "bgp.down", "198.51.100.7"));
    poll_bgp(s, "198.51.100.7", "established", "start");
    assert_null(alert_of(s, "bgp.down", "198.51.100.7"));
}

static void it_waits_for_the_device_at_the_other_end(void **state)
{
    struct scene *s = *state;

    s->far->last_seen = wall_of(s->now);
    poll_bgp(s, "192.0.2.102", "established", "start");
    poll_bgp(s, "192.0.2.102", "idle", "start");
    sessions_tick(s->sessions);
    assert_int_equal(alert_of(s, "bgp.down", "192.0.2.102")->state,
                     ALERT_PENDING);
    s->far->last_seen = wall_of(mono_after_ms(s->now, 10));
    sessions_tick(s->sessions);
    const struct alert_record *r = alert_of(s, "bgp.down", "192.0.2.102");
    assert_int_equal(r->state, ALERT_ACTIVE);
    assert_string_equal(
        r->text, "session with 192.0.2.102 (r2, AS 65002) is down: idle");
    struct addr addr, far = scene_addr("192.0.2.102");
    assert_true(sessions_peer_of(r, &addr) && addr_equal(&addr, &far));
    /* and not for ever */
    poll_bgp(s, "192.0.2.102", "established", "start");
    s->now = mono_after_ms(s->now, 60000);
    alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    poll_bgp(s, "192.0.2.102", "idle", "start");
    assert_int_equal(alert_of(s, "bgp.down", "192.0.2.102")->state,
                     ALERT_PENDING);
    s->now = mono_after_ms(s->now, SESSIONS_WAIT_MS + 1000);
    alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    assert_int_equal(alert_of(s, "bgp.down", "192.0.2.102")->state,
                     ALERT_ACTIVE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_never_was_well_is_nobodys_loss),
        CASE(a_session_that_was_established_is_missed_until_it_is_again),
        CASE(what_a_person_stops_or_takes_away_is_no_fault),
        CASE(a_neighbor_of_ospf_that_is_gone_is_down),
        CASE(a_table_that_failed_says_nothing),
        CASE(facts_and_alerts_of_an_earlier_run_tell_what_was_well),
        CASE(it_waits_for_the_device_at_the_other_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
