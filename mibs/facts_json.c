#include "mibs/facts_json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

/* How a member of a struct is written. */
enum member_type {
    M_TEXT,  /* const char * */
    M_BYTES, /* struct bytes, as hexadecimal digits */
    M_BOOL,
    M_U8,
    M_U16,
    M_U32,
    M_U64,
    M_I32,
    M_I64,    /* FACT_UNKNOWN is left out */
    M_DOUBLE, /* NaN is left out */
    M_ADDR,
    M_ADDRS, /* the management addresses of a neighbor, count told aside */
    M_PREFIX,
    M_MAC,
    M_WALL,
    M_OBJECT, /* a struct inside */
    M_LIST,   /* an array of structs (ARRAY_OF) */
};

struct member {
    const char *key;
    enum member_type type;
    size_t offset;
    const struct member *inside; /* of objects and lists, ends with key NULL */
    size_t size;                 /* of one element of a list */
};

/* Every ARRAY_OF() has this shape. */
struct any_list {
    char *at;
    size_t count, room;
};

/* Rows of one table that are believed. */
enum { LIST_MAX = 4 << 20 };
_Static_assert(sizeof(enum device_kind) == sizeof(uint32_t),
               "kinds are written as 32-bit numbers");

#define F(type, key, field, kind)                        \
    {                                                    \
        key, kind, offsetof(struct type, field), NULL, 0 \
    }
#define END                      \
    {                            \
        NULL, M_TEXT, 0, NULL, 0 \
    }
#define LIST(field, key, members, element)                   \
    {                                                        \
        key, M_LIST, offsetof(struct facts, field), members, \
            sizeof(struct element)                           \
    }

static const struct member of_system[] = {
    F(system_facts, "descr", descr, M_TEXT),
    F(system_facts, "object_id", object_id, M_TEXT),
    F(system_facts, "name", name, M_TEXT),
    F(system_facts, "contact", contact, M_TEXT),
    F(system_facts, "location", location, M_TEXT),
    F(system_facts, "services", services, M_U32),
    F(system_facts, "has_uptime", has_uptime, M_BOOL),
    F(system_facts, "uptime_cs", uptime_cs, M_U32),
    F(system_facts, "engine_id", engine_id, M_BYTES),
    F(system_facts, "engine_boots", engine_boots, M_I64),
    F(system_facts, "engine_time_s", engine_time_s, M_I64),
    F(system_facts, "if_number", if_number, M_I64),
    END,
};

static const struct member of_identity[] = {
    F(identity_facts, "profile", profile, M_TEXT),
    F(identity_facts, "os", os, M_TEXT),
    F(identity_facts, "vendor", vendor, M_TEXT),
    F(identity_facts, "hardware", hardware, M_TEXT),
    F(identity_facts, "version", version, M_TEXT),
    F(identity_facts, "serial", serial, M_TEXT),
    F(identity_facts, "features", features, M_TEXT),
    F(identity_facts, "kind", kind, M_U32),
    END,
};

static const struct member of_interface[] = {
    F(interface, "if_index", if_index, M_U32),
    F(interface, "name", name, M_TEXT),
    F(interface, "descr", descr, M_TEXT),
    F(interface, "alias", alias, M_TEXT),
    F(interface, "label", label, M_TEXT),
    F(interface, "type", type, M_I32),
    F(interface, "speed_bps", speed_bps, M_U64),
    F(interface, "mac", mac, M_MAC),
    F(interface, "phys", phys, M_BYTES),
    F(interface, "admin_status", admin_status, M_U8),
    F(interface, "oper_status", oper_status, M_U8),
    F(interface, "mtu", mtu, M_I64),
    F(interface, "last_change_cs", last_change_cs, M_I64),
    F(interface, "duplex", duplex, M_TEXT),
    F(interface, "has_hc", has_hc, M_BOOL),
    F(interface, "has_type", has_type, M_BOOL),
    F(interface, "has_speed", has_speed, M_BOOL),
    END,
};

static const struct member of_address[] = {
    F(interface_address, "addr", addr, M_ADDR),
    F(interface_address, "if_index", if_index, M_U32),
    F(interface_address, "prefix_len", prefix_len, M_I32),
    END,
};

static const struct member of_neighbor[] = {
    F(neighbor, "protocol", protocol, M_U8),
    F(neighbor, "chassis_subtype", chassis_subtype, M_U8),
    F(neighbor, "port_subtype", port_subtype, M_U8),
    F(neighbor, "local_port_num", local_port_num, M_U32),
    F(neighbor, "local_if_index", local_if_index, M_U32),
    F(neighbor, "chassis_id", chassis_id, M_BYTES),
    F(neighbor, "port_id", port_id, M_BYTES),
    F(neighbor, "chassis_text", chassis_text, M_TEXT),
    F(neighbor, "port_text", port_text, M_TEXT),
    F(neighbor, "port_descr", port_descr, M_TEXT),
    F(neighbor, "sys_name", sys_name, M_TEXT),
    F(neighbor, "sys_descr", sys_descr, M_TEXT),
    F(neighbor, "platform", platform, M_TEXT),
    F(neighbor, "chassis_mac", chassis_mac, M_MAC),
    F(neighbor, "port_mac", port_mac, M_MAC),
    F(neighbor, "mgmt", mgmt, M_ADDRS),
    F(neighbor, "caps", caps, M_U16),
    F(neighbor, "rem_index", rem_index, M_U32),
    END,
};

static const struct member of_local_port[] = {
    F(lldp_local_port, "port_num", port_num, M_U32),
    F(lldp_local_port, "if_index", if_index, M_U32),
    F(lldp_local_port, "subtype", subtype, M_U8),
    F(lldp_local_port, "id", id, M_BYTES),
    F(lldp_local_port, "text", text, M_TEXT),
    F(lldp_local_port, "descr", descr, M_TEXT),
    END,
};

static const struct member of_lldp[] = {
    F(lldp_local, "chassis_subtype", chassis_subtype, M_U8),
    F(lldp_local, "chassis_id", chassis_id, M_BYTES),
    F(lldp_local, "chassis_mac", chassis_mac, M_MAC),
    F(lldp_local, "chassis_text", chassis_text, M_TEXT),
    F(lldp_local, "sys_name", sys_name, M_TEXT),
    {"ports", M_LIST, offsetof(struct lldp_local, ports), of_local_port,
     sizeof(struct lldp_local_port)},
    END,
};

static const struct member of_arp[] = {
    F(arp_entry, "addr", addr, M_ADDR),
    F(arp_entry, "mac", mac, M_MAC),
    F(arp_entry, "if_index", if_index, M_U32),
    END,
};

static const struct member of_fdb[] = {
    F(fdb_entry, "mac", mac, M_MAC),
    F(fdb_entry, "if_index", if_index, M_U32),
    F(fdb_entry, "base_port", base_port, M_U32),
    F(fdb_entry, "vlan", vlan, M_U16),
    F(fdb_entry, "status", status, M_U8),
    END,
};

static const struct member of_bridge_port[] = {
    F(bridge_port, "base_port", base_port, M_U32),
    F(bridge_port, "if_index", if_index, M_U32),
    F(bridge_port, "stp_state", stp_state, M_U8),
    F(bridge_port, "designated_bridge", designated_bridge, M_BYTES),
    F(bridge_port, "designated_port", designated_port, M_BYTES),
    END,
};

static const struct member of_bridge[] = {
    F(bridge, "base_mac", base_mac, M_MAC),
    {"ports", M_LIST, offsetof(struct bridge, ports), of_bridge_port,
     sizeof(struct bridge_port)},
    F(bridge, "stp_root", stp_root, M_BYTES),
    F(bridge, "topology_changes", topology_changes, M_I64),
    END,
};

static const struct member of_vlan[] = {
    F(vlan, "id", id, M_U16),
    F(vlan, "name", name, M_TEXT),
    END,
};

static const struct member of_route[] = {
    F(route, "to", to, M_PREFIX),
    F(route, "next_hop", next_hop, M_ADDR),
    F(route, "if_index", if_index, M_U32),
    F(route, "proto", proto, M_U8),
    END,
};

static const struct member of_stack[] = {
    F(stack_entry, "upper", upper, M_U32),
    F(stack_entry, "lower", lower, M_U32),
    F(stack_entry, "aggregate", aggregate, M_BOOL),
    END,
};

static const struct member of_entity[] = {
    F(entity, "index", index, M_U32),
    F(entity, "contained_in", contained_in, M_U32),
    F(entity, "class", class, M_I32),
    F(entity, "descr", descr, M_TEXT),
    F(entity, "name", name, M_TEXT),
    F(entity, "model", model, M_TEXT),
    F(entity, "serial", serial, M_TEXT),
    F(entity, "mfg", mfg, M_TEXT),
    F(entity, "alias", alias, M_TEXT),
    F(entity, "hw_rev", hw_rev, M_TEXT),
    F(entity, "fw_rev", fw_rev, M_TEXT),
    F(entity, "sw_rev", sw_rev, M_TEXT),
    END,
};

static const struct member of_processor[] = {
    F(processor, "index", index, M_TEXT),
    F(processor, "descr", descr, M_TEXT),
    F(processor, "oid", oid, M_TEXT),
    F(processor, "usage_percent", usage_percent, M_DOUBLE),
    END,
};

static const struct member of_mempool[] = {
    F(mempool, "index", index, M_TEXT),
    F(mempool, "class", class, M_TEXT),
    F(mempool, "descr", descr, M_TEXT),
    F(mempool, "used_percent", used_percent, M_DOUBLE),
    F(mempool, "total_bytes", total_bytes, M_DOUBLE),
    F(mempool, "used_bytes", used_bytes, M_DOUBLE),
    F(mempool, "free_bytes", free_bytes, M_DOUBLE),
    END,
};

static const struct member of_storage[] = {
    F(storage, "index", index, M_TEXT),
    F(storage, "descr", descr, M_TEXT),
    F(storage, "total_bytes", total_bytes, M_DOUBLE),
    F(storage, "used_bytes", used_bytes, M_DOUBLE),
    F(storage, "used_percent", used_percent, M_DOUBLE),
    END,
};

static const struct member of_sensor[] = {
    F(sensor, "class", class, M_TEXT),
    F(sensor, "index", index, M_TEXT),
    F(sensor, "descr", descr, M_TEXT),
    F(sensor, "unit", unit, M_TEXT),
    F(sensor, "oid", oid, M_TEXT),
    F(sensor, "value", value, M_DOUBLE),
    F(sensor, "state_descr", state_descr, M_TEXT),
    F(sensor, "state_severity", state_severity, M_TEXT),
    F(sensor, "group", group, M_TEXT),
    F(sensor, "low_crit", low_crit, M_DOUBLE),
    F(sensor, "low_warn", low_warn, M_DOUBLE),
    F(sensor, "high_warn", high_warn, M_DOUBLE),
    F(sensor, "high_crit", high_crit, M_DOUBLE),
    F(sensor, "if_index", if_index, M_U32),
    F(sensor, "entity", entity, M_U32),
    END,
};

static const struct member of_report[] = {
    F(table_report, "name", name, M_TEXT),
    F(table_report, "result", result, M_I32),
    F(table_report, "rows", rows, M_U32),
    END,
};

static const struct member of_facts[] = {
    {"system", M_OBJECT, offsetof(struct facts, system), of_system, 0},
    {"identity", M_OBJECT, offsetof(struct facts, identity), of_identity, 0},
    LIST(interfaces, "interfaces", of_interface, interface),
    LIST(addresses, "addresses", of_address, interface_address),
    LIST(neighbors, "neighbors", of_neighbor, neighbor),
    {"lldp", M_OBJECT, offsetof(struct facts, lldp), of_lldp, 0},
    LIST(arp, "arp", of_arp, arp_entry),
    LIST(fdb, "fdb", of_fdb, fdb_entry),
    {"bridge", M_OBJECT, offsetof(struct facts, bridge), of_bridge, 0},
    LIST(vlans, "vlans", of_vlan, vlan),
    LIST(routes, "routes", of_route, route),
    LIST(stack, "stack", of_stack, stack_entry),
    LIST(entities, "entities", of_entity, entity),
    LIST(processors, "processors", of_processor, processor),
    LIST(mempools, "mempools", of_mempool, mempool),
    LIST(storages, "storages", of_storage, storage),
    LIST(sensors, "sensors", of_sensor, sensor),
    LIST(reports, "reports", of_report, table_report),
    F(facts, "observed_at", observed_at, M_WALL),
    END,
};

/* ---- writing ---- */

static json_t *write_object(const struct member *members, const void *from);

static json_t *write_bytes(struct bytes b)
{
    struct buffer OWNED_BUFFER hex = {0};

    if (b.len == 0)
        return NULL;
    for (size_t i = 0; i < b.len; i++)
        buffer_format(&hex, "%02x", b.at[i]);
    return json_string(hex.at);
}

static json_t *write_addr(const struct addr *a)
{
    char text[ADDR_TEXT_MAX];

    return addr_is_set(a) ? json_string(addr_format(a, text, sizeof text))
                          : NULL;
}

/* The management addresses of a neighbor, whose first member is mgmt. */
static json_t *write_addrs(const struct addr *first)
{
    json_t *list = json_array();

    for (size_t i = 0; i < COUNT_OF(((struct neighbor *)0)->mgmt); i++)
        if (addr_is_set(&first[i]))
            json_array_append_new(list, write_addr(&first[i]));
    return list;
}

static json_t *write_prefix(const struct prefix *p)
{
    char text[ADDR_TEXT_MAX];

    return addr_is_set(&p->base)
               ? json_string(prefix_format(p, text, sizeof text))
               : NULL;
}

static json_t *write_mac(const struct mac *m)
{
    char text[MAC_TEXT_MAX];

    return mac_is_set(m) ? json_string(mac_format(m, text, sizeof text)) : NULL;
}

static json_t *write_list(const struct member *m, const struct any_list *list)
{
    json_t *out = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(out,
                              write_object(m->inside, list->at + i * m->size));
    return out;
}

static json_t *write_number(int64_t n)
{
    return n != 0 ? json_integer(n) : NULL;
}

/* The JSON of a member at its place; NULL where it is not known. */
static json_t *write_member(const struct member *m, const void *at)
{
    switch (m->type) {
    case M_TEXT:
        return **(const char *const *)at != '\0'
                   ? json_string(*(const char *const *)at)
                   : NULL;
    case M_BYTES:
        return write_bytes(*(const struct bytes *)at);
    case M_BOOL:
        return *(const bool *)at ? json_true() : NULL;
    case M_U8:
        return write_number(*(const uint8_t *)at);
    case M_U16:
        return write_number(*(const uint16_t *)at);
    case M_U32:
        return write_number(*(const uint32_t *)at);
    case M_U64:
        return write_number((int64_t)(*(const uint64_t *)at & INT64_MAX));
    case M_I32:
        return write_number(*(const int32_t *)at);
    case M_I64:
        return *(const int64_t *)at != FACT_UNKNOWN
                   ? json_integer(*(const int64_t *)at)
                   : NULL;
    case M_DOUBLE:
        return isfinite(*(const double *)at) ? json_real(*(const double *)at)
                                             : NULL;
    case M_ADDR:
        return write_addr(at);
    case M_ADDRS:
        return write_addrs(at);
    case M_PREFIX:
        return write_prefix(at);
    case M_MAC:
        return write_mac(at);
    case M_WALL:
        return write_number(((const struct wall *)at)->ms);
    case M_OBJECT:
        return write_object(m->inside, at);
    case M_LIST:
        return write_list(m, at);
    }
    return NULL;
}

static json_t *write_object(const struct member *members, const void *from)
{
    json_t *out = json_object();

    for (const struct member *m = members; m->key != NULL; m++) {
        json_t *value = write_member(m, (const char *)from + m->offset);

        if (value != NULL)
            json_object_set_new_nocheck(out, m->key, value);
    }
    return out;
}

static int append_text(const char *text, size_t len, void *arg)
{
    buffer_add(arg, text, len);
    return 0;
}

void facts_to_json(const struct facts *f, struct buffer *out)
{
    json_t *object = write_object(of_facts, f);

    (void)json_dump_callback(object, append_text, out, JSON_COMPACT);
    json_decref(object);
}

/* ---- reading ---- */

static void read_object(const struct member *members, const json_t *from,
                        void *to, struct arena *arena);

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct bytes read_bytes(const json_t *value, struct arena *arena)
{
    const char *hex = json_string_value(value);
    size_t len = hex != NULL ? strlen(hex) / 2 : 0;

    if (len == 0)
        return (struct bytes){NULL, 0};
    uint8_t *at = arena_zero(arena, len);
    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return (struct bytes){NULL, 0};
        at[i] = (uint8_t)(high << 4 | low);
    }
    return (struct bytes){at, len};
}

static void read_addr(const json_t *value, struct addr *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || addr_parse(text, out) < 0)
        *out = (struct addr){0};
}

static void read_addrs(const json_t *value, struct addr *first)
{
    struct neighbor *n =
        (struct neighbor *)(void *)((char *)first -
                                    offsetof(struct neighbor, mgmt));

    for (size_t i = 0; i < json_array_size(value) && i < COUNT_OF(n->mgmt); i++)
        read_addr(json_array_get(value, i), &n->mgmt[n->mgmt_count++]);
}

static void read_prefix(const json_t *value, struct prefix *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || prefix_parse(text, true, out) < 0)
        *out = (struct prefix){0};
}

static void read_mac(const json_t *value, struct mac *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || mac_parse(text, out) < 0)
        *out = (struct mac){0};
}

/* What of_... cannot say with zeros: texts are "", numbers unknown. */
static void preset(const struct member *members, void *to)
{
    for (const struct member *m = members; m->key != NULL; m++) {
        void *at = (char *)to + m->offset;

        if (m->type == M_TEXT)
            *(const char **)at = "";
        else if (m->type == M_DOUBLE)
            *(double *)at = NAN;
        else if (m->type == M_I64)
            *(int64_t *)at = FACT_UNKNOWN;
        else if (m->type == M_OBJECT)
            preset(m->inside, at);
    }
}

static void read_list(const struct member *m, const json_t *value,
                      struct any_list *out, struct arena *arena)
{
    size_t count = json_array_size(value);

    if (count == 0 || count > LIST_MAX)
        return;
    out->at = mem_array(count, m->size);
    out->count = out->room = count;
    for (size_t i = 0; i < count; i++) {
        void *element = out->at + i * m->size;

        preset(m->inside, element);
        read_object(m->inside, json_array_get(value, i), element, arena);
    }
}

static void read_member(const struct member *m, const json_t *value, void *at,
                        struct arena *arena)
{
    json_int_t n = json_integer_value(value);

    switch (m->type) {
    case M_TEXT:
        *(const char **)at = arena_text(arena, json_string_value(value));
        break;
    case M_BYTES:
        *(struct bytes *)at = read_bytes(value, arena);
        break;
    case M_BOOL:
        *(bool *)at = json_is_true(value);
        break;
    case M_U8:
        *(uint8_t *)at = (uint8_t)n;
        break;
    case M_U16:
        *(uint16_t *)at = (uint16_t)n;
        break;
    case M_U32:
        *(uint32_t *)at = (uint32_t)n;
        break;
    case M_U64:
        *(uint64_t *)at = (uint64_t)n;
        break;
    case M_I32:
        *(int32_t *)at = (int32_t)n;
        break;
    case M_I64:
        *(int64_t *)at = n;
        break;
    case M_DOUBLE:
        *(double *)at = json_number_value(value);
        break;
    case M_ADDR:
        read_addr(value, at);
        break;
    case M_ADDRS:
        read_addrs(value, at);
        break;
    case M_PREFIX:
        read_prefix(value, at);
        break;
    case M_MAC:
        read_mac(value, at);
        break;
    case M_WALL:
        ((struct wall *)at)->ms = n;
        break;
    case M_OBJECT:
        read_object(m->inside, value, at, arena);
        break;
    case M_LIST:
        read_list(m, value, at, arena);
        break;
    }
}

static void read_object(const struct member *members, const json_t *from,
                        void *to, struct arena *arena)
{
    for (const struct member *m = members; m->key != NULL; m++) {
        const json_t *value = json_object_get(from, m->key);

        if (value != NULL)
            read_member(m, value, (char *)to + m->offset, arena);
    }
}

struct facts *facts_from_json(const char *text, size_t len)
{
    json_t *root = json_loadb(text, len, 0, NULL);

    if (!json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    struct facts *f = facts_new();
    preset(of_facts, f);
    read_object(of_facts, root, f, f->arena);
    json_decref(root);
    if (f->identity.kind >= DEVICE_KINDS)
        f->identity.kind = KIND_UNKNOWN;
    return f;
}
