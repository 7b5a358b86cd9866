/* Facts as tables: columns as users read them. */
#include "mibs/tables.h"
#include "tests/unit/mibs/agent.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static const struct said host[] = {
    {"1.3.6.1.2.1.1.1.0", 's', "A switch\nof two lines"},
    {"1.3.6.1.2.1.1.2.0", 'o', "1.3.6.1.4.1.99.1"},
    {"1.3.6.1.2.1.1.5.0", 's', "acc-1"},
    {"1.3.6.1.6.3.10.2.1.1.0", 'x', "8000000001"},
    {"1.3.6.1.2.1.2.2.1.2.2", 's', "port \"two\""},
    {"1.3.6.1.2.1.2.2.1.3.2", 'i', "6"},
    {"1.3.6.1.2.1.2.2.1.5.2", 'g', "0"},
    {"1.3.6.1.2.1.2.2.1.6.2", 'x', "0011223344ff"},
    {"1.3.6.1.2.1.2.2.1.7.2", 'i', "1"},
    {"1.3.6.1.2.1.2.2.1.8.2", 'i', "7"},
    {"1.3.6.1.2.1.31.1.1.1.1.10", 's', "Gi10"},
    {"1.3.6.1.2.1.31.1.1.1.15.10", 'g', "1000"},
    {"1.3.6.1.2.1.31.1.1.1.18.10", 's', "\\to a\tb\\"},
    {"1.3.6.1.2.1.17.7.1.4.3.1.1.7", 's', ""},
    {"1.3.6.1.2.1.17.7.1.4.3.1.2.7", 'x', "0020"},
    {"1.3.6.1.2.1.17.7.1.4.3.1.4.7", 'x', "0020"},
    {"1.3.6.1.2.1.17.7.1.4.3.1.5.7", 'i', "1"},
    {"1.3.6.1.2.1.17.1.1.0", 'x', "0011223344ff"},
    {"1.3.6.1.2.1.17.2.1.0", 'i', "3"},
    {"1.3.6.1.2.1.17.2.2.0", 'i', "32768"},
    {"1.3.6.1.2.1.17.2.5.0", 'x', "8000020000000009"},
    {"1.3.6.1.2.1.17.2.6.0", 'i', "4"},
    {"1.3.6.1.2.1.17.2.7.0", 'i', "8"},
    {"1.3.6.1.2.1.17.2.16.0", 'i', "2"},
    {"1.3.6.1.2.1.17.1.4.1.2.11", 'i', "2"},
    {"1.3.6.1.2.1.31.1.2.1.3.10.2", 'i', "1"},
    {"1.3.6.1.2.1.4.24.7.1.7.1.4.198.51.100.0.24.2.0.0.1.4.192.0.2.9", 'i',
     "2"},
    {"1.3.6.1.2.1.4.24.7.1.7.1.4.192.0.2.0.24.2.0.0.1.4.0.0.0.0", 'i', "2"},
    {"1.3.6.1.2.1.4.20.1.2.192.0.2.1", 'i', "2"},
    {"1.3.6.1.2.1.4.20.1.3.192.0.2.1", 'a', "255.255.255.0"},
    {"1.0.8802.1.1.2.1.4.1.1.4.0.10.1", 'i', "4"},
    {"1.0.8802.1.1.2.1.4.1.1.5.0.10.1", 'x', "020000000001"},
    {"1.0.8802.1.1.2.1.4.1.1.6.0.10.1", 'i', "3"},
    {"1.0.8802.1.1.2.1.4.1.1.7.0.10.1", 'x', "020000000002"},
    {"1.0.8802.1.1.2.1.4.1.1.10.0.10.1", 's', "Some OS\nline 2"},
    {"1.0.8802.1.1.2.1.4.2.1.3.0.10.1.1.4.192.0.2.9", 'i', "2"},
};

static void assert_table(const char *file, const char *want)
{
    OWNED(fact_tables_free) struct fact_tables *t = fact_tables_new();
    struct buffer OWNED_BUFFER out = {0};
    struct facts *f = FACTS_OF(host);

    fact_tables_add(t, "dev", f, "192.0.2.1,192.0.2.2", "lab", "up");
    assert_int_equal(fact_tables_print(t, file, &out), 0);
    assert_string_equal(out.at, want);
    facts_unref(f);
}

static void devices_have_first_line_type_and_kind(void **state)
{
    (void)state;
    assert_table("devices.tsv",
                 "name\tsysObjectID\tsysDescr\tos\tvendor\thardware\tversion\t"
                 "serial\tfeatures\ttype\tsysName\tlocation\taddresses\t"
                 "engineID\tcredential\tstate\tkind\n"
                 "dev\t1.3.6.1.4.1.99.1\tA switch\t\t\t\t\t\t\t\tacc-1\t\t"
                 "192.0.2.1,192.0.2.2\t8000000001\tlab\tup\tunknown\n");
}

static void ports_have_no_empty_name(void **state)
{
    (void)state;
    assert_table(
        "ports.tsv",
        "name\tifIndex\tifName\tifDescr\tifAlias\tifType\tifSpeed\t"
        "ifPhysAddress\tifAdminStatus\tifOperStatus\tifMtu\tifDuplex\n"
        "dev\t2\tport two\tport two\t\tethernetCsmacd\t0\t00:11:22:33:44:ff\t"
        "up\tlowerLayerDown\t\t\n"
        "dev\t10\tGi10\tGi10\tto a b\t\t1000000000\t\t\t\t\t\n");
}

static void neighbors_without_name_are_called_by_what_they_are(void **state)
{
    (void)state;
    assert_table("neighbors.tsv",
                 "name\tprotocol\tlocal_ifIndex\tlocal_ifName\tremote_name\t"
                 "remote_port\tremote_port_mac\tremote_platform\tremote_addr\t"
                 "remote_version\n"
                 "dev\tlldp\t10\tGi10\tSome OS\t02:00:00:00:00:02\t"
                 "02:00:00:00:00:02\t\t192.0.2.9\tSome OS\\nline 2\n");
}

static void nameless_vlans_and_addresses_are_told(void **state)
{
    (void)state;
    assert_table("vlans.tsv", "name\tvlan\tvlan_name\ndev\t7\tVLAN 7\n");
    assert_table("ipv4.tsv",
                 "name\tip\tprefixlen\tifIndex\ndev\t192.0.2.1\t24\t2\n");
    assert_table("ipv6.tsv", "name\tip\tprefixlen\tifIndex\n");
}

static void bridges_tell_ports_and_root(void **state)
{
    (void)state;
    assert_table("port_vlans.tsv", "name\tvlan\tbaseport\tuntagged\tifIndex\n"
                                   "dev\t7\t11\t1\t2\n");
    assert_table("stp.tsv",
                 "name\tvlan\tprotocol\tbridge_mac\tpriority\troot_mac\t"
                 "root_cost\troot_port\n"
                 "dev\t\trstp\t00:11:22:33:44:ff\t32768\t02:00:00:00:00:09\t"
                 "4\t8\n");
    assert_table("port_stack.tsv", "name\thigh_ifIndex\tlow_ifIndex\tstatus\n"
                                   "dev\t2\t10\tactive\n");
}

static void routes_tell_next_hop_or_none(void **state)
{
    (void)state;
    assert_table("routes.tsv", "name\tdest\tprefixlen\tnext_hop\tifIndex\n"
                               "dev\t192.0.2.0\t24\t0.0.0.0\t2\n"
                               "dev\t198.51.100.0\t24\t192.0.2.9\t2\n");
}

static void all_files_are_written(void **state)
{
    (void)state;
    static const char *const files[] = {
        "devices.tsv",    "ports.tsv",        "processors.tsv", "mempools.tsv",
        "storage.tsv",    "sensors.tsv",      "neighbors.tsv",  "fdb.tsv",
        "arp.tsv",        "vlans.tsv",        "port_vlans.tsv", "stp.tsv",
        "port_stack.tsv", "ipv4.tsv",         "ipv6.tsv",       "inventory.tsv",
        "supplies.tsv",   "transceivers.tsv", "routes.tsv",     "bgp.tsv",
        "ospf.tsv"};
    char dir[] = "/tmp/test_tables.XXXXXX", path[64];
    OWNED(fact_tables_free) struct fact_tables *t = fact_tables_new();
    struct buffer OWNED_BUFFER out = {0};

    assert_non_null(mkdtemp(dir));
    assert_int_equal(fact_tables_save(t, dir), 0);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        assert_string_equal(fact_tables_file(i), files[i]);
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_null(fact_tables_file(COUNT_OF(files)));
    assert_int_equal(rmdir(dir), 0); /* nothing else was written */
    assert_int_equal(fact_tables_print(t, "none.tsv", &out), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_have_first_line_type_and_kind),
        cmocka_unit_test(ports_have_no_empty_name),
        cmocka_unit_test(neighbors_without_name_are_called_by_what_they_are),
        cmocka_unit_test(nameless_vlans_and_addresses_are_told),
        cmocka_unit_test(bridges_tell_ports_and_root),
        cmocka_unit_test(routes_tell_next_hop_or_none),
        cmocka_unit_test(all_files_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
