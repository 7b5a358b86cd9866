/* Backups are written. */
#include "station/bundle.h"

#include "base/mem.h"
#include "station/bundle_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

static const int64_t NS_PER_S = 1000000000;

struct bundle_out {
    char *path, *temporary; /* NULL: it has its name */
    int fd, rc;             /* what failed first */
    struct seal *seal;
    struct archive *archive;
    struct archive_entry *entry;
    EVP_MD_CTX *digest; /* of the member under way */
    char *name;         /* the same */
    uint64_t left;      /* of it */
    uint64_t octets;
    struct buffer sums;
};

static int note(struct bundle_out *b, int rc)
{
    if (rc < 0 && b->rc == 0)
        b->rc = rc;
    return b->rc;
}

static int write_file(void *arg, const void *at, size_t len)
{
    struct bundle_out *b = arg;
    const uint8_t *from = at;

    while (len > 0) {
        ssize_t part = write(b->fd, from, len);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return note(b, -errno);
        from += part;
        len -= (size_t)part;
    }
    return 0;
}

static la_ssize_t on_write(struct archive *a, void *arg, const void *at,
                           size_t len)
{
    struct bundle_out *b = arg;
    int rc = b->rc;

    if (rc == 0)
        rc = b->seal != NULL ? seal_write(b->seal, at, len)
                             : write_file(b, at, len);
    if (rc == 0)
        return (la_ssize_t)len;
    archive_set_error(a, -note(b, rc), "%s", strerror(-rc));
    return -1;
}

/* What libarchive says. */
static int check(struct bundle_out *b, int result)
{
    int error = archive_errno(b->archive);

    if (result >= ARCHIVE_WARN)
        return b->rc;
    return note(b, error > 0 ? -error : -EIO);
}

static int open_archive(struct bundle_out *b, struct complaint *why)
{
    b->archive = archive_write_new();
    b->entry = archive_entry_new();
    b->digest = EVP_MD_CTX_new();
    if (b->archive == NULL || b->entry == NULL || b->digest == NULL ||
        archive_write_set_format_pax_restricted(b->archive) != ARCHIVE_OK ||
        archive_write_add_filter_zstd(b->archive) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(b->archive, 1) != ARCHIVE_OK ||
        archive_write_open(b->archive, b, NULL, on_write, NULL) != ARCHIVE_OK)
        return complain(why, b->rc < 0 ? b->rc : -EIO, b->path,
                        "check its disk, and that libarchive knows zstd",
                        "no archive can be begun: %s",
                        b->rc < 0 ? strerror(-b->rc) : "libarchive refuses");
    return 0;
}

int bundle_create(const char *path, const char *passphrase,
                  struct bundle_out **out, struct complaint *why)
{
    OWNED(bundle_out_free) struct bundle_out *b = mem_new(struct bundle_out);
    struct buffer temporary = {0};

    *out = NULL;
    buffer_format(&temporary, "%s.XXXXXX", path);
    b->path = mem_text(path);
    b->temporary = buffer_take(&temporary);
    b->fd = mkostemp(b->temporary, O_CLOEXEC);
    if (b->fd < 0) {
        int rc = -errno;
        free(TAKE(b->temporary));
        return complain(why, rc, path,
                        "check that its directory is there and can be written",
                        "it cannot be made: %s", strerror(-rc));
    }
    int rc = 0;
    if (passphrase != NULL)
        rc = seal_new(passphrase, write_file, b, &b->seal, why);
    if (rc < 0 && b->rc < 0) /* it was the disk */
        return complain(why, b->rc, path, "check its disk",
                        "it cannot be written: %s", strerror(-b->rc));
    if (rc == 0)
        rc = open_archive(b, why);
    if (rc == 0)
        *out = TAKE(b);
    return rc;
}

int bundle_begin(struct bundle_out *b, const struct bundle_member *m)
{
    if (b->rc < 0)
        return b->rc;
    archive_entry_clear(b->entry);
    archive_entry_set_pathname(b->entry, m->name);
    archive_entry_set_size(b->entry, (la_int64_t)m->size);
    archive_entry_set_filetype(b->entry, AE_IFREG);
    archive_entry_set_perm(b->entry, m->mode & 0777);
    archive_entry_set_mtime(b->entry, m->mtime_ns / NS_PER_S,
                            (long)(m->mtime_ns % NS_PER_S));
    if (EVP_DigestInit_ex(b->digest, EVP_sha256(), NULL) != 1)
        return note(b, -EIO);
    b->name = mem_text(m->name);
    b->left = m->size;
    return check(b, archive_write_header(b->archive, b->entry));
}

int bundle_add(struct bundle_out *b, const void *at, size_t len)
{
    if (b->rc < 0 || len == 0)
        return b->rc;
    if (len > b->left || EVP_DigestUpdate(b->digest, at, len) != 1)
        return note(b, -EIO);
    b->left -= len;
    b->octets += len;
    la_ssize_t done = archive_write_data(b->archive, at, len);
    return check(b, done == (la_ssize_t)len ? ARCHIVE_OK : ARCHIVE_FATAL);
}

int bundle_end(struct bundle_out *b)
{
    OWNED(free) char *name = TAKE(b->name);

    if (b->rc < 0)
        return b->rc;
    if (b->left > 0 || bundle_sum(b->digest, name, &b->sums) < 0)
        return note(b, -EIO);
    return check(b, archive_write_finish_entry(b->archive));
}

int bundle_whole(struct bundle_out *b, const struct bundle_member *m,
                 struct bytes contents)
{
    struct bundle_member whole = *m;

    whole.size = contents.len;
    (void)bundle_begin(b, &whole); /* what failed is told by the last */
    (void)bundle_add(b, contents.at, contents.len);
    return bundle_end(b);
}

uint64_t bundle_octets(const struct bundle_out *b)
{
    return b->octets;
}

/* The name lasts when its directory has reached the disk. */
static int give_name(struct bundle_out *b)
{
    if (fsync(b->fd) < 0 || rename(b->temporary, b->path) < 0)
        return -errno;
    free(TAKE(b->temporary));
    const char *slash = strrchr(b->path, '/');
    OWNED(free)
    char *parent =
        slash == NULL
            ? mem_text(".")
            : mem_text_of(b->path,
                          slash == b->path ? 1 : (size_t)(slash - b->path));
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 || (fsync(fd) < 0 && errno != EINVAL) ? -errno : 0;
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

int bundle_finish(struct bundle_out *b, struct complaint *why)
{
    struct buffer OWNED_BUFFER sums = {0};

    buffer_move(&sums, &b->sums); /* it does not name itself */
    (void)bundle_whole(
        b, &(struct bundle_member){.name = bundle_sums_name, .mode = 0640},
        buffer_view(&sums));
    (void)check(b, archive_write_close(b->archive));
    if (b->rc == 0 && b->seal != NULL)
        (void)note(b, seal_end(b->seal));
    if (b->rc == 0)
        (void)note(b, give_name(b));
    if (b->rc == 0)
        return 0;
    return complain(why, b->rc, b->path,
                    b->rc == -ENOSPC ? "free some of its disk, or use another"
                                     : "check its disk",
                    "it cannot be written: %s", strerror(-b->rc));
}

void bundle_out_free(struct bundle_out *b)
{
    if (b == NULL)
        return;
    if (b->temporary != NULL && note(b, -ECANCELED) < 0 && b->fd >= 0)
        (void)unlink(b->temporary);
    if (b->archive != NULL)
        (void)archive_write_free(b->archive); /* writes nothing any more */
    archive_entry_free(b->entry);
    EVP_MD_CTX_free(b->digest);
    seal_free(b->seal);
    if (b->fd >= 0)
        (void)close(b->fd);
    buffer_fini(&b->sums);
    free(b->name);
    free(b->temporary);
    free(b->path);
    free(b);
}
