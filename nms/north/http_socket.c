#include "north/http_socket.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/own.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { BACKLOG = 64, SOCKET_MODE = 0660 };

static int address_of(const char *path, struct sockaddr_un *out,
                      struct complaint *why)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out->sun_path)
        return complain(why, -ENAMETOOLONG, path, "choose a shorter path",
                        "the control socket's path is longer than %zu octets",
                        sizeof out->sun_path - 1);
    memcpy(out->sun_path, path, strlen(path) + 1);
    return 0;
}

/* True if somebody answers there. */
static bool is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)address,
                                    sizeof *address) == 0;

    if (fd >= 0)
        close(fd);
    return alive;
}

static int make_dir_of(const char *path, unsigned uid, unsigned gid)
{
    OWNED(free) char *dir = mem_text(path);
    char *slash = strrchr(dir, '/');
    struct stat there;

    if (slash == NULL || slash == dir)
        return 0;
    *slash = '\0';
    if (stat(dir, &there) == 0)
        return 0;
    int rc = file_make_dir(dir, 0755);
    return rc == 0 && chown(dir, uid, gid) < 0 ? -errno : rc;
}

int http_socket_open(const char *path, unsigned uid, unsigned gid,
                     struct complaint *why)
{
    struct sockaddr_un address;
    int rc = address_of(path, &address, why);

    if (rc < 0)
        return rc;
    if (is_alive(&address))
        return complain(why, -EADDRINUSE, path,
                        "stop it, or choose another station.socket",
                        "another station serves this control socket");
    (void)unlink(path);
    rc = make_dir_of(path, uid, gid);
    int fd =
        rc == 0 ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
                : -1;
    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(path, SOCKET_MODE) < 0 || chown(path, uid, gid) < 0 ||
        listen(fd, BACKLOG) < 0) {
        rc = rc < 0 ? rc : -errno;
        if (fd >= 0)
            close(fd);
        return complain(why, rc, path, "see the rights of its directory",
                        "the control socket cannot be made: %s", strerror(-rc));
    }
    return fd;
}
