/* if_mib.h - interfaces: ifTable and ifXTable (RFC 2863) as one, duplex of
 * EtherLike-MIB (RFC 3635). */
#ifndef MIBS_IF_MIB_H
#define MIBS_IF_MIB_H

#include "mibs/harvest.h"

extern const struct reader if_reader;
extern const struct reader duplex_reader;

/* MAC addresses of the first interfaces: enough to tell clones apart. */
extern const struct reader if_mac_reader;

/* Interfaces by ifIndex, each once, with duplex and label. */
void if_finish(struct harvest *h);

#endif
