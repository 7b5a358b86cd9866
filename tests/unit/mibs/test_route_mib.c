/* Routes of three generations of tables. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define INET "1.3.6.1.2.1.4.24.7.1."
#define CIDR "1.3.6.1.2.1.4.24.4.1."
#define OWN "1.3.6.1.2.1.4.20.1."
#define OLD "1.3.6.1.2.1.4.21.1."

static void assert_route(const struct route *r, const char *to,
                         const char *next_hop, uint32_t if_index)
{
    char text[ADDR_TEXT_MAX];

    assert_string_equal(prefix_format(&r->to, text, sizeof text), to);
    assert_string_equal(addr_format(&r->next_hop, text, sizeof text), next_hop);
    assert_int_equal(r->if_index, if_index);
}

static void newest_table_wins(void **state)
{
    (void)state;
    static const struct said said[] = {
        /* connected: policy of three, next hop 0.0.0.0 */
        {INET "7.1.4.192.0.2.0.24.3.0.0.2.1.4.0.0.0.0", 'i', "2"},
        /* next hop: policy of two */
        {INET "7.1.4.10.0.0.0.8.2.0.0.1.4.192.0.2.1", 'i', "2"},
        /* a host route, kept */
        {INET "7.1.4.10.9.9.9.32.2.0.0.1.4.192.0.2.1", 'i', "2"},
        /* no next hop at all: type unknown, no octets */
        {INET "7.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.32.2.0.0.0.0", 'i',
         "5"},
        /* refused: leads nowhere, broken indexes, multicast */
        {INET "7.1.4.10.1.0.0.16.2.0.0.1.4.0.0.0.0", 'i', "0"},
        {INET "7.1.4.10.2.0.0.99.2.0.0.1.4.192.0.2.1", 'i', "2"},
        {INET "7.1.4.10.3.0.0.16.200.0.0.1.4.192.0.2.1", 'i', "2"},
        {INET "7.1.4.10.4.0", 'i', "2"},
        {INET "7.1.4.224.0.0.0.4.2.0.0.1.4.192.0.2.1", 'i', "2"},
        /* connected, by our own address */
        {OWN "2.203.0.113.1", 'i', "3"},
        {INET "7.1.4.203.0.113.0.24.2.0.0.1.4.203.0.113.1", 'i', "3"},
        /* the older table is not asked any more */
        {CIDR "5.172.16.0.0.255.240.0.0.0.192.0.2.1", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->routes.count, 5);
    assert_route(&f->routes.at[0], "10.0.0.0/8", "192.0.2.1", 2);
    assert_route(&f->routes.at[1], "10.9.9.9/32", "192.0.2.1", 2);
    assert_route(&f->routes.at[2], "192.0.2.0/24", "", 2);
    assert_route(&f->routes.at[3], "203.0.113.0/24", "", 3);
    assert_route(&f->routes.at[4], "2001:db8::/32", "", 5);
    facts_unref(f);
}

static void older_tables_are_read_in_turn(void **state)
{
    (void)state;
    const struct said said[] = {
        {OLD "2.10.0.0.0", 'i', "4"},
        {OLD "7.10.0.0.0", 'a', "192.0.2.1"},
        {OLD "8.10.0.0.0", 'i', "4"},
        {OLD "11.10.0.0.0", 'a', "255.0.0.0"},
        {OLD "2.10.1.0.0", 'i', "4"},
        {OLD "11.10.1.0.0", 'a', "255.0.255.0"},
        {OLD "2.10.2.0.0", 'i', "4"}, /* no mask */
        {CIDR "5.172.16.0.0.255.240.0.0.0.192.0.2.1", 'i', "2"},
        {CIDR "5.172.16.0.0.255.240.0.0.0.192.0.2", 'i', "2"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->routes.count, 1);
    assert_route(&f->routes.at[0], "172.16.0.0/12", "192.0.2.1", 2);
    facts_unref(f);
    f = facts_of_agent(said, 7);
    assert_int_equal(f->routes.count, 1);
    assert_route(&f->routes.at[0], "10.0.0.0/8", "192.0.2.1", 4);
    facts_unref(f);
}

static void routes_of_ipv6_are_known_without_the_newest_table(void **state)
{
    (void)state;
#define IPV6 "1.3.6.1.2.1.55.1.11.1."
#define TO "32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.32.7"
    static const struct said said[] = {
        {CIDR "5.10.0.0.0.255.0.0.0.0.192.0.2.1", 'i', "2"},
        {IPV6 "4." TO, 'i', "5"},
        {IPV6 "5." TO, 'x', "fe800000000000000000000000000001"},
        {IPV6 "4.32.1.13.184.32.7", 'i', "5"},
        {IPV6 "4.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.129.7", 'i', "5"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->routes.count, 2);
    assert_route(&f->routes.at[0], "10.0.0.0/8", "192.0.2.1", 2);
    assert_route(&f->routes.at[1], "2001:db8::/32", "fe80::1", 5);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_of_ipv6_are_known_without_the_newest_table),
        cmocka_unit_test(newest_table_wins),
        cmocka_unit_test(older_tables_are_read_in_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
