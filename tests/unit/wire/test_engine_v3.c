/* What comes of a request to v3 agents: discovery, time, and what is refused.
 */
#include "engine_scene.h"
#include "wire/agent.h"

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
        assert_int_equal(s->last.tries, 1);     /* that was no retry */
        assert_int_equal(s->fake->discoveries, 1);
        assert_int_equal(agent_quirks(s->agent), cases[i].quirks);
        scene_free(s);
    }
}

/* Copies of a disk have one engine id; what time it is each tells for itself.
 */
static void v3_clones_of_an_engine_id_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);
    struct fake_agent *clone = fake_new(s->base);
    struct addr loopback = addr_v4((const uint8_t[]){127, 0, 0, 1});
    struct agent *agents[] = {
        s->agent, agent_new(s->engine, &loopback, clone->port, &v3)};

    fake_serve(clone, "1.3.6.1.2.1.1.5.0", fake_text("core-2"));
    fake_v3(s->fake, 7, 100000, &v3);
    fake_v3(clone, 3, 55, &v3);
    for (unsigned n = 0; n < 6; n++) {
        s->agent = agents[n % 2];
        ask(s);
        assert_int_equal(s->last.result, 0);
        assert_string_equal(s->text, n % 2 == 0 ? "core-1" : "core-2");
        assert_int_equal(agent_quirks(s->agent), 0);
    }
    assert_int_equal(s->fake->requests, 4); /* one discovery, no report */
    assert_int_equal(clone->requests, 4);
    s->agent = agents[0];
    agent_free(agents[1]);
    fake_free(clone);
    scene_free(s);
}

/* Boots that went back are believed once an answer of that time came. */
static void v3_time_that_goes_back_has_to_be_confirmed(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);

    fake_v3(s->fake, 7, 100000, &v3);
    ask(s);
    s->fake->boots = 2;
    s->fake->report = USM_NOT_IN_TIME_WINDOW;
    ask(s);
    assert_int_equal(s->last.result, -EACCES);
    assert_int_equal(agent_quirks(s->agent), 0);
    s->fake->report = 0;
    ask(s);
    assert_int_equal(s->last.result, 0);
    assert_int_equal(agent_quirks(s->agent), QUIRK_TIME_BACK);
    scene_free(s);
}

static void v3_follows_a_clock_that_runs_fast(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);

    fake_v3(s->fake, 7, 100000, &v3);
    ask(s);
    for (int i = 0; i < 3; i++) {
        s->fake->time_s += USM_WINDOW_S - 10;
        ask(s);
    }
    assert_int_equal(s->fake->requests, 5); /* not one report */
    scene_free(s);
}

/* 100 s pass, of which the agent counts 40. */
static void v3_follows_a_clock_that_runs_slow(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);

    fake_v3(s->fake, 7, 100000, &v3);
    ask(s);
    for (int i = 0; i < 4; i++) {
        s->agent->v3.told.ns -= INT64_C(100000000000);
        s->fake->time_s += 40;
        ask(s);
        assert_int_equal(s->last.result, 0);
    }
    assert_int_equal(agent_quirks(s->agent), 0);
    scene_free(s);
}

static void v3_answers_less_secure_than_asked_are_not_believed(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v3);

    fake_v3(s->fake, 7, 100000, &v3);
    s->fake->plain = true;
    ask(s);
    assert_int_equal(s->last.result, -EBADMSG);
    assert_string_equal(s->last.why, "answer with another security level");
    scene_free(s);
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
        assert_string_equal(agent_trouble(s->agent), cases[i].why);
        s->fake->report = 0;
        ask(s);
        assert_null(agent_trouble(s->agent));
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
        cmocka_unit_test(v3_discovers_then_asks),
        cmocka_unit_test(v3_takes_the_time_of_authentic_reports),
        cmocka_unit_test(v3_clones_of_an_engine_id_do_not_disturb_each_other),
        cmocka_unit_test(v3_time_that_goes_back_has_to_be_confirmed),
        cmocka_unit_test(v3_follows_a_clock_that_runs_fast),
        cmocka_unit_test(v3_follows_a_clock_that_runs_slow),
        cmocka_unit_test(v3_answers_less_secure_than_asked_are_not_believed),
        cmocka_unit_test(v3_rediscovers_a_replaced_engine),
        cmocka_unit_test(v3_refusals_are_told_in_words),
        cmocka_unit_test(v3_answers_that_are_not_authentic_are_not_believed),
        cmocka_unit_test(v3_silence_after_discovery_is_explained),
        cmocka_unit_test(v3_without_its_secret_is_refused),
        cmocka_unit_test(a_dead_v3_agent_ends_all_that_waits),
    };
    return cmocka_run_group_tests_name("engine v3", tests, NULL, NULL);
}
