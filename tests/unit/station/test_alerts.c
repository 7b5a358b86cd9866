/* What is told becomes alerts: each once, from its begin to its end. */
#include "station/alerts.h"

#include "base/mem.h"
#include "base/redaction.h"
#include "station/alert_life.h"
#include "station/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct scene {
    struct alerts *alerts;
    struct mono now;
    unsigned news[ALERT_NEWS];
    uint32_t last_index;
    enum severity before; /* of the last news; SEVERITIES: there was none */
    unsigned flaps;
};

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct scene *s = arg;

    s->news[news]++;
    s->last_index = now->index;
    s->before = before != NULL ? before->severity : SEVERITIES;
    s->flaps = now->flaps;
}

static struct wall wall_of(struct mono now)
{
    return (struct wall){1700000000000 + now.ns / 1000000};
}

static void pass(struct scene *s, int64_t ms)
{
    s->now = mono_after_ms(s->now, ms);
    alerts_tick(s->alerts, s->now, wall_of(s->now));
}

static int setup(void **state)
{
    struct scene *s = mem_new(struct scene);
    struct alert_listener listener = {on_alert, s};

    s->alerts = alerts_new(NULL, NULL);
    alerts_listen(s->alerts, &listener);
    s->now.ns = 1000000000;
    pass(s, 0);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    alerts_free(s->alerts);
    free(s);
    return 0;
}

static struct condition condition(const struct scene *s, uint8_t device,
                                  const char *type)
{
    static char name[8];

    (void)snprintf(name, sizeof name, "sw%u", device);
    return (struct condition){
        .object = {.class = OBJECT_DEVICE, .device = {{device}}, .part = ""},
        .type = alert_type_find(type),
        .severity = SEVERITY_MAJOR,
        .at = wall_of(s->now),
        .name = name,
        .device = name,
        .text = "is as it should not be",
        .value = NAN,
        .limit = NAN};
}

static void tell(struct scene *s, uint8_t device, const char *type,
                 enum severity severity)
{
    struct condition c = condition(s, device, type);

    c.severity = severity;
    alerts_tell(s->alerts, &c);
}

static void a_condition_is_one_alert_from_begin_to_end(void **state)
{
    struct scene *s = *state;

    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    pass(s, 1000);
    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->active_count, 1);
    assert_int_equal(book->active[0]->count, 2);
    assert_int_equal(book->active[0]->index, 1);
    assert_string_equal(book->active[0]->name, "sw1");
    pass(s, 1000);
    tell(s, 1, "device.unreachable", SEVERITY_CLEARED);
    assert_int_equal(s->news[ALERT_RAISED], 1);
    assert_int_equal(s->news[ALERT_CHANGED], 0);
    assert_int_equal(s->news[ALERT_ENDED], 1);
    struct alert_book *after = alerts_book(s->alerts);
    assert_int_equal(after->active_count, 0);
    assert_int_equal(after->cleared_count, 1);
    assert_int_equal(
        after->cleared[0]->cleared.ms - after->cleared[0]->raised.ms, 2000);
    assert_int_equal(after->totals[SEVERITY_MAJOR], 1);
    /* whoever reads the older one still may */
    assert_int_equal(book->active_count, 1);
    assert_int_equal(book->active[0]->state, ALERT_ACTIVE);
    alert_book_unref(book);
    alert_book_unref(after);
}

static void what_does_not_hold_and_never_did_is_nothing(void **state)
{
    struct scene *s = *state;
    struct alert_book *before = alerts_book(s->alerts);

    tell(s, 1, "port.down", SEVERITY_CLEARED);
    struct alert_book *after = alerts_book(s->alerts);
    assert_ptr_equal(before, after); /* nothing changed, nothing is made */
    alert_book_unref(before);
    alert_book_unref(after);
}

static void severity_changes_within_one_alert(void **state)
{
    struct scene *s = *state;

    tell(s, 1, "threshold.high", SEVERITY_WARNING);
    tell(s, 1, "threshold.high", SEVERITY_CRITICAL);
    assert_int_equal(s->before, SEVERITY_WARNING);
    tell(s, 1, "threshold.high", SEVERITY_MINOR);
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(s->news[ALERT_RAISED], 1);
    assert_int_equal(s->news[ALERT_CHANGED], 2);
    assert_int_equal(book->active[0]->severity, SEVERITY_MINOR);
    assert_int_equal(book->active[0]->worst, SEVERITY_CRITICAL);
    alert_book_unref(book);
}

static void a_short_condition_is_told_to_nobody(void **state)
{
    struct scene *s = *state;
    struct condition c = condition(s, 1, "threshold.high");

    c.hold_ms = 60000;
    alerts_tell(s->alerts, &c);
    pass(s, 59000);
    assert_int_equal(s->news[ALERT_RAISED], 0);
    tell(s, 1, "threshold.high", SEVERITY_CLEARED);
    pass(s, 60000);
    assert_int_equal(s->news[ALERT_RAISED], 0);
    alerts_tell(s->alerts, &c);
    pass(s, 60000);
    assert_int_equal(s->news[ALERT_RAISED], 1);
    assert_int_equal(s->news[ALERT_ENDED], 0);
}

static void indexes_go_by_the_order_of_rising(void **state)
{
    struct scene *s = *state;
    struct condition slow = condition(s, 1, "threshold.high");

    slow.hold_ms = 5000;
    alerts_tell(s->alerts, &slow);
    tell(s, 2, "port.down", SEVERITY_MAJOR);
    pass(s, 5000);
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->active_count, 2);
    assert_string_equal(book->active[0]->name, "sw2");
    assert_string_equal(book->active[1]->name, "sw1");
    assert_true(book->active[0]->raised.ms < book->active[1]->raised.ms);
    alert_book_unref(book);
}

static void a_flapping_port_is_one_alert_with_one_end(void **state)
{
    struct scene *s = *state;

    for (int i = 0; i < 20; i++) {
        tell(s, 1, "port.down", SEVERITY_MAJOR);
        pass(s, 5000);
        tell(s, 1, "port.down", SEVERITY_CLEARED);
        pass(s, 5000);
    }
    assert_int_equal(s->news[ALERT_RAISED], 1);
    assert_int_equal(s->news[ALERT_CHANGED], 1); /* it flaps */
    assert_int_equal(s->news[ALERT_ENDED], 0);
    assert_int_equal(s->flaps, 3);
    pass(s, FLAP_CALM_MS);
    assert_int_equal(s->news[ALERT_ENDED], 1);
    assert_int_equal(s->flaps, 19);
}

static void what_ends_and_returns_often_lasts_until_it_is_calm(void **state)
{
    struct scene *s = *state;

    for (int i = 0; i < 30; i++) {
        tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
        pass(s, 30000);
        tell(s, 1, "device.unreachable", SEVERITY_CLEARED);
        pass(s, 30000);
    }
    assert_int_equal(s->news[ALERT_RAISED], FLAPS + 1);
    assert_int_equal(s->news[ALERT_ENDED], FLAPS);
    assert_int_equal(s->last_index, FLAPS + 1);
    pass(s, FLAP_CALM_MS);
    assert_int_equal(s->news[ALERT_ENDED], FLAPS + 1);
    /* calm for long: it is an alert like any other */
    pass(s, FLAP_SPAN_MS);
    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    assert_int_equal(s->flaps, 0);
}

static void what_people_do_neither_ends_it_nor_keeps_it(void **state)
{
    struct scene *s = *state;
    struct complaint why = {0};

    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    assert_int_equal(alerts_acknowledge(s->alerts, 1, "ann", "on my way",
                                        wall_of(s->now), &why),
                     0);
    assert_int_equal(alerts_shelve(s->alerts, 1,
                                   (struct wall){wall_of(s->now).ms + 1000},
                                   "ann", wall_of(s->now), &why),
                     0);
    tell(s, 1, "device.unreachable", SEVERITY_CRITICAL);
    struct alert_book *book = alerts_book(s->alerts);
    assert_string_equal(book->active[0]->acknowledged.who, "ann");
    assert_string_equal(book->active[0]->acknowledged.text, "on my way");
    assert_int_equal(book->active[0]->severity, SEVERITY_CRITICAL);
    alert_book_unref(book);
    assert_int_equal(s->news[ALERT_TOUCHED], 2);
    assert_int_equal(
        alerts_unacknowledge(s->alerts, 1, "ann", wall_of(s->now), &why), 0);
    tell(s, 1, "device.unreachable", SEVERITY_CLEARED);
    assert_int_equal(s->news[ALERT_ENDED], 1);
    assert_int_equal(
        alerts_acknowledge(s->alerts, 1, "ann", NULL, wall_of(s->now), &why),
        -2 /* ENOENT */);
    assert_non_null(strstr(why.what, "no alert 1"));
}

static void what_is_forgotten_ends_with_all_that_is_of_it(void **state)
{
    struct scene *s = *state;
    struct condition port = condition(s, 1, "port.down");
    struct object_ref device = {OBJECT_DEVICE, {{1}}, ""};

    port.object.class = OBJECT_PORT;
    port.object.part = "Gi0/1";
    alerts_tell(s->alerts, &port);
    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    tell(s, 2, "device.unreachable", SEVERITY_MAJOR);
    alerts_forget(s->alerts, &port.object, wall_of(s->now), "is gone");
    assert_int_equal(s->news[ALERT_ENDED], 1);
    alerts_forget(s->alerts, &device, wall_of(s->now), "removed");
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->active_count, 1);
    assert_string_equal(book->active[0]->name, "sw2");
    assert_int_equal(book->cleared_count, 2);
    assert_non_null(alert_book_find(book, 1));
    assert_non_null(alert_book_find(book, 3));
    assert_null(alert_book_find(book, 4));
    alert_book_unref(book);
}

static void cleared_ones_are_kept_up_to_a_number(void **state)
{
    struct scene *s = *state;
    struct condition c = condition(s, 1, "device.unreachable");
    char part[16];

    c.object.class = OBJECT_METRIC;
    c.object.part = part;
    for (int i = 0; i < ALERTS_CLEARED_MAX + 10; i++) {
        (void)snprintf(part, sizeof part, "cpu-%d", i);
        c.severity = SEVERITY_MAJOR;
        alerts_tell(s->alerts, &c);
        c.severity = SEVERITY_CLEARED;
        alerts_tell(s->alerts, &c);
        if (i % 7 == 0)
            alert_book_unref(alerts_book(s->alerts));
    }
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->cleared_count, ALERTS_CLEARED_MAX);
    assert_int_equal(book->cleared[0]->index, 11);
    assert_int_equal(book->cleared[ALERTS_CLEARED_MAX - 1]->index,
                     ALERTS_CLEARED_MAX + 10);
    alert_book_unref(book);
}

static void cleared_ones_go_when_their_time_is_over(void **state)
{
    struct scene *s = *state;

    alerts_keep_ended_for(s->alerts, 86400000);
    for (uint8_t i = 1; i <= 3; i++) {
        tell(s, i, "device.unreachable", SEVERITY_MAJOR);
        tell(s, i, "device.unreachable", SEVERITY_CLEARED);
        pass(s, 12 * 3600000);
    }
    pass(s, 3600000);
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->cleared_count, 1);
    assert_int_equal(book->cleared[0]->index, 3);
    alert_book_unref(book);
}

static void a_shelf_is_left_when_its_time_is_over(void **state)
{
    struct scene *s = *state;
    struct wall until = {wall_of(s->now).ms + 60000};

    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    assert_int_equal(
        alerts_shelve(s->alerts, 1, until, "ann", wall_of(s->now), NULL), 0);
    pass(s, 59000);
    assert_int_equal(s->news[ALERT_TOUCHED], 1);
    pass(s, 1000);
    assert_int_equal(s->news[ALERT_TOUCHED], 2);
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->active[0]->shelved.ms, 0);
    alert_book_unref(book);
}

static void a_device_that_is_renamed_is_so_in_its_alerts(void **state)
{
    struct scene *s = *state;
    struct condition port = condition(s, 1, "port.down");

    port.object.class = OBJECT_PORT;
    port.object.part = "Gi0%2F1";
    port.name = "sw1:Gi0/1";
    alerts_tell(s->alerts, &port);
    alerts_rename(s->alerts, &port.object.device, "core");
    struct alert_book *book = alerts_book(s->alerts);
    assert_string_equal(book->active[0]->name, "core:Gi0/1");
    assert_string_equal(book->active[0]->device, "core");
    alert_book_unref(book);
}

static uint32_t cause_of(void *arg, const struct alert_record *r)
{
    (void)arg;
    return r->object.class == OBJECT_PORT ? 1 : 0;
}

static uint32_t silence_of(void *arg, const struct alert_record *r)
{
    (void)arg;
    return r->severity == SEVERITY_WARNING ? 7 : 0;
}

static uint32_t herald_of(void *arg, const struct alert_record *r)
{
    (void)arg;
    return r->object.class == OBJECT_PORT ? 0 : 5;
}

static void what_is_explained_rises_so(void **state)
{
    struct scene *s = *state;
    struct alert_advisor advisor = {cause_of, silence_of, herald_of, s};
    struct condition port = condition(s, 1, "port.down");
    static const char *const names[] = {"sw2", "sw3"};
    struct symptom_list list = {.names = names, .count = 2};

    alerts_advise(s->alerts, &advisor);
    port.object.class = OBJECT_PORT;
    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    alerts_tell(s->alerts, &port);
    tell(s, 2, "poll.overrun", SEVERITY_WARNING);
    alerts_list_symptoms(s->alerts, 1, &list, wall_of(s->now));
    alerts_list_symptoms(s->alerts, 1, &list, wall_of(s->now));
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->active[0]->herald, 5);
    assert_int_equal(book->active[1]->cause, 1);
    assert_int_equal(book->active[2]->silence, 7);
    assert_int_equal(book->active[0]->symptom_count, 2);
    assert_string_equal(book->active[0]->symptoms[1], "sw3");
    assert_int_equal(s->news[ALERT_EXPLAINED], 1); /* once, for the list */
    assert_false(book->active[0]->symptoms_whole);
    list.whole = true;
    alerts_list_symptoms(s->alerts, 1, &list, wall_of(s->now));
    assert_true(alerts_by_number(s->alerts, 1)->symptoms_whole);
    assert_int_equal(alert_symptoms_hash(alerts_by_number(s->alerts, 1)),
                     alert_symptoms_hash(book->active[0]));
    assert_int_equal(alert_symptoms_hash(alerts_by_number(s->alerts, 2)), 0);
    assert_int_equal(s->news[ALERT_EXPLAINED], 2);
    alerts_explain(s->alerts, 2, 0, wall_of(s->now));
    alerts_silence(s->alerts, 3, 0, wall_of(s->now));
    assert_int_equal(s->news[ALERT_EXPLAINED], 3);
    assert_int_equal(s->news[ALERT_TOUCHED], 1);
    /* an explained one ends like any other, here while it was calm */
    port.severity = SEVERITY_CLEARED;
    alerts_tell(s->alerts, &port);
    assert_int_equal(s->news[ALERT_ENDED], 0);
    port.calm_ms = -1;
    alerts_tell(s->alerts, &port);
    assert_int_equal(s->news[ALERT_ENDED], 1);
    alert_book_unref(book);
}

/* What the store has of an earlier run. */
static struct alerts *again(struct scene *s, struct store *store)
{
    struct alerts *a = alerts_new(store, NULL);
    struct complaint why;

    alerts_tick(a, s->now, wall_of(s->now));
    assert_int_equal(alerts_load(a, &why), 0);
    return a;
}

static void a_restart_changes_nothing(void **state)
{
    char dir[] = "/tmp/portolan-alerts-XXXXXX", path[80];
    struct store_options options = {.path = path};
    struct scene *s = *state;
    struct store *store;
    struct complaint why;

    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/state.db", dir);
    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    alerts_free(s->alerts);
    s->alerts = again(s, store);
    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    tell(s, 2, "device.unreachable", SEVERITY_CRITICAL);
    tell(s, 2, "device.unreachable", SEVERITY_CLEARED);
    tell(s, 3, "device.restarted", SEVERITY_WARNING);
    tell(s, 3, "device.restarted", SEVERITY_CLEARED); /* calm for a while */
    assert_int_equal(alerts_acknowledge(s->alerts, 1, "ann", "on my way",
                                        wall_of(s->now), &why),
                     0);
    struct condition c = condition(s, 1, "device.unreachable");
    c.text = "is silent still"; /* which is no news */
    c.severity = SEVERITY_MAJOR;
    c.value = 7;
    alerts_tell(s->alerts, &c);
    struct alert_book *before = alerts_book(s->alerts);
    alerts_free(s->alerts);
    store_put(store, "alert", "0000000099", "nonsense");
    store_free(store);

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    s->alerts = again(s, store);
    struct alert_book *after = alerts_book(s->alerts);
    assert_int_equal(after->active_count, 2);
    assert_int_equal(after->cleared_count, 1);
    assert_memory_equal(after->totals, before->totals, sizeof after->totals);
    assert_int_equal(after->active[0]->index, 1);
    assert_string_equal(after->active[0]->name, "sw1");
    assert_string_equal(after->active[0]->text, before->active[0]->text);
    assert_string_equal(after->active[0]->text, "is silent still");
    assert_int_equal(after->active[0]->count, 2);
    assert_true(after->active[0]->value > 6);
    assert_string_equal(after->active[0]->acknowledged.who, "ann");
    assert_int_equal(after->active[0]->raised.ms, before->active[0]->raised.ms);
    assert_int_equal(after->cleared[0]->index, 2);
    assert_int_equal(after->changed.ms, before->changed.ms);
    alert_book_unref(before);
    alert_book_unref(after);
    tell(s, 4, "device.unreachable", SEVERITY_MAJOR);
    pass(s, 600000); /* the one that was calm ends */
    after = alerts_book(s->alerts);
    assert_int_equal(after->active_count, 2);
    assert_int_equal(after->active[1]->index, 4);
    assert_int_equal(after->cleared_count, 2);
    alert_book_unref(after);
    alerts_free(s->alerts);
    s->alerts = NULL;
    store_free(store);
    (void)unlink(path);
    (void)rmdir(dir);
}

static void models_and_names_of_types_are_unique(void **state)
{
    size_t count;
    const struct alert_type *types = alert_types(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(alert_type_find(types[i].name), &types[i]);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(types[i].model, types[k].model);
    }
    assert_null(alert_type_find("no.such"));
}

static void of_what_is_to_be_forgotten_nothing_is_left(void **state)
{
    struct scene *s = *state;
    struct redaction words = {0};
    const struct ident one = {{1}};
    struct complaint why;

    tell(s, 1, "device.unreachable", SEVERITY_MAJOR);
    tell(s, 2, "device.unreachable", SEVERITY_MAJOR);
    struct condition c = condition(s, 3, "device.unreachable");
    c.text = "behind sw1";
    alerts_tell(s->alerts, &c);
    pass(s, 1000);
    assert_int_equal(alerts_acknowledge(s->alerts, 2, "ann", "for ann",
                                        wall_of(s->now), &why),
                     0);
    tell(s, 1, "device.unreachable", SEVERITY_CLEARED);
    tell(s, 2, "device.unreachable", SEVERITY_CLEARED);
    struct alert_book *before = alerts_book(s->alerts);
    redaction_add(&words, "sw1", "gone");
    struct alerts_erased erased =
        alerts_erase(s->alerts, &(struct alerts_erasure){&one, NULL, &words,
                                                         "ann", "person"});
    redaction_fini(&words);
    assert_int_equal(erased.deleted, 1);
    assert_int_equal(erased.changed, 2);
    struct alert_book *after = alerts_book(s->alerts);
    assert_int_equal(after->cleared_count, 1);
    assert_string_equal(after->cleared[0]->name, "sw2");
    assert_string_equal(after->cleared[0]->acknowledged.who, "person");
    assert_string_equal(after->active[0]->text, "behind gone");
    assert_int_equal(after->active_count, 1);
    assert_int_equal(after->totals[SEVERITY_MAJOR], 3);
    /* whoever reads the older one still may */
    assert_int_equal(before->cleared_count, 2);
    assert_string_equal(before->cleared[0]->name, "sw1");
    alert_book_unref(before);
    alert_book_unref(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_condition_is_one_alert_from_begin_to_end, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_does_not_hold_and_never_did_is_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(severity_changes_within_one_alert,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_short_condition_is_told_to_nobody,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(indexes_go_by_the_order_of_rising,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_flapping_port_is_one_alert_with_one_end, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_ends_and_returns_often_lasts_until_it_is_calm, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            what_people_do_neither_ends_it_nor_keeps_it, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_forgotten_ends_with_all_that_is_of_it, setup, teardown),
        cmocka_unit_test_setup_teardown(cleared_ones_are_kept_up_to_a_number,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(cleared_ones_go_when_their_time_is_over,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_shelf_is_left_when_its_time_is_over,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_device_that_is_renamed_is_so_in_its_alerts, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_explained_rises_so, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_restart_changes_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            of_what_is_to_be_forgotten_nothing_is_left, setup, teardown),
        cmocka_unit_test(models_and_names_of_types_are_unique),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
