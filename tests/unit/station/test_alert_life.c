/* What is told and what time does to an alert, every pair of them. */
#include "station/alert_life.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_life_goes_as_the_table_says(void **state)
{
    static const struct {
        enum life now;
        enum life_input input;
        enum life next;
        enum life_deed deed;
    } cases[] = {
        {LIFE_NONE, LIFE_HOLDS, LIFE_PENDING, LIFE_BEGIN},
        {LIFE_PENDING, LIFE_HOLDS, LIFE_PENDING, LIFE_RENEW},
        {LIFE_PENDING, LIFE_CEASED, LIFE_NONE, LIFE_FORGET},
        {LIFE_PENDING, LIFE_DUE, LIFE_ACTIVE, LIFE_RAISE},
        {LIFE_ACTIVE, LIFE_HOLDS, LIFE_ACTIVE, LIFE_RENEW},
        {LIFE_ACTIVE, LIFE_CEASED, LIFE_CALMING, LIFE_CALM},
        {LIFE_CALMING, LIFE_HOLDS, LIFE_ACTIVE, LIFE_RETURN},
        {LIFE_CALMING, LIFE_CEASED, LIFE_CALMING, LIFE_IGNORE},
        {LIFE_CALMING, LIFE_DUE, LIFE_RECENT, LIFE_END},
        {LIFE_RECENT, LIFE_HOLDS, LIFE_PENDING, LIFE_BEGIN},
        {LIFE_RECENT, LIFE_DUE, LIFE_NONE, LIFE_FORGET},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct life_step s = life_step(cases[i].now, cases[i].input);

        if (s.next != cases[i].next || s.deed != cases[i].deed)
            fail_msg("case %zu: state %d, deed %d", i, s.next, s.deed);
    }
}

/* However it goes: who is told that it begins is told that it ends. */
static void what_was_raised_is_ended_before_it_is_forgotten(void **state)
{
    (void)state;
    for (int now = 0; now < LIVES; now++)
        for (int input = 0; input < LIFE_INPUTS; input++) {
            struct life_step s =
                life_step((enum life)now, (enum life_input)input);
            bool was = now == LIFE_ACTIVE || now == LIFE_CALMING;
            bool is = s.next == LIFE_ACTIVE || s.next == LIFE_CALMING;
            bool ends = s.deed == LIFE_END || s.deed == LIFE_CLOSE;

            assert_int_equal(!was && is, s.deed == LIFE_RAISE);
            assert_int_equal(was && !is, ends);
            if (input == LIFE_DROPPED)
                assert_int_equal(s.next, LIFE_NONE);
        }
}

static void returns_that_are_many_and_close_are_flapping(void **state)
{
    static const struct flap_limits limits[] = {
        {FLAPS, FLAP_SPAN_MS, FLAP_CALM_MS},
        {1, 60000, 1000},
        {FLAPS_MAX, 100000, 1000}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(limits); k++) {
        const struct flap_limits *l = &limits[k];
        struct flaps f = {0};
        struct mono start = {1000};

        for (int i = 0; i < l->times - 1; i++)
            flaps_note(&f, mono_after_ms(start, i * 1000));
        assert_false(flaps_many(&f, l, mono_after_ms(start, 9000)));
        flaps_note(&f, mono_after_ms(start, l->times > 1 ? 9500 : 0));
        assert_true(flaps_many(&f, l, mono_after_ms(start, 9500)));
        assert_true(flaps_many(&f, l, mono_after_ms(start, l->within_ms)));
        assert_false(flaps_many(&f, l, mono_after_ms(start, l->within_ms + 1)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_goes_as_the_table_says),
        cmocka_unit_test(what_was_raised_is_ended_before_it_is_forgotten),
        cmocka_unit_test(returns_that_are_many_and_close_are_flapping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
