/* Why addresses are of a device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "station/decisions.h"

static struct addr address(unsigned n)
{
    uint8_t octets[4] = {192, 0, 2, (uint8_t)n};

    return addr_v4(octets);
}

static bool note(struct decisions *list, unsigned n, enum decided_by by,
                 const char *why)
{
    struct decision d = {.addr = address(n),
                         .at.ms = 1000 + n,
                         .by = by,
                         .agree = sign_bit(SIGN_ENGINE) | sign_bit(SIGN_BOOT),
                         .differ = sign_bit(SIGN_NAME),
                         .why = (char *)why};

    return decisions_note(list, &d);
}

static void the_newest_decision_of_an_address_stands(void **state)
{
    struct decisions list = {0};
    struct addr first = address(1);

    (void)state;
    assert_true(note(&list, 1, DECIDED_FIRST, "first"));
    assert_false(note(&list, 1, DECIDED_FIRST, "first"));
    assert_true(note(&list, 2, DECIDED_KEYS, "same engine"));
    assert_true(note(&list, 1, DECIDED_TWIN, "one clock"));
    assert_int_equal(list.count, 2);
    assert_string_equal(decisions_of(&list, &first)->why, "one clock");
    decisions_forget(&list, &first);
    assert_null(decisions_of(&list, &first));
    assert_int_equal(list.count, 1);
    decisions_fini(&list);
}

static void there_are_not_more_than_so_many(void **state)
{
    struct decisions list = {0};
    struct addr oldest = address(0), newest = address(DECISIONS_MAX);

    (void)state;
    for (unsigned i = 0; i <= DECISIONS_MAX; i++)
        assert_true(note(&list, i, DECIDED_KEYS, "same engine"));
    assert_int_equal(list.count, DECISIONS_MAX);
    assert_null(decisions_of(&list, &oldest));
    assert_non_null(decisions_of(&list, &newest));
    decisions_fini(&list);
}

static void they_come_with_the_addresses(void **state)
{
    struct decisions to = {0}, from = {0};
    struct addr moved = address(2);

    (void)state;
    (void)note(&to, 1, DECIDED_FIRST, "first");
    (void)note(&from, 2, DECIDED_FIRST, "first too");
    decisions_move(&to, &from);
    assert_int_equal(from.count, 0);
    assert_string_equal(decisions_of(&to, &moved)->why, "first too");
    decisions_fini(&to);
}

static void they_are_read_back_as_written(void **state)
{
    struct decisions list = {0}, again = {0};

    (void)state;
    for (int by = 0; by < DECIDED_BYS; by++)
        (void)note(&list, (unsigned)by, (enum decided_by)by, "why");
    json_t *array = decisions_to_json(&list);
    decisions_from_json(&again, array);
    assert_int_equal(again.count, list.count);
    for (size_t i = 0; i < list.count; i++) {
        const struct decision *a = &list.at[i], *b = &again.at[i];

        assert_true(addr_equal(&a->addr, &b->addr));
        assert_int_equal(a->by, b->by);
        assert_int_equal(a->at.ms, b->at.ms);
        assert_int_equal(a->agree, b->agree);
        assert_int_equal(a->differ, b->differ);
        assert_string_equal(a->why, b->why);
    }
    json_decref(array);
    decisions_fini(&list);
    decisions_fini(&again);
}

static void what_cannot_be_read_is_left_out(void **state)
{
    static const char text[] =
        "[7, {}, {\"address\": \"x\", \"by\": \"keys\"},"
        " {\"address\": \"192.0.2.1\", \"by\": \"guess\"},"
        " {\"address\": \"192.0.2.1\", \"by\": \"keys\", \"agree\": [\"x\", 1]}]";
    struct decisions list = {0};
    json_t *array = json_loads(text, 0, NULL);

    (void)state;
    assert_non_null(array);
    decisions_from_json(&list, array);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.at[0].agree, 0);
    assert_string_equal(list.at[0].why, "");
    decisions_from_json(&list, NULL);
    assert_int_equal(list.count, 1);
    json_decref(array);
    decisions_fini(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_decision_of_an_address_stands),
        cmocka_unit_test(there_are_not_more_than_so_many),
        cmocka_unit_test(they_come_with_the_addresses),
        cmocka_unit_test(they_are_read_back_as_written),
        cmocka_unit_test(what_cannot_be_read_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
