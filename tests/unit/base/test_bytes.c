/* Views are compared by content; a buffer keeps what was added, as a text. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void views_are_ordered_by_octets(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {
        {"", "", 0},    {"a", "", 1},  {"a", "b", -1},
        {"ab", "a", 1}, {"a", "a", 0}, {"\xff", "a", 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes a = bytes_of_text(cases[i].a);
        struct bytes b = bytes_of_text(cases[i].b);
        assert_int_equal(bytes_compare(a, b), cases[i].order);
        assert_int_equal(bytes_compare(b, a), -cases[i].order);
        assert_int_equal(bytes_equal(a, b), cases[i].order == 0);
    }
    assert_true(bytes_equal(bytes_of_text(NULL), bytes_of_text("")));
}

/* Phases of polling are taken from it: they may not move with an upgrade. */
static void the_hash_is_the_same_forever(void **state)
{
    (void)state;
    assert_true(bytes_hash(bytes_of_text("core-2")) ==
                UINT64_C(0xba7f8f6c3b857ef));
    assert_true(bytes_hash(bytes_of_text("core-1")) !=
                bytes_hash(bytes_of_text("core-2")));
}

static void the_hash_spreads_likes(void **state)
{
    (void)state;
    unsigned buckets[16] = {0};

    for (unsigned i = 0; i < 16000; i++) {
        uint8_t key[4] = {10, 0, (uint8_t)(i >> 8), (uint8_t)i};
        buckets[bytes_hash((struct bytes){key, sizeof key}) % 16]++;
    }
    for (size_t i = 0; i < 16; i++)
        assert_in_range(buckets[i], 850, 1150);
}

static void a_buffer_grows_and_stays_a_text(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0};

    buffer_text(&b, "");
    assert_string_equal(b.at, "");
    for (unsigned i = 0; i < 1000; i++)
        buffer_format(&b, "%u,", i);
    buffer_char(&b, '!');
    assert_int_equal(b.len, 3891);
    assert_int_equal(strlen(b.at), b.len);
    assert_true(strncmp(b.at, "0,1,2,", 6) == 0);
    assert_string_equal(b.at + b.len - 5, "999,!");
    buffer_clear(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.at, "");
}

static void a_long_format_is_not_cut(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0};

    buffer_format(&b, "%0*d|", 5000, 7);
    assert_int_equal(b.len, 5001);
    assert_string_equal(b.at + 4998, "07|");
}

static void taking_leaves_an_empty_buffer(void **state)
{
    (void)state;
    struct buffer b = {0};
    char *empty = buffer_take(&b);

    assert_string_equal(empty, "");
    free(empty);
    buffer_add(&b, "a\0b", 3);
    assert_int_equal(buffer_view(&b).len, 3);
    char *text = buffer_take(&b);
    assert_memory_equal(text, "a\0b", 4);
    assert_null(b.at);
    assert_int_equal(b.len, 0);
    free(text);
}

static void a_trimmed_buffer_is_a_text_and_grows_again(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0};

    buffer_trim(&b);
    assert_null(b.at);
    buffer_text(&b, "as long as it is");
    buffer_trim(&b);
    assert_int_equal(b.room, b.len + 1);
    assert_string_equal(b.at, "as long as it is");
    buffer_text(&b, ", and longer");
    assert_string_equal(b.at, "as long as it is, and longer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_are_ordered_by_octets),
        cmocka_unit_test(the_hash_is_the_same_forever),
        cmocka_unit_test(the_hash_spreads_likes),
        cmocka_unit_test(a_buffer_grows_and_stays_a_text),
        cmocka_unit_test(a_long_format_is_not_cut),
        cmocka_unit_test(taking_leaves_an_empty_buffer),
        cmocka_unit_test(a_trimmed_buffer_is_a_text_and_grows_again),
    };
    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
