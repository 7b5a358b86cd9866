/* Interfaces and their names that vendors tell in tables of their own. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OBJECT_ID(of)                               \
    {                                               \
        "1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1." of \
    }
#define DESCR "1.3.6.1.2.1.2.2.1.2."
#define ALIAS "1.3.6.1.2.1.31.1.1.1.18."
#define FC_NAME "1.3.6.1.4.1.1588.2.1.1.1.6.2.1.36."
#define VRTR_IF "1.3.6.1.4.1.6527.3.1.2.3."

static void fibre_channel_ports_have_the_names_people_gave(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("1588.2.1.1.1"),
        {DESCR "1073741824", 's', "FC port 0/0"},
        {DESCR "1073741825", 's', "FC port 0/1"},
        {ALIAS "1073741825", 's', "told by ifAlias"},
        {DESCR "805306369", 's', "eth0"},
        {FC_NAME "1", 's', "array-a"},
        {FC_NAME "2", 's', "array-b"},
        {FC_NAME "0", 's', "no port"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->interfaces.count, 3);
    assert_string_equal(facts_interface(f, 1073741824)->alias, "array-a");
    assert_string_equal(facts_interface(f, 1073741825)->alias,
                        "told by ifAlias");
    assert_string_equal(facts_interface(f, 805306369)->alias, "");
    facts_unref(f);
}

static void interfaces_of_services_stand_beside_the_others(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("6527.1.3.4"),
        {DESCR "2", 's', "to-core, IP interface"},
        {VRTR_IF "4.1.3.1.2", 'i', "1"},
        {VRTR_IF "4.1.4.1.2", 's', "to-core"},
        {VRTR_IF "4.1.3.3.1", 'i', "5"},
        {VRTR_IF "4.1.4.3.1", 's', "customer-a"},
        {VRTR_IF "4.1.34.3.1", 's', "A's office"},
        {VRTR_IF "54.1.103.3.1", 'c', "100000000"},
        {VRTR_IF "4.1.3.3.9", 'i', "5"}, /* no name: being made */
    };
    struct facts *f = FACTS_OF(said);
    const struct interface *service = facts_interface(f, 1);
    char text[12];

    assert_int_equal(f->interfaces.count, 2);
    assert_string_equal(facts_interface(f, 2)->descr, "to-core, IP interface");
    assert_non_null(service);
    assert_string_equal(service->name, "customer-a");
    assert_string_equal(service->label, "customer-a");
    assert_string_equal(service->alias, "A's office");
    assert_int_equal(service->speed_bps, 100000000);
    assert_string_equal(if_type_name(service->type, text, sizeof text),
                        "serviceVprn");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fibre_channel_ports_have_the_names_people_gave),
        cmocka_unit_test(interfaces_of_services_stand_beside_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
