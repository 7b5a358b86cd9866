/* Files of series, read whole while rrdcached writes them. */
#include "base/file.h"
#include "station/backup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A head's moment of the last update lies in these octets: behind it are what
 * is under way and the rows (graphs/rrd.h; 64 sources and archives at most). */
enum { HEAD = 16384, TRIES = 20, APART_NS = 5000000 };

bool backup_is_series(const char *name)
{
    static const char folder[] = BACKUP_DATA "rrd/", ending[] = ".rrd";
    size_t len = strlen(name), tail = sizeof ending - 1;

    return len > tail && strncmp(name, folder, sizeof folder - 1) == 0 &&
           strcmp(name + len - tail, ending) == 0;
}

/* RRDtool has a lock on the whole file as long as it updates it. Asked for,
 * never taken: it would give up its update. */
static bool is_locked(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* No update begins before the first look and ends behind it, none is under way
 * at the last, and none was in between: each changes the head. */
static int read_once(int fd, const char *path, struct buffer *out)
{
    char head[HEAD];

    if (is_locked(fd))
        return -EAGAIN;
    int rc = file_read(path, BACKUP_FILE_MAX, out);
    if (rc < 0)
        return rc;
    if (is_locked(fd))
        return -EAGAIN;
    ssize_t len = pread(fd, head, sizeof head, 0);
    if (len < 0)
        return -errno;
    size_t want = out->len < sizeof head ? out->len : sizeof head;
    return (size_t)len == want && memcmp(head, out->at, want) == 0 ? 0
                                                                   : -EAGAIN;
}

int backup_read_series(const char *path, struct buffer *out)
{
    static const struct timespec apart = {.tv_nsec = APART_NS};
    int fd = open(path, O_RDWR | O_CLOEXEC); /* to ask for such a lock */
    int rc = -EAGAIN;

    if (fd < 0)
        return -errno;
    for (int n = 0; n < TRIES && rc == -EAGAIN; n++) {
        if (n > 0)
            (void)nanosleep(&apart, NULL);
        buffer_clear(out);
        rc = read_once(fd, path, out);
    }
    (void)close(fd);
    return rc;
}
