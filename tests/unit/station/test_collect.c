/* Devices are asked for everything, again where they fell silent, and in the
 * end it is told who gave nothing. */
#include "net_scene.h"

#include "station/collect.h"

static char public[] = "public";
static const struct credential v2c = {
    .name = public, .version = SNMP_V2C, .community = public};
static const struct net_agent core = {
    .addr = "127.77.0.1", .name = "core-1", .uptime_cs = 4711};
static const struct net_agent edge = {
    .addr = "127.77.0.2", .name = "edge-1", .uptime_cs = 4711};

struct round {
    struct net *net;
    struct inventory *inv;
    struct collect *collect;
    unsigned facts, lost, idle, holes; /* holes: tables not answered */
    int result;
    const struct device *last, *drop; /* drop: when the other one is known */
    char name[64];
};

static void on_facts(void *arg, struct device *device, struct facts *facts)
{
    struct round *r = arg;

    r->facts++;
    r->last = device;
    for (size_t i = 0; i < facts->reports.count; i++)
        r->holes += facts->reports.at[i].result < 0;
    (void)snprintf(r->name, sizeof r->name, "%s", facts->system.name);
    device->collected_at = wall_now();
    facts_unref(device->facts);
    device->facts = facts;
    if (r->drop != NULL && r->drop != device)
        collect_drop(r->collect, (struct device *)TAKE(r->drop));
}

static void on_lost(void *arg, struct device *device, int result)
{
    struct round *r = arg;

    r->lost++;
    r->last = device;
    r->result = result;
}

static void on_idle(void *arg)
{
    ((struct round *)arg)->idle++;
}

static bool is_idle(void *arg)
{
    return ((struct round *)arg)->idle > 0;
}

static struct round *round_new(void)
{
    struct round *r = mem_new(struct round);
    struct collect_listener listener = {
        .facts = on_facts, .lost = on_lost, .idle = on_idle, .arg = r};

    r->net = net_new();
    r->inv = inventory_new();
    r->collect = collect_new(NULL, &listener);
    return r;
}

static struct device *device_of(struct round *r, const struct net_agent *says)
{
    struct device *d = inventory_add(r->inv, NULL);
    struct addr a = net_addr(says->addr);

    (void)net_add(r->net, says);
    (void)inventory_give_addr(r->inv, d, &a);
    d->credential = &v2c;
    d->agent = agent_new(r->net->engine, &a, r->net->port, &v2c);
    return d;
}

static void round_free(struct round *r)
{
    collect_free(r->collect);
    for (size_t i = 0; i < inventory_count(r->inv); i++) {
        assert_null(inventory_at(r->inv, i)->collecting);
        agent_free(TAKE(inventory_at(r->inv, i)->agent));
    }
    inventory_free(r->inv);
    net_free(r->net);
    free(r);
}

static void every_device_is_collected_once(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core), *e = device_of(r, &edge);

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    collect_add(r->collect, d, COLLECT_ALL); /* it is asked already */
    collect_add(r->collect, e, COLLECT_ALL);
    assert_non_null(d->collecting);
    assert_int_equal(
        collect_waiting(r->collect) + collect_under_way(r->collect), 2);
    net_await(r->net, is_idle, r, "the end of the round");
    assert_int_equal(r->facts, 2);
    assert_int_equal(r->lost, 0);
    assert_int_equal(r->idle, 1);
    assert_null(d->collecting);
    collect_add(r->collect, d, COLLECT_ALL); /* now it may be asked again */
    r->idle = 0;
    net_await(r->net, is_idle, r, "the second round");
    assert_int_equal(r->facts, 3);
    assert_string_equal(r->name, "core-1");
    round_free(r);
}

static void what_was_read_before_a_round_is_read_again(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core), *e = device_of(r, &edge);
    struct mono before = mono_now();

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    collect_add(r->collect, e, COLLECT_ALL);
    collect_anew(r->collect, d, COLLECT_ALL, mono_after_ms(mono_now(), 1));
    collect_anew(r->collect, e, COLLECT_ALL, before); /* it began since */
    net_await(r->net, is_idle, r, "the end of the round");
    assert_int_equal(r->facts, 3); /* a first view is used meanwhile */
    assert_ptr_equal(r->last, d);
    round_free(r);
}

static void a_device_without_an_agent_is_not_asked(void **state)
{
    struct round *r = round_new();
    struct device *d = inventory_add(r->inv, NULL);

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    assert_null(d->collecting);
    assert_int_equal(collect_under_way(r->collect), 0);
    round_free(r);
}

static void a_dead_device_is_lost_after_all_tries(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core);

    (void)state;
    r->net->agents[0]->drop = UINT_MAX;
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, is_idle, r, "the end of the round");
    assert_int_equal(r->facts, 0);
    assert_int_equal(r->lost, 1);
    assert_int_equal(r->result, -ETIMEDOUT);
    assert_ptr_equal(r->last, d);
    assert_true(r->net->agents[0]->requests >= COLLECT_TRIES);
    round_free(r);
}

static bool speaks(void *arg)
{
    return ((struct round *)arg)->net->agents[0]->requests >= 4;
}

/* An interview ends after two silent asks, three timeouts at most; the fourth
 * is of the next one. */
static bool is_asked_again(void *arg)
{
    const struct round *r = arg;
    struct agent_state state;

    agent_state(inventory_at(r->inv, 0)->agent, &state);
    return state.consecutive_timeouts >= 4;
}

static void one_that_fell_silent_on_the_way_is_asked_again(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core);

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, speaks, r, "the first answers");
    r->net->agents[0]->drop = UINT_MAX;
    net_await(r->net, is_asked_again, r, "the second interview");
    r->net->agents[0]->drop = 0;
    net_await(r->net, is_idle, r, "the end of the round");
    assert_int_equal(r->facts, 1);
    assert_int_equal(r->holes, 0);
    assert_int_equal(r->lost, 0);
    round_free(r);
}

static void a_device_may_be_dropped_while_it_is_asked(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core);

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, speaks, r, "the first answers");
    collect_drop(r->collect, d);
    assert_null(d->collecting);
    assert_int_equal(collect_under_way(r->collect), 0);
    net_turn(r->net);
    assert_int_equal(r->facts + r->lost, 0);
    round_free(r);
}

static void a_device_may_be_dropped_when_another_one_is_known(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core), *e = device_of(r, &edge);

    (void)state;
    r->net->agents[1]->drop = UINT_MAX; /* the other one comes first */
    r->drop = e;
    collect_add(r->collect, d, COLLECT_ALL);
    collect_add(r->collect, e, COLLECT_ALL);
    net_await(r->net, is_idle, r, "the end of the round");
    assert_int_equal(r->facts, 1);
    assert_int_equal(r->lost, 0);
    assert_null(e->collecting);
    round_free(r);
}

static void it_may_be_freed_while_it_asks(void **state)
{
    struct round *r = round_new();

    (void)state;
    collect_add(r->collect, device_of(r, &core), COLLECT_ALL);
    collect_add(r->collect, device_of(r, &edge), COLLECT_ALL);
    net_await(r->net, speaks, r, "the first answers");
    round_free(r);
}

/* Who asks for everything gets it, also when less was under way. */
static void everything_is_asked_for_though_news_are_under_way(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core);

    (void)state;
    collect_add(r->collect, d, COLLECT_NEWS);
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, is_idle, r, "the end of the round");
    unsigned twice = r->net->agents[0]->requests;
    assert_int_equal(r->facts, 2);
    r->idle = 0;
    collect_add(r->collect, d, COLLECT_ALL);
    collect_add(r->collect, d, COLLECT_NEWS); /* that is less */
    net_await(r->net, is_idle, r, "the end of the round");
    assert_int_equal(r->facts, 3);
    assert_in_range(r->net->agents[0]->requests - twice, 1, twice / 2 + 1);
    round_free(r);
}

/* What waits to be asked next is never made less by who comes later. */
static void
everything_is_still_asked_for_when_news_are_asked_for_anew(void **state)
{
    static const struct net_agent settled = {
        .addr = "127.77.0.3", .name = "old-1", .uptime_cs = 100000000};
    struct round *r = round_new();
    struct device *d = device_of(r, &settled);
    unsigned *asked = &r->net->agents[0]->requests;

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, is_idle, r, "all");
    unsigned all = *asked;
    r->idle = 0;
    collect_add(r->collect, d, COLLECT_NEWS);
    net_await(r->net, is_idle, r, "news");
    unsigned news = *asked - all;
    assert_true(news < all);
    r->idle = 0;
    collect_add(r->collect, d, COLLECT_NEWS);
    collect_add(r->collect, d, COLLECT_ALL);
    collect_anew(r->collect, d, COLLECT_NEWS, mono_after_ms(mono_now(), 1));
    net_await(r->net, is_idle, r, "news and all");
    assert_true(*asked - all - 2 * news > (all + news) / 2);
    round_free(r);
}

/* Nothing is known of it yet: what it said in time is better than that. Later
 * what is known is better. */
static void one_that_takes_for_ever_is_not_waited_for(void **state)
{
    struct round *r = round_new();
    struct device *d = device_of(r, &core);
    const int64_t limit = COLLECT_MS_MAX;

    (void)state;
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, speaks, r, "the first answers");
    collect_tick(r->collect, mono_after_ms(mono_now(), limit - 60000));
    assert_int_equal(collect_under_way(r->collect), 1);
    collect_tick(r->collect, mono_after_ms(mono_now(), limit));
    assert_int_equal(collect_under_way(r->collect), 0);
    assert_int_equal(r->idle, 1);
    assert_int_equal(r->facts, 1);
    assert_string_equal(r->name, "core-1");
    assert_true(r->holes > 0);
    r->net->agents[0]->requests = 0;
    collect_add(r->collect, d, COLLECT_ALL);
    net_await(r->net, speaks, r, "the first answers again");
    collect_tick(r->collect, mono_after_ms(mono_now(), limit));
    assert_int_equal(r->idle, 2);
    assert_int_equal(r->facts, 1);
    assert_int_equal(r->lost, 1);
    assert_int_equal(r->result, -ETIMEDOUT);
    assert_null(d->collecting);
    net_turn(r->net);
    round_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_device_is_collected_once),
        cmocka_unit_test(what_was_read_before_a_round_is_read_again),
        cmocka_unit_test(a_device_without_an_agent_is_not_asked),
        cmocka_unit_test(everything_is_asked_for_though_news_are_under_way),
        cmocka_unit_test(
            everything_is_still_asked_for_when_news_are_asked_for_anew),
        cmocka_unit_test(one_that_takes_for_ever_is_not_waited_for),
        cmocka_unit_test(a_dead_device_is_lost_after_all_tries),
        cmocka_unit_test(one_that_fell_silent_on_the_way_is_asked_again),
        cmocka_unit_test(a_device_may_be_dropped_while_it_is_asked),
        cmocka_unit_test(a_device_may_be_dropped_when_another_one_is_known),
        cmocka_unit_test(it_may_be_freed_while_it_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
