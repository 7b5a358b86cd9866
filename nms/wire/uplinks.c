#include "wire/uplinks.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

size_t uplinks_running(void)
{
    struct ifaddrs *all = NULL;
    size_t count = 0;

    if (getifaddrs(&all) < 0)
        return 1;
    for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
        if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_PACKET)
            continue; /* once for each interface, addresses or not */
        unsigned state = i->ifa_flags & (IFF_UP | IFF_RUNNING | IFF_LOOPBACK);
        count += state == (IFF_UP | IFF_RUNNING);
    }
    freeifaddrs(all);
    return count;
}
