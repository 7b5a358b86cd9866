/* What comes of a request, from agents that answer, are late, lie or are dead;
 * v1, v2c and v3. */
#include "fake_agent.h"

#include "base/clock.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATIENCE_S = 10 };

static const uint32_t timeout_ms = 30;

static char public[] = "public", secret_a[] = "secret-a",
            secret_p[] = "secret-p", monitor[] = "monitor", other[] = "other";
static const struct credential v1 = {.version = SNMP_V1, .community = public};
static const struct credential v2c = {.version = SNMP_V2C, .community = public};
static const struct credential v3 = {.version = SNMP_V3,
                                     .user = monitor,
                                     .auth = AUTH_SHA256,
                                     .priv = PRIV_AES128,
                                     .auth_secret = secret_a,
                                     .priv_secret = secret_p};
static const struct credential v3_auth = {.version = SNMP_V3,
                                          .user = monitor,
                                          .auth = AUTH_SHA1,
                                          .auth_secret = secret_a};
static const struct credential v3_none = {.version = SNMP_V3, .user = monitor};

static const struct oid sys_name = OID_INIT(1, 3, 6, 1, 2, 1, 1, 5, 0);
static const struct oid sys_uptime = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);
static const struct oid sys_missing = OID_INIT(1, 3, 6, 1, 2, 1, 1, 99, 0);

/* One agent asked by one engine. */
struct scene {
    struct event_base *base;
    struct engine *engine;
    struct fake_agent *fake;
    struct agent *agent;
    unsigned called, expected; /* callbacks */
    struct answer last;        /* views are gone, but for the text below */
    char text[64];             /* first value */
};

static struct engine_options quick(void)
{
    return (struct engine_options){.timeout_ms = timeout_ms, .retries = 2};
}

static struct scene *scene_with(const struct credential *credential,
                                const struct engine_options *options)
{
    struct scene *s = mem_new(struct scene);
    struct addr loopback = addr_v4((const uint8_t[]){127, 0, 0, 1});

    s->base = event_base_new();
    s->engine = engine_new(s->base, options);
    assert_non_null(s->engine);
    s->fake = fake_new(s->base);
    fake_serve(s->fake, "1.3.6.1.2.1.1.3.0",
               (struct value){.type = VALUE_TICKS, .number = 4711});
    fake_serve(s->fake, "1.3.6.1.2.1.1.5.0", fake_text("core-1"));
    s->agent = agent_new(s->engine, &loopback, s->fake->port, credential);
    return s;
}

static struct scene *scene_new(const struct credential *credential)
{
    struct engine_options options = quick();

    return scene_with(credential, &options);
}

static void scene_free(struct scene *s)
{
    agent_free(s->agent);
    fake_free(s->fake);
    engine_free(s->engine);
    event_base_free(s->base);
    free(s);
}

static void on_answer(void *arg, const struct answer *answer)
{
    struct scene *s = arg;

    s->called++;
    s->last = *answer;
    s->text[0] = '\0';
    if (answer->count > 0 && answer->varbinds[0].value.type == VALUE_OCTETS)
        snprintf(s->text, sizeof s->text, "%.*s",
                 (int)answer->varbinds[0].value.octets.len,
                 (const char *)answer->varbinds[0].value.octets.at);
    if (s->called == s->expected)
        event_base_loopbreak(s->base);
}

static void request_names(struct scene *s, const struct oid *names,
                          size_t count)
{
    const struct request request = {
        .type = PDU_GET, .names = names, .count = count};

    engine_send(s->agent, &request, on_answer, s);
}

/* Turns the loop until expected callbacks came. */
static void run(struct scene *s, unsigned expected)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};

    s->expected = expected;
    event_base_loopexit(s->base, &patience);
    if (s->called < expected)
        event_base_dispatch(s->base);
    assert_int_equal(s->called, expected);
}

static void ask(struct scene *s)
{
    s->called = 0;
    request_names(s, &sys_name, 1);
    assert_int_equal(s->called, 0); /* never from within engine_send() */
    run(s, 1);
}

/* ---- v1 and v2c ---------------------------------------------------------- */

static void a_request_is_answered(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct agent_state known;

    agent_state(s->agent, &known);
    assert_true(isnan(known.srtt_ms) != 0);
    assert_int_equal(known.timeout_ms, timeout_ms);
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_int_equal(s->last.error_status, 0);
    assert_int_equal(s->last.tries, 1);
    assert_string_equal(s->text, "core-1");
    assert_true(s->last.stamp.received.ns > s->last.stamp.sent.ns);
    agent_state(s->agent, &known);
    assert_true(known.srtt_ms > 0 && known.srtt_ms < 1000);
    assert_int_equal(known.requests, 1);
    assert_int_equal(known.answers, 1);
    assert_int_equal(known.in_flight, 0);
    assert_true(known.octets_out > 20 && known.octets_in > 20);
    assert_int_equal(agent_quirks(s->agent), 0);
    scene_free(s);
}

static void errors_are_handed_on(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v1);
    const struct oid names[] = {sys_name, sys_missing};

    request_names(s, names, 2);
    run(s, 1);
    assert_int_equal(s->last.result, 0);
    assert_int_equal(s->last.error_status, ERROR_NO_SUCH_NAME);
    assert_int_equal(s->last.error_index, 2);
    scene_free(s);
}

static void a_lost_request_is_sent_again(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct agent_state known;

    s->fake->drop = 2;
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_int_equal(s->last.tries, 3);
    agent_state(s->agent, &known);
    assert_int_equal(known.retries, 2);
    assert_int_equal(known.timeouts, 2);
    assert_true(isnan(known.srtt_ms) != 0); /* nobody knows which it answers */
    assert_true(known.timeout_ms >= 4 * timeout_ms);
    ask(s);
    agent_state(s->agent, &known);
    assert_true(known.srtt_ms > 0);
    assert_true(known.timeout_ms < 4 * timeout_ms);
    scene_free(s);
}

static void silence_ends_in_a_timeout(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct mono before = mono_now();
    struct engine_stats stats;

    s->fake->drop = UINT32_MAX;
    ask(s);
    assert_int_equal(s->last.result, -ETIMEDOUT);
    assert_int_equal(s->last.tries, 3);
    assert_true(mono_ms_between(before, mono_now()) >= 7 * timeout_ms - 5);
    engine_stats(s->engine, &stats);
    assert_int_equal(stats.timeouts, 3);
    assert_int_equal(stats.in_flight, 0);
    scene_free(s);
}

static void the_dead_hold_up_nothing(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    s->fake->drop = UINT32_MAX;
    for (int i = 0; i < 20; i++)
        request_names(s, &sys_name, 1);
    run(s, 20);
    assert_int_equal(s->last.result, -ETIMEDOUT);
    assert_int_equal(s->fake->requests, 4); /* 3 tries, and one probe */
    ask(s);
    assert_int_equal(s->fake->requests, 5); /* dead still: one */
    s->fake->drop = 0;
    ask(s);
    assert_int_equal(s->last.result, 0);
    s->fake->drop = 1; /* alive again: with all patience */
    ask(s);
    assert_int_equal(s->last.result, 0);
    scene_free(s);
}

static void a_closed_port_is_told_at_once(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    uint16_t port = 0;
    int fd = fake_socket(INADDR_LOOPBACK, &port);
    struct mono before = mono_now();

    close(fd);
    agent_move(s->agent, agent_addr(s->agent), port);
    ask(s);
    assert_int_equal(s->last.result, -ECONNREFUSED);
    assert_true(mono_ms_between(before, mono_now()) < timeout_ms);
    scene_free(s);
}

static void the_fence_is_a_wall(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *fence = fence_new();
    struct engine_options options = quick();
    struct prefix prefix;
    struct engine_stats stats;

    assert_int_equal(prefix_parse("127.0.0.0/8", false, &prefix), 0);
    options.fence = fence;
    struct scene *s = scene_with(&v2c, &options);
    ask(s);
    assert_int_equal(s->last.result, -EPERM);
    assert_int_equal(s->fake->requests, 0);
    engine_stats(s->engine, &stats);
    assert_int_equal(stats.fenced, 1);
    fence_permit(fence, &prefix);
    ask(s);
    assert_int_equal(s->last.result, 0);
    scene_free(s);
}

static void windows_bound_what_one_agent_gets(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct agent_state known;

    for (int i = 0; i < 100; i++)
        request_names(s, &sys_name, 1);
    agent_state(s->agent, &known);
    assert_int_equal(known.window, 1);
    assert_int_equal(known.waiting, 100);
    run(s, 100);
    agent_state(s->agent, &known);
    assert_int_equal(known.window, 4);
    assert_int_equal(known.waiting, 0);
    assert_int_equal(s->fake->requests, 100);
    s->fake->drop = 1;
    ask(s);
    agent_state(s->agent, &known);
    assert_int_equal(known.window, 2);
    scene_free(s);
}

static void the_rate_holds(void **state)
{
    (void)state;
    struct engine_options options = quick();
    options.rate = 200;
    struct scene *s = scene_with(&v2c, &options);
    struct mono before = mono_now();

    for (int i = 0; i < 48; i++)
        request_names(s, &sys_name, 1);
    run(s, 48);
    /* a burst of 8, then 40 at 5 ms each */
    assert_true(mono_ms_between(before, mono_now()) >= 190);
    scene_free(s);
}

static void broken_answers_are_not_believed(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct engine_stats stats;

    s->fake->garbage = 1; /* once: the next is good */
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_true((agent_quirks(s->agent) & QUIRK_BAD_ENCODING) != 0);
    s->fake->garbage = FAKE_GARBAGE_ALL;
    ask(s);
    assert_int_equal(s->last.result, -EBADMSG);
    assert_non_null(s->last.why);
    s->fake->garbage = 0;
    s->fake->cut = FAKE_GARBAGE_ALL;
    ask(s);
    assert_int_equal(s->last.result, -EBADMSG);
    engine_stats(s->engine, &stats);
    assert_int_equal(stats.malformed, 7);
    scene_free(s);
}

static void other_names_than_asked_are_not_believed(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    s->fake->wrong_names = true;
    ask(s);
    assert_int_equal(s->last.result, -EBADMSG);
    assert_string_equal(s->last.why, "answers other names than asked");
    assert_int_equal(agent_quirks(s->agent), QUIRK_WRONG_NAMES);
    scene_free(s);
}

static void another_address_must_know_the_community(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct engine_stats stats;
    char text[ADDR_TEXT_MAX];

    s->fake->other_address = true;
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_string_equal(addr_format(&s->last.from, text, sizeof text),
                        "127.0.0.2");
    assert_int_equal(agent_quirks(s->agent), QUIRK_OTHER_ADDRESS);
    s->fake->other_community = true;
    ask(s);
    assert_int_equal(s->last.result, -ETIMEDOUT);
    engine_stats(s->engine, &stats);
    assert_true(stats.unexpected > 0);
    s->fake->other_address = false; /* from itself it may say what it likes */
    ask(s);
    assert_int_equal(s->last.result, 0);
    scene_free(s);
}

static void a_context_becomes_part_of_the_community(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    const struct request request = {
        .type = PDU_GET, .names = &sys_name, .count = 1, .context = "100"};

    engine_send(s->agent, &request, on_answer, s);
    run(s, 1);
    assert_int_equal(s->last.result, 0);
    assert_string_equal(s->fake->community, "public@100");
    scene_free(s);
}

static void v1_is_never_asked_in_bulk(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v1);
    const struct request request = {.type = PDU_GET_BULK,
                                    .names = &sys_uptime,
                                    .count = 1,
                                    .max_repetitions = 10};

    engine_send(s->agent, &request, on_answer, s);
    run(s, 1);
    assert_int_equal(s->fake->bulks, 0);
    assert_int_equal(s->fake->nexts, 1);
    scene_free(s);
}

static void retries_ask_for_less(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    const struct request request = {.type = PDU_GET_BULK,
                                    .names = &sys_uptime,
                                    .count = 1,
                                    .max_repetitions = 3};

    s->fake->drop_bulk = 2;
    engine_send(s->agent, &request, on_answer, s);
    run(s, 1);
    assert_int_equal(s->fake->repetitions[0], 3);
    assert_int_equal(s->fake->repetitions[1], 1);
    assert_int_equal(s->fake->repetitions[2], 1); /* never 0 */
    scene_free(s);
}

static void what_is_too_long_is_not_sent(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    uint32_t subs[OID_MAX] = {1, 3};
    struct oid names[REQUEST_NAMES_MAX];

    for (size_t i = 0; i < REQUEST_NAMES_MAX; i++)
        names[i] = (struct oid){subs, OID_MAX};
    request_names(s, names, REQUEST_NAMES_MAX);
    run(s, 1);
    assert_int_equal(s->last.result, -EMSGSIZE);
    ask(s);
    assert_int_equal(s->last.result, 0);
    scene_free(s);
}

static void the_forgotten_are_not_called(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct scene forgotten = {.base = s->base, .agent = s->agent};
    struct engine_stats stats;

    request_names(&forgotten, &sys_name, 1); /* in flight */
    request_names(&forgotten, &sys_name, 1); /* waiting */
    event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    agent_forget(s->agent, &forgotten);
    ask(s);
    assert_int_equal(forgotten.called, 0);
    engine_stats(s->engine, &stats);
    assert_int_equal(stats.unexpected, 1); /* the late answer */
    assert_int_equal(stats.in_flight + stats.waiting, 0);
    scene_free(s);
}

static void who_goes_away_cancels(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    request_names(s, &sys_name, 1);
    request_names(s, &sys_name, 1);
    event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    agent_free(s->agent);
    s->agent = NULL;
    assert_int_equal(s->called, 2);
    assert_int_equal(s->last.result, -ECANCELED);
    scene_free(s);
}

static void free_agent(void *arg, const struct answer *answer)
{
    struct scene *s = arg;

    s->called++;
    s->last = *answer;
    agent_free(s->agent);
    s->agent = NULL;
    event_base_loopbreak(s->base);
}

static void an_agent_may_be_freed_from_its_callback(void **state)
{
    (void)state;
    for (unsigned drop = 0; drop <= 1; drop++) {
        struct scene *s = scene_new(&v2c);
        const struct request request = {
            .type = PDU_GET, .names = &sys_name, .count = 1};

        s->fake->drop = drop == 0 ? 0 : UINT32_MAX;
        engine_send(s->agent, &request, free_agent, s);
        run(s, 1);
        assert_int_equal(s->last.result, drop == 0 ? 0 : -ETIMEDOUT);
        scene_free(s);
    }
}

static void many_agents_share_one_engine(void **state)
{
    (void)state;
    enum { AGENTS = 300 };
    struct engine_options options = quick();
    options.in_flight = 20;
    options.timeout_ms = 2000;
    struct scene *s = scene_with(&v2c, &options);
    struct agent *agents[AGENTS];
    struct engine_stats stats;

    for (size_t i = 0; i < AGENTS; i++) {
        struct agent *first = s->agent;

        agents[i] =
            agent_new(s->engine, agent_addr(first), s->fake->port, &v2c);
        s->agent = agents[i];
        request_names(s, &sys_name, 1);
        request_names(s, &sys_uptime, 1);
        s->agent = first;
    }
    run(s, 2 * AGENTS);
    engine_stats(s->engine, &stats);
    assert_int_equal(stats.answers, 2 * AGENTS);
    assert_int_equal(stats.timeouts, 0);
    assert_int_equal(stats.agents, AGENTS + 1);
    for (size_t i = 0; i < AGENTS; i++)
        agent_free(agents[i]);
    scene_free(s);
}

static void a_changed_credential_is_used_for_what_is_under_way(void **state)
{
    (void)state;
    static const struct credential next = {.version = SNMP_V2C,
                                           .community = other};
    struct scene *s = scene_new(&v2c);

    s->fake->drop = 1;
    request_names(s, &sys_name, 1);
    event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    agent_use(s->agent, &next);
    run(s, 1);
    assert_int_equal(s->last.result, 0);
    assert_string_equal(s->fake->community, "other");
    scene_free(s);
}

/* ---- v3 ------------------------------------------------------------------ */

static void v3_discovers_then_asks(void **state)
{
    (void)state;
    const struct credential *levels[] = {&v3, &v3_auth, &v3_none};

    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        struct scene *s = scene_new(levels[i]);

        fake_v3(s->fake, 7, 100000, levels[i]);
        assert_int_equal(agent_engine_id(s->agent).len, 0);
        ask(s);
        assert_int_equal(s->last.result, 0);
        assert_string_equal(s->text, "core-1");
        assert_int_equal(s->fake->discoveries, 1);
        assert_int_equal(s->fake->requests, 2);
        assert_int_equal(agent_engine_id(s->agent).len, 12);
        ask(s);
        assert_int_equal(s->fake->requests, 3);
        assert_int_equal(agent_quirks(s->agent), 0);
        scene_free(s);
    }
}

static void v3_takes_the_time_of_authentic_reports(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int32_t boots, time_s;
        uint32_t quirks;
    } cases[] = {
        {"rebooted", 8, 5, 0},
        {"ran fast", 7, 200000, 0},
        {"boots went back", 6, 100000, QUIRK_TIME_BACK},
        {"time went back", 7, 10, QUIRK_TIME_BACK},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene *s = scene_new(&v3);

        print_message("  %s\n", cases[i].name);
        fake_v3(s->fake, 7, 100000, &v3);
        ask(s);
        s->fake->boots = cases[i].boots;
        s->fake->time_s = cases[i].time_s;
        ask(s);
        assert_int_equal(s->last.result, 0);
        assert_int_equal(s->fake->requests, 4); /* one was sent again */
        assert_int_equal(s->fake->discoveries, 1);
        assert_int_equal(agent_quirks(s->agent), cases[i].quirks);
        scene_free(s);
    }
}

static void v3_rediscovers_a_replaced_engine(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);
    static const uint8_t id[12] = {0x80, 0, 0, 1, 'n', 'e', 'w'};

    fake_v3(s->fake, 7, 100000, &v3);
    ask(s);
    memcpy(s->fake->engine_id, id, sizeof id);
    assert_int_equal(usm_keys_make(s->fake->usm, &v3,
                                   (struct bytes){id, sizeof id},
                                   &s->fake->keys),
                     0);
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_memory_equal(agent_engine_id(s->agent).at, id, sizeof id);
    scene_free(s);
}

static void v3_refusals_are_told_in_words(void **state)
{
    (void)state;
    static const struct {
        uint32_t report;
        const char *why;
    } cases[] = {
        {USM_UNSUPPORTED_LEVEL, "security level not supported for this user"},
        {USM_UNKNOWN_USER, "unknown user"},
        {USM_WRONG_DIGEST, "wrong authentication secret or protocol"},
        {USM_DECRYPTION_ERROR, "wrong privacy secret or protocol"},
        {USM_UNKNOWN_ENGINE, "does not know its own engine id"},
        {99, "refused without a reason we know"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene *s = scene_new(&v3);
        struct mono before = mono_now();

        fake_v3(s->fake, 7, 100000, &v3);
        ask(s);
        s->fake->report = cases[i].report;
        ask(s);
        assert_int_equal(s->last.result, -EACCES);
        assert_string_equal(s->last.why, cases[i].why);
        assert_true(mono_ms_between(before, mono_now()) < 1000);
        scene_free(s);
    }
}

static void v3_answers_that_are_not_authentic_are_not_believed(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);

    fake_v3(s->fake, 7, 100000, &v3);
    s->fake->wrong_digest = true;
    ask(s);
    assert_int_equal(s->last.result, -EACCES);
    assert_string_equal(s->last.why, "answer with a wrong digest");
    s->fake->wrong_digest = false;
    ask(s);
    assert_int_equal(s->last.result, 0);
    s->fake->wrong_digest = true; /* the secrets are right: damaged */
    ask(s);
    assert_int_equal(s->last.result, -EBADMSG);
    s->fake->wrong_digest = false;
    s->fake->ignore_time = true;
    s->fake->time_s -= 1000; /* a replay would look like this */
    ask(s);
    assert_int_equal(s->last.result, -EBADMSG);
    assert_string_equal(s->last.why, "answer outside the time window");
    scene_free(s);
}

static void v3_silence_after_discovery_is_explained(void **state)
{
    (void)state;
    static const struct credential wrong = {.version = SNMP_V3,
                                            .user = monitor,
                                            .auth = AUTH_SHA256,
                                            .priv = PRIV_AES128,
                                            .auth_secret = secret_a,
                                            .priv_secret = other};
    struct scene *s = scene_new(&wrong);

    fake_v3(s->fake, 7, 100000, &v3);
    ask(s);
    assert_int_equal(s->last.result, -ETIMEDOUT);
    assert_non_null(s->last.why);
    scene_free(s);
}

static void v3_without_its_secret_is_refused(void **state)
{
    (void)state;
    static const struct credential bare = {
        .version = SNMP_V3, .user = monitor, .auth = AUTH_SHA256};
    struct scene *s = scene_new(&bare);

    fake_v3(s->fake, 7, 100000, &v3);
    ask(s);
    assert_int_equal(s->last.result, -EACCES);
    assert_string_equal(s->last.why, "the credential lacks a secret it needs");
    scene_free(s);
}

static void a_dead_v3_agent_ends_all_that_waits(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);

    fake_v3(s->fake, 7, 100000, &v3);
    s->fake->drop = UINT32_MAX;
    for (int i = 0; i < 5; i++)
        request_names(s, &sys_name, 1);
    run(s, 5);
    assert_int_equal(s->last.result, -ETIMEDOUT);
    assert_int_equal(s->fake->requests, 3); /* discovery, three times */
    s->fake->drop = 0;
    ask(s);
    assert_int_equal(s->last.result, 0);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered),
        cmocka_unit_test(errors_are_handed_on),
        cmocka_unit_test(a_lost_request_is_sent_again),
        cmocka_unit_test(silence_ends_in_a_timeout),
        cmocka_unit_test(the_dead_hold_up_nothing),
        cmocka_unit_test(a_closed_port_is_told_at_once),
        cmocka_unit_test(the_fence_is_a_wall),
        cmocka_unit_test(windows_bound_what_one_agent_gets),
        cmocka_unit_test(the_rate_holds),
        cmocka_unit_test(broken_answers_are_not_believed),
        cmocka_unit_test(other_names_than_asked_are_not_believed),
        cmocka_unit_test(another_address_must_know_the_community),
        cmocka_unit_test(a_context_becomes_part_of_the_community),
        cmocka_unit_test(v1_is_never_asked_in_bulk),
        cmocka_unit_test(retries_ask_for_less),
        cmocka_unit_test(what_is_too_long_is_not_sent),
        cmocka_unit_test(the_forgotten_are_not_called),
        cmocka_unit_test(who_goes_away_cancels),
        cmocka_unit_test(an_agent_may_be_freed_from_its_callback),
        cmocka_unit_test(many_agents_share_one_engine),
        cmocka_unit_test(a_changed_credential_is_used_for_what_is_under_way),
        cmocka_unit_test(v3_discovers_then_asks),
        cmocka_unit_test(v3_takes_the_time_of_authentic_reports),
        cmocka_unit_test(v3_rediscovers_a_replaced_engine),
        cmocka_unit_test(v3_refusals_are_told_in_words),
        cmocka_unit_test(v3_answers_that_are_not_authentic_are_not_believed),
        cmocka_unit_test(v3_silence_after_discovery_is_explained),
        cmocka_unit_test(v3_without_its_secret_is_refused),
        cmocka_unit_test(a_dead_v3_agent_ends_all_that_waits),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
