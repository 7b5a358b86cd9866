/* Silences come and go, and alerts say which one covers them. */
#include "station/silences.h"

#include "base/mem.h"
#include "station/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MIN = 60000 };

struct scene {
    struct alerts *alerts;
    struct silences *silences;
    unsigned touched;
};

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct scene *s = arg;

    (void)now;
    (void)before;
    s->touched += news == ALERT_TOUCHED ? 1 : 0;
}

static uint32_t no_cause(void *arg, const struct alert_record *r)
{
    (void)arg;
    (void)r;
    return 0;
}

static uint32_t silence_of(void *arg, const struct alert_record *r)
{
    struct scene *s = arg;

    return silences_cover(s->silences, r);
}

static struct scene *scene_new(struct store *store)
{
    struct scene *s = mem_new(struct scene);
    struct alert_listener listener = {on_alert, s};

    s->alerts = alerts_new(NULL, NULL);
    alerts_listen(s->alerts, &listener);
    s->silences = silences_new(
        &(struct silences_parts){.store = store, .alerts = s->alerts});
    alerts_advise(s->alerts,
                  &(struct alert_advisor){no_cause, silence_of, no_cause, s});
    return s;
}

static void scene_free(struct scene *s)
{
    silences_free(s->silences);
    alerts_free(s->alerts);
    free(s);
}

static void tell(struct scene *s, uint8_t device, const char *name,
                 enum severity severity)
{
    alerts_tell(s->alerts, &(struct condition){
                               .object = {OBJECT_DEVICE, {{device}}, ""},
                               .type = alert_type_find("device.unreachable"),
                               .severity = severity,
                               .at = {1},
                               .name = name,
                               .device = name,
                               .text = "is silent",
                               .value = NAN,
                               .limit = NAN});
}

static uint32_t want(struct scene *s, const char *object, int64_t from,
                     int64_t until, int64_t every)
{
    struct complaint why;
    uint32_t number;
    struct silence_wish wish = {.object = object,
                                .who = "ann",
                                .text = "new software",
                                .time = {{from}, {until}, every}};

    assert_int_equal(
        silences_add(s->silences, &wish, (struct wall){0}, &number, &why), 0);
    return number;
}

static uint32_t silence_at(struct scene *s, size_t i)
{
    struct alert_book *book = alerts_book(s->alerts);
    uint32_t number = book->active[i]->silence;

    alert_book_unref(book);
    return number;
}

static void alerts_rise_silenced_and_speak_when_it_is_over(void **state)
{
    struct scene *s = scene_new(NULL);
    uint32_t number = want(s, "sw1", 0, 10 * MIN, 0);

    (void)state;
    tell(s, 1, "sw1", SEVERITY_MAJOR);
    tell(s, 2, "sw2", SEVERITY_MAJOR);
    assert_int_equal(silence_at(s, 0), number);
    assert_int_equal(silence_at(s, 1), 0);
    assert_int_equal(s->touched, 0);
    silences_tick(s->silences, (struct wall){10 * MIN});
    assert_int_equal(silence_at(s, 0), 0);
    assert_int_equal(s->touched, 1);
    assert_int_equal(silences_count(s->silences), 0);
    scene_free(s);
}

static void one_made_later_covers_what_lasts(void **state)
{
    struct scene *s = scene_new(NULL);
    struct complaint why;

    (void)state;
    tell(s, 1, "sw1", SEVERITY_MAJOR);
    uint32_t number = want(s, "sw*", 0, 10 * MIN, 0);
    assert_int_equal(silence_at(s, 0), number);
    /* it ends under it all the same */
    tell(s, 1, "sw1", SEVERITY_CLEARED);
    struct alert_book *book = alerts_book(s->alerts);
    assert_int_equal(book->active_count, 0);
    alert_book_unref(book);
    tell(s, 2, "sw2", SEVERITY_MAJOR);
    assert_int_equal(silence_at(s, 0), number);
    assert_int_equal(
        silences_remove(s->silences, number, "ann", (struct wall){MIN}, &why),
        0);
    assert_int_equal(silence_at(s, 0), 0);
    assert_int_equal(
        silences_remove(s->silences, number, "ann", (struct wall){MIN}, &why),
        -2 /* ENOENT */);
    scene_free(s);
}

static void a_planned_one_begins_by_itself_again_and_again(void **state)
{
    struct scene *s = scene_new(NULL);
    uint32_t number = want(s, "sw1", 10 * MIN, 20 * MIN, 60 * MIN);

    (void)state;
    tell(s, 1, "sw1", SEVERITY_MAJOR);
    assert_int_equal(silence_at(s, 0), 0);
    silences_tick(s->silences, (struct wall){10 * MIN});
    assert_int_equal(silence_at(s, 0), number);
    silences_tick(s->silences, (struct wall){20 * MIN});
    assert_int_equal(silence_at(s, 0), 0);
    silences_tick(s->silences, (struct wall){75 * MIN});
    assert_int_equal(silence_at(s, 0), number);
    scene_free(s);
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct scene *s = scene_new(NULL);
    struct complaint why;
    uint32_t number;
    struct silence_wish over = {"sw1", "ann", "", {{0}, {MIN}, 0}};
    struct silence_wish nothing = {"cloud:x", "ann", "", {{0}, {MIN}, 0}};

    (void)state;
    assert_int_equal(
        silences_add(s->silences, &over, (struct wall){2 * MIN}, &number, &why),
        -22);
    assert_int_equal(
        silences_add(s->silences, &nothing, (struct wall){0}, &number, &why),
        -22);
    assert_int_equal(silences_count(s->silences), 0);
    scene_free(s);
}

static void silences_survive_a_restart(void **state)
{
    char dir[] = "/tmp/portolan-silences-XXXXXX", path[80];
    struct store_options options = {.path = path};
    struct store *store;
    struct complaint why;

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/state.db", dir);
    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    struct scene *s = scene_new(store);
    (void)want(s, "sw1", 0, 10 * MIN, 0);
    uint32_t number = want(s, "sw2", 0, 10 * MIN, 60 * MIN);
    assert_int_equal(
        silences_remove(s->silences, 1, "ann", (struct wall){0}, &why), 0);
    scene_free(s);
    store_put(store, "silence", "77", "nonsense");
    store_free(store);

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    s = scene_new(store);
    tell(s, 2, "sw2", SEVERITY_MAJOR);
    assert_int_equal(silences_load(s->silences, &why), 0);
    silences_tick(s->silences, (struct wall){MIN});
    assert_int_equal(silences_count(s->silences), 1);
    const struct silence *one = silences_find(s->silences, number);
    assert_string_equal(one->object, "sw2");
    assert_string_equal(one->who, "ann");
    assert_string_equal(one->text, "new software");
    assert_int_equal(one->time.every_ms, 60 * MIN);
    assert_int_equal(silence_at(s, 0), number);
    assert_int_equal(want(s, "sw3", 0, MIN, 0), 3);
    assert_int_equal(
        silences_remove(s->silences, 3, "ann", (struct wall){0}, &why), 0);
    scene_free(s);
    store_free(store);

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    s = scene_new(store);
    assert_int_equal(silences_load(s->silences, &why), 0);
    assert_int_equal(want(s, "sw4", 0, MIN, 0), 4); /* a number is not reused */
    scene_free(s);
    store_free(store);
    (void)unlink(path);
    (void)rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_rise_silenced_and_speak_when_it_is_over),
        cmocka_unit_test(one_made_later_covers_what_lasts),
        cmocka_unit_test(a_planned_one_begins_by_itself_again_and_again),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(silences_survive_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
