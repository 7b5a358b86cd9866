/* What nobody can read yet is kept, within bounds, and handed out once. */
#include "wire/strangers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct mono begin = {.ns = 1000000000};

static struct addr address(unsigned n)
{
    const uint8_t octets[4] = {192, 0, (uint8_t)(n >> 8), (uint8_t)n};

    return addr_v4(octets);
}

static bool keep(struct strangers *s, unsigned from, const char *text,
                 struct mono came)
{
    struct stranger m = {
        .from = address(from), .came = came, .octets = bytes_of_text(text)};
    bool first;

    strangers_keep(s, &m, &first);
    return first;
}

/* Reads all that begin with '+', and writes what it was shown. */
static bool read_some(void *arg, const struct stranger *m)
{
    char *seen = arg;

    strncat(seen, (const char *)m->octets.at, m->octets.len);
    return m->octets.at[0] == '+';
}

static void what_is_read_is_forgotten(void **state)
{
    OWNED(strangers_free) struct strangers *s = strangers_new();
    char seen[64] = "", again[64] = "";
    struct addr one = address(1);

    (void)state;
    assert_true(keep(s, 1, "+a", begin));
    assert_false(keep(s, 1, "-b", begin));
    assert_true(keep(s, 2, "+c", begin));
    strangers_replay(s, &one, begin, read_some, seen);
    assert_string_equal(seen, "+a-b");
    assert_int_equal(strangers_count(s), 2);
    strangers_replay(s, NULL, begin, read_some, again);
    assert_string_equal(again, "-b+c");
    assert_int_equal(strangers_count(s), 1);
}

static void what_is_old_is_not_read(void **state)
{
    OWNED(strangers_free) struct strangers *s = strangers_new();
    char seen[64] = "";

    (void)state;
    keep(s, 1, "+a", begin);
    strangers_replay(s, NULL,
                     mono_after_ms(begin, (STRANGERS_KEEP_S + 1) * 1000LL),
                     read_some, seen);
    assert_string_equal(seen, "");
    assert_int_equal(strangers_count(s), 0);
}

static void nobody_has_more_than_a_share_and_all_have_a_bound(void **state)
{
    OWNED(strangers_free) struct strangers *s = strangers_new();

    (void)state;
    for (unsigned i = 0; i < 2 * STRANGER_MAX; i++)
        keep(s, 1, "+a", begin);
    assert_int_equal(strangers_count(s), STRANGER_MAX);
    for (unsigned i = 0; i < 2 * STRANGERS_MAX; i++)
        keep(s, 2 + i, "+b", begin);
    assert_true(strangers_count(s) <= STRANGERS_MAX);
    assert_true(strangers_count(s) > STRANGERS_MAX / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_forgotten),
        cmocka_unit_test(what_is_old_is_not_read),
        cmocka_unit_test(nobody_has_more_than_a_share_and_all_have_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
