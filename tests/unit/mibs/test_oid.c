/* Object identifiers: what is read is what is written; order is the MIB's. */
#include "mibs/oid.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void texts_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *want; /* want NULL: refused */
    } cases[] = {
        {"plain", "1.3.6.1.2.1", "1.3.6.1.2.1"},
        {"leading dot", ".1.3.6", "1.3.6"},
        {"one", "0", "0"},
        {"largest", "1.4294967295", "1.4294967295"},
        {"too large", "1.4294967296", NULL},
        {"far too large", "1.99999999999999999999999", NULL},
        {"empty", "", NULL},
        {"dot alone", ".", NULL},
        {"trailing dot", "1.3.", NULL},
        {"two dots", "1..3", NULL},
        {"letters", "1.3.x", NULL},
        {"letters behind", "1.3x", NULL},
        {"sign", "1.-3", NULL},
        {"blank", "1. 3", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct oid_store o;
        char text[OID_TEXT_MAX];
        int rc = oid_parse(cases[i].text, &o);

        print_message("%s\n", cases[i].name);
        assert_true((rc == 0) == (cases[i].want != NULL));
        oid_format(oid_view(&o), text, sizeof text);
        assert_string_equal(text, rc == 0 ? cases[i].want : "");
    }
}

static void longest_oid_fits_and_longer_is_refused(void **state)
{
    (void)state;
    struct oid_store o = {.len = 0}, again;
    char text[OID_TEXT_MAX + 2];

    for (size_t i = 0; i < OID_MAX; i++)
        assert_true(oid_push(&o, UINT32_MAX));
    assert_false(oid_push(&o, 1));
    assert_false(oid_append(&o, OID(1)));
    assert_true(oid_append(&o, (struct oid){0}));
    oid_format(oid_view(&o), text, OID_TEXT_MAX);
    assert_int_equal(oid_parse(text, &again), 0);
    assert_true(oid_equal(oid_view(&o), oid_view(&again)));
    strcat(text, ".1");
    assert_int_not_equal(oid_parse(text, &again), 0);
}

static void order_is_lexicographic(void **state)
{
    (void)state;
    struct oid short_one = OID(1, 3, 6), longer = OID(1, 3, 6, 1);
    struct oid other = OID(1, 3, 7);

    assert_true(oid_compare(short_one, longer) < 0);
    assert_true(oid_compare(longer, other) < 0);
    assert_true(oid_compare(other, short_one) > 0);
    assert_int_equal(oid_compare(longer, longer), 0);
    assert_true(oid_begins(longer, short_one));
    assert_true(oid_begins(longer, longer));
    assert_false(oid_begins(short_one, longer));
    assert_false(oid_begins(other, short_one));
    assert_true(oid_begins(other, (struct oid){0}));
}

static void tail_is_what_is_behind(void **state)
{
    (void)state;
    struct oid o = OID(1, 3, 6, 1);

    assert_true(oid_equal(oid_tail(o, 2), OID(6, 1)));
    assert_int_equal(oid_tail(o, 4).len, 0);
    assert_int_equal(oid_tail(o, 9).len, 0);
}

static void format_is_cut_to_the_room(void **state)
{
    (void)state;
    char text[6];

    oid_format(OID(1, 3, 6, 1, 2, 1), text, sizeof text);
    assert_string_equal(text, "1.3.6");
    oid_format(OID(123456789), text, sizeof text);
    assert_string_equal(text, "12345");
    text[0] = 'x';
    oid_format((struct oid){0}, text, 1);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_or_refused),
        cmocka_unit_test(longest_oid_fits_and_longer_is_refused),
        cmocka_unit_test(order_is_lexicographic),
        cmocka_unit_test(tail_is_what_is_behind),
        cmocka_unit_test(format_is_cut_to_the_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
