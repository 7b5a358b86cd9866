/* Whom an alert is for, and when. */
#include "station/receiver.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MON, TUE, WED, THU, FRI, SAT, SUN };

static void hours_hold_when_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned day, hour, minute;
        bool holds;
    } cases[] = {
        {"mon-fri 08:00-18:00", MON, 8, 0, true},
        {"mon-fri 08:00-18:00", FRI, 17, 59, true},
        {"mon-fri 08:00-18:00", FRI, 18, 0, false},
        {"mon-fri 08:00-18:00", SAT, 12, 0, false},
        {"sat,sun 10:00-12:00", SUN, 11, 0, true},
        {"sun-mon 10:00-12:00", MON, 11, 0, true},
        {"sun-mon 10:00-12:00", TUE, 11, 0, false},
        {"22:00-06:00", WED, 23, 0, true},
        {"22:00-06:00", WED, 5, 59, true},
        {"22:00-06:00", WED, 12, 0, false},
        {"fri 22:00-06:00", SAT, 5, 0, true},
        {"fri 22:00-06:00", FRI, 5, 0, false},
        {"00:00-24:00", THU, 23, 59, true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receiver_hours h;
        struct receiver_week week = {&h, 1, 1};

        print_message("%s\n", cases[i].text);
        assert_int_equal(receiver_hours_read(cases[i].text, &h), 0);
        assert_int_equal(
            receiver_hours_hold(&week, cases[i].day,
                                cases[i].hour * 60 + cases[i].minute),
            cases[i].holds);
    }
    assert_true(receiver_hours_hold(&(struct receiver_week){0}, MON, 0));
}

static void hours_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written;
    } cases[] = {{"mon-fri 08:00-18:00", "mon-fri 08:00-18:00"},
                 {"fri,mon,sat 9:05-24:00", "mon,fri-sat 09:05-24:00"},
                 {"mon-sun 22:00-06:00", "22:00-06:00"},
                 {"sun-mon 10:00-12:00", "mon,sun 10:00-12:00"}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[RECEIVER_HOURS_ROOM];
        struct receiver_hours h, again;

        assert_int_equal(receiver_hours_read(cases[i].text, &h), 0);
        assert_string_equal(receiver_hours_format(&h, text, sizeof text),
                            cases[i].written);
        assert_int_equal(receiver_hours_read(text, &again), 0);
        assert_int_equal(again.days, h.days);
        assert_int_equal(again.from_min, h.from_min);
        assert_int_equal(again.to_min, h.to_min);
    }
}

static void what_is_no_time_of_a_week_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",          "mon",         "mon 8-18",        "mon- 08:00-18:00",
        "moon 8:00", "25:00-26:00", "08:00-18:00 mon", "mon-fri08:00-18:00",
        "mon,",      "08:60-18:00", "08:00-24:01"};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct receiver_hours h;

        print_message("\"%s\"\n", texts[i]);
        assert_int_equal(receiver_hours_read(texts[i], &h), -EINVAL);
    }
}

static void filters_let_through_what_they_name(void **state)
{
    (void)state;
    static char core[] = "core-*", port[] = "*:Gi0/1", types[] = "port.*";
    static char *objects[] = {core, port}, *kinds[] = {types};
    static const struct {
        const char *name, *device, *type;
        enum severity worst;
        bool wanted;
    } cases[] = {
        {"core-1", "core-1", "port.down", SEVERITY_MAJOR, true},
        {"core-1:Gi0/7", "core-1", "port.down", SEVERITY_CRITICAL, true},
        {"sw1:Gi0/1", "sw1", "port.down", SEVERITY_MAJOR, true},
        {"sw1:Gi0/2", "sw1", "port.down", SEVERITY_MAJOR, false},
        {"core-1", "core-1", "device.unreachable", SEVERITY_MAJOR, false},
        {"core-1", "core-1", "port.down", SEVERITY_MINOR, false},
    };
    const struct receiver r = {.severity = SEVERITY_MAJOR,
                               .objects = {objects, 2, 2},
                               .types = {kinds, 1, 1}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct alert_type type = {.name = cases[i].type};
        struct alert_record a = {.name = cases[i].name,
                                 .device = cases[i].device,
                                 .worst = cases[i].worst,
                                 .type = &type};

        assert_int_equal(receiver_wants(&r, &a), cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_hold_when_they_say),
        cmocka_unit_test(hours_are_written_as_they_are_read),
        cmocka_unit_test(what_is_no_time_of_a_week_is_refused),
        cmocka_unit_test(filters_let_through_what_they_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
