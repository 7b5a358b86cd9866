/* if_vendor_mib.h - what vendors' tables say of interfaces where IF-MIB does
 * not: names that people gave them, interfaces of services. */
#ifndef MIBS_IF_VENDOR_MIB_H
#define MIBS_IF_VENDOR_MIB_H

#include "mibs/harvest.h"

/* SW-MIB swFCPortTable: the names of Fibre Channel ports. */
extern const struct reader brocade_port_reader;

/* TIMETRA-VRTR-MIB vRtrIfTable: interfaces of virtual routers, of which
 * ifTable shows the base router's alone. */
extern const struct reader timetra_interface_reader;

/* Interfaces with what these tables say. After if_finish(). */
void if_vendor_finish(struct harvest *h);

#endif
