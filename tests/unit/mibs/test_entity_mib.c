/* What a device is made of, and sensors of its parts. */
#include "mibs/entity_mib.h"
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ENT "1.3.6.1.2.1.47.1.1.1.1."
#define ALIAS "1.3.6.1.2.1.47.1.3.2.1.2."
#define SENSOR "1.3.6.1.2.1.99.1.1.1."
#define LM "1.3.6.1.4.1.2021.13.16."

static void parts_are_told_by_index(void **state)
{
    (void)state;
    static const struct said said[] = {
        {ENT "2.1001", 's', "Chassis"},
        {ENT "5.1001", 'i', "3"},
        {ENT "11.1001", 's', "FOC123 "},
        {ENT "13.1001", 's', "WS-C2960X"},
        {ENT "2.7", 's', "odd"},
        {ENT "4.7", 'i', "-1"},
        {ENT "6.7", 'i', "-1"},
        {ENT "6.1001", 'i', "4"},
        {ALIAS "1001.0", 'o', "1.3.6.1.2.1.2.2.1.1.10101"},
        {ALIAS "7.0", 'o', "1.3.6.1.2.1.17.1.4.1.1.2"},
        {ENT "5.7", 'i', "-5"},
        {ENT "2.1.2", 's', "no index"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->entities.count, 2);
    assert_string_equal(entity_find(f, 1001)->serial, "FOC123");
    assert_string_equal(entity_find(f, 1001)->model, "WS-C2960X");
    assert_int_equal(entity_find(f, 1001)->class, 3);
    assert_int_equal(entity_find(f, 1001)->position, 4);
    assert_int_equal(entity_find(f, 1001)->if_index, 10101);
    assert_int_equal(entity_find(f, 7)->contained_in, 0);
    assert_int_equal(entity_find(f, 7)->position, -1);
    assert_int_equal(entity_find(f, 7)->if_index, 0);
    assert_int_equal(entity_find(f, 7)->class, 0);
    assert_null(entity_find(f, 8));
    facts_unref(f);
}

static const struct sensor *sensor_called(const struct facts *f,
                                          const char *descr)
{
    for (size_t i = 0; i < f->sensors.count; i++)
        if (strcmp(f->sensors.at[i].descr, descr) == 0)
            return &f->sensors.at[i];
    return NULL;
}

/* The standard MIB has no type for dBm. */
static void optical_power_is_known_by_its_name(void **state)
{
    (void)state;
    static const struct said said[] = {
        {ENT "2.1", 's', "transceiver 10 Tx Power Sensor"},
        {SENSOR "1.1", 'i', "1"},
        {SENSOR "2.1", 'i', "9"},
        {SENSOR "3.1", 'i', "1"},
        {SENSOR "4.1", 'i', "-57"},
        {ENT "2.2", 's', "Something else"},
        {SENSOR "1.2", 'i', "1"},
        {SENSOR "4.2", 'i', "7"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->sensors.count, 1);
    assert_string_equal(f->sensors.at[0].class, "dbm");
    assert_string_equal(f->sensors.at[0].unit, "dBm");
    assert_true(f->sensors.at[0].value == -5.7);
    facts_unref(f);
}

static void sensors_have_value_unit_and_port(void **state)
{
    (void)state;
    static const struct said said[] = {
        {ENT "2.1", 's', "port 1"},
        {ALIAS "1.0", 'o', "1.3.6.1.2.1.2.2.1.1.10101"},
        {ENT "2.5", 's', "SFP temperature"},
        {ENT "4.5", 'i', "1"},
        {SENSOR "1.5", 'i', "8"},
        {SENSOR "2.5", 'i', "9"},
        {SENSOR "3.5", 'i', "2"},
        {SENSOR "4.5", 'i', "4125"},
        {SENSOR "5.5", 'i', "1"},
        {SENSOR "1.6", 'i', "4"}, /* no entity; millivolt */
        {SENSOR "2.6", 'i', "8"},
        {SENSOR "4.6", 'i', "3300"},
        {ENT "7.7", 's', "fan tray"},
        {SENSOR "1.7", 'i', "10"},
        {SENSOR "4.7", 'i', "5400"},
        {ENT "2.8", 's', "out of order"},
        {SENSOR "1.8", 'i', "8"},
        {SENSOR "4.8", 'i', "20"},
        {SENSOR "5.8", 'i', "3"},
        {ENT "2.9", 's', "overflow"},
        {SENSOR "1.9", 'i', "8"},
        {SENSOR "4.9", 'i', "1000000000"},
        {ENT "2.10", 's', "unknown unit"},
        {SENSOR "1.10", 'i', "2"},
        {SENSOR "4.10", 'i', "5"},
        {ENT "2.11", 's', "door"},
        {SENSOR "1.11", 'i', "12"},
        {SENSOR "4.11", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);
    const struct sensor *s = sensor_called(f, "SFP temperature");

    assert_int_equal(f->sensors.count, 4);
    assert_non_null(s);
    assert_string_equal(s->class, "temperature");
    assert_string_equal(s->unit, "C");
    assert_string_equal(s->oid, "1.3.6.1.2.1.99.1.1.1.4.5");
    assert_true(fabs(s->value - 41.25) < 1e-9);
    assert_int_equal(s->if_index, 10101);
    assert_int_equal(s->entity, 5);
    assert_true(isnan(s->high_crit));
    assert_true(fabs(sensor_called(f, "Sensor 6")->value - 3.3) < 1e-9);
    assert_string_equal(sensor_called(f, "fan tray")->class, "fanspeed");
    assert_string_equal(sensor_called(f, "door")->state_descr, "false");
    facts_unref(f);
}

static void sensors_inside_themselves_end(void **state)
{
    (void)state;
    static const struct said said[] = {
        {ENT "2.5", 's', "a"},    {ENT "4.5", 'i', "6"},
        {ENT "2.6", 's', "b"},    {ENT "4.6", 'i', "5"},
        {SENSOR "1.5", 'i', "8"}, {SENSOR "4.5", 'i', "20"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->sensors.count, 1);
    assert_int_equal(f->sensors.at[0].if_index, 0);
    facts_unref(f);
}

static void lm_sensors_are_scaled(void **state)
{
    (void)state;
    static const struct said said[] = {
        {LM "2.1.2.1", 's', "CPU Temp"}, {LM "2.1.3.1", 'g', "42500"},
        {LM "3.1.2.1", 's', "fan1"},     {LM "3.1.3.1", 'g', "1200"},
        {LM "4.1.2.1", 's', "in0"},      {LM "4.1.3.1", 'g', "3300"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->sensors.count, 3);
    assert_true(fabs(sensor_called(f, "CPU Temp")->value - 42.5) < 1e-9);
    assert_true(fabs(sensor_called(f, "fan1")->value - 1200) < 1e-9);
    assert_string_equal(sensor_called(f, "in0")->class, "voltage");
    facts_unref(f);
}

static void sensors_of_two_tables_are_told_apart(void **state)
{
    (void)state;
    static const struct said said[] = {
        {SENSOR "1.1", 'i', "8"},     {SENSOR "2.1", 'i', "9"},
        {SENSOR "3.1", 'i', "0"},     {SENSOR "4.1", 'i', "30"},
        {SENSOR "5.1", 'i', "1"},     {LM "2.1.2.1", 's', "CPU Temp"},
        {LM "2.1.3.1", 'g', "42500"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->sensors.count, 2);
    assert_string_equal(f->sensors.at[0].class, f->sensors.at[1].class);
    assert_string_not_equal(f->sensors.at[0].index, f->sensors.at[1].index);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_told_by_index),
        cmocka_unit_test(optical_power_is_known_by_its_name),
        cmocka_unit_test(sensors_have_value_unit_and_port),
        cmocka_unit_test(sensors_inside_themselves_end),
        cmocka_unit_test(lm_sensors_are_scaled),
        cmocka_unit_test(sensors_of_two_tables_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
