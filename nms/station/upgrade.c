#include "station/upgrade.h"

#include "base/file.h"
#include "base/mem.h"
#include "graphs/described.h"
#include "station/config.h"
#include "station/store_migrate.h"
#include "station/store_schema.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_MAX = 65536, NAMED = 10 };

/* The steps are tried on a copy, which is gone when it is told. */
static bool tell_state(const struct config *c, struct buffer *out)
{
    struct buffer OWNED_BUFFER path = {0};
    struct complaint why = {.what = ""};
    struct mono begun = mono_now();
    char took[24];
    int64_t version = 0;

    buffer_format(&path, "%s/state.db", c->station.data);
    int rc = store_migrate_try(path.at, "/var/tmp", &version, &why);
    if (rc < 0) {
        buffer_format(out, "state: %s: %s; %s\n", why.place, why.what,
                      why.remedy);
        return rc != -ENOTSUP && rc != -EIO;
    }
    if (version == 0)
        buffer_text(out, "state: there is none yet\n");
    else if (version == store_schema_version())
        buffer_format(out, "state: version %" PRId64 ", as it is\n", version);
    else {
        int steps = store_schema_version() - (int)version;

        duration_format(mono_ms_between(begun, mono_now()), took, sizeof took);
        buffer_format(out,
                      "state: version %" PRId64 " becomes %d, in %d step%s; on "
                      "a copy that took %s; as it was it is kept in "
                      "%s.version-%" PRId64 "\n",
                      version, store_schema_version(), steps,
                      steps > 1 ? "s" : "", took, path.at, version);
    }
    return true;
}

static void tell_series(const struct config *c, struct buffer *out)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER note = {0};
    struct layout layout = layout_make(c->polling.every_ms, c->series.keep.at,
                                       c->series.keep.count);

    buffer_format(&path, "%s/rrd.layout", c->station.data);
    if (file_read(path.at, NOTE_MAX, &note) < 0)
        buffer_text(out, "series: there are none yet\n");
    else if (!layout_compare(note.at, &layout).any)
        buffer_text(out, "series: files are as they should be\n");
    else
        buffer_text(out, "series: files are laid out anew, one after the "
                         "other, while the station works\n");
}

/* Profiles written since the station read them last. */
static void tell_folder(const char *folder, const struct stat *read,
                        size_t *count, struct buffer *names)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct buffer OWNED_BUFFER path = {0};
        struct stat about;

        buffer_format(&path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".yaml") == NULL ||
            stat(path.at, &about) < 0 ||
            about.st_ctim.tv_sec <= read->st_mtim.tv_sec)
            continue;
        if (++*count <= NAMED)
            buffer_format(names, "%s%s", *count > 1 ? ", " : "", entry->d_name);
    }
    if (dir != NULL)
        (void)closedir(dir);
}

static void tell_profiles(const struct config *c, struct buffer *out)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER names = {0};
    struct stat read;
    size_t count = 0;

    buffer_format(&path, "%s/profiles.cache", c->station.data);
    if (stat(path.at, &read) < 0) {
        buffer_text(out, "profiles: none were read yet\n");
        return;
    }
    for (size_t i = 0; i < c->profiles.count; i++)
        tell_folder(c->profiles.at[i], &read, &count, &names);
    if (count == 0)
        buffer_text(out, "profiles: as they were when they were read\n");
    else
        buffer_format(out,
                      "profiles: %zu files changed since they were read: "
                      "%s%s\n",
                      count, names.at, count > NAMED ? " ..." : "");
}

bool upgrade_tell(const struct config *config, struct buffer *out)
{
    struct stat about;

    if (stat(config->station.data, &about) < 0) {
        buffer_format(out, "%s: there is no data yet\n", config->station.data);
        return true;
    }
    if (access(config->station.data, R_OK | X_OK) < 0) {
        buffer_format(out,
                      "%s: cannot be read: what an upgrade changes is told to "
                      "root and to the station's user\n",
                      config->station.data);
        return true;
    }
    bool starts = tell_state(config, out);
    tell_series(config, out);
    tell_profiles(config, out);
    return starts;
}
