/* An interview ends once, with what was learned, whatever the agent does. */
#include "net_scene.h"

#include "station/interview.h"

static char public[] = "public";
static const struct credential v2c = {
    .name = public, .version = SNMP_V2C, .community = public};

static const struct net_agent core = {
    .addr = "127.77.0.1",
    .name = "core-1",
    .engine_id = "engine-1",
    .listed = {"192.0.2.1", "198.51.100.1"},
    .uptime_cs = 4711,
};

struct talk {
    struct net *net;
    struct agent *agent;
    struct interview *interview;
    unsigned ended;
    int result;
    struct facts *facts;
};

static void on_end(void *arg, int result, struct facts *facts)
{
    struct talk *t = arg;

    t->ended++;
    t->result = result;
    t->facts = facts;
    t->interview = NULL;
}

static bool is_over(void *arg)
{
    return ((struct talk *)arg)->ended > 0;
}

static struct talk talk_with(const struct net_agent *says)
{
    struct talk t = {.net = net_new()};
    struct addr a = net_addr(says->addr);

    (void)net_add(t.net, says);
    t.agent = agent_new(t.net->engine, &a, t.net->port, &v2c);
    return t;
}

static void begin(struct talk *t, enum collect_scope scope)
{
    t->interview = interview_start(t->agent, NULL, scope, NULL, on_end, t);
    assert_non_null(t->interview);
    assert_int_equal(t->ended, 0); /* not from within */
}

static void talk_end(struct talk *t)
{
    if (t->interview != NULL)
        interview_cancel(t->interview);
    facts_unref(t->facts);
    agent_free(t->agent);
    net_free(t->net);
}

static void all_that_an_agent_says_is_learned(void **state)
{
    struct talk t = talk_with(&core);

    (void)state;
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_over, &t, "the end of the interview");
    assert_int_equal(t.result, 0);
    assert_string_equal(t.facts->system.name, "core-1");
    assert_true(t.facts->system.has_uptime);
    assert_true(
        bytes_equal(t.facts->system.engine_id, bytes_of_text("engine-1")));
    assert_int_equal(t.facts->addresses.count, 2);
    for (size_t i = 0; i < t.facts->reports.count; i++)
        assert_int_equal(t.facts->reports.at[i].result, 0);
    talk_end(&t);
}

static void identity_asks_little(void **state)
{
    struct talk t = talk_with(&core);

    (void)state;
    begin(&t, COLLECT_IDENTITY);
    net_await(t.net, is_over, &t, "the end of the interview");
    assert_int_equal(t.result, 0);
    assert_string_equal(t.facts->system.name, "core-1");
    assert_int_equal(t.facts->addresses.count, 0);
    assert_in_range(t.net->agents[0]->requests, 1, 3);
    talk_end(&t);
}

static void a_silent_agent_is_given_up_without_facts(void **state)
{
    struct talk t = talk_with(&core);

    (void)state;
    t.net->agents[0]->drop = UINT_MAX;
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_over, &t, "the end of the interview");
    assert_int_equal(t.result, -ETIMEDOUT);
    assert_null(t.facts);
    talk_end(&t);
}

static bool is_met(void *arg)
{
    return ((struct talk *)arg)->net->agents[0]->requests >= 3;
}

static void
an_agent_that_dies_on_the_way_ends_it_with_what_it_said(void **state)
{
    struct talk t = talk_with(&core);

    (void)state;
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_met, &t, "the first answers");
    t.net->agents[0]->drop = UINT_MAX;
    net_await(t.net, is_over, &t, "the end of the interview");
    assert_int_equal(t.result, -ETIMEDOUT);
    assert_non_null(t.facts);
    assert_string_equal(t.facts->system.name, "core-1");
    talk_end(&t);
}

static void a_closed_port_says_so(void **state)
{
    struct talk t = talk_with(&core);
    struct addr nobody = net_addr("127.77.0.99");

    (void)state;
    agent_move(t.agent, &nobody, t.net->port);
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_over, &t, "the end of the interview");
    assert_int_equal(t.result, -ECONNREFUSED);
    assert_null(t.facts);
    talk_end(&t);
}

static void the_fence_says_so(void **state)
{
    struct talk t = talk_with(&core);
    struct addr outside = net_addr("127.78.0.1");

    (void)state;
    agent_move(t.agent, &outside, t.net->port);
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_over, &t, "the end of the interview");
    assert_int_equal(t.result, -EPERM);
    talk_end(&t);
}

static void a_canceled_one_is_never_heard_of_again(void **state)
{
    struct talk t = talk_with(&core);

    (void)state;
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_met, &t, "the first answers");
    interview_cancel(TAKE(t.interview));
    net_turn(t.net);
    assert_int_equal(t.ended, 0);
    talk_end(&t);
}

static void one_that_is_closed_tells_at_once_what_was_said(void **state)
{
    struct talk t = talk_with(&core);
    bool missing = false;

    (void)state;
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_met, &t, "the first answers");
    interview_close(t.interview);
    assert_int_equal(t.ended, 1);
    assert_int_equal(t.result, -ETIMEDOUT); /* much was not asked */
    assert_string_equal(t.facts->system.name, "core-1");
    for (size_t i = 0; i < t.facts->reports.count; i++)
        missing = missing || t.facts->reports.at[i].result == -ETIMEDOUT;
    assert_true(missing);
    net_turn(t.net);
    talk_end(&t);
}

static void an_agent_that_goes_away_ends_it_once(void **state)
{
    struct talk t = talk_with(&core);

    (void)state;
    begin(&t, COLLECT_ALL);
    net_await(t.net, is_met, &t, "the first answers");
    agent_free(TAKE(t.agent));
    net_turn(t.net);
    assert_int_equal(t.ended, 1);
    talk_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_an_agent_says_is_learned),
        cmocka_unit_test(identity_asks_little),
        cmocka_unit_test(a_silent_agent_is_given_up_without_facts),
        cmocka_unit_test(
            an_agent_that_dies_on_the_way_ends_it_with_what_it_said),
        cmocka_unit_test(a_closed_port_says_so),
        cmocka_unit_test(the_fence_says_so),
        cmocka_unit_test(a_canceled_one_is_never_heard_of_again),
        cmocka_unit_test(one_that_is_closed_tells_at_once_what_was_said),
        cmocka_unit_test(an_agent_that_goes_away_ends_it_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
