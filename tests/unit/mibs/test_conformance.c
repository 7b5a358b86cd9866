/* What breaks the standards is told once for each rule, with how often and
 * where; an agent that keeps to them has no faults. */
#include "mibs/conformance.h"
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SYSTEM "1.3.6.1.2.1.1."
#define IF "1.3.6.1.2.1.2.2.1."
#define IFX "1.3.6.1.2.1.31.1.1.1."
#define ENTITY "1.3.6.1.2.1.47.1.1.1.1."

static const struct said clean[] = {
    {SYSTEM "1.0", 's', "a switch"},
    {SYSTEM "2.0", 'o', "1.3.6.1.4.1.99999.1"},
    {SYSTEM "3.0", 't', "100"},
    {SYSTEM "5.0", 's', "sw1"},
    {SYSTEM "7.0", 'i', "2"},
    {"1.3.6.1.6.3.10.2.1.1.0", 'x', "8000000903020000000001"},
    {"1.3.6.1.2.1.2.1.0", 'i', "1"},
    {IF "2.1", 's', "port 1"},
    {IF "3.1", 'i', "6"},
    {IF "5.1", 'g', "1000000000"},
    {IF "6.1", 'x', "020000000001"},
    {IF "7.1", 'i', "1"},
    {IF "8.1", 'i', "1"},
    {IFX "1.1", 's', "1/1"},
    {IFX "6.1", 'c', "1"},
    {IFX "15.1", 'g', "1000"},
    {ENTITY "2.1", 's', "chassis"},
    {ENTITY "4.1", 'i', "0"},
    {ENTITY "5.1", 'i', "3"},
};

static void agent_that_keeps_to_them_has_no_faults(void **state)
{
    (void)state;
    struct facts *f = FACTS_OF(clean);
    struct findings found = {0};

    conformance_check(f, &found);
    for (size_t i = 0; i < found.count; i++)
        print_message("%s: %s\n", found.at[i].table, found.at[i].what);
    assert_int_equal(found.count, 0);
    array_fini(&found);
    facts_unref(f);
}

static const struct finding *find(const struct findings *all,
                                  const char *standard)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->at[i].standard, standard) == 0)
            return &all->at[i];
    return NULL;
}

static void each_rule_that_is_broken_is_told_with_its_rows(void **state)
{
    (void)state;
    static const struct said said[] = {
        {SYSTEM "1.0", 's', "a switch"},
        {SYSTEM "2.0", 'o', "0.0"},
        {"1.3.6.1.6.3.10.2.1.1.0", 'x', "8000000903020000000099"},
        {"1.3.6.1.2.1.2.1.0", 'i', "9"},
        {IF "2.1", 's', "port 1"},
        {IF "3.1", 'i', "6"},
        {IF "5.1", 'g', "1000000000"},
        {IF "6.1", 'x', "0200"},
        {IF "2.2", 's', "port 2"},
        {IF "7.2", 'i', "2"},
        {IF "8.2", 'i', "1"},
        {IFX "1.1", 's', "1/1"},
        {IFX "1.2", 's', "1/1"},
        {IFX "6.2", 'c', "1"},
        {"1.3.6.1.2.1.4.20.1.2.192.0.2.1", 'i', "7"},
        {ENTITY "2.5", 's', "fan"},
        {ENTITY "4.5", 'i', "4"},
        {ENTITY "5.5", 'i', "0"},
        {"1.3.6.1.2.1.17.1.4.1.2.3", 'i', "33"},
        {"1.0.8802.1.1.2.1.4.1.1.4.0.77.1", 'i', "4"},
        {"1.0.8802.1.1.2.1.4.1.1.5.0.77.1", 'x', "0102"},
    };
    static const char *const standards[] = {
        "RFC 3418, sysObjectID",
        "RFC 3418, sysUpTime",
        "RFC 3411, SnmpEngineID",
        "RFC 2863, ifNumber",
        "RFC 2863, ifName",
        "RFC 2863, ifAdminStatus",
        "RFC 2863, 3.1.6",
        "RFC 3635, 3.2.10",
        "RFC 2863, ifOperStatus",
        "RFC 4293, ipAddressIfIndex",
        "RFC 6933, entPhysicalContainedIn",
        "RFC 6933, entPhysicalClass",
        "RFC 4188, dot1dBasePortIfIndex",
        "RFC 4188, dot1dBaseBridgeAddress",
        "IEEE 802.1AB, lldpLocChassisId",
        "IEEE 802.1AB, lldpRemLocalPortNum",
        "IEEE 802.1AB, lldpRemChassisId",
    };
    struct facts *f = FACTS_OF(said);
    struct findings found = {0};

    conformance_check(f, &found);
    for (size_t i = 0; i < COUNT_OF(standards); i++) {
        print_message("%s\n", standards[i]);
        assert_non_null(find(&found, standards[i]));
    }
    assert_string_equal(find(&found, "RFC 2863, ifName")->example, "1/1");
    assert_int_equal(find(&found, "RFC 2863, ifName")->count, 1);
    assert_true(find(&found, "RFC 2863, ifName")->fault);
    assert_false(find(&found, "RFC 2863, ifOperStatus")->fault);
    assert_string_equal(find(&found, "RFC 2863, ifNumber")->example,
                        "ifNumber 9, 2 rows");
    array_fini(&found);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agent_that_keeps_to_them_has_no_faults),
        cmocka_unit_test(each_rule_that_is_broken_is_told_with_its_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
