/* What comes of a request, from agents that answer, are late, lie or are dead:
 * v1 and v2c. */
#include "engine_scene.h"
#include "wire/agent.h"

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

/* Asks so often that another probe may be sent, then loses a request. */
static struct agent_state lose_one(struct scene *s)
{
    struct agent_state before, known;

    for (int i = 0; i < AGENT_PROBE_ANSWERS; i++)
        ask(s);
    agent_state(s->agent, &before);
    s->fake->drop = 1;
    ask(s);
    assert_int_equal(s->last.result, 0);
    agent_state(s->agent, &known);
    assert_int_equal(known.retries, before.retries + 1);
    known.timeouts -= before.timeouts;
    return known;
}

/* Of an agent whose answers take some ms, long before the time is over; it is
 * no timeout, and costs no patience. A machine that is busy may be late for it,
 * but not each time. */
static void what_was_lost_is_asked_once_more_soon(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct agent_state known;
    int times = 0;

    agent_patience(s->agent, 1000, 0);
    do
        known = lose_one(s);
    while (known.timeouts > 0 && ++times < 50);
    assert_int_equal(known.timeouts, 0);
    assert_int_equal(s->last.tries, 1);
    assert_int_equal(known.timeout_ms, AGENT_TIMEOUT_MIN_MS);

    struct mono before = mono_now();
    s->fake->drop = 1; /* and again: another probe would be too many */
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_int_equal(s->last.tries, 2);
    assert_true(mono_ms_between(before, mono_now()) >=
                AGENT_TIMEOUT_MIN_MS - 5);
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
    agent_is_there(s->agent);               /* no, as its echoes tell */
    ask(s);
    assert_int_equal(s->last.tries, 3);
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
    s->fake->other_address = true;
    engine_send(s->agent, &request, on_answer, s);
    run(s, 1);
    assert_int_equal(s->last.result, 0);
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

/* With room for one request at once, a dead agent holds it for the first
 * timeout alone, not through all its retries. */
static void the_dead_leave_their_place_to_the_living(void **state)
{
    (void)state;
    struct engine_options options = quick();
    options.in_flight = 1;
    options.retries = 6;
    struct scene *s = scene_with(&v2c, &options);
    struct scene dead = {.base = s->base};
    uint16_t port = 0;
    int silent = fake_socket(INADDR_LOOPBACK, &port);
    struct mono before = mono_now();

    dead.agent = agent_new(s->engine, agent_addr(s->agent), port, &v2c);
    request_names(&dead, &sys_name, 1);
    for (int i = 0; i < 5; i++)
        request_names(s, &sys_name, 1);
    run(s, 5);
    assert_int_equal(s->last.result, 0);
    assert_int_equal(dead.called, 0);
    assert_true(mono_ms_between(before, mono_now()) >= timeout_ms - 5);
    agent_free(dead.agent);
    assert_int_equal(dead.last.result, -ECANCELED);
    close(silent);
    scene_free(s);
}

/* What was lost on the first way to an agent is asked again when others would
 * have answered; but the far get all their time in the end. */
static void a_stranger_is_asked_again_as_soon_as_others_answer(void **state)
{
    (void)state;
    enum { PATIENT_MS = 5000, ASKED = 40 };
    struct engine_options options = {.timeout_ms = PATIENT_MS, .retries = 3};
    struct scene *s = scene_with(&v2c, &options);
    struct scene stranger = {.base = s->base};
    struct agent_state known;
    uint16_t port = 0;
    int silent = fake_socket(INADDR_LOOPBACK, &port);
    struct mono before = mono_now();

    stranger.agent = agent_new(s->engine, agent_addr(s->agent), port, &v2c);
    request_names(&stranger, &sys_name, 1);
    agent_state(stranger.agent, &known);
    assert_int_equal(known.timeout_ms, PATIENT_MS);
    for (int i = 0; i < ASKED; i++)
        ask(s);
    do {
        (void)event_base_loop(s->base, EVLOOP_ONCE);
        agent_state(stranger.agent, &known);
    } while (known.retries == 0);
    assert_true(mono_ms_between(before, mono_now()) < PATIENT_MS);
    assert_int_equal(known.timeouts, 1);
    agent_patience(stranger.agent, 0, UINT32_MAX); /* one try */
    agent_state(stranger.agent, &known);
    assert_int_equal(known.timeout_ms, PATIENT_MS);
    agent_free(stranger.agent);
    close(silent);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered),
        cmocka_unit_test(errors_are_handed_on),
        cmocka_unit_test(a_lost_request_is_sent_again),
        cmocka_unit_test(what_was_lost_is_asked_once_more_soon),
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
        cmocka_unit_test(the_dead_leave_their_place_to_the_living),
        cmocka_unit_test(a_stranger_is_asked_again_as_soon_as_others_answer),
        cmocka_unit_test(a_changed_credential_is_used_for_what_is_under_way),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
