/* A late answer to a request that is over finds nobody. */
#include "wire/request.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void an_id_that_was_given_back_finds_nobody(void **state)
{
    (void)state;
    struct request_table table;
    struct exchange first = {0}, second = {0};

    request_table_init(&table);
    for (int i = 0; i < 100000; i++) { /* past the end of all generations */
        assert_true(request_table_add(&table, &first));
        int32_t id = (int32_t)first.id;

        assert_true(id > 0);
        assert_ptr_equal(request_table_find(&table, id), &first);
        request_table_remove(&table, &first);
        assert_null(request_table_find(&table, id));
        assert_true(request_table_add(&table, &second)); /* the same slot */
        assert_null(request_table_find(&table, id));
        request_table_remove(&table, &second);
    }
    request_table_fini(&table);
}

/* When it was sent is known of the last try, and of no try by chance. */
static void an_answer_tells_which_try_it_answers(void **state)
{
    (void)state;
    struct request_table table;
    struct exchange x = {.asked = {1}, .sent = {1}};
    int32_t ids[2 * REQUEST_TRIES];

    request_table_init(&table);
    assert_true(request_table_add(&table, &x));
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        ids[i] = request_id_next(&x);
        assert_true(ids[i] > 0);
        assert_ptr_equal(request_table_find(&table, ids[i]), &x);
        x.tries++;
        x.sent.ns = (int64_t)x.tries;
        bool known = i < REQUEST_TRIES;
        assert_int_equal(request_sent(&x, ids[i]).ns, known ? x.tries : 1);
        for (size_t before = 0; before < i; before++)
            assert_int_equal(request_sent(&x, ids[before]).ns, 1);
    }
    request_table_remove(&table, &x);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        assert_null(request_table_find(&table, ids[i]));
    request_table_fini(&table);
}

static void the_table_grows_to_its_limit_and_no_further(void **state)
{
    (void)state;
    struct request_table table;
    struct exchange *many = mem_array(REQUEST_SLOTS_MAX + 1, sizeof *many);

    request_table_init(&table);
    for (size_t i = 0; i < REQUEST_SLOTS_MAX; i++)
        assert_true(request_table_add(&table, &many[i]));
    assert_false(request_table_add(&table, &many[REQUEST_SLOTS_MAX]));
    for (size_t i = 0; i < REQUEST_SLOTS_MAX; i += 997)
        assert_ptr_equal(request_table_find(&table, (int32_t)many[i].id),
                         &many[i]);
    request_table_remove(&table, &many[7]);
    assert_true(request_table_add(&table, &many[REQUEST_SLOTS_MAX]));
    request_table_fini(&table);
    free(many);
}

static void ids_that_nobody_has_find_nobody(void **state)
{
    (void)state;
    static const int32_t ids[] = {0, 1, -1, 65535, 65536, INT32_MAX, INT32_MIN};
    struct request_table table;

    request_table_init(&table);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        assert_null(request_table_find(&table, ids[i]));
    request_table_fini(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_that_was_given_back_finds_nobody),
        cmocka_unit_test(an_answer_tells_which_try_it_answers),
        cmocka_unit_test(the_table_grows_to_its_limit_and_no_further),
        cmocka_unit_test(ids_that_nobody_has_find_nobody),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
