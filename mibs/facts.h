/* facts.h - what one agent said of itself, as values without pointers into
 * anything else. Made by a collector, never changed afterwards, shared by
 * reference: the inventory, topology, exports and the page read the same. What
 * is kept for long is at rest (facts_pack.h): who reads its lists opens it.
 *
 * Text is safe UTF-8, "" where nothing is known, never NULL. Numbers that are
 * not known are NaN (double), FACT_UNKNOWN (int64_t) or 0 where 0 means
 * nothing. MIB objects are named beside the fields.
 */
#ifndef MIBS_FACTS_H
#define MIBS_FACTS_H

#include "base/addr.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "mibs/oid.h"

#include <math.h>

#define FACT_UNKNOWN INT64_MIN

/* Kinds of device, in the words of the map's icons. */
enum device_kind {
    KIND_UNKNOWN,
    KIND_ROUTER,
    KIND_SWITCH,
    KIND_L3SWITCH,
    KIND_FIREWALL,
    KIND_SERVER,
    KIND_HOST,
    KIND_AP,
    KIND_WLC,
    KIND_PRINTER,
    KIND_UPS,
    KIND_POWER,
    KIND_STORAGE,
    KIND_HYPERVISOR,
    KIND_VM,
    KIND_PHONE,
    KIND_CAMERA,
    KIND_LOADBALANCER,
    KIND_SENSOR,
    KIND_STACK,
    KIND_STATION,
    KIND_SEGMENT,
    KIND_CLOUD,
    KIND_INTERNET,
    DEVICE_KINDS
};

/* "router", "switch" ...: the icon's name; and back (-EINVAL if none). */
const char *device_kind_name(enum device_kind kind);
int device_kind_parse(const char *name, enum device_kind *out)
    __attribute__((warn_unused_result));

/* SNMPv2-MIB system group, snmpEngine group. */
struct system_facts {
    const char *descr;     /* sysDescr, lines kept */
    const char *object_id; /* sysObjectID, digits */
    const char *name;      /* sysName */
    const char *contact, *location;
    uint32_t services; /* sysServices */
    bool has_uptime;
    uint32_t uptime_cs;  /* sysUpTime */
    struct mono seen_at; /* when it was told; 0: in an earlier run, or never */
    struct bytes engine_id; /* snmpEngineID, or of the v3 discovery */
    int64_t engine_boots, engine_time_s; /* FACT_UNKNOWN if not told */
    int64_t if_number;                   /* ifNumber */
};

/* What the profile made of it. */
struct identity_facts {
    const char *profile; /* name of the profile that matched */
    const char *os, *vendor, *hardware, *version, *serial, *features;
    enum device_kind kind;
};

/* IF-MIB. */
struct interface {
    uint32_t if_index;
    const char *name;   /* ifName, "" if the agent has none */
    const char *descr;  /* ifDescr */
    const char *alias;  /* ifAlias */
    int32_t type;       /* ifType, see if_type_name() */
    uint64_t speed_bps; /* ifHighSpeed * 1e6, else ifSpeed; 0 unknown */
    struct mac mac;     /* ifPhysAddress where it has 6 octets */
    struct bytes phys;  /* ifPhysAddress as sent */
    uint8_t admin_status, oper_status; /* 0 = not told */
    int64_t mtu;
    int64_t last_change_cs;   /* ifLastChange */
    const char *duplex;       /* "fullDuplex" "halfDuplex" "unknown" "" */
    bool has_hc;              /* ifHCInOctets is there */
    const char *label;        /* what interface_label() gives */
    bool has_type, has_speed; /* told at all, be it 0 */
};
struct interfaces ARRAY_OF(struct interface);
struct mac_list ARRAY_OF(struct mac);

/* IP-MIB ipAddressTable, ipAddrTable. */
struct interface_address {
    struct addr addr;
    uint32_t if_index;
    int prefix_len; /* -1 unknown */
};
struct interface_addresses ARRAY_OF(struct interface_address);

/* Who hears whom: LLDP, CDP and their kind. */
enum neighbor_protocol {
    NEIGHBOR_LLDP,
    NEIGHBOR_CDP,
    NEIGHBOR_FDP,
    NEIGHBOR_EDP,
    NEIGHBOR_NDP,
    NEIGHBOR_PROTOCOLS
};
const char *neighbor_protocol_name(enum neighbor_protocol p);

struct neighbor {
    uint8_t protocol;                 /* enum neighbor_protocol */
    uint8_t chassis_subtype;          /* LldpChassisIdSubtype; 0 for CDP */
    uint8_t port_subtype;             /* LldpPortIdSubtype; 0 for CDP */
    uint32_t local_port_num;          /* lldpRemLocalPortNum; CDP: ifIndex */
    uint32_t local_if_index;          /* resolved; 0 if it could not be */
    struct bytes chassis_id, port_id; /* as sent */
    const char *chassis_text; /* chassis id or CDP device id as people read */
    const char *port_text;    /* port id: name, or MAC with colons */
    const char *port_descr;
    const char *sys_name, *sys_descr, *platform;
    struct mac chassis_mac, port_mac; /* where the subtype says MAC */
    struct addr mgmt[4]; /* management addresses, first told first */
    uint8_t mgmt_count;
    uint16_t caps; /* enabled capabilities, LLDP bits; CDP mapped */
    uint32_t rem_index;
};
struct neighbors ARRAY_OF(struct neighbor);

/* LLDP-MIB lldpLocalSystemData: how this device announces itself. */
struct lldp_local_port {
    uint32_t port_num, if_index; /* 0 if not resolved */
    uint8_t subtype;
    struct bytes id;
    const char *text, *descr;
    uint8_t admin_status; /* lldpPortConfigAdminStatus, 0 = not told */
    bool has_rx_frames;
    uint32_t rx_frames; /* lldpStatsRxPortFramesTotal */
    uint32_t tx_frames; /* lldpStatsTxPortFramesTotal, 0 also if not told */
};
struct lldp_local_ports ARRAY_OF(struct lldp_local_port);
struct lldp_local {
    uint8_t chassis_subtype;
    struct bytes chassis_id;
    struct mac chassis_mac;
    const char *chassis_text, *sys_name;
    struct lldp_local_ports ports;
};

/* ARP and ND: ipNetToPhysicalTable, ipNetToMediaTable. */
struct arp_entry {
    struct addr addr;
    struct mac mac;
    uint32_t if_index;
};
struct arp_entries ARRAY_OF(struct arp_entry);

/* BRIDGE-MIB and Q-BRIDGE-MIB forwarding; learned (3) entries and others. */
struct fdb_entry {
    struct mac mac;
    uint32_t if_index; /* 0 if the base port is not known */
    uint32_t base_port;
    uint16_t vlan;  /* 0 = not told (dot1dTpFdbTable) */
    uint8_t status; /* dot1qTpFdbStatus: 3 learned, 4 self */
};
struct fdb_entries ARRAY_OF(struct fdb_entry);

/* What a port is to the spanning tree (IEEE 802.1D-2004, 17.3.1). */
enum stp_role {
    STP_ROLE_UNKNOWN,
    STP_ROLE_DISABLED,
    STP_ROLE_ROOT,
    STP_ROLE_DESIGNATED,
    STP_ROLE_ALTERNATE,
    STP_ROLE_BACKUP,
    STP_ROLES
};

/* dot1dBasePortTable, dot1dStpPortTable. */
struct bridge_port {
    uint32_t base_port, if_index;
    uint8_t stp_state; /* dot1dStpPortState, 0 = not told; 2 blocking */
    uint8_t stp_role;  /* enum stp_role, as follows from the rest */
    uint32_t stp_cost; /* dot1dStpPortPathCost, 0 = not told */
    struct bytes designated_bridge, designated_port; /* 8 and 2 octets */
};
struct bridge_ports ARRAY_OF(struct bridge_port);
struct bridge {
    struct mac base_mac; /* dot1dBaseBridgeAddress */
    struct bridge_ports ports;
    struct bytes stp_root;
    const char *stp_protocol; /* "stp", "rstp", "mstp" ..., "" = not told */
    int64_t stp_priority;     /* dot1dStpPriority */
    int64_t stp_root_cost;    /* dot1dStpRootCost */
    int64_t stp_root_port;    /* dot1dStpRootPort; 0: it is the root */
    int64_t topology_changes; /* dot1dStpTopChanges */
};
/* "root", "designated" ...; "" for what is not known. */
const char *stp_role_name(uint8_t role);
/* The words of BRIDGE-MIB, "blocking", "forwarding" ...; "" for 0. */
const char *stp_state_name(uint8_t state);

/* dot1qVlanStaticTable and vendors' tables. */
struct vlan {
    uint16_t id;
    const char *name;
};
struct vlans ARRAY_OF(struct vlan);

/* The VLANs of a bridge port. In a set, VLAN n is bit n, the first octet's
 * highest being 0; a set ends with its last octet that is not 0. */
struct port_vlans {
    uint32_t base_port, if_index;  /* 0 = not told */
    uint16_t pvid;                 /* of untagged frames that come in; 0 =
                                      not told */
    struct bytes member, untagged; /* goes out on it; without a tag */
};
struct ports_vlans ARRAY_OF(struct port_vlans);

/* The first VLAN of a set behind one, 0 at the end: begin with 0. */
uint16_t vlan_set_next(struct bytes set, uint16_t vlan);
bool vlan_set_has(struct bytes set, uint16_t vlan);

/* Routes: inetCidrRouteTable, ipCidrRouteTable, ipRouteTable. */
struct route {
    struct prefix to;
    struct addr next_hop; /* none: connected */
    uint32_t if_index;
};
struct routes ARRAY_OF(struct route);

/* Who a router exchanges routes with: BGP4-MIB, OSPF-MIB. */
enum peer_protocol { PEER_BGP, PEER_OSPF };
struct peer {
    uint8_t protocol;                /* enum peer_protocol */
    struct addr addr, local, router; /* its own, ours, its router id */
    uint32_t as, local_as;           /* 0: not told */
    const char *state, *admin;       /* in the words of the MIB */
    uint32_t if_index; /* OSPF: of ours, if it has no address of its own: addr
                          is then one of the neighbor; else 0 */
};
struct peers ARRAY_OF(struct peer);

/* IEEE8023-LAG-MIB, ifStackTable: upper runs over lower. */
struct stack_entry {
    uint32_t upper, lower;
    bool aggregate; /* told by a LAG table */
};
struct stack_entries ARRAY_OF(struct stack_entry);

/* IEEE8023-LAG-MIB dot3adAggPortTable: who a port aggregates with, by LACP.
 * System and port number name a port on either side. */
struct lacp_port {
    uint32_t if_index;
    struct mac system, partner;  /* ActorSystemID, PartnerOperSystemID */
    uint32_t port, partner_port; /* ActorPort, PartnerOperPort */
};
struct lacp_ports ARRAY_OF(struct lacp_port);

/* Classes of entities that vendors tell apart, beyond those of RFC 6933. */
enum {
    ENTITY_IO_MODULE = 64, /* TIMETRA-CHASSIS-MIB TmnxHwClass */
    ENTITY_CPM_MODULE,
    ENTITY_FABRIC_MODULE,
    ENTITY_MDA_MODULE,
    ENTITY_FLASH_MODULE,
};

/* ENTITY-MIB. */
struct entity {
    uint32_t index, contained_in;
    int32_t class;     /* entPhysicalClass, see entity_class_name() */
    int32_t position;  /* entPhysicalParentRelPos; -1: not known */
    uint32_t if_index; /* of a port, by entAliasMappingTable; 0: none */
    const char *descr, *name, *model, *serial, *mfg, *alias;
    const char *hw_rev, *fw_rev, *sw_rev;
};
struct entities ARRAY_OF(struct entity);

/* What is measured besides ports. index and class name the series for life. */
struct processor {
    const char *index, *descr, *oid;
    double usage_percent;
};
struct processors ARRAY_OF(struct processor);

struct mempool {
    const char *index, *class, *descr; /* class: system, virtual, swap ... */
    double used_percent, total_bytes, used_bytes, free_bytes;
};
struct mempools ARRAY_OF(struct mempool);

struct storage {
    const char *index, *descr;
    double total_bytes, used_bytes, used_percent;
};
struct storages ARRAY_OF(struct storage);

struct sensor {
    const char *class, *index, *descr, *unit, *oid;
    double value;
    const char *state_descr;    /* of class state */
    const char *state_severity; /* ok warning critical unknown */
    const char *group;
    double low_crit, low_warn, high_warn, high_crit; /* NaN = none */
    uint32_t if_index, entity; /* what it belongs to, 0 = the device */
};
struct sensors ARRAY_OF(struct sensor);

/* What a printer uses up. */
struct supply {
    const char *index, *type, *descr, *oid; /* type: toner, ink, opc ... */
    double capacity, current_percent;       /* NaN: not told */
};
struct supplies ARRAY_OF(struct supply);

/* A pluggable transceiver, and the port that it is in. */
struct transceiver {
    const char *index, *type, *vendor, *model, *serial, *revision, *date,
        *connector;
    double wavelength_nm, distance_m; /* NaN: not told */
    uint32_t if_index, entity;        /* 0: not told */
};
struct transceivers ARRAY_OF(struct transceiver);

/* When tables changed last, in the agent's uptime; FACT_UNKNOWN if it does not
 * tell. */
struct change_facts {
    int64_t lldp_remote_cs; /* lldpStatsRemTablesLastChangeTime */
    int64_t entity_cs;      /* entLastChangeTime */
    int64_t if_stack_cs;    /* ifStackLastChange */
};

/* A table that was asked, and how it went. */
struct table_report {
    const char *name;
    int result; /* 0, or -errno of what stopped it */
    uint32_t rows;
    struct wall at; /* asked last; later rounds may have done without */
};
struct table_reports ARRAY_OF(struct table_report);

struct parcel;

struct facts {
    struct system_facts system;
    struct identity_facts identity;
    struct interfaces interfaces; /* by ifIndex ascending */
    struct mac_list macs; /* of its first interfaces, for identity alone */
    struct interface_addresses addresses;
    struct neighbors neighbors;
    struct lldp_local lldp;
    struct arp_entries arp;
    struct fdb_entries fdb;
    struct bridge bridge;
    struct vlans vlans;
    struct ports_vlans port_vlans; /* by ifIndex and base port ascending */
    struct routes routes;
    struct peers peers;
    struct stack_entries stack;
    struct lacp_ports lacp; /* by ifIndex; only ports with a partner */
    struct entities entities;
    struct processors processors;
    struct mempools mempools;
    struct storages storages;
    struct sensors sensors;
    struct supplies supplies;
    struct transceivers transceivers;
    struct change_facts changes;
    struct table_reports reports;
    struct wall observed_at;
    struct arena *arena; /* holds every text and octets above that grew; NULL */
    struct parcel *parcel, *measured; /* hold the others (facts_pack.h); NULL */
    bool at_rest; /* what is not shown must be opened: facts_pack.h */
    unsigned refs;
};

/* Empty facts with one reference: every text "", every number unknown. */
struct facts *facts_new(void);
struct facts *facts_ref(const struct facts *f); /* any thread */
void facts_unref(struct facts *f);              /* any thread; NULL is fine */
OWNED_BY(struct facts, facts_unref)

/* By binary search; NULL if there is none. */
const struct interface *facts_interface(const struct facts *f,
                                        uint32_t if_index);

/* What people call a port: ifName, else ifDescr, else "ifIndex N" (arena). */
const char *interface_label(const struct interface *i);

/* Nothing passes a port with these ifAdminStatus and ifOperStatus. */
bool if_is_down(uint8_t admin_status, uint8_t oper_status);

/* Types beyond IANAifType: TIMETRA-VRTR-MIB vRtrIfType n is the first + n. */
enum { IF_TYPE_TIMETRA = 1000000, IF_TYPE_TIMETRA_COUNT = 31 };

/* IANAifType and states by their MIB names: "ethernetCsmacd", "up"; digits for
 * what is not known, in out (len >= 12). */
const char *if_type_name(int32_t type, char *out, size_t len);
const char *if_status_name(uint8_t status); /* "" for 0 */
const char *entity_class_name(int32_t class);

#endif
