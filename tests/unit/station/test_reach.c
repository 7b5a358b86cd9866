/* Up after any answer, down only when given up, never back to unknown. */
#include "station/reach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_state_has_its_answer_to_every_event(void **state)
{
    static const struct {
        enum reach now;
        enum reach_event event;
        enum reach next;
    } cases[] = {
        {REACH_UNKNOWN, REACH_ANSWERED, REACH_UP},
        {REACH_UNKNOWN, REACH_TIMED_OUT, REACH_SUSPECT},
        {REACH_UNKNOWN, REACH_GAVE_UP, REACH_DOWN},
        {REACH_UP, REACH_ANSWERED, REACH_UP},
        {REACH_UP, REACH_TIMED_OUT, REACH_SUSPECT},
        {REACH_UP, REACH_GAVE_UP, REACH_DOWN},
        {REACH_SUSPECT, REACH_ANSWERED, REACH_UP},
        {REACH_SUSPECT, REACH_TIMED_OUT, REACH_SUSPECT},
        {REACH_SUSPECT, REACH_GAVE_UP, REACH_DOWN},
        {REACH_DOWN, REACH_ANSWERED, REACH_UP},
        {REACH_DOWN, REACH_TIMED_OUT, REACH_DOWN},
        {REACH_DOWN, REACH_GAVE_UP, REACH_DOWN},
    };

    (void)state;
    assert_int_equal(COUNT_OF(cases), REACHES * REACH_EVENTS);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (reach_next(cases[i].now, cases[i].event) != cases[i].next)
            fail_msg("%s, event %d", reach_name(cases[i].now), cases[i].event);
}

static void states_have_the_words_of_the_tables(void **state)
{
    (void)state;
    assert_string_equal(reach_name(REACH_UNKNOWN), "unknown");
    assert_string_equal(reach_name(REACH_UP), "up");
    assert_string_equal(reach_name(REACH_SUSPECT), "suspect");
    assert_string_equal(reach_name(REACH_DOWN), "down");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_its_answer_to_every_event),
        cmocka_unit_test(states_have_the_words_of_the_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
