/* harvest.h - what is gathered while one agent answers: the facts as they
 * grow, and the rows that make sense only together, kept until the finish.
 *
 * A MIB family is a pair: readers, each an ask and what to do with one of its
 * rows, and a finish that resolves what several tables say (base port to
 * interface, forwarding database to VLAN). Both are pure: rows in, facts out.
 */
#ifndef MIBS_HARVEST_H
#define MIBS_HARVEST_H

#include "base/own.h"
#include "mibs/facts.h"
#include "mibs/value.h"

/* Limits of what one agent may make us keep; beyond them rows are dropped and
 * the report of the table says so. */
enum {
    INTERFACES_MAX = 65536,
    ADDRESSES_MAX = 65536,
    NEIGHBORS_MAX = 8192,
    ARP_MAX = 131072,
    FDB_MAX = 262144,
    BRIDGE_PORTS_MAX = 65536,
    VLANS_MAX = 8192,
    MEMBERSHIPS_MAX = 524288, /* ports in VLANs */
    ROUTES_MAX = 20000,
    STACK_MAX = 131072,
    PEERS_MAX = 4096,
    ENTITIES_MAX = 32768,
    SENSORS_MAX = 32768,
    STORAGES_MAX = 8192,
    PROCESSORS_MAX = 4096,
    HARVEST_TEXT_MAX = 255,     /* octets of a DisplayString (RFC 2579) */
    HARVEST_LINES_MAX = 4096,   /* octets of a text of several lines */
    HARVEST_SIZE_MAX = 96 << 20 /* octets of all texts of one agent */
};

/* A number that a table gives to an index. */
struct pairing {
    uint32_t index;
    int64_t number;
};
struct pairings ARRAY_OF(struct pairing);

/* A text that a table gives to an index. */
struct label {
    uint32_t index;
    const char *text;
};
struct labels ARRAY_OF(struct label);

/* A prefix that is connected to an interface; if_index 0: it is not told to
 * which. */
struct connected {
    uint32_t if_index;
    struct prefix prefix;
};
struct prefixes ARRAY_OF(struct connected);

/* One row of lldpRemTable with the part of its index that facts do not keep. */
struct remote {
    uint32_t time_mark;
    struct neighbor neighbor;
};
struct remotes ARRAY_OF(struct remote);

/* One row of lldpRemManAddrTable. */
struct remote_address {
    uint32_t port_num, rem_index;
    size_t order; /* of coming: the first told is the best */
    struct addr addr;
};
struct remote_addresses ARRAY_OF(struct remote_address);

/* One row of a forwarding table, its database not yet known as a VLAN. */
struct forwarding {
    struct mac mac;
    uint8_t status;
    bool has_fdb_id; /* of dot1qTpFdbTable */
    uint16_t vlan;   /* of the context that was asked; 0 = default */
    uint32_t base_port, fdb_id;
};
struct forwardings ARRAY_OF(struct forwarding);

/* A port that is in a VLAN, by base port or by ifIndex. */
struct membership {
    uint32_t port;
    uint16_t vlan;
    bool by_if_index, untagged;
    bool native;     /* untagged frames that come in are of it */
    bool configured; /* of a static table: a current one counts more */
    bool allowed;    /* of a trunk, whose VLANs need not exist */
};
struct memberships ARRAY_OF(struct membership);

/* hrStorageTable as it is. */
struct hr_storage {
    uint32_t index;
    uint32_t type; /* last arc of hrStorageTypes: 2 RAM, 4 fixed disk ... */
    const char *descr;
    double unit, size, used; /* octets a unit, units */
};
struct hr_storages ARRAY_OF(struct hr_storage);

/* entPhySensorTable as it is. */
struct raw_sensor {
    uint32_t entity;
    int64_t type, scale, precision, status;
    double value;
};
struct raw_sensors ARRAY_OF(struct raw_sensor);

/* entStateTable as it is; 0 = not told. alarms: the first octet. */
struct entity_state {
    uint32_t entity;
    int64_t admin, oper, standby;
    uint8_t alarms;
};
struct entity_states ARRAY_OF(struct entity_state);

/* A sensor of LM-SENSORS-MIB; which of its tables it is of. */
struct lm_sensor {
    uint32_t index, table;
    const char *descr;
    double value;
};
struct lm_sensors ARRAY_OF(struct lm_sensor);

/* Memory and processor of UCD-SNMP-MIB; kB and percent, NaN if not told. */
struct ucd_facts {
    double total_swap, free_swap, total_real, free_real, shared, buffer, cached,
        cpu_idle;
};

/* What a vendor's table says of an entity besides ENTITY-MIB; "" if nothing. */
struct entity_extra {
    uint32_t index;
    const char *descr, *model, *serial;
};
struct entity_extras ARRAY_OF(struct entity_extra);

struct harvest {
    struct facts *facts;        /* grows */
    const struct facts *known;  /* of an earlier time; may be NULL */
    const char *encoding;       /* of texts; NULL = UTF-8 or Latin-1 */
    struct pairings duplex;     /* ifIndex -> dot3StatsDuplexStatus */
    struct pairings fdb_vlans;  /* FDB id -> VLAN */
    struct pairings vlan_ports; /* VLAN << 16 | base port -> ifIndex */
    struct memberships memberships;
    bool tells_current;    /* some of them are, by base port: configured ones do
                              not count then */
    uint32_t refused;      /* what of rows was beyond a limit */
    struct pairings pvids; /* base port -> dot1qPvid */
    uint16_t context_vlan; /* whose context the row at hand is of */
    struct pairings aggregates;      /* ifIndex -> ifIndex of its aggregate */
    struct pairings entity_ports;    /* entPhysicalIndex -> ifIndex */
    struct labels port_aliases;      /* ifIndex -> name, of vendors */
    struct interfaces service_ports; /* that ifTable may lack */
    struct entity_extras entity_extras;
    struct prefixes prefixes; /* ipAddressPrefixTable */
    struct remotes remotes;
    struct remote_addresses remote_addresses;
    struct forwardings forwardings;
    struct labels hr_devices; /* hrDeviceDescr */
    struct pairings hr_loads; /* hrDeviceIndex -> hrProcessorLoad */
    struct hr_storages hr_storages;
    struct raw_sensors raw_sensors;
    struct entity_states entity_states;
    struct lm_sensors lm_sensors;
    struct sensors generic_sensors; /* of standard tables, by OID */
    struct supplies supplies;       /* the same */
    uint32_t printer;               /* hrDeviceIndex of the first of them */
    struct ucd_facts ucd;
    uint32_t hr_types;     /* bit n: hrDeviceTypes n is there */
    uint32_t local_as;     /* bgpLocalAs */
    bool forwards;         /* ipForwarding */
    bool lldp_is_if_index; /* lldpLocPortNum is, by the profile */
    uint16_t caps;         /* lldpLocSysCapEnabled, LLDP bits */
    struct buffer scratch;
};

struct harvest *harvest_new(const struct facts *known);
void harvest_free(struct harvest *h); /* the facts too, unless taken */
OWNED_BY(struct harvest, harvest_free)

/* True once the texts of an agent have reached HARVEST_SIZE_MAX. */
bool harvest_is_full(const struct harvest *h);

/* v as safe text in one line of at most HARVEST_TEXT_MAX octets, in the
 * arena; "" if there is none. */
const char *harvest_text(struct harvest *h, const struct value *v);

/* The same with its lines kept, at most HARVEST_LINES_MAX octets. */
const char *harvest_lines(struct harvest *h, const struct value *v);

/* A copy of the octets of v in the arena; empty if it has none. */
struct bytes harvest_octets(struct harvest *h, const struct value *v);

/* A text by format, in the arena. */
const char *harvest_format(struct harvest *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

/* Sorts by index and keeps the first of each; then pairing_find() gives the
 * number of an index, or fallback. */
void pairings_sort(struct pairings *p);
int64_t pairing_find(const struct pairings *p, uint32_t index,
                     int64_t fallback);
void pairing_add(struct pairings *p, uint32_t index, int64_t number);

/* The value of a column; one of type NONE where the row has none. */
const struct value *row_at(const struct row *row, size_t column);
int64_t row_integer(const struct row *row, size_t column, int64_t fallback);

/* A number in 0..UINT32_MAX, else 0. */
uint32_t row_u32(const struct row *row, size_t column);

/* The octets of a column as they lie in the packet; empty if it has none. */
struct bytes row_octets(const struct row *row, size_t column);

/* A MAC address sent as six octets or as text. */
bool mac_of_value(const struct value *v, struct mac *out);

/* An address in an index: length, then octets (InetAddress), or, where the
 * agent forgot the length, 4 or 16 octets to the end. Moves *at behind it. */
bool oid_read_address(struct oid index, size_t *at, struct addr *out);

/* len sub-identifiers from at as octets; false if one is above 255. */
bool oid_read_octets(struct oid index, size_t at, size_t len, uint8_t *out);

/* A table (or scalars) to ask and what its rows mean. */
struct reader {
    const char *name;
    const struct oid *columns;
    size_t count;
    const struct oid *scalars;
    size_t scalar_count;
    size_t measured; /* columns that are asked when only measuring: the first
                        ones; 0 = all */
    uint32_t rows_max;
    void (*row)(struct harvest *h, const struct row *row);
};

#define READ_COLUMNS(list) .columns = (list), .count = COUNT_OF(list)
#define READ_SCALARS(list) .scalars = (list), .scalar_count = COUNT_OF(list)

#endif
