/* Devices fall silent in any order; one of them is the cause. */
#include "causes_scene.h"
#include "station/polled.h"

static void a_symptom_that_is_found_first_waits_for_its_cause(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    pass(s, 3000);
    assert_null(alert_of(s, ACC1)); /* core-0 has not answered since */
    answer(s, ROOT);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    down(s, ACC2);
    pass(s, 2000);
    assert_int_equal(s->raised, 3);
    assert_int_equal(s->told, 1);
    const struct alert_record *core = alert_of(s, CORE);
    assert_int_equal(alert_of(s, ACC1)->cause, core->index);
    assert_int_equal(alert_of(s, ACC2)->cause, core->index);
    assert_int_equal(core->symptom_count, 2);
    assert_string_equal(core->symptoms[0], "acc-1");
    assert_string_equal(core->symptoms[1], "acc-2");
}

static void who_is_down_alone_is_told_once_those_before_answered(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    pass(s, 1000);
    assert_int_equal(s->told, 0);
    answer(s, ROOT);
    answer(s, CORE);
    pass(s, 1000);
    assert_int_equal(s->told, 1);
    assert_int_equal(alert_of(s, ACC1)->cause, 0);
}

static void nobody_waits_for_ever(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    pass(s, CAUSES_WAIT_MS - 2000);
    assert_int_equal(s->told, 0);
    pass(s, 3000);
    assert_int_equal(s->told, 1);
    /* the cause comes late: explained all the same */
    answer(s, ROOT);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 6000);
    assert_int_equal(alert_of(s, ACC1)->cause, alert_of(s, CORE)->index);
}

static void what_outlives_its_cause_becomes_an_alert_of_its_own(void **state)
{
    struct scene *s = *state;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 1000);
    down(s, ACC1);
    down(s, ACC2);
    pass(s, 2000);
    assert_int_equal(s->told, 1);
    answer(s, CORE);
    pass(s, 1000);
    answer(s, ACC2);
    pass(s, CAUSES_GRACE_MS - 5000);
    assert_int_equal(s->told, 1); /* it may answer yet */
    assert_int_not_equal(alert_of(s, ACC1)->cause, 0);
    pass(s, 10000);
    assert_int_equal(s->told, 2);
    assert_int_equal(alert_of(s, ACC1)->cause, 0);
    assert_int_equal(s->ended, 2);
}

static void who_comes_back_before_its_cause_makes_no_alerts(void **state)
{
    struct scene *s = *state;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 1000);
    down(s, ACC1);
    down(s, ACC2);
    pass(s, 2000);
    assert_int_equal(s->told, 1);
    answer(s, ACC2);
    pass(s, 10000);
    answer(s, CORE);
    pass(s, 5000);
    answer(s, ACC1);
    pass(s, 5000);
    assert_int_equal(s->told, 1);
    assert_int_equal(s->ended, 3);
}

static void who_lets_others_pass_explains_nothing(void **state)
{
    struct scene *s = *state;

    down(s, CORE);
    answer(s, ROOT);
    pass(s, 1000);
    answer(s, ACC2); /* the core's agent is silent, no more */
    down(s, ACC1);
    pass(s, CAUSES_WAIT_MS + 2000);
    assert_int_equal(alert_of(s, ACC1)->cause, 0);
    assert_int_equal(alert_of(s, CORE)->symptom_count, 0);
}

static void all_that_is_of_who_is_down_is_a_symptom(void **state)
{
    struct scene *s = *state;
    struct condition fan = {
        .object = {OBJECT_METRIC, s->devices[ACC1]->id, "sensor-fan-1"},
        .type = alert_type_find("fan"),
        .severity = SEVERITY_MAJOR,
        .name = "acc-1 fan",
        .device = "acc-1",
        .text = "stands still",
        .value = NAN,
        .limit = NAN};

    alerts_tell(s->state->alerts, &fan);
    assert_int_equal(s->told, 1);
    down(s, CORE);
    answer(s, ROOT);
    down(s, ACC1);
    pass(s, 3000);
    const struct alert_record *r =
        alerts_of(s->state->alerts, &fan.object, fan.type, "");
    assert_int_equal(r->cause, alert_of(s, CORE)->index);
    fan.qualifier = "second";
    alerts_tell(s->state->alerts, &fan); /* rises explained */
    r = alerts_of(s->state->alerts, &fan.object, fan.type, "second");
    assert_int_equal(r->cause, alert_of(s, CORE)->index);
    assert_int_equal(s->told, 2);
}

static void nobody_is_told_while_the_station_doubts_itself(void **state)
{
    struct scene *s = *state;

    down(s, ACC1);
    for (int i = 0; i < 100; i++) {
        s->now = mono_after_ms(s->now, 1000);
        causes_tick(s->causes, true, s->now, wall_of(s->now));
        alerts_tick(s->state->alerts, s->now, wall_of(s->now));
    }
    assert_int_equal(s->raised, 0);
    answer(s, ACC1);
    assert_int_equal(s->raised, 0);
}

static void who_answers_before_a_device_is_asked_bears_witness(void **state)
{
    struct scene *s = *state;
    struct device *d = s->devices[ACC1];

    d->reach = REACH_SUSPECT;
    d->since = wall_of(mono_after_ms(s->now, 500));
    causes_suspect(s->causes, d, true);
    pass(s, 1000);
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_NOBODY);
    answer(s, CORE);
    struct mono before = mono_after_ms(s->now, -100);
    assert_int_equal(causes_witness(s->causes, d, before, s->now),
                     DOUBT_NOBODY);
    assert_int_equal(causes_witness(s->causes, d, mono_after_ms(s->now, 100),
                                    mono_after_ms(s->now, 200)),
                     DOUBT_BEFORE);
    causes_suspect(s->causes, d, false);
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_NOBODY);
}

static void who_answers_between_two_lost_checks_bears_no_witness(void **state)
{
    struct scene *s = *state;
    struct device *d = s->devices[ACC1];

    d->reach = REACH_SUSPECT;
    d->since = wall_of(s->now);
    d->polled->missed = 1;
    causes_suspect(s->causes, d, true);
    pass(s, 1000);
    answer(s, CORE);
    pass(s, 1000); /* from here on the network may be cut */
    d->polled->missed = RECHECKS;
    d->polled->missed_at = wall_of(s->now);
    assert_int_equal(causes_witness(s->causes, d, mono_after_ms(s->now, 100),
                                    mono_after_ms(s->now, 200)),
                     DOUBT_NOBODY);
    pass(s, 1000);
    answer(s, CORE);
    pass(s, 1000);
    d->polled->missed++;
    assert_int_equal(causes_witness(s->causes, d, mono_after_ms(s->now, 100),
                                    mono_after_ms(s->now, 200)),
                     DOUBT_BEFORE);
}

static void who_is_beside_a_silent_device_tells_that_it_is_alone(void **state)
{
    struct scene *s = *state;
    struct device *d = s->devices[CORE];

    d->reach = REACH_SUSPECT;
    d->since = wall_of(mono_after_ms(s->now, 500));
    causes_suspect(s->causes, d, true);
    pass(s, 1000);
    answer(s, ACC1); /* behind it, with a link to it */
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_BESIDE);
    answer(s, ROOT);
    assert_int_equal(causes_witness(s->causes, d, s->now, s->now),
                     DOUBT_BEFORE);
}

static void a_port_that_told_before_is_the_herald_of_who_is_behind(void **state)
{
    struct scene *s = *state;
    uint32_t index = turn_port(s, ROOT, "port-2", true)->index;

    assert_int_equal(s->told, 1);
    pass(s, 5000);
    down(s, CORE);
    answer(s, ROOT);
    down(s, ACC1);
    pass(s, 2000);
    assert_int_equal(alert_of(s, CORE)->herald, index);
    assert_int_equal(alert_of(s, ACC1)->herald, 0); /* it is explained */
    const struct alert_record *port = alerts_by_number(s->state->alerts, index);
    assert_int_equal(port->cause, alert_of(s, CORE)->index);
}

static void a_port_that_is_down_for_long_is_nobodys_herald(void **state)
{
    struct scene *s = *state;

    (void)turn_port(s, ROOT, "port-2", true);
    pass(s, CAUSES_HERALD_MS + 2000);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    assert_int_equal(alert_of(s, CORE)->herald, 0);
    (void)turn_port(s, ACC1, "port-2", true); /* leads to nobody */
    down(s, ACC1);
    pass(s, 2000);
    assert_int_equal(alert_of(s, ACC1)->herald, 0);
}

static void of_ports_to_one_device_the_second_waits_for_its_answer(void **state)
{
    struct scene *s = *state;
    uint32_t first = turn_port(s, ROOT, "port-2", true)->index;
    const struct alert_record *second = turn_port(s, ROOT, "port-3", true);

    assert_int_equal(second->cause, first);
    assert_int_equal(s->told, 1);
    pass(s, 2000);
    uint32_t index = second->index;
    answer(s, CORE); /* it lives: two cables */
    pass(s, 1000);
    assert_int_equal(alerts_by_number(s->state->alerts, index)->cause, 0);
    assert_int_equal(s->told, 2);
}

static void of_ports_to_who_died_one_is_told(void **state)
{
    struct scene *s = *state;
    uint32_t first = turn_port(s, ROOT, "port-2", true)->index;
    uint32_t second = turn_port(s, ROOT, "port-3", true)->index;

    pass(s, 15000);
    down(s, CORE);
    answer(s, ROOT);
    pass(s, 2000);
    uint32_t core = alert_of(s, CORE)->index;
    assert_int_equal(alert_of(s, CORE)->herald, first);
    assert_int_equal(alerts_by_number(s->state->alerts, first)->cause, core);
    assert_int_equal(alerts_by_number(s->state->alerts, second)->cause, core);
    assert_int_equal(s->told, 2); /* the port and the device, which is known by
                                     it */
}

static void nobody_waits_long_for_an_answer_that_does_not_come(void **state)
{
    struct scene *s = *state;

    (void)turn_port(s, ROOT, "port-2", true);
    uint32_t second = turn_port(s, ROOT, "port-3", true)->index;
    pass(s, CAUSES_TWIN_MS - 2000);
    assert_int_equal(s->told, 1);
    pass(s, 5000);
    assert_int_equal(alerts_by_number(s->state->alerts, second)->cause, 0);
    assert_int_equal(s->told, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_symptom_that_is_found_first_waits_for_its_cause),
        CASE(who_is_down_alone_is_told_once_those_before_answered),
        CASE(nobody_waits_for_ever),
        CASE(what_outlives_its_cause_becomes_an_alert_of_its_own),
        CASE(who_comes_back_before_its_cause_makes_no_alerts),
        CASE(who_lets_others_pass_explains_nothing),
        CASE(all_that_is_of_who_is_down_is_a_symptom),
        CASE(nobody_is_told_while_the_station_doubts_itself),
        CASE(who_answers_before_a_device_is_asked_bears_witness),
        CASE(who_answers_between_two_lost_checks_bears_no_witness),
        CASE(who_is_beside_a_silent_device_tells_that_it_is_alone),
        CASE(a_port_that_told_before_is_the_herald_of_who_is_behind),
        CASE(a_port_that_is_down_for_long_is_nobodys_herald),
        CASE(of_ports_to_one_device_the_second_waits_for_its_answer),
        CASE(of_ports_to_who_died_one_is_told),
        CASE(nobody_waits_long_for_an_answer_that_does_not_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
