/* Walks and gets for people: all of the subtree, an end in any case, and no
 * word after they were canceled. */
#include "net_scene.h"

#include "station/query.h"

static char public[] = "public";
static const struct credential v2c = {
    .name = public, .version = SNMP_V2C, .community = public};
static const struct credential v1 = {
    .name = public, .version = SNMP_V1, .community = public};
static const struct net_agent core = {.addr = "127.77.0.1",
                                      .name = "core-1",
                                      .listed = {"192.0.2.1", "192.0.2.2"},
                                      .uptime_cs = 4711};

static const struct oid system_group = OID_INIT(1, 3, 6, 1, 2, 1, 1);
static const struct oid all = OID_INIT(1, 3);
static const struct oid sys_name = OID_INIT(1, 3, 6, 1, 2, 1, 1, 5, 0);
static const struct oid missing = OID_INIT(1, 3, 6, 1, 2, 1, 1, 99, 0);

struct asked {
    struct net *net;
    struct fake_agent *fake;
    struct queries queries;
    struct agent *agent;
    struct station_query *query;
    struct query_listener listener;
    unsigned varbinds, ended, cancel_at;
    bool agent_goes; /* when the first varbind comes */
    int result;
    uint64_t told;
    char text[64];
};

static void on_varbind(void *arg, struct oid name, const struct value *value)
{
    struct asked *a = arg;

    (void)name;
    if (value->type == VALUE_OCTETS)
        (void)snprintf(a->text, sizeof a->text, "%.*s", (int)value->octets.len,
                       (const char *)value->octets.at);
    if (a->agent_goes)
        agent_free(TAKE(a->agent));
    if (++a->varbinds == a->cancel_at)
        station_query_cancel(a->query);
}

static void on_end(void *arg, int result, uint64_t varbinds)
{
    struct asked *a = arg;

    a->ended++;
    a->result = result;
    a->told = varbinds;
}

static bool is_over(void *arg)
{
    return ((struct asked *)arg)->ended > 0;
}

static struct asked *asked_new(const struct credential *credential)
{
    struct asked *a = mem_new(struct asked);
    struct addr addr = net_addr(core.addr);

    a->net = net_new();
    a->fake = net_add(a->net, &core);
    a->queries.base = a->net->base;
    a->agent = agent_new(a->net->engine, &addr, a->net->port, credential);
    a->listener = (struct query_listener){on_varbind, on_end, a};
    return a;
}

static void asked_free(struct asked *a)
{
    queries_fini(&a->queries);
    agent_free(a->agent);
    net_free(a->net);
    free(a);
}

static void walk(struct asked *a, struct oid root, bool owned)
{
    struct query_target to = {a->agent, owned};

    if (owned)
        a->agent = NULL;
    a->query = query_walk(&a->queries, &to, root, &a->listener);
    assert_int_equal(a->ended, 0);
}

static void get(struct asked *a, const struct oid *names, size_t count)
{
    struct query_target to = {a->agent, false};

    a->query = query_get(&a->queries, &to, &(struct query_names){names, count},
                         &a->listener);
}

static void await_end(struct asked *a)
{
    net_await(a->net, is_over, a, "the end of the query");
    assert_null(a->queries.first);
}

static void a_walk_gives_the_subtree_and_no_more(void **state)
{
    const struct credential *const credentials[] = {&v1, &v2c};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(credentials); i++) {
        struct asked *a = asked_new(credentials[i]);

        walk(a, system_group, false);
        await_end(a);
        assert_int_equal(a->result, 0);
        assert_int_equal(a->varbinds, 3); /* descr, uptime, name */
        assert_int_equal(a->told, 3);
        assert_string_equal(a->text, "core-1");
        asked_free(a);
    }
}

static void a_walk_to_the_end_of_the_view_ends_well(void **state)
{
    const struct credential *const credentials[] = {&v1, &v2c};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(credentials); i++) {
        struct asked *a = asked_new(credentials[i]);

        walk(a, all, false);
        await_end(a);
        assert_int_equal(a->result, 0);
        assert_int_equal(a->varbinds, 7);
        asked_free(a);
    }
}

static void an_agent_with_small_answers_is_walked_whole(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->fake->octets_max = 120;
    walk(a, all, false);
    await_end(a);
    assert_int_equal(a->result, 0);
    assert_int_equal(a->varbinds, 7);
    asked_free(a);
}

static void an_agent_that_goes_round_in_circles_is_walked_once(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->fake->loop = true;
    walk(a, all, false);
    await_end(a);
    assert_int_equal(a->varbinds, 7);
    asked_free(a);
}

static void a_failure_in_the_middle_is_told(void **state)
{
    enum { GEN_ERR = 5 };
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->fake->fail_status = GEN_ERR;
    a->fake->fail_at = &a->fake->served[2];
    walk(a, system_group, false);
    await_end(a);
    assert_int_equal(a->result, -EIO);
    asked_free(a);
}

static void silence_is_told(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->fake->drop = UINT_MAX;
    walk(a, system_group, false);
    await_end(a);
    assert_int_equal(a->result, -ETIMEDOUT);
    assert_int_equal(a->varbinds, 0);
    asked_free(a);
}

static void a_get_gives_what_was_asked(void **state)
{
    const struct oid names[] = {sys_name, missing};
    struct asked *a = asked_new(&v2c);

    (void)state;
    get(a, names, 2);
    await_end(a);
    assert_int_equal(a->result, 0);
    assert_int_equal(a->varbinds, 2); /* the other one: noSuchInstance */
    assert_string_equal(a->text, "core-1");
    asked_free(a);
}

static void a_get_of_nothing_with_v1_says_so(void **state)
{
    struct asked *a = asked_new(&v1);

    (void)state;
    get(a, &missing, 1);
    await_end(a);
    assert_int_equal(a->result, -ENOENT);
    assert_int_equal(a->varbinds, 0);
    asked_free(a);
}

static void a_canceled_query_says_nothing_more(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    walk(a, system_group, false);
    station_query_cancel(a->query);
    assert_null(a->queries.first);
    net_turn(a->net);
    assert_int_equal(a->ended + a->varbinds, 0);
    asked_free(a);
}

static bool is_forgotten(void *arg)
{
    return ((struct asked *)arg)->queries.first == NULL;
}

static void a_query_may_be_canceled_while_it_speaks(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->cancel_at = 2;
    walk(a, system_group, true);
    net_await(a->net, is_forgotten, a, "the end of the canceled query");
    assert_int_equal(a->varbinds, 2);
    assert_int_equal(a->ended, 0);
    asked_free(a);
}

static void an_agent_that_goes_away_ends_the_query(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->fake->drop = UINT_MAX;
    walk(a, system_group, false);
    agent_free(TAKE(a->agent)); /* its device was removed */
    await_end(a);
    assert_int_equal(a->result, -ECANCELED);
    asked_free(a);
}

static void an_agent_may_go_between_the_answer_and_the_end(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    a->agent_goes = true;
    get(a, &sys_name, 1);
    await_end(a);
    assert_int_equal(a->result, 0);
    assert_int_equal(a->varbinds, 1);
    asked_free(a);
}

static void agents_of_queries_go_before_their_credentials(void **state)
{
    struct asked *a = asked_new(&v2c);
    struct engine_stats stats;

    (void)state;
    a->fake->drop = UINT_MAX;
    walk(a, system_group, true);
    queries_drop_agents(&a->queries);
    engine_stats(a->net->engine, &stats);
    assert_int_equal(stats.agents, 0);
    await_end(a);
    assert_int_equal(a->result, -ECANCELED);
    asked_free(a);
}

static void open_queries_go_with_the_station(void **state)
{
    struct asked *a = asked_new(&v2c);

    (void)state;
    walk(a, system_group, true);
    asked_free(a); /* the engine has no agent left, or it would not end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_gives_the_subtree_and_no_more),
        cmocka_unit_test(a_walk_to_the_end_of_the_view_ends_well),
        cmocka_unit_test(an_agent_with_small_answers_is_walked_whole),
        cmocka_unit_test(an_agent_that_goes_round_in_circles_is_walked_once),
        cmocka_unit_test(a_failure_in_the_middle_is_told),
        cmocka_unit_test(silence_is_told),
        cmocka_unit_test(a_get_gives_what_was_asked),
        cmocka_unit_test(a_get_of_nothing_with_v1_says_so),
        cmocka_unit_test(a_canceled_query_says_nothing_more),
        cmocka_unit_test(a_query_may_be_canceled_while_it_speaks),
        cmocka_unit_test(an_agent_that_goes_away_ends_the_query),
        cmocka_unit_test(an_agent_may_go_between_the_answer_and_the_end),
        cmocka_unit_test(agents_of_queries_go_before_their_credentials),
        cmocka_unit_test(open_queries_go_with_the_station),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
