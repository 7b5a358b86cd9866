/* Interfaces: what is believed of ifTable and ifXTable. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IF "1.3.6.1.2.1.2.2.1."
#define IFX "1.3.6.1.2.1.31.1.1.1."
#define DUPLEX "1.3.6.1.2.1.10.7.2.1.19."

static void tables_are_joined_by_index(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IF "2.10101", 's', "GigabitEthernet1/0/1"},
        {IF "3.10101", 'i', "6"},
        {IF "4.10101", 'i', "1500"},
        {IF "5.10101", 'g', "1000000000"},
        {IF "6.10101", 'x', "0011223344ff"},
        {IF "7.10101", 'i', "1"},
        {IF "8.10101", 'i', "2"},
        {IF "9.10101", 't', "4242"},
        {IFX "1.10101", 's', "Gi1/0/1"},
        {IFX "6.10101", 'c', "12345678901"},
        {IFX "15.10101", 'g', "1000"},
        {IFX "18.10101", 's', "uplink"},
        {DUPLEX "10101", 'i', "3"},
        {IFX "1.3", 's', "lo0"},
    };
    struct facts *f = FACTS_OF(said);
    const struct interface *i = facts_interface(f, 10101);

    assert_int_equal(f->interfaces.count, 2);
    assert_int_equal(f->interfaces.at[0].if_index, 3);
    assert_non_null(i);
    assert_string_equal(i->name, "Gi1/0/1");
    assert_string_equal(i->descr, "GigabitEthernet1/0/1");
    assert_string_equal(i->alias, "uplink");
    assert_string_equal(i->duplex, "fullDuplex");
    assert_string_equal(interface_label(i), "Gi1/0/1");
    assert_int_equal(i->type, 6);
    assert_int_equal(i->speed_bps, 1000000000);
    assert_int_equal(i->mtu, 1500);
    assert_int_equal(i->admin_status, 1);
    assert_int_equal(i->oper_status, 2);
    assert_int_equal(i->last_change_cs, 4242);
    assert_int_equal(i->mac.octets[5], 0xff);
    assert_true(i->has_hc);
    assert_false(f->interfaces.at[0].has_hc);
    facts_unref(f);
}

static void speed_is_the_best_that_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name, *low, *high; /* NULL: no such column */
        uint64_t want;
    } cases[] = {
        {"low alone", "100000000", NULL, 100000000},
        {"high wins", "4294967295", "10000", 10000000000},
        {"high is zero: below 1 Mbit/s", "64000", "0", 64000},
        {"low is full, high says nothing", "4294967295", "0", 0},
        {"low is full, no high", "4294967295", NULL, 4294967295},
        {"high in bit/s is nonsense", "1000000000", "4294967294", 1000000000},
        {"neither", NULL, NULL, 0},
    };

    for (size_t k = 0; k < COUNT_OF(cases); k++) {
        struct said said[3] = {{IF "2.1", 's', "eth0"}};
        size_t count = 1;

        print_message("%s\n", cases[k].name);
        if (cases[k].low != NULL)
            said[count++] = (struct said){IF "5.1", 'g', cases[k].low};
        if (cases[k].high != NULL)
            said[count++] = (struct said){IFX "15.1", 'g', cases[k].high};

        struct facts *f = facts_of_agent(said, count);
        assert_int_equal(f->interfaces.count, 1);
        assert_true(f->interfaces.at[0].speed_bps == cases[k].want);
        assert_true(f->interfaces.at[0].has_speed == (count > 1));
        facts_unref(f);
    }
}

static void odd_rows_do_not_hide_the_others(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IF "2.0", 's', "ifIndex 0 is none"},
        {IF "2.1.2", 's', "index too long"},
        {IF "2.5", 's', "eth0"},
        {IF "6.5", 's', "0:1b:21:3:4:5"},
        {IF "8.5", 'i', "99"},
        {IF "3.5", 'g', "6"},
        {IF "6.6", 'x', "0000"},
        {IF "2.4294967295", 's', "\x80\xff odd"},
        {DUPLEX "77", 'i', "3"},
        {DUPLEX "5", 'i', "44"},
    };
    struct facts *f = FACTS_OF(said);
    const struct interface *i = facts_interface(f, 5);

    assert_int_equal(f->interfaces.count, 3);
    assert_int_equal(i->mac.octets[1], 0x1b);
    assert_int_equal(i->oper_status, 0);
    assert_int_equal(i->type, 6);
    assert_string_equal(i->duplex, "");
    assert_string_equal(interface_label(facts_interface(f, 6)), "ifIndex 6");
    assert_int_equal(facts_interface(f, 6)->phys.len, 2);
    assert_false(mac_is_set(&facts_interface(f, 6)->mac));
    assert_string_equal(facts_interface(f, 4294967295u)->descr,
                        "\xc3\xbf odd"); /* Latin-1; 0x80 is a control */
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_joined_by_index),
        cmocka_unit_test(speed_is_the_best_that_is_told),
        cmocka_unit_test(odd_rows_do_not_hide_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
