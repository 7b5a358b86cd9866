/* Whose an address is, is found however many there are and whichever went. */
#include "station/owners.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ADDRESSES = 5000, DEVICES = 7 };

static struct device *device(size_t n) /* never looked at */
{
    return (struct device *)(uintptr_t)(n % DEVICES + 1);
}

static struct addr address(size_t n)
{
    struct addr a = {.family = 4};

    memcpy(a.octets, &(uint32_t){(uint32_t)n}, 4);
    if (n % 3 == 0) {
        a.family = 6;
        a.zone = (uint32_t)(n % 2);
    }
    return a;
}

static void every_address_leads_to_its_owner(void **state)
{
    OWNED(owners_free) struct owners *o = owners_new();
    struct addr none = {0};

    (void)state;
    assert_null(owners_find(o, &none));
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct addr a = address(i);

        assert_null(owners_find(o, &a));
        owners_add(o, &a, device(i));
    }
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct addr a = address(i);

        assert_ptr_equal(owners_find(o, &a), device(i));
    }
}

static void those_that_stay_are_found_when_others_go(void **state)
{
    OWNED(owners_free) struct owners *o = owners_new();

    (void)state;
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct addr a = address(i);

        owners_add(o, &a, device(i));
    }
    for (size_t i = 0; i < ADDRESSES; i += 2) {
        struct addr a = address(i);

        assert_ptr_equal(owners_remove(o, &a), device(i));
        assert_null(owners_remove(o, &a));
    }
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct addr a = address(i);

        assert_ptr_equal(owners_find(o, &a), i % 2 == 0 ? NULL : device(i));
    }
}

static void an_address_changes_hands(void **state)
{
    OWNED(owners_free) struct owners *o = owners_new();
    struct addr a = address(1), zone = address(3);

    (void)state;
    zone.zone = 9; /* the same address on another link */
    owners_add(o, &a, device(0));
    owners_add(o, &a, device(1));
    assert_ptr_equal(owners_find(o, &a), device(1));
    assert_null(owners_find(o, &zone));
    assert_ptr_equal(owners_remove(o, &a), device(1));
    assert_null(owners_find(o, &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_leads_to_its_owner),
        cmocka_unit_test(those_that_stay_are_found_when_others_go),
        cmocka_unit_test(an_address_changes_hands),
    };

    return cmocka_run_group_tests_name("owners", tests, NULL, NULL);
}
