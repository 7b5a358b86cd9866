/* What every decoder relies on: a cursor never leaves its span, gives zero
 * once broken, and says what broke it first and where. */
#include "base/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7};

static struct cursor over(size_t len)
{
    return cursor_over((struct bytes){octets, len});
}

static void numbers_are_in_network_order(void **state)
{
    (void)state;
    struct cursor c = over(7);

    assert_int_equal(cursor_u8(&c), 0x01);
    assert_int_equal(cursor_u16(&c), 0x0203);
    assert_int_equal(cursor_u32(&c), 0x04050607);
    assert_true(cursor_ok(&c));
    assert_int_equal(cursor_left(&c), 0);
    assert_int_equal(cursor_offset(&c), 7);
}

static void one_octet_too_few_breaks(void **state)
{
    (void)state;
    struct cursor c = over(3);

    (void)cursor_u16(&c);
    assert_int_equal(cursor_u16(&c), 0);
    assert_string_equal(c.why, "truncated");
    assert_int_equal(cursor_offset(&c), 2);
    assert_int_equal(cursor_left(&c), 0);
    assert_int_equal(cursor_u8(&c), 0); /* the octet that is left: too late */
    assert_int_equal(cursor_peek(&c), 0);
}

static void a_length_cannot_wrap_around(void **state)
{
    (void)state;
    struct cursor c = over(3);

    (void)cursor_u8(&c);
    assert_int_equal(cursor_bytes(&c, SIZE_MAX).len, 0);
    assert_false(cursor_ok(&c));
}

static void peeking_consumes_nothing(void **state)
{
    (void)state;
    struct cursor c = over(1);

    assert_int_equal(cursor_peek(&c), 1);
    assert_int_equal(cursor_u8(&c), 1);
    assert_int_equal(cursor_peek(&c), 0);
    assert_true(cursor_ok(&c));
}

static void nothing_may_be_empty(void **state)
{
    (void)state;
    struct cursor c = cursor_over((struct bytes){NULL, 0});

    assert_int_equal(cursor_bytes(&c, 0).len, 0);
    assert_int_equal(cursor_sub(&c, 0).span.len, 0);
    assert_true(cursor_ok(&c));
}

static void the_first_reason_stays(void **state)
{
    (void)state;
    struct cursor c = over(1);

    cursor_break(&c, "refused");
    (void)cursor_u32(&c);
    cursor_break(&c, "later");
    assert_string_equal(c.why, "refused");
}

static void a_child_sees_its_part_alone(void **state)
{
    (void)state;
    struct cursor c = over(7);

    (void)cursor_u8(&c);
    struct cursor child = cursor_sub(&c, 2);
    assert_int_equal(cursor_offset(&child), 1);
    assert_int_equal(cursor_u16(&child), 0x0203);
    assert_int_equal(cursor_u8(&child), 0);
    assert_false(cursor_ok(&child));
    assert_true(cursor_ok(&c)); /* the parent goes on behind it */
    assert_int_equal(cursor_u8(&c), 0x04);
}

static void joining_passes_reason_and_offset_up(void **state)
{
    (void)state;
    struct cursor c = over(7);

    (void)cursor_u8(&c);
    struct cursor child = cursor_sub(&c, 4);
    (void)cursor_u16(&child);
    struct cursor grandchild = cursor_sub(&child, 1);
    (void)cursor_u16(&grandchild);
    cursor_join(&child, &grandchild);
    cursor_join(&c, &child);
    assert_string_equal(c.why, "truncated");
    assert_int_equal(cursor_offset(&c), 3);
    assert_int_equal(cursor_left(&c), 0);
}

static void a_child_longer_than_its_parent_is_broken(void **state)
{
    (void)state;
    struct cursor c = over(1);
    struct cursor child = cursor_sub(&c, 2);

    assert_false(cursor_ok(&c));
    assert_false(cursor_ok(&child));
    assert_int_equal(cursor_left(&child), 0);
}

/* In memory that ends where the span ends, so that a sanitizer sees one octet
 * too many. */
static void every_cut_stays_inside(void **state)
{
    (void)state;
    for (size_t len = 1; len <= sizeof octets; len++) {
        uint8_t *exact = malloc(len);
        assert_non_null(exact);
        memcpy(exact, octets, len);
        struct cursor c = cursor_over((struct bytes){exact, len});
        (void)cursor_u32(&c);
        (void)cursor_peek(&c);
        (void)cursor_u16(&c);
        (void)cursor_u8(&c);
        assert_int_equal(cursor_ok(&c), len == sizeof octets);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_in_network_order),
        cmocka_unit_test(one_octet_too_few_breaks),
        cmocka_unit_test(a_length_cannot_wrap_around),
        cmocka_unit_test(peeking_consumes_nothing),
        cmocka_unit_test(nothing_may_be_empty),
        cmocka_unit_test(the_first_reason_stays),
        cmocka_unit_test(a_child_sees_its_part_alone),
        cmocka_unit_test(joining_passes_reason_and_offset_up),
        cmocka_unit_test(a_child_longer_than_its_parent_is_broken),
        cmocka_unit_test(every_cut_stays_inside),
    };
    return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
