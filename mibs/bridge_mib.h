/* bridge_mib.h - bridges: BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363):
 * ports, spanning tree, VLANs, forwarding. */
#ifndef MIBS_BRIDGE_MIB_H
#define MIBS_BRIDGE_MIB_H

#include "mibs/harvest.h"

extern const struct reader bridge_reader;      /* dot1dBase, dot1dStp */
extern const struct reader bridge_port_reader; /* with dot1dStpPortTable */
extern const struct reader vlan_name_reader;   /* dot1qVlanStaticTable */
extern const struct reader vlan_current_reader;
extern const struct reader fdb_reader;   /* dot1dTpFdbTable */
extern const struct reader q_fdb_reader; /* dot1qTpFdbTable */

/* Of agents that have a bridge for each VLAN, in its context. */
extern const struct reader context_port_reader; /* of one VLAN's bridge */
extern const struct reader context_fdb_reader;

/* Bridge ports by number, each once, and VLANs. Interfaces must be finished. */
void bridge_finish(struct harvest *h);

/* Forwarding entries with interface and VLAN, each once. After lldp_finish().
 */
void fdb_finish(struct harvest *h);

/* A bridge port; NULL if there is none. After bridge_finish(). */
const struct bridge_port *bridge_port_find(const struct facts *f,
                                           uint32_t base_port);

/* The interface of a bridge port; 0 if not known. After bridge_finish(). */
uint32_t bridge_port_if_index(const struct facts *f, uint32_t base_port);

#endif
