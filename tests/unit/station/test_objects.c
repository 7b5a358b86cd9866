/* Numbers of objects are for life. */
#include "station/objects.h"

#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct object_ref port_of(uint8_t device, const char *part)
{
    return (struct object_ref){
        .class = OBJECT_PORT, .device = {.octets = {device}}, .part = part};
}

static void an_object_keeps_its_number(void **state)
{
    (void)state;
    struct objects *o = objects_new(NULL);
    struct object_ref a = port_of(1, "Gi0/1"), b = port_of(2, "Gi0/1");
    uint32_t first = objects_know(o, &a);

    assert_int_not_equal(first, 0);
    assert_int_not_equal(objects_know(o, &b), first);
    assert_int_equal(objects_know(o, &a), first);
    objects_free(o);
}

static void a_book_stays_as_it_was(void **state)
{
    (void)state;
    struct objects *o = objects_new(NULL);
    struct object_ref refs[] = {port_of(9, "z"), port_of(1, "b"),
                                port_of(1, "a")};
    uint32_t numbers[3];

    numbers[0] = objects_know(o, &refs[0]);
    struct object_book *before = objects_book(o);
    numbers[1] = objects_know(o, &refs[1]);
    numbers[2] = objects_know(o, &refs[2]);
    struct object_book *after = objects_book(o);
    objects_free(o); /* books outlive the registry */

    assert_int_equal(before->count, 1);
    assert_int_equal(object_book_index(before, &refs[1]), 0);
    assert_null(object_book_find(before, numbers[1]));
    assert_int_equal(after->count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct object_entry *e = object_book_find(after, numbers[i]);

        assert_int_equal(object_book_index(after, &refs[i]), numbers[i]);
        assert_non_null(e);
        assert_string_equal(e->ref.part, refs[i].part);
    }
    object_book_unref(before);
    object_book_unref(after);
}

static struct objects *reopen(const char *path, struct store **store)
{
    const struct store_options options = {.path = path};
    struct complaint why;

    assert_int_equal(store_open(NULL, &options, store, &why), 0);
    struct objects *o = objects_new(*store);
    assert_int_equal(objects_load(o, &why), 0);
    return o;
}

static void numbers_outlive_the_process(void **state)
{
    (void)state;
    char directory[] = "/tmp/test_objects.XXXXXX", path[64];
    struct object_ref kept = port_of(1, "two words"), late = port_of(3, "x");
    struct store *store;

    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/state.db", directory);
    struct objects *o = reopen(path, &store);
    uint32_t number = objects_know(o, &kept);
    objects_free(o);
    store_free(store);
    o = reopen(path, &store);
    assert_int_equal(objects_know(o, &kept), number);
    /* Never one that may have been given in a second that was lost. */
    assert_true(objects_know(o, &late) > number + 1);
    objects_free(o);
    store_free(store);
    (void)unlink(path);
    for (const char *const *end = (const char *const[]){"-wal", "-shm", NULL};
         *end != NULL; end++) {
        char name[80];

        (void)snprintf(name, sizeof name, "%s%s", path, *end);
        (void)unlink(name);
    }
    (void)rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_keeps_its_number),
        cmocka_unit_test(a_book_stays_as_it_was),
        cmocka_unit_test(numbers_outlive_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
