/* From addresses to devices: each once, whatever they say of each other, and
 * the same ones again in every round. */
#include "discovery_scene.h"

#include "base/log.h"

#include <string.h>

/* Says that the address of another is its own. */
static const struct net_agent thief = {
    .addr = "127.77.0.3",
    .name = "thief",
    .engine_id = "engine-thief",
    .listed = {"127.77.0.2", "127.77.0.3", "127.77.0.9"},
    .uptime_cs = 500,
};

/* ---- rounds ---- */

static void one_seed_leads_to_the_others(void **state)
{
    struct world *w = world_new();
    struct discovery_record progress;

    (void)state;
    (void)add(w, &core);
    (void)add(w, &edge);
    round_from(w, "127.77.0.1");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_int_equal(w->found, 2);
    assert_int_equal(w->rounds, 1);
    assert_string_equal(at(w, "127.77.0.1")->name, "core");
    assert_string_equal(at(w, "127.77.0.2")->name, "edge");
    assert_ptr_equal(at(w, "127.77.0.11"), at(w, "127.77.0.1"));
    discovery_progress(w->discovery, &progress);
    assert_false(progress.running);
    assert_int_equal(progress.devices_new, 2);
    assert_int_equal(progress.addresses_answered, 2);
    assert_int_equal(progress.waiting + progress.interviews, 0);
    assert_true(progress.ended.ms >= progress.started.ms);
    round_from(w, "127.77.0.1");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_int_equal(w->found, 2);
    assert_int_equal(w->rounds, 2);
    world_free(w);
}

static void without_following_the_seed_stays_alone(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->parts.follow = false;
    (void)add(w, &core);
    (void)add(w, &edge);
    round_from(w, "127.77.0.1");
    assert_int_equal(inventory_count(w->inv), 1);
    world_free(w);
}

static void a_second_address_of_a_device_is_no_second_device(void **state)
{
    struct world *w = world_new();
    struct addr seeds[] = {net_addr("127.77.0.1"), net_addr("127.77.0.11")};

    (void)state;
    (void)add(w, &core);
    (void)add(w, &core_again);
    discovery_round(w->discovery, COLLECT_ALL, seeds, 2, NULL, 0);
    await_idle(w);
    assert_int_equal(inventory_count(w->inv), 1);
    assert_int_equal(at(w, "core")->addrs.count, 2);
    world_free(w);
}

static void a_round_with_nothing_to_ask_ends_too(void **state)
{
    struct world *w = world_new();
    struct addr outside = net_addr("127.78.0.1");

    (void)state;
    discovery_round(w->discovery, COLLECT_ALL, NULL, 0, NULL, 0);
    await_idle(w);
    assert_int_equal(w->rounds, 1);
    assert_false(discovery_lead(w->discovery, &outside, LEAD_NAMED));
    await_idle(w);
    assert_int_equal(w->rounds, 2);
    world_free(w);
}

static void collecting_one_device_is_no_round_and_keeps_none_away(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &core);
    round_from(w, "127.77.0.1");
    discovery_collect(w->discovery, at(w, "core"));
    assert_true(discovery_busy(w->discovery));
    (void)add(w, &edge); /* meanwhile the periodic round begins */
    round_from(w, "127.77.0.2");
    assert_non_null(at(w, "edge"));
    assert_int_equal(w->rounds, 2);
    discovery_collect(w->discovery, at(w, "core"));
    await_idle(w);
    assert_int_equal(w->rounds, 2);
    world_free(w);
}

static void a_full_round_is_not_lost_to_a_small_one(void **state)
{
    struct world *w = world_new();
    struct addr named = net_addr("127.77.0.3"), seed = net_addr("127.77.0.1");

    (void)state;
    (void)add(w, &core);
    (void)add(w, &thief);
    assert_true(discovery_lead(w->discovery, &named, LEAD_NAMED));
    discovery_round(w->discovery, COLLECT_ALL, &seed, 1, NULL, 0);
    await_idle(w);
    assert_non_null(at(w, "core"));
    assert_non_null(at(w, "thief"));
    assert_int_equal(w->rounds, 1);
    world_free(w);
}

static bool has_learned(void *arg)
{
    return ((struct world *)arg)->learned > 0;
}

static void a_full_round_is_joined_by_another(void **state)
{
    struct world *w = world_new();
    struct addr seeds[] = {net_addr("127.77.0.1"), net_addr("127.77.0.3")};

    (void)state;
    (void)add(w, &core);
    add(w, &thief)->drop = 6; /* so that the round goes on for a while */
    discovery_round(w->discovery, COLLECT_ALL, seeds, 2, NULL, 0);
    net_await(w->net, has_learned, w, "the first device");
    discovery_round(w->discovery, COLLECT_ALL, seeds, 2, NULL, 0);
    await_idle(w);
    assert_int_equal(w->learned, 2); /* nobody was asked twice */
    assert_int_equal(w->rounds, 1);
    world_free(w);
}

static void another_configuration_begins_anew(void **state)
{
    struct world *w = world_new();
    struct addr seed = net_addr("127.77.0.1");

    (void)state;
    struct fake_agent *fake = add(w, &core);
    fake->drop = UINT_MAX;
    discovery_round(w->discovery, COLLECT_ALL, &seed, 1, NULL, 0);
    net_turn(w->net);
    discovery_configure(w->discovery, &w->parts);
    fake->drop = 0;
    round_from(w, "127.77.0.1"); /* the seed was being asked */
    assert_non_null(at(w, "core"));
    world_free(w);
}

static void it_may_end_in_the_middle(void **state)
{
    struct world *w = world_new();
    struct addr seed = net_addr("127.77.0.1");

    (void)state;
    (void)add(w, &core);
    (void)add(w, &edge);
    discovery_round(w->discovery, COLLECT_ALL, &seed, 1, NULL, 0);
    for (unsigned i = 0; i < 20; i++)
        event_base_loop(w->net->base, EVLOOP_ONCE);
    world_free(w);
}

/* ---- whose address is it? ---- */

static void an_address_that_answered_is_not_stolen(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &edge);
    (void)add(w, &thief);
    round_from(w, "127.77.0.2");
    struct ident id = at(w, "edge")->id;
    round_from(w, "127.77.0.3");
    round_from(w, "127.77.0.3");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_ptr_equal(at(w, "127.77.0.2"), at(w, "edge"));
    assert_true(ident_equal(&at(w, "edge")->id, &id));
    assert_int_equal(w->gone, 0);
    world_free(w);
}

static void an_address_that_was_claimed_goes_to_who_answers_there(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &edge);
    (void)add(w, &thief);
    round_from(w, "127.77.0.3"); /* it is first */
    assert_ptr_equal(at(w, "127.77.0.2"), at(w, "thief"));
    round_from(w, "127.77.0.2");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_ptr_equal(at(w, "127.77.0.2"), at(w, "edge"));
    round_from(w, "127.77.0.3");
    assert_ptr_equal(at(w, "127.77.0.2"), at(w, "edge"));
    world_free(w);
}

static void a_device_that_took_anothers_place_is_not_that_one(void **state)
{
    static const struct net_agent moved = {
        .addr = "127.77.0.1",
        .name = "edge",
        .engine_id = "engine-edge",
        .listed = {"127.77.0.1"},
        .uptime_cs = 9000000,
    };
    struct world *w = world_new();

    (void)state;
    (void)add(w, &core);
    (void)add(w, &edge);
    (void)add(w, &core_again);
    round_from(w, "127.77.0.1");
    struct ident core_id = at(w, "core")->id, edge_id = at(w, "edge")->id;
    net_change(w->net->agents[0], &moved);
    round_from(w, "127.77.0.11");
    round_from(w, "127.77.0.1");
    assert_int_equal(inventory_count(w->inv), 2);
    assert_true(ident_equal(&at(w, "127.77.0.1")->id, &edge_id));
    assert_true(ident_equal(&at(w, "127.77.0.11")->id, &core_id));
    world_free(w);
}

/* ---- credentials ---- */

static void
a_device_that_answers_to_another_credential_stays_the_same(void **state)
{
    struct world *w = world_new();

    (void)state;
    struct fake_agent *fake = add(w, &core);
    fake->accepts = old_name;
    round_from(w, "127.77.0.1");
    struct device *d = at(w, "core");
    struct ident id = d->id;
    assert_ptr_equal(d->credential, &old_secret);
    fake->accepts = new_name;
    discovery_round(w->discovery, COLLECT_ALL, NULL, 0, NULL,
                    0); /* not even a seed */
    await_idle(w);
    assert_int_equal(inventory_count(w->inv), 1);
    assert_ptr_equal(at(w, "core"), d);
    assert_true(ident_equal(&d->id, &id));
    assert_ptr_equal(d->credential, &new_secret);
    assert_ptr_equal(agent_credential(d->agent), &new_secret);
    assert_false(d->lost);
    assert_int_equal(w->found, 1);
    world_free(w);
}

static void a_device_that_died_stays_and_the_round_ends(void **state)
{
    struct world *w = world_new();

    (void)state;
    struct fake_agent *fake = add(w, &core);
    fake->accepts = new_name;
    round_from(w, "127.77.0.1");
    fake->drop = UINT_MAX;
    discovery_round(w->discovery, COLLECT_ALL, NULL, 0, NULL, 0);
    await_idle(w);
    assert_non_null(at(w, "core"));
    assert_true(at(w, "core")->lost);
    fake->drop = 0;
    round_from(w, "127.77.0.1");
    assert_false(at(w, "core")->lost);
    assert_int_equal(w->found, 1);
    world_free(w);
}

static void a_device_lost_at_one_address_is_asked_at_another(void **state)
{
    struct world *w = world_new();
    struct addr other = net_addr("127.77.0.11");

    (void)state;
    struct fake_agent *fake = add(w, &core);
    (void)add(w, &core_again);
    round_from(w, "127.77.0.1");
    fake->drop = UINT_MAX;
    discovery_round(w->discovery, COLLECT_ALL, NULL, 0, NULL, 0);
    await_idle(w);
    assert_int_equal(inventory_count(w->inv), 1);
    assert_true(addr_equal(agent_addr(at(w, "core")->agent), &other));
    assert_false(at(w, "core")->lost);
    world_free(w);
}

static void a_silenced_device_is_known_when_it_is_asked_again(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &core);
    round_from(w, "127.77.0.1");
    struct device *d = at(w, "core");
    discovery_collect(w->discovery, d);
    discovery_silence(w->discovery, d); /* while it is being asked */
    assert_int_equal(w->silenced, 1);
    assert_null(d->agent);
    assert_null(d->credential);
    assert_null(d->collecting);
    round_from(w, "127.77.0.1");
    assert_ptr_equal(at(w, "core"), d);
    assert_non_null(d->agent);
    assert_int_equal(inventory_count(w->inv), 1);
    world_free(w);
}

/* ---- addresses without an agent ---- */

static void echoes_become_devices_once(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &edge);
    w->net->pinger->echoing[0] = "127.77.0.9";
    round_from(w, "127.77.0.9");
    assert_int_equal(inventory_count(w->inv), 1);
    struct device *d = at(w, "127.77.0.9");
    assert_null(d->credential);
    assert_string_equal(d->name, "127.77.0.9");
    round_from(w, "127.77.0.9");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_ptr_equal(at(w, "127.77.0.9"), d);
    world_free(w);
}

static void an_echo_that_a_device_lists_is_its_second_address(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &thief); /* not of this one */
    w->net->pinger->echoing[0] = "127.77.0.9";
    round_from(w, "127.77.0.9");
    round_from(w, "127.77.0.3");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_int_equal(w->merged, 1);
    assert_ptr_equal(at(w, "127.77.0.9"), at(w, "thief"));
    world_free(w);
}

static void an_echo_whose_agent_wakes_up_is_the_same_device(void **state)
{
    struct world *w = world_new();

    (void)state;
    struct fake_agent *fake = add(w, &edge);
    fake->accepts = "nobody knows";
    w->net->pinger->echoing[0] = "127.77.0.2";
    round_from(w, "127.77.0.2");
    struct device *d = at(w, "127.77.0.2");
    assert_null(d->credential);
    fake->accepts = NULL;
    round_from(w, "127.77.0.2");
    assert_ptr_equal(at(w, "127.77.0.2"), d);
    assert_non_null(d->credential);
    assert_string_equal(d->name, "edge");
    assert_int_equal(w->renamed, 1);
    world_free(w);
}

static void a_forgotten_device_is_found_anew(void **state)
{
    struct world *w = world_new();

    (void)state;
    (void)add(w, &edge);
    round_from(w, "127.77.0.2");
    discovery_collect(w->discovery, at(w, "edge"));
    discovery_forget(w->discovery, at(w, "edge"));
    assert_int_equal(inventory_count(w->inv), 0);
    assert_int_equal(w->gone, 1);
    await_idle(w); /* what was under way ends */
    round_from(w, "127.77.0.2");
    assert_int_equal(inventory_count(w->inv), 1);
    assert_int_equal(w->found, 2);
    world_free(w);
}

/* ---- this machine ---- */

static void what_this_machine_sees_leads_on_only_where_wanted(void **state)
{
    (void)state;
    for (int local = 0; local <= 1; local++) {
        struct world *w = world_new();
        struct device *self = inventory_add(w->inv, NULL);
        struct facts *facts = facts_new();

        self->station = true;
        assert_true(inventory_rename(w->inv, self, "noc"));
        w->parts.local = local == 1;
        (void)add(w, &edge);
        array_add(&facts->arp)->addr = net_addr("127.77.0.2");
        discovery_learn(w->discovery, self, facts);
        round_from(w, "127.77.0.99");
        assert_int_equal(inventory_count(w->inv), local == 1 ? 2 : 1);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_leads_to_the_others),
        cmocka_unit_test(without_following_the_seed_stays_alone),
        cmocka_unit_test(a_second_address_of_a_device_is_no_second_device),
        cmocka_unit_test(a_round_with_nothing_to_ask_ends_too),
        cmocka_unit_test(collecting_one_device_is_no_round_and_keeps_none_away),
        cmocka_unit_test(a_full_round_is_not_lost_to_a_small_one),
        cmocka_unit_test(a_full_round_is_joined_by_another),
        cmocka_unit_test(another_configuration_begins_anew),
        cmocka_unit_test(it_may_end_in_the_middle),
        cmocka_unit_test(an_address_that_answered_is_not_stolen),
        cmocka_unit_test(an_address_that_was_claimed_goes_to_who_answers_there),
        cmocka_unit_test(a_device_that_took_anothers_place_is_not_that_one),
        cmocka_unit_test(
            a_device_that_answers_to_another_credential_stays_the_same),
        cmocka_unit_test(a_device_that_died_stays_and_the_round_ends),
        cmocka_unit_test(a_device_lost_at_one_address_is_asked_at_another),
        cmocka_unit_test(a_silenced_device_is_known_when_it_is_asked_again),
        cmocka_unit_test(echoes_become_devices_once),
        cmocka_unit_test(an_echo_that_a_device_lists_is_its_second_address),
        cmocka_unit_test(an_echo_whose_agent_wakes_up_is_the_same_device),
        cmocka_unit_test(a_forgotten_device_is_found_anew),
        cmocka_unit_test(what_this_machine_sees_leads_on_only_where_wanted),
    };

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
