#include "north/agentx_socket.h"

#include "base/own.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int open_to(int family, const struct sockaddr *to, socklen_t len,
                   int *fd)
{
    int s = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (s < 0)
        return -errno;
    if (connect(s, to, len) < 0 && errno != EINPROGRESS) {
        int rc = -errno;

        close(s);
        return rc;
    }
    *fd = s;
    return 0;
}

static int open_path(const char *path, int *fd)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof to.sun_path)
        return -ENAMETOOLONG;
    memcpy(to.sun_path, path, strlen(path) + 1);
    return open_to(AF_UNIX, (const struct sockaddr *)&to, sizeof to, fd);
}

/* The one of that number, round and round; there is one at least. */
static const struct addrinfo *in_turn(const struct addrinfo *found, unsigned n)
{
    const struct addrinfo *a = found;

    while (n-- > 0)
        a = a->ai_next != NULL ? a->ai_next : found;
    return a;
}

/* "HOST:PORT", HOST in brackets where it has colons. */
static int open_host(const char *text, unsigned attempt, int *fd)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    const char *colon = strrchr(text, ':');
    struct addrinfo *found = NULL;
    char host[256];

    if (colon == NULL || (size_t)(colon - text) >= sizeof host)
        return -EINVAL;
    bool brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    (void)snprintf(host, sizeof host, "%.*s",
                   (int)(colon - text) - (brackets ? 2 : 0),
                   text + (brackets ? 1 : 0));
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return -EHOSTUNREACH;
    const struct addrinfo *a = in_turn(found, attempt);
    int rc = open_to(a->ai_family, a->ai_addr, a->ai_addrlen, fd);
    freeaddrinfo(found);
    return rc;
}

int agentx_socket_connect(const char *master, unsigned attempt, int *fd)
{
    static const char tcp[] = "tcp:";

    *fd = -1;
    return strncmp(master, tcp, sizeof tcp - 1) == 0
               ? open_host(master + sizeof tcp - 1, attempt, fd)
               : open_path(master, fd);
}

int agentx_socket_read(int fd, size_t limit, struct buffer *in)
{
    char octets[16 << 10];
    size_t total = 0;

    while (total < limit) {
        ssize_t len = recv(fd, octets, sizeof octets, 0);

        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (len < 0 && errno == ENOTCONN) /* being connected */
            break;
        if (len <= 0)
            return len < 0 ? -errno : -ECONNRESET;
        buffer_add(in, octets, (size_t)len);
        total += (size_t)len;
        if ((size_t)len < sizeof octets)
            break;
    }
    return (int)total;
}

int agentx_socket_write(int fd, struct buffer *out, size_t *sent)
{
    while (*sent < out->len) {
        ssize_t len = send(fd, out->at + *sent, out->len - *sent, MSG_NOSIGNAL);

        if (len < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
            return 0;
        if (len < 0)
            return -errno;
        *sent += (size_t)len;
    }
    buffer_clear(out);
    *sent = 0;
    return 0;
}
