/* Why values are missing that a poll should have brought. */
#include "polling_scene.h"

#include <errno.h>
#include <stdio.h>

/* ---- times without echoes ---- */

enum { NEAR_MS = 400 };

/* Why echoes of a device are missing: "timeout", "overload timeout", oldest
 * first. */
static const char *echoes_missing(const struct scene *s,
                                  const struct watched *w)
{
    static char text[200];
    struct buffer OWNED_BUFFER path = {0};
    struct gap_spans spans = {0};
    size_t len = 0;

    layout_path(w->device->dir, SERIES_ICMP, "", &path);
    gaps_of(s->gaps,
            &(struct gaps_query){.path = path.at,
                                 .group = SERIES_ICMP,
                                 .to = {wall_now().ms + PATIENCE_MS}},
            &spans);
    text[0] = '\0';
    for (size_t i = 0; i < spans.count && len < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
                                i > 0 ? " " : "", gap_name(spans.at[i].why));
    array_fini(&spans);
    return text;
}

static void
echoes_that_are_asked_for_rarely_are_missing_for_silence(void **state)
{
    struct scene *s = scene_new(2, 20);
    struct watched *dead = &s->watched[0];

    (void)state;
    s->polling->patience_ms = NEAR_MS;
    silence(s, 1, true);
    take_all(s);
    await_reach(s, REACH_DOWN, 1);
    assert_string_equal(echoes_missing(s, dead), "");
    unsigned asked = dead->asked;
    while (dead->asked < asked + 6)
        event_base_loop(s->base, EVLOOP_ONCE);
    assert_string_equal(echoes_missing(s, dead), "timeout");
    dead->silent = false;
    await_reach(s, REACH_UP, 2);
    await_asked(s, 3);
    assert_int_equal(dead->device->polled->echo_gap, GAP_NONE);
    assert_string_equal(echoes_missing(s, dead), "timeout");
    scene_free(s);
}

static void echoes_that_the_station_left_out_are_missing_for_that(void **state)
{
    static const struct doubt_facts late = {.loop_lag_ms = 1500, .uplinks = 1};
    struct scene *s = scene_new(1, 20);
    struct watched *w = &s->watched[0];

    (void)state;
    s->polling->patience_ms = NEAR_MS;
    take_all(s);
    await_asked(s, 3);
    assert_string_equal(echoes_missing(s, w), "");
    stand_still(2 * NEAR_MS);
    await_asked(s, 2);
    assert_string_equal(echoes_missing(s, w), "overload");

    /* Those that were lost, perhaps by the station itself. */
    s->polling->patience_ms = PATIENCE_MS;
    (void)polling_doubt(s->polling, &late);
    w->silent = true;
    await_asked(s, 3);
    assert_string_equal(echoes_missing(s, w), "overload overload");
    w->silent = false; /* values hold that long together */
    await_asked(s, 3);
    assert_string_equal(echoes_missing(s, w), "overload");
    scene_free(s);
}

/* ---- times without metrics ---- */

enum { EVERY_MS = 60000 };

static struct mono at_s(int64_t s)
{
    return mono_after_ms((struct mono){0}, s * 1000);
}

/* "overload 100-400": why an object of the first device has no values, and
 * when. */
static const char *object_missing(const struct scene *s,
                                  enum series_group group, const char *object)
{
    static char text[200];
    struct buffer OWNED_BUFFER path = {0};
    struct gap_spans spans = {0};
    int64_t zero_ms = steady_at(&s->polling->clock, at_s(0)).ms;
    size_t len = 0;

    layout_path(s->watched[0].device->dir, group, object, &path);
    gaps_of(s->gaps,
            &(struct gaps_query){
                .path = path.at, .group = group, .to = {INT64_MAX}},
            &spans);
    text[0] = '\0';
    for (size_t i = 0; i < spans.count && len < sizeof text; i++)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, "%s%s %lld-%lld",
                             i > 0 ? ", " : "", gap_name(spans.at[i].why),
                             (long long)(spans.at[i].from.ms - zero_ms) / 1000,
                             (long long)(spans.at[i].to.ms - zero_ms) / 1000);
    array_fini(&spans);
    return text;
}

static const char *metrics_missing(const struct scene *s)
{
    return object_missing(s, SERIES_CPU, "1");
}

static void metrics_that_come_too_late_leave_a_gap_with_its_reason(void **state)
{
    struct scene *s = scene_new(1, EVERY_MS);

    (void)state;
    take_all(s);
    struct polled *pd = s->watched[0].device->polled;
    polled_measured(pd, at_s(100)); /* the first */
    polled_measured(pd, at_s(160));
    polled_measured(pd, at_s(300)); /* one was missed */
    assert_string_equal(metrics_missing(s), "");
    pd->skipped = true;
    polled_measured(pd, at_s(500));
    assert_string_equal(metrics_missing(s), "overload 300-500");
    pd->skipped = false;
    polled_measured(pd, at_s(700));
    assert_string_equal(metrics_missing(s),
                        "overload 300-500, timeout 500-700");
    pd->gap_end = at_s(890); /* the device was silent: said by its own gap */
    polled_measured(pd, at_s(900));
    assert_string_equal(metrics_missing(s),
                        "overload 300-500, timeout 500-700");
    scene_free(s);
}

static void metrics_wait_where_walks_break_off_and_that_is_said(void **state)
{
    struct scene *s = scene_new(1, EVERY_MS);

    (void)state;
    take_all(s);
    struct polled *pd = s->watched[0].device->polled;
    polled_measured(pd, at_s(100));
    polled_not_asked_to_measure(pd, -EBADMSG, at_s(160));
    assert_string_equal(metrics_missing(s), "");
    polled_not_asked_to_measure(pd, -EBADMSG, at_s(300));
    polled_measured(pd, at_s(320));
    assert_string_equal(metrics_missing(s), "broken 100-320");
    pd->gap = GAP_TIMEOUT; /* all of it is silent, which is said already */
    polled_not_asked_to_measure(pd, -ETIMEDOUT, at_s(600));
    assert_string_equal(metrics_missing(s), "broken 100-320");
    scene_free(s);
}

/* ---- times without rates ---- */

static void give_ports(struct scene *s, struct device *d)
{
    static const char *const labels[] = {"ge0", "ge1"};

    for (uint32_t i = 0; i < COUNT_OF(labels); i++) {
        struct interface *one = array_add(&d->facts->interfaces);

        one->if_index = i + 1;
        one->name = one->descr = one->label = labels[i];
        one->alias = one->duplex = "";
    }
    polling_facts_changed(s->polling, d);
}

static void read_port(struct polled *pd, size_t n, struct mono at)
{
    struct port *p = ports_at(pd->ports, n);

    p->round = pd->round;
    p->before = p->row_at;
    p->row_at = at;
    p->row->gap = GAP_NONE;
}

static void a_gap_begins_where_a_walk_that_broke_off_left_a_port(void **state)
{
    struct scene *s = scene_new(1, EVERY_MS);
    struct device *d = s->watched[0].device;
    struct ports_round both = {.read = 2, .known = 2}, one = {1, 1, 0, 0};

    (void)state;
    take_all(s);
    struct polled *pd = d->polled;
    give_ports(s, d);
    pd->round = 1;
    read_port(pd, 0, at_s(100));
    read_port(pd, 1, at_s(101));
    pd->good_at = at_s(40);
    polled_heard(pd, &both, at_s(102));
    pd->round = 2;
    read_port(pd, 0, at_s(160)); /* and then it is switched off */
    polled_heard(pd, &one, at_s(170));
    pd->round = 3;
    polled_silent(pd, -ETIMEDOUT, at_s(320));
    pd->round = 4;
    read_port(pd, 0, at_s(400));
    read_port(pd, 1, at_s(401));
    polled_heard(pd, &both, at_s(402));
    assert_string_equal(object_missing(s, SERIES_PORT, "ge1"),
                        "timeout 101-402");
    scene_free(s);
}

/* Until two answers came there is no rate: for a poll that came in vain, if
 * that is longer than until the second anyhow. */
static void a_first_answer_that_comes_late_ends_a_gap(void **state)
{
    struct scene *s = scene_new(1, EVERY_MS);
    struct ports_round none = {.read = 2, .known = 0, .why = GAP_FIRST};
    struct ports_round both = {.read = 2, .known = 2};

    (void)state;
    take_all(s);
    struct polled *pd = s->watched[0].device->polled;
    give_ports(s, s->watched[0].device);
    pd->good_at = pd->good_end = at_s(10); /* polls began */
    pd->round = 1;
    read_port(pd, 0, at_s(60));
    read_port(pd, 1, at_s(120));
    ports_at(pd->ports, 0)->row->gap = ports_at(pd->ports, 1)->row->gap =
        GAP_FIRST;
    polled_heard(pd, &none, at_s(121));
    pd->round = 2;
    read_port(pd, 0, at_s(180));
    read_port(pd, 1, at_s(181));
    polled_heard(pd, &both, at_s(182));
    assert_string_equal(object_missing(s, SERIES_PORT, "ge0"), "");
    assert_string_equal(object_missing(s, SERIES_PORT, "ge1"),
                        "timeout 10-120");
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            echoes_that_are_asked_for_rarely_are_missing_for_silence),
        cmocka_unit_test(echoes_that_the_station_left_out_are_missing_for_that),
        cmocka_unit_test(
            metrics_that_come_too_late_leave_a_gap_with_its_reason),
        cmocka_unit_test(metrics_wait_where_walks_break_off_and_that_is_said),
        cmocka_unit_test(a_gap_begins_where_a_walk_that_broke_off_left_a_port),
        cmocka_unit_test(a_first_answer_that_comes_late_ends_a_gap),
    };

    return cmocka_run_group_tests_name("polled_gaps", tests, NULL, NULL);
}
