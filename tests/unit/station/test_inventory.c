/* Devices are found by name and address; names and folders are unique. */
#include "station/inventory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct addr addr(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static struct device *device(struct inventory *inv, const char *name,
                             const char *address)
{
    struct device *d = inventory_add(inv, NULL);
    struct addr a = addr(address);

    assert_true(inventory_give_addr(inv, d, &a));
    assert_true(inventory_rename(inv, d, name));
    return d;
}

static void a_device_is_found_by_name_address_and_id(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *d = device(inv, "core-1", "192.0.2.1");
    char id[IDENT_TEXT_MAX];

    (void)state;
    (void)device(inv, "core-2", "192.0.2.2");
    assert_ptr_equal(inventory_find(inv, "core-1"), d);
    assert_ptr_equal(inventory_find(inv, "192.0.2.1"), d);
    assert_ptr_equal(inventory_find(inv, ident_format(&d->id, id, sizeof id)),
                     d);
    assert_null(inventory_find(inv, "core-3"));
    inventory_free(inv);
}

static void two_devices_of_one_name_have_two_names_and_folders(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *a = device(inv, "sw", "192.0.2.1");
    struct device *b = device(inv, "sw", "192.0.2.2");

    (void)state;
    assert_string_equal(a->name, "sw");
    assert_string_equal(b->name, "sw-192.0.2.2");
    assert_string_not_equal(a->dir, b->dir);
    assert_false(inventory_rename(inv, b, "sw"));
    inventory_free(inv);
}

static void a_renamed_device_keeps_its_folder(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *d = device(inv, "old", "192.0.2.1");

    (void)state;
    assert_true(inventory_rename(inv, d, "new"));
    assert_string_equal(d->dir, "old");
    assert_null(inventory_find(inv, "old"));
    /* The folder is never given to another one. */
    struct device *other = device(inv, "old", "192.0.2.2");
    assert_string_not_equal(other->dir, "old");
    inventory_free(inv);
}

static void a_hostile_name_stays_inside_the_folder_of_series(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *d = device(inv, "../../etc/passwd", "192.0.2.1");

    (void)state;
    assert_null(strchr(d->dir, '/'));
    assert_int_not_equal(d->dir[0], '.');
    inventory_free(inv);
}

static void an_address_belongs_to_one_device(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *a = device(inv, "a", "192.0.2.1");
    struct device *b = device(inv, "b", "192.0.2.2");
    struct addr shared = addr("192.0.2.1");

    (void)state;
    assert_false(inventory_give_addr(inv, b, &shared));
    assert_true(inventory_give_addr(inv, a, &shared));
    assert_int_equal(a->addrs.count, 1);
    inventory_free(inv);
}

static void merging_moves_the_addresses(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *a = device(inv, "a", "192.0.2.1");
    struct device *b = device(inv, "b", "192.0.2.2");

    (void)state;
    a->first_seen.ms = 2000;
    b->first_seen.ms = 1000;
    inventory_merge(inv, a, b);
    assert_int_equal(inventory_count(inv), 1);
    assert_ptr_equal(inventory_find(inv, "192.0.2.2"), a);
    assert_int_equal(a->first_seen.ms, 1000);
    assert_null(inventory_find(inv, "b"));
    inventory_free(inv);
}

static void sorted_devices_go_by_name_until_one_changes(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *c = device(inv, "c", "192.0.2.3");
    struct device *a = device(inv, "a", "192.0.2.1");

    (void)state;
    inventory_sort(inv);
    assert_ptr_equal(inventory_at(inv, 0), a);
    assert_true(inventory_rename(inv, a, "z"));
    struct device *b = device(inv, "b", "192.0.2.2");
    inventory_sort(inv);
    assert_ptr_equal(inventory_at(inv, 0), b);
    assert_ptr_equal(inventory_at(inv, 2), a);
    inventory_remove(inv, b);
    inventory_sort(inv);
    assert_ptr_equal(inventory_at(inv, 0), c);
    inventory_free(inv);
}

/* Whatever comes, goes and is renamed between two sortings. */
static void order_holds_whatever_happens(void **state)
{
    enum { STEPS = 2000, KEPT = 60 };
    struct inventory *inv = inventory_new();
    uint64_t seed = 1;

    (void)state;
    for (unsigned i = 0; i < STEPS; i++) {
        char name[32], address[32];
        size_t count = inventory_count(inv);

        seed = seed * UINT64_C(6364136223846793005) + 1;
        (void)snprintf(name, sizeof name, "d%u", (unsigned)(seed >> 40) % 500);
        (void)snprintf(address, sizeof address, "10.0.%u.%u", i / 256, i % 256);
        uint64_t before = inventory_order(inv);
        if (count > KEPT || (count > 2 && (seed >> 33) % 4 == 0))
            inventory_remove(inv, inventory_at(inv, (seed >> 35) % count));
        else if (count > 2 && (seed >> 33) % 4 == 1)
            (void)inventory_rename(inv, inventory_at(inv, (seed >> 35) % count),
                                   name);
        else
            (void)device(inv, name, address);
        if ((seed >> 50) % 8 != 0)
            continue;
        inventory_sort(inv);
        for (size_t n = 1; n < inventory_count(inv); n++)
            assert_true(strcmp(inventory_at(inv, n - 1)->name,
                               inventory_at(inv, n)->name) < 0);
        assert_true(inventory_order(inv) >= before);
    }
    inventory_free(inv);
}

static void what_is_touched_is_listed_once(void **state)
{
    struct inventory *inv = inventory_new();
    struct device *a = device(inv, "a", "192.0.2.1");
    struct device *b = device(inv, "b", "192.0.2.2");
    struct device *c = device(inv, "c", "192.0.2.3");
    unsigned listed = 0;

    (void)state;
    while (inventory_take_changed(inv) != NULL)
        listed++;
    assert_int_equal(listed, 3); /* new ones are */
    device_touch(a);
    device_touch(b);
    device_touch(c);
    device_touch(a);
    inventory_remove(inv, b); /* and nobody asks for it any more */
    struct device *first = inventory_take_changed(inv);
    struct device *second = inventory_take_changed(inv);
    assert_true((first == a && second == c) || (first == c && second == a));
    assert_null(inventory_take_changed(inv));
    inventory_free(inv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_found_by_name_address_and_id),
        cmocka_unit_test(two_devices_of_one_name_have_two_names_and_folders),
        cmocka_unit_test(a_renamed_device_keeps_its_folder),
        cmocka_unit_test(a_hostile_name_stays_inside_the_folder_of_series),
        cmocka_unit_test(an_address_belongs_to_one_device),
        cmocka_unit_test(merging_moves_the_addresses),
        cmocka_unit_test(sorted_devices_go_by_name_until_one_changes),
        cmocka_unit_test(order_holds_whatever_happens),
        cmocka_unit_test(what_is_touched_is_listed_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
