/* Blocks that were given back are taken again, the last one first; what is too
 * large, or too many, is not kept. */
#include "base/spares.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_last_that_was_given_back_is_taken_first(void **state)
{
    (void)state;
    struct spares s = {.count = 0};
    void *a = spares_take(&s, 1), *b = spares_take(&s, SPARE_OCTETS);

    memset(b, 1, SPARE_OCTETS);
    memset(a, 1, 1);
    spares_give(&s, a, 1);
    spares_give(&s, b, SPARE_OCTETS);
    assert_ptr_equal(spares_take(&s, 7), b);
    void *again = spares_take(&s, SPARE_OCTETS); /* whatever it was taken for */
    assert_ptr_equal(again, a);
    memset(again, 2, SPARE_OCTETS);
    spares_give(&s, a, 1);
    spares_give(&s, b, 1);
    spares_fini(&s);
    assert_int_equal(s.count, 0);
}

static void what_is_too_large_or_too_many_is_not_kept(void **state)
{
    (void)state;
    struct spares s = {.count = 0};
    void *blocks[SPARES_MAX + 1];
    void *large = spares_take(&s, SPARE_OCTETS + 1);

    memset(large, 1, SPARE_OCTETS + 1);
    spares_give(&s, large, SPARE_OCTETS + 1);
    assert_int_equal(s.count, 0);
    for (size_t i = 0; i < SPARES_MAX + 1; i++)
        blocks[i] = spares_take(&s, 1);
    for (size_t i = 0; i < SPARES_MAX + 1; i++)
        spares_give(&s, blocks[i], 1);
    assert_int_equal(s.count, SPARES_MAX);
    spares_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_that_was_given_back_is_taken_first),
        cmocka_unit_test(what_is_too_large_or_too_many_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
