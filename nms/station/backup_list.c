/* Which files are in a backup. */
#include "station/backup_parts.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 4 };

/* What of the data directory is in a backup. Left out are what is made anew
 * (cached profiles, pictures), sockets, other backups, and databases that were
 * set aside. */
static const struct part {
    const char *name;
    bool series, secret, settings;
} parts[] = {
    {.name = "settings.yaml", .settings = true},
    {.name = "first-password", .secret = true},
    {.name = "certificate.pem"},
    {.name = "certificate-key.pem", .secret = true},
    {.name = "maps"},
    {.name = "rrd.layout", .series = true},
    /* Before the files: what waits there is either still there, or in them. */
    {.name = "spool", .series = true},
    {.name = "rrd", .series = true},
};

/* What is being looked through. */
struct look {
    struct backup *b;
    /* Symbolic links lead only to what is this user's, who owns the data: root
     * reads for him no more than he may himself. */
    bool owned;
    uid_t owner;
};

static void list_add(struct backup_list *l, const char *from, const char *name,
                     const struct stat *about)
{
    struct backup_file *f = array_add(l);

    f->from = mem_text(from);
    f->name = mem_text(name);
    f->mode = about->st_mode & 0777;
    f->mtime_ns =
        (int64_t)about->st_mtim.tv_sec * 1000000000 + about->st_mtim.tv_nsec;
    f->size = (uint64_t)about->st_size;
}

static int refuse(struct backup *b, int rc, const char *from)
{
    return complain(b->why, rc, from, "check its rights and its disk",
                    "it cannot be read: %s", strerror(-rc));
}

/* What a path is, behind symbolic links. -ENOENT: nothing is there. */
static int look_at(const struct look *l, const char *from, struct stat *out)
{
    struct backup *b = l->b;
    bool linked = lstat(from, out) == 0 && S_ISLNK(out->st_mode);

    if (!linked)
        return lstat(from, out) == 0 ? 0
               : errno == ENOENT     ? -ENOENT
                                     : refuse(b, -errno, from);
    if (stat(from, out) < 0)
        return complain(b->why, errno == ENOENT ? -ENOLINK : -errno, from,
                        "see what it leads to, or remove it",
                        "what the symbolic link leads to cannot be read: %s",
                        strerror(errno));
    if (l->owned && out->st_uid != l->owner)
        return complain(b->why, -EPERM, from,
                        "give what it leads to to the owner of the data "
                        "directory",
                        "the symbolic link leads to what is somebody else's");
    return 0;
}

/* Hidden ones, and what a file system of its own has, are nobody's here. */
static bool is_passed_over(const char *name)
{
    return name[0] == '.' || strcmp(name, "lost+found") == 0;
}

static int list_below(const struct look *l, const char *from, const char *name,
                      unsigned depth);

static int list_dir(const struct look *l, const char *from, const char *name,
                    unsigned depth)
{
    DIR *dir = opendir(from);
    struct dirent *entry;
    int rc = 0;

    if (dir == NULL)
        return errno == ENOENT ? 0 : refuse(l->b, -errno, from);
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        struct buffer OWNED_BUFFER below = {0};
        struct buffer OWNED_BUFFER called = {0};

        if (is_passed_over(entry->d_name))
            continue;
        buffer_format(&below, "%s/%s", from, entry->d_name);
        buffer_format(&called, "%s/%s", name, entry->d_name);
        rc = list_below(l, below.at, called.at, depth + 1);
    }
    (void)closedir(dir);
    return rc;
}

/* Plain files at and below a path; what is not there is nothing. */
static int list_below(const struct look *l, const char *from, const char *name,
                      unsigned depth)
{
    struct stat about;
    int rc = look_at(l, from, &about);

    if (rc < 0)
        return rc == -ENOENT ? 0 : rc;
    if (S_ISREG(about.st_mode)) {
        list_add(&l->b->list, from, name, &about);
        return 0;
    }
    if (!S_ISDIR(about.st_mode))
        return complain(l->b->why, -EINVAL, from, "remove it",
                        "it is neither a file nor a directory");
    if (depth >= DEPTH_MAX)
        return complain(l->b->why, -ELOOP, from,
                        "remove it, or the symbolic link above that leads back",
                        "it lies deeper than %d directories", DEPTH_MAX);
    return list_dir(l, from, name, depth);
}

static int list_data(struct backup *b, const struct part *part, uid_t owner)
{
    const struct look look = {.b = b, .owned = true, .owner = owner};
    struct buffer OWNED_BUFFER from = {0};
    struct buffer OWNED_BUFFER name = {0};

    buffer_format(&from, "%s/%s", b->options->data, part->name);
    buffer_format(&name, BACKUP_DATA "%s", part->name);
    size_t before = b->list.count;
    int rc = list_below(&look, from.at, name.at, 0);
    for (size_t i = before; i < b->list.count; i++)
        b->list.at[i].blank = part->settings && !b->options->secrets;
    return rc;
}

/* What people wrote beside the configuration. */
static int list_beside(const struct look *l, const char *dir)
{
    static const char *const beside[] = {"profiles", "graphs"};
    int rc = 0;

    for (size_t i = 0; i < COUNT_OF(beside) && rc == 0; i++) {
        struct buffer OWNED_BUFFER from = {0};
        struct buffer OWNED_BUFFER called = {0};

        buffer_format(&from, "%s/%s", dir, beside[i]);
        buffer_format(&called, BACKUP_ETC "%s", beside[i]);
        rc = list_below(l, from.at, called.at, 0);
    }
    return rc;
}

static int list_config(struct backup *b)
{
    const struct look look = {.b = b};
    const char *config = b->options->config;
    const char *slash = strrchr(config, '/');
    OWNED(free)
    char *dir = slash != NULL ? mem_text_of(config, (size_t)(slash - config))
                              : mem_text(".");
    struct buffer OWNED_BUFFER name = {0};

    buffer_format(&name, BACKUP_ETC "%s", slash != NULL ? slash + 1 : config);
    size_t before = b->list.count;
    int rc = list_below(&look, config, name.at, 0);
    if (rc == 0 && b->list.count != before + 1)
        rc = complain(b->why, -ENOENT, config,
                      "check its name, or name it with --config",
                      "the configuration is not there");
    if (rc < 0)
        return rc;
    b->list.at[before].blank = !b->options->secrets;
    return list_beside(&look, dir);
}

int backup_list_all(struct backup *b)
{
    struct stat data;

    if (stat(b->options->data, &data) < 0)
        return refuse(b, -errno, b->options->data);
    int rc = b->options->config != NULL ? list_config(b) : 0;
    for (size_t i = 0; i < COUNT_OF(parts) && rc == 0; i++)
        if ((!parts[i].series || b->options->series) &&
            (!parts[i].secret || b->options->secrets))
            rc = list_data(b, &parts[i], data.st_uid);
    return rc;
}
