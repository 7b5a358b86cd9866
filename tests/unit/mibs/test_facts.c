/* Facts: empty ones say "not known", shared ones live as long as needed. */
#include "mibs/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void empty_facts_know_nothing(void **state)
{
    (void)state;
    struct facts *f = facts_new();

    assert_string_equal(f->system.name, "");
    assert_string_equal(f->identity.os, "");
    assert_string_equal(f->lldp.chassis_text, "");
    assert_true(f->system.engine_boots == FACT_UNKNOWN);
    assert_true(f->system.if_number == FACT_UNKNOWN);
    assert_false(f->system.has_uptime);
    assert_null(facts_interface(f, 0));
    facts_unref(f);
}

static void shared_facts_live_until_the_last_lets_go(void **state)
{
    (void)state;
    struct facts *f = facts_new();
    struct facts *other = facts_ref(f);

    assert_ptr_equal(f, other);
    facts_unref(f);
    assert_string_equal(other->system.name, "");
    facts_unref(other);
    facts_unref(NULL);
}

static void interfaces_are_found_by_index(void **state)
{
    (void)state;
    static const uint32_t have[] = {1, 2, 7, 10101, 4294967295u};
    static const uint32_t miss[] = {0, 3, 8, 10102, 4294967294u};
    struct facts *f = facts_new();

    for (size_t i = 0; i < COUNT_OF(have); i++)
        array_add(&f->interfaces)->if_index = have[i];
    for (size_t i = 0; i < COUNT_OF(have); i++) {
        assert_non_null(facts_interface(f, have[i]));
        assert_int_equal(facts_interface(f, have[i])->if_index, have[i]);
        assert_null(facts_interface(f, miss[i]));
    }
    facts_unref(f);
}

static void names_are_those_of_the_mib(void **state)
{
    (void)state;
    char text[12];
    enum device_kind kind = KIND_CLOUD;

    assert_string_equal(if_type_name(6, text, sizeof text), "ethernetCsmacd");
    assert_string_equal(if_type_name(161, text, sizeof text), "ieee8023adLag");
    assert_string_equal(if_type_name(0, text, sizeof text), "0");
    assert_string_equal(if_type_name(-1, text, sizeof text), "-1");
    assert_string_equal(if_type_name(INT32_MIN, text, sizeof text),
                        "-2147483648");
    assert_string_equal(if_type_name(9999, text, sizeof text), "9999");
    assert_string_equal(if_status_name(0), "");
    assert_string_equal(if_status_name(7), "lowerLayerDown");
    assert_string_equal(if_status_name(255), "unknown");
    assert_string_equal(entity_class_name(6), "powerSupply");
    assert_string_equal(entity_class_name(-1), "unknown");
    assert_string_equal(entity_class_name(99), "unknown");
    assert_int_equal(device_kind_parse("l3switch", &kind), 0);
    assert_int_equal(kind, KIND_L3SWITCH);
    assert_int_not_equal(device_kind_parse("toaster", &kind), 0);
    assert_int_equal(kind, KIND_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_facts_know_nothing),
        cmocka_unit_test(shared_facts_live_until_the_last_lets_go),
        cmocka_unit_test(interfaces_are_found_by_index),
        cmocka_unit_test(names_are_those_of_the_mib),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
