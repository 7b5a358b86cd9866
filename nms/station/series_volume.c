#include "station/series_volume.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0640, NAME_MAX_LEN = 64 };

static void name_text(struct volume_name name, char out[NAME_MAX_LEN])
{
    snprintf(out, NAME_MAX_LEN, "%03u-%016" PRIu64 ".ledger", name.shelf,
             name.number);
}

bool volume_name_parse(const char *name, struct volume_name *out)
{
    char same[NAME_MAX_LEN];

    *out = (struct volume_name){0};
    if (sscanf(name, "%3u-%16" SCNu64, &out->shelf, &out->number) != 2)
        return false;
    name_text(*out, same);
    return strcmp(name, same) == 0;
}

void volume_path(const char *dir, struct volume_name name, struct buffer *out)
{
    char text[NAME_MAX_LEN];

    name_text(name, text);
    buffer_format(out, "%s/%s", dir, text);
}

static int write_all(int fd, struct bytes octets)
{
    while (octets.len > 0) {
        ssize_t len = write(fd, octets.at, octets.len);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return -errno;
        octets.at += len;
        octets.len -= (size_t)len;
    }
    return 0;
}

int volume_append(const char *dir, struct volume_name name, struct bytes octets)
{
    struct buffer OWNED_BUFFER path = {0};
    struct stat about;

    volume_path(dir, name, &path);
    int fd =
        open(path.at, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return -errno;
    int rc = fstat(fd, &about) < 0 ? -errno : write_all(fd, octets);
    /* What could be written of it goes; if that fails too it is left out when
     * read. */
    if (rc < 0 && ftruncate(fd, about.st_size) < 0)
        rc = -errno;
    close(fd);
    return rc;
}

int volume_read(const char *dir, struct volume_name name, size_t max,
                struct buffer *out)
{
    struct buffer OWNED_BUFFER path = {0};

    volume_path(dir, name, &path);
    return file_read(path.at, max, out);
}

int volume_remove(const char *dir, struct volume_name name)
{
    struct buffer OWNED_BUFFER path = {0};

    volume_path(dir, name, &path);
    return unlink(path.at) < 0 ? -errno : 0;
}
