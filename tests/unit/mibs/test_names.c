/* Names of objects: built in, and of MIB files. */
#include "mibs/names.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void built_in_names_are_found_and_shown(void **state)
{
    (void)state;
    static const struct {
        const char *text, *oid, *shown; /* NULL: not found; as found */
    } cases[] = {
        {"sysDescr.0", "1.3.6.1.2.1.1.1.0", "SNMPv2-MIB::sysDescr.0"},
        {"SNMPv2-MIB::sysName.0", "1.3.6.1.2.1.1.5.0", "SNMPv2-MIB::sysName.0"},
        {"IF-MIB::ifDescr.10101", "1.3.6.1.2.1.2.2.1.2.10101",
         "IF-MIB::ifDescr.10101"},
        {"ifXTable", "1.3.6.1.2.1.31.1.1", "IF-MIB::ifXTable"},
        {"ifHCOutOctets", "1.3.6.1.2.1.31.1.1.1.10", "IF-MIB::ifHCOutOctets"},
        {"ifAlias", "1.3.6.1.2.1.31.1.1.1.18", "IF-MIB::ifAlias"},
        {"dot3StatsDuplexStatus", "1.3.6.1.2.1.10.7.2.1.19",
         "EtherLike-MIB::dot3StatsDuplexStatus"},
        {"ipNetToPhysicalTable", "1.3.6.1.2.1.4.35",
         "IP-MIB::ipNetToPhysicalTable"},
        {"inetCidrRouteTable", "1.3.6.1.2.1.4.24.7",
         "IP-FORWARD-MIB::inetCidrRouteTable"},
        {"dot1dStpPortTable", "1.3.6.1.2.1.17.2.15",
         "BRIDGE-MIB::dot1dStpPortTable"},
        {"dot1dBridge", "1.3.6.1.2.1.17", "BRIDGE-MIB::dot1dBridge"},
        {"dot3adAggPortAttachedAggID", "1.2.840.10006.300.43.1.2.1.1.13",
         "IEEE8023-LAG-MIB::dot3adAggPortAttachedAggID"},
        {"lldpRemSysName", "1.0.8802.1.1.2.1.4.1.1.9",
         "LLDP-MIB::lldpRemSysName"},
        {"memCached.0", "1.3.6.1.4.1.2021.4.15.0", "UCD-SNMP-MIB::memCached.0"},
        {".1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.3.0", "SNMPv2-MIB::sysUpTime.0"},
        {"1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999.1",
         "SNMPv2-SMI::enterprises.99999.1"},
        {"2.999.1", "2.999.1", "2.999.1"},
        {"IP-MIB::ifDescr.1", NULL, NULL},
        {"noSuchName", NULL, NULL},
        {"ifDescr.x", NULL, NULL},
        {"ifDescr.1.", NULL, NULL},
        {"::", NULL, NULL},
        {"", NULL, NULL},
    };
    OWNED(names_free) struct names *n = names_load(NULL, 0);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER shown = {0};
        struct oid_store o;
        char text[OID_TEXT_MAX];
        int rc = names_find(n, cases[i].text, &o);

        print_message("%s\n", cases[i].text);
        assert_int_equal(rc, cases[i].oid != NULL ? 0 : -ENOENT);
        if (rc < 0) {
            assert_int_equal(o.len, 0);
            continue;
        }
        assert_string_equal(oid_format(oid_view(&o), text, sizeof text),
                            cases[i].oid);
        names_format(n, oid_view(&o), &shown);
        assert_string_equal(shown.at, cases[i].shown);
    }
}

static void assert_value(const struct names *n, const char *name,
                         const struct value *v, const char *want)
{
    struct buffer OWNED_BUFFER out = {0};
    struct oid_store o;

    assert_int_equal(names_find(n, name, &o), 0);
    names_value(n, oid_view(&o), v, &out);
    assert_string_equal(out.len > 0 ? out.at : "", want);
}

static void values_are_shown_in_words(void **state)
{
    (void)state;
    static const uint8_t mac[] = {0, 0x11, 0x22, 0x33, 0x44, 0xff};
    static const uint32_t sub[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 5};
    OWNED(names_free) struct names *n = names_load(NULL, 0);
    struct value number = {.type = VALUE_INTEGER, .integer = 7};
    struct value octets = {.type = VALUE_OCTETS, .octets = {mac, sizeof mac}};
    struct value oid = {.type = VALUE_OID, .oid = {sub, COUNT_OF(sub)}};
    struct value ticks = {.type = VALUE_TICKS, .number = 9000};

    assert_value(n, "ifOperStatus.1", &number, "lowerLayerDown(7)");
    assert_value(n, "ifAdminStatus.1", &number, "7");
    number.integer = 6;
    assert_value(n, "ifType.1", &number, "ethernetCsmacd(6)");
    number.integer = 99999;
    assert_value(n, "ifType.1", &number, "99999");
    number.integer = -1;
    assert_value(n, "ifOperStatus.1", &number, "-1");
    assert_value(n, "ifPhysAddress.1", &octets, "00:11:22:33:44:ff");
    assert_value(n, "ifDescr.1", &octets, "00 11 22 33 44 ff");
    assert_value(n, "sysObjectID.0", &oid, "IF-MIB::ifIndex.5");
    assert_value(n, "sysUpTime.0", &ticks, "9000 (1 min 30 s)");
}

/* A module that stands on nothing but itself. */
static const char module_text[] =
    "TEST-PORTOLAN-MIB DEFINITIONS ::= BEGIN\n"
    "testRoot OBJECT IDENTIFIER ::= { iso org(3) dod(6) internet(1) "
    "private(4) enterprises(1) 32473 }\n"
    "testDoor OBJECT-TYPE\n"
    "    SYNTAX INTEGER { open(1), shut(2) }\n"
    "    MAX-ACCESS read-only\n"
    "    STATUS current\n"
    "    DESCRIPTION \"A door.\"\n"
    "    ::= { testRoot 5 }\n"
    "END\n";

static void names_of_files_are_found_too(void **state)
{
    (void)state;
    char dir[] = "/tmp/test_names.XXXXXX", path[64], broken[64];
    const char *dirs[] = {"/nonexistent", dir};
    struct value shut = {.type = VALUE_INTEGER, .integer = 2};
    struct buffer OWNED_BUFFER shown = {0};
    struct oid_store o;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/TEST-PORTOLAN-MIB.txt", dir);
    snprintf(broken, sizeof broken, "%s/BROKEN-MIB.txt", dir);
    assert_int_equal(file_write(path, bytes_of_text(module_text), 0644), 0);
    assert_int_equal(
        file_write(broken, bytes_of_text("BROKEN-MIB DEFINITIONS ::= BEGIN x"),
                   0644),
        0);
    OWNED(names_free) struct names *n = names_load(dirs, COUNT_OF(dirs));

    assert_int_equal(names_find(n, "TEST-PORTOLAN-MIB::testDoor.0", &o), 0);
    names_format(n, oid_view(&o), &shown);
    assert_string_equal(shown.at, "TEST-PORTOLAN-MIB::testDoor.0");
    assert_value(n, "testDoor.0", &shut, "shut(2)");
    assert_int_equal(names_find(n, "ifDescr.1", &o), 0); /* still */
    assert_int_equal(names_find(n, "NO-MIB::testDoor", &o), -ENOENT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(broken), 0);
    assert_int_equal(rmdir(dir), 0); /* the parser left nothing behind */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_names_are_found_and_shown),
        cmocka_unit_test(values_are_shown_in_words),
        cmocka_unit_test(names_of_files_are_found_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
