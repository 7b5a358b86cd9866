/* What became other between two published states, and nothing else. */
#include "../station/state_scene.h"

#include "north/stream_look.h"

struct view {
    struct state_scene *scene;
    struct snapshot *snapshot;
    struct stream_seen *seen;
    struct stream_batch *batch;
};

static struct view *view_new(void)
{
    struct view *v = mem_new(struct view);

    v->scene = state_scene_new();
    scene_infer(v->scene);
    v->snapshot = scene_publish(v->scene);
    v->seen = stream_seen_new();
    v->batch = stream_batch_new(1, 1);
    return v;
}

/* Publishes and looks; the texts of what is told. */
static const char *look(struct view *v)
{
    v->snapshot = scene_publish_again(v->scene, v->snapshot);
    stream_batch_unref(v->batch);
    v->batch = stream_batch_new(1, 1);
    stream_look(v->seen, v->snapshot, true, v->batch);
    return v->batch->text.len > 0 ? v->batch->text.at : "";
}

static void view_free(struct view *v)
{
    stream_batch_unref(v->batch);
    stream_seen_free(v->seen);
    snapshot_unref(v->snapshot);
    state_scene_free(v->scene);
    free(v);
}

static struct device *device_of(struct view *v, const char *name)
{
    for (size_t i = 0; i < inventory_count(v->scene->inv); i++) {
        struct device *d = inventory_at(v->scene->inv, i);

        if (strcmp(d->name, name) == 0)
            return d;
    }
    fail_msg("no device %s", name);
    return NULL;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part)) != NULL) {
        count++;
        text += strlen(part);
    }
    return count;
}

static void the_first_look_tells_nothing(void **state)
{
    struct view *v = view_new();

    (void)state;
    assert_null(stream_seen_status(v->seen));
    assert_string_equal(look(v), "");
    json_t *status = stream_seen_status(v->seen);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(status, "states"), "up")),
                     3);
    json_decref(status);
    assert_string_equal(look(v), ""); /* nor does one without news */
    view_free(v);
}

static void a_poll_that_tells_nothing_new_is_no_news(void **state)
{
    struct view *v = view_new();
    struct device *d = device_of(v, "core");

    (void)state;
    (void)look(v);
    d->last_seen.ms += 60000;
    device_touch(d);
    assert_string_equal(look(v), "");
    view_free(v);
}

static void a_device_that_turns_is_told_in_short(void **state)
{
    struct view *v = view_new();
    struct device *d = device_of(v, "core");

    (void)state;
    (void)look(v);
    d->reach = REACH_DOWN;
    d->since.ms += 1000;
    device_touch(d);
    const char *text = look(v);
    assert_int_equal(count_of(text, "event: device\n"), 1);
    assert_non_null(strstr(text, "\"name\":\"core\""));
    assert_non_null(strstr(text, "\"state\":\"down\",\"status\":\"down\""));
    assert_null(strstr(text, "vendor"));
    assert_int_equal(count_of(text, "event: status\n"), 1);
    view_free(v);
}

static void one_that_becomes_another_is_told_in_full(void **state)
{
    struct view *v = view_new();
    struct device *d = device_of(v, "core");

    (void)state;
    (void)look(v);
    d->kind = KIND_ROUTER;
    device_touch(d);
    const char *text = look(v);
    assert_non_null(strstr(text, "\"vendor\":\"Acme\""));
    assert_non_null(strstr(text, "\"kind\":\"router\""));
    view_free(v);
}

static void who_is_renamed_is_not_gone(void **state)
{
    struct view *v = view_new();

    (void)state;
    (void)look(v);
    assert_true(
        inventory_rename(v->scene->inv, device_of(v, "edge"), "access"));
    const char *text = look(v);
    assert_int_equal(count_of(text, "event: device\n"), 1);
    assert_non_null(strstr(text, "\"name\":\"access\""));
    assert_non_null(strstr(text, "\"was\":\"edge\""));
    assert_null(strstr(text, "gone"));
    view_free(v);
}

static void who_comes_and_goes_is_told(void **state)
{
    struct view *v = view_new();

    (void)state;
    (void)look(v);
    (void)scene_device(v->scene, "camera", "192.0.2.50");
    inventory_remove(v->scene->inv, device_of(v, "printer"));
    const char *text = look(v);
    assert_int_equal(count_of(text, "event: device\n"), 2);
    assert_int_equal(count_of(text, "\"gone\":true,\"name\":\"printer\""), 1);
    assert_int_equal(count_of(text, "\"name\":\"camera\""), 1);
    view_free(v);
}

static void tell_alert(struct view *v, enum severity severity,
                       const char *words)
{
    const struct condition c = {
        .object = {.class = OBJECT_DEVICE,
                   .device = device_of(v, "core")->id,
                   .part = ""},
        .type = alert_type_find("device.unreachable"),
        .severity = severity,
        .at = {1700000001000},
        .name = "core",
        .device = "core",
        .text = words,
        .value = NAN,
        .limit = NAN,
        .calm_ms = -1,
    };

    alerts_tell(v->scene->alerts, &c);
}

static void an_alert_is_told_with_what_it_makes_of_its_device(void **state)
{
    struct view *v = view_new();

    (void)state;
    (void)look(v);
    tell_alert(v, SEVERITY_MINOR, "is odd");
    const char *text = look(v);
    assert_int_equal(count_of(text, "event: alert\n"), 1);
    assert_non_null(strstr(text, "\"text\":\"is odd\""));
    assert_non_null(strstr(text, "\"state\":\"up\",\"status\":\"minor\""));
    tell_alert(v, SEVERITY_MINOR, "is odd"); /* told again: no news */
    assert_string_equal(look(v), "");
    tell_alert(v, SEVERITY_MAJOR, "is odd");
    text = look(v);
    assert_non_null(strstr(text, "\"severity\":\"major\""));
    assert_non_null(strstr(text, "\"status\":\"major\""));
    tell_alert(v, SEVERITY_CLEARED, "is well");
    text = look(v);
    assert_non_null(strstr(text, "\"state\":\"cleared\""));
    assert_non_null(strstr(text, "\"state\":\"up\",\"status\":\"up\""));
    view_free(v);
}

static void discovery_is_told_while_it_goes_on(void **state)
{
    struct view *v = view_new();

    (void)state;
    (void)look(v);
    v->scene->discovery.running = true;
    v->scene->discovery.addresses_asked = 7;
    const char *text = look(v);
    assert_int_equal(count_of(text, "event: discovery\n"), 1);
    assert_non_null(strstr(text, "\"addresses_asked\":7"));
    assert_string_equal(look(v), "");
    view_free(v);
}

static void links_that_go_are_told(void **state)
{
    struct view *v = view_new();

    (void)state;
    (void)look(v);
    device_of(v, "core")->facts->neighbors.count = 0;
    device_of(v, "edge")->facts->neighbors.count = 0;
    device_touch(device_of(v, "core"));
    device_touch(device_of(v, "edge"));
    (void)look(v);
    scene_infer(v->scene);
    const char *text = look(v);
    assert_int_equal(count_of(text, "event: link\n"), 1);
    assert_int_equal(count_of(text, "\"gone\":true"), 1);
    view_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_look_tells_nothing),
        cmocka_unit_test(a_poll_that_tells_nothing_new_is_no_news),
        cmocka_unit_test(a_device_that_turns_is_told_in_short),
        cmocka_unit_test(one_that_becomes_another_is_told_in_full),
        cmocka_unit_test(who_is_renamed_is_not_gone),
        cmocka_unit_test(who_comes_and_goes_is_told),
        cmocka_unit_test(an_alert_is_told_with_what_it_makes_of_its_device),
        cmocka_unit_test(discovery_is_told_while_it_goes_on),
        cmocka_unit_test(links_that_go_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
