/* Tables stand straight on a terminal, and lose nothing when piped. */
#include "north/cli_grid.h"
#include "north/cli_print.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct grid_column columns[] = {
    {"name", "Name", UNIT_TEXT},
    {"speed_bps", "Speed", UNIT_BITS},
    {"alias", "Alias", UNIT_TEXT},
    {"id", NULL, UNIT_TEXT},
};

static struct grid *two_rows(const char *first, const char *alias)
{
    struct grid *g = grid_new(columns, COUNT(columns));

    grid_text(g, first);
    grid_number(g, 1e9);
    grid_text(g, alias);
    grid_text(g, "0001");
    grid_row(g);
    grid_text(g, "lo");
    grid_number(g, (double)NAN);
    grid_row(g);
    return g;
}

static void columns_are_aligned(void **state)
{
    (void)state;
    OWNED(grid_free) struct grid *g = two_rows("GigabitEthernet1", "up");
    struct buffer OWNED_BUFFER out = {0};

    grid_print(g, &out);
    assert_string_equal(out.at, "Name                 Speed  Alias\n"
                                "GigabitEthernet1  1 Gbit/s  up\n"
                                "lo\n"); /* no blanks behind */
    assert_null(strstr(out.at, "0001")); /* for programs alone */
}

static void columns_without_a_value_are_left_out(void **state)
{
    (void)state;
    OWNED(grid_free) struct grid *g = two_rows("eth0", "");
    struct buffer OWNED_BUFFER out = {0};

    grid_print(g, &out);
    assert_string_equal(out.at, "Name     Speed\n"
                                "eth0  1 Gbit/s\n"
                                "lo\n");
}

static void wide_characters_count_as_wide(void **state)
{
    (void)state;
    assert_int_equal(grid_width("abc"), 3);
    assert_int_equal(grid_width("M\xc3\xbcnchen"), 7);
    assert_int_equal(grid_width("\xe5\x8d\x8e\xe4\xb8\xba"), 4); /* CJK */
    assert_int_equal(grid_width(""), 0);
    assert_int_equal(grid_width("\xff\xfe"), 2); /* broken: still ends */

    OWNED(grid_free) struct grid *g = two_rows("\xe5\x8d\x8e\xe4\xb8\xba", "x");
    struct buffer OWNED_BUFFER out = {0};
    grid_print(g, &out);
    assert_string_equal(out.at, "Name     Speed  Alias\n"
                                "\xe5\x8d\x8e\xe4\xb8\xba  1 Gbit/s  x\n"
                                "lo\n");
}

static void control_characters_harm_no_terminal(void **state)
{
    (void)state;
    OWNED(grid_free)
    struct grid *g = two_rows("a\x1b[31mb\nc\td", "\x9b"
                                                  "2J\x7f");
    struct buffer OWNED_BUFFER out = {0};

    grid_print(g, &out);
    for (size_t i = 0; i < out.len; i++)
        if (((unsigned char)out.at[i] < ' ' && out.at[i] != '\n') ||
            out.at[i] == 0x7f)
            fail_msg("octet %02x at %zu", (unsigned char)out.at[i], i);
    assert_non_null(strstr(out.at, "a[31mb c d"));
}

static void programs_get_every_column_escaped(void **state)
{
    (void)state;
    OWNED(grid_free) struct grid *g = two_rows("a\tb\\c\nd", "");
    struct buffer OWNED_BUFFER out = {0}, OWNED_BUFFER more = {0};

    grid_print_tsv(g, true, &out);
    assert_string_equal(out.at, "name\tspeed_bps\talias\tid\n"
                                "a\\tb\\\\c\\nd\t1000000000\t\t0001\n"
                                "lo\t\t\t\n");
    grid_print_tsv(g, false, &more);
    assert_memory_equal(more.at, "a\\tb", 4);
}

static void an_empty_table_is_a_header_for_programs(void **state)
{
    (void)state;
    OWNED(grid_free) struct grid *g = grid_new(columns, COUNT(columns));
    struct buffer OWNED_BUFFER out = {0}, OWNED_BUFFER shown = {0};

    grid_print_tsv(g, true, &out);
    assert_string_equal(out.at, "name\tspeed_bps\talias\tid\n");
    grid_print(g, &shown);
    assert_int_equal(shown.len, 0);
}

static void records_show_what_is_known(void **state)
{
    (void)state;
    OWNED(grid_free) struct grid *g = two_rows("core", "");
    struct buffer OWNED_BUFFER out = {0}, OWNED_BUFFER tsv = {0};

    grid_print_record(g, &out);
    assert_string_equal(out.at, "Name:   core\nSpeed:  1 Gbit/s\n");
    grid_print_tsv_record(g, &tsv);
    assert_string_equal(tsv.at, "key\tvalue\nname\tcore\n"
                                "speed_bps\t1000000000\nalias\t\nid\t0001\n");
}

static const struct print_column printed[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"in_bps", "In", UNIT_OCTETS}, "rates/in_octets"},
    {{"addresses", "Addresses", UNIT_TEXT}, NULL},
    {{"laid_out", "Laid out", UNIT_FLAG}, NULL},
};

/* What the API says, by the paths of its members. */
static void members_become_cells(void **state)
{
    (void)state;
    json_t *o = json_pack("{s:s,s:{s:f},s:[s,s],s:b}", "name", "eth0", "rates",
                          "in_octets", 125.0, "addresses", "192.0.2.1",
                          "2001:db8::1", "laid_out", 1);
    json_t *other = json_pack("{s:i}", "name", 3); /* not what was expected */
    OWNED_PRINT_TABLE struct print_table t = {0};
    struct buffer OWNED_BUFFER out = {0};

    print_table_init(&t, printed, COUNT(printed));
    print_table_add(&t, printed, COUNT(printed), o);
    print_table_add(&t, printed, COUNT(printed), other);
    print_table_add(&t, printed, COUNT(printed), NULL);
    grid_print_tsv(t.grid, true, &out);
    assert_string_equal(out.at, "name\tin_bps\taddresses\tlaid_out\n"
                                "eth0\t1000\t192.0.2.1, 2001:db8::1\t1\n"
                                "3\t\t\t\n\t\t\t\n");
    json_decref(o);
    json_decref(other);
}

static int to_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned),
        cmocka_unit_test(columns_without_a_value_are_left_out),
        cmocka_unit_test(wide_characters_count_as_wide),
        cmocka_unit_test(control_characters_harm_no_terminal),
        cmocka_unit_test(programs_get_every_column_escaped),
        cmocka_unit_test(an_empty_table_is_a_header_for_programs),
        cmocka_unit_test(records_show_what_is_known),
        cmocka_unit_test(members_become_cells),
    };

    return cmocka_run_group_tests(tests, to_utf8, NULL);
}
