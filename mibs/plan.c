#include "mibs/plan.h"

#include "mibs/bridge_mib.h"
#include "mibs/cdp_mib.h"
#include "mibs/entity_mib.h"
#include "mibs/entity_state_mib.h"
#include "mibs/entity_vendor_mib.h"
#include "mibs/host_mib.h"
#include "mibs/if_mib.h"
#include "mibs/if_vendor_mib.h"
#include "mibs/ip_mib.h"
#include "mibs/lldp_mib.h"
#include "mibs/lldp_vendor_mib.h"
#include "mibs/ndp_mib.h"
#include "mibs/peer_mib.h"
#include "mibs/port_vlan_mib.h"
#include "mibs/power_mib.h"
#include "mibs/printer_mib.h"
#include "mibs/route_mib.h"
#include "mibs/sensor_mib.h"
#include "mibs/stack_mib.h"
#include "mibs/system_mib.h"
#include "mibs/vlan_mib.h"

#include <string.h>

#define ENTERPRISES "1.3.6.1.4.1."
#define OID_CISCO ENTERPRISES "9."
#define OID_3COM ENTERPRISES "43."
#define OID_CISCO_SB OID_CISCO "6."
#define OID_RADLAN ENTERPRISES "89."
#define OID_DELL ENTERPRISES "674."
#define OID_ELTEX ENTERPRISES "35265."
#define OID_NORTEL ENTERPRISES "45."
#define OID_BROCADE ENTERPRISES "1588."
#define OID_EXTREME ENTERPRISES "1916."
#define OID_FOUNDRY ENTERPRISES "1991."
#define OID_HUAWEI ENTERPRISES "2011."
#define OID_RAPID_CITY ENTERPRISES "2272."
#define OID_JUNIPER ENTERPRISES "2636."
#define OID_ALCATEL ENTERPRISES "6486."
#define OID_TIMETRA ENTERPRISES "6527."
#define OID_TPLINK ENTERPRISES "11863."
#define OID_ARISTA ENTERPRISES "30065."
#define OID_H3C ENTERPRISES "25506."

static const struct planned plan[] = {
    {.reader = &if_reader},
    {.reader = &duplex_reader, .lasts = true},
    {.reader = &brocade_port_reader, .vendors = {OID_BROCADE}, .lasts = true},
    {.reader = &timetra_interface_reader,
     .vendors = {OID_TIMETRA},
     .lasts = true},
    {.reader = &ip_addr_reader, .lasts = true},
    {.reader = &ip_address_reader, .lasts = true},
    {.reader = &ip_prefix_reader, .lasts = true},
    {.reader = &ipv6_addr_reader, .lasts = true},
    {.reader = &cisco_ip_address_reader,
     .unless = &ip_address_reader,
     .vendors = {OID_CISCO},
     .lasts = true},
    {.reader = &radlan_address_reader,
     .vendors = {OID_RADLAN, OID_CISCO_SB, OID_DELL, OID_ELTEX},
     .lasts = true},
    {.reader = &tplink_ipv6_reader, .vendors = {OID_TPLINK}, .lasts = true},
    {.reader = &entity_reader, .lasts = true, .timed = true},
    {.reader = &huawei_entity_reader, .vendors = {OID_HUAWEI}, .lasts = true},
    {.reader = &juniper_container_reader,
     .unless = &entity_reader,
     .vendors = {OID_JUNIPER},
     .lasts = true},
    {.reader = &juniper_contents_reader,
     .unless = &entity_reader,
     .vendors = {OID_JUNIPER},
     .lasts = true},
    {.reader = &timetra_hardware_reader,
     .unless = &entity_reader,
     .vendors = {OID_TIMETRA},
     .lasts = true},
    {.reader = &bridge_reader, .lasts = true},
    {.reader = &bridge_port_reader, .with = &bridge_reader},
    {.reader = &lldp_local_reader, .lasts = true},
    {.reader = &lldp_ports_reader, .with = &lldp_local_reader},
    {.reader = &lldp_remote_reader, .with = &lldp_local_reader, .timed = true},
    {.reader = &lldp_address_reader, .with = &lldp_local_reader, .timed = true},
    {.reader = &lldp_v2_local_reader,
     .unless = &lldp_remote_reader,
     .lasts = true},
    {.reader = &lldp_v2_ports_reader,
     .unless = &lldp_remote_reader,
     .with = &lldp_v2_local_reader},
    {.reader = &lldp_v2_remote_reader,
     .unless = &lldp_remote_reader,
     .with = &lldp_v2_local_reader},
    {.reader = &lldp_v2_address_reader,
     .unless = &lldp_remote_reader,
     .with = &lldp_v2_local_reader},
    {.reader = &timetra_lldp_reader,
     .unless = &lldp_remote_reader,
     .vendors = {OID_TIMETRA}},
    {.reader = &tplink_lldp_reader,
     .unless = &lldp_remote_reader,
     .vendors = {OID_TPLINK}},
    {.reader = &cdp_reader},
    {.reader = &fdp_reader, .vendors = {OID_FOUNDRY}},
    {.reader = &edp_reader, .vendors = {OID_EXTREME}},
    {.reader = &huawei_ndp_reader, .vendors = {OID_HUAWEI}},
    {.reader = &h3c_ndp_reader, .vendors = {OID_H3C}},
    {.reader = &a3com_ndp_reader, .vendors = {OID_3COM}},
    {.reader = &vlan_name_reader, .lasts = true},
    {.reader = &vlan_current_reader, .lasts = true},
    {.reader = &pvid_reader, .lasts = true},
    {.reader = &vtp_reader, .vendors = {OID_CISCO}, .lasts = true},
    {.reader = &vm_membership_reader, .vendors = {OID_CISCO}, .lasts = true},
    {.reader = &trunk_reader, .vendors = {OID_CISCO}, .lasts = true},
    {.reader = &alcatel_port_reader, .vendors = {OID_ALCATEL}, .lasts = true},
    {.reader = &ieee_vlan_reader, .unless = &vlan_name_reader, .lasts = true},
    {.reader = &huawei_vlan_reader,
     .unless = &vlan_name_reader,
     .vendors = {OID_HUAWEI},
     .lasts = true},
    {.reader = &h3c_vlan_reader,
     .unless = &vlan_name_reader,
     .vendors = {OID_H3C},
     .lasts = true},
    {.reader = &juniper_ex_vlan_reader,
     .vendors = {OID_JUNIPER},
     .lasts = true},
    {.reader = &juniper_l2_vlan_reader,
     .vendors = {OID_JUNIPER},
     .lasts = true},
    {.reader = &foundry_vlan_reader,
     .unless = &vlan_name_reader,
     .vendors = {OID_FOUNDRY},
     .lasts = true},
    {.reader = &extreme_vlan_reader, .vendors = {OID_EXTREME}, .lasts = true},
    {.reader = &rapid_city_vlan_reader,
     .vendors = {OID_RAPID_CITY, OID_NORTEL, OID_EXTREME},
     .lasts = true},
    {.reader = &alcatel_vlan_reader,
     .unless = &vlan_name_reader,
     .vendors = {OID_ALCATEL},
     .lasts = true},
    {.reader = &alcatel_old_vlan_reader,
     .unless = &vlan_name_reader,
     .vendors = {OID_ALCATEL},
     .lasts = true},
    {.reader = &tplink_vlan_reader,
     .unless = &vlan_name_reader,
     .vendors = {OID_TPLINK},
     .lasts = true},
    {.reader = &lag_reader, .lasts = true},
    {.reader = &pagp_reader, .vendors = {OID_CISCO}, .lasts = true},
    {.reader = &if_stack_reader, .lasts = true, .timed = true},
    {.reader = &host_types_reader, .lasts = true},
    {.reader = &hr_processor_reader,
     .generic = "hrProcessorTable",
     .metrics = true,
     .lasts = true},
    {.reader = &hr_storage_reader,
     .generic = "hrStorageTable",
     .metrics = true,
     .lasts = true},
    {.reader = &ucd_memory_reader,
     .unless = &hr_storage_reader,
     .generic = "ucdMemory",
     .metrics = true,
     .lasts = true},
    {.reader = &ucd_cpu_reader,
     .unless = &hr_processor_reader,
     .generic = "ucdCpu",
     .metrics = true,
     .lasts = true},
    {.reader = &entity_sensor_reader,
     .generic = "entPhySensorTable",
     .metrics = true,
     .lasts = true},
    {.reader = &entity_state_reader,
     .generic = "entStateTable",
     .metrics = true,
     .lasts = true},
    {.reader = &entity_alias_reader, .lasts = true},
    {.reader = &lm_temp_reader,
     .generic = "lmSensors",
     .metrics = true,
     .lasts = true},
    {.reader = &lm_fan_reader,
     .generic = "lmSensors",
     .metrics = true,
     .lasts = true},
    {.reader = &lm_volt_reader,
     .generic = "lmSensors",
     .metrics = true,
     .lasts = true},
    {.reader = &ups_reader,
     .generic = "upsObjects",
     .metrics = true,
     .lasts = true},
    {.reader = &poe_reader,
     .generic = "pethMainPseTable",
     .metrics = true,
     .lasts = true},
    {.reader = &printer_reader,
     .generic = "prtMarkerSuppliesTable",
     .metrics = true,
     .lasts = true},
    {.reader = &net_to_physical_reader},
    {.reader = &net_to_media_reader},
    {.reader = &q_fdb_reader, .with = &bridge_reader},
    {.reader = &fdb_reader, .with = &bridge_reader},
    {.reader = &cisco_bgp_reader,
     .vendors = {OID_CISCO},
     .metrics = true,
     .lasts = true},
    {.reader = &juniper_bgp_reader,
     .vendors = {OID_JUNIPER},
     .metrics = true,
     .lasts = true},
    {.reader = &arista_bgp_reader,
     .vendors = {OID_ARISTA},
     .metrics = true,
     .lasts = true},
    {.reader = &dell_bgp_reader,
     .vendors = {OID_DELL},
     .metrics = true,
     .lasts = true},
    {.reader = &foundry_bgp_reader,
     .vendors = {OID_FOUNDRY},
     .metrics = true,
     .lasts = true},
    {.reader = &bgp_reader, .metrics = true, .lasts = true},
    {.reader = &ospf_reader, .metrics = true, .lasts = true},
    {.reader = &inet_route_reader, .lasts = true},
    {.reader = &cidr_route_reader, .unless = &inet_route_reader, .lasts = true},
    {.reader = &ip_route_reader, .unless = &cidr_route_reader, .lasts = true},
    {.reader = &ipv6_route_reader, .unless = &inet_route_reader, .lasts = true},
};

bool planned_for(const struct planned *p, const char *object_id)
{
    if (p->vendors[0] == NULL)
        return true;
    for (size_t i = 0; i < COUNT_OF(p->vendors) && p->vendors[i] != NULL; i++)
        if (strncmp(object_id, p->vendors[i], strlen(p->vendors[i])) == 0)
            return true;
    return false;
}

const struct planned *plan_at(size_t n)
{
    return n < COUNT_OF(plan) ? &plan[n] : NULL;
}

bool plan_has(const char *table)
{
    for (size_t i = 0; i < COUNT_OF(plan); i++)
        if (strcmp(plan[i].reader->name, table) == 0)
            return true;
    return false;
}
