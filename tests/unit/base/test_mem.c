/* Arrays grow and are zeroed; an arena gives zeroed, aligned memory that stays
 * where it is. */
#include "base/arena.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct numbers ARRAY_OF(uint64_t);

static void added_elements_are_zero_and_stay(void **state)
{
    (void)state;
    struct numbers n = {0};

    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t *last = array_add(&n);
        assert_int_equal(*last, 0);
        *last = i;
    }
    assert_int_equal(n.count, 1000);
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(n.at[i], i);
    array_fini(&n);
    assert_null(n.at);
    assert_int_equal(n.room, 0);
}

static void nothing_is_still_something_to_free(void **state)
{
    (void)state;
    void *none = mem_zero(0);
    void *array = mem_array(0, 16);

    assert_non_null(none);
    assert_non_null(array);
    free(none);
    free(array);
    assert_null(mem_text(NULL));
    char *copy = mem_text_of("a\0b", 3);
    assert_memory_equal(copy, "a\0b", 4);
    free(copy);
}

static void an_arena_aligns_and_zeroes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 3, 8, 17, 500, 1000, 70000, 5, 64};
    OWNED(arena_free) struct arena *a = arena_new();

    for (size_t i = 0; i < 10 * COUNT_OF(sizes); i++) {
        size_t size = sizes[i % COUNT_OF(sizes)];
        (void)arena_text(a, "odd");
        uint8_t *at = arena_zero(a, size);
        assert_int_equal((uintptr_t)at % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(at[k], 0);
        memset(at, 0xaa, size); /* the next one must not lie within */
    }
}

static void texts_in_an_arena_are_copies(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena *a = arena_new();
    char text[] = "sw-1";
    const char *copy = arena_text(a, text);
    struct bytes octets = arena_bytes(a, bytes_of_text(text));

    text[0] = 'X';
    assert_string_equal(copy, "sw-1");
    assert_memory_equal(octets.at, "sw-1", 4);
    assert_string_equal(arena_text(a, NULL), "");
    assert_string_equal(arena_text_of(a, "abcdef", 3), "abc");
    assert_int_equal(arena_bytes(a, (struct bytes){NULL, 0}).len, 0);
}

static void what_held_a_secret_is_overwritten(void **state)
{
    enum { LARGE = 100000 };
    (void)state;
    OWNED(arena_free) struct arena *a = arena_new();
    const char *small = arena_text(a, "a-community");
    uint8_t *large = arena_zero(a, LARGE);

    large[LARGE - 1] = 's';
    arena_wipe(a);
    assert_int_equal(small[0] | small[10] | large[LARGE - 1], 0);
}

/* Records of ten thousand devices have an arena each. */
static void a_small_arena_is_small(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena *a = arena_new();

    (void)arena_text(a, "name");
    assert_in_range(arena_size(a), 5, 1200);
    for (unsigned i = 0; i < 10000; i++)
        *(uint8_t *)arena_zero(a, 100) = 1;
    assert_in_range(arena_size(a), 1000000, 1300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(added_elements_are_zero_and_stay),
        cmocka_unit_test(nothing_is_still_something_to_free),
        cmocka_unit_test(an_arena_aligns_and_zeroes),
        cmocka_unit_test(texts_in_an_arena_are_copies),
        cmocka_unit_test(what_held_a_secret_is_overwritten),
        cmocka_unit_test(a_small_arena_is_small),
    };
    return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
