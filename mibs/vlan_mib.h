/* vlan_mib.h - VLANs where agents do not tell them in Q-BRIDGE-MIB (RFC 4363)
 * alone: IEEE8021-Q-BRIDGE-MIB and vendors' tables. bridge_finish() brings the
 * VLANs of all tables together. */
#ifndef MIBS_VLAN_MIB_H
#define MIBS_VLAN_MIB_H

#include "mibs/harvest.h"

extern const struct reader ieee_vlan_reader;   /* IEEE8021-Q-BRIDGE-MIB */
extern const struct reader vtp_reader;         /* CISCO-VTP-MIB */
extern const struct reader huawei_vlan_reader; /* HUAWEI-L2VLAN-MIB */
extern const struct reader h3c_vlan_reader;    /* HH3C-LswVLAN-MIB */

/* JUNIPER-VLAN-MIB, JUNIPER-L2ALD-MIB: forwarding databases too. */
extern const struct reader juniper_ex_vlan_reader;
extern const struct reader juniper_l2_vlan_reader;

extern const struct reader foundry_vlan_reader; /* FOUNDRY-SN-SWITCH- */
extern const struct reader extreme_vlan_reader; /* EXTREME-VLAN-MIB */
extern const struct reader
    rapid_city_vlan_reader;                     /* RAPID-CITY: Nortel, VOSS */
extern const struct reader alcatel_vlan_reader; /* ALCATEL-IND1-VLAN-MGR-MIB */
extern const struct reader alcatel_old_vlan_reader; /* of AOS 6 */
extern const struct reader tplink_vlan_reader;      /* TPLINK-DOT1Q-VLAN-MIB */

/* Keeps a VLAN; nothing where id is none of 1..4094. A name is "" or in the
 * arena. */
void vlan_add(struct harvest *h, int64_t id, const char *name);

#endif
