/* stack_mib.h - which interface runs over which: ifStackTable (RFC 2863),
 * IEEE8023-LAG-MIB, CISCO-PAGP-MIB. */
#ifndef MIBS_STACK_MIB_H
#define MIBS_STACK_MIB_H

#include "mibs/harvest.h"

extern const struct reader if_stack_reader;
extern const struct reader lag_reader;  /* dot3adAggPortTable */
extern const struct reader pagp_reader; /* pagpEtherOperationTable */

/* Pairs once each, between interfaces that exist, and the LACP partners of
 * such. Interfaces must be finished. */
void stack_finish(struct harvest *h);

#endif
