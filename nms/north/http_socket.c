#include "north/http_socket.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/own.h"

#include <assert.h>
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

/* Who root is meanwhile. */
struct hat {
    bool on;
};

/* What is done in a directory of the user's is done as that user: root would do
 * it to whatever they put there. */
static int put_on(struct hat *hat, const char *path, unsigned uid, unsigned gid)
{
    if (geteuid() != 0 || uid == (unsigned)-1 || uid == 0 ||
        !file_way_is_of(path, uid, gid))
        return 0;
    if (setegid(gid) < 0)
        return -errno;
    hat->on = true;
    return seteuid(uid) < 0 ? -errno : 0;
}

static void take_off(struct hat *hat)
{
    if (!hat->on)
        return;
    bool root = seteuid(0) == 0 && setegid(getgid()) == 0;
    assert(root); /* which it was */
    hat->on = false;
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
    struct hat hat = {0};
    int rc = put_on(&hat, dir, uid, gid);
    if (rc == 0)
        rc = file_make_above(dir);
    if (rc == 0)
        rc = file_make_dir(dir, 0755);
    if (rc == 0 && chown(dir, uid, gid) < 0)
        rc = -errno;
    take_off(&hat);
    return rc;
}

/* Of an earlier run; what is no socket is nobody's to remove. */
static int remove_stale(const char *path)
{
    struct stat there;

    if (lstat(path, &there) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(there.st_mode))
        return -EEXIST;
    return unlink(path) < 0 ? -errno : 0;
}

static int bind_to(int fd, const struct sockaddr_un *address, unsigned uid,
                   unsigned gid)
{
    const char *path = address->sun_path;
    int rc = remove_stale(path);

    if (rc < 0)
        return rc;
    return bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 ||
                   chmod(path, SOCKET_MODE) < 0 || chown(path, uid, gid) < 0 ||
                   listen(fd, BACKLOG) < 0
               ? -errno
               : 0;
}

static int open_at(const struct sockaddr_un *address, unsigned uid,
                   unsigned gid)
{
    int rc = make_dir_of(address->sun_path, uid, gid);

    if (rc < 0)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    struct hat hat = {0};
    rc = put_on(&hat, address->sun_path, uid, gid);
    if (rc == 0)
        rc = bind_to(fd, address, uid, gid);
    take_off(&hat);
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
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
    rc = open_at(&address, uid, gid);
    if (rc == -EEXIST)
        return complain(why, rc, path,
                        "choose another station.socket, or remove it",
                        "what is there is not a control socket");
    if (rc < 0)
        return complain(why, rc, path, "see the rights of its directory",
                        "the control socket cannot be made: %s", strerror(-rc));
    return rc;
}
