/* Who sends too much is told once, and once when it is over. */
#include "station/storms.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct mono begin = {.ns = 1000000000};

static struct addr address(unsigned n)
{
    const uint8_t octets[4] = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                               (uint8_t)n};

    return addr_v4(octets);
}

static void a_burst_is_none_and_what_is_more_is_one(void **state)
{
    OWNED(storms_free) struct storms *s = storms_new();
    struct addr from = address(1), other = address(2);
    struct storm over;

    (void)state;
    for (unsigned i = 0; i < STORM_BURST; i++)
        assert_int_equal(storms_take(s, &from, NULL, begin), STORM_NONE);
    assert_int_equal(storms_take(s, &from, NULL, begin), STORM_BEGINS);
    for (unsigned i = 0; i < 99; i++)
        assert_int_equal(storms_take(s, &from, NULL, begin), STORM_GOES_ON);
    assert_int_equal(storms_take(s, &other, NULL, begin), STORM_NONE);
    assert_int_equal(storms_count(s), 1);
    assert_false(storms_over(s, begin, &over));

    int64_t calm_ms = STORM_BURST * 1000LL / STORM_RATE / 2 + 1000;
    assert_true(storms_over(s, mono_after_ms(begin, calm_ms), &over));
    assert_int_equal(over.count, 100);
    assert_true(addr_equal(&over.from, &from));
    assert_false(storms_over(s, mono_after_ms(begin, calm_ms), &over));
    assert_int_equal(storms_count(s), 0);
}

static void a_steady_rate_is_none(void **state)
{
    OWNED(storms_free) struct storms *s = storms_new();
    struct addr from = address(1);

    (void)state;
    for (int64_t i = 0; i < 10000; i++)
        assert_int_equal(
            storms_take(s, &from, NULL,
                        mono_after_ms(begin, i * 1000 / STORM_RATE)),
            STORM_NONE);
}

/* Forged addresses cost a bound, and share one bucket beyond it. */
static void senders_have_a_bound(void **state)
{
    OWNED(storms_free) struct storms *s = storms_new();
    enum storm_verdict last = STORM_NONE;
    unsigned storms = 0;

    (void)state;
    for (unsigned i = 0; i < STORM_SENDERS_MAX + 3 * STORM_BURST; i++) {
        struct addr from = address(i);

        last = storms_take(s, &from, NULL, begin);
        storms += last == STORM_BEGINS;
    }
    assert_int_equal(last, STORM_GOES_ON);
    assert_int_equal(storms, 1);
}

/* New ones all the time do not keep those that were here once. */
static void strangers_do_not_keep_the_table_full(void **state)
{
    OWNED(storms_free) struct storms *s = storms_new();
    unsigned n = 0;
    int64_t ms = 0;

    (void)state;
    for (; n < STORM_SENDERS_MAX; n++) {
        struct addr from = address(n);

        assert_int_equal(storms_take(s, &from, NULL, begin), STORM_NONE);
    }
    for (; ms < 600000; ms += 500) {
        struct addr from = address(n++);

        (void)storms_take(s, &from, NULL, mono_after_ms(begin, ms));
    }
    for (unsigned i = 0; i < STORM_BURST + 100; i++) {
        struct addr from = address(n++);

        assert_int_equal(storms_take(s, &from, NULL, mono_after_ms(begin, ms)),
                         STORM_NONE);
    }
}

/* The alert of a storm ends where it began, whoever the sender is by then. */
static void a_storm_ends_as_whom_it_began(void **state)
{
    static const struct {
        const char *name;
        unsigned senders; /* before */
    } cases[] = {{"a sender", 0}, {"one of many", STORM_SENDERS_MAX}};
    const struct ident device = {{1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWNED(storms_free) struct storms *s = storms_new();
        struct addr from = address(STORM_SENDERS_MAX + 1);
        struct storm over;
        unsigned taken = 0;

        print_message("%s\n", cases[i].name);
        for (unsigned n = 0; n < cases[i].senders; n++) {
            struct addr other = address(n);

            (void)storms_take(s, &other, NULL, begin);
        }
        while (storms_take(s, &from, &device, begin) != STORM_BEGINS)
            assert_in_range(++taken, 1, STORM_BURST);
        (void)storms_take(s, &from, NULL, begin);
        assert_true(storms_over(s, mono_after_ms(begin, 3600000), &over));
        assert_true(ident_equal(&over.device, &device));
        assert_true(addr_equal(&over.from, &from));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_none_and_what_is_more_is_one),
        cmocka_unit_test(a_steady_rate_is_none),
        cmocka_unit_test(senders_have_a_bound),
        cmocka_unit_test(strangers_do_not_keep_the_table_full),
        cmocka_unit_test(a_storm_ends_as_whom_it_began),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
