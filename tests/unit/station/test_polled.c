/* What a poll costs, when its metrics wait, and what it notices of an agent. */
#include "station/polled.h"

#include "base/own.h"
#include "wire/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <event2/event.h>

struct scene {
    struct event_base *base;
    struct engine *engine;
    struct inventory *inventory;
    struct credential credential;
    struct polling polling;
    struct polled pd;
};

static struct scene *scene_new(void)
{
    struct scene *s = mem_new(struct scene);
    struct addr a = addr_v4((const uint8_t[]){127, 0, 0, 1});

    s->base = event_base_new();
    s->engine = engine_new(s->base, NULL);
    s->inventory = inventory_new();
    s->credential.version = SNMP_V2C;
    s->polling.options.every_ms = 60000;
    s->pd.polling = &s->polling;
    s->pd.device = inventory_add(s->inventory, NULL);
    s->pd.device->agent = agent_new(s->engine, &a, 9, &s->credential);
    return s;
}

static void scene_free(struct scene *s)
{
    agent_free(TAKE(s->pd.device->agent));
    inventory_free(s->inventory);
    engine_free(s->engine);
    event_base_free(s->base);
    free(s);
}

static void a_poll_tells_what_it_cost(void **state)
{
    (void)state;
    struct scene *s = scene_new();
    struct agent *a = s->pd.device->agent;

    a->requests = 100;
    a->octets_out = 5000;
    polled_begin(&s->pd);
    a->requests += 3;
    a->answers += 3;
    a->resent += 1;
    a->octets_out += 300;
    a->octets_in += 4000;
    polled_end(&s->pd);
    assert_int_equal(s->pd.record.last_packets, 7);
    assert_int_equal(s->pd.record.last_octets, 4300);
    scene_free(s);
}

static void
metrics_wait_while_the_agent_is_busy_but_every_second_time(void **state)
{
    (void)state;
    struct scene *s = scene_new();
    struct processor cpus[] = {{.usage_percent = 100}, {.usage_percent = 95}};
    struct facts measured = {.processors = {.at = cpus, .count = 2}};

    assert_false(polled_spares(&s->pd, s->pd.started));
    polled_weigh(&s->pd, &measured);
    assert_true(agent_is_busy(s->pd.device->agent));
    assert_true(polled_spares(&s->pd, s->pd.started));
    assert_false(polled_spares(&s->pd, s->pd.started)); /* not twice */
    assert_true(polled_spares(&s->pd, s->pd.started));
    assert_int_equal(s->pd.record.spared, 2);
    cpus[0].usage_percent = 80; /* 88 on average */
    polled_weigh(&s->pd, &measured);
    assert_false(agent_is_busy(s->pd.device->agent));
    measured.processors.count = 0; /* nothing is told */
    polled_weigh(&s->pd, &measured);
    assert_false(agent_is_busy(s->pd.device->agent));
    scene_free(s);
}

static void metrics_wait_where_ports_took_most_of_the_interval(void **state)
{
    (void)state;
    struct scene *s = scene_new();

    assert_false(polled_spares(&s->pd, mono_after_ms(s->pd.started, 35000)));
    assert_true(polled_spares(&s->pd, mono_after_ms(s->pd.started, 37000)));
    scene_free(s);
}

static void a_lost_state_is_noticed_once(void **state)
{
    (void)state;
    struct scene *s = scene_new();
    struct agent *a = s->pd.device->agent;

    assert_false(polled_lost_state(&s->pd));
    agent_meet(a, QUIRK_TIME_BACK, NULL);
    assert_true(polled_lost_state(&s->pd));
    assert_false(polled_lost_state(&s->pd));
    a->habits.quirks.at[0].last.ms -= 120000;
    agent_meet(a, QUIRK_TIME_BACK, NULL);
    assert_true(polled_lost_state(&s->pd));
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_poll_tells_what_it_cost),
        cmocka_unit_test(
            metrics_wait_while_the_agent_is_busy_but_every_second_time),
        cmocka_unit_test(metrics_wait_where_ports_took_most_of_the_interval),
        cmocka_unit_test(a_lost_state_is_noticed_once),
    };
    return cmocka_run_group_tests_name("polled", tests, NULL, NULL);
}
