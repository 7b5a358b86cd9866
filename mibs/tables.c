#include "mibs/tables.h"

#include "base/file.h"
#include "mibs/tables_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum table_id {
    TABLE_DEVICES,
    TABLE_PORTS,
    TABLE_PROCESSORS,
    TABLE_MEMPOOLS,
    TABLE_STORAGE,
    TABLE_SENSORS,
    TABLE_NEIGHBORS,
    TABLE_FDB,
    TABLE_ARP,
    TABLE_VLANS,
    TABLE_PORT_VLANS,
    TABLE_STP,
    TABLE_PORT_STACK,
    TABLE_IPV4,
    TABLE_IPV6,
    TABLE_INVENTORY,
    TABLE_SUPPLIES,
    TABLE_TRANSCEIVERS,
    TABLE_ROUTES,
    TABLE_BGP,
    TABLE_OSPF,
    TABLES
};

static const struct {
    const char *file, *columns;
} layouts[TABLES] = {
    [TABLE_DEVICES] = {"devices.tsv",
                       "name sysObjectID sysDescr os vendor hardware version "
                       "serial features type sysName location addresses "
                       "engineID credential state kind"},
    [TABLE_PORTS] = {"ports.tsv",
                     "name ifIndex ifName ifDescr ifAlias ifType ifSpeed "
                     "ifPhysAddress ifAdminStatus ifOperStatus ifMtu ifDuplex"},
    [TABLE_PROCESSORS] = {"processors.tsv",
                          "name index descr usage_percent oid"},
    [TABLE_MEMPOOLS] = {"mempools.tsv",
                        "name class descr used_percent total_bytes used_bytes "
                        "free_bytes index"},
    [TABLE_STORAGE] = {"storage.tsv", "name descr total_bytes used_percent "
                                      "used_bytes index"},
    [TABLE_SENSORS] = {"sensors.tsv", "name class descr value unit oid "
                                      "state_descr state_severity index "
                                      "group low_crit low_warn high_warn "
                                      "high_crit ifIndex entity"},
    [TABLE_NEIGHBORS] = {"neighbors.tsv",
                         "name protocol local_ifIndex local_ifName remote_name "
                         "remote_port remote_port_mac remote_platform "
                         "remote_addr remote_version"},
    [TABLE_FDB] = {"fdb.tsv", "name vlan mac ifIndex"},
    [TABLE_ARP] = {"arp.tsv", "name ip mac ifIndex"},
    [TABLE_VLANS] = {"vlans.tsv", "name vlan vlan_name"},
    [TABLE_PORT_VLANS] = {"port_vlans.tsv",
                          "name vlan baseport untagged ifIndex"},
    [TABLE_STP] = {"stp.tsv", "name vlan protocol bridge_mac priority "
                              "root_mac root_cost root_port"},
    [TABLE_PORT_STACK] = {"port_stack.tsv",
                          "name high_ifIndex low_ifIndex status"},
    [TABLE_ROUTES] = {"routes.tsv", "name dest prefixlen next_hop ifIndex"},
    [TABLE_IPV4] = {"ipv4.tsv", "name ip prefixlen ifIndex"},
    [TABLE_IPV6] = {"ipv6.tsv", "name ip prefixlen ifIndex"},
    [TABLE_INVENTORY] = {"inventory.tsv",
                         "name index class descr ent_name model serial "
                         "contained_in hw_rev fw_rev sw_rev mfg"},
    [TABLE_BGP] = {"bgp.tsv", "name local_as peer peer_as state admin_status "
                              "local_addr"},
    [TABLE_OSPF] = {"ospf.tsv", "name neighbor router_id state ifIndex"},
    [TABLE_SUPPLIES] = {"supplies.tsv",
                        "name type descr capacity current_percent oid index"},
    [TABLE_TRANSCEIVERS] = {"transceivers.tsv",
                            "name ifIndex index type vendor model serial "
                            "revision date wavelength distance connector"},
};

/* Kinds of device in the few words of column "type". */
static const char *const type_names[DEVICE_KINDS] = {
    [KIND_UNKNOWN] = "",
    [KIND_ROUTER] = "network",
    [KIND_SWITCH] = "network",
    [KIND_L3SWITCH] = "network",
    [KIND_STACK] = "network",
    [KIND_SEGMENT] = "network",
    [KIND_CLOUD] = "network",
    [KIND_INTERNET] = "network",
    [KIND_FIREWALL] = "firewall",
    [KIND_SERVER] = "server",
    [KIND_HYPERVISOR] = "server",
    [KIND_VM] = "server",
    [KIND_STATION] = "server",
    [KIND_HOST] = "workstation",
    [KIND_AP] = "wireless",
    [KIND_WLC] = "wireless",
    [KIND_PRINTER] = "printer",
    [KIND_UPS] = "power",
    [KIND_POWER] = "power",
    [KIND_STORAGE] = "storage",
    [KIND_PHONE] = "collaboration",
    [KIND_CAMERA] = "appliance",
    [KIND_LOADBALANCER] = "loadbalancer",
    [KIND_SENSOR] = "environment",
};

struct fact_tables {
    struct tsv *table[TABLES];
};

struct fact_tables *fact_tables_new(void)
{
    struct fact_tables *t = mem_new(struct fact_tables);

    for (size_t i = 0; i < TABLES; i++)
        t->table[i] = tsv_new(layouts[i].columns);
    return t;
}

void fact_tables_free(struct fact_tables *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < TABLES; i++)
        tsv_free(t->table[i]);
    free(t);
}

/* ---- cells ------------------------------------------------------------------
 */

void put_count(struct tsv *t, uint64_t number)
{
    if (number == 0)
        tsv_text(t, "");
    else
        tsv_count(t, number);
}

void put_mac(struct tsv *t, const struct mac *mac)
{
    char text[MAC_TEXT_MAX];

    tsv_text(t, mac_is_set(mac) ? mac_format(mac, text, sizeof text) : "");
}

void put_addr(struct tsv *t, const struct addr *a)
{
    struct addr bare = *a;
    char text[ADDR_TEXT_MAX];

    bare.zone = 0;
    tsv_text(t, addr_format(&bare, text, sizeof text));
}

void put_first_line(struct tsv *t, const char *text)
{
    tsv_format(t, "%.*s", (int)strcspn(text, "\n"), text);
}

const char *first_of(const char *a, const char *b)
{
    return a != NULL && a[0] != '\0' ? a : b;
}

static void put_octets(struct tsv *t, struct bytes b)
{
    struct buffer OWNED_BUFFER text = {0};

    for (size_t i = 0; i < b.len; i++)
        buffer_format(&text, "%02x", b.at[i]);
    tsv_text(t, text.len > 0 ? text.at : "");
}

/* The physical address, also where it is all zeros. */
static void put_phys(struct tsv *t, const struct interface *i)
{
    struct mac mac = i->mac;
    char text[MAC_TEXT_MAX];

    if (i->phys.len == sizeof mac.octets)
        memcpy(mac.octets, i->phys.at, sizeof mac.octets);
    else if (!mac_is_set(&mac)) {
        tsv_text(t, "");
        return;
    }
    tsv_text(t, mac_format(&mac, text, sizeof text));
}

/* Some agents quote parts of a name, or put it between backslashes; programs
 * that read the table would have to undo that. */
static void put_clean(struct tsv *t, const char *text)
{
    struct buffer OWNED_BUFFER clean = {0};
    const char *inner;

    buffer_text(&clean, "");
    for (; *text != '\0'; text++)
        if (*text != '"')
            buffer_char(&clean, *text);
    while (clean.len > 0 && clean.at[clean.len - 1] == '\\')
        clean.at[--clean.len] = '\0';
    inner = clean.at + strspn(clean.at, "\\");
    tsv_text(t, inner);
}

/* ---- rows -------------------------------------------------------------------
 */

static void add_device(struct tsv *t, const char *name, const struct facts *f,
                       const char *addresses, const char *credential,
                       const char *state)
{
    const struct identity_facts *id = &f->identity;

    tsv_text(t, name);
    tsv_text(t, f->system.object_id);
    put_first_line(t, f->system.descr);
    tsv_text(t, id->os);
    tsv_text(t, id->vendor);
    tsv_text(t, id->hardware);
    tsv_text(t, id->version);
    tsv_text(t, id->serial);
    tsv_text(t, id->features);
    tsv_text(t, type_names[id->kind < DEVICE_KINDS ? id->kind : KIND_UNKNOWN]);
    tsv_text(t, f->system.name);
    tsv_text(t, f->system.location);
    tsv_text(t, addresses);
    put_octets(t, f->system.engine_id);
    tsv_text(t, credential);
    tsv_text(t, state);
    tsv_text(t, device_kind_name(id->kind));
    tsv_row(t);
}

/* A port without name is called by its description and the other way round:
 * nothing in the table is empty that a person would need to find the port. */
static void add_ports(struct tsv *t, const char *name, const struct facts *f)
{
    char type[12];

    for (size_t n = 0; n < f->interfaces.count; n++) {
        const struct interface *i = &f->interfaces.at[n];

        tsv_text(t, name);
        tsv_count(t, i->if_index);
        put_clean(t, first_of(i->name, i->descr));
        put_clean(t, first_of(i->descr, i->name));
        put_clean(t, i->alias);
        tsv_text(t, i->has_type || i->type != 0
                        ? if_type_name(i->type, type, sizeof type)
                        : "");
        if (i->has_speed || i->speed_bps > 0)
            tsv_count(t, i->speed_bps);
        else
            tsv_text(t, "");
        put_phys(t, i);
        tsv_text(t, if_status_name(i->admin_status));
        tsv_text(t, if_status_name(i->oper_status));
        if (i->mtu >= 0)
            tsv_count(t, (uint64_t)i->mtu);
        else
            tsv_text(t, "");
        tsv_text(t, i->duplex);
        tsv_row(t);
    }
}

static void add_processors(struct tsv *t, const char *name,
                           const struct facts *f)
{
    for (size_t n = 0; n < f->processors.count; n++) {
        const struct processor *p = &f->processors.at[n];

        tsv_text(t, name);
        tsv_text(t, p->index);
        tsv_text(t, p->descr);
        tsv_number(t, p->usage_percent, 2);
        tsv_text(t, p->oid);
        tsv_row(t);
    }
}

static void add_mempools(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t n = 0; n < f->mempools.count; n++) {
        const struct mempool *m = &f->mempools.at[n];
        /* A pool that tells its share alone is counted in percent. */
        bool sized = !isnan(m->total_bytes) || isnan(m->used_percent);

        tsv_text(t, name);
        tsv_text(t, m->class);
        tsv_text(t, m->descr);
        tsv_number(t, m->used_percent, 2);
        tsv_number(t, sized ? m->total_bytes : 100, 0);
        tsv_number(t, sized ? m->used_bytes : m->used_percent, 0);
        tsv_number(t, sized ? m->free_bytes : 100 - m->used_percent, 0);
        tsv_text(t, m->index);
        tsv_row(t);
    }
}

static void add_storage(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t n = 0; n < f->storages.count; n++) {
        const struct storage *s = &f->storages.at[n];

        tsv_text(t, name);
        tsv_text(t, s->descr);
        tsv_number(t, s->total_bytes, 0);
        tsv_number(t, s->used_percent, 2);
        tsv_number(t, s->used_bytes, 0);
        tsv_text(t, s->index);
        tsv_row(t);
    }
}

static void add_sensors(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t n = 0; n < f->sensors.count; n++) {
        const struct sensor *s = &f->sensors.at[n];

        tsv_text(t, name);
        tsv_text(t, s->class);
        tsv_text(t, s->descr);
        tsv_number(t, s->value, 6);
        tsv_text(t, s->unit);
        tsv_text(t, s->oid);
        tsv_text(t, s->state_descr);
        tsv_text(t, s->state_severity);
        tsv_text(t, s->index);
        tsv_text(t, s->group);
        tsv_number(t, s->low_crit, 6);
        tsv_number(t, s->low_warn, 6);
        tsv_number(t, s->high_warn, 6);
        tsv_number(t, s->high_crit, 6);
        put_count(t, s->if_index);
        put_count(t, s->entity);
        tsv_row(t);
    }
}

static void add_inventory(struct tsv *t, const char *name,
                          const struct facts *f)
{
    for (size_t i = 0; i < f->entities.count; i++) {
        const struct entity *e = &f->entities.at[i];

        tsv_text(t, name);
        tsv_count(t, e->index);
        tsv_text(t, entity_class_name(e->class));
        tsv_text(t, e->descr);
        tsv_text(t, e->name);
        tsv_text(t, e->model);
        tsv_text(t, e->serial);
        tsv_count(t, e->contained_in);
        tsv_text(t, e->hw_rev);
        tsv_text(t, e->fw_rev);
        tsv_text(t, e->sw_rev);
        tsv_text(t, e->mfg);
        tsv_row(t);
    }
}

static void add_supplies(struct tsv *t, const char *name, const struct facts *f)
{
    for (size_t i = 0; i < f->supplies.count; i++) {
        const struct supply *s = &f->supplies.at[i];

        tsv_text(t, name);
        tsv_text(t, s->type);
        tsv_text(t, s->descr);
        tsv_number(t, s->capacity, 0);
        tsv_number(t, s->current_percent, 2);
        tsv_text(t, s->oid);
        tsv_text(t, s->index);
        tsv_row(t);
    }
}

static void add_transceivers(struct tsv *t, const char *name,
                             const struct facts *f)
{
    for (size_t i = 0; i < f->transceivers.count; i++) {
        const struct transceiver *x = &f->transceivers.at[i];

        tsv_text(t, name);
        put_count(t, x->if_index);
        tsv_text(t, x->index);
        tsv_text(t, x->type);
        tsv_text(t, x->vendor);
        tsv_text(t, x->model);
        tsv_text(t, x->serial);
        tsv_text(t, x->revision);
        tsv_text(t, x->date);
        tsv_number(t, x->wavelength_nm, 2);
        tsv_number(t, x->distance_m, 0);
        tsv_text(t, x->connector);
        tsv_row(t);
    }
}

void fact_tables_add(struct fact_tables *t, const char *name,
                     const struct facts *f, const char *addresses,
                     const char *credential, const char *state)
{
    static add_rows *const adders[TABLES] = {
        [TABLE_PORTS] = add_ports,
        [TABLE_PROCESSORS] = add_processors,
        [TABLE_MEMPOOLS] = add_mempools,
        [TABLE_STORAGE] = add_storage,
        [TABLE_SENSORS] = add_sensors,
        [TABLE_NEIGHBORS] = add_neighbors,
        [TABLE_FDB] = add_fdb,
        [TABLE_ARP] = add_arp,
        [TABLE_VLANS] = add_vlans,
        [TABLE_PORT_VLANS] = add_port_vlans,
        [TABLE_STP] = add_stp,
        [TABLE_PORT_STACK] = add_port_stack,
        [TABLE_IPV4] = add_ipv4,
        [TABLE_IPV6] = add_ipv6,
        [TABLE_ROUTES] = add_routes,
        [TABLE_INVENTORY] = add_inventory,
        [TABLE_SUPPLIES] = add_supplies,
        [TABLE_BGP] = add_bgp,
        [TABLE_OSPF] = add_ospf,
        [TABLE_TRANSCEIVERS] = add_transceivers,
    };

    add_device(t->table[TABLE_DEVICES], name, f, addresses, credential, state);
    for (size_t i = 0; i < TABLES; i++)
        if (adders[i] != NULL)
            adders[i](t->table[i], name, f);
}

const char *fact_tables_file(size_t n)
{
    return n < TABLES ? layouts[n].file : NULL;
}

int fact_tables_print(struct fact_tables *t, const char *file,
                      struct buffer *out)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (strcmp(layouts[i].file, file) == 0) {
            tsv_print(t->table[i], out);
            return 0;
        }
    }
    return -ENOENT;
}

int fact_tables_save(struct fact_tables *t, const char *dir)
{
    int rc = file_make_dir(dir, 0755);

    for (size_t i = 0; i < TABLES && rc == 0; i++)
        rc = tsv_save(t->table[i], dir, layouts[i].file);
    return rc;
}
