/* Peers of routing protocols. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BGP "1.3.6.1.2.1.15."
#define OSPF "1.3.6.1.2.1.14.10.1."

static void peers_are_told_with_state_and_our_own_as(void **state)
{
    (void)state;
    static const struct said said[] = {
        {BGP "2.0", 'i', "64512"},
        {BGP "3.1.2.192.0.2.9", 'i', "6"},
        {BGP "3.1.3.192.0.2.9", 'i', "2"},
        {BGP "3.1.5.192.0.2.9", 'a', "192.0.2.1"},
        {BGP "3.1.9.192.0.2.9", 'i', "65001"},
        {BGP "3.1.2.192.0.2.8", 'i', "77"},
        {BGP "3.1.2.192.0.2", 'i', "6"},
        {OSPF "3.198.51.100.2.0", 'a', "10.0.0.2"},
        {OSPF "6.198.51.100.2.0", 'i', "8"},
    };
    struct facts *f = FACTS_OF(said);
    const struct peer *p = f->peers.at;

    assert_int_equal(f->peers.count, 3);
    assert_string_equal(p[0].state, "");
    assert_int_equal(p[1].as, 65001);
    assert_int_equal(p[1].local_as, 64512);
    assert_string_equal(p[1].state, "established");
    assert_string_equal(p[1].admin, "start");
    assert_int_equal(p[1].local.octets[3], 1);
    assert_int_equal(p[2].protocol, PEER_OSPF);
    assert_string_equal(p[2].state, "full");
    assert_int_equal(p[2].router.octets[3], 2);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_are_told_with_state_and_our_own_as),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
