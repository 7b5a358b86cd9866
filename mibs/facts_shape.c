#include "mibs/facts_shape.h"

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
    F(lldp_local_port, "admin_status", admin_status, M_U8),
    F(lldp_local_port, "has_rx_frames", has_rx_frames, M_BOOL),
    F(lldp_local_port, "rx_frames", rx_frames, M_U32),
    F(lldp_local_port, "tx_frames", tx_frames, M_U32),
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
    F(bridge_port, "stp_role", stp_role, M_U8),
    F(bridge_port, "stp_cost", stp_cost, M_U32),
    F(bridge_port, "designated_bridge", designated_bridge, M_BYTES),
    F(bridge_port, "designated_port", designated_port, M_BYTES),
    END,
};

static const struct member of_bridge[] = {
    F(bridge, "base_mac", base_mac, M_MAC),
    {"ports", M_LIST, offsetof(struct bridge, ports), of_bridge_port,
     sizeof(struct bridge_port)},
    F(bridge, "stp_root", stp_root, M_BYTES),
    F(bridge, "stp_protocol", stp_protocol, M_TEXT),
    F(bridge, "stp_priority", stp_priority, M_I64),
    F(bridge, "stp_root_cost", stp_root_cost, M_I64),
    F(bridge, "stp_root_port", stp_root_port, M_I64),
    F(bridge, "topology_changes", topology_changes, M_I64),
    END,
};

static const struct member of_vlan[] = {
    F(vlan, "id", id, M_U16),
    F(vlan, "name", name, M_TEXT),
    END,
};

static const struct member of_port_vlans[] = {
    F(port_vlans, "base_port", base_port, M_U32),
    F(port_vlans, "if_index", if_index, M_U32),
    F(port_vlans, "pvid", pvid, M_U16),
    F(port_vlans, "member", member, M_BYTES),
    F(port_vlans, "untagged", untagged, M_BYTES),
    END,
};

static const struct member of_route[] = {
    F(route, "to", to, M_PREFIX),
    F(route, "next_hop", next_hop, M_ADDR),
    F(route, "if_index", if_index, M_U32),
    END,
};

static const struct member of_peer[] = {
    F(peer, "protocol", protocol, M_U8),
    F(peer, "addr", addr, M_ADDR),
    F(peer, "local", local, M_ADDR),
    F(peer, "router", router, M_ADDR),
    F(peer, "as", as, M_U32),
    F(peer, "local_as", local_as, M_U32),
    F(peer, "state", state, M_TEXT),
    F(peer, "admin", admin, M_TEXT),
    F(peer, "if_index", if_index, M_U32),
    END,
};

static const struct member of_stack[] = {
    F(stack_entry, "upper", upper, M_U32),
    F(stack_entry, "lower", lower, M_U32),
    F(stack_entry, "aggregate", aggregate, M_BOOL),
    END,
};

static const struct member of_lacp[] = {
    F(lacp_port, "if_index", if_index, M_U32),
    F(lacp_port, "system", system, M_MAC),
    F(lacp_port, "port", port, M_U32),
    F(lacp_port, "partner", partner, M_MAC),
    F(lacp_port, "partner_port", partner_port, M_U32),
    END,
};

static const struct member of_entity[] = {
    F(entity, "index", index, M_U32),
    F(entity, "contained_in", contained_in, M_U32),
    F(entity, "class", class, M_I32),
    F(entity, "position", position, M_I32),
    F(entity, "if_index", if_index, M_U32),
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

static const struct member of_supply[] = {
    F(supply, "index", index, M_TEXT),
    F(supply, "type", type, M_TEXT),
    F(supply, "descr", descr, M_TEXT),
    F(supply, "oid", oid, M_TEXT),
    F(supply, "capacity", capacity, M_DOUBLE),
    F(supply, "current_percent", current_percent, M_DOUBLE),
    END,
};

static const struct member of_transceiver[] = {
    F(transceiver, "index", index, M_TEXT),
    F(transceiver, "type", type, M_TEXT),
    F(transceiver, "vendor", vendor, M_TEXT),
    F(transceiver, "model", model, M_TEXT),
    F(transceiver, "serial", serial, M_TEXT),
    F(transceiver, "revision", revision, M_TEXT),
    F(transceiver, "date", date, M_TEXT),
    F(transceiver, "connector", connector, M_TEXT),
    F(transceiver, "wavelength_nm", wavelength_nm, M_DOUBLE),
    F(transceiver, "distance_m", distance_m, M_DOUBLE),
    F(transceiver, "if_index", if_index, M_U32),
    F(transceiver, "entity", entity, M_U32),
    END,
};

static const struct member of_report[] = {
    F(table_report, "name", name, M_TEXT),
    F(table_report, "result", result, M_I32),
    F(table_report, "rows", rows, M_U32),
    F(table_report, "at", at, M_WALL),
    END,
};

static const struct member of_changes[] = {
    F(change_facts, "lldp_remote_cs", lldp_remote_cs, M_I64),
    F(change_facts, "entity_cs", entity_cs, M_I64),
    F(change_facts, "if_stack_cs", if_stack_cs, M_I64),
    END,
};

const struct member facts_members[] = {
    {"system", M_OBJECT, offsetof(struct facts, system), of_system, 0},
    {FACTS_MEMBERS_SEEN, M_OBJECT, offsetof(struct facts, identity),
     of_identity, 0},
    LIST(reports, FACTS_MEMBERS_REPORTS, of_report, table_report),
    LIST(entities, FACTS_MEMBERS_ENTITIES, of_entity, entity),
    LIST(interfaces, "interfaces", of_interface, interface),
    LIST(processors, FACTS_MEMBERS_NAMES, of_processor, processor),
    LIST(addresses, "addresses", of_address, interface_address),
    LIST(neighbors, "neighbors", of_neighbor, neighbor),
    {"lldp", M_OBJECT, offsetof(struct facts, lldp), of_lldp, 0},
    LIST(arp, "arp", of_arp, arp_entry),
    LIST(fdb, "fdb", of_fdb, fdb_entry),
    {"bridge", M_OBJECT, offsetof(struct facts, bridge), of_bridge, 0},
    LIST(vlans, "vlans", of_vlan, vlan),
    LIST(port_vlans, "port_vlans", of_port_vlans, port_vlans),
    LIST(routes, "routes", of_route, route),
    LIST(peers, "peers", of_peer, peer),
    LIST(stack, "stack", of_stack, stack_entry),
    LIST(lacp, "lacp", of_lacp, lacp_port),
    LIST(mempools, "mempools", of_mempool, mempool),
    LIST(storages, "storages", of_storage, storage),
    LIST(sensors, "sensors", of_sensor, sensor),
    LIST(supplies, "supplies", of_supply, supply),
    LIST(transceivers, "transceivers", of_transceiver, transceiver),
    {"changes", M_OBJECT, offsetof(struct facts, changes), of_changes, 0},
    F(facts, "observed_at", observed_at, M_WALL),
    END,
};

const struct member facts_measured[] = {
    LIST(processors, "processors", of_processor, processor),
    LIST(mempools, "mempools", of_mempool, mempool),
    LIST(storages, "storages", of_storage, storage),
    LIST(sensors, "sensors", of_sensor, sensor),
    LIST(supplies, "supplies", of_supply, supply),
    END,
};

void member_set_number(const struct member *m, void *at, uint64_t n)
{
    switch (m->type) {
    case M_BOOL:
        *(bool *)at = n != 0;
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
        *(uint64_t *)at = n;
        break;
    case M_I32:
        *(int32_t *)at = (int32_t)n;
        break;
    case M_I64:
        *(int64_t *)at = (int64_t)n;
        break;
    case M_WALL:
        ((struct wall *)at)->ms = (int64_t)n;
        break;
    case M_TEXT:
    case M_BYTES:
    case M_DOUBLE:
    case M_ADDR:
    case M_ADDRS:
    case M_PREFIX:
    case M_MAC:
    case M_OBJECT:
    case M_LIST:
        break;
    }
}
