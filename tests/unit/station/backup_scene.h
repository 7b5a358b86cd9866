/* backup_scene.h - a directory of a test's own with the data and the
 * configuration of a station in it. */
#ifndef TESTS_BACKUP_SCENE_H
#define TESTS_BACKUP_SCENE_H

#include "station/backup.h"

#include "base/file.h"
#include "base/mem.h"
#include "station/store.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { BACKUP_PATH = 128, BACKUP_FILE_MODE = 0640 };

static const char backup_secret[] = "a-community-of-ours";

struct backup_scene {
    char dir[BACKUP_PATH];
    char path[BACKUP_PATH * 2]; /* of scene_path(), until it is called again */
};

static inline const char *scene_path(struct backup_scene *s, const char *below)
{
    (void)snprintf(s->path, sizeof s->path, "%s/%s", s->dir, below);
    return s->path;
}

static inline void scene_write(struct backup_scene *s, const char *below,
                               const char *text)
{
    OWNED(free) char *dir = mem_text(scene_path(s, below));

    *strrchr(dir, '/') = '\0';
    assert_int_equal(file_make_dir(dir, 0750), 0);
    assert_int_equal(file_write(s->path, bytes_of_text(text), BACKUP_FILE_MODE),
                     0);
}

/* Is a file there, and does it say that? NULL: whatever it says. */
static inline bool scene_has(struct backup_scene *s, const char *below,
                             const char *text)
{
    struct buffer OWNED_BUFFER read = {0};

    return file_read(scene_path(s, below), 1 << 20, &read) == 0 &&
           (text == NULL || strcmp(read.at, text) == 0);
}

static inline void scene_store(struct backup_scene *s, const char *name)
{
    OWNED(free) char *path = mem_text(scene_path(s, "data/state.db"));
    const struct store_options options = {.path = path};
    struct complaint why;
    struct store *store = NULL;

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    store_put(store, "device", "01", name);
    store_free(store);
}

static inline void scene_config(struct backup_scene *s)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text,
                  "station: {name: noc-1}\n"
                  "credentials:\n"
                  "- {name: lab, version: 2c, community: %s}\n"
                  "receivers:\n"
                  "- name: hook\n"
                  "  webhook: https://hooks.example.net/%s\n"
                  "  headers: [\"Authorization: Bearer %s\", \"X: %s\"]\n"
                  "  severity: major\n",
                  backup_secret, backup_secret, backup_secret, backup_secret);
    scene_write(s, "etc/portolan.yaml", text.at);
}

/* *state is a struct backup_scene. */
static inline int scene_make(void **state)
{
    struct backup_scene *s = mem_new(struct backup_scene);

    (void)snprintf(s->dir, sizeof s->dir, "/tmp/portolan-backup-XXXXXX");
    if (mkdtemp(s->dir) == NULL)
        return -1;
    scene_config(s);
    scene_write(s, "etc/profiles/acme.yaml", "profile: acme\n");
    scene_write(s, "data/maps/plan.gv", "graph plan { a -- b; }\n");
    scene_write(s, "data/rrd/core/cpu-1.rrd", "no file of RRDtool's");
    scene_write(s, "data/spool/1", "PLG1");
    scene_write(s, "data/first-password", "secret-of-the-first-day\n");
    scene_write(s, "data/profiles.cache", "is made anew");
    scene_store(s, "{\"name\": \"core\"}");
    *state = s;
    return 0;
}

static inline int scene_remove_entry(const char *path, const struct stat *about,
                                     int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

static inline int scene_remove(void **state)
{
    enum { DESCRIPTORS = 8 };
    struct backup_scene *s = *state;
    int rc =
        nftw(s->dir, scene_remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);

    free(s);
    return rc;
}

#endif
