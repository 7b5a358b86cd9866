/* Whether somebody bears witness of who is in a subnet, and who is not. */
#include "station/witness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LIST = 8 };

static struct addr address(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static struct prefix prefix(const char *text)
{
    struct prefix p;

    assert_int_equal(prefix_parse(text, false, &p), 0);
    return p;
}

struct scene {
    const char *name;
    const char *answered[LIST];
    struct {
        const char *own, *arp[LIST];
        int prefix_len;
    } devices[2];
    bool want;
};

static struct device *add(struct inventory *inv, const char *own,
                          int prefix_len, const char *const *arp)
{
    struct device *d = inventory_add(inv, NULL);
    struct addr a = address(own);

    assert_true(inventory_give_addr(inv, d, &a));
    *array_add(&d->facts->addresses) =
        (struct interface_address){a, 1, prefix_len};
    for (size_t i = 0; i < LIST && arp[i] != NULL; i++)
        *array_add(&d->facts->arp) =
            (struct arp_entry){.addr = address(arp[i])};
    return d;
}

static bool judge(const struct scene *s)
{
    OWNED(witnesses_free) struct witnesses *w = witnesses_new();
    struct inventory *inv = inventory_new();
    struct prefix p = prefix("192.0.2.0/24");

    witnesses_subnet(w, &p);
    for (size_t i = 0; i < LIST && s->answered[i] != NULL; i++) {
        struct addr a = address(s->answered[i]);
        witnesses_answer(w, &a);
    }
    for (size_t i = 0; i < 2 && s->devices[i].own != NULL; i++)
        (void)add(inv, s->devices[i].own, s->devices[i].prefix_len,
                  s->devices[i].arp);
    for (size_t i = 0; i < inventory_count(inv); i++)
        witnesses_answer(w, &inventory_at(inv, i)->addrs.at[0]);
    for (size_t i = 0; i < inventory_count(inv); i++)
        witnesses_hear(w, inventory_at(inv, i));
    bool have = witnesses_have(w, &p);
    inventory_free(inv);
    return have;
}

static void witnesses_know_all_who_answered(void **state)
{
    static const struct scene cases[] = {
        {.name = "nobody"},
        {.name = "the router that resolved all",
         .answered = {"192.0.2.7", "192.0.2.8"},
         .devices = {{"192.0.2.1", {"192.0.2.7", "192.0.2.8"}, 24}},
         .want = true},
        {.name = "a host that knows its gateway alone",
         .answered = {"192.0.2.7", "192.0.2.8"},
         .devices = {{"192.0.2.9", {"192.0.2.1"}, 24}},
         .want = false},
        {.name = "of two, the one that forwards to us",
         .answered = {"192.0.2.7", "192.0.2.8", "192.0.2.9"},
         .devices = {{"192.0.2.1", {"192.0.2.2"}, 24},
                     {"192.0.2.2",
                      {"192.0.2.7", "192.0.2.8", "192.0.2.9", "192.0.2.1"},
                      24}},
         .want = true},
        {.name = "entries that aged",
         .answered = {"192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8"},
         .devices = {{"192.0.2.1",
                      {"192.0.2.5", "192.0.2.7", "192.0.2.8"},
                      24}},
         .want = true},
        {.name = "an alien that resolved them by chance",
         .answered = {"192.0.2.7"},
         .devices = {{"198.51.100.1", {"192.0.2.7"}, 24}},
         .want = false},
        {.name = "a router, and nobody answers",
         .devices = {{"192.0.2.1", {"198.51.100.7"}, 24}},
         .want = true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_int_equal(judge(&cases[i]), cases[i].want);
    }
}

static void the_smallest_subnet_around_an_address_counts(void **state)
{
    static const char *const seen[LIST] = {"192.0.2.7"};
    OWNED(witnesses_free) struct witnesses *w = witnesses_new();
    struct inventory *inv = inventory_new();
    struct prefix wide = prefix("192.0.2.0/24"),
                  narrow = prefix("192.0.2.128/25");
    struct addr in = address("192.0.2.129"), out = address("192.0.2.7");

    (void)state;
    witnesses_subnet(w, &wide);
    witnesses_subnet(w, &narrow);
    witnesses_answer(w, &in);
    witnesses_answer(w, &in); /* once */
    witnesses_answer(w, &out);
    witnesses_hear(w, add(inv, "192.0.2.1", 24, seen));
    assert_true(witnesses_have(w, &wide));
    assert_false(witnesses_have(w, &narrow));
    inventory_free(inv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(witnesses_know_all_who_answered),
        cmocka_unit_test(the_smallest_subnet_around_an_address_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
