/* What devices are made of, by tables of their vendors. */
#include "mibs/entity_mib.h"
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OBJECT_ID(of)                               \
    {                                               \
        "1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1." of \
    }
#define ENTITY "1.3.6.1.2.1.47.1.1.1.1."
#define BOARD "1.3.6.1.4.1.2011.5.25.31.1.1.2.1."
#define JUNIPER "1.3.6.1.4.1.2636.3.1."
#define TIMETRA "1.3.6.1.4.1.6527.3.1.2.2.1.8.1."

static void huawei_names_models_beside_entity_mib(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("2011.2.23.1"),
        {ENTITY "2.9", 's', "Port"},
        {ENTITY "5.9", 'i', "10"},
        {ENTITY "13.9", 's', ""},
        {ENTITY "2.10", 's', "Fan"},
        {ENTITY "13.10", 's', "FAN-1"},
        {BOARD "2.9", 's', "10300Mbps-850nm"},
        {BOARD "11.9", 's', "02310MNW"},
        {BOARD "11.10", 's', ""},
        {BOARD "11.11", 's', "no such entity"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->entities.count, 2);
    assert_string_equal(entity_find(f, 9)->descr, "10300Mbps-850nm");
    assert_string_equal(entity_find(f, 9)->model, "02310MNW");
    assert_string_equal(entity_find(f, 10)->model, "FAN-1");
    facts_unref(f);
}

static void juniper_has_slots_and_what_is_in_them(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("2636.1.1"),
        {JUNIPER "6.1.4.1", 'i', "0"},
        {JUNIPER "6.1.6.1", 's', "chassis frame"},
        {JUNIPER "6.1.4.2", 'i', "1"},
        {JUNIPER "6.1.6.2", 's', "PEM slot"},
        {JUNIPER "6.1.4.8", 'i', "7"},
        {JUNIPER "6.1.6.8", 's', "PIC slot"},
        {JUNIPER "8.1.6.1.1.0.0", 's', "midplane"},
        {JUNIPER "8.1.7.1.1.0.0", 's', "ABC123"},
        {JUNIPER "8.1.6.2.1.0.0", 's', "PEM 0"},
        {JUNIPER "8.1.10.2.1.0.0", 's', "740-028288"},
        {JUNIPER "8.1.6.8.2.1.0", 's', "PIC: 10x 1GE(LAN) SFP @ 1/0/*"},
        {JUNIPER "8.1.6.8.200.1.0", 's', "beyond any chassis"},
    };
    struct facts *f = FACTS_OF(said);
    const struct entity *pic = entity_find(f, 2010008);

    assert_int_equal(f->entities.count, 5);
    assert_string_equal(entity_find(f, 1)->serial, "ABC123");
    assert_string_equal(entity_class_name(entity_find(f, 1)->class), "chassis");
    assert_string_equal(entity_class_name(entity_find(f, 1000002)->class),
                        "powerSupply");
    assert_string_equal(entity_find(f, 1000002)->model, "740-028288");
    assert_non_null(pic);
    assert_int_equal(pic->contained_in, 8);
    facts_unref(f);
}

static void juniper_with_entity_mib_is_not_asked_twice(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("2636.1.1"),
        {ENTITY "2.1", 's', "Chassis"},
        {JUNIPER "6.1.6.2", 's', "PEM slot"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->entities.count, 1);
    facts_unref(f);
}

static void nokia_hardware_has_classes_of_its_own(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("6527.1.3.4"),
        {TIMETRA "4.1.50331649", 's', "3HE13343AA"},
        {TIMETRA "7.1.50331649", 'i', "3"},
        {TIMETRA "5.1.134217729", 's', "NK22"},
        {TIMETRA "7.1.134217729", 'i', "8"},
        {TIMETRA "8.1.134217729", 's', "Slot 1"},
        {TIMETRA "13.1.134217729", 'i', "50331649"},
        {TIMETRA "7.1.201327106", 'i', "99"},
    };
    struct facts *f = FACTS_OF(said);
    const struct entity *slot = entity_find(f, 134217729);

    assert_int_equal(f->entities.count, 3);
    assert_non_null(slot);
    assert_string_equal(entity_class_name(slot->class), "ioModule");
    assert_string_equal(slot->name, "Slot 1");
    assert_string_equal(slot->serial, "NK22");
    assert_int_equal(slot->contained_in, 50331649);
    assert_string_equal(entity_class_name(entity_find(f, 50331649)->class),
                        "chassis");
    assert_string_equal(entity_class_name(entity_find(f, 201327106)->class),
                        "module");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(huawei_names_models_beside_entity_mib),
        cmocka_unit_test(juniper_has_slots_and_what_is_in_them),
        cmocka_unit_test(juniper_with_entity_mib_is_not_asked_twice),
        cmocka_unit_test(nokia_hardware_has_classes_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
