/* Where a backup is unpacked, and how that becomes the data directory. */
#include "base/file.h"
#include "station/restore_parts.h"
#include "station/store_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DIR_MODE = 0750,
    STAGE_MODE = 0700,
    FILE_MODE = 0640,
    OWN_MODE = 0600,
    SECRET = 0040
};
enum { OPEN_DIR = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
#define STAGE ".restoring"
#define BEFORE "before-restore-"

static bool is_ours(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
           strcmp(name, "lost+found") == 0 || strcmp(name, STAGE) == 0 ||
           strncmp(name, "." BEFORE, sizeof BEFORE) == 0;
}

/* Nothing is in it that a restore would take the place of. */
static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    bool empty = true;

    while (dir != NULL && empty && (entry = readdir(dir)) != NULL)
        empty = is_ours(entry->d_name);
    if (dir != NULL)
        (void)closedir(dir);
    return empty;
}

static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return mem_text(".");
    return slash == path ? mem_text("/")
                         : mem_text_of(path, (size_t)(slash - path));
}

static int check_held(struct restoring *r)
{
    struct buffer OWNED_BUFFER state = {0};

    buffer_format(&state, "%s/state.db", r->data);
    pid_t holder = store_held_by(state.at);
    if (holder > 0)
        return complain(r->why, -EBUSY, r->data,
                        "stop it first: systemctl stop portolan",
                        "a station is at work in it (process %d)", (int)holder);
    if (holder < 0)
        return complain(r->why, -EBUSY, r->data,
                        "stop it first, in the container that it is in",
                        "a station is at work in it, which is no process here");
    return 0;
}

static int check_free(struct restoring *r)
{
    int rc = check_held(r);

    if (rc < 0)
        return rc;
    if (!r->options->force && !is_empty(r->data))
        return complain(r->why, -EEXIST, r->data,
                        "with --force it is set aside, under another name",
                        "the data directory is not empty");
    return 0;
}

/* With all that is in it, by no link and in no other file system. What stays is
 * found when it is made anew. */
static void remove_all(int above, const char *name, const struct stat *of)
{
    struct stat about;
    struct dirent *entry;

    if (unlinkat(above, name, 0) == 0 || errno != EISDIR)
        return;
    int fd = openat(above, name, OPEN_DIR);
    if (fd < 0)
        return;
    DIR *dir =
        fstat(fd, &about) == 0 && (of == NULL || about.st_dev == of->st_dev)
            ? fdopendir(fd)
            : NULL;
    if (dir == NULL) {
        (void)close(fd);
        return;
    }
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_all(fd, entry->d_name, &about);
    (void)closedir(dir);
    (void)unlinkat(above, name, AT_REMOVEDIR);
}

/* ---- directories that somebody else could rename ---- */

/* Made a moment ago: it is ours, or another one was put in its place. */
static int take_grip(const char *path, struct restore_grip *out)
{
    struct stat about;
    struct buffer through = {0};
    int fd = open(path, OPEN_DIR);

    if (fd < 0)
        return -errno;
    if (fstat(fd, &about) < 0 || about.st_uid != geteuid()) {
        (void)close(fd);
        return -EPERM;
    }
    buffer_format(&through, "/proc/self/fd/%d", fd);
    out->fd = fd;
    out->through =
        access(through.at, X_OK) == 0 ? buffer_take(&through) : mem_text(path);
    buffer_fini(&through);
    return 0;
}

static void let_go(struct restore_grip *grip)
{
    if (grip->through != NULL)
        (void)close(grip->fd);
    free(grip->through);
    *grip = (struct restore_grip){0};
}

/* Is it a file system of its own, which nothing can be renamed to? */
static bool is_mounted(const char *path, const char *parent)
{
    struct stat a, b;

    return stat(path, &a) == 0 && stat(parent, &b) == 0 && a.st_dev != b.st_dev;
}

/* What is a file system of its own in it has no other name. */
static int check_mounts(struct restoring *r)
{
    DIR *dir = opendir(r->data);
    struct dirent *entry;
    int rc = 0;

    while (dir != NULL && rc == 0 && (entry = readdir(dir)) != NULL) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", r->data, entry->d_name);
        if (!is_ours(entry->d_name) && is_mounted(path.at, r->data))
            rc = complain(r->why, -EBUSY, path.at, "unmount it first",
                          "it is a file system of its own, which cannot be "
                          "renamed");
    }
    if (dir != NULL)
        (void)closedir(dir);
    return rc;
}

/* Nobody else comes into it before all of it is there. */
static int make_stage(struct restoring *r)
{
    OWNED(free) char *parent = parent_of(r->data);
    struct buffer stage = {0};
    int rc = file_make_dir(parent, 0755);

    r->inside = is_mounted(r->data, parent) || access(parent, W_OK) < 0;
    if (r->inside && check_mounts(r) < 0)
        return -EBUSY;
    buffer_format(&stage, r->inside ? "%s/" STAGE : "%s" STAGE, r->data);
    r->stage = buffer_take(&stage);
    remove_all(AT_FDCWD, r->stage, NULL); /* of one that was killed */
    if (rc == 0 && mkdir(r->stage, STAGE_MODE) < 0)
        rc = -errno;
    if (rc == 0)
        rc = take_grip(r->stage, &r->grip);
    return rc == 0 ? 0
                   : complain(r->why, rc, r->stage,
                              "do it as root, or as the station's user",
                              "it cannot be made: %s", strerror(-rc));
}

/* May the stage be made, beside the directory or in it? */
static int check_rights(struct restoring *r)
{
    char *at = parent_of(r->data);
    struct stat about;

    while (access(at, F_OK) < 0 && strchr(at, '/') != NULL &&
           strcmp(at, "/") != 0) {
        char *above = parent_of(at);
        free(at);
        at = above;
    }
    bool is_dir = stat(at, &about) == 0 && S_ISDIR(about.st_mode);
    bool may = access(at, W_OK) == 0 || access(r->data, W_OK) == 0;
    free(at);
    if (!is_dir)
        return complain(r->why, -ENOTDIR, r->data, "name another one",
                        "what is above it is no directory");
    return may ? 0
               : complain(r->why, -EACCES, r->data,
                          "do it as root, or as the station's user",
                          "you may not write there");
}

/* What would be in the way is no fault of the backup. */
static void foretell(struct restoring *r)
{
    struct buffer told = {0};
    int rc = check_free(r);

    if (rc == 0)
        rc = check_rights(r);
    if (rc == 0)
        return;
    buffer_format(&told, "%s; %s", r->why->what, r->why->remedy);
    r->report->in_the_way = buffer_take(&told);
    *r->why = (struct complaint){.what = ""};
}

int restore_begin(struct restoring *r)
{
    size_t len = strlen(r->options->data);

    while (len > 1 && r->options->data[len - 1] == '/')
        len--;
    r->data = mem_text_of(r->options->data, len);
    if (r->options->dry_run) {
        foretell(r);
        return 0;
    }
    int rc = check_free(r);
    return rc < 0 ? rc : make_stage(r);
}

/* ---- files ---- */

static int own(const struct restoring *r, int fd)
{
    if (r->options->uid == (uid_t)-1)
        return 0;
    return fchown(fd, r->options->uid, r->options->gid) < 0 ? -errno : 0;
}

/* Directories of a path below the stage. */
static int make_above(struct restoring *r, const char *below)
{
    for (const char *slash = strchr(below, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        struct buffer OWNED_BUFFER dir = {0};

        buffer_format(&dir, "%s/%.*s", r->grip.through, (int)(slash - below),
                      below);
        if (mkdir(dir.at, DIR_MODE) < 0) {
            if (errno == EEXIST)
                continue;
            return -errno;
        }
        if (r->options->uid != (uid_t)-1 &&
            chown(dir.at, r->options->uid, r->options->gid) < 0)
            return -errno;
    }
    return 0;
}

int restore_make(struct restoring *r, const char *below, unsigned mode)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER told = {0};
    int rc = make_above(r, below), fd = -1;

    buffer_format(&path, "%s/%s", r->grip.through, below);
    if (rc == 0) {
        fd = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  (mode & SECRET) != 0 ? FILE_MODE : OWN_MODE);
        rc = fd < 0 ? -errno : own(r, fd);
    }
    if (rc == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    buffer_format(&told, "%s/%s", r->stage, below);
    return complain(r->why, rc, told.at,
                    rc == -ENOSPC ? "free some of its disk"
                                  : "do it as root, or as the station's user",
                    "it cannot be made: %s", strerror(-rc));
}

/* ---- the names ---- */

static int refuse(struct restoring *r, const char *from, int rc)
{
    return complain(r->why, rc, from, "check the rights of what is above it",
                    "it cannot be renamed: %s", strerror(-rc));
}

/* What is in a directory goes into another one, but for what is ours. */
static int move_entries(const char *from, const char *to)
{
    DIR *dir = opendir(from);
    struct dirent *entry;
    int rc = dir == NULL ? -errno : 0;

    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        struct buffer OWNED_BUFFER old = {0};
        struct buffer OWNED_BUFFER new = {0};

        if (is_ours(entry->d_name))
            continue;
        buffer_format(&old, "%s/%s", from, entry->d_name);
        buffer_format(&new, "%s/%s", to, entry->d_name);
        if (rename(old.at, new.at) < 0)
            rc = -errno;
    }
    if (dir != NULL)
        (void)closedir(dir);
    return rc;
}

static char *aside_name(const struct restoring *r)
{
    struct buffer aside = {0};
    char when[32];

    wall_format(r->at, when, sizeof when);
    buffer_format(&aside, r->inside ? "%s/." BEFORE "%s" : "%s." BEFORE "%s",
                  r->data, when);
    return buffer_take(&aside);
}

/* It failed in the middle: all is to be as it was. */
static int put_back(struct restoring *r, const char *aside,
                    const struct restore_grip *grip, int rc)
{
    if (move_entries(grip->through, r->data) < 0)
        return complain(r->why, rc, aside,
                        "move what is in it back by hand, to what is above it",
                        "what was there is in it, as it cannot be renamed: %s",
                        strerror(-rc));
    (void)rmdir(aside);
    return refuse(r, r->data, rc);
}

/* aside: NULL where nothing is there. */
static int swap_with(struct restoring *r, const char *aside,
                     const struct restore_grip *grip)
{
    int rc = aside == NULL ? 0 : move_entries(r->data, grip->through);

    if (rc < 0)
        return put_back(r, aside, grip, rc);
    rc = move_entries(r->grip.through, r->data);
    if (rc == 0)
        return 0;
    /* what stays hinders no name */
    (void)move_entries(r->data, r->grip.through);
    return aside != NULL ? put_back(r, aside, grip, rc)
                         : refuse(r, r->stage, rc);
}

/* Where the directory cannot be renamed, what is in it is. */
static int swap_entries(struct restoring *r)
{
    OWNED(free) char *aside = is_empty(r->data) ? NULL : aside_name(r);
    struct restore_grip grip = {0};
    int rc = 0;

    if (aside != NULL && mkdir(aside, DIR_MODE) < 0)
        return refuse(r, aside, -errno);
    if (aside != NULL)
        rc = take_grip(aside, &grip);
    if (rc < 0)
        return refuse(r, aside, rc);
    rc = swap_with(r, aside, &grip);
    let_go(&grip);
    if (rc == 0)
        r->report->aside = TAKE(aside);
    return rc;
}

/* It is to be the data directory. */
static int give_stage(struct restoring *r)
{
    return own(r, r->grip.fd) < 0 || fchmod(r->grip.fd, DIR_MODE) < 0 ? -errno
                                                                      : 0;
}

static int swap_directories(struct restoring *r)
{
    int rc = give_stage(r);

    if (rc < 0)
        return refuse(r, r->stage, rc);
    if (is_empty(r->data)) {
        (void)rmdir(r->data); /* it need not be there */
    } else {
        OWNED(free) char *aside = aside_name(r);
        if (rename(r->data, aside) < 0)
            return refuse(r, r->data, -errno);
        r->report->aside = TAKE(aside);
    }
    if (rename(r->stage, r->data) == 0)
        return 0;
    rc = -errno;
    if (r->report->aside != NULL && rename(r->report->aside, r->data) == 0)
        free(TAKE(r->report->aside)); /* all is as it was */
    return refuse(r, r->stage, rc);
}

/* What was unpacked is on the disk before it gets the name. */
static int sync_stage(struct restoring *r)
{
    int rc = syncfs(r->grip.fd) < 0 ? -errno : 0;

    return rc == 0 ? 0
                   : complain(r->why, rc, r->stage, "check its disk",
                              "it cannot be written: %s", strerror(-rc));
}

int restore_swap(struct restoring *r)
{
    int rc = sync_stage(r);

    /* It is beside where it belongs. */
    remove_all(r->grip.fd, RESTORE_ETC, NULL);
    if (rc == 0)
        rc = check_held(r); /* to unpack took a while */
    if (rc == 0)
        rc = r->inside ? swap_entries(r) : swap_directories(r);
    return rc;
}

void restore_end(struct restoring *r)
{
    if (r->stage != NULL)
        remove_all(AT_FDCWD, r->stage, NULL);
    let_go(&r->grip);
    buffer_fini(&r->kept);
    free(r->stage);
    free(r->data);
}
