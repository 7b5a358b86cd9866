/* What a thread was at when it worked for long is told by name; what keeps
 * within the limit is not. */
#include "base/clock.h"
#include "base/holdup.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LIMIT_MS = 20 };
static const int64_t ms_ns = 1000000;

/* Not static: names that a running program knows of are those of others. */
void work_for_long(int64_t ms);
void work_otherwise(int64_t ms);
void do_what_takes_long(void);
void do_two_things(void);

__attribute__((noinline)) void work_for_long(int64_t ms)
{
    int64_t until = thread_ns() + ms * ms_ns;
    volatile unsigned turns = 0;

    while (thread_ns() < until)
        for (unsigned i = 0; i < 1000; i++)
            turns = turns + 1;
}

__attribute__((noinline)) void do_what_takes_long(void)
{
    work_for_long(5LL * LIMIT_MS); /* ticks of a busy machine come late */
    __asm__ volatile("");          /* a call, no jump: it is to be seen */
}

__attribute__((noinline)) void work_otherwise(int64_t ms)
{
    int64_t until = thread_ns() + ms * ms_ns;
    volatile unsigned turns = 0;

    while (thread_ns() < until)
        for (unsigned i = 0; i < 1000; i++)
            turns = turns + 3;
}

__attribute__((noinline)) void do_two_things(void)
{
    work_for_long(5LL * LIMIT_MS); /* ticks of a busy machine come late */
    work_otherwise(5LL * LIMIT_MS);
    __asm__ volatile("");
}

static void what_took_long_is_named(void **state)
{
    OWNED(holdup_free) struct holdup *h = holdup_new(LIMIT_MS);
    struct buffer OWNED_BUFFER told = {0};

    (void)state;
    assert_non_null(h);
    holdup_begin(h);
    do_what_takes_long();
    holdup_tell(h, &told);
    assert_true(told.len > 0);
    const char *inner = strstr(told.at, "work_for_long");
    assert_non_null(inner);
    assert_non_null(strstr(inner, " < do_what_takes_long"));
    assert_null(strstr(told.at, "on_limit"));
}

/* Neither of two things in turn, but who did both. */
static void what_all_of_it_was_part_of_is_named(void **state)
{
    OWNED(holdup_free) struct holdup *h = holdup_new(LIMIT_MS);
    struct buffer OWNED_BUFFER told = {0};

    (void)state;
    holdup_begin(h);
    do_two_things();
    holdup_tell(h, &told);
    assert_int_equal(strncmp(told.at, "do_two_things", 13), 0);
    assert_null(strstr(told.at, "work_"));
}

static void what_did_not_is_not(void **state)
{
    OWNED(holdup_free) struct holdup *h = holdup_new(LIMIT_MS);
    struct buffer OWNED_BUFFER told = {0};

    (void)state;
    for (int turn = 0; turn < 5; turn++) { /* each by itself */
        holdup_begin(h);
        work_for_long(LIMIT_MS / 2);
    }
    holdup_tell(h, &told);
    assert_int_equal(told.len, 0);
    do_what_takes_long();
    holdup_begin(h); /* the turn after it */
    holdup_tell(h, &told);
    assert_int_equal(told.len, 0);
}

static void a_signal_of_others_means_nothing(void **state)
{
    OWNED(holdup_free) struct holdup *h = holdup_new(LIMIT_MS);
    struct buffer OWNED_BUFFER told = {0};

    (void)state;
    holdup_begin(h);
    assert_int_equal(raise(SIGPROF), 0);
    holdup_tell(h, &told);
    assert_int_equal(told.len, 0);
    holdup_begin(NULL);
    holdup_tell(NULL, &told);
    assert_int_equal(told.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_took_long_is_named),
        cmocka_unit_test(what_all_of_it_was_part_of_is_named),
        cmocka_unit_test(what_did_not_is_not),
        cmocka_unit_test(a_signal_of_others_means_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
