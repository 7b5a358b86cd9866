#include "station/series_spool.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* A file is closed when it has that much; one that is larger is not ours. */
enum { FILE_FULL = 64 << 10, FILE_MAX = 16 << 20, DIR_MODE = 0750 };
enum { FILE_MODE = 0640 };
static const char ending[] = ".samples";
/* The number of the first file: there is room before it, too. */
static const uint64_t NUMBER_BEGIN = (uint64_t)1 << 40;

struct spool_file {
    uint64_t number, octets, lines;
};

struct spool {
    char *dir;
    struct spool_bound *bound;
    uint64_t lines, last_number;
    struct spool_files ARRAY_OF(struct spool_file) files; /* oldest first */
    int fd; /* of the newest, while it is added to; -1 */
};

static void path_of(const struct spool *s, uint64_t number, struct buffer *out)
{
    buffer_format(out, "%s/%016" PRIu64 "%s", s->dir, number, ending);
}

static uint64_t count_lines(const struct buffer *text)
{
    uint64_t count = 0;

    for (size_t i = 0; i < text->len; i++)
        count += text->at[i] == '\n';
    return count;
}

/* The number of a file of ours, by its name. */
static bool number_of(const char *name, uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(name, &end, 10);
    return errno == 0 && end != name && strcmp(end, ending) == 0;
}

/* Takes note of a file that an earlier run left. */
static void find_file(struct spool *s, const char *name)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER text = {0};
    struct spool_file file = {0};

    if (!number_of(name, &file.number))
        return;
    path_of(s, file.number, &path);
    int rc = file_read(path.at, FILE_MAX, &text);
    if (rc < 0) {
        log_warning("%s: samples that wait cannot be read: %s", path.at,
                    strerror(-rc));
        return;
    }
    file.octets = text.len;
    file.lines = count_lines(&text);
    *array_add(&s->files) = file;
    s->bound->octets += file.octets;
    s->lines += file.lines;
}

static int by_number(const void *a, const void *b)
{
    const struct spool_file *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

static int find_files(struct spool *s)
{
    DIR *dir = opendir(s->dir);

    if (dir == NULL)
        return -errno;
    for (struct dirent *d; (d = readdir(dir)) != NULL;)
        find_file(s, d->d_name);
    closedir(dir);
    if (s->files.count == 0)
        return 0;
    qsort(s->files.at, s->files.count, sizeof s->files.at[0], by_number);
    s->last_number = s->files.at[s->files.count - 1].number;
    return 0;
}

void spool_free(struct spool *s)
{
    if (s == NULL)
        return;
    if (s->fd >= 0)
        close(s->fd);
    array_fini(&s->files);
    free(s->dir);
    free(s);
}

int spool_open(const char *dir, struct spool_bound *bound, struct spool **out)
{
    OWNED(spool_free) struct spool *s = mem_new(struct spool);

    *out = NULL;
    s->dir = mem_text(dir);
    s->bound = bound;
    s->fd = -1;
    s->last_number = NUMBER_BEGIN;
    int rc = file_make_dir(dir, DIR_MODE);
    if (rc == 0)
        rc = find_files(s);
    if (rc < 0)
        return rc;
    *out = TAKE(s);
    return 0;
}

static void close_newest(struct spool *s)
{
    if (s->fd < 0)
        return;
    /* Before a power cut it is as safe as the journal of rrdcached. */
    close(s->fd);
    s->fd = -1;
}

static int open_file(const struct spool *s, uint64_t number)
{
    struct buffer OWNED_BUFFER path = {0};

    path_of(s, number, &path);
    int fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
                  FILE_MODE);
    return fd < 0 ? -errno : fd;
}

static int open_newest(struct spool *s)
{
    struct spool_file *file;

    if (s->fd >= 0 && s->files.at[s->files.count - 1].octets < FILE_FULL)
        return 0;
    close_newest(s);
    s->fd = open_file(s, s->last_number + 1);
    if (s->fd < 0)
        return s->fd;
    file = array_add(&s->files);
    file->number = ++s->last_number;
    return 0;
}

/* Writes all, or takes back what could be written. */
static int append(int fd, struct bytes lines, uint64_t before)
{
    size_t done = 0;

    while (done < lines.len) {
        ssize_t len = write(fd, lines.at + done, lines.len - done);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0) {
            int rc = -errno;
            /* If that fails too, a line that is cut is left out when read. */
            if (ftruncate(fd, (off_t)before) < 0)
                return rc;
            return rc;
        }
        done += (size_t)len;
    }
    return 0;
}

static bool has_room(const struct spool *s, size_t len)
{
    return len <= s->bound->max && s->bound->octets <= s->bound->max - len;
}

int spool_add(struct spool *s, struct bytes lines, uint64_t count)
{
    if (!has_room(s, lines.len))
        return -ENOSPC;
    int rc = open_newest(s);
    if (rc < 0)
        return rc;
    struct spool_file *file = &s->files.at[s->files.count - 1];
    rc = append(s->fd, lines, file->octets);
    if (rc < 0)
        return rc;
    file->octets += lines.len;
    file->lines += count;
    s->bound->octets += lines.len;
    s->lines += count;
    return 0;
}

int spool_add_first(struct spool *s, struct bytes lines, uint64_t count)
{
    struct spool_file file = {.octets = lines.len, .lines = count};

    if (!has_room(s, lines.len))
        return -ENOSPC;
    file.number =
        s->files.count > 0 ? s->files.at[0].number - 1 : s->last_number++;
    int fd = open_file(s, file.number);
    if (fd < 0)
        return fd;
    int rc = append(fd, lines, 0);
    close(fd);
    if (rc < 0)
        return rc;
    (void)array_add(&s->files);
    memmove(s->files.at + 1, s->files.at,
            (s->files.count - 1) * sizeof *s->files.at);
    s->files.at[0] = file;
    s->bound->octets += file.octets;
    s->lines += file.lines;
    return 0;
}

bool spool_is_empty(const struct spool *s)
{
    return s->files.count == 0;
}

int spool_first(struct spool *s, struct buffer *out, uint64_t *count)
{
    struct buffer OWNED_BUFFER path = {0};

    if (s->files.count <= 1)
        close_newest(s);
    path_of(s, s->files.at[0].number, &path);
    *count = s->files.at[0].lines;
    return file_read(path.at, FILE_MAX, out);
}

void spool_drop(struct spool *s)
{
    struct buffer OWNED_BUFFER path = {0};

    if (s->files.count <= 1)
        close_newest(s);
    path_of(s, s->files.at[0].number, &path);
    if (unlink(path.at) < 0)
        log_warning("%s: cannot be removed: %s; its samples will be offered "
                    "again",
                    path.at, strerror(errno));
    s->bound->octets -= s->files.at[0].octets;
    s->lines -= s->files.at[0].lines;
    s->files.count--;
    memmove(s->files.at, s->files.at + 1, s->files.count * sizeof *s->files.at);
}

uint64_t spool_lines(const struct spool *s)
{
    return s->lines;
}
