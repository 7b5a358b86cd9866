/* kind.h - what kind of device an agent is, where no profile says. */
#ifndef MIBS_KIND_H
#define MIBS_KIND_H

#include "mibs/harvest.h"

/* By what it does: bridging, forwarding, printing; what it announces by LLDP;
 * then by sysServices. KIND_UNKNOWN where nothing tells. */
enum device_kind kind_infer(const struct harvest *h);

#endif
