/* Timeouts come when due, each once, whatever the clock does. */
#include "wire/wheel.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct mono at_ms(int64_t ms)
{
    return (struct mono){1000000000000 + ms * 1000000};
}

static void entries_expire_when_due_and_not_before(void **state)
{
    (void)state;
    static const int64_t due_ms[] = {0,    1,     4,     5,     199,
                                     1000, 10000, 10240, 10245, 60000};
    struct wheel w;
    struct wheel_entry entries[COUNT_OF(due_ms)] = {0};
    bool expired[COUNT_OF(due_ms)] = {0};

    wheel_init(&w, at_ms(0));
    for (size_t i = 0; i < COUNT_OF(due_ms); i++)
        wheel_put(&w, &entries[i], at_ms(due_ms[i]));
    for (int64_t ms = 0; ms <= 60010; ms++) {
        struct wheel_entry *e = NULL;

        while ((e = wheel_expire(&w, at_ms(ms))) != NULL) {
            size_t i = (size_t)(e - entries);

            assert_false(expired[i]);
            assert_true(ms >= due_ms[i]);
            assert_true(ms <= due_ms[i] + WHEEL_TICK_MS);
            expired[i] = true;
        }
    }
    for (size_t i = 0; i < COUNT_OF(due_ms); i++)
        assert_true(expired[i]);
    assert_int_equal(w.count, 0);
}

static void a_long_sleep_expires_all_that_is_due(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct wheel w;
    struct wheel_entry *entries = mem_array(MANY, sizeof *entries);
    size_t due = 0, got = 0;

    wheel_init(&w, at_ms(0));
    for (int64_t i = 0; i < MANY; i++) {
        wheel_put(&w, &entries[i], at_ms(i * 20));
        due += i * 20 + WHEEL_TICK_MS <= 50000;
    }
    while (wheel_expire(&w, at_ms(50000)) != NULL)
        got++;
    assert_true(got >= due);
    assert_int_equal(w.count + got, MANY);
    for (size_t i = 0; i < MANY; i++)
        wheel_remove(&w, &entries[i]);
    assert_int_equal(w.count, 0);
    free(entries);
}

static void the_next_turn_is_never_too_late(void **state)
{
    (void)state;
    static const int64_t due_ms[] = {7, 330, 5000, 10000};
    struct mono now = at_ms(3), next;

    for (size_t i = 0; i < COUNT_OF(due_ms); i++) {
        struct wheel w;
        struct wheel_entry entry = {0};

        wheel_init(&w, now);
        assert_false(wheel_next(&w, &next));
        wheel_put(&w, &entry, at_ms(due_ms[i]));
        assert_true(wheel_next(&w, &next));
        assert_true(next.ns <= at_ms(due_ms[i] + WHEEL_TICK_MS).ns);
        assert_true(next.ns >= at_ms(due_ms[i]).ns);
        assert_ptr_equal(wheel_expire(&w, next), &entry);
        assert_false(wheel_next(&w, &next));
    }
}

static void what_was_removed_does_not_expire(void **state)
{
    (void)state;
    struct wheel w;
    struct wheel_entry a = {0}, b = {0};

    wheel_init(&w, at_ms(0));
    wheel_put(&w, &a, at_ms(10));
    wheel_put(&w, &b, at_ms(10));
    wheel_remove(&w, &a);
    wheel_remove(&w, &a);
    assert_ptr_equal(wheel_expire(&w, at_ms(100)), &b);
    assert_null(wheel_expire(&w, at_ms(100)));
    wheel_put(&w, &b, at_ms(50)); /* in the past: with the next turn */
    assert_ptr_equal(wheel_expire(&w, at_ms(100)), &b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_expire_when_due_and_not_before),
        cmocka_unit_test(a_long_sleep_expires_all_that_is_due),
        cmocka_unit_test(the_next_turn_is_never_too_late),
        cmocka_unit_test(what_was_removed_does_not_expire),
    };
    return cmocka_run_group_tests_name("wheel", tests, NULL, NULL);
}
