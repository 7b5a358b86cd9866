/* One device or two: by the twin test where keys do not decide, and by what
 * people say. */
#include "discovery_scene.h"

#include "base/log.h"

/* An agent without engine id, and another that might be its second address. */
static const struct net_agent plain = {
    .addr = "127.77.0.21",
    .name = "plain",
    .listed = {"127.77.0.21", "127.77.0.22"},
    .uptime_cs = 70000,
    .mac = "\x04pqrst",
    .changed_cs = 500,
};
static const struct net_agent plain_again = {
    .addr = "127.77.0.22",
    .name = "plain",
    .listed = {"127.77.0.21", "127.77.0.22"},
    .uptime_cs = 70000,
    .mac = "\x04pqrst",
    .changed_cs = 500,
};
static const struct net_agent plain_twin = {
    .addr = "127.77.0.22",
    .name = "plain",
    .listed = {"127.77.0.22"},
    .uptime_cs = 70000,
    .mac = "\x04pqrst",
    .changed_cs = 900,
};

/* ---- the twin test ---- */

static const struct decision *decided(struct world *w, const char *text)
{
    struct addr addr = net_addr(text);

    return decisions_of(&at(w, text)->decisions, &addr);
}

static void seeds(struct world *w, const char *a, const char *b)
{
    struct addr both[] = {net_addr(a), net_addr(b)};

    discovery_round(w->discovery, COLLECT_ALL, both, 2, NULL, 0);
    await_idle(w);
}

static void what_keys_do_not_decide_the_twin_test_does(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &plain);
    (void)add(w, &plain_again);
    seeds(w, "127.77.0.21", "127.77.0.22");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_int_equal(at(w, "plain")->addrs.count, 2);
    const struct decision *d = decided(w, "127.77.0.22");
    if (d == NULL)
        d = decided(w, "127.77.0.21");
    assert_true(d->by == DECIDED_TWIN || d->by == DECIDED_FIRST);
    seeds(w, "127.77.0.22", "127.77.0.21");
    assert_int_equal(inventory_count(w->inv), 1);
    world_free(w);
}

static void twins_that_are_two_stay_two(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &plain);
    (void)add(w, &plain_twin);
    for (unsigned i = 0; i < 3; i++) {
        seeds(w, "127.77.0.22", "127.77.0.21");
        assert_int_equal(inventory_count(w->inv), 2);
    }
    assert_ptr_not_equal(at(w, "127.77.0.21"), at(w, "127.77.0.22"));
    assert_int_equal(w->found, 2);
    assert_int_equal(w->gone, 0);
    /* Whoever came second was held against the first. */
    const struct decision *a = decided(w, "127.77.0.21");
    const struct decision *b = decided(w, "127.77.0.22");
    const struct decision *second = a->second[0] != '\0' ? a : b;
    assert_int_equal(second->by, DECIDED_FIRST);
    assert_non_null(strstr(second->second_why, "ifTableLastChange"));
    world_free(w);
}

/* That a device lists an address does not make who answers there that device.
 */
static void a_listed_address_is_tested_when_it_answers(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &plain);
    round_from(w, "127.77.0.21");
    assert_ptr_equal(at(w, "127.77.0.22"), at(w, "plain"));
    (void)add(w, &plain_twin);
    round_from(w, "127.77.0.22");
    assert_int_equal(inventory_count(w->inv), 2);
    round_from(w, "127.77.0.21");
    assert_int_equal(inventory_count(w->inv), 2);
    world_free(w);
}

/* It was given another address, and its keys alone do not decide. */
static void a_device_that_moved_is_the_same(void **state)
{
    struct net_agent moved = plain;
    struct world *w = world_new();

    (void)state;
    moved.addr = "127.77.0.23";
    (void)add(w, &plain);
    round_from(w, "127.77.0.21");
    struct ident id = at(w, "plain")->id;
    w->net->agents[0]->drop = UINT_MAX;
    (void)add(w, &moved);
    round_from(w, "127.77.0.23");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_true(ident_equal(&at(w, "127.77.0.23")->id, &id));
    struct addr there = net_addr("127.77.0.23");
    assert_true(addr_equal(agent_addr(at(w, "plain")->agent), &there));
    assert_false(at(w, "plain")->lost);
    world_free(w);
}

static bool is_asked_again(void *arg)
{
    return ((struct fake_agent *)arg)->requests > 0;
}

static void a_twin_test_may_be_cut_off(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++) {
        struct world *w = world_new();
        struct addr second = net_addr("127.77.0.22");

        struct fake_agent *first = add(w, &plain);
        round_from(w, "127.77.0.21");
        (void)add(w, &plain_again);
        first->requests = 0;
        assert_true(discovery_lead(w->discovery, &second, LEAD_NAMED));
        net_await(w->net, is_asked_again, first, "the twin test");
        if (how == 0)
            discovery_forget(w->discovery, at(w, "127.77.0.21"));
        if (how == 1)
            discovery_silence(w->discovery, at(w, "127.77.0.21"));
        if (how < 2) { /* else it ends with everything */
            await_idle(w);
            assert_non_null(at(w, "127.77.0.22")->agent);
        }
        world_free(w);
    }
}

/* ---- addresses without an agent ---- */

/* Has resolved two of them to one MAC address (net_scene.h). */
static const struct net_agent gateway = {
    .addr = "127.77.0.40",
    .name = "gateway",
    .engine_id = "engine-gateway",
    .listed = {"127.77.0.40"},
    .arp = {"127.77.0.31", "127.77.0.32"},
    .uptime_cs = 5000,
};

static struct world *echoing_world(const struct net_agent *says)
{
    struct world *w = world_new();

    (void)add(w, says);
    w->net->pinger->echoing[0] = "127.77.0.31";
    w->net->pinger->echoing[1] = "127.77.0.32";
    return w;
}

static void silent_addresses_of_one_mac_are_one_device(void **state)
{
    struct world *w = echoing_world(&gateway);

    (void)state;
    round_from(w, "127.77.0.40");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_ptr_equal(at(w, "127.77.0.31"), at(w, "127.77.0.32"));
    const struct decision *a = decided(w, "127.77.0.31");
    const struct decision *b = decided(w, "127.77.0.32");
    assert_int_equal(a->by + b->by, DECIDED_FIRST + DECIDED_HEARSAY);
    world_free(w);
}

/* Two are known before anybody has resolved them. */
static void silent_devices_join_when_it_shows(void **state)
{
    struct net_agent before = gateway;
    struct world *w;

    (void)state;
    memset(before.arp, 0, sizeof before.arp);
    w = echoing_world(&before);
    seeds(w, "127.77.0.31", "127.77.0.32");
    assert_int_equal(inventory_count(w->inv), 2);
    net_change(w->net->agents[0], &gateway);
    round_from(w, "127.77.0.40");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_ptr_equal(at(w, "127.77.0.31"), at(w, "127.77.0.32"));
    assert_int_equal(w->merged, 1);
    world_free(w);
}

/* The one who answers for others tells nothing of who they are (proxy ARP). */
static void addresses_behind_a_proxy_stay_apart(void **state)
{
    struct net_agent proxy = gateway;
    struct world *w;

    (void)state;
    proxy.mac = "\x02pqrst";
    w = echoing_world(&proxy);
    round_from(w, "127.77.0.40");
    assert_int_equal(inventory_count(w->inv), 3);
    world_free(w);
}

/* ---- replaced hardware ---- */

static void replaced_hardware_keeps_its_history(void **state)
{
    static const struct net_agent other = {
        .addr = "127.77.0.21",
        .name = "plain",
        .engine_id = "engine-new",
        .listed = {"127.77.0.21"},
        .uptime_cs = 900,
        .mac = "\x04uvwxy",
    };
    struct net_agent old = plain;
    struct world *w = world_new();

    (void)state;
    old.engine_id = "engine-old";
    (void)add(w, &old);
    round_from(w, "127.77.0.21");
    struct device *d = at(w, "plain");
    struct ident id = d->id;
    net_change(w->net->agents[0], &other);
    round_from(w, "127.77.0.21");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_true(ident_equal(&at(w, "plain")->id, &id));
    assert_int_equal(w->replaced, 1);
    assert_int_equal(decided(w, "127.77.0.21")->by, DECIDED_REPLACED);
    round_from(w, "127.77.0.21");
    assert_int_equal(w->replaced, 1); /* once */
    world_free(w);
}

/* ---- what people say ---- */

static void what_was_merged_by_hand_stays_merged(void **state)
{
    struct world *w = world_new();
    struct complaint why;

    (void)state;
    (void)add(w, &core);
    (void)add(w, &edge);
    seeds(w, "127.77.0.1", "127.77.0.2");
    struct ident edge_id = at(w, "edge")->id;
    assert_int_equal(discovery_pin_merge(w->discovery, at(w, "core"),
                                         at(w, "edge"), "ann", &why),
                     0);
    for (unsigned i = 0; i < 2; i++) {
        seeds(w, "127.77.0.2", "127.77.0.1");
        assert_int_equal(inventory_count(w->inv), 1);
        assert_ptr_equal(at(w, "127.77.0.2"), at(w, "core"));
    }
    assert_int_equal(decided(w, "127.77.0.2")->by, DECIDED_PIN);
    assert_string_equal(decided(w, "127.77.0.2")->why,
                        "merged with edge by ann");
    assert_true(discovery_pin_merge(w->discovery, at(w, "core"), at(w, "core"),
                                    "ann", &why) < 0);

    discovery_unpin(w->discovery, pins_at(w->parts.pins, 0));
    await_idle(w);
    assert_int_equal(inventory_count(w->inv), 2);
    assert_true(ident_equal(&at(w, "edge")->id, &edge_id));
    assert_string_equal(at(w, "edge")->dir, "edge");
    assert_non_null(at(w, "edge")->agent);
    assert_ptr_equal(at(w, "127.77.0.2"), at(w, "edge"));
    assert_int_equal(pins_count(w->parts.pins), 0);
    seeds(w, "127.77.0.2", "127.77.0.1");
    assert_int_equal(inventory_count(w->inv), 2);
    world_free(w);
}

/* A device known by echo alone is asked where the other one has an agent. */
static void a_silent_device_gets_the_agent_it_is_merged_with(void **state)
{
    struct world *w = world_new();
    struct complaint why;

    (void)state;
    (void)add(w, &edge);
    w->net->pinger->echoing[0] = "127.77.0.31";
    seeds(w, "127.77.0.2", "127.77.0.31");
    struct device *silent = at(w, "127.77.0.31");
    assert_null(silent->agent);
    assert_int_equal(
        discovery_pin_merge(w->discovery, silent, at(w, "edge"), "ann", &why),
        0);
    await_idle(w);
    assert_int_equal(inventory_count(w->inv), 1);
    assert_ptr_equal(at(w, "127.77.0.2"), silent);
    assert_non_null(silent->agent);
    assert_string_equal(silent->name, "edge");
    world_free(w);
}

static void what_was_split_by_hand_stays_split(void **state)
{
    struct world *w = world_new();
    struct addr second = net_addr("127.77.0.11");
    struct device *own;
    struct complaint why;

    (void)state;
    (void)add(w, &core);
    (void)add(w, &core_again);
    seeds(w, "127.77.0.1", "127.77.0.11");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_int_equal(discovery_pin_split(w->discovery, at(w, "core"), &second,
                                         "ann", &own, &why),
                     0);
    await_idle(w);
    for (unsigned i = 0; i < 2; i++) {
        seeds(w, "127.77.0.11", "127.77.0.1");
        assert_int_equal(inventory_count(w->inv), 2);
        assert_ptr_equal(at(w, "127.77.0.11"), own);
        assert_non_null(own->agent);
    }
    assert_string_equal(decided(w, "127.77.0.11")->why,
                        "split from core by ann");
    /* Nothing is left to split, and nobody merges what was split. */
    struct device *none;
    assert_true(discovery_pin_split(w->discovery, own, &second, "ann", &none,
                                    &why) < 0);
    assert_true(discovery_pin_merge(w->discovery, at(w, "127.77.0.1"), own,
                                    "ann", &why) < 0);

    discovery_unpin(w->discovery, pins_at(w->parts.pins, 0));
    await_idle(w);
    assert_int_equal(inventory_count(w->inv), 1);
    assert_ptr_equal(at(w, "127.77.0.11"), at(w, "127.77.0.1"));
    seeds(w, "127.77.0.11", "127.77.0.1");
    assert_int_equal(inventory_count(w->inv), 1);
    world_free(w);
}

/* Alike in all that they tell: a person knows that they are two. */
static void what_is_kept_apart_by_hand_stays_two(void **state)
{
    struct world *w = world_new();
    struct net_agent copy = core;
    struct complaint why;

    (void)state;
    copy.addr = edge.addr;
    (void)add(w, &core);
    struct fake_agent *agent = add(w, &edge);
    seeds(w, "127.77.0.1", "127.77.0.2");
    const struct ident edge_id = at(w, "edge")->id;
    assert_int_equal(discovery_pin_apart(w->discovery, at(w, "core"),
                                         at(w, "edge"), "ann", &why),
                     0);
    /* It is replaced by a copy of the other one. */
    net_change(agent, &copy);
    for (unsigned i = 0; i < 2; i++) {
        seeds(w, "127.77.0.2", "127.77.0.1");
        assert_int_equal(inventory_count(w->inv), 2);
        assert_true(ident_equal(&at(w, "127.77.0.2")->id, &edge_id));
        assert_non_null(at(w, "127.77.0.2")->agent);
    }
    assert_true(discovery_pin_merge(w->discovery, at(w, "127.77.0.1"),
                                    at(w, "127.77.0.2"), "ann", &why) < 0);
    assert_true(discovery_pin_apart(w->discovery, at(w, "127.77.0.2"),
                                    at(w, "127.77.0.1"), "ann", &why) < 0);
    discovery_unpin(w->discovery, pins_at(w->parts.pins, 0));
    await_idle(w);
    assert_int_equal(pins_count(w->parts.pins), 0); /* the evidence decides */
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keys_do_not_decide_the_twin_test_does),
        cmocka_unit_test(twins_that_are_two_stay_two),
        cmocka_unit_test(a_listed_address_is_tested_when_it_answers),
        cmocka_unit_test(a_device_that_moved_is_the_same),
        cmocka_unit_test(a_twin_test_may_be_cut_off),
        cmocka_unit_test(silent_addresses_of_one_mac_are_one_device),
        cmocka_unit_test(silent_devices_join_when_it_shows),
        cmocka_unit_test(addresses_behind_a_proxy_stay_apart),
        cmocka_unit_test(replaced_hardware_keeps_its_history),
        cmocka_unit_test(what_was_merged_by_hand_stays_merged),
        cmocka_unit_test(a_silent_device_gets_the_agent_it_is_merged_with),
        cmocka_unit_test(what_was_split_by_hand_stays_split),
        cmocka_unit_test(what_is_kept_apart_by_hand_stays_two),
    };

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
