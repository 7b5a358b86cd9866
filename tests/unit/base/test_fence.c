/* The wall: only what is permitted and not forbidden may be sent to. */
#include "base/fence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct prefix prefix(const char *text)
{
    struct prefix p;

    if (prefix_parse(text, false, &p) < 0)
        fail_msg("\"%s\" is no prefix", text);
    return p;
}

static bool permits(const struct fence *f, const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return fence_permits(f, &a);
}

static void permit(struct fence *f, const char *text)
{
    struct prefix p = prefix(text);

    fence_permit(f, &p);
}

static void forbid(struct fence *f, const char *text)
{
    struct prefix p = prefix(text);

    fence_forbid(f, &p);
}

static void nothing_is_permitted_at_first(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *f = fence_new();
    struct addr none = {0};
    struct prefix nothing = {{0}, 0};

    assert_false(permits(f, "192.0.2.1"));
    assert_false(permits(f, "::"));
    fence_permit(f, &nothing); /* of no family: not everything */
    assert_false(permits(f, "192.0.2.1"));
    assert_false(permits(f, "2001:db8::1"));
    assert_false(fence_permits(f, &none));
}

static void the_edges_are_exact(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *f = fence_new();

    permit(f, "192.0.2.64/26");
    permit(f, "2001:db8:0:1::/64");
    assert_false(permits(f, "192.0.2.63"));
    assert_true(permits(f, "192.0.2.64"));
    assert_true(permits(f, "192.0.2.127"));
    assert_false(permits(f, "192.0.2.128"));
    assert_false(permits(f, "2001:db8::ffff:ffff:ffff:ffff"));
    assert_true(permits(f, "2001:db8:0:1::"));
    assert_true(permits(f, "2001:db8:0:1:ffff:ffff:ffff:ffff"));
    assert_false(permits(f, "2001:db8:0:2::"));
}

static void what_is_forbidden_wins(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *f = fence_new();

    forbid(f, "10.1.0.0/16");
    permit(f, "10.0.0.0/8");
    permit(f, "10.1.2.3");
    assert_true(permits(f, "10.2.0.1"));
    assert_false(permits(f, "10.1.2.3"));
    assert_true(permits(f, "10.0.255.255"));
    assert_false(permits(f, "10.1.0.0"));
    assert_true(permits(f, "10.2.0.0"));
}

static void families_are_apart(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *four = fence_new();
    OWNED(fence_free) struct fence *six = fence_new();

    permit(four, "0.0.0.0/0");
    permit(six, "::/0");
    assert_true(permits(four, "255.255.255.255"));
    assert_false(permits(four, "::1"));
    assert_false(permits(four, "c000:201::")); /* the octets of 192.0.2.1 */
    assert_true(permits(six, "ffff::"));
    assert_false(permits(six, "192.0.2.1"));
    assert_true(permits(four, "::ffff:192.0.2.1")); /* mapped: is v4 */
}

static void blocks_may_come_in_any_order(void **state)
{
    (void)state;
    static const char *const blocks[] = {
        "10.0.0.128/25", "10.0.0.0/25", "10.0.2.0/24", "10.0.0.7",
        "10.0.0.0/23",   "10.0.3.0/24", "10.0.8.0/24", "10.0.2.0/24",
    };
    OWNED(fence_free) struct fence *f = fence_new();

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        permit(f, blocks[i]);
    assert_false(permits(f, "9.255.255.255"));
    assert_true(permits(f, "10.0.0.0"));
    assert_true(permits(f, "10.0.1.255"));
    assert_true(permits(f, "10.0.3.255"));
    assert_false(permits(f, "10.0.4.0"));
    assert_true(permits(f, "10.0.8.1"));
    assert_false(permits(f, "10.0.9.0"));
}

/* Against the plain definition, with many overlapping blocks. */
static void it_agrees_with_a_plain_list(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *f = fence_new();
    struct prefix of[2][40] = {0}; /* permitted, forbidden */
    uint32_t seed = 7;

    for (size_t i = 0; i < 40; i++) {
        for (size_t k = 0; k < 2; k++) {
            seed = seed * 1664525 + 1013904223;
            const uint8_t octets[4] = {10, 0, (uint8_t)(seed >> 24 & 3),
                                       (uint8_t)(seed >> 16)};
            struct addr a = addr_v4(octets);
            struct prefix p = prefix_of(&a, 24 + (seed >> 8) % 9);
            of[k][i] = p;
            (k == 0 ? fence_permit : fence_forbid)(f, &p);
        }
    }
    for (unsigned n = 0; n < 1024; n++) {
        const uint8_t octets[4] = {10, 0, (uint8_t)(n >> 8), (uint8_t)n};
        struct addr a = addr_v4(octets);
        bool inside = false, outside = false;
        for (size_t i = 0; i < 40; i++) {
            inside = inside || prefix_contains(&of[0][i], &a);
            outside = outside || prefix_contains(&of[1][i], &a);
        }
        assert_int_equal(fence_permits(f, &a), inside && !outside);
    }
}

static void ten_thousand_hosts_are_cheap(void **state)
{
    (void)state;
    OWNED(fence_free) struct fence *f = fence_new();
    clock_t begin = clock(); /* the machine may be busy */

    for (unsigned i = 0; i < 10000; i++) { /* every other one, backwards */
        unsigned n = (9999 - i) * 2;
        const uint8_t octets[4] = {127, 16, (uint8_t)(n >> 8), (uint8_t)n};
        struct addr a = addr_v4(octets);
        struct prefix p = prefix_of(&a, 32);
        fence_permit(f, &p);
    }
    unsigned permitted = 0;
    for (unsigned n = 0; n < 20000; n++) {
        const uint8_t octets[4] = {127, 16, (uint8_t)(n >> 8), (uint8_t)n};
        struct addr a = addr_v4(octets);
        permitted += fence_permits(f, &a);
    }
    assert_int_equal(permitted, 10000);
    assert_true(clock() - begin < 5 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_permitted_at_first),
        cmocka_unit_test(the_edges_are_exact),
        cmocka_unit_test(what_is_forbidden_wins),
        cmocka_unit_test(families_are_apart),
        cmocka_unit_test(blocks_may_come_in_any_order),
        cmocka_unit_test(it_agrees_with_a_plain_list),
        cmocka_unit_test(ten_thousand_hosts_are_cheap),
    };
    return cmocka_run_group_tests_name("fence", tests, NULL, NULL);
}
