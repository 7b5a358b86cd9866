#include "tests/farm/replay.h"

#include "tests/farm/recording.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096, NAME_ROOM = 256 };

/* The name of a recording's file without its ending; false if it is none. */
static bool name_of(const char *path, char *out, size_t len)
{
    static const char *const endings[] = {".snmprec.xz", ".snmprec"};
    const char *file = strrchr(path, '/');
    size_t n;

    file = file == NULL ? path : file + 1;
    n = strlen(file);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t ending = strlen(endings[i]);

        if (n <= ending || n - ending >= len ||
            strcmp(file + n - ending, endings[i]) != 0)
            continue;
        memcpy(out, file, n - ending);
        out[n - ending] = '\0';
        return true;
    }
    return false;
}

static int file_add(struct farm *f, const char *path, bool quiet,
                    struct complaint *why)
{
    struct recording *r;
    struct complaint first = {0};
    char name[NAME_ROOM];
    size_t bad;

    if (!name_of(path, name, sizeof name))
        return complain(why, -EINVAL, path, "name a .snmprec or .snmprec.xz",
                        "not a recording by its name");
    int rc = recording_load(path, &r, &bad, &first);

    if (rc < 0) {
        if (why != NULL)
            *why = first;
        return rc;
    }
    if (bad > 0 && !quiet)
        (void)fprintf(stderr, "farm: %s: %s (%zu such lines dropped)\n",
                      first.place, first.what, bad);
    farm_add_recording(f, name, r);
    return 0;
}

static int is_recording(const struct dirent *e)
{
    char name[NAME_ROOM];

    return name_of(e->d_name, name, sizeof name);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int replay_add(struct farm *f, const char *path, bool quiet,
               struct complaint *why)
{
    struct stat st;
    struct dirent **entries;
    char file[PATH_ROOM];

    if (stat(path, &st) < 0) {
        int rc = -errno;

        return complain(why, rc, path, "check its name", "%s", strerror(-rc));
    }
    if (!S_ISDIR(st.st_mode))
        return file_add(f, path, quiet, why);
    int count = scandir(path, &entries, is_recording, by_bytes), rc = 0;

    if (count < 0)
        return complain(why, -errno, path, "", "cannot be listed");
    for (int i = 0; i < count; i++) {
        (void)snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (rc == 0)
            rc = file_add(f, file, quiet, why);
        free(entries[i]);
    }
    free(entries);
    return rc;
}
