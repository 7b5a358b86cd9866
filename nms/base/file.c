#include "base/file.h"

#include "base/mem.h"
#include "base/own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_ROOM = 16384 };

static void close_at(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}
#define OWNED_FD __attribute__((cleanup(close_at)))

/* At once, so that no part of it stays behind where the buffer grew. */
static void reserve_all(int fd, size_t limit, struct buffer *out)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        (uint64_t)st.st_size <= limit)
        buffer_reserve(out, (size_t)st.st_size);
    buffer_add(out, NULL, 0);
}

static int read_all(int fd, size_t limit, struct buffer *out, char *room)
{
    size_t begin = out->len;

    for (;;) {
        ssize_t len = read(fd, room, READ_ROOM);
        if (len == 0)
            return 0;
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return -errno;
        if ((size_t)len > limit - (out->len - begin))
            return -EFBIG;
        buffer_add(out, room, (size_t)len);
    }
}

int file_read(const char *path, size_t limit, struct buffer *out)
{
    char room[READ_ROOM];
    OWNED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    reserve_all(fd, limit, out);
    int rc = read_all(fd, limit, out, room);
    explicit_bzero(room, sizeof room); /* it may hold a secret */
    return rc;
}

static int write_all(int fd, struct bytes contents)
{
    while (contents.len > 0) {
        ssize_t len = write(fd, contents.at, contents.len);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return -errno;
        contents.at += len;
        contents.len -= (size_t)len;
    }
    return 0;
}

/* What is above path, "." where it has no slash. */
static char *parent_of(const char *path)
{
    struct buffer parent = {0};
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        buffer_char(&parent, '.');
    else
        buffer_add(&parent, path, slash == path ? 1 : (size_t)(slash - path));
    return buffer_take(&parent);
}

/* A name lasts when its directory has reached the disk. */
int file_sync_parent(const char *path)
{
    OWNED(free) char *parent = parent_of(path);
    OWNED_FD int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    return fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
}

static int fill(const char *temporary, int fd, const char *path,
                struct bytes contents, unsigned mode)
{
    int rc = write_all(fd, contents);

    if (rc < 0)
        return rc;
    if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
        return -errno;
    return rename(temporary, path) < 0 ? -errno : 0;
}

int file_write(const char *path, struct bytes contents, unsigned mode)
{
    struct buffer OWNED_BUFFER temporary = {0};

    buffer_format(&temporary, "%s.XXXXXX", path);
    OWNED_FD int fd = mkostemp(temporary.at, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = fill(temporary.at, fd, path, contents, mode);
    if (rc < 0) {
        (void)unlink(temporary.at);
        return rc;
    }
    return file_sync_parent(path);
}

int file_make_dir(const char *path, unsigned mode)
{
    struct buffer OWNED_BUFFER part = {0};
    struct stat st;

    for (const char *at = path; *at != '\0';) {
        size_t len = strspn(at, "/");
        len += strcspn(at + len, "/");
        buffer_add(&part, at, len);
        at += len;
        if (mkdir(part.at, mode) < 0 && errno != EEXIST &&
            stat(part.at, &st) < 0)
            return -errno;
    }
    if (stat(path, &st) < 0)
        return -errno;
    return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* What is above path, slashes at its end aside; NULL: nothing is. */
static char *above(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len == 0 || strspn(path, "/") == strlen(path)
               ? NULL
               : mem_text_of(path, len);
}

int file_make_above(const char *path)
{
    enum { FOR_ALL = 0755 };
    OWNED(free) char *dir = above(path);

    if (dir == NULL)
        return 0;
    mode_t before = umask(0777 & ~FOR_ALL);
    int rc = file_make_dir(dir, FOR_ALL);
    (void)umask(before);
    return rc;
}

static bool is_changed_by(const char *dir, unsigned uid, unsigned gid)
{
    struct stat st;

    if (stat(dir, &st) < 0)
        return false; /* nobody put it there yet */
    return st.st_uid == uid ||
           (st.st_gid == gid && (st.st_mode & S_IWGRP) != 0) ||
           ((st.st_mode & S_IWOTH) != 0 && (st.st_mode & S_ISVTX) == 0);
}

static bool way_is_of(const char *path, unsigned uid, unsigned gid)
{
    char *dir = above(path);
    bool theirs = path[0] != '/' && is_changed_by(".", uid, gid);

    while (dir != NULL && !theirs) {
        theirs = is_changed_by(dir, uid, gid);
        char *next = above(dir);
        free(dir);
        dir = next;
    }
    free(dir);
    return theirs;
}

bool file_way_is_of(const char *path, unsigned uid, unsigned gid)
{
    OWNED(free) char *real = realpath(path, NULL); /* where links lead */

    return way_is_of(path, uid, gid) ||
           (real != NULL && way_is_of(real, uid, gid));
}

char *file_absolute(const char *path)
{
    struct buffer full = {0};

    if (path[0] != '/') {
        OWNED(free) char *here = getcwd(NULL, 0);
        buffer_format(&full, "%s/", here != NULL ? here : ".");
    }
    buffer_text(&full, path);
    return buffer_take(&full);
}
