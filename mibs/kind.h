/* kind.h - what kind of device an agent is, where no profile says. */
#ifndef MIBS_KIND_H
#define MIBS_KIND_H

#include "mibs/harvest.h"

/* The kind of an agent that a profile takes for told (KIND_UNKNOWN: for none).
 * Where none is told: by what it does (bridging, forwarding, printing), what it
 * announces by LLDP, then by sysServices. A server or host that bridges or
 * routes between subnets is what it does: Linux makes switches and routers. */
enum device_kind kind_infer(const struct harvest *h, enum device_kind told);

#endif
