/* Addresses and resolved neighbors, of old tables and new, and of agents that
 * index them in their own way. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IF "1.3.6.1.2.1.2.2.1.2."
#define OLD "1.3.6.1.2.1.4.20.1."
#define NEW "1.3.6.1.2.1.4.34.1."
#define V6 "1.3.6.1.2.1.55.1.8.1.2."
#define PREFIX "1.3.6.1.2.1.4.32.1.5."
#define MEDIA "1.3.6.1.2.1.4.22.1."
#define PHYSICAL "1.3.6.1.2.1.4.35.1."
#define V6_A "32.1.13.184.0.0.0.0.0.0.0.0.0.0.0."
#define CISCO "1.3.6.1.4.1.9.10.86.1.1.2.1."
#define CISCO_PREFIX "1.3.6.1.4.1.9.10.86.1.1.1.1.5."
#define LINK_LOCAL "254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1"

static const struct interface_address *find(const struct facts *f,
                                            const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    for (size_t i = 0; i < f->addresses.count; i++)
        if (addr_equal(&f->addresses.at[i].addr, &a))
            return &f->addresses.at[i];
    return NULL;
}

static void both_tables_give_each_address_once(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IF "2", 's', "eth0"},
        {OLD "2.192.0.2.1", 'i', "2"},
        {OLD "3.192.0.2.1", 'a', "255.255.255.0"},
        {NEW "3.1.4.192.0.2.1", 'i', "2"},
        {NEW "5.1.4.192.0.2.1", 'o', "0.0"},
        {NEW "3.2.16." LINK_LOCAL, 'i', "2"},
        {NEW "5.2.16." LINK_LOCAL, 'o', PREFIX "2.2.16." LINK_LOCAL ".64"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->addresses.count, 2);
    assert_int_equal(find(f, "192.0.2.1")->prefix_len, 24);
    assert_int_equal(find(f, "192.0.2.1")->if_index, 2);
    assert_int_equal(find(f, "fe80::1")->prefix_len, 64);
    facts_unref(f);
}

static void odd_indexes_are_understood_or_left_out(void **state)
{
    (void)state;
    static const struct said said[] = {
        {OLD "2.10.0.0.1.2", 'i', "7"}, /* FortiOS: a number behind */
        {OLD "3.10.0.0.1.2", 'a', "255.255.255.252"},
        {OLD "2.10.0.0.2", 'i', "8"},
        {OLD "3.10.0.0.2", 'a', "0.0.0.0"}, /* says nothing */
        {OLD "3.10.0.0.3", 'a', "255.0.255.0"},
        {OLD "2.10.0.999.1", 'i', "8"},
        {OLD "2.10.0", 'i', "8"},
        {OLD "2.0.0.0.0", 'i', "8"},
        {NEW "3.1.4.192.0.2.255", 'i', "2"},
        {NEW "4.1.4.192.0.2.255", 'i', "3"}, /* broadcast */
        {NEW "3.1.4.192.0.2.9", 'i', "-1"},
        {NEW "3.1.4.192.0.2", 'i', "2"},
        {NEW "3.1.192.0.2.8", 'i', "2"}, /* length forgotten */
        /* Fabric OS: the text "fe80:::1" would be none, "fe80::9" is */
        {NEW "3.2.7.102.101.56.48.58.58.57", 'i', "3"},
        {V6 "4.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", 'i', "48"},
        {V6 "4.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.2", 'i', "300"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(find(f, "10.0.0.1")->if_index, 7);
    assert_int_equal(find(f, "10.0.0.1")->prefix_len, 30);
    assert_int_equal(find(f, "10.0.0.2")->prefix_len, -1);
    assert_int_equal(find(f, "10.0.0.3")->prefix_len, -1);
    assert_int_equal(find(f, "192.0.2.8")->if_index, 2);
    assert_int_equal(find(f, "2001:db8::1")->prefix_len, 48);
    assert_int_equal(find(f, "2001:db8::2")->prefix_len, -1);
    assert_null(find(f, "192.0.2.9"));
    assert_null(find(f, "192.0.2.255"));
    assert_null(find(f, "0.0.0.0"));
    facts_unref(f);
}

static void failed_neighbors_are_left_out(void **state)
{
    (void)state;
    static const struct said said[] = {
        {PHYSICAL "4.2.1.4.192.0.2.1", 'x', "020000000001"},
        {PHYSICAL "6.2.1.4.192.0.2.1", 'i', "3"},
        {PHYSICAL "7.2.1.4.192.0.2.1", 'i', "2"}, /* stale is normal */
        {PHYSICAL "4.2.1.4.192.0.2.2", 'x', ""},
        {PHYSICAL "7.2.1.4.192.0.2.2", 'i', "7"},
        {PHYSICAL "4.2.1.4.192.0.2.3", 'x', "020000000003"},
        {PHYSICAL "7.2.1.4.192.0.2.3", 'i', "7"}, /* incomplete, yet a MAC */
        {PHYSICAL "4.2.1.4.192.0.2.4", 'x', "020000000004"},
        {PHYSICAL "6.2.1.4.192.0.2.4", 'i', "2"}, /* invalid */
        {PHYSICAL "4.2.2.16." LINK_LOCAL, 'x', "020000000006"},
        {MEDIA "2.2.192.0.2.1", 'x', "020000000001"}, /* told twice */
        {MEDIA "2.3.192.0.2.1", 'x', "020000000001"}, /* other interface */
        {MEDIA "2.2.192.0.2.5", 's', "2:0:0:0:0:5"},
        {MEDIA "4.2.192.0.2.5", 'i', "3"},
        {MEDIA "2.2.192.0.2.6", 'x', "020000000006"},
        {MEDIA "4.2.192.0.2.6", 'i', "2"},
        {MEDIA "2.2.224.0.0.5", 'x', "01005e000005"},
        {MEDIA "2.2.192.0.2.7", 'x', "000000000000"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->arp.count, 4);
    assert_int_equal(f->arp.at[0].if_index, 2);
    assert_int_equal(f->arp.at[0].mac.octets[5], 1);
    assert_int_equal(f->arp.at[1].if_index, 3);
    assert_int_equal(f->arp.at[2].mac.octets[5], 5);
    assert_int_equal(f->arp.at[3].addr.family, 6);
    facts_unref(f);
}

/* The pointer to a prefix is often 0.0; the prefixes themselves tell. */
static void prefixes_of_the_interface_stand_in_for_pointers(void **state)
{
    (void)state;
    static const struct said said[] = {
        {IF "2", 's', "eth0"},
        {OLD "2.192.0.2.1", 'i', "2"},
        {OLD "2.127.0.0.1", 'i', "3"},
        {OLD "2.169.254.3.4", 'i', "3"},
        {OLD "2.198.51.100.1", 'i', "3"},
        {NEW "3.2.16." V6_A "1", 'i', "2"},
        {NEW "5.2.16." V6_A "1", 'o', "0.0"},
        {PREFIX "2.1.4.192.0.0.0.8", 'i', "2"},
        {PREFIX "2.1.4.192.0.2.0.24", 'i', "2"},
        {PREFIX "4.1.4.198.51.100.0.24", 'i', "2"}, /* of another port */
        {PREFIX "2.2.16." V6_A "0.64", 'i', "2"},
        {PREFIX "5.2.16." V6_A "9.64", 'i', "2"}, /* an address with its bits */
        {PREFIX "2.2.16.255.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.16", 'i', "1"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->addresses.count, 6);
    assert_int_equal(find(f, "192.0.2.1")->prefix_len, 24);
    assert_int_equal(find(f, "127.0.0.1")->prefix_len, 8);
    assert_int_equal(find(f, "169.254.3.4")->prefix_len, 16);
    assert_int_equal(find(f, "198.51.100.1")->prefix_len, -1);
    assert_int_equal(find(f, "2001:db8::1")->prefix_len, 64);
    assert_int_equal(find(f, "2001:db8::9")->if_index, 5);
    facts_unref(f);
}

static void ipv6_written_as_text_and_by_a_draft_is_understood(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.9.1.1"},
        /* "2001:db8:0:0:0::7/64" */
        {V6 "3.50.48.48.49.58.100.98.56.58.48.58.48.58.48.58.58.55.47.54.52",
         'i', "64"},
        {CISCO "3.2.16." V6_A "2", 'i', "33"},
        {CISCO "5.2.16." V6_A "2", 'o', CISCO_PREFIX "33.2.16." V6_A "0.64"},
    };
    struct facts *f = FACTS_OF(said);

    assert_non_null(find(f, "2001:db8::7"));
    assert_int_equal(find(f, "2001:db8::7")->if_index, 3);
    assert_int_equal(find(f, "2001:db8::2")->if_index, 33);
    assert_int_equal(find(f, "2001:db8::2")->prefix_len, 64);
    facts_unref(f);
}

static void vendors_tell_prefixes_in_tables_of_their_own(void **state)
{
    (void)state;
    static const struct said marvell[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.35265.1.81"},
        {NEW "3.2.16." V6_A "2", 'i', "254"},
        {"1.3.6.1.4.1.89.26.19.1.1.2.16." V6_A "2", 'g', "64"},
    };
    static const struct said tplink[] = {
        {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.11863.5.1"},
        {"1.3.6.1.4.1.11863.6.50.1.1.1.1.255.2.1.7", 'i', "255"},
        {"1.3.6.1.4.1.11863.6.50.1.1.1.4.255.2.1.7", 'x',
         "20010db8000000000000000000000003"},
        {"1.3.6.1.4.1.11863.6.50.1.1.1.5.255.2.1.7", 'i', "48"},
    };
    struct facts *f = FACTS_OF(marvell);

    assert_int_equal(find(f, "2001:db8::2")->prefix_len, 64);
    facts_unref(f);
    f = FACTS_OF(tplink);
    assert_int_equal(f->addresses.count, 1);
    assert_int_equal(find(f, "2001:db8::3")->if_index, 255);
    assert_int_equal(find(f, "2001:db8::3")->prefix_len, 48);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_tables_give_each_address_once),
        cmocka_unit_test(odd_indexes_are_understood_or_left_out),
        cmocka_unit_test(prefixes_of_the_interface_stand_in_for_pointers),
        cmocka_unit_test(ipv6_written_as_text_and_by_a_draft_is_understood),
        cmocka_unit_test(vendors_tell_prefixes_in_tables_of_their_own),
        cmocka_unit_test(failed_neighbors_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
