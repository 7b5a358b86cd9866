/* The documents of maps on disk: NAME.gv, and the edits of people in
 * NAME.edits. Both are written whole beside the old ones, which they then
 * replace. What cannot be read is set aside, so that nothing a person did is
 * lost. */
#include "base/file.h"
#include "base/log.h"
#include "station/maps_parts.h"
#include "topology/map_doc.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name for what is set aside that nothing has yet; the last one if all have.
 */
static void aside_name(const char *path, struct buffer *out)
{
    enum { KEPT = 10 };

    for (unsigned n = 1; n <= KEPT; n++) {
        buffer_clear(out);
        buffer_format(out, n == 1 ? "%s.broken" : "%s.broken-%u", path, n);
        if (access(out->at, F_OK) < 0)
            return;
    }
}

/* A document that cannot be read stays for people to look at, out of the way.
 */
static void set_aside(struct maps_shelf *s, const char *path,
                      const char *reason, const char *follows)
{
    struct buffer OWNED_BUFFER aside = {0};

    aside_name(path, &aside);
    s->broken++;
    if (rename(path, aside.at) < 0)
        log_error("%s: cannot be read and not be renamed: %s", path,
                  strerror(errno));
    else
        log_warning("%s: %s; kept as %s, %s", path, reason, aside.at, follows);
}

static void reason_of(const struct complaint *why, char *out, size_t len)
{
    (void)snprintf(out, len, "%s: %s", why->place, why->what);
}

enum { REASON_MAX = 420, FILE_MODE = 0640 };

/* ---- edits ---- */

void maps_disk_read_edits(struct maps_shelf *s, struct maps_file *f)
{
    static const char follows[] = "the map has no edits until it is put right";
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {.what = ""};
    char reason[REASON_MAX];
    int rc = file_read(f->edits_path, OVERLAY_TEXT_MAX, &text);

    if (rc == 0 &&
        overlay_read(f->name, buffer_view(&text), &f->edits, &why) == 0)
        return;
    f->edits = overlay_new();
    if (rc == -ENOENT)
        return;
    if (rc < 0)
        (void)snprintf(reason, sizeof reason, "%s", strerror(-rc));
    else
        reason_of(&why, reason, sizeof reason);
    set_aside(s, f->edits_path, reason, follows);
}

int maps_disk_write_edits(const struct maps_file *f)
{
    struct buffer OWNED_BUFFER text = {0};

    overlay_write(f->edits, f->name, &text);
    return file_write(f->edits_path, buffer_view(&text), FILE_MODE);
}

/* ---- documents ---- */

/* Of a map that has edits, what was found apart from what is shown. */
static int read_layers(const struct maps_file *f, const struct buffer *text,
                       struct map **found, struct map **shown,
                       struct complaint *why)
{
    const char *at = text->at != NULL ? text->at : "";
    int rc;

    *shown = NULL;
    if (f->edits->revision == 0)
        return map_read(f->name, at, text->len, found, why);
    rc = map_read_found(f->name, at, text->len, found, why);
    if (rc == 0)
        rc = map_read(f->name, at, text->len, shown, why);
    if (rc < 0)
        map_free(TAKE(*found));
    return rc;
}

int maps_disk_read(const struct maps_file *f, struct map **found,
                   struct map **shown)
{
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {.what = ""};
    int rc = file_read(f->path, MAP_TEXT_MAX, &text);

    if (rc == 0)
        rc = read_layers(f, &text, found, shown, &why);
    if (rc < 0)
        log_error("%s: cannot be read any more: %s", f->path,
                  why.what[0] != '\0' ? why.what : strerror(-rc));
    return rc;
}

bool maps_disk_give_up(struct maps_shelf *s, const struct maps_file *f)
{
    if (f->unread == -EMFILE || f->unread == -ENFILE || f->unread == -ENOMEM)
        return false; /* the file may be well */
    if (f->unread != -ENOENT)
        set_aside(s, f->path, strerror(-f->unread),
                  "the map is made anew, without its positions");
    return true;
}

int maps_disk_write(struct maps_shelf *s, struct maps_file *f,
                    struct bytes text)
{
    int rc = text.len > MAP_TEXT_MAX ? -EOVERFLOW
                                     : file_write(f->path, text, FILE_MODE);

    f->unwritten = rc < 0;
    if (rc == -EOVERFLOW)
        log_error("%s: the map is larger than 64 MB and is not written; it is "
                  "lost if the station ends, fold or split it",
                  f->path);
    else if (rc < 0)
        log_error("%s: cannot be written: %s; what changed is lost if the "
                  "station ends now, check the disk",
                  f->path, strerror(-rc));
    else
        __atomic_add_fetch(&s->written, 1, __ATOMIC_RELAXED);
    return rc;
}

static int remove_file(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    int rc = -errno;
    log_warning("%s: cannot be removed: %s", path, strerror(-rc));
    return rc;
}

int maps_disk_remove(struct maps_file *f)
{
    int rc = remove_file(f->path);

    if (rc < 0)
        return rc;
    f->unwritten = true; /* if it stays for its edits */
    return remove_file(f->edits_path);
}

/* ---- at the start ---- */

/* What becomes of a map whose document cannot be read. */
static const char *what_follows(const char *name)
{
    struct map_subject subject;

    return map_subject_parse(name, &subject)
               ? "the map is made anew"
               : "there is no such map until it is put right";
}

/* What nobody made for good was asked for in an earlier life. */
static bool was_asked_for(const struct maps_file *f)
{
    struct map_subject subject;

    return map_subject_parse(f->name, &subject) && f->told.view != MAP_DRAWN &&
           subject.view != MAP_PHYSICAL && subject.view != MAP_NETWORK;
}

static void load_document(struct maps_shelf *s, const char *path,
                          const char *name)
{
    const char *follows = what_follows(name);
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {.what = ""};
    char reason[REASON_MAX];
    struct map *m = NULL, *shown = NULL;
    struct stat st;
    int rc = file_read(path, MAP_TEXT_MAX, &text);

    if (rc < 0) {
        set_aside(s, path, strerror(-rc), follows);
        return;
    }
    if (map_read(name, text.at != NULL ? text.at : "", text.len, &m, &why) <
        0) {
        reason_of(&why, reason, sizeof reason);
        set_aside(s, path, reason, follows);
        return;
    }
    struct maps_file *f = maps_shelf_add(s, name, m);
    if (f == NULL)
        return;
    if (f->edits->revision > 0 &&
        read_layers(f, &text, &m, &shown, &why) == 0) {
        map_free(f->shown);
        f->shown = shown;
        maps_shelf_redo(f, m);
    }
    f->asked = was_asked_for(f) ? ++s->questions : 0;
    f->hash = bytes_hash(buffer_view(&text));
    if (stat(path, &st) == 0)
        f->told.changed.ms = (int64_t)st.st_mtim.tv_sec * 1000;
    maps_shelf_close(f); /* not all at once in memory */
}

/* Edits without a document: of a map that is drawn by hand they are the map; a
 * generated one finds them when it is made. */
static void load_edits(struct maps_shelf *s, const char *name)
{
    struct map_subject subject;

    if (maps_shelf_find(s, name) == NULL && !map_subject_parse(name, &subject))
        (void)maps_shelf_add(s, name, map_new(name, MAP_DRAWN));
}

/* "NAME.gv" to NAME, in place; false for other files. */
static bool cut_ending(char *file, const char *ending)
{
    size_t len = strlen(file), tail = strlen(ending);

    if (len <= tail || file[0] == '.' || strcmp(file + len - tail, ending) != 0)
        return false;
    file[len - tail] = '\0';
    return true;
}

int maps_shelf_load(struct maps_shelf *s, struct complaint *why)
{
    static const char *const endings[] = {".gv", ".edits"};
    DIR *dir = opendir(s->dir);
    struct dirent *entry;

    if (dir == NULL)
        return complain(why, -errno, s->dir, "check its owner and permissions",
                        "cannot be read: %s", strerror(errno));
    for (size_t pass = 0; pass < COUNT_OF(endings); pass++) {
        rewinddir(dir);
        while ((entry = readdir(dir)) != NULL && s->files.count < MAPS_MAX) {
            struct buffer OWNED_BUFFER path = {0};

            buffer_format(&path, "%s/%s", s->dir, entry->d_name);
            OWNED(free) char *name = mem_text(entry->d_name);
            if (!cut_ending(name, endings[pass]))
                continue;
            if (pass == 0)
                load_document(s, path.at, name);
            else
                load_edits(s, name);
        }
    }
    (void)closedir(dir);
    return 0;
}
