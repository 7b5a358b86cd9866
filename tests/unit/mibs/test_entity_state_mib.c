/* Parts of a device are well, or not, by ENTITY-STATE-MIB. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ENTITY "1.3.6.1.2.1.47.1.1.1.1."
#define STATE "1.3.6.1.2.1.131.1.1.1."

static const struct sensor *find(const struct facts *f, const char *oid)
{
    for (size_t i = 0; i < f->sensors.count; i++)
        if (strcmp(f->sensors.at[i].oid, oid) == 0)
            return &f->sensors.at[i];
    return NULL;
}

static void assert_state(const struct facts *f, const char *oid,
                         const char *text, const char *severity)
{
    const struct sensor *s = find(f, oid);

    assert_non_null(s);
    assert_string_equal(s->class, "state");
    assert_string_equal(s->state_descr, text);
    assert_string_equal(s->state_severity, severity);
}

static void alarms_are_worse_than_what_is_disabled(void **state)
{
    (void)state;
    static const struct said said[] = {
        {ENTITY "2.1", 's', "Chassis"},
        {ENTITY "2.2", 's', "Tray left"},
        {ENTITY "2.3", 's', "Supply A"},
        {ENTITY "2.4", 's', "Supply B"},
        {ENTITY "2.5", 's', "Line card"},
        {ENTITY "2.6", 's', "Port 1"},
        {ENTITY "2.7", 's', "Slot"},
        {ENTITY "2.8", 's', "Spare"},
        {ENTITY "5.1", 'i', "3"},
        {ENTITY "5.2", 'i', "7"},
        {ENTITY "5.3", 'i', "6"},
        {ENTITY "5.4", 'i', "6"},
        {ENTITY "5.5", 'i', "9"},
        {ENTITY "5.6", 'i', "10"},
        {ENTITY "5.7", 'i', "5"},
        {ENTITY "5.8", 'i', "9"},
        {STATE "2.4", 'i', "2"}, /* locked */
        {STATE "2.5", 'i', "4"},
        {STATE "3.1", 'i', "3"},
        {STATE "3.2", 'i', "3"},
        {STATE "3.3", 'i', "2"},
        {STATE "3.4", 'i', "2"},
        {STATE "3.5", 'i', "1"}, /* unknown */
        {STATE "3.6", 'i', "2"},
        {STATE "3.7", 'i', "2"},
        {STATE "3.8", 'i', "2"},
        {STATE "5.1", 'x', "00"},
        {STATE "5.2", 'x', "18"}, /* major and minor */
        {STATE "5.3", 'x', ""},
        {STATE "5.5", 'x', "80"}, /* unknown */
        {STATE "6.8", 'i', "3"},  /* coldStandby */
    };
    struct facts *f = FACTS_OF(said);

    assert_state(f, STATE "3.1", "enabled", "ok");
    assert_state(f, STATE "3.2", "major alarm", "critical");
    assert_state(f, STATE "3.3", "disabled", "critical");
    assert_state(f, STATE "3.4", "disabled, not in use", "unknown");
    assert_state(f, STATE "3.8", "disabled, not in use", "unknown");
    assert_null(find(f, STATE "3.5")); /* it does not know */
    assert_null(find(f, STATE "3.6")); /* ports are told of elsewhere */
    assert_null(find(f, STATE "3.7")); /* a place is no part */
    assert_string_equal(find(f, STATE "3.2")->descr, "Tray left");
    assert_string_equal(find(f, STATE "3.2")->group, "Fan state");
    assert_string_equal(find(f, STATE "3.3")->group, "Power supply state");
    assert_string_equal(find(f, STATE "3.3")->index, "131.1.1.1.3.3");
    assert_int_equal(find(f, STATE "3.3")->entity, 3);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alarms_are_worse_than_what_is_disabled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
