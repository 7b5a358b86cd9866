#include "station/trap_kinds.h"

#include "base/mem.h"

#define SNMP_TRAPS 1, 3, 6, 1, 6, 3, 1, 1, 5
#define MIB_2 1, 3, 6, 1, 2, 1

/* The longest that fits counts; the last fits all. */
static const struct trap_kind kinds[] = {
    /* SNMPv2-MIB, IF-MIB: coldStart, warmStart, linkDown, linkUp,
     * authenticationFailure, egpNeighborLoss */
    {OID_INIT(SNMP_TRAPS, 1), EVENT_FAULT, SEVERITY_WARNING, LOOK_POLL},
    {OID_INIT(SNMP_TRAPS, 2), EVENT_FAULT, SEVERITY_WARNING, LOOK_POLL},
    {OID_INIT(SNMP_TRAPS, 3), EVENT_FAULT, SEVERITY_MINOR, LOOK_POLL},
    {OID_INIT(SNMP_TRAPS, 4), EVENT_FAULT, SEVERITY_CLEARED, LOOK_POLL},
    {OID_INIT(SNMP_TRAPS, 5), EVENT_SECURITY, SEVERITY_WARNING, LOOK_POLL},
    {OID_INIT(SNMP_TRAPS, 6), EVENT_FAULT, SEVERITY_MINOR, LOOK_FACTS},
    /* BGP4-MIB, of RFC 4273 and of RFC 1657: established, backward */
    {OID_INIT(MIB_2, 15, 0, 1), EVENT_FAULT, SEVERITY_CLEARED, LOOK_FACTS},
    {OID_INIT(MIB_2, 15, 0, 2), EVENT_FAULT, SEVERITY_MAJOR, LOOK_FACTS},
    {OID_INIT(MIB_2, 15, 7, 1), EVENT_FAULT, SEVERITY_CLEARED, LOOK_FACTS},
    {OID_INIT(MIB_2, 15, 7, 2), EVENT_FAULT, SEVERITY_MAJOR, LOOK_FACTS},
    /* OSPF-TRAP-MIB: all; authentication failures */
    {OID_INIT(MIB_2, 14, 16, 2), EVENT_FAULT, SEVERITY_MINOR, LOOK_FACTS},
    {OID_INIT(MIB_2, 14, 16, 2, 6), EVENT_SECURITY, SEVERITY_WARNING,
     LOOK_NOWHERE},
    {OID_INIT(MIB_2, 14, 16, 2, 7), EVENT_SECURITY, SEVERITY_WARNING,
     LOOK_NOWHERE},
    /* BRIDGE-MIB: newRoot, topologyChange; LLDP-MIB; ENTITY-MIB */
    {OID_INIT(MIB_2, 17, 0), EVENT_CHANGE, SEVERITY_INDETERMINATE, LOOK_FACTS},
    {OID_INIT(1, 0, 8802, 1, 1, 2, 0, 0), EVENT_CHANGE, SEVERITY_INDETERMINATE,
     LOOK_FACTS},
    {OID_INIT(MIB_2, 47, 2, 0), EVENT_CHANGE, SEVERITY_INDETERMINATE,
     LOOK_FACTS},
    /* ENTITY-STATE-MIB: enabled, disabled */
    {OID_INIT(MIB_2, 131, 0, 1), EVENT_FAULT, SEVERITY_CLEARED, LOOK_POLL},
    {OID_INIT(MIB_2, 131, 0, 2), EVENT_FAULT, SEVERITY_MINOR, LOOK_POLL},
    /* Vendors tell of fans, power, temperature and whatever else: sensors are
     * polled. */
    {OID_INIT(1, 3, 6, 1, 4, 1), EVENT_FAULT, SEVERITY_INDETERMINATE,
     LOOK_POLL},
    {{NULL, 0}, EVENT_FAULT, SEVERITY_INDETERMINATE, LOOK_NOWHERE},
};

const struct trap_kind *trap_kind_of(struct oid trap)
{
    const struct trap_kind *best = &kinds[COUNT_OF(kinds) - 1];

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (oid_begins(trap, kinds[i].under) &&
            kinds[i].under.len > best->under.len)
            best = &kinds[i];
    return best;
}
