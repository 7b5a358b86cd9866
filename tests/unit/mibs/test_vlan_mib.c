/* VLANs of IEEE8021-Q-BRIDGE-MIB and of vendors' tables. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OBJECT_ID(of)                               \
    {                                               \
        "1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1." of \
    }
#define STATIC "1.3.6.1.2.1.17.7.1.4.3.1.1."
#define ENTERPRISES "1.3.6.1.4.1."

/* Agents with one VLAN each, 7 by the name of "office", and one row that is no
 * VLAN. */
static const struct {
    const char *label;
    struct said said[6];
} agents[] = {
    {"IEEE 802.1Q",
     {OBJECT_ID("47196.4.1.1"),
      {"1.3.111.2.802.1.1.4.1.4.3.1.3.1.7", 's', "office"},
      {"1.3.111.2.802.1.1.4.1.4.3.1.3.1.4095", 's', "reserved"}}},
    {"Huawei",
     {OBJECT_ID("2011.2.23.1"),
      {ENTERPRISES "2011.5.25.42.3.1.1.1.1.2.7", 's', "office"}}},
    {"H3C",
     {OBJECT_ID("25506.1.1"),
      {ENTERPRISES "25506.8.35.2.1.1.1.2.7", 's', "office"}}},
    {"Juniper EX",
     {OBJECT_ID("2636.1.1"),
      {ENTERPRISES "2636.3.40.1.5.1.5.1.2.3", 's', "office"},
      {ENTERPRISES "2636.3.40.1.5.1.5.1.5.3", 'i', "7"},
      {ENTERPRISES "2636.3.40.1.5.1.5.1.2.4", 's', "untagged"},
      {ENTERPRISES "2636.3.40.1.5.1.5.1.5.4", 'i', "0"}}},
    {"Juniper L2ALD",
     {OBJECT_ID("2636.1.1"),
      {ENTERPRISES "2636.3.48.1.3.1.1.2.2", 's', "office+7"},
      {ENTERPRISES "2636.3.48.1.3.1.1.3.2", 'i', "7"}}},
    {"Foundry",
     {OBJECT_ID("1991.1.3"),
      {ENTERPRISES "1991.1.1.3.2.7.1.21.7", 's', "office"}}},
    {"Extreme",
     {OBJECT_ID("1916.2.1"),
      {ENTERPRISES "1916.1.2.1.2.1.2.1000007", 's', "office"},
      {ENTERPRISES "1916.1.2.1.2.1.10.1000007", 'i', "7"}}},
    {"Rapid City",
     {OBJECT_ID("45.3.80"), {ENTERPRISES "2272.1.3.2.1.2.7", 's', "office"}}},
    {"Alcatel AOS 7",
     {OBJECT_ID("6486.801.1"),
      {ENTERPRISES "6486.801.1.2.1.3.1.1.1.1.1.2.7", 's', "office"}}},
    {"Alcatel AOS 6",
     {OBJECT_ID("6486.800.1"),
      {ENTERPRISES "6486.800.1.2.1.3.1.1.1.1.1.2.7", 's', "office"}}},
    {"TP-Link",
     {OBJECT_ID("11863.5.1"),
      {ENTERPRISES "11863.6.14.1.2.1.1.2.7", 's', "office"}}},
};

static void each_vendor_tells_its_vlans(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(agents); i++) {
        struct facts *f = facts_of_agent(
            agents[i].said,
            count_said(agents[i].said, COUNT_OF(agents[i].said)));

        printf("%s\n", agents[i].label);
        assert_int_equal(f->vlans.count, 1);
        assert_int_equal(f->vlans.at[0].id, 7);
        assert_string_equal(f->vlans.at[0].name, "office");
        facts_unref(f);
    }
}

static void tables_of_a_vendor_are_not_asked_of_others(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("9.1.1"),
        {ENTERPRISES "11863.6.14.1.2.1.1.2.7", 's', "office"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->vlans.count, 0);
    for (size_t i = 0; i < f->reports.count; i++)
        assert_string_not_equal(f->reports.at[i].name, "vlanPortConfigTable");
    facts_unref(f);
}

static void the_standard_table_makes_vendors_needless(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("2011.2.23.1"),
        {STATIC "7", 's', "standard"},
        {ENTERPRISES "2011.5.25.42.3.1.1.1.1.2.8", 's', "own"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->vlans.count, 1);
    assert_string_equal(f->vlans.at[0].name, "standard");
    facts_unref(f);
}

/* Junos numbers forwarding databases on its own. */
static void forwarding_is_of_the_tag_not_of_the_database(void **state)
{
    (void)state;
    static const struct said said[] = {
        OBJECT_ID("2636.1.1"),
        {"1.3.6.1.2.1.2.2.1.2.501", 's', "ge-0/0/1"},
        {"1.3.6.1.2.1.17.1.1.0", 'x', "001122334455"},
        {"1.3.6.1.2.1.17.1.4.1.2.1", 'i', "501"},
        {ENTERPRISES "2636.3.48.1.3.1.1.2.2", 's', "office+700"},
        {ENTERPRISES "2636.3.48.1.3.1.1.3.2", 'i', "700"},
        {ENTERPRISES "2636.3.48.1.3.1.1.5.2", 'i', "3"},
        {"1.3.6.1.2.1.17.7.1.2.2.1.2.3.0.0.94.0.83.1", 'i', "1"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->fdb.count, 1);
    assert_int_equal(f->fdb.at[0].vlan, 700);
    assert_int_equal(f->fdb.at[0].if_index, 501);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vendor_tells_its_vlans),
        cmocka_unit_test(tables_of_a_vendor_are_not_asked_of_others),
        cmocka_unit_test(the_standard_table_makes_vendors_needless),
        cmocka_unit_test(forwarding_is_of_the_tag_not_of_the_database),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
