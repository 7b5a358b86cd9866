/* Guesses take longer and longer, for an address and for a name; who is right
 * starts anew; a table that is full forgets. */
#include "north/throttle.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct addr address(unsigned last)
{
    const uint8_t octets[4] = {192, 0, (uint8_t)(last >> 8), (uint8_t)last};

    return addr_v4(octets);
}

static struct mono at_s(int64_t seconds)
{
    return (struct mono){.ns = (1000 + seconds) * INT64_C(1000000000)};
}

static void an_address_waits_twice_as_long_each_time(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    const struct addr from = address(1), other = address(2);
    static const unsigned waits[] = {1,  2,   4,   8,   16, 32,
                                     64, 128, 256, 300, 300};
    char name[16];
    int64_t now = 0;
    unsigned guess = 0;

    (void)state;
    for (; guess < 5; guess++) { /* other names each time */
        (void)snprintf(name, sizeof name, "n%u", guess);
        assert_int_equal(throttle_guess(t, &from, name, at_s(now)), 0);
    }
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        (void)snprintf(name, sizeof name, "n%u", guess++);
        assert_int_equal(throttle_guess(t, &from, name, at_s(now)), 0);
        (void)snprintf(name, sizeof name, "n%u", guess++);
        assert_int_equal(throttle_guess(t, &from, name, at_s(now)), waits[i]);
        assert_int_equal(throttle_guess(t, &other, "x", at_s(10 * now)), 0);
        throttle_succeed(t, &other, "x", at_s(10 * now));
        now += waits[i];
    }
    /* An hour without any. */
    assert_int_equal(throttle_guess(t, &from, "y", at_s(now + 3600)), 0);
    assert_int_equal(throttle_guess(t, &from, "y", at_s(now + 3600)), 0);
}

static void a_name_waits_less_whoever_guesses(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    struct addr from = address(0);
    unsigned wait_s = 0, guesses = 0;

    (void)state;
    while (wait_s == 0 && guesses < 100) { /* each from elsewhere */
        from = address(guesses++);
        wait_s = throttle_guess(t, &from, "ann", at_s(0));
    }
    assert_int_equal(guesses, 12);
    assert_int_equal(wait_s, 1);
    from = address(500);
    assert_int_equal(throttle_guess(t, &from, "bob", at_s(0)), 0);
    for (int64_t now = 100; now < 1000; now += 100) {
        from = address((unsigned)now);
        assert_int_equal(throttle_guess(t, &from, "ann", at_s(now)), 0);
        from = address((unsigned)now + 1);
        assert_true(throttle_guess(t, &from, "ann", at_s(now)) <= 30);
    }
}

static void who_is_right_starts_anew(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    const struct addr from = address(1);

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(throttle_guess(t, &from, "ann", at_s(0)), 0);
        throttle_succeed(t, &from, "ann", at_s(0));
    }
}

static void strangers_do_not_lock_out_who_signed_in_before(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    const struct addr home = address(1), new_place = address(2);
    struct addr from;

    (void)state;
    assert_int_equal(throttle_guess(t, &home, "ann", at_s(0)), 0);
    throttle_succeed(t, &home, "ann", at_s(0));
    for (unsigned i = 0; i < 20; i++) {
        from = address(100 + i);
        (void)throttle_guess(t, &from, "ann", at_s(60));
    }
    assert_int_not_equal(throttle_guess(t, &new_place, "ann", at_s(60)), 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(throttle_guess(t, &home, "ann", at_s(60)), 0);
    /* Nor is there more than what an address may. */
    for (unsigned i = 0; i < 2; i++)
        (void)throttle_guess(t, &home, "ann", at_s(60));
    assert_int_not_equal(throttle_guess(t, &home, "ann", at_s(60)), 0);
}

static void
failures_are_forgotten_though_the_address_goes_on_asking(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    const struct addr from = address(1);
    int64_t now = 0;

    (void)state;
    for (unsigned i = 0; i < 8; i++, now += 60)
        assert_int_equal(throttle_guess(t, &from, "ann", at_s(now)), 0);
    for (int64_t end = now + 7200; now < end; now += 600)
        assert_true(throttle_ask(t, &from, at_s(now)));
    assert_int_equal(throttle_guess(t, &from, "ann", at_s(now)), 0);
    assert_int_equal(throttle_guess(t, &from, "ann", at_s(now)), 0);
}

static void a_network_of_ipv6_is_one(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    struct addr from;
    unsigned wait_s = 0;

    (void)state;
    for (unsigned i = 0; i < 10 && wait_s == 0; i++) {
        char text[32], name[8];

        (void)snprintf(text, sizeof text, "2001:db8::%x", i + 1);
        (void)snprintf(name, sizeof name, "n%u", i);
        assert_int_equal(addr_parse(text, &from), 0);
        wait_s = throttle_guess(t, &from, name, at_s(0));
    }
    assert_int_equal(wait_s, 1);
    assert_int_equal(addr_parse("2001:db8:0:1::1", &from), 0);
    assert_int_equal(throttle_guess(t, &from, "other", at_s(0)), 0);
}

static void strangers_ask_at_a_pace(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();
    const struct addr from = address(1), other = address(2);
    unsigned asked = 0;

    (void)state;
    while (throttle_ask(t, &from, at_s(0)))
        asked++;
    assert_int_equal(asked, 100);
    assert_true(throttle_ask(t, &other, at_s(0)));
    for (asked = 0; throttle_ask(t, &from, at_s(1)); asked++)
        ;
    assert_int_equal(asked, 20);
}

static void a_flood_of_strangers_is_bounded(void **state)
{
    OWNED(throttle_free) struct throttle *t = throttle_new();

    (void)state;
    for (unsigned i = 0; i < 60000; i++) {
        const struct addr from = address(i);

        assert_int_equal(throttle_guess(t, &from, "", at_s(i * 40)), 0);
        (void)throttle_ask(t, &from, at_s(i * 40));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_waits_twice_as_long_each_time),
        cmocka_unit_test(a_name_waits_less_whoever_guesses),
        cmocka_unit_test(who_is_right_starts_anew),
        cmocka_unit_test(strangers_do_not_lock_out_who_signed_in_before),
        cmocka_unit_test(
            failures_are_forgotten_though_the_address_goes_on_asking),
        cmocka_unit_test(a_network_of_ipv6_is_one),
        cmocka_unit_test(strangers_ask_at_a_pace),
        cmocka_unit_test(a_flood_of_strangers_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
