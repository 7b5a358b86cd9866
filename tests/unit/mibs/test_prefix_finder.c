/* The longest prefix is found, of the interface or of none, as looking at all
 * of them finds it. */
#include "mibs/prefix_finder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct addr address(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static void add(struct prefixes *all, uint32_t if_index, const char *text)
{
    struct connected *c = array_add(all);

    c->if_index = if_index;
    assert_int_equal(prefix_parse(text, true, &c->prefix), 0);
}

static void the_longest_of_its_interface_is_found(void **state)
{
    static const struct {
        uint32_t if_index;
        const char *addr;
        int len;
    } cases[] = {{1, "10.0.0.1", 30},       {1, "10.0.0.9", 24},
                 {1, "10.0.1.1", 8},        {2, "10.0.0.1", 25},
                 {2, "10.0.0.129", -1},     {3, "10.0.0.1", -1},
                 {3, "192.0.2.1", 24},      {1, "192.0.2.1", 24},
                 {4, "192.0.2.1", 28},      {1, "11.0.0.0", -1},
                 {1, "2001:db8::1", 64},    {1, "2001:db8:0:1::1", 32},
                 {1, "2001:db7::1", -1},    {5, "fe80::1%5", 64},
                 {5, "fe80::1%6", 10},      {5, "fe80::1", 10},
                 {6, "255.255.255.255", 32}};
    struct prefixes all = {0};

    (void)state;
    add(&all, 1, "10.0.0.0/8");
    add(&all, 1, "10.0.0.0/24");
    add(&all, 1, "10.0.0.0/24"); /* twice */
    add(&all, 1, "10.0.0.0/30");
    add(&all, 1, "10.0.0.4/30");
    add(&all, 2, "10.0.0.0/25");
    add(&all, 0, "192.0.2.0/24");
    add(&all, 4, "192.0.2.0/28");
    add(&all, 1, "2001:db8::/32");
    add(&all, 1, "2001:db8::/64");
    add(&all, 5, "fe80::%5/64");
    add(&all, 5, "fe80::/10");
    add(&all, 6, "255.255.255.255/32");
    OWNED(prefix_finder_free) struct prefix_finder *p = prefix_finder_new(&all);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct addr a = address(cases[i].addr);

        print_message("%s of %u\n", cases[i].addr, cases[i].if_index);
        assert_int_equal(prefix_finder_len(p, cases[i].if_index, &a),
                         cases[i].len);
    }
    array_fini(&all);
}

static int look_at_all(const struct prefixes *all, uint32_t if_index,
                       const struct addr *a)
{
    int len = -1;

    for (size_t i = 0; i < all->count; i++)
        if ((all->at[i].if_index == if_index || all->at[i].if_index == 0) &&
            all->at[i].prefix.len > len &&
            prefix_contains(&all->at[i].prefix, a))
            len = all->at[i].prefix.len;
    return len;
}

/* Few bits, so that prefixes lie in each other. */
static struct addr any_address(void)
{
    uint8_t octets[4] = {10, (uint8_t)(rand() & 3), (uint8_t)(rand() & 0xc0),
                         (uint8_t)(rand() & 3)};

    return addr_v4(octets);
}

static void it_is_what_looking_at_all_finds(void **state)
{
    (void)state;
    srand(1);
    for (unsigned round = 0; round < 200; round++) {
        struct prefixes all = {0};

        for (int n = rand() % 40; n > 0; n--) {
            struct addr a = any_address();

            *array_add(&all) = (struct connected){
                (uint32_t)(rand() % 3), prefix_of(&a, (unsigned)(rand() % 33))};
        }
        OWNED(prefix_finder_free)
        struct prefix_finder *p = prefix_finder_new(&all);
        for (unsigned n = 0; n < 50; n++) {
            uint32_t if_index = (uint32_t)(rand() % 4);
            struct addr a = any_address();

            assert_int_equal(prefix_finder_len(p, if_index, &a),
                             look_at_all(&all, if_index, &a));
        }
        array_fini(&all);
    }
}

static void without_prefixes_none_is_found(void **state)
{
    const struct prefixes none = {0};
    struct addr a = address("10.0.0.1");
    OWNED(prefix_finder_free)
    struct prefix_finder *p = prefix_finder_new(&none);

    (void)state;
    assert_int_equal(prefix_finder_len(p, 1, &a), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_of_its_interface_is_found),
        cmocka_unit_test(it_is_what_looking_at_all_finds),
        cmocka_unit_test(without_prefixes_none_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
