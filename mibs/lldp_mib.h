/* lldp_mib.h - neighbors by LLDP-MIB (IEEE 802.1AB-2005) and LLDP-V2-MIB
 * (802.1AB-2009), and how the agent announces itself. */
#ifndef MIBS_LLDP_MIB_H
#define MIBS_LLDP_MIB_H

#include "mibs/harvest.h"

extern const struct reader lldp_local_reader;
extern const struct reader lldp_ports_reader;
extern const struct reader lldp_remote_reader;
extern const struct reader lldp_address_reader;
extern const struct reader lldp_v2_local_reader;
extern const struct reader lldp_v2_ports_reader;
extern const struct reader lldp_v2_remote_reader;
extern const struct reader lldp_v2_address_reader;

/* Neighbors once each, with their addresses and our interface. Interfaces and
 * bridge ports must be finished. */
void lldp_finish(struct harvest *h);

/* The interface of a local port; 0 if not known. After lldp_finish(). */
uint32_t lldp_port_if_index(const struct facts *f, uint32_t port_num);

#endif
