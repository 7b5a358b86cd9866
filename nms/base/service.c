#include "base/service.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int64_t watchdog_ms(void)
{
    enum { US_PER_MS = 1000 };
    const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

    if (us == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid()))
        return 0;
    long long value = strtoll(us, NULL, 10);
    return value > 0 ? value / US_PER_MS : 0;
}

void service_take(struct service *out)
{
    const char *path = getenv("NOTIFY_SOCKET");

    *out = (struct service){.watchdog_ms = watchdog_ms()};
    if (path != NULL && strlen(path) < sizeof out->path)
        memcpy(out->path, path, strlen(path) + 1);
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void service_tell(const struct service *s, const char *state)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = strlen(s->path);

    _Static_assert(sizeof s->path <= sizeof to.sun_path, "it fits");
    if (len == 0)
        return;
    memcpy(to.sun_path, s->path, len);
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                 (const struct sockaddr *)&to,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}
