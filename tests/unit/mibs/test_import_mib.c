/* Names of MIB modules to numbers, through net-snmp's parser: kinds, indexes, a
 * module of a later directory before one of an earlier, and broken ones. */
#include "mibs/import_mib.h"

#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What these modules need of SMI, as far as the parser looks. */
static const char smi[] = "SNMPv2-SMI DEFINITIONS ::= BEGIN\n"
                          "org OBJECT IDENTIFIER ::= { iso 3 }\n"
                          "dod OBJECT IDENTIFIER ::= { org 6 }\n"
                          "internet OBJECT IDENTIFIER ::= { dod 1 }\n"
                          "private OBJECT IDENTIFIER ::= { internet 4 }\n"
                          "enterprises OBJECT IDENTIFIER ::= { private 1 }\n"
                          "END\n";

#define HEAD(name)                                                    \
    name " DEFINITIONS ::= BEGIN\nIMPORTS enterprises, OBJECT-TYPE, " \
         "Integer32 FROM SNMPv2-SMI;\n"
#define OBJECT(name, syntax, at)                                       \
    name " OBJECT-TYPE SYNTAX " syntax " MAX-ACCESS read-only STATUS " \
         "current DESCRIPTION \"\" ::= { " at " }\n"

static const char acme[] =
    HEAD("ACME-MIB") "acme OBJECT IDENTIFIER ::= { enterprises 99999 }\n" OBJECT(
        "acmeModel", "OCTET STRING", "acme 1")
        OBJECT(
            "acmeTable", "SEQUENCE OF AcmeEntry",
            "acme 2") "acmeEntry OBJECT-TYPE SYNTAX AcmeEntry MAX-ACCESS not-accessible STATUS "
                      "current DESCRIPTION \"\" INDEX { acmeSlot, acmePort } ::= { acmeTable 1 "
                      "}\n"
                      "AcmeEntry ::= SEQUENCE { acmeSlot Integer32, acmePort Integer32, acmeTemp "
                      "Integer32 }\n" OBJECT("acmeSlot", "Integer32",
                                             "acmeEntry 1")
                          OBJECT("acmePort", "Integer32", "acmeEntry 2") OBJECT(
                              "acmeTemp", "Integer32", "acmeEntry 3")
                              OBJECT("acme_odd", "Integer32", "acme 3") "END\n";

/* The same name in two directories. */
static const char old[] =
    HEAD("TWICE-MIB") "twice OBJECT IDENTIFIER ::= { enterprises 1111 }\nEND\n";
static const char new[] =
    HEAD("TWICE-MIB") "twice OBJECT IDENTIFIER ::= { enterprises 2222 }\nEND\n";

static const char broken[] =
    "BROKEN-MIB DEFINITIONS ::= BEGIN\nIMPORTS nothing FROM NOWHERE-MIB;\n"
    "half OBJECT-TYPE SYNTAX ::= { nothing \nEND";

static char directory[] = "/tmp/portolan-import-XXXXXX";

static void file_put(const char *dir, const char *name, const char *text)
{
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s/%s", directory, dir);
    assert_int_equal(file_make_dir(path.at, 0755), 0);
    buffer_format(&path, "/%s", name);
    assert_int_equal(file_write(path.at, bytes_of_text(text), 0644), 0);
}

static void directory_use(const char *dir)
{
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s/%s", directory, dir);
    assert_true(mib_parser_directory(path.at) > 0);
}

static int modules_make(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    file_put("base", "SNMPv2-SMI", smi);
    file_put("base", "ACME-MIB.txt", acme);
    file_put("base", "broken", broken);
    file_put("base", "twice", old);
    file_put("vendor", "twice.mib", new);
    mib_parser_start();
    directory_use("base");
    directory_use("vendor");
    return 0;
}

static int modules_remove(void **state)
{
    struct buffer OWNED_BUFFER command = {0};

    (void)state;
    buffer_format(&command, "rm -r %s", directory);
    return system(command.at);
}

static const struct mib_own any = {.count = 0};

static const struct {
    const char *module, *name, *oid; /* NULL: not found */
    uint8_t kind, index_count;
    bool is_text;
} cases[] = {
    {"ACME-MIB", "acme", "1.3.6.1.4.1.99999", MIB_NODE, 0, false},
    {"ACME-MIB", "acmeModel", "1.3.6.1.4.1.99999.1", MIB_SCALAR, 0, true},
    {"ACME-MIB", "acmeTable", "1.3.6.1.4.1.99999.2", MIB_TABLE, 2, false},
    {"ACME-MIB", "acmeEntry", "1.3.6.1.4.1.99999.2.1", MIB_ENTRY, 2, false},
    {"ACME-MIB", "acmeTemp", "1.3.6.1.4.1.99999.2.1.3", MIB_COLUMN, 2, false},
    {"ACME-MIB", "acme_odd", "1.3.6.1.4.1.99999.3", MIB_SCALAR, 0, false},
    {"", "acmeTemp", "1.3.6.1.4.1.99999.2.1.3", MIB_COLUMN, 2, false},
    {"TWICE-MIB", "twice", "1.3.6.1.4.1.2222", MIB_NODE, 0, false},
    {"ACME-MIB", "acmeNothing", NULL, 0, 0, false},
    {"TWICE-MIB", "acmeTemp", NULL, 0, 0, false},
    {"BROKEN-MIB", "half", NULL, 0, 0, false},
    {"NOWHERE-MIB", "nothing", NULL, 0, 0, false},
};

static void names_are_found(void **state)
{
    const struct mib_names names = mib_parser_names(&any);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mib_object o;
        char text[OID_TEXT_MAX];
        bool found = names.find(names.arg, cases[i].module, cases[i].name, &o);

        print_message("  %s::%s\n", cases[i].module, cases[i].name);
        assert_int_equal(found, cases[i].oid != NULL);
        if (!found)
            continue;
        assert_string_equal(oid_format(oid_view(&o.oid), text, sizeof text),
                            cases[i].oid);
        assert_int_equal(o.kind, cases[i].kind);
        assert_int_equal(o.index_count, cases[i].index_count);
        assert_int_equal(o.is_text, cases[i].is_text);
    }
}

static void modules_of_others_are_told_apart(void **state)
{
    struct buffer OWNED_BUFFER vendor = {0};
    struct mib_own own = {.count = 1};
    struct mib_object o;

    (void)state;
    buffer_format(&vendor, "%s/vendor", directory);
    own.at[0] = vendor.at;
    const struct mib_names names = mib_parser_names(&own);

    assert_true(names.find(names.arg, "TWICE-MIB", "twice", &o));
    assert_false(o.is_foreign);
    assert_true(names.find(names.arg, "ACME-MIB", "acme", &o));
    assert_true(o.is_foreign);
}

static void count(void *arg, const char *name, struct oid oid)
{
    size_t *counted = arg;

    assert_true(name[0] != '\0' && oid.len > 6);
    (*counted)++;
}

static void every_name_of_a_module_is_told(void **state)
{
    const struct mib_names names = mib_parser_names(&any);
    size_t counted = 0;

    (void)state;
    names.each(names.arg, "ACME-MIB", count, &counted);
    assert_int_equal(counted, 8);
    names.each(names.arg, "NOWHERE-MIB", count, &counted);
    assert_int_equal(counted, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(modules_of_others_are_told_apart),
        cmocka_unit_test(every_name_of_a_module_is_told),
    };

    return cmocka_run_group_tests(tests, modules_make, modules_remove);
}
