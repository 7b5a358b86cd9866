/* Each address is asked once a round, inside the fence, with every credential;
 * who answers and who only echoes is told, and when nobody is left. */
#include "net_scene.h"

#include "station/leads.h"

static char public[] = "public", wrong[] = "wrong", nobody[] = "nobody";
static struct credential v2c = {
    .name = public, .version = SNMP_V2C, .community = public};
static struct credential v3 = {
    .name = wrong, .version = SNMP_V3, .user = nobody};
static struct credential *const only_v2c[] = {&v2c};
static struct credential *const v3_first[] = {&v3, &v2c};

static const struct net_agent core = {
    .addr = "127.77.0.1", .name = "core-1", .uptime_cs = 4711};

struct seen {
    struct net *net;
    struct leads *leads;
    struct leads_parts parts;
    unsigned met, echoed, idle;
    char name[64];
    const struct credential *credential;
    struct addr last;
};

static void on_met(void *arg, const struct addr *addr, struct agent *agent,
                   struct facts *facts)
{
    struct seen *s = arg;

    s->met++;
    s->last = *addr;
    s->credential = agent_credential(agent);
    (void)snprintf(s->name, sizeof s->name, "%s", facts->system.name);
    facts_unref(facts);
    leads_bury(s->leads, agent);
}

static void on_echoed(void *arg, const struct addr *addr)
{
    struct seen *s = arg;

    s->echoed++;
    s->last = *addr;
}

static void on_idle(void *arg)
{
    ((struct seen *)arg)->idle++;
}

static struct seen *seen_new(struct credential *const *credentials,
                             size_t count)
{
    struct seen *s = mem_new(struct seen);
    struct leads_listener listener = {
        .met = on_met, .echoed = on_echoed, .idle = on_idle, .arg = s};

    s->net = net_new();
    (void)net_add(s->net, &core);
    s->parts = (struct leads_parts){.base = s->net->base,
                                    .engine = s->net->engine,
                                    .pinger = s->net->pinger,
                                    .fence = s->net->fence,
                                    .credentials = credentials,
                                    .credential_count = count,
                                    .port = s->net->port,
                                    .haste = 20};
    s->leads = leads_new(&s->parts, &listener);
    return s;
}

static void seen_free(struct seen *s)
{
    leads_free(s->leads);
    net_free(s->net);
    free(s);
}

static bool is_idle(void *arg)
{
    struct seen *s = arg;

    return s->idle > 0 && !leads_busy(s->leads);
}

static bool ask(struct seen *s, const char *text, enum lead_kind kind)
{
    struct addr a = net_addr(text);

    return leads_add(s->leads, &a, kind);
}

static void await_idle(struct seen *s)
{
    net_await(s->net, is_idle, s, "the end of asking");
    s->idle = 0;
}

static void an_agent_is_met_without_echo_too(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);
    struct leads_stats stats;

    (void)state;
    assert_true(ask(s, "127.77.0.1", LEAD_NAMED));
    await_idle(s);
    assert_int_equal(s->met, 1);
    assert_int_equal(s->echoed, 0);
    assert_string_equal(s->name, "core-1");
    leads_stats(s->leads, &stats);
    assert_int_equal(stats.found, 1);
    assert_int_equal(stats.asked, 1);
    assert_int_equal(stats.answered, 1);
    assert_int_equal(stats.waiting, 0);
    seen_free(s);
}

static void every_credential_is_tried_in_order(void **state)
{
    struct seen *s = seen_new(v3_first, 2);

    (void)state;
    s->net->agents[0]->report = USM_UNKNOWN_USER;
    s->net->agents[0]->user = &v3;
    assert_true(ask(s, "127.77.0.1", LEAD_NAMED));
    await_idle(s);
    assert_int_equal(s->met, 1);
    assert_ptr_equal(s->credential, &v2c);
    seen_free(s);
}

static void who_only_echoes_is_told_once(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);

    (void)state;
    s->net->pinger->echoing[0] = "127.77.0.9";
    assert_true(ask(s, "127.77.0.9", LEAD_HINT)); /* its port is closed */
    assert_true(ask(s, "127.77.0.10", LEAD_HINT));
    await_idle(s);
    assert_int_equal(s->met, 0);
    assert_int_equal(s->echoed, 1);
    struct addr a = net_addr("127.77.0.9");
    assert_true(addr_equal(&s->last, &a));
    seen_free(s);
}

/* What became of an address; LEAD_STATES: nobody heard of it. */
static enum lead_state became(const struct seen *s, const char *text)
{
    struct addr wanted = net_addr(text), addr;
    enum lead_state state;
    size_t at = 0;

    while (leads_next(s->leads, &at, &addr, &state))
        if (addr_equal(&addr, &wanted))
            return state;
    return LEAD_STATES;
}

static void each_address_is_told_with_what_became_of_it(void **state)
{
    static const struct {
        enum usm_stat report;
        enum lead_state state;
    } cases[] = {{USM_UNKNOWN_USER, LEAD_USER},
                 {USM_UNSUPPORTED_LEVEL, LEAD_LEVEL},
                 {USM_WRONG_DIGEST, LEAD_AUTH},
                 {USM_DECRYPTION_ERROR, LEAD_PRIVACY},
                 {USM_UNKNOWN_ENGINE, LEAD_ENGINE}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen *s = seen_new(v3_first, 1);
        struct leads_stats stats;

        s->net->agents[0]->report = cases[i].report;
        s->net->agents[0]->user = &v3;
        s->net->pinger->echoing[0] = "127.77.0.9";
        assert_true(ask(s, "127.77.0.1", LEAD_NAMED));
        assert_int_equal(became(s, "127.77.0.1"), LEAD_WAITS);
        assert_true(ask(s, "127.77.0.9", LEAD_NAMED)); /* its port is closed */
        await_idle(s);
        assert_int_equal(became(s, "127.77.0.1"), cases[i].state);
        assert_int_equal(became(s, "127.77.0.9"), LEAD_CLOSED);
        assert_int_equal(became(s, "127.77.0.2"), LEAD_STATES);
        leads_stats(s->leads, &stats);
        assert_int_equal(stats.ends[cases[i].state], 1);
        /* Asked again it is counted again, once. */
        struct addr a = net_addr("127.77.0.9");
        assert_true(leads_again(s->leads, &a, LEAD_NAMED));
        leads_stats(s->leads, &stats);
        assert_int_equal(stats.ends[LEAD_CLOSED], 0);
        await_idle(s);
        leads_stats(s->leads, &stats);
        assert_int_equal(stats.ends[LEAD_CLOSED], 1);
        seen_free(s);
    }
}

static void nothing_outside_the_fence_is_asked(void **state)
{
    static const char *const outside[] = {"127.78.0.1", "192.0.2.1",
                                          "224.0.0.1", "0.0.0.0", "::1"};
    struct seen *s = seen_new(only_v2c, 1);
    struct leads_stats stats;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outside); i++)
        assert_false(ask(s, outside[i], LEAD_NAMED));
    net_turn(s->net);
    leads_stats(s->leads, &stats);
    assert_int_equal(stats.fenced, COUNT_OF(outside));
    assert_int_equal(stats.asked, 0);
    assert_int_equal(s->net->pinger->asked, 0);
    seen_free(s);
}

static void an_address_is_asked_once_a_round(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);
    struct addr a = net_addr("127.77.0.1");

    (void)state;
    assert_true(ask(s, "127.77.0.1", LEAD_HINT));
    assert_false(ask(s, "127.77.0.1", LEAD_HINT));
    assert_false(leads_again(s->leads, &a, LEAD_HINT)); /* it waits */
    await_idle(s);
    assert_false(ask(s, "127.77.0.1", LEAD_HINT));
    assert_int_equal(s->met, 1);
    assert_true(leads_again(s->leads, &a, LEAD_HINT));
    await_idle(s);
    assert_int_equal(s->met, 2);
    leads_new_round(s->leads);
    assert_true(ask(s, "127.77.0.1", LEAD_HINT));
    await_idle(s);
    assert_int_equal(s->met, 3);
    seen_free(s);
}

static void sweep(struct seen *s, const char *text)
{
    struct prefix p;

    assert_int_equal(prefix_parse(text, false, &p), 0);
    leads_sweep(s->leads, &p);
}

static void a_sweep_finds_who_echoes_and_who_does_not(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);
    struct leads_stats stats;

    (void)state;
    s->net->pinger->echoing[0] = "127.77.0.3";
    sweep(s, "127.77.0.0/29"); /* .1 has an agent and does not echo */
    await_idle(s);
    assert_int_equal(s->met, 1);
    assert_int_equal(s->echoed, 1);
    leads_stats(s->leads, &stats);
    assert_int_equal(stats.asked, 6);
    assert_int_equal(s->net->pinger->asked, 6 + 4); /* the silent ones twice */
    seen_free(s);
}

/* A router that is asked for a whole subnet loses packets. */
static void who_was_silent_in_a_subnet_gets_another_echo(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);
    struct leads_stats stats;

    (void)state;
    s->net->pinger->echoing[0] = "127.77.0.3";
    s->net->pinger->deaf = 6;
    sweep(s, "127.77.0.0/29");
    await_idle(s);
    assert_int_equal(s->echoed, 1);
    leads_stats(s->leads, &stats);
    assert_int_equal(stats.asked, 6);
    assert_int_equal(stats.waiting, 0);
    leads_new_round(s->leads);
    await_idle(s); /* with nothing left of the round before */
    assert_int_equal(s->net->pinger->asked, 6 + 5);
    seen_free(s);
}

static void a_sweep_stays_inside_the_fence(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);
    struct leads_stats stats;
    struct prefix forbidden;

    (void)state;
    assert_int_equal(prefix_parse("127.77.0.0/30", false, &forbidden), 0);
    fence_forbid(s->net->fence, &forbidden);
    sweep(s, "127.77.0.0/29");
    await_idle(s);
    leads_stats(s->leads, &stats);
    assert_int_equal(stats.asked, 3); /* .4 .5 .6 */
    assert_int_equal(stats.fenced, 3);
    assert_int_equal(s->met, 0);
    seen_free(s);
}

static void
a_large_sweep_outside_of_the_fence_ends_without_holding_the_loop(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);
    struct leads_stats stats;

    (void)state;
    sweep(s, "10.0.0.0/14");
    event_base_loop(s->net->base, EVLOOP_ONCE);
    leads_stats(s->leads, &stats);
    assert_true(stats.fenced <= 65536); /* a turn is bounded */
    await_idle(s);
    leads_stats(s->leads, &stats);
    assert_int_equal(stats.fenced, (1 << 18) - 2);
    assert_int_equal(stats.asked, 0);
    seen_free(s);
}

static void another_configuration_drops_what_is_under_way(void **state)
{
    struct seen *s = seen_new(v3_first, 2);

    (void)state;
    s->net->agents[0]->drop = UINT_MAX; /* v3 is asked, and waits */
    assert_true(ask(s, "127.77.0.1", LEAD_NAMED));
    assert_true(ask(s, "127.77.0.2", LEAD_NAMED));
    net_turn(s->net);
    s->parts.credentials = only_v2c;
    s->parts.credential_count = 1;
    leads_configure(s->leads, &s->parts);
    assert_false(leads_busy(s->leads));
    s->net->agents[0]->drop = 0;
    assert_true(ask(s, "127.77.0.1", LEAD_NAMED)); /* it may be asked again */
    await_idle(s);
    assert_int_equal(s->met, 1);
    assert_ptr_equal(s->credential, &v2c);
    seen_free(s);
}

static void without_echoes_and_credentials_it_ends_all_the_same(void **state)
{
    struct seen *s = seen_new(NULL, 0);

    (void)state;
    s->parts.pinger = NULL;
    leads_configure(s->leads, &s->parts);
    assert_true(ask(s, "127.77.0.1", LEAD_NAMED));
    sweep(s, "127.77.0.0/29");
    await_idle(s);
    assert_int_equal(s->met + s->echoed, 0);
    seen_free(s);
}

static void it_may_be_freed_while_it_asks(void **state)
{
    struct seen *s = seen_new(only_v2c, 1);

    (void)state;
    s->net->agents[0]->drop = UINT_MAX;
    assert_true(ask(s, "127.77.0.1", LEAD_NAMED));
    assert_true(ask(s, "127.77.0.2", LEAD_NAMED));
    event_base_loop(s->net->base, EVLOOP_NONBLOCK);
    assert_true(ask(s, "127.77.0.3", LEAD_NAMED)); /* waits still */
    seen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agent_is_met_without_echo_too),
        cmocka_unit_test(every_credential_is_tried_in_order),
        cmocka_unit_test(who_only_echoes_is_told_once),
        cmocka_unit_test(each_address_is_told_with_what_became_of_it),
        cmocka_unit_test(nothing_outside_the_fence_is_asked),
        cmocka_unit_test(an_address_is_asked_once_a_round),
        cmocka_unit_test(a_sweep_finds_who_echoes_and_who_does_not),
        cmocka_unit_test(who_was_silent_in_a_subnet_gets_another_echo),
        cmocka_unit_test(a_sweep_stays_inside_the_fence),
        cmocka_unit_test(
            a_large_sweep_outside_of_the_fence_ends_without_holding_the_loop),
        cmocka_unit_test(another_configuration_drops_what_is_under_way),
        cmocka_unit_test(without_echoes_and_credentials_it_ends_all_the_same),
        cmocka_unit_test(it_may_be_freed_while_it_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
