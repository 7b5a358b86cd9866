/* The profiles that come with the station: sound, without ties, and matching
 * what agents of their kind say. */
#include "test_profile_agent.h"

#include "base/file.h"

#include <dirent.h>
#include <math.h>

static const char *const directory = "mibs/profiles";

static struct profiles *shipped(void)
{
    size_t faults = 0;

    return profiles_load(&directory, 1, fault_fails, NULL, &faults);
}

static void each_file_passes_its_check(void **state)
{
    DIR *dir = opendir(directory);
    unsigned files = 0;

    (void)state;
    assert_non_null(dir); /* run from the top of the tree */
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        char path[512];
        struct complaint why = {{0}, {0}, {0}};

        if (strstr(e->d_name, ".yaml") == NULL)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        int rc = profile_check(path, &why);

        if (rc < 0)
            print_error("%s: %s\n", why.place, why.what);
        assert_int_equal(rc, 0);
        files++;
    }
    closedir(dir);
    assert_true(files >= 5);
}

static void the_set_has_no_faults_and_no_ties(void **state)
{
    (void)state;
    OWNED(profiles_free) struct profiles *set = shipped();

    assert_true(profiles_count(set) > 500);
    assert_non_null(profiles_find(set, "generic"));
    for (size_t i = 1; i < profiles_count(set); i++)
        assert_true(strcmp(profile_name(profiles_at(set, i - 1)),
                           profile_name(profiles_at(set, i))) < 0);
}

/* What agents say, and what is made of it; "" is not looked at. */
static const struct {
    const char *object_id, *descr;
    const char *os, *vendor, *hardware, *version;
    enum device_kind kind;
} agents[] = {
    {"1.3.6.1.4.1.8072.3.2.10",
     "Linux gw 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 (2024-02-01) x86_64",
     "linux", "Linux", "Generic x86 64-bit", "6.1.0-18-amd64", KIND_SERVER},
    {"1.3.6.1.4.1.8072.3.2.8",
     "FreeBSD host 13.2-RELEASE FreeBSD 13.2-RELEASE GENERIC amd64", "freebsd",
     "FreeBSD", "amd64", "13.2-RELEASE", KIND_SERVER},
    {"1.3.6.1.4.1.8072.3.2.8", "pfSense fw 2.7.0-RELEASE FreeBSD amd64",
     "pfsense", "Netgate", "amd64", "2.7.0-RELEASE", KIND_FIREWALL},
    {"1.3.6.1.4.1.311.1.1.3.1.2",
     "Hardware: Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - "
     "Software: Windows Version 6.3 (Build 20348 Multiprocessor Free)",
     "windows", "Microsoft", "Intel x64", "Server 2022 (21H2)", KIND_SERVER},
    {"1.3.6.1.4.1.311.1.1.3.1.1",
     "Hardware: Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - "
     "Software: Windows Version 6.3 (Build 22631 Multiprocessor Free)",
     "windows", "Microsoft", "Intel x64", "11 (23H2)", KIND_HOST},
    {"1.3.6.1.4.1.9.1.516",
     "Cisco IOS Software, C3750 Software (C3750-IPBASE-M), Version "
     "12.2(25)SEE2, RELEASE SOFTWARE (fc1)",
     "ios", "Cisco", "catalyst37xxStack", "12.2(25)SEE2", KIND_SWITCH},
    {"1.3.6.1.4.1.9.1.577",
     "Cisco IOS Software, 2800 Software (C2800NM-ADVENTERPRISEK9-M), Version "
     "15.1(4)M12a, RELEASE SOFTWARE (fc1)",
     "ios", "Cisco", "cisco2821", "15.1(4)M12a", KIND_ROUTER},
    {"1.3.6.1.4.1.9.1.2593",
     "Cisco IOS Software [Amsterdam], Catalyst L3 Switch Software "
     "(CAT9K_IOSXE), Version 17.3.5, RELEASE SOFTWARE (fc2)",
     "iosxe", "Cisco", "", "CAT9K_IOSXE 17.3.5", KIND_SWITCH},
    {"1.3.6.1.4.1.9.1.1639",
     "Cisco IOS XR Software (Cisco ASR9K Series), Version 6.1.4[Default]",
     "iosxr", "Cisco", "ASR9K Series", "6.1.4", KIND_ROUTER},
    {"1.3.6.1.4.1.9.12.3.1.3.1812",
     "Cisco NX-OS(tm) n9000, Software (n9000-dk9), Version 7.0(3)I4(2), "
     "RELEASE SOFTWARE",
     "nxos", "Cisco", "", "7.0(3)I4(2)", KIND_SWITCH},
    {"1.3.6.1.4.1.9.1.2115", "Cisco Adaptive Security Appliance Version 9.8(2)",
     "asa", "Cisco", "", "9.8(2)", KIND_FIREWALL},
    {"1.3.6.1.4.1.2011.2.23.339",
     "S5700-28C-EI\r\nHuawei Versatile Routing Platform Software\r\n VRP (R) "
     "software,Version 5.130 (S5700 V200R003C00SPC300)\r\n",
     "vrp", "Huawei", "S5700-28C-EI", "5.130 (V200R003C00SPC300)", KIND_SWITCH},
    {"1.3.6.1.4.1.2636.1.1.1.2.57",
     "Juniper Networks, Inc. mx480 internet router, kernel JUNOS 17.4R2.4, "
     "Build date: 2018-07-24",
     "junos", "Juniper", "Juniper MX480", "17.4R2.4", KIND_ROUTER},
    {"1.3.6.1.4.1.2636.1.1.1.2.96",
     "Juniper Networks, Inc. srx345 internet router, kernel JUNOS 18.2R3.4, "
     "Build date: 2019-08-08",
     "junos", "Juniper", "Juniper SRX345", "18.2R3.4", KIND_FIREWALL},
    {"1.3.6.1.4.1.1991.1.3.61.2.1",
     "Ruckus Wireless, Inc. ICX7150-48-POEF, IronWare Version 08.0.90dT213 "
     "Compiled on Sep 19 2019 at 04:51:51 labeled as SPR08090d",
     "ironware", "Brocade", "ICX7150-48-POEF", "08.0.90dT213", KIND_SWITCH},
    {"1.3.6.1.4.1.1991.1.3.44.3.2",
     "Brocade NetIron MLX (System Mode: MLX), IronWare Version V5.6.0eT163 "
     "Compiled on Apr  1 2015",
     "ironware", "Brocade", "NetIron MLX", "5.6.0eT163", KIND_ROUTER},
    {"1.3.6.1.4.1.25506.11.1.101",
     "HPE Comware Platform Software, Software Version 7.1.070, Release 3208P03"
     "\r\nHPE 5130-24G-4SFP+ EI Switch\r\nCopyright (c) 2010-2017",
     "comware", "H3C", "5130-24G-4SFP+ EI", "7.1.070", KIND_SWITCH},
    {"1.3.6.1.4.1.11.2.3.7.11.161",
     "HP J9850A Switch 5406Rzl2, revision KB.15.18.0013, ROM KB.15.01",
     "procurve", "HPE", "J9850A Switch 5406Rzl2", "KB.15.18.0013", KIND_SWITCH},
    {"1.3.6.1.4.1.30065.1.3011.7280.2733.3.48",
     "Arista Networks EOS version 4.22.1F running on an Arista Networks "
     "DCS-7280SR-48C6",
     "arista_eos", "Arista", "DCS-7280SR-48C6", "4.22.1F", KIND_L3SWITCH},
    {"1.3.6.1.4.1.14988.1", "RouterOS CCR1036-8G-2S+", "routeros", "MikroTik",
     "CCR1036-8G-2S+", "", KIND_ROUTER},
    {"1.3.6.1.4.1.6876.4.1",
     "VMware ESXi 6.7.0 build-14320388 VMware, Inc. x86_64", "vmware-esxi",
     "VMware", "", "6.7.0", KIND_HYPERVISOR},
    {"1.3.6.1.4.1.11.2.3.9.1",
     "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM "
     "JSI24090012,CIDATE 09/10/2019,PID:HP LaserJet 400 M401dne",
     "jetdirect", "HP", "LaserJet 400 M401dne", "", KIND_PRINTER},
    {"1.3.6.1.4.1.318.1.3.27",
     "APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.4.0 "
     "PN:apc_hw05_aos_640.bin AF1:v6.4.0 AN1:apc_hw05_sumx_640.bin MN:AP9631 "
     "HR:05 SN: ZA1234567890 MD:01/02/2014)",
     "apc", "APC", "AP9631 05", "AOS v6.4.0 / App v6.4.0", KIND_UPS},
    /* Vendors known by their enterprise number, and parts of their trees. */
    {"1.3.6.1.4.1.22610.1.3.14", "AX Series Advanced Traffic Manager", "acos",
     "A10", "", "", KIND_LOADBALANCER},
    {"1.3.6.1.4.1.17713.21.9.29", "Cambium", "epmp", "Cambium", "", "",
     KIND_AP},
    {"1.3.6.1.4.1.41112.1.3", "Linux 2.6.33 #1 mips", "airos-af", "Ubiquiti",
     "", "", KIND_AP},
    {"1.3.6.1.4.1.29671.2.9", "Meraki MX64 Cloud Managed Security Appliance",
     "merakimx", "Cisco", "", "", KIND_FIREWALL},
    {"1.3.6.1.4.1.29671.2.42", "Meraki MS220-8P Cloud Managed PoE Switch",
     "merakims", "Cisco", "", "", KIND_SWITCH},
    {"1.3.6.1.4.1.1916.2.6", "Summit48i - Version 7.8.4 (Build 1)",
     "extremeware", "Extreme", "", "", KIND_SWITCH},
    {"1.3.6.1.4.1.236.11.5.1", "Samsung ML-3470 Series", "samsungprinter",
     "Samsung", "", "", KIND_PRINTER},
    {"1.3.6.1.4.1.8072.3.2.10", "Linux pve1 5.15.30-2-pve #1 SMP x86_64",
     "proxmox", "Proxmox", "", "5.15.30-2-pve", KIND_HYPERVISOR},
    {"1.3.6.1.4.1.99999.1", "Something version 4.5", "generic", "", "", "4.5",
     KIND_L3SWITCH},
};

static void must_be(const char *is, const char *expected)
{
    if (expected[0] != '\0')
        assert_string_equal(is, expected);
}

static void agents_are_known_by_what_they_say(void **state)
{
    static const struct said nothing[] = {{NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free) struct profiles *set = shipped();

    for (size_t i = 0; i < COUNT_OF(agents); i++) {
        struct facts *f = facts_new();
        const struct profile *all[4];
        bool tie = false;

        print_message("  %s %.30s\n", agents[i].os, agents[i].descr);
        f->system.object_id = agents[i].object_id;
        f->system.descr = agents[i].descr;
        f->system.services = 6; /* layers 2 and 3 */
        (void)profiles_match_all(set, &f->system, NULL, all, 4, &tie);
        assert_false(tie);
        agent_read(profiles_match(set, &f->system, NULL), nothing, f, true,
                   true);
        must_be(f->identity.os, agents[i].os);
        must_be(f->identity.vendor, agents[i].vendor);
        must_be(f->identity.hardware, agents[i].hardware);
        must_be(f->identity.version, agents[i].version);
        assert_string_equal(device_kind_name(f->identity.kind),
                            device_kind_name(agents[i].kind));
        facts_unref(f);
    }
}

/* Systems that are known by their number alone, and those that share one. */
static const struct {
    const char *object_id, *descr, *os;
} known[] = {
    {"1.3.6.1.4.1.4998.2.1", "E6000", "arris-c4"},
    {"1.3.6.1.4.1.2281.1.20.2.2.12", "Ceragon IP-20N", "ceraos"},
    {"1.3.6.1.4.1.161.19.250.256", "CANOPY 15.1.5 AP", "pmp"},
    {"1.3.6.1.4.1.26928.1", "HiveOS 6.5r3", "hiveos-wireless"},
    {"1.3.6.1.4.1.43356.1.1.1", "Mimosa Firmware", "mimosa"},
    {"1.3.6.1.4.1.20858.2.600", "Casa C100G", "casa-dcts"},
    {"1.3.6.1.4.1.5624.2.1.59", "Enterasys B3G124-24", "enterasys"},
    {"1.3.6.1.4.1.28557.1.24", "Hillstone SG-6000", "stoneos"},
    {"1.3.6.1.4.1.3097.1.4.1", "T35", "fireware"},
    {"1.3.6.1.4.1.12356.105.1.2000", "", "fortimail"},
    {"1.3.6.1.4.1.12356.107.1.1", "", "fortiweb"},
    {"1.3.6.1.4.1.1718.3", "Sentry Switched CDU", "sentry3"},
    {"1.3.6.1.4.1.2606.7", "Rittal CMC III PU", "rittal-cmc-iii-pu"},
    {"1.3.6.1.4.1.2606.4.1", "Rittal CMC", "rittal-cmc"},
    {"1.3.6.1.4.1.11.5.7.1.2", "HP Onboard Administrator", "hpblmos"},
    {"1.3.6.1.4.1.2.3.51.3", "Linux imm 2.6", "ibm-imm"},
    {"1.3.6.1.4.1.2011.2.235", "Hardware management system", "huawei-ibmc"},
    {"1.3.6.1.4.1.9.1.1045", "Hardware:VMware, Software:UCOS 6.0", "ucos"},
    {"1.3.6.1.4.1.9.1.745", "Cisco PIX Security Appliance Version 8.0(4)",
     "pixos"},
    {"1.3.6.1.4.1.8072.3.2.10",
     "SONiC Software Version: SONiC.Edgecore-SONiC_2023 - HwSku: "
     "Accton-AS7326-56X - Distribution: Debian",
     "edgecos"},
    {"1.3.6.1.4.1.8072.3.2.9", "IRIX64 box 6.5", "irix"},
    {"1.3.6.1.4.1.367.1.1", "NRG MP C3003 1.05 / NRG Network Printer", "nrg"},
    {"1.3.6.1.4.1.6527.1.20.26", "SRLinux-v24.10.1 7220 IXR Copyright (c)",
     "srlinux"},
    {"1.3.6.1.4.1.6486.801.1.1.2.1.11.1.9",
     "Alcatel-Lucent Enterprise OS6860E-U28 8.5.255.R02 GA", "aos7"},
};

static void systems_are_known_by_their_numbers(void **state)
{
    static const struct said nothing[] = {{NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free) struct profiles *set = shipped();

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct facts *f = facts_new();

        f->system.object_id = known[i].object_id;
        f->system.descr = known[i].descr;
        agent_read(profiles_match(set, &f->system, NULL), nothing, f, true,
                   true);
        assert_string_equal(f->identity.os, known[i].os);
        facts_unref(f);
    }
}

/* IOS XR tells the light of transceivers in watts. */
static void light_is_told_in_dbm(void **state)
{
    static const struct said said[] = {
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.1.77", NULL, 6},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.2.77", NULL, 8},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.3.77", NULL, 3},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.4.77", NULL, 1000},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.5.77", NULL, 1},
        {"1.3.6.1.2.1.47.1.1.1.1.7.77", "power Tx 0/0/1/4", 0},
        {NULL, NULL, 0},
    };

    (void)state;
    OWNED(profiles_free) struct profiles *set = shipped();
    struct facts *f = facts_new();
    bool seen = false;

    agent_read(profiles_find(set, "iosxr"), said, f, false, true);
    for (size_t i = 0; i < f->sensors.count; i++)
        if (strcmp(f->sensors.at[i].class, "dbm") == 0) {
            assert_true(fabs(f->sensors.at[i].value) < 0.01); /* 1 mW */
            seen = true;
        }
    assert_true(seen);
    facts_unref(f);
}

/* CISCO-ENTITY-SENSOR-MIB with scale and precision, names from ENTITY-MIB. */
static void cisco_sensors_are_read(void **state)
{
    static const struct said said[] = {
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.1.1006", NULL, 8},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.2.1006", NULL, 9},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.3.1006", NULL, 1},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.4.1006", NULL, 355},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.5.1006", NULL, 1},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.1.1007", NULL, 5},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.2.1007", NULL, 8},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.3.1007", NULL, 0},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.4.1007", NULL, 1500},
        {"1.3.6.1.4.1.9.9.91.1.1.1.1.5.1007", NULL, 1},
        {"1.3.6.1.2.1.47.1.1.1.1.7.1006", "Switch 1 Inlet", 0},
        {"1.3.6.1.4.1.9.9.109.1.1.1.1.8.1", NULL, 12},
        {"1.3.6.1.4.1.9.9.48.1.1.1.2.1", "Processor", 0},
        {"1.3.6.1.4.1.9.9.48.1.1.1.5.1", NULL, 100},
        {"1.3.6.1.4.1.9.9.48.1.1.1.6.1", NULL, 300},
        {NULL, NULL, 0},
    };

    (void)state;
    OWNED(profiles_free) struct profiles *set = shipped();
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "ios"), said, f, false, true);
    assert_int_equal(f->sensors.count, 2);
    assert_string_equal(f->sensors.at[0].descr, "Switch 1 Inlet");
    assert_string_equal(f->sensors.at[0].class, "temperature");
    assert_true(f->sensors.at[0].value == 35.5);
    assert_string_equal(f->sensors.at[1].class, "current");
    assert_true(f->sensors.at[1].value == 1.5);
    assert_int_equal(f->processors.count, 1);
    assert_string_equal(f->processors.at[0].descr, "Processor 1");
    assert_int_equal(f->mempools.count, 1);
    assert_true(f->mempools.at[0].used_percent == 25);
    facts_unref(f);
}

/* The text of the next yaml block of a page, at *at; NULL if there is none. */
static char *example_next(const char **at)
{
    const char *begin = strstr(*at, "```yaml\n");

    if (begin == NULL)
        return NULL;
    begin += strlen("```yaml\n");
    const char *end = strstr(begin, "```");

    assert_non_null(end);
    *at = end + 3;
    return mem_text_of(begin, (size_t)(end - begin));
}

static void examples_of_the_reference_page_load(void **state)
{
    struct buffer OWNED_BUFFER page = {0};
    unsigned examples = 0;

    (void)state;
    assert_int_equal(file_read("docs/profiles.md", 1 << 20, &page), 0);
    const char *at = page.at;

    for (char *text = example_next(&at); text != NULL;
         text = example_next(&at)) {
        struct profiles *set = set_of(text);

        assert_true(profiles_count(set) > 0);
        profiles_free(set);
        free(text);
        examples++;
    }
    assert_true(examples >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_passes_its_check),
        cmocka_unit_test(the_set_has_no_faults_and_no_ties),
        cmocka_unit_test(agents_are_known_by_what_they_say),
        cmocka_unit_test(systems_are_known_by_their_numbers),
        cmocka_unit_test(cisco_sensors_are_read),
        cmocka_unit_test(light_is_told_in_dbm),
        cmocka_unit_test(examples_of_the_reference_page_load),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
