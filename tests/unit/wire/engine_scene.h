/* engine_scene.h - one agent asked by one engine, for tests of the engine. */
#ifndef TESTS_ENGINE_SCENE_H
#define TESTS_ENGINE_SCENE_H

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

static inline struct engine_options quick(void)
{
    return (struct engine_options){.timeout_ms = timeout_ms, .retries = 2};
}

static inline struct scene *scene_with(const struct credential *credential,
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

static inline struct scene *scene_new(const struct credential *credential)
{
    struct engine_options options = quick();

    return scene_with(credential, &options);
}

static inline void scene_free(struct scene *s)
{
    agent_free(s->agent);
    fake_free(s->fake);
    engine_free(s->engine);
    event_base_free(s->base);
    free(s);
}

static inline void on_answer(void *arg, const struct answer *answer)
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

static inline void request_names(struct scene *s, const struct oid *names,
                                 size_t count)
{
    const struct request request = {
        .type = PDU_GET, .names = names, .count = count};

    engine_send(s->agent, &request, on_answer, s);
}

/* Turns the loop until expected callbacks came. */
static inline void run(struct scene *s, unsigned expected)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};

    s->expected = expected;
    event_base_loopexit(s->base, &patience);
    if (s->called < expected)
        event_base_dispatch(s->base);
    assert_int_equal(s->called, expected);
}

static inline void ask(struct scene *s)
{
    s->called = 0;
    request_names(s, &sys_name, 1);
    assert_int_equal(s->called, 0); /* never from within engine_send() */
    run(s, 1);
}

#endif
