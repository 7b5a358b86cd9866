/* The configuration of a backup goes where it belongs, and takes the place of
 * nothing that somebody wrote, unless that is wanted. */
#include "base/file.h"
#include "station/restore_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_MAX = 8 << 20, FILE_MODE = 0640 };
#define RESTORED ".restored"
#define READY ".restoring"

static int refuse(struct restoring *r, const char *path, int rc)
{
    return complain(r->why, rc, path,
                    "do it as root, or with --config name a file elsewhere",
                    "it cannot be written: %s", strerror(-rc));
}

/* Read by the station again when it reloads: its group may. */
static int write_as(struct restoring *r, const char *path, struct bytes text)
{
    OWNED(free) char *dir = mem_text(path);
    char *slash = strrchr(dir, '/');
    int rc = 0;

    if (slash != NULL && slash != dir) {
        *slash = '\0';
        rc = file_make_dir(dir, 0755);
    }
    if (rc == 0)
        rc = file_write(path, text, FILE_MODE);
    if (rc == 0 && r->options->uid != (uid_t)-1 &&
        chown(path, (uid_t)-1, r->options->gid) < 0)
        rc = -errno;
    return rc < 0 ? refuse(r, path, rc) : 0;
}

static char *aside_name(const struct restoring *r, const char *path)
{
    struct buffer aside = {0};
    char when[32];

    wall_format(r->at, when, sizeof when);
    buffer_format(&aside, "%s.before-restore-%s", path, when);
    return buffer_take(&aside);
}

/* Written beside where it belongs, which fails where there is no room; what is
 * left is renaming. */
static int prepare_as(struct restoring *r, const char *to, bool replaces,
                      bool main, struct bytes text)
{
    struct restore_file *f = array_add(&r->files);
    struct buffer ready = {0};
    struct buffer put = {0};

    f->main = main;
    f->aside =
        replaces && r->options->replace_config ? aside_name(r, to) : NULL;
    buffer_format(&put, replaces && f->aside == NULL ? "%s" RESTORED : "%s",
                  to);
    f->put = buffer_take(&put);
    buffer_format(&ready, "%s" READY, f->put);
    f->ready = buffer_take(&ready);
    return write_as(r, f->ready, text);
}

/* What is there already need not be written. */
static int prepare_file(struct restoring *r, const char *from, const char *to,
                        bool main)
{
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER old = {0};
    int rc = file_read(from, CONFIG_MAX, &text);

    if (rc < 0)
        return refuse(r, from, rc);
    rc = file_read(to, CONFIG_MAX, &old);
    if (rc == 0 && bytes_equal(buffer_view(&text), buffer_view(&old)))
        return 0;
    return prepare_as(r, to, rc != -ENOENT, main, buffer_view(&text));
}

/* Profiles and templates: all files of a folder. */
static int prepare_folder(struct restoring *r, const char *from, const char *to)
{
    DIR *dir = opendir(from);
    struct dirent *entry;
    int rc = 0;

    while (dir != NULL && rc == 0 && (entry = readdir(dir)) != NULL) {
        struct buffer OWNED_BUFFER file = {0};
        struct buffer OWNED_BUFFER goal = {0};
        struct stat about;

        buffer_format(&file, "%s/%s", from, entry->d_name);
        buffer_format(&goal, "%s/%s", to, entry->d_name);
        if (stat(file.at, &about) < 0 || !S_ISREG(about.st_mode))
            continue;
        rc = prepare_file(r, file.at, goal.at, false);
    }
    if (dir != NULL)
        (void)closedir(dir);
    return rc;
}

int restore_config_prepare(struct restoring *r)
{
    static const char *const folders[] = {"profiles", "graphs"};
    const char *config = r->options->config;
    const char *name = r->report->about.config;
    const char *slash = config != NULL ? strrchr(config, '/') : NULL;
    struct buffer OWNED_BUFFER from = {0};
    int rc = 0;

    if (config == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
        return 0;
    buffer_format(&from, "%s/" RESTORE_ETC "/%s", r->grip.through, name);
    if (access(from.at, R_OK) == 0)
        rc = prepare_file(r, from.at, config, true);
    for (size_t i = 0; i < COUNT_OF(folders) && rc == 0; i++) {
        struct buffer OWNED_BUFFER folder = {0};
        struct buffer OWNED_BUFFER to = {0};

        buffer_format(&folder, "%s/" RESTORE_ETC "/%s", r->grip.through,
                      folders[i]);
        buffer_format(&to, "%.*s/%s", slash != NULL ? (int)(slash - config) : 1,
                      slash != NULL ? config : ".", folders[i]);
        rc = prepare_folder(r, folder.at, to.at);
    }
    return rc;
}

/* All is as it was where the second name is refused. */
static int rename_file(const struct restore_file *f)
{
    if (f->aside != NULL && rename(f->put, f->aside) < 0)
        return -errno;
    if (rename(f->ready, f->put) == 0)
        return 0;
    int rc = -errno;
    if (f->aside != NULL)
        (void)rename(f->aside, f->put); /* the first failure is told */
    return rc;
}

int restore_config_place(struct restoring *r)
{
    for (size_t i = 0; i < r->files.count; i++) {
        struct restore_file *f = &r->files.at[i];
        int rc = rename_file(f);

        if (rc < 0)
            return complain(r->why, rc, f->put,
                            "do it as root; then once more, with --force",
                            "the data directory is restored, this file of the "
                            "configuration is not: %s",
                            strerror(-rc));
        free(TAKE(f->ready));
        if (f->main) {
            r->report->config = TAKE(f->put);
            r->report->config_aside = TAKE(f->aside);
        }
    }
    return 0;
}

void restore_config_end(struct restoring *r)
{
    for (size_t i = 0; i < r->files.count; i++) {
        struct restore_file *f = &r->files.at[i];

        if (f->ready != NULL)
            (void)unlink(f->ready); /* it is not there, perhaps */
        free(f->ready);
        free(f->put);
        free(f->aside);
    }
    array_fini(&r->files);
}
