#include "station/series_blanks.h"

#include "base/mem.h"
#include "graphs/blank.h"
#include "graphs/cached.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* As rrdcached makes them. */
enum { FILE_MODE = 0644, DIR_MODE = 0755 };
/* What is handed to the disk at once: a head, in whole pages, and rows. */
enum { PAGE = 4096, HEAD_ROOM = 8 * PAGE, ROWS_ROOM = 512 * PAGE };
/* Smaller files go through the kernel's memory, page by page. */
enum { DIRECT_MIN = 16 * PAGE };

struct blanks {
    char *root;
    struct layout layout;
    struct rrd *kinds[SERIES_GROUPS]; /* NULL: none was made yet */
    uint8_t *room;                    /* HEAD_ROOM + ROWS_ROOM octets */
    size_t filled;                    /* of the rows, with NaN */
    struct buffer head, path, made;   /* made: the name until it is whole */
};

/* What is next of a file. */
struct writing {
    int fd;
    const uint8_t *at;
    uint64_t offset;
    bool direct;
};

static void close_at(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}
#define OWNED_FD __attribute__((cleanup(close_at)))

/* ---- writing ---- */

static int write_piece(struct writing *w, size_t len)
{
    while (len > 0) {
        ssize_t done = pwrite(w->fd, w->at, len, (off_t)w->offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done < 0 ? -errno : -EIO;
        w->at += done;
        w->offset += (uint64_t)done;
        len -= (size_t)done;
    }
    return 0;
}

/* From here on through the kernel's memory. */
static void give_up_direct(struct writing *w)
{
    w->direct = false;
    (void)fcntl(w->fd, F_SETFL, O_WRONLY);
}

/* The file system may take other pieces than these alone. */
static int write_whole_pages(struct writing *w, size_t len)
{
    int rc = write_piece(w, len);

    if (rc != -EINVAL || !w->direct)
        return rc;
    give_up_direct(w);
    return write_piece(w, len);
}

/* Writes so many octets, of which the last may end within a page. */
static int write_part(struct writing *w, size_t len, bool large)
{
    size_t whole = large ? len / PAGE * PAGE : 0;
    int rc = write_whole_pages(w, whole);

    if (rc == 0 && whole < len && w->direct)
        give_up_direct(w);
    for (len -= whole; rc == 0 && len > 0;) {
        size_t piece = len < PAGE ? len : PAGE;

        rc = write_piece(w, piece);
        len -= piece;
    }
    return rc;
}

static size_t in_pages(size_t len)
{
    return (len + PAGE - 1) / PAGE * PAGE;
}

/* Gives the rows their NaN, as many as a file of this size has at once. */
static void fill_rows(struct blanks *b, uint64_t size)
{
    size_t want = size < ROWS_ROOM ? in_pages((size_t)size) : ROWS_ROOM;
    double nan = NAN;

    for (; b->filled < want; b->filled += sizeof nan)
        memcpy(b->room + HEAD_ROOM + b->filled, &nan, sizeof nan);
}

/* Puts the head in front of the rows, so that it begins in a page of its own.
 */
static const uint8_t *place_head(struct blanks *b)
{
    size_t pages = in_pages(b->head.len);
    uint8_t *begin = b->room + HEAD_ROOM - pages;
    double nan = NAN;

    memcpy(begin, b->head.at, b->head.len);
    for (size_t at = b->head.len; at < pages; at += sizeof nan)
        memcpy(begin + at, &nan, sizeof nan);
    return begin;
}

static int write_file(struct blanks *b, int fd, uint64_t size, bool direct)
{
    struct writing w = {.fd = fd, .at = place_head(b), .direct = direct};
    size_t pages = in_pages(b->head.len);
    uint64_t first = pages + ROWS_ROOM;
    bool large = size >= DIRECT_MIN;
    int rc = write_part(&w, (size_t)(size < first ? size : first), large);

    while (rc == 0 && w.offset < size) {
        uint64_t left = size - w.offset;

        w.at = b->room + HEAD_ROOM;
        rc = write_part(&w, (size_t)(left < ROWS_ROOM ? left : ROWS_ROOM),
                        large);
    }
    return rc;
}

/* ---- a file ---- */

static int open_made(const struct blanks *b, int flags)
{
    int fd = open(b->made.at,
                  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | flags,
                  FILE_MODE);

    return fd >= 0 ? fd : -errno;
}

static int make_folder(const struct blanks *b)
{
    char *slash = strrchr(b->path.at, '/');

    *slash = '\0';
    int rc = mkdir(b->path.at, DIR_MODE) < 0 ? -errno : 0;
    *slash = '/';
    return rc == -EEXIST ? 0 : rc;
}

/* Opens it, past the kernel's memory if it is large and the file system can. */
static int open_new(const struct blanks *b, bool *direct)
{
    int fd = open_made(b, *direct ? O_DIRECT : 0);

    if (fd == -ENOENT && make_folder(b) == 0)
        fd = open_made(b, *direct ? O_DIRECT : 0);
    if (fd == -EINVAL && *direct) {
        *direct = false;
        fd = open_made(b, 0);
    }
    return fd;
}

/* What is shared by all files of a group. */
static struct rrd *kind_of(struct blanks *b, const struct layout *l,
                           enum series_group group)
{
    if (!layout_is_same(&b->layout, l)) {
        for (size_t i = 0; i < SERIES_GROUPS; i++) {
            rrd_free(b->kinds[i]);
            b->kinds[i] = NULL;
        }
        b->layout = *l;
    }
    if (b->kinds[group] == NULL)
        b->kinds[group] = blank_new(l, group);
    return b->kinds[group];
}

static void name_file(struct blanks *b, const char *path)
{
    buffer_clear(&b->path);
    buffer_clear(&b->made);
    buffer_format(&b->path, "%s%s", b->root, path);
    buffer_format(&b->made, "%s%s.new", b->root, path);
}

int blanks_make(struct blanks *b, const struct layout *l, const char *path,
                enum series_group group, int64_t first_ms)
{
    struct rrd *kind = kind_of(b, l, group);
    /* The first sample speaks for the step before it. */
    int64_t begin_s = cached_second(first_ms) - l->step_s;

    name_file(b, path);
    blank_begin(kind, begin_s > 0 ? begin_s : 0);
    buffer_clear(&b->head);
    /* Rings begin anywhere, so that not all files reach another page at once.
     */
    rrd_write_head(kind, bytes_hash(bytes_of_text(path)), &b->head);
    assert(b->head.len <= HEAD_ROOM); /* archives and sources are bounded */
    uint64_t size = b->head.len + blank_rows_len(kind);
    fill_rows(b, size);
    bool direct = size >= DIRECT_MIN;
    OWNED_FD int fd = open_new(b, &direct);
    if (fd < 0)
        return fd;
    int rc = write_file(b, fd, size, direct);
    if (rc == 0 && renameat2(AT_FDCWD, b->made.at, AT_FDCWD, b->path.at,
                             RENAME_NOREPLACE) < 0)
        rc = -errno;
    if (rc < 0)
        (void)unlink(b->made.at);
    return rc;
}

/* ---- its life ---- */

struct blanks *blanks_new(const char *root)
{
    struct blanks *b = mem_new(struct blanks);

    b->root = mem_text(root);
    b->room = mmap(NULL, HEAD_ROOM + ROWS_ROOM, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(b->room != MAP_FAILED); /* only without memory */
    return b;
}

void blanks_free(struct blanks *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < SERIES_GROUPS; i++)
        rrd_free(b->kinds[i]);
    (void)munmap(b->room, HEAD_ROOM + ROWS_ROOM);
    buffer_fini(&b->head);
    buffer_fini(&b->path);
    buffer_fini(&b->made);
    free(b->root);
    free(b);
}
