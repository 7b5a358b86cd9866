#include "mibs/facts.h"

#include "mibs/facts_pack.h"

#include <errno.h>
#include <string.h>

static const char *const kind_names[] = {
    [KIND_UNKNOWN] = "unknown",
    [KIND_ROUTER] = "router",
    [KIND_SWITCH] = "switch",
    [KIND_L3SWITCH] = "l3switch",
    [KIND_FIREWALL] = "firewall",
    [KIND_SERVER] = "server",
    [KIND_HOST] = "host",
    [KIND_AP] = "ap",
    [KIND_WLC] = "wlc",
    [KIND_PRINTER] = "printer",
    [KIND_UPS] = "ups",
    [KIND_POWER] = "power",
    [KIND_STORAGE] = "storage",
    [KIND_HYPERVISOR] = "hypervisor",
    [KIND_VM] = "vm",
    [KIND_PHONE] = "phone",
    [KIND_CAMERA] = "camera",
    [KIND_LOADBALANCER] = "loadbalancer",
    [KIND_SENSOR] = "sensor",
    [KIND_STACK] = "stack",
    [KIND_STATION] = "station",
    [KIND_SEGMENT] = "segment",
    [KIND_CLOUD] = "cloud",
    [KIND_INTERNET] = "internet",
};

/* IF-MIB ifOperStatus; ifAdminStatus is its first three. */
static const char *const status_names[] = {
    [0] = "",           [1] = "up",
    [2] = "down",       [3] = "testing",
    [4] = "unknown",    [5] = "dormant",
    [6] = "notPresent", [7] = "lowerLayerDown",
};

/* IANA-ENTITY-MIB IANAPhysicalClass, then those of vendors. */
static const char *const class_names[] = {
    [0] = "",
    [1] = "other",
    [2] = "unknown",
    [3] = "chassis",
    [4] = "backplane",
    [5] = "container",
    [6] = "powerSupply",
    [7] = "fan",
    [8] = "sensor",
    [9] = "module",
    [10] = "port",
    [11] = "stack",
    [12] = "cpu",
    [13] = "energyObject",
    [14] = "battery",
    [15] = "storageDrive",
    [ENTITY_IO_MODULE] = "ioModule",
    [ENTITY_CPM_MODULE] = "cpmModule",
    [ENTITY_FABRIC_MODULE] = "fabricModule",
    [ENTITY_MDA_MODULE] = "mdaModule",
    [ENTITY_FLASH_MODULE] = "flashDiskModule",
};

static const char *const role_names[] = {
    [STP_ROLE_UNKNOWN] = "",
    [STP_ROLE_DISABLED] = "disabled",
    [STP_ROLE_ROOT] = "root",
    [STP_ROLE_DESIGNATED] = "designated",
    [STP_ROLE_ALTERNATE] = "alternate",
    [STP_ROLE_BACKUP] = "backup",
};

/* dot1dStpPortState. */
static const char *const stp_state_names[] = {
    "", "disabled", "blocking", "listening", "learning", "forwarding", "broken",
};

static const char *const protocol_names[] = {
    [NEIGHBOR_LLDP] = "lldp", [NEIGHBOR_CDP] = "cdp", [NEIGHBOR_FDP] = "fdp",
    [NEIGHBOR_EDP] = "edp",   [NEIGHBOR_NDP] = "ndp",
};

_Static_assert(COUNT_OF(kind_names) == DEVICE_KINDS, "each kind has a name");
_Static_assert(COUNT_OF(role_names) == STP_ROLES, "each role has a name");
_Static_assert(COUNT_OF(protocol_names) == NEIGHBOR_PROTOCOLS,
               "each protocol has a name");

const char *device_kind_name(enum device_kind kind)
{
    return (unsigned)kind < DEVICE_KINDS ? kind_names[kind] : "unknown";
}

int device_kind_parse(const char *name, enum device_kind *out)
{
    *out = KIND_UNKNOWN;
    for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
        if (strcmp(kind_names[kind], name) == 0) {
            *out = (enum device_kind)kind;
            return 0;
        }
    }
    return -EINVAL;
}

const char *neighbor_protocol_name(enum neighbor_protocol p)
{
    return (unsigned)p < NEIGHBOR_PROTOCOLS ? protocol_names[p] : "";
}

const char *if_status_name(uint8_t status)
{
    return status < COUNT_OF(status_names) ? status_names[status] : "unknown";
}

const char *entity_class_name(int32_t class)
{
    if (class < 0 || (size_t) class >= COUNT_OF(class_names) ||
        class_names[class] == NULL)
        return "unknown";
    return class_names[class];
}

const char *stp_role_name(uint8_t role)
{
    return role < COUNT_OF(role_names) ? role_names[role] : "";
}

const char *stp_state_name(uint8_t state)
{
    return state < COUNT_OF(stp_state_names) ? stp_state_names[state] : "";
}

bool vlan_set_has(struct bytes set, uint16_t vlan)
{
    return vlan / 8 < set.len && (set.at[vlan / 8] & 0x80 >> vlan % 8) != 0;
}

uint16_t vlan_set_next(struct bytes set, uint16_t vlan)
{
    while (++vlan / 8 < set.len)
        if (vlan_set_has(set, vlan))
            return vlan;
    return 0;
}

struct facts *facts_new(void)
{
    struct facts *f = mem_new(struct facts);

    f->arena = arena_new();
    f->refs = 1;
    f->system = (struct system_facts){
        .descr = "",
        .object_id = "",
        .name = "",
        .contact = "",
        .location = "",
        .engine_boots = FACT_UNKNOWN,
        .engine_time_s = FACT_UNKNOWN,
        .if_number = FACT_UNKNOWN,
    };
    f->identity = (struct identity_facts){
        .profile = "",
        .os = "",
        .vendor = "",
        .hardware = "",
        .version = "",
        .serial = "",
        .features = "",
    };
    f->lldp.chassis_text = "";
    f->lldp.sys_name = "";
    f->bridge.stp_protocol = "";
    f->bridge.stp_priority = FACT_UNKNOWN;
    f->bridge.stp_root_cost = FACT_UNKNOWN;
    f->bridge.stp_root_port = FACT_UNKNOWN;
    f->bridge.topology_changes = FACT_UNKNOWN;
    f->changes =
        (struct change_facts){FACT_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN};
    return f;
}

struct facts *facts_ref(const struct facts *f)
{
    struct facts *shared = (struct facts *)f; /* the count alone changes */

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

static void facts_free(struct facts *f)
{
    array_fini(&f->interfaces);
    array_fini(&f->macs);
    array_fini(&f->addresses);
    array_fini(&f->neighbors);
    array_fini(&f->lldp.ports);
    array_fini(&f->arp);
    array_fini(&f->fdb);
    array_fini(&f->bridge.ports);
    array_fini(&f->vlans);
    array_fini(&f->port_vlans);
    array_fini(&f->routes);
    array_fini(&f->stack);
    array_fini(&f->lacp);
    array_fini(&f->entities);
    array_fini(&f->processors);
    array_fini(&f->mempools);
    array_fini(&f->storages);
    array_fini(&f->sensors);
    array_fini(&f->supplies);
    array_fini(&f->peers);
    array_fini(&f->transceivers);
    array_fini(&f->reports);
    arena_free(f->arena);
    parcel_unref(f->parcel);
    parcel_unref(f->measured);
    free(f);
}

void facts_unref(struct facts *f)
{
    if (f != NULL && __atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL) == 0)
        facts_free(f);
}

const struct interface *facts_interface(const struct facts *f,
                                        uint32_t if_index)
{
    size_t low = 0, high = f->interfaces.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct interface *i = &f->interfaces.at[middle];

        if (i->if_index == if_index)
            return i;
        if (i->if_index < if_index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool if_is_down(uint8_t admin_status, uint8_t oper_status)
{
    enum { DOWN = 2, NOT_PRESENT = 6, LOWER_LAYER_DOWN = 7 }; /* RFC 2863 */

    return admin_status == DOWN || oper_status == DOWN ||
           oper_status == NOT_PRESENT || oper_status == LOWER_LAYER_DOWN;
}

const char *interface_label(const struct interface *i)
{
    if (i->label != NULL)
        return i->label;
    return i->name != NULL && i->name[0] != '\0' ? i->name : i->descr;
}
