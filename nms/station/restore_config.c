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

/* put: where it is afterwards; aside: where the old one is, where that was
 * wanted. Both NULL: it was there already. */
static int place_file(struct restoring *r, const char *from, const char *to,
                      char **put, char **aside)
{
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER old = {0};
    struct buffer OWNED_BUFFER beside = {0};
    int rc = file_read(from, CONFIG_MAX, &text);

    *put = *aside = NULL;
    if (rc < 0)
        return refuse(r, from, rc);
    rc = file_read(to, CONFIG_MAX, &old);
    if (rc == 0 && bytes_equal(buffer_view(&text), buffer_view(&old)))
        return 0;
    if (rc == -ENOENT) {
        *put = mem_text(to);
    } else if (r->options->replace_config) {
        *aside = aside_name(r, to);
        *put = mem_text(to);
        if (rename(to, *aside) < 0)
            return refuse(r, to, -errno);
    } else {
        buffer_format(&beside, "%s" RESTORED, to);
        *put = mem_text(beside.at);
    }
    return write_as(r, *put, buffer_view(&text));
}

/* Profiles and templates: all files of a folder. */
static int place_folder(struct restoring *r, const char *from, const char *to)
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
        char *put, *aside;
        rc = place_file(r, file.at, goal.at, &put, &aside);
        free(put);
        free(aside);
    }
    if (dir != NULL)
        (void)closedir(dir);
    return rc;
}

int restore_config(struct restoring *r)
{
    static const char *const folders[] = {"profiles", "graphs"};
    const char *config = r->options->config;
    const char *name = r->report->about.config;
    const char *slash = config != NULL ? strrchr(config, '/') : NULL;
    struct buffer OWNED_BUFFER from = {0};
    int rc = 0;

    if (config == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
        return 0;
    buffer_format(&from, "%s/" RESTORE_ETC "/%s", r->stage, name);
    if (access(from.at, R_OK) == 0)
        rc = place_file(r, from.at, config, &r->report->config,
                        &r->report->config_aside);
    for (size_t i = 0; i < COUNT_OF(folders) && rc == 0; i++) {
        struct buffer OWNED_BUFFER folder = {0};
        struct buffer OWNED_BUFFER to = {0};

        buffer_format(&folder, "%s/" RESTORE_ETC "/%s", r->stage, folders[i]);
        buffer_format(&to, "%.*s/%s", slash != NULL ? (int)(slash - config) : 1,
                      slash != NULL ? config : ".", folders[i]);
        rc = place_folder(r, folder.at, to.at);
    }
    return rc;
}
