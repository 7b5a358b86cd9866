#include "north/http_listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

enum { BACKLOG = 128, PLACE_MAX = ADDR_TEXT_MAX + 16 };

static int refuse(int rc, const struct addr *at, uint16_t port,
                  struct complaint *why)
{
    char addr[ADDR_TEXT_MAX], place[PLACE_MAX];

    (void)snprintf(place, sizeof place, at->family == 6 ? "[%s]:%u" : "%s:%u",
                   addr_format(at, addr, sizeof addr), (unsigned)port);
    return complain(why, rc, "http.listen",
                    rc == -EADDRINUSE
                        ? "end what has the port, or choose another"
                        : "choose an address and a port of this machine",
                    "%s cannot be listened on: %s", place, strerror(-rc));
}

int http_listen_open(const struct addr *at, uint16_t port,
                     struct complaint *why)
{
    struct sockaddr_storage to;
    socklen_t len = addr_to_sockaddr(at, port, &to);
    int on = 1;
    int fd =
        socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return refuse(-errno, at, port, why);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)&to, len) < 0 ||
        listen(fd, BACKLOG) < 0) {
        int rc = -errno;

        close(fd);
        return refuse(rc, at, port, why);
    }
    return fd;
}
