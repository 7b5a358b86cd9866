/* Routers, switches, firewalls and access points. */
#include "tests/farm/model.h"

#define SWITCH_FLAGS (MODEL_HC | MODEL_IFX | MODEL_LLDP | MODEL_ENTITY)

#define CISCO_SLOW                        \
    {                                     \
        "GigabitEthernet1/0/%", "Gi1/0/%" \
    }
#define CISCO_FAST                           \
    {                                        \
        "TenGigabitEthernet1/0/%", "Te1/0/%" \
    }
#define HUAWEI_SLOW                                    \
    {                                                  \
        "GigabitEthernet0/0/%", "GigabitEthernet0/0/%" \
    }
#define HUAWEI_FAST                                      \
    {                                                    \
        "XGigabitEthernet0/0/%", "XGigabitEthernet0/0/%" \
    }
#define JUNOS_SLOW             \
    {                          \
        "ge-0/0/%", "ge-0/0/%" \
    }
#define JUNOS_FAST             \
    {                          \
        "xe-0/0/%", "xe-0/0/%" \
    }
#define FOUNDRY_SLOW                            \
    {                                           \
        "GigabitEthernet1/1/%", "ethernet1/1/%" \
    }
#define FOUNDRY_FAST                              \
    {                                             \
        "10GigabitEthernet1/1/%", "ethernet1/1/%" \
    }
#define H3C_SLOW                                       \
    {                                                  \
        "GigabitEthernet1/0/%", "GigabitEthernet1/0/%" \
    }
#define H3C_FAST                                               \
    {                                                          \
        "Ten-GigabitEthernet1/0/%", "Ten-GigabitEthernet1/0/%" \
    }

const struct model models_network[] = {
    {
        .key = "ios-access",
        .family = FAMILY_IOS,
        .role = ROLE_SWITCH,
        .os = "ios",
        .vendor = "Cisco",
        .hardware = "WS-C2960X-48TS-L",
        .version = "15.2(7)E4",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 9, 1, 1208),
        .descr = "Cisco IOS Software, C2960X Software "
                 "(C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE "
                 "(fc2)\r\nTechnical Support: http://www.cisco.com/techsupport",
        .oui = 0x00562b,
        .flags = SWITCH_FLAGS | MODEL_CDP | MODEL_VLAN_CTX | MODEL_LOW_VIRTUAL,
        .services = 2,
        .if_base = 10101,
        .if_step = 1,
        .virtual_base = 1,
        .first_number = 1,
        .port_subtype = 5,
        .slow = CISCO_SLOW,
        .fast = CISCO_FAST,
        .virtual_name = "Vlan1",
        .svi_style = "Vlan%",
        .serial = "FOC%%%%X%%%",
        .enterprise = 9,
    },
    {
        .key = "iosxe-dist",
        .family = FAMILY_IOS,
        .role = ROLE_L3SWITCH,
        .os = "iosxe",
        .vendor = "Cisco",
        .hardware = "C9300-48UXM",
        .version = "17.6.4",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 9, 1, 2494),
        .descr = "Cisco IOS Software [Bengaluru], Catalyst L3 Switch Software "
                 "(CAT9K_IOSXE), Version 17.6.4, RELEASE SOFTWARE (fc1)\r\n"
                 "Technical Support: http://www.cisco.com/techsupport",
        .oui = 0x6c310e,
        .flags = SWITCH_FLAGS | MODEL_CDP | MODEL_VLAN_CTX | MODEL_NEW_IP,
        .services = 6,
        .if_base = 9,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 1,
        .port_subtype = 5,
        .slow = CISCO_SLOW,
        .fast = CISCO_FAST,
        .virtual_name = "Vlan1",
        .svi_style = "Vlan%",
        .serial = "FCW%%%%A%%%",
        .enterprise = 9,
    },
    {
        .key = "iosxe-router",
        .family = FAMILY_IOS,
        .role = ROLE_ROUTER,
        .os = "iosxe",
        .vendor = "Cisco",
        .hardware = "ISR4331/K9",
        .version = "16.12.5",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 9, 1, 2068),
        .descr = "Cisco IOS Software [Gibraltar], ISR Software "
                 "(X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 16.12.5, RELEASE "
                 "SOFTWARE (fc3)",
        .oui = 0x70ea1a,
        .flags = SWITCH_FLAGS | MODEL_CDP | MODEL_NEW_IP,
        .services = 78,
        .if_base = 1,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 0,
        .port_subtype = 5,
        .slow = {"GigabitEthernet0/0/%", "Gi0/0/%"},
        .fast = {"TenGigabitEthernet0/0/%", "Te0/0/%"},
        .virtual_name = "Loopback0",
        .svi_style = "Vlan%",
        .serial = "FDO%%%%M%%%",
        .enterprise = 9,
    },
    {
        .key = "nxos-core",
        .family = FAMILY_NXOS,
        .role = ROLE_L3SWITCH,
        .os = "nxos",
        .vendor = "Cisco",
        .hardware = "N9K-C93180YC-EX",
        .version = "9.3(8)",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 9, 12, 3, 1, 3, 1840),
        .descr = "Cisco NX-OS(tm) nxos.9.3.8.bin, Software (nxos), Version "
                 "9.3(8), RELEASE SOFTWARE",
        .oui = 0x00be75,
        .flags = SWITCH_FLAGS | MODEL_CDP | MODEL_Q_BRIDGE | MODEL_LOW_VIRTUAL |
                 MODEL_ENT_SENSOR,
        .services = 70,
        .if_base = 436207616,
        .if_step = 512,
        .virtual_base = 151060481,
        .first_number = 1,
        .speed_mbps = 10000,
        .port_subtype = 5,
        .slow = {"Ethernet1/%", "Ethernet1/%"},
        .fast = {"Ethernet1/%", "Ethernet1/%"},
        .virtual_name = "Vlan1",
        .svi_style = "Vlan%",
        .serial = "FDO%%%%N%%%",
        .enterprise = 9,
    },
    {
        .key = "asa",
        .family = FAMILY_ASA,
        .role = ROLE_FIREWALL,
        .os = "asa",
        .vendor = "Cisco",
        .hardware = "ASA5516",
        .version = "9.12(4)",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 9, 1, 2114),
        .descr = "Cisco Adaptive Security Appliance Version 9.12(4)",
        .oui = 0x84b802,
        .flags = MODEL_HC | MODEL_IFX | MODEL_ENTITY,
        .services = 4,
        .if_base = 3,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 1,
        .port_subtype = 5,
        .slow = {"Adaptive Security Appliance 'GigabitEthernet1/%' interface",
                 "Adaptive Security Appliance 'GigabitEthernet1/%' interface"},
        .fast = {"Adaptive Security Appliance 'TenGigabitEthernet1/%' "
                 "interface",
                 "Adaptive Security Appliance 'TenGigabitEthernet1/%' "
                 "interface"},
        .virtual_name = "Adaptive Security Appliance 'management' interface",
        .svi_style = "Vlan%",
        .serial = "JAD%%%%P%%%",
        .enterprise = 9,
    },
    {
        .key = "ios-ap",
        .family = FAMILY_IOS,
        .role = ROLE_AP,
        .os = "ios",
        .vendor = "Cisco",
        .hardware = "AIR-CAP2602I-E-K9",
        .version = "15.3(3)JF5",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 9, 1, 1656),
        .descr = "Cisco IOS Software, C2600 Software (AP3G2-K9W7-M), Version "
                 "15.3(3)JF5, RELEASE SOFTWARE (fc3)",
        .oui = 0x346288,
        .flags = MODEL_HC | MODEL_IFX | MODEL_LLDP | MODEL_CDP | MODEL_ENTITY,
        .services = 2,
        .if_base = 2,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 0,
        .port_subtype = 5,
        .slow = {"GigabitEthernet%", "Gi%"},
        .fast = {"TenGigabitEthernet%", "Te%"},
        .virtual_name = "BVI1",
        .svi_style = "BVI%",
        .serial = "FGL%%%%S%%%",
        .enterprise = 9,
    },
    {
        .key = "vrp-access",
        .family = FAMILY_VRP,
        .role = ROLE_SWITCH,
        .os = "vrp",
        .vendor = "Huawei",
        .hardware = "S5720-52X-PWR-LI-AC",
        .version = "5.170",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 2011, 2, 23, 476),
        .descr = "S5720-52X-PWR-LI-AC\r\nHuawei Versatile Routing Platform "
                 "Software\r\n VRP (R) software,Version 5.170 (S5720 "
                 "V200R011C10SPC600)\r\n Copyright (C) 2007 Huawei "
                 "Technologies Co., Ltd.",
        .oui = 0x48435a,
        .flags = SWITCH_FLAGS | MODEL_Q_BRIDGE | MODEL_D_BRIDGE |
                 MODEL_ONE_MAC | MODEL_TIME_MARK | MODEL_LOW_VIRTUAL,
        .services = 78,
        .if_base = 5,
        .if_step = 1,
        .virtual_base = 4,
        .first_number = 1,
        .port_subtype = 5,
        .slow = HUAWEI_SLOW,
        .fast = HUAWEI_FAST,
        .virtual_name = "Vlanif1",
        .svi_style = "Vlanif%",
        .serial = "21023583%%%%%%%",
        .enterprise = 2011,
    },
    {
        .key = "vrp-dist",
        .family = FAMILY_VRP,
        .role = ROLE_L3SWITCH,
        .os = "vrp",
        .vendor = "Huawei",
        .hardware = "S6720-54C-EI-48S-AC",
        .version = "5.170",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 2011, 2, 23, 421),
        .descr = "S6720-54C-EI-48S-AC\r\nHuawei Versatile Routing Platform "
                 "Software\r\n VRP (R) software,Version 5.170 (S6720 "
                 "V200R019C10SPC500)\r\n Copyright (C) 2000-2020 HUAWEI TECH "
                 "Co., Ltd.",
        .oui = 0x48435b,
        .flags =
            SWITCH_FLAGS | MODEL_Q_BRIDGE | MODEL_ONE_MAC | MODEL_TIME_MARK,
        .services = 78,
        .if_base = 6,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 1,
        .speed_mbps = 10000,
        .port_subtype = 5,
        .slow = HUAWEI_SLOW,
        .fast = HUAWEI_FAST,
        .virtual_name = "Vlanif1",
        .svi_style = "Vlanif%",
        .serial = "21023597%%%%%%%",
        .enterprise = 2011,
    },
    {
        .key = "vrp-router",
        .family = FAMILY_VRP,
        .role = ROLE_ROUTER,
        .os = "vrp",
        .vendor = "Huawei",
        .hardware = "AR2220E",
        .version = "5.170",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 2011, 2, 224, 8),
        .descr = "Huawei AR2220E Huawei Versatile Routing Platform Software "
                 "VRP (R) software,Version 5.170 (AR2200 V200R009C00SPC500) "
                 "Copyright (C) 2011-2018 Huawei Technologies Co., Ltd",
        .oui = 0x48435c,
        .flags = SWITCH_FLAGS,
        .services = 78,
        .if_base = 3,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 0,
        .port_subtype = 5,
        .slow = HUAWEI_SLOW,
        .fast = HUAWEI_FAST,
        .virtual_name = "LoopBack0",
        .svi_style = "Vlanif%",
        .serial = "21023537%%%%%%%",
        .enterprise = 2011,
    },
    {
        .key = "junos-switch",
        .family = FAMILY_JUNOS,
        .role = ROLE_L3SWITCH,
        .os = "junos",
        .vendor = "Juniper",
        .hardware = "EX4300-48T",
        .version = "18.4R3.3",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 2636, 1, 1, 1, 4, 63, 1),
        .descr = "Juniper Networks, Inc. ex4300-48t Ethernet Switch, kernel "
                 "JUNOS 18.4R3.3, Build date: 2020-06-12 04:23:08 UTC",
        .oui = 0x3c8ab0,
        .flags = SWITCH_FLAGS | MODEL_Q_BRIDGE | MODEL_LLDP_INDEX |
                 MODEL_NEW_IP | MODEL_LOW_VIRTUAL,
        .services = 6,
        .if_base = 510,
        .if_step = 2,
        .virtual_base = 16,
        .first_number = 0,
        .port_subtype = 7,
        .slow = JUNOS_SLOW,
        .fast = JUNOS_FAST,
        .virtual_name = "lo0",
        .svi_style = "irb.%",
        .serial = "PE%%%%T%%%",
        .enterprise = 2636,
    },
    {
        .key = "junos-router",
        .family = FAMILY_JUNOS,
        .role = ROLE_ROUTER,
        .os = "junos",
        .vendor = "Juniper",
        .hardware = "MX204",
        .version = "19.4R3.11",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 2636, 1, 1, 1, 2, 144),
        .descr = "Juniper Networks, Inc. mx204 internet router, kernel JUNOS "
                 "19.4R3.11, Build date: 2020-10-08 21:43:24 UTC",
        .oui = 0x3c8ab1,
        .flags =
            SWITCH_FLAGS | MODEL_LLDP_INDEX | MODEL_NEW_IP | MODEL_LOW_VIRTUAL,
        .services = 4,
        .if_base = 520,
        .if_step = 1,
        .virtual_base = 16,
        .first_number = 0,
        .port_subtype = 7,
        .slow = JUNOS_SLOW,
        .fast = JUNOS_FAST,
        .virtual_name = "lo0",
        .svi_style = "irb.%",
        .serial = "BW%%%%H%%%",
        .enterprise = 2636,
    },
    {
        .key = "srx",
        .family = FAMILY_JUNOS,
        .role = ROLE_FIREWALL,
        .os = "junos",
        .vendor = "Juniper",
        .hardware = "SRX340",
        .version = "20.2R3.9",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 2636, 1, 1, 1, 2, 135),
        .descr = "Juniper Networks, Inc. srx340 internet router, kernel JUNOS "
                 "20.2R3.9, Build date: 2021-03-17 16:45:16 UTC",
        .oui = 0x3c8ab2,
        .flags = SWITCH_FLAGS | MODEL_LLDP_INDEX | MODEL_LOW_VIRTUAL,
        .services = 4,
        .if_base = 510,
        .if_step = 1,
        .virtual_base = 16,
        .first_number = 0,
        .port_subtype = 7,
        .slow = JUNOS_SLOW,
        .fast = JUNOS_FAST,
        .virtual_name = "lo0",
        .svi_style = "irb.%",
        .serial = "CY%%%%F%%%",
        .enterprise = 2636,
    },
    {
        .key = "foundry-access",
        .family = FAMILY_FOUNDRY,
        .role = ROLE_SWITCH,
        .os = "ironware",
        .vendor = "Brocade",
        .hardware = "ICX7250-48",
        .version = "08.0.90dT211",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 1991, 1, 3, 61, 1, 2, 1, 1),
        .descr = "Brocade Communications Systems, Inc. Stacking System "
                 "ICX7250-48, IronWare Version 08.0.90dT211 Compiled on Jun 26 "
                 "2019 at 04:54:42 labeled as SPS08090d",
        .oui = 0x609c9f,
        .flags = SWITCH_FLAGS | MODEL_D_BRIDGE | MODEL_LLDP_INDEX,
        .services = 78,
        .if_base = 1,
        .if_step = 1,
        .virtual_base = 3095,
        .first_number = 1,
        .port_subtype = 3,
        .slow = FOUNDRY_SLOW,
        .fast = FOUNDRY_FAST,
        .virtual_name = "ve1",
        .svi_style = "ve%",
        .serial = "DUH%%%%K%%%",
        .enterprise = 1991,
    },
    {
        .key = "comware-access",
        .family = FAMILY_COMWARE,
        .role = ROLE_SWITCH,
        .os = "comware",
        .vendor = "H3C",
        .hardware = "S5130-52S-EI",
        .version = "7.1.070",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 25506, 1, 1480),
        .descr = "H3C Comware Platform Software, Software Version 7.1.070, "
                 "Release 3208P10\r\nH3C S5130-52S-EI\r\nCopyright (c) "
                 "2004-2018 New H3C Technologies Co., Ltd. All rights "
                 "reserved.",
        .oui = 0x586ab1,
        .flags = SWITCH_FLAGS | MODEL_Q_BRIDGE | MODEL_D_BRIDGE,
        .services = 78,
        .if_base = 1,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 1,
        .port_subtype = 5,
        .slow = H3C_SLOW,
        .fast = H3C_FAST,
        .virtual_name = "Vlan-interface1",
        .svi_style = "Vlan-interface%",
        .serial = "219801A0%%%%%%%",
        .enterprise = 25506,
    },
    {
        .key = "comware-dist",
        .family = FAMILY_COMWARE,
        .role = ROLE_L3SWITCH,
        .os = "comware",
        .vendor = "H3C",
        .hardware = "S6800-54QF",
        .version = "7.1.070",
        .object_id = OID_INIT(1, 3, 6, 1, 4, 1, 25506, 1, 1596),
        .descr = "H3C Comware Platform Software, Software Version 7.1.070, "
                 "Release 2612P06\r\nH3C S6800-54QF\r\nCopyright (c) "
                 "2004-2019 New H3C Technologies Co., Ltd. All rights "
                 "reserved.",
        .oui = 0x586ab2,
        .flags = SWITCH_FLAGS | MODEL_Q_BRIDGE,
        .services = 78,
        .if_base = 1,
        .if_step = 1,
        .virtual_base = 2001,
        .first_number = 1,
        .speed_mbps = 10000,
        .port_subtype = 5,
        .slow = H3C_SLOW,
        .fast = H3C_FAST,
        .virtual_name = "Vlan-interface1",
        .svi_style = "Vlan-interface%",
        .serial = "219801A1%%%%%%%",
        .enterprise = 25506,
    },
    {.key = NULL},
};
