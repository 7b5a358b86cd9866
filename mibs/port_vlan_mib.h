/* port_vlan_mib.h - which ports are in which VLANs: Q-BRIDGE-MIB (RFC 4363),
 * IEEE8021-Q-BRIDGE-MIB, CISCO-VLAN-MEMBERSHIP-MIB, CISCO-VTP-MIB and
 * ALCATEL-IND1-VLAN-MGR-MIB.
 */
#ifndef MIBS_PORT_VLAN_MIB_H
#define MIBS_PORT_VLAN_MIB_H

#include "mibs/harvest.h"

extern const struct reader pvid_reader;          /* dot1qPortVlanTable */
extern const struct reader vm_membership_reader; /* vmMembershipTable */
extern const struct reader trunk_reader;         /* vlanTrunkPortTable */
extern const struct reader alcatel_port_reader;  /* vpaTable of AOS 7 and 8 */

/* The members of a VLAN, PortLists of base ports (RFC 4363): all, and those
 * whose frames have no tag. configured: they are of a static table, which
 * counts where no current one tells of members. */
void memberships_add(struct harvest *h, uint32_t vlan, bool configured,
                     struct bytes egress, struct bytes untagged);

/* VLANs that a port is in which is up, by tables that tell ifIndexes, as a set
 * of bits (facts.h, struct port_vlans). False, and set is empty, if none of
 * these tables tells anything. Needs the raw interfaces alone. */
enum { VLAN_SET_OCTETS = 512 };
bool vlans_up(const struct harvest *h, uint8_t set[VLAN_SET_OCTETS]);

/* The VLANs of each port; base ports, interfaces and VLANs are finished. */
void port_vlans_finish(struct harvest *h);

#endif
