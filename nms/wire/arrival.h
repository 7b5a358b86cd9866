/* arrival.h - when a datagram came, by the stamp that the kernel put beside it
 * (SO_TIMESTAMPNS), on the monotonic clock. */
#ifndef WIRE_ARRIVAL_H
#define WIRE_ARRIVAL_H

#include "base/clock.h"

#include <stdint.h>

struct msghdr;

/* Has the kernel stamp what comes to a socket. Where it cannot, datagrams count
 * from when they are read: still right when that is not late. */
void arrival_stamp(int fd);

/* Octets of control messages beside a datagram. */
enum { ARRIVAL_CONTROL = 64 };

/* One moment by the clock of the kernel's stamps and by ours. */
struct moment {
    struct mono mono;
    int64_t real_ns; /* since 1970 */
};
struct moment moment_now(void);

/* When a datagram came that was read now; now, if there is no stamp or the wall
 * clock has jumped since. *dropped becomes how many the socket ever lost for
 * want of room, if it says so (SO_RXQ_OVFL); dropped may be NULL. */
struct mono arrival_of(const struct msghdr *message, const struct moment *now,
                       uint32_t *dropped);

#endif
