/* model.h - the kinds of device that the farm plays: how they name themselves,
 * their ports, and which tables they serve. Data only; everything here is
 * constant. */
#ifndef FARM_MODEL_H
#define FARM_MODEL_H

#include "mibs/oid.h"

/* What a device is for. */
enum role {
    ROLE_ROUTER,
    ROLE_L3SWITCH,
    ROLE_SWITCH,
    ROLE_FIREWALL,
    ROLE_SERVER,
    ROLE_PRINTER,
    ROLE_AP,
    ROLE_UPS,
    ROLES
};

/* Whose private MIBs a device serves. */
enum family {
    FAMILY_IOS,
    FAMILY_NXOS,
    FAMILY_ASA,
    FAMILY_VRP,
    FAMILY_JUNOS,
    FAMILY_FOUNDRY,
    FAMILY_COMWARE,
    FAMILY_LINUX,
    FAMILY_WINDOWS,
    FAMILY_PRINTER,
    FAMILY_UPS,
    FAMILIES
};

/* What a model serves and does. */
enum model_flag {
    MODEL_HC = 1 << 0,       /* ifXTable with 64-bit counters */
    MODEL_IFX = 1 << 1,      /* ifXTable at all */
    MODEL_LLDP = 1 << 2,     /* speaks LLDP and serves LLDP-MIB */
    MODEL_CDP = 1 << 3,      /* speaks CDP and serves CISCO-CDP-MIB */
    MODEL_Q_BRIDGE = 1 << 4, /* dot1qTpFdbTable */
    MODEL_D_BRIDGE = 1 << 5, /* dot1dTpFdbTable over all VLANs */
    MODEL_VLAN_CTX = 1 << 6, /* dot1dTpFdbTable per context: community@VLAN */
    MODEL_ENTITY = 1 << 7,   /* ENTITY-MIB */
    MODEL_HOST = 1 << 8,     /* HOST-RESOURCES-MIB */
    MODEL_UCD = 1 << 9,      /* UCD-SNMP-MIB */
    MODEL_ONE_MAC = 1 << 10, /* all ports have the chassis' MAC */
    MODEL_NEW_IP = 1 << 11,  /* ipAddressTable, ipNetToPhysicalTable */
    MODEL_LOW_VIRTUAL = 1 << 12, /* virtual interfaces come first by ifIndex */
    MODEL_LLDP_INDEX = 1 << 13,  /* lldpLocPortNum is the ifIndex */
    MODEL_TIME_MARK = 1 << 14,   /* lldpRemTimeMark is not 0 */
    MODEL_LOCAL_SPEED = 1 << 15, /* ifName carries no speed: eth0 */
    MODEL_ENT_SENSOR = 1 << 16,  /* ENTITY-SENSOR-MIB */
};

/* How ports of one speed are called; the number goes where "%" stands. */
struct port_style {
    const char *descr, *name;
};

struct model {
    const char *key; /* for the plans: "ios-access" */
    enum family family;
    enum role role;
    const char *os, *vendor, *hardware, *version;
    struct oid object_id;         /* sysObjectID */
    const char *descr;            /* sysDescr; $ is sysName */
    uint32_t oui;                 /* of its MAC addresses */
    uint32_t flags;               /* enum model_flag */
    uint32_t services;            /* sysServices */
    uint32_t if_base;             /* ifIndex of the first physical port */
    uint32_t if_step;             /* from one port to the next */
    uint32_t virtual_base;        /* ifIndex of the first virtual interface */
    unsigned first_number;        /* of the first port in its name */
    uint16_t speed_mbps;          /* of ports to hosts; 0 = 1000 */
    uint8_t port_subtype;         /* LldpPortIdSubtype it uses: 3, 5 or 7 */
    struct port_style slow, fast; /* up to 1 Gb/s, and beyond */
    const char *virtual_name;     /* of the management interface */
    const char *svi_style;        /* of VLAN interfaces */
    const char *serial;           /* two numbers of so many digits */
    uint32_t enterprise;          /* for snmpEngineID */
};

/* The model called key; key must be one (assert). */
const struct model *model_find(const char *key);

/* All models, in two lists that end with a key of NULL. */
extern const struct model models_network[], models_hosts[];

/* LldpSystemCapabilitiesMap of a role, first octet of the BITS. */
uint8_t role_lldp_caps(enum role role);

/* cdpCacheCapabilities of a role. */
uint32_t role_cdp_caps(enum role role);

/* "router", "switch" ...: the words of the station for the kind. */
const char *role_kind_name(enum role role);

#endif
