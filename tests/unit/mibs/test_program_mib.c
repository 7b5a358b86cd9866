/* What is installed on hosts and what runs there, from walks. */
#include "mibs/program_mib.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOST "1.3.6.1.2.1.25."

static void take(struct programs *p, const char *oid, struct value v)
{
    struct oid_store name;

    assert_int_equal(oid_parse(oid, &name), 0);
    programs_take(p, oid_view(&name), &v);
}

static void text(struct programs *p, const char *oid, const char *said)
{
    take(p, oid,
         (struct value){.type = VALUE_OCTETS, .octets = bytes_of_text(said)});
}

static void number(struct programs *p, const char *oid, int64_t said)
{
    take(p, oid, (struct value){.type = VALUE_INTEGER, .integer = said});
}

static void products_have_name_type_and_date(void **state)
{
    OWNED(programs_free) struct programs *p = programs_new();
    static const uint8_t date[] = {0x07, 0xe8, 5, 31, 12, 30, 7, 0};
    const struct program *list;
    size_t cut;

    (void)state;
    number(p, HOST "6.3.1.1.9", 9);
    number(p, HOST "6.3.1.1.2", 2);
    text(p, HOST "6.3.1.2.9", "bash-5.2\x01");
    text(p, HOST "6.3.1.2.2", "kernel");
    number(p, HOST "6.3.1.4.2", 2);
    number(p, HOST "6.3.1.4.9", 77);
    take(p, HOST "6.3.1.5.2",
         (struct value){.type = VALUE_OCTETS, .octets = {date, sizeof date}});
    take(p, HOST "6.3.1.5.9",
         (struct value){.type = VALUE_OCTETS, .octets = {date, 3}});
    text(p, HOST "6.3.1.2.2.1", "no row");
    text(p, "1.3.6.1.2.1.1.5.0", "no program");
    assert_int_equal(programs_list(p, &list, &cut), 2);
    assert_int_equal(cut, 0);
    assert_int_equal(list[0].index, 2);
    assert_string_equal(list[0].name, "kernel");
    assert_string_equal(list[0].type, "operatingSystem");
    assert_string_equal(list[0].installed, "2024-05-31 12:30:07");
    assert_string_equal(list[1].type, "");
    assert_string_equal(list[1].installed, "");
    assert_null(strchr(list[1].name, 1));
    assert_true(isnan(list[1].cpu_s));
}

static void processes_have_what_they_take(void **state)
{
    OWNED(programs_free) struct programs *p = programs_new();
    const struct program *list;
    size_t cut;

    (void)state;
    text(p, HOST "4.2.1.2.77", "sshd");
    text(p, HOST "4.2.1.4.77", "/usr/sbin/sshd");
    text(p, HOST "4.2.1.5.77", "-D");
    number(p, HOST "4.2.1.6.77", 4);
    number(p, HOST "4.2.1.7.77", 2);
    number(p, HOST "5.1.1.1.77", 250);
    number(p, HOST "5.1.1.2.77", 3);
    number(p, HOST "5.1.1.1.78", 5); /* it ended in between */
    assert_int_equal(programs_list(p, &list, &cut), 1);
    assert_string_equal(list->path, "/usr/sbin/sshd");
    assert_string_equal(list->parameters, "-D");
    assert_string_equal(list->status, "runnable");
    assert_true(list->cpu_s == 2.5);
    assert_true(list->memory_bytes == 3072);
}

static void a_host_without_end_is_cut(void **state)
{
    OWNED(programs_free) struct programs *p = programs_new();
    const struct program *list;
    size_t cut;
    char oid[64];

    (void)state;
    for (int column = 1; column <= 2; column++)
        for (int i = 1; i <= PROGRAMS_MAX + 3; i++) {
            snprintf(oid, sizeof oid, HOST "6.3.1.%d.%d", column, i);
            text(p, oid, "x");
        }
    assert_int_equal(programs_list(p, &list, &cut), PROGRAMS_MAX);
    assert_int_equal(cut, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_have_name_type_and_date),
        cmocka_unit_test(processes_have_what_they_take),
        cmocka_unit_test(a_host_without_end_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
