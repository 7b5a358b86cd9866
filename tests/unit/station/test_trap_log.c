/* The log of notifications: bounded, in order, what is read of it stays. */
#include "station/trap_log.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct oid trap = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 5, 3),
                        name = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 7),
                        other = OID_INIT(1, 3, 6, 1, 2, 1, 1, 1, 0);

static void add(struct trap_log *l, int64_t ms, const char *text)
{
    const struct varbind varbinds[] = {
        {name, {.type = VALUE_INTEGER, .integer = 7}},
        {other, {.type = VALUE_NULL}}, /* no type of that MIB's */
        {other, {.type = VALUE_OCTETS, .octets = bytes_of_text(text)}},
        {other, {.type = VALUE_OID, .oid = trap}}};

    trap_log_add(l, &(struct trap_log_item){.at = {ms},
                                            .engine_id = bytes_of_text("eng"),
                                            .trap = trap,
                                            .varbinds = varbinds,
                                            .count = COUNT_OF(varbinds)});
}

static void what_is_read_stays_as_it_was(void **state)
{
    OWNED(trap_log_free) struct trap_log *l = trap_log_new();
    char text[] = "first";

    (void)state;
    add(l, 1000, text);
    struct trap_log_book *book = trap_log_book(l);
    struct trap_log_book *same = trap_log_book(l);
    assert_ptr_equal(book, same);
    trap_log_book_unref(same);
    memset(text, 'x', sizeof text - 1); /* it was copied */
    for (int i = 0; i < TRAP_LOG_MAX; i++)
        add(l, 2000 + i, "more");
    assert_int_equal(book->count, 1);
    const struct trap_log_item *item = &book->entries[0]->item;
    assert_int_equal(book->entries[0]->index, 1);
    assert_true(oid_equal(item->trap, trap));
    assert_true(bytes_equal(item->engine_id, bytes_of_text("eng")));
    assert_int_equal(item->count, 3);
    assert_true(oid_equal(item->varbinds[0].name, name));
    assert_true(
        bytes_equal(item->varbinds[1].value.octets, bytes_of_text("first")));
    assert_true(oid_equal(item->varbinds[2].value.oid, trap));
    trap_log_book_unref(book);

    book = trap_log_book(l);
    assert_int_equal(book->count, TRAP_LOG_MAX);
    assert_int_equal(book->entries[0]->index, 2);
    assert_int_equal(book->logged, TRAP_LOG_MAX + 1);
    assert_int_equal(book->bumped, 1);
    trap_log_book_unref(book);
}

static void variables_are_found_by_their_type(void **state)
{
    enum { INTEGER32 = 3, IP = 4, OCTET_STRING = 5 };
    OWNED(trap_log_free) struct trap_log *l = trap_log_new();

    (void)state;
    for (int i = 0; i < 10; i++)
        add(l, i, "x");
    struct trap_log_book *book = trap_log_book(l);
    assert_int_equal(book->variable_count, 30);
    assert_int_equal(book->of_type_count[INTEGER32], 10);
    assert_int_equal(book->of_type_count[IP], 0);
    assert_int_equal(book->of_type_count[OCTET_STRING], 10);
    for (size_t i = 0; i < 10; i++) {
        const struct trap_log_variable *v =
            &book->variables[book->of_type[OCTET_STRING][i]];

        assert_int_equal(v->entry, i);
        assert_int_equal(v->nth, 1);
    }
    trap_log_book_unref(book);
}

static void what_is_old_goes_and_is_not_bumped(void **state)
{
    const int64_t day_ms = (int64_t)TRAP_LOG_AGE_MIN * 60000;
    OWNED(trap_log_free) struct trap_log *l = trap_log_new();

    (void)state;
    add(l, 1000, "a");
    add(l, 2000, "b");
    trap_log_age(l, (struct wall){day_ms + 1500});
    struct trap_log_book *book = trap_log_book(l);
    assert_int_equal(book->count, 1);
    assert_int_equal(book->entries[0]->index, 2);
    assert_int_equal(book->bumped, 0);
    trap_log_book_unref(book);
}

static void memory_is_bounded(void **state)
{
    OWNED(trap_log_free) struct trap_log *l = trap_log_new();
    OWNED(free) char *text = mem_array(16385, 1), *huge = mem_array(70001, 1);
    size_t octets = 0;

    (void)state;
    memset(text, 'a', 16384);
    memset(huge, 'a', 70000);
    for (int i = 0; i < 1000; i++)
        add(l, i, text);
    struct trap_log_book *book = trap_log_book(l);
    for (size_t i = 0; i < book->count; i++)
        octets += book->entries[i]->octets;
    assert_true(octets <= TRAP_LOG_OCTETS_MAX);
    assert_int_equal(book->count + book->bumped, 1000);
    assert_true(book->count > 200);
    trap_log_book_unref(book);
    add(l, 2000, huge); /* what does not fit is left out */
    book = trap_log_book(l);
    assert_int_equal(book->entries[book->count - 1]->item.count, 2);
    trap_log_book_unref(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_stays_as_it_was),
        cmocka_unit_test(variables_are_found_by_their_type),
        cmocka_unit_test(what_is_old_goes_and_is_not_bumped),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
