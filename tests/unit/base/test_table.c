/* A table finds what was put, forgets what was removed, and walks in order;
 * an object's id is written and read. */
#include "base/ident.h"
#include "base/mem.h"
#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int numbers[20000];

static struct bytes key_of(unsigned i, char room[32])
{
    /* Keys that fit inside an entry, and keys that do not. */
    (void)snprintf(room, 32, i % 2 == 0 ? "%u" : "interface number %u", i);
    return bytes_of_text(room);
}

static void what_was_put_is_found(void **state)
{
    (void)state;
    OWNED(table_free) struct table *t = table_new();
    char key[32];

    assert_null(table_find_text(t, "a"));
    assert_null(table_remove(t, bytes_of_text("a")));
    assert_null(table_put_text(t, "a", &numbers[1]));
    assert_ptr_equal(table_put_text(t, "a", &numbers[2]), &numbers[1]);
    assert_ptr_equal(table_find_text(t, "a"), &numbers[2]);
    assert_null(table_put(t, (struct bytes){NULL, 0}, &numbers[3]));
    assert_ptr_equal(table_find_text(t, ""), &numbers[3]);
    assert_int_equal(table_count(t), 2);
    for (unsigned i = 0; i < COUNT_OF(numbers); i++)
        assert_null(table_put(t, key_of(i, key), &numbers[i]));
    for (unsigned i = 0; i < COUNT_OF(numbers); i++)
        assert_ptr_equal(table_find(t, key_of(i, key)), &numbers[i]);
    assert_int_equal(table_count(t), COUNT_OF(numbers) + 2);
}

static void keys_are_told_by_every_octet(void **state)
{
    (void)state;
    OWNED(table_free) struct table *t = table_new();
    static const uint8_t zeros[20] = {0};

    for (size_t len = 0; len <= sizeof zeros; len++)
        assert_null(table_put(t, (struct bytes){zeros, len}, &numbers[len]));
    for (size_t len = 0; len <= sizeof zeros; len++)
        assert_ptr_equal(table_find(t, (struct bytes){zeros, len}),
                         &numbers[len]);
}

static void an_empty_key_comes_back(void **state)
{
    (void)state;
    OWNED(table_free) struct table *t = table_new();

    assert_null(table_put_text(t, "", &numbers[0]));
    assert_ptr_equal(table_remove(t, bytes_of_text("")), &numbers[0]);
    assert_null(table_put_text(t, "other", &numbers[1]));
    assert_null(table_find_text(t, ""));
    assert_null(table_put_text(t, "", &numbers[2]));
    assert_int_equal(table_count(t), 2);
}

static void walking_is_in_the_order_of_putting(void **state)
{
    (void)state;
    OWNED(table_free) struct table *t = table_new();
    char key[32];

    for (unsigned i = 0; i < 1000; i++)
        (void)table_put(t, key_of(i * 7 % 1000, key), &numbers[i]);
    size_t at = 0;
    unsigned i = 0;
    void *value = NULL;
    struct bytes found;
    for (; table_next(t, &at, &found, &value); i++) {
        assert_ptr_equal(value, &numbers[i]);
        assert_true(bytes_equal(found, key_of(i * 7 % 1000, key)));
    }
    assert_int_equal(i, 1000);
    at = 0;
    assert_true(table_next(t, &at, NULL, NULL));
}

static void the_current_one_may_be_removed(void **state)
{
    (void)state;
    OWNED(table_free) struct table *t = table_new();
    char key[32];
    size_t at = 0;
    struct bytes found;

    for (unsigned i = 0; i < 100; i++)
        (void)table_put(t, key_of(i, key), &numbers[i]);
    unsigned walked = 0;
    for (void *value; table_next(t, &at, &found, &value); walked++)
        if (walked % 2 == 1)
            assert_ptr_equal(table_remove(t, found), value);
    assert_int_equal(walked, 100);
    assert_int_equal(table_count(t), 50);
    assert_non_null(table_find(t, key_of(98, key)));
    assert_null(table_find(t, key_of(99, key)));
}

/* A table in which as much leaves as comes does not grow, and stays right. */
static void coming_and_going_costs_no_room(void **state)
{
    (void)state;
    OWNED(table_free) struct table *t = table_new();
    char key[32];

    for (unsigned i = 0; i < 200000; i++) {
        assert_null(table_put(t, key_of(i, key), &numbers[i % 100]));
        if (i < 50)
            continue;
        assert_ptr_equal(table_remove(t, key_of(i - 50, key)),
                         &numbers[(i - 50) % 100]);
        assert_int_equal(table_count(t), 50);
    }
    size_t at = 0, walked = 0;
    while (table_next(t, &at, NULL, NULL))
        walked++;
    assert_int_equal(walked, 50);
    assert_true(at < 1000);
}

static void ids_are_new_and_readable(void **state)
{
    (void)state;
    struct ident a = ident_new(), b = ident_new(), back;
    struct ident none = {{0}};
    char text[IDENT_TEXT_MAX];

    assert_true(ident_is_set(&a));
    assert_false(ident_is_set(&none));
    assert_false(ident_equal(&a, &b));
    assert_int_equal(strlen(ident_format(&a, text, sizeof text)), 32);
    assert_int_equal(ident_parse(text, &back), 0);
    assert_int_equal(ident_compare(&a, &back), 0);
    text[31] = 'g';
    assert_true(ident_parse(text, &back) < 0);
    assert_false(ident_is_set(&back));
    text[31] = '\0';
    assert_true(ident_parse(text, &back) < 0);
    assert_int_equal(ident_parse("000102030405060708090A0B0C0D0E0F", &back), 0);
    assert_int_equal(back.octets[15], 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found),
        cmocka_unit_test(keys_are_told_by_every_octet),
        cmocka_unit_test(an_empty_key_comes_back),
        cmocka_unit_test(walking_is_in_the_order_of_putting),
        cmocka_unit_test(the_current_one_may_be_removed),
        cmocka_unit_test(coming_and_going_costs_no_room),
        cmocka_unit_test(ids_are_new_and_readable),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
