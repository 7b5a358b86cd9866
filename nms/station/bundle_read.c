/* Backups are read. */
#include "base/mem.h"
#include "station/bundle.h"
#include "station/bundle_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

enum { ROOM = 65536 };
static const int64_t NS_PER_S = 1000000000;
static const char damaged[] = "it is damaged or cut: use another backup";

const char bundle_sums_name[] = "SHA256SUMS";

struct bundle_in {
    char *path;
    int fd; /* -1: octets come from elsewhere */
    seal_in_fn in;
    void *arg;
    uint8_t begin[SEAL_MARK_LEN]; /* looked at ahead */
    size_t begin_len, begin_used;
    uint64_t place, whole;
    struct unseal *unseal;
    struct archive *archive;
    struct archive_entry *entry; /* of the archive; NULL: none is under way */
    EVP_MD_CTX *digest;
    char *name;
    size_t members;
    struct buffer sums;
    bool complete;
    uint8_t room[ROOM];
};

int bundle_sum(EVP_MD_CTX *digest, const char *name, struct buffer *sums)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (EVP_DigestFinal_ex(digest, sum, &len) != 1)
        return -EIO;
    for (unsigned i = 0; i < len; i++)
        buffer_format(sums, "%02x", sum[i]);
    buffer_format(sums, "  %s\n", name);
    return 0;
}

static ssize_t read_fd(void *arg, void *at, size_t room)
{
    struct bundle_in *b = arg;
    ssize_t len;

    do
        len = read(b->fd, at, room);
    while (len < 0 && errno == EINTR);
    return len < 0 ? -errno : len;
}

/* The file, from its begin. */
static ssize_t read_raw(void *arg, void *at, size_t room)
{
    struct bundle_in *b = arg;
    size_t ahead = b->begin_len - b->begin_used;

    if (ahead > 0) {
        size_t len = ahead < room ? ahead : room;

        memcpy(at, b->begin + b->begin_used, len);
        b->begin_used += len;
        return (ssize_t)len;
    }
    ssize_t len = b->in(b->arg, at, room);
    if (len > 0)
        b->place += (uint64_t)len;
    return len;
}

static la_ssize_t on_read(struct archive *a, void *arg, const void **at)
{
    struct bundle_in *b = arg;
    ssize_t len;

    if (b->unseal != NULL) {
        len = unseal_read(b->unseal, at);
    } else {
        len = read_raw(b, b->room, sizeof b->room);
        *at = b->room;
    }
    if (len < 0)
        archive_set_error(a, (int)-len, "%s", strerror((int)-len));
    return len < 0 ? -1 : len;
}

/* Looks whether it is sealed. */
static int look(struct bundle_in *b, const char *passphrase,
                struct complaint *why)
{
    while (b->begin_len < sizeof b->begin) {
        ssize_t len = b->in(b->arg, b->begin + b->begin_len,
                            sizeof b->begin - b->begin_len);
        if (len < 0)
            return complain(why, (int)len, b->path, "check its disk",
                            "it cannot be read: %s", strerror((int)-len));
        if (len == 0)
            break;
        b->begin_len += (size_t)len;
    }
    b->place = b->begin_len;
    if (!seal_is_sealed((struct bytes){b->begin, b->begin_len}))
        return 0;
    if (passphrase == NULL)
        return complain(why, -EACCES, b->path,
                        "give --passphrase-file, or PORTOLAN_PASSPHRASE",
                        "it is encrypted: its passphrase is needed");
    return unseal_new(passphrase, read_raw, b, &b->unseal, why);
}

static int open_archive(struct bundle_in *b, const char *passphrase,
                        struct complaint *why)
{
    int rc = look(b, passphrase, why);

    if (rc < 0)
        return rc;
    b->archive = archive_read_new();
    b->digest = EVP_MD_CTX_new();
    if (b->archive == NULL || b->digest == NULL ||
        archive_read_support_format_tar(b->archive) < ARCHIVE_WARN ||
        archive_read_support_filter_zstd(b->archive) < ARCHIVE_WARN ||
        archive_read_support_filter_gzip(b->archive) < ARCHIVE_WARN ||
        archive_read_open(b->archive, b, NULL, on_read, NULL) != ARCHIVE_OK)
        return complain(why, -EBADMSG, b->path,
                        "give a file that `portolan backup` made",
                        "it is no backup, or it is damaged");
    return 0;
}

int bundle_open_from(seal_in_fn in, void *arg, const char *passphrase,
                     struct bundle_in **out, struct complaint *why)
{
    OWNED(bundle_in_free) struct bundle_in *b = mem_new(struct bundle_in);

    *out = NULL;
    b->path = mem_text("backup");
    b->fd = -1;
    b->in = in;
    b->arg = arg;
    int rc = open_archive(b, passphrase, why);
    if (rc == 0)
        *out = TAKE(b);
    return rc;
}

int bundle_open(const char *path, const char *passphrase,
                struct bundle_in **out, struct complaint *why)
{
    OWNED(bundle_in_free) struct bundle_in *b = mem_new(struct bundle_in);
    struct stat about;

    *out = NULL;
    b->path = mem_text(path);
    b->in = read_fd;
    b->arg = b;
    b->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (b->fd < 0 || fstat(b->fd, &about) < 0)
        return complain(why, -errno, path, "check its name and permissions",
                        "it cannot be read: %s", strerror(errno));
    b->whole = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    int rc = open_archive(b, passphrase, why);
    if (rc == 0)
        *out = TAKE(b);
    return rc;
}

/* A name of ours leads below where it is unpacked, and nowhere else. */
static bool is_safe(const char *name)
{
    if (name == NULL || name[0] == '\0' || strlen(name) > BUNDLE_NAME_MAX)
        return false;
    for (const char *at = name;; at++) {
        size_t len = strcspn(at, "/");

        if (len == 0 || len > 255 || (len == 1 && at[0] == '.') ||
            (len == 2 && at[0] == '.' && at[1] == '.'))
            return false;
        for (size_t i = 0; i < len; i++)
            if ((uint8_t)at[i] < ' ' || at[i] == 127)
                return false;
        at += len;
        if (*at == '\0')
            return true;
    }
}

/* Sums what was not read of the member under way, and notes its line. */
static int close_member(struct bundle_in *b)
{
    uint8_t skipped[4096];
    ssize_t len;

    if (b->entry == NULL)
        return 0;
    while ((len = bundle_read(b, skipped, sizeof skipped)) > 0)
        ;
    b->entry = NULL;
    OWNED(free) char *name = TAKE(b->name);
    return len < 0 ? (int)len : bundle_sum(b->digest, name, &b->sums);
}

/* The last member says what was before it. */
static int read_sums(struct bundle_in *b, struct complaint *why)
{
    struct buffer OWNED_BUFFER told = {0};
    uint8_t part[4096];
    ssize_t len;

    while ((len = bundle_read(b, part, sizeof part)) > 0 &&
           told.len <= b->sums.len)
        buffer_add(&told, part, (size_t)len);
    b->entry = NULL;
    free(TAKE(b->name));
    if (len < 0 || !bytes_equal(buffer_view(&told), buffer_view(&b->sums)))
        return complain(why, -EBADMSG, b->path, damaged,
                        "what it holds is not what was put into it");
    struct archive_entry *more = NULL;
    if (archive_read_next_header(b->archive, &more) != ARCHIVE_EOF)
        return complain(why, -EBADMSG, b->path, damaged,
                        "something stands behind its end");
    b->complete = true;
    return 0;
}

static int refuse(const struct bundle_in *b, struct complaint *why)
{
    const char *reason = archive_error_string(b->archive);

    return complain(why, -EBADMSG, b->path, damaged, "it cannot be read on: %s",
                    reason != NULL ? reason : "it ends too early");
}

int bundle_next(struct bundle_in *b, struct bundle_member *m,
                struct complaint *why)
{
    struct archive_entry *entry = NULL;

    *m = (struct bundle_member){0};
    if (b->complete)
        return 0;
    if (close_member(b) < 0 ||
        archive_read_next_header(b->archive, &entry) != ARCHIVE_OK)
        return refuse(b, why);
    const char *name = archive_entry_pathname(entry);
    if (!is_safe(name) || archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry) != NULL ||
        !archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0 ||
        ++b->members > BUNDLE_MEMBERS_MAX ||
        EVP_DigestInit_ex(b->digest, EVP_sha256(), NULL) != 1)
        return complain(why, -EBADMSG, b->path,
                        "give a file that `portolan backup` made",
                        "something in it is no member of a backup");
    b->entry = entry;
    b->name = mem_text(name);
    if (strcmp(name, bundle_sums_name) == 0)
        return read_sums(b, why);
    m->name = b->name;
    m->size = (uint64_t)archive_entry_size(entry);
    m->mtime_ns = (int64_t)archive_entry_mtime(entry) * NS_PER_S +
                  archive_entry_mtime_nsec(entry);
    m->mode = archive_entry_perm(entry) & 0777;
    return 1;
}

ssize_t bundle_read(struct bundle_in *b, void *at, size_t room)
{
    if (b->entry == NULL)
        return 0;
    la_ssize_t len = archive_read_data(b->archive, at, room);
    if (len < 0 ||
        (len > 0 && EVP_DigestUpdate(b->digest, at, (size_t)len) != 1))
        return -EBADMSG;
    return len;
}

uint64_t bundle_place(const struct bundle_in *b, uint64_t *whole)
{
    *whole = b->whole;
    return b->place;
}

struct bytes bundle_sums(const struct bundle_in *b)
{
    return buffer_view(&b->sums);
}

void bundle_in_free(struct bundle_in *b)
{
    if (b == NULL)
        return;
    if (b->archive != NULL)
        (void)archive_read_free(b->archive);
    EVP_MD_CTX_free(b->digest);
    unseal_free(b->unseal);
    if (b->fd >= 0)
        (void)close(b->fd);
    buffer_fini(&b->sums);
    free(b->name);
    free(b->path);
    free(b);
}
