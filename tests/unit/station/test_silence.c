/* What a silence covers, and when it holds. */
#include "station/silence.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static bool in_prefix(void *arg, const struct ident *device,
                      const struct prefix *p)
{
    (void)arg;
    return device->octets[0] == 1 && p->base.octets[0] == 192;
}

static bool in_group(void *arg, const struct alert_record *r, const char *name)
{
    (void)arg;
    return strcmp(name, "core") == 0 && strcmp(r->device, "sw1") == 0;
}

static bool in_cloud(void *arg, const struct ident *device, const char *cloud)
{
    (void)arg;
    return device->octets[0] == 1 && strcmp(cloud, "physical/DC 1") == 0;
}

static void objects_are_read_and_cover_what_they_name(void **state)
{
    static const struct {
        const char *object;
        int rc;
        bool device, port, other; /* covers sw1, sw1:Gi0/1, printer */
    } cases[] = {
        {"sw1", 0, true, true, false},
        {"SW1", 0, true, true, false},
        {"sw1:Gi0/1", 0, false, true, false},
        {"sw*", 0, true, true, false},
        {"*", 0, true, true, true},
        {"192.0.2.0/24", 0, true, true, false},
        {"192.0.2.1", 0, true, true, false},
        {"198.51.100.0/24", 0, false, false, false},
        {"group:core", 0, true, true, false},
        {"group:edge", 0, false, false, false},
        {"cloud:physical/DC 1", 0, true, true, false},
        {"cloud:physical", -22, false, false, false},
        {"group:", -22, false, false, false},
        {"", -22, false, false, false},
    };
    const struct silence_world world = {in_prefix, in_group, in_cloud, NULL};
    const struct alert_record device = {.object = {OBJECT_DEVICE, {{1}}, ""},
                                        .name = "sw1",
                                        .device = "sw1"},
                              port = {.object = {OBJECT_PORT, {{1}}, "Gi0%2F1"},
                                      .name = "sw1:Gi0/1",
                                      .device = "sw1"},
                              other = {.object = {OBJECT_DEVICE, {{2}}, ""},
                                       .name = "printer",
                                       .device = "printer"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct silence_object o;
        struct complaint why;
        int rc = silence_object_read(cases[i].object, &o, &why);

        if (rc != cases[i].rc)
            fail_msg("%s: %d", cases[i].object, rc);
        if (rc == 0 &&
            (silence_covers(&o, &device, &world) != cases[i].device ||
             silence_covers(&o, &port, &world) != cases[i].port ||
             silence_covers(&o, &other, &world) != cases[i].other))
            fail_msg("%s covers other things", cases[i].object);
    }
}

static void it_holds_in_its_time_and_again(void **state)
{
    enum { MIN = 60000, DAY = 86400000 };
    const struct silence_time once = {{10 * MIN}, {20 * MIN}, 0};
    const struct silence_time daily = {{10 * MIN}, {20 * MIN}, DAY};

    (void)state;
    assert_false(silence_holds(&once, (struct wall){10 * MIN - 1}));
    assert_true(silence_holds(&once, (struct wall){10 * MIN}));
    assert_true(silence_holds(&once, (struct wall){20 * MIN - 1}));
    assert_false(silence_holds(&once, (struct wall){20 * MIN}));
    assert_true(silence_is_over(&once, (struct wall){20 * MIN}));
    assert_int_equal(silence_next(&once, (struct wall){0}).ms, 10 * MIN);
    assert_int_equal(silence_next(&once, (struct wall){30 * MIN}).ms, 0);
    assert_false(silence_holds(&daily, (struct wall){0}));
    assert_true(
        silence_holds(&daily, (struct wall){INT64_C(3) * DAY + 15 * MIN}));
    assert_false(
        silence_holds(&daily, (struct wall){INT64_C(3) * DAY + 25 * MIN}));
    assert_false(silence_is_over(&daily, (struct wall){INT64_C(9) * DAY}));
    assert_int_equal(
        silence_next(&daily, (struct wall){INT64_C(3) * DAY + 25 * MIN}).ms,
        INT64_C(4) * DAY + 10 * MIN);
}

static void what_is_daily_goes_by_the_clocks_here(void **state)
{
    static const struct {
        const char *now;
        bool holds;
        const char *next;
    } cases[] = {
        /* from 02:30 to 04:00 in winter, from 03:30 to 04:00 on that night */
        {"2026-03-28T01:29:59Z", false, "2026-03-28T01:30:00Z"},
        {"2026-03-28T02:59:59Z", true, "2026-03-28T01:30:00Z"},
        {"2026-03-28T03:00:00Z", false, "2026-03-29T01:30:00Z"},
        {"2026-03-29T01:59:59Z", true, "2026-03-29T01:30:00Z"},
        {"2026-03-29T02:00:00Z", false, "2026-03-30T00:30:00Z"},
        {"2026-07-01T00:30:00Z", true, "2026-07-01T00:30:00Z"},
        {"2026-07-01T02:00:00Z", false, "2026-07-02T00:30:00Z"},
        /* 02:30 comes twice, four o'clock once */
        {"2026-10-25T00:29:59Z", false, "2026-10-25T00:30:00Z"},
        {"2026-10-25T02:59:59Z", true, "2026-10-25T00:30:00Z"},
        {"2026-10-25T03:00:00Z", false, "2026-10-26T01:30:00Z"},
    };
    struct silence_time t = {.every_ms = 86400000};
    struct wall now;

    (void)state;
    assert_int_equal(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
    tzset();
    assert_int_equal(wall_parse("2026-01-10T01:30:00Z", t.from, &t.from), 0);
    t.until.ms = t.from.ms + 5400000;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char next[32];

        assert_int_equal(wall_parse(cases[i].now, t.from, &now), 0);
        wall_format(silence_next(&t, now), next, sizeof next);
        if (silence_holds(&t, now) != cases[i].holds ||
            strcmp(next, cases[i].next) != 0)
            fail_msg("%s: %d, next %s", cases[i].now, silence_holds(&t, now),
                     next);
    }
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
}

static void times_that_make_no_sense_are_refused(void **state)
{
    static const struct silence_time bad[] = {
        {{10}, {10}, 0},          {{10}, {5}, 0},
        {{0}, {1000}, 500},       {{0}, {1000}, -1},
        {{0}, {1000}, INT64_MAX}, {{0}, {INT64_C(40000000000)}, 0}};
    struct complaint why;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(silence_time_check(&bad[i], &why), -22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_read_and_cover_what_they_name),
        cmocka_unit_test(it_holds_in_its_time_and_again),
        cmocka_unit_test(what_is_daily_goes_by_the_clocks_here),
        cmocka_unit_test(times_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
