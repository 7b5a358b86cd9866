#include "station/forget_left.h"

#include "base/file.h"
#include "topology/map_subject.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define BEFORE ".before-restore-"

enum { READ_MAX = 64 << 20, FOUND_MAX = 100 };

static const char copy_why[] =
    "it was made before; remove it when you do not want to go back";
static const char restoring_why[] = "a restore was not completed; remove it";
static const char begun_why[] = "a backup was not completed; remove it";

void left_search_fini(struct left_search *s)
{
    for (size_t i = 0; i < s->found.count; i++)
        free(s->found.at[i].where);
    array_fini(&s->found);
    free(s->data);
    free(s->config);
    free(s->backups);
}

static void add(struct left_search *s, const char *where, const char *why)
{
    if (s->found.count < FOUND_MAX)
        *array_add(&s->found) = (struct left_place){mem_text(where), why};
}

/* A file that has one of the names. What cannot be read has none. */
static void look_into(struct left_search *s, const char *path, const char *why)
{
    struct buffer OWNED_BUFFER text = {0};

    if (file_read(path, READ_MAX, &text) == 0 && text.at != NULL &&
        redaction_finds(s->names, text.at))
        add(s, path, why);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool has_ending(const char *name, const char *ending)
{
    size_t len = strlen(name), tail = strlen(ending);

    return len > tail && strcmp(name + len - tail, ending) == 0;
}

/* Documents that the station makes are made anew; those of people are not. */
static bool is_by_hand(const char *file)
{
    struct map_subject subject;

    if (has_ending(file, ".edits"))
        return true;
    if (!has_ending(file, ".gv"))
        return false;
    OWNED(free) char *name = mem_text_of(file, strlen(file) - 3);
    return !map_subject_parse(name, &subject);
}

static void look_at_map(struct left_search *s, const char *path,
                        const char *file)
{
    if (file[0] == '.')
        return;
    if (is_by_hand(file))
        look_into(s, path, "somebody drew or named it there: edit the map");
    else if (strstr(file, ".broken") != NULL)
        look_into(s, path, "it was set aside, as it could not be read");
}

static void look_at_copy(struct left_search *s, const char *path,
                         const char *file)
{
    if (strstr(file, ".version-") != NULL ||
        strstr(file, ".damaged-") != NULL || begins(file, BEFORE))
        add(s, path, copy_why);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* All that a restore set aside, or was to be put there. */
static void look_beside_data(struct left_search *s, const char *path,
                             const char *file)
{
    const char *name = name_of(s->data);

    if (!begins(file, name))
        return;
    const char *rest = file + strlen(name);
    if (begins(rest, BEFORE))
        add(s, path, copy_why);
    else if (strcmp(rest, ".restoring") == 0)
        add(s, path, restoring_why);
}

static void look_beside_config(struct left_search *s, const char *path,
                               const char *file)
{
    const char *name = name_of(s->config);

    if (begins(file, name) && (begins(file + strlen(name), BEFORE) ||
                               begins(file + strlen(name), ".restored")))
        look_into(s, path, copy_why);
}

static void look_at_backup(struct left_search *s, const char *path,
                           const char *file)
{
    if (has_ending(file, ".backup"))
        add(s, path, copy_why);
    else if (strstr(file, ".backup.") != NULL)
        add(s, path, begun_why);
}

static void each_of(struct left_search *s, const char *directory,
                    void (*look)(struct left_search *s, const char *path,
                                 const char *file))
{
    DIR *dir = opendir(directory);

    for (struct dirent *d; dir != NULL &&
                           !__atomic_load_n(&s->stop, __ATOMIC_RELAXED) &&
                           (d = readdir(dir)) != NULL;) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", directory, d->d_name);
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            look(s, path.at, d->d_name);
    }
    if (dir != NULL)
        (void)closedir(dir);
}

/* The directory that a path lies in. */
static void each_beside(struct left_search *s, const char *path,
                        void (*look)(struct left_search *s, const char *path,
                                     const char *file))
{
    struct buffer OWNED_BUFFER above = {0};

    size_t len = (size_t)(name_of(path) - path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    buffer_format(&above, "%.*s", len > 0 ? (int)len : 1, len > 0 ? path : ".");
    each_of(s, above.at, look);
}

void left_search_stop(struct left_search *s)
{
    __atomic_store_n(&s->stop, true, __ATOMIC_RELAXED);
}

void left_search(struct left_search *s)
{
    static const char set_why[] = "it is set there, by hand";
    struct buffer OWNED_BUFFER maps = {0}, OWNED_BUFFER settings = {0},
                               OWNED_BUFFER backups = {0};

    buffer_format(&maps, "%s/maps", s->data);
    buffer_format(&settings, "%s/settings.yaml", s->data);
    buffer_format(&backups, "%s/backups", s->data);
    each_of(s, maps.at, look_at_map);
    look_into(s, settings.at, set_why);
    if (s->config != NULL && s->config[0] != '\0') {
        look_into(s, s->config, set_why);
        each_beside(s, s->config, look_beside_config);
    }
    each_of(s, s->data, look_at_copy);
    each_beside(s, s->data, look_beside_data);
    each_of(s, s->backups != NULL ? s->backups : backups.at, look_at_backup);
}
