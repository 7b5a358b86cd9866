#include "mibs/known_names.h"

#include "base/mem.h"

#define IF_ENTRY                                                            \
    "ifIndex ifDescr ifType ifMtu ifSpeed ifPhysAddress ifAdminStatus "     \
    "ifOperStatus ifLastChange ifInOctets ifInUcastPkts ifInNUcastPkts "    \
    "ifInDiscards ifInErrors ifInUnknownProtos ifOutOctets ifOutUcastPkts " \
    "ifOutNUcastPkts ifOutDiscards ifOutErrors ifOutQLen ifSpecific"
#define IF_X_ENTRY                                                         \
    "ifName ifInMulticastPkts ifInBroadcastPkts ifOutMulticastPkts "       \
    "ifOutBroadcastPkts ifHCInOctets ifHCInUcastPkts ifHCInMulticastPkts " \
    "ifHCInBroadcastPkts ifHCOutOctets ifHCOutUcastPkts "                  \
    "ifHCOutMulticastPkts ifHCOutBroadcastPkts ifLinkUpDownTrapEnable "    \
    "ifHighSpeed ifPromiscuousMode ifConnectorPresent ifAlias "            \
    "ifCounterDiscontinuityTime"
#define ENT_PHYSICAL_ENTRY                                             \
    "entPhysicalIndex entPhysicalDescr entPhysicalVendorType "         \
    "entPhysicalContainedIn entPhysicalClass entPhysicalParentRelPos " \
    "entPhysicalName entPhysicalHardwareRev entPhysicalFirmwareRev "   \
    "entPhysicalSoftwareRev entPhysicalSerialNum entPhysicalMfgName "  \
    "entPhysicalModelName entPhysicalAlias entPhysicalAssetID "        \
    "entPhysicalIsFRU entPhysicalMfgDate entPhysicalUris"

const struct known_group known_groups[] = {
    {"SNMPv2-SMI", "1", "- - org"},
    {"SNMPv2-SMI", "1.3", "- - - - - dod"},
    {"SNMPv2-SMI", "1.3.6", "internet"},
    {"SNMPv2-SMI", "1.3.6.1",
     "directory mgmt experimental private security "
     "snmpV2"},
    {"SNMPv2-SMI", "1.3.6.1.2", "mib-2"},
    {"SNMPv2-SMI", "1.3.6.1.4", "enterprises"},
    {"SNMPv2-MIB", "1.3.6.1.2.1", "system interfaces at ip icmp tcp udp"},
    {"SNMPv2-MIB", "1.3.6.1.2.1.1",
     "sysDescr sysObjectID sysUpTime sysContact sysName sysLocation "
     "sysServices sysORLastChange sysORTable"},
    {"IF-MIB", "1.3.6.1.2.1.2", "ifNumber ifTable"},
    {"IF-MIB", "1.3.6.1.2.1.2.2", "ifEntry"},
    {"IF-MIB", "1.3.6.1.2.1.2.2.1", IF_ENTRY},
    {"IF-MIB", "1.3.6.1.2.1.31.1",
     "ifXTable ifStackTable ifTestTable ifRcvAddressTable ifTableLastChange "
     "ifStackLastChange"},
    {"IF-MIB", "1.3.6.1.2.1.31.1.1", "ifXEntry"},
    {"IF-MIB", "1.3.6.1.2.1.31.1.1.1", IF_X_ENTRY},
    {"IF-MIB", "1.3.6.1.2.1.31.1.2.1", "- - ifStackStatus"},
    {"EtherLike-MIB", "1.3.6.1.2.1.10.7", "- dot3StatsTable"},
    {"EtherLike-MIB", "1.3.6.1.2.1.10.7.2.1",
     "dot3StatsIndex dot3StatsAlignmentErrors dot3StatsFCSErrors - - - - - - - "
     "- - - - - - - - dot3StatsDuplexStatus"},
    {"IP-MIB", "1.3.6.1.2.1.4",
     "ipForwarding ipDefaultTTL - - - - - - - - - - - - - - - - - ipAddrTable "
     "ipRouteTable ipNetToMediaTable - ipForward - - - - - - - - - "
     "ipAddressTable ipNetToPhysicalTable"},
    {"IP-MIB", "1.3.6.1.2.1.4.20.1",
     "ipAdEntAddr ipAdEntIfIndex ipAdEntNetMask ipAdEntBcastAddr "
     "ipAdEntReasmMaxSize"},
    {"RFC1213-MIB", "1.3.6.1.2.1.4.21.1",
     "ipRouteDest ipRouteIfIndex ipRouteMetric1 ipRouteMetric2 ipRouteMetric3 "
     "ipRouteMetric4 ipRouteNextHop ipRouteType ipRouteProto ipRouteAge "
     "ipRouteMask ipRouteMetric5 ipRouteInfo"},
    {"IP-MIB", "1.3.6.1.2.1.4.22.1",
     "ipNetToMediaIfIndex ipNetToMediaPhysAddress ipNetToMediaNetAddress "
     "ipNetToMediaType"},
    {"IP-MIB", "1.3.6.1.2.1.4.34.1",
     "ipAddressAddrType ipAddressAddr ipAddressIfIndex ipAddressType "
     "ipAddressPrefix ipAddressOrigin ipAddressStatus ipAddressCreated "
     "ipAddressLastChanged ipAddressRowStatus ipAddressStorageType"},
    {"IP-MIB", "1.3.6.1.2.1.4.35.1",
     "ipNetToPhysicalIfIndex ipNetToPhysicalNetAddressType "
     "ipNetToPhysicalNetAddress ipNetToPhysicalPhysAddress "
     "ipNetToPhysicalLastUpdated ipNetToPhysicalType ipNetToPhysicalState "
     "ipNetToPhysicalRowStatus"},
    {"IP-FORWARD-MIB", "1.3.6.1.2.1.4.24",
     "ipForwardNumber ipForwardTable ipCidrRouteNumber ipCidrRouteTable - "
     "inetCidrRouteNumber inetCidrRouteTable"},
    {"IP-FORWARD-MIB", "1.3.6.1.2.1.4.24.4.1",
     "ipCidrRouteDest ipCidrRouteMask ipCidrRouteTos ipCidrRouteNextHop "
     "ipCidrRouteIfIndex ipCidrRouteType ipCidrRouteProto ipCidrRouteAge"},
    {"IP-FORWARD-MIB", "1.3.6.1.2.1.4.24.7.1",
     "inetCidrRouteDestType inetCidrRouteDest inetCidrRoutePfxLen "
     "inetCidrRoutePolicy inetCidrRouteNextHopType inetCidrRouteNextHop "
     "inetCidrRouteIfIndex inetCidrRouteType inetCidrRouteProto "
     "inetCidrRouteAge"},
    {"BRIDGE-MIB", "1.3.6.1.2.1",
     "- - - - - - - - - - - - - - - - dot1dBridge"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17", "dot1dBase dot1dStp - dot1dTp"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.1",
     "dot1dBaseBridgeAddress dot1dBaseNumPorts dot1dBaseType "
     "dot1dBasePortTable"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.1.4.1",
     "dot1dBasePort dot1dBasePortIfIndex"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.2",
     "dot1dStpProtocolSpecification dot1dStpPriority "
     "dot1dStpTimeSinceTopologyChange dot1dStpTopChanges "
     "dot1dStpDesignatedRoot dot1dStpRootCost dot1dStpRootPort - - - - - - - "
     "dot1dStpPortTable"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.2.15.1",
     "dot1dStpPort dot1dStpPortPriority dot1dStpPortState dot1dStpPortEnable "
     "dot1dStpPortPathCost dot1dStpPortDesignatedRoot "
     "dot1dStpPortDesignatedCost dot1dStpPortDesignatedBridge "
     "dot1dStpPortDesignatedPort dot1dStpPortForwardTransitions"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.4",
     "dot1dTpLearnedEntryDiscards dot1dTpAgingTime dot1dTpFdbTable"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.4.3.1",
     "dot1dTpFdbAddress dot1dTpFdbPort dot1dTpFdbStatus"},
    {"Q-BRIDGE-MIB", "1.3.6.1.2.1.17.7.1.2.2.1",
     "dot1qTpFdbAddress dot1qTpFdbPort dot1qTpFdbStatus"},
    {"Q-BRIDGE-MIB", "1.3.6.1.2.1.17.7.1.4.2.1",
     "dot1qVlanTimeMark dot1qVlanIndex dot1qVlanFdbId "
     "dot1qVlanCurrentEgressPorts dot1qVlanCurrentUntaggedPorts "
     "dot1qVlanStatus dot1qVlanCreationTime"},
    {"Q-BRIDGE-MIB", "1.3.6.1.2.1.17.7.1.4.3.1",
     "dot1qVlanStaticName dot1qVlanStaticEgressPorts "
     "dot1qVlanForbiddenEgressPorts dot1qVlanStaticUntaggedPorts "
     "dot1qVlanStaticRowStatus"},
    {"HOST-RESOURCES-MIB", "1.3.6.1.2.1.25.1",
     "hrSystemUptime hrSystemDate hrSystemInitialLoadDevice "
     "hrSystemInitialLoadParameters hrSystemNumUsers hrSystemProcesses "
     "hrSystemMaxProcesses"},
    {"HOST-RESOURCES-MIB", "1.3.6.1.2.1.25.2",
     "hrStorageTypes hrMemorySize hrStorageTable"},
    {"HOST-RESOURCES-MIB", "1.3.6.1.2.1.25.2.1",
     "hrStorageOther hrStorageRam hrStorageVirtualMemory hrStorageFixedDisk "
     "hrStorageRemovableDisk hrStorageFloppyDisk hrStorageCompactDisc "
     "hrStorageRamDisk hrStorageFlashMemory hrStorageNetworkDisk"},
    {"HOST-RESOURCES-MIB", "1.3.6.1.2.1.25.2.3.1",
     "hrStorageIndex hrStorageType hrStorageDescr hrStorageAllocationUnits "
     "hrStorageSize hrStorageUsed hrStorageAllocationFailures"},
    {"HOST-RESOURCES-MIB", "1.3.6.1.2.1.25.3.2.1",
     "hrDeviceIndex hrDeviceType hrDeviceDescr hrDeviceID hrDeviceStatus "
     "hrDeviceErrors"},
    {"HOST-RESOURCES-MIB", "1.3.6.1.2.1.25.3.3.1",
     "hrProcessorFrwID hrProcessorLoad"},
    {"ENTITY-MIB", "1.3.6.1.2.1.47.1.1", "entPhysicalTable"},
    {"ENTITY-MIB", "1.3.6.1.2.1.47.1.1.1", "entPhysicalEntry"},
    {"ENTITY-MIB", "1.3.6.1.2.1.47.1.1.1.1", ENT_PHYSICAL_ENTRY},
    {"ENTITY-SENSOR-MIB", "1.3.6.1.2.1.99.1.1.1",
     "entPhySensorType entPhySensorScale entPhySensorPrecision "
     "entPhySensorValue entPhySensorOperStatus entPhySensorUnitsDisplay "
     "entPhySensorValueTimeStamp entPhySensorValueUpdateRate"},
    {"SNMP-FRAMEWORK-MIB", "1.3.6.1.6.3.10.2.1",
     "snmpEngineID snmpEngineBoots snmpEngineTime snmpEngineMaxMessageSize"},
    {"LLDP-MIB", "1.0.8802.1.1.2.1.3",
     "lldpLocChassisIdSubtype lldpLocChassisId lldpLocSysName lldpLocSysDesc "
     "lldpLocSysCapSupported lldpLocSysCapEnabled lldpLocPortTable "
     "lldpLocManAddrTable"},
    {"LLDP-MIB", "1.0.8802.1.1.2.1.3.7.1",
     "lldpLocPortNum lldpLocPortIdSubtype lldpLocPortId lldpLocPortDesc"},
    {"LLDP-MIB", "1.0.8802.1.1.2.1.4",
     "lldpRemTable lldpRemManAddrTable lldpRemUnknownTLVTable "
     "lldpRemOrgDefInfoTable"},
    {"LLDP-MIB", "1.0.8802.1.1.2.1.4.1.1",
     "lldpRemTimeMark lldpRemLocalPortNum lldpRemIndex "
     "lldpRemChassisIdSubtype lldpRemChassisId lldpRemPortIdSubtype "
     "lldpRemPortId lldpRemPortDesc lldpRemSysName lldpRemSysDesc "
     "lldpRemSysCapSupported lldpRemSysCapEnabled"},
    {"LLDP-MIB", "1.0.8802.1.1.2.1.4.2.1",
     "lldpRemManAddrSubtype lldpRemManAddr lldpRemManAddrIfSubtype "
     "lldpRemManAddrIfId lldpRemManAddrOID"},
    {"IEEE8023-LAG-MIB", "1.2.840.10006.300.43.1.2.1.1",
     "dot3adAggPortIndex - - - - - - - dot3adAggPortPartnerOperSystemID - - "
     "dot3adAggPortSelectedAggID dot3adAggPortAttachedAggID"},
    {"CISCO-CDP-MIB", "1.3.6.1.4.1.9.9.23.1.2.1.1",
     "cdpCacheIfIndex cdpCacheDeviceIndex cdpCacheAddressType cdpCacheAddress "
     "cdpCacheVersion cdpCacheDeviceId cdpCacheDevicePort cdpCachePlatform "
     "cdpCacheCapabilities"},
    {"UCD-SNMP-MIB", "1.3.6.1.4.1.2021.4",
     "memIndex memErrorName memTotalSwap memAvailSwap memTotalReal "
     "memAvailReal - - - - memTotalFree memMinimumSwap memShared memBuffer "
     "memCached"},
    {"UCD-SNMP-MIB", "1.3.6.1.4.1.2021.11",
     "ssIndex ssErrorName ssSwapIn ssSwapOut ssIOSent ssIOReceive "
     "ssSysInterrupts ssSysContext ssCpuUser ssCpuSystem ssCpuIdle"},
    {"SNMPv2-MIB", "1.3.6.1.6.3.1.1.4", "snmpTrapOID - snmpTrapEnterprise"},
    {"SNMPv2-MIB", "1.3.6.1.6.3.1.1.5",
     "coldStart warmStart - - authenticationFailure egpNeighborLoss"},
    {"IF-MIB", "1.3.6.1.6.3.1.1.5", "- - linkDown linkUp"},
    {"SNMP-COMMUNITY-MIB", "1.3.6.1.6.3.18.1",
     "- - snmpTrapAddress snmpTrapCommunity"},
    {"BRIDGE-MIB", "1.3.6.1.2.1.17.0", "newRoot topologyChange"},
    {"BGP4-MIB", "1.3.6.1.2.1.15.0",
     "bgpEstablishedNotification bgpBackwardTransNotification"},
    {"BGP4-MIB", "1.3.6.1.2.1.15.7", "bgpEstablished bgpBackwardTransition"},
    {"BGP4-MIB", "1.3.6.1.2.1.15.3.1",
     "bgpPeerIdentifier bgpPeerState bgpPeerAdminStatus - - - bgpPeerRemoteAddr "
     "- bgpPeerRemoteAs - - - - bgpPeerLastError"},
    {"OSPF-TRAP-MIB", "1.3.6.1.2.1.14.16.2",
     "ospfVirtIfStateChange ospfNbrStateChange ospfVirtNbrStateChange "
     "ospfIfConfigError ospfVirtIfConfigError ospfIfAuthFailure "
     "ospfVirtIfAuthFailure ospfIfRxBadPacket ospfVirtIfRxBadPacket "
     "ospfTxRetransmit ospfVirtIfTxRetransmit ospfOriginateLsa ospfMaxAgeLsa "
     "ospfLsdbOverflow ospfLsdbApproachingOverflow ospfIfStateChange"},
    {"OSPF-MIB", "1.3.6.1.2.1.14.10.1",
     "ospfNbrIpAddr ospfNbrAddressLessIndex ospfNbrRtrId - - ospfNbrState"},
    {"OSPF-MIB", "1.3.6.1.2.1.14.1", "ospfRouterId"},
    {"ENTITY-MIB", "1.3.6.1.2.1.47.2.0", "entConfigChange"},
    {"ENTITY-STATE-MIB", "1.3.6.1.2.1.131.0",
     "entStateOperEnabled entStateOperDisabled"},
    {"LLDP-MIB", "1.0.8802.1.1.2.0.0", "lldpRemTablesChange"},
};

const size_t known_group_count = COUNT_OF(known_groups);

const struct known_enum known_enums[] = {
    {"ifAdminStatus", "up down testing"},
    {"ifOperStatus",
     "up down testing unknown dormant notPresent lowerLayerDown"},
    {"ifConnectorPresent", "true false"},
    {"ifPromiscuousMode", "true false"},
    {"ifLinkUpDownTrapEnable", "enabled disabled"},
    {"dot3StatsDuplexStatus", "unknown halfDuplex fullDuplex"},
    {"ipForwarding", "forwarding notForwarding"},
    {"ipNetToMediaType", "other invalid dynamic static"},
    {"ipNetToPhysicalType", "other invalid dynamic static local"},
    {"ipNetToPhysicalState",
     "reachable stale delay probe invalid unknown incomplete"},
    {"ipAddressType", "unicast anycast broadcast"},
    {"dot1dStpPortState",
     "disabled blocking listening learning forwarding broken"},
    {"bgpPeerState", "idle connect active opensent openconfirm established"},
    {"ospfNbrState",
     "down attempt init twoWay exchangeStart exchange loading full"},
    {"dot1dTpFdbStatus", "other invalid learned self mgmt"},
    {"dot1qTpFdbStatus", "other invalid learned self mgmt"},
    {"entPhysicalClass",
     "other unknown chassis backplane container powerSupply fan sensor module "
     "port stack cpu energyObject battery storageDrive"},
    {"entPhySensorOperStatus", "ok unavailable nonoperational"},
    {"entPhySensorType", "other unknown voltsAC voltsDC amperes watts hertz "
                         "celsius percentRH rpm cmm truthvalue"},
    {"hrDeviceStatus", "unknown running warning testing down"},
    {"lldpLocChassisIdSubtype",
     "chassisComponent interfaceAlias portComponent macAddress networkAddress "
     "interfaceName local"},
    {"lldpRemChassisIdSubtype",
     "chassisComponent interfaceAlias portComponent macAddress networkAddress "
     "interfaceName local"},
    {"lldpLocPortIdSubtype",
     "interfaceAlias portComponent macAddress networkAddress interfaceName "
     "agentCircuitId local"},
    {"lldpRemPortIdSubtype",
     "interfaceAlias portComponent macAddress networkAddress interfaceName "
     "agentCircuitId local"},
};

const size_t known_enum_count = COUNT_OF(known_enums);
