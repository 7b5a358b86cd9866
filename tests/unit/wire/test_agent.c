#include "walk_scene.h"

#include "wire/agent.h"

static void answers(struct scene *s, unsigned count, double ms)
{
    for (unsigned i = 0; i < count; i++)
        agent_heard(s->agent, ms, 1);
}

/* So many answers after ms, where usual_ms are usual, one a second. */
static void strain(struct scene *s, unsigned count, double ms, double usual_ms)
{
    static struct mono now = {1};

    for (unsigned i = 0; i < count; i++) {
        now = mono_after_ms(now, 1000);
        agent_heard(s->agent, ms, 1);
        agent_strain(s->agent, ms, usual_ms, now);
    }
}

static void a_busy_agent_is_asked_one_thing_at_a_time(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct agent_state known;

    strain(s, 100, 20, 20);
    agent_state(s->agent, &known);
    assert_int_equal(known.window, 4);
    assert_false(known.busy);
    strain(s, 8, 400, 20); /* its processor has other things to do */
    agent_state(s->agent, &known);
    assert_true(known.busy);
    assert_int_equal(known.window, 1);
    assert_int_equal(agent_quirks(s->agent), 0); /* for a moment */
    strain(s, 32, 400, 20);
    assert_int_equal(agent_quirks(s->agent), QUIRK_BUSY);
    strain(s, 40, 20, 20);
    agent_state(s->agent, &known);
    assert_false(known.busy);
    assert_int_equal(known.window, 4);
    assert_int_equal(habits_count(agent_habits(s->agent), QUIRK_BUSY), 1);
    scene_free(s);
}

static void heavy_tables_and_small_changes_are_no_load(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    strain(s, 100, 1, 1);
    strain(s, 100, 60, 1); /* quick enough, though many times as long */
    assert_false(agent_is_busy(s->agent));
    strain(s, 100, 600, 500); /* that table always takes its time */
    assert_false(agent_is_busy(s->agent));
    scene_free(s);
}

static void load_that_it_tells_itself_counts(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct agent_state known;

    answers(s, 100, 20);
    agent_tell_load(s->agent, true);
    agent_state(s->agent, &known);
    assert_true(known.busy);
    assert_int_equal(known.window, 1);
    agent_tell_load(s->agent, false);
    assert_false(agent_is_busy(s->agent));
    scene_free(s);
}

static void patience_is_within_bounds(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    agent_patience(s->agent, 1000, 0);
    answers(s, 100, 0.1);
    assert_int_equal(agent_timeout_ms(s->agent, 1), 300);
    assert_int_equal(agent_timeout_ms(s->agent, 2), 600);
    assert_int_equal(agent_timeout_ms(s->agent, 3), 1200);
    answers(s, 1000, 8000);
    assert_int_equal(agent_timeout_ms(s->agent, 4), 10000);
    scene_free(s);
}

/* A probe costs little: none of who is unknown, far, silent or busy, and one
 * for many answers. */
static void probes_are_few(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    agent_patience(s->agent, 1000, 0);
    assert_int_equal(agent_probe_ms(s->agent), 0);
    answers(s, 30, 10);
    assert_int_equal(agent_probe_ms(s->agent), AGENT_PROBE_MIN_MS);
    agent_probed(s->agent);
    assert_int_equal(agent_probe_ms(s->agent), 0);
    answers(s, AGENT_PROBE_ANSWERS - 1, 10);
    assert_int_equal(agent_probe_ms(s->agent), 0);
    answers(s, 1, 10);
    assert_int_equal(agent_probe_ms(s->agent), AGENT_PROBE_MIN_MS);
    agent_tell_load(s->agent, true);
    assert_int_equal(agent_probe_ms(s->agent), 0);
    agent_tell_load(s->agent, false);
    agent_lost(s->agent);
    assert_int_equal(agent_probe_ms(s->agent), 0);
    answers(s, 200, 70);
    uint32_t probe_ms = agent_probe_ms(s->agent);
    assert_true(probe_ms >= 140 && probe_ms <= 150);
    answers(s, 200, 400);
    assert_int_equal(agent_probe_ms(s->agent), 0);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_busy_agent_is_asked_one_thing_at_a_time),
        cmocka_unit_test(heavy_tables_and_small_changes_are_no_load),
        cmocka_unit_test(load_that_it_tells_itself_counts),
        cmocka_unit_test(patience_is_within_bounds),
        cmocka_unit_test(probes_are_few),
    };
    return cmocka_run_group_tests_name("agent", tests, NULL, NULL);
}
