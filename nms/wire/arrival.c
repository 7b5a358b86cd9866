#include "wire/arrival.h"

#include <string.h>
#include <time.h>

#include <sys/socket.h>

static const int64_t NS_PER_S = 1000000000;

/* What waits longer than that was stamped by a clock that jumped. */
enum { BELIEVED_MAX_S = 10 };

void arrival_stamp(int fd)
{
    int on = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

static int64_t ns_of(const struct timespec *t)
{
    return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

struct moment moment_now(void)
{
    struct timespec real;

    (void)clock_gettime(CLOCK_REALTIME, &real); /* never fails */
    return (struct moment){.mono = mono_now(), .real_ns = ns_of(&real)};
}

static struct mono came_at(const struct timespec *stamp,
                           const struct moment *now)
{
    int64_t age_ns = now->real_ns - ns_of(stamp);
    bool believed = age_ns > 0 && age_ns < BELIEVED_MAX_S * NS_PER_S;

    return (struct mono){.ns = now->mono.ns - (believed ? age_ns : 0)};
}

struct mono arrival_of(const struct msghdr *message, const struct moment *now,
                       uint32_t *dropped)
{
    struct mono came = now->mono;
    struct msghdr *m = (struct msghdr *)message; /* CMSG_NXTHDR() reads it */

    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
         c = CMSG_NXTHDR(m, c)) {
        struct timespec stamp;

        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SO_RXQ_OVFL && dropped != NULL)
            memcpy(dropped, CMSG_DATA(c), sizeof *dropped);
        if (c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            came = came_at(&stamp, now);
        }
    }
    return came;
}
