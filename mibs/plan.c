#include "mibs/plan.h"

#include "mibs/bridge_mib.h"
#include "mibs/cdp_mib.h"
#include "mibs/entity_mib.h"
#include "mibs/host_mib.h"
#include "mibs/if_mib.h"
#include "mibs/ip_mib.h"
#include "mibs/lldp_mib.h"
#include "mibs/route_mib.h"
#include "mibs/sensor_mib.h"
#include "mibs/stack_mib.h"
#include "mibs/system_mib.h"

#define OID_CISCO "1.3.6.1.4.1.9."
#define OID_FOUNDRY "1.3.6.1.4.1.1991."

static const struct planned plan[] = {
    {.reader = &if_reader},
    {.reader = &duplex_reader, .lasts = true},
    {.reader = &ip_addr_reader, .lasts = true},
    {.reader = &ip_address_reader, .lasts = true},
    {.reader = &ipv6_addr_reader, .lasts = true},
    {.reader = &entity_reader, .lasts = true, .timed = true},
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
    {.reader = &cdp_reader},
    {.reader = &fdp_reader, .vendor = OID_FOUNDRY},
    {.reader = &vlan_name_reader, .lasts = true},
    {.reader = &vlan_current_reader, .lasts = true},
    {.reader = &vtp_reader, .vendor = OID_CISCO, .lasts = true},
    {.reader = &lag_reader, .lasts = true},
    {.reader = &pagp_reader, .vendor = OID_CISCO, .lasts = true},
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
    {.reader = &net_to_physical_reader},
    {.reader = &net_to_media_reader},
    {.reader = &q_fdb_reader, .with = &bridge_reader},
    {.reader = &fdb_reader, .with = &bridge_reader},
    {.reader = &inet_route_reader, .lasts = true},
    {.reader = &cidr_route_reader, .unless = &inet_route_reader, .lasts = true},
    {.reader = &ip_route_reader, .unless = &cidr_route_reader, .lasts = true},
};

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
