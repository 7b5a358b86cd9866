/* Which interface runs over which. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IFD "1.3.6.1.2.1.2.2.1.2."
#define IFT "1.3.6.1.2.1.2.2.1.3."
#define STACK "1.3.6.1.2.1.31.1.2.1.3."
#define LAG "1.2.840.10006.300.43.1.2.1.1.13."

static void layers_and_bundles_are_told_once(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "1", 's', "eth1"},   {IFD "2", 's', "eth2"},
        {IFD "10", 's', "bond0"}, {IFD "20", 's', "eth1.20"},
        {IFT "30", 'i', "161"},   {STACK "0.10", 'i', "1"},
        {STACK "10.1", 'i', "1"}, {STACK "20.1", 'i', "1"},
        {STACK "30.2", 'i', "1"}, {STACK "20.2", 'i', "6"},
        {STACK "99.1", 'i', "1"}, {STACK "1.0", 'i', "1"},
        {STACK "1", 'i', "1"},    {LAG "1", 'i', "10"},
        {LAG "2", 'i', "2"},      {LAG "20", 'i', "0"},
    };
    struct facts *f = FACTS_OF(said);
    const struct stack_entry *e = f->stack.at;

    assert_int_equal(f->stack.count, 3);
    assert_int_equal(e[0].upper, 10);
    assert_int_equal(e[0].lower, 1);
    assert_true(e[0].aggregate); /* both tables tell; the LAG table says so */
    assert_int_equal(e[1].upper, 20);
    assert_false(e[1].aggregate);
    assert_int_equal(e[2].upper, 30);
    assert_true(e[2].aggregate); /* by its ifType */
    facts_unref(f);
}

#define LAG_PORT "1.2.840.10006.300.43.1.2.1.1."

static void lacp_partners_are_told_of_ports_that_have_one(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IFD "1", 's', "eth1"},
        {IFD "2", 's', "eth2"},
        {IFD "3", 's', "eth3"},
        {LAG_PORT "3.1", 'x', "020000000001"},
        {LAG_PORT "9.1", 'x', "020000000002"},
        {LAG_PORT "13.1", 'i', "10"},
        {LAG_PORT "14.1", 'i', "101"},
        {LAG_PORT "17.1", 'i', "7"},
        {LAG_PORT "3.2", 'x', "020000000001"},
        {LAG_PORT "9.2", 'x', "000000000000"}, /* no partner */
        {LAG_PORT "14.2", 'i', "102"},
        {LAG_PORT "3.3", 'x', "020000000001"},
        {LAG_PORT "9.3", 'x', "020000000001"}, /* itself */
        {LAG_PORT "3.9", 'x', "020000000001"},
        {LAG_PORT "9.9", 'x', "020000000002"}, /* no such interface */
        {LAG_PORT "9.1.1", 'x', "020000000002"},
    };
    struct facts *f = FACTS_OF(said);
    const struct lacp_port *p = f->lacp.at;
    char text[MAC_TEXT_MAX];

    assert_int_equal(f->lacp.count, 1);
    assert_int_equal(p->if_index, 1);
    assert_int_equal(p->port, 101);
    assert_int_equal(p->partner_port, 7);
    assert_string_equal(mac_format(&p->partner, text, sizeof text),
                        "02:00:00:00:00:02");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_and_bundles_are_told_once),
        cmocka_unit_test(lacp_partners_are_told_of_ports_that_have_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
