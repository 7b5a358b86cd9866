/* uplinks.h - whether this machine is connected to anything. */
#ifndef WIRE_UPLINKS_H
#define WIRE_UPLINKS_H

#include <stddef.h>

/* How many interfaces of this network namespace are up and have a carrier,
 * loopback apart (IFF_UP and IFF_RUNNING, netdevice(7)). The kernel answers at
 * once; if it does not tell, this is 1. */
size_t uplinks_running(void);

#endif
