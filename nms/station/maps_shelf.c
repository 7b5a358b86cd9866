/* The documents of maps: on disk, and as the worker's thread keeps them. */
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "station/maps_parts.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct maps_shelf *maps_shelf_new(char *dir)
{
    struct maps_shelf *s = mem_new(struct maps_shelf);

    s->dir = dir;
    return s;
}

static void file_free(struct maps_file *f)
{
    map_free(f->map);
    free(f->name);
    free(f->path);
    free(f);
}

void maps_shelf_free(struct maps_shelf *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->files.count; i++)
        file_free(s->files.at[i]);
    array_fini(&s->files);
    maps_stock_free(s->stock);
    free(s->dir);
    free(s);
}

static int names_order(const void *a, const void *b)
{
    const struct maps_file *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

struct maps_file *maps_shelf_find(const struct maps_shelf *s, const char *name)
{
    struct maps_file wanted = {.name = (char *)(uintptr_t)name};
    const struct maps_file *key = &wanted;
    struct maps_file **found = s->files.count == 0
                                   ? NULL
                                   : bsearch(&key, s->files.at, s->files.count,
                                             sizeof *s->files.at, names_order);

    return found != NULL ? *found : NULL;
}

/* m, which is taken, is the document of f now, or was changed. */
static void take_map(struct maps_file *f, struct map *m)
{
    if (f->map != m)
        map_free(f->map);
    f->map = m;
    f->edited = map_is_edited(m);
    f->told = (struct maps_entry){.title = "",
                                  .made = true,
                                  .view = map_view_of(m),
                                  .nodes = map_node_count(m),
                                  .links = map_link_count(m),
                                  .laid_out = map_is_laid_out(m),
                                  .changed = f->told.changed};
}

/* A new document; m is taken. NULL if there are too many. */
static struct maps_file *file_add(struct maps_shelf *s, const char *name,
                                  struct map *m)
{
    if (s->files.count >= MAPS_MAX) {
        map_free(m);
        return NULL;
    }
    struct buffer OWNED_BUFFER path = {0};
    struct maps_file *f = mem_new(struct maps_file);

    buffer_format(&path, "%s/%s.gv", s->dir, name);
    f->name = mem_text(name);
    f->path = buffer_take(&path);
    take_map(f, m);
    *array_add(&s->files) = f;
    qsort(s->files.at, s->files.count, sizeof *s->files.at, names_order);
    return f;
}

static void file_keep(struct maps_shelf *s, struct maps_file *f,
                      struct bytes text)
{
    enum { MODE = 0640 };
    int rc = file_write(f->path, text, MODE);

    f->unwritten = rc < 0;
    if (rc < 0)
        log_error("%s: cannot be written: %s; the map is lost if the station "
                  "ends now, check the disk",
                  f->path, strerror(-rc));
    else
        __atomic_add_fetch(&s->written, 1, __ATOMIC_RELAXED);
}

void maps_shelf_changed(struct maps_shelf *s, struct maps_file *f,
                        struct wall now)
{
    struct buffer OWNED_BUFFER text = {0};

    take_map(f, f->map);
    map_write(f->map, &text);
    uint64_t hash = bytes_hash(buffer_view(&text));
    if (hash != f->hash)
        f->told.changed = now;
    if (hash != f->hash || f->unwritten)
        file_keep(s, f, buffer_view(&text));
    f->hash = hash;
}

struct maps_file *maps_shelf_put(struct maps_shelf *s, struct map *m,
                                 struct wall now)
{
    struct maps_file *f = maps_shelf_find(s, map_name(m));

    if (f == NULL) {
        f = file_add(s, map_name(m), m);
        if (f == NULL)
            return NULL;
    } else {
        map_carry_over(m, maps_shelf_open(f));
        take_map(f, m);
    }
    maps_shelf_changed(s, f, now);
    return f;
}

void maps_shelf_remove(struct maps_shelf *s, size_t place)
{
    struct maps_file *f = s->files.at[place];

    if (unlink(f->path) < 0 && errno != ENOENT)
        log_warning("%s: cannot be removed: %s", f->path, strerror(errno));
    file_free(f);
    memmove(&s->files.at[place], &s->files.at[place + 1],
            (s->files.count - place - 1) * sizeof *s->files.at);
    s->files.count--;
}

struct map *maps_shelf_open(struct maps_file *f)
{
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {0};
    struct map *m = NULL;

    if (f->map != NULL)
        return f->map;
    int rc = file_read(f->path, MAP_TEXT_MAX, &text);
    if (rc == 0)
        rc = map_read(f->name, text.at != NULL ? text.at : "", text.len, &m,
                      &why);
    if (rc < 0) {
        log_error("%s: cannot be read any more: %s; its positions are lost, it "
                  "is made anew with the next change of the network",
                  f->path, why.what[0] != '\0' ? why.what : strerror(-rc));
        rc = map_read(f->name, "graph {}", strlen("graph {}"), &m, &why);
        assert(rc == 0);
        f->hash = 0;
    }
    f->map = m;
    return m;
}

void maps_shelf_rest(struct maps_shelf *s)
{
    enum { NODES_KEPT = 2000 };

    maps_stock_evict(s);
    for (size_t i = 0; i < s->files.count; i++) {
        struct maps_file *f = s->files.at[i];

        if (f->map == NULL || f->unwritten || f->told.view == MAP_DRAWN ||
            (f->told.nodes < NODES_KEPT && f->asked == 0))
            continue;
        map_free(f->map);
        f->map = NULL;
    }
    (void)malloc_trim(0); /* they are large */
}

static int entries_order(const void *a, const void *b)
{
    const struct maps_entry *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* Documents, and what could be one. */
struct maps_catalogue *maps_shelf_list(const struct maps_shelf *s)
{
    struct maps_catalogue *c = mem_new(struct maps_catalogue);
    const struct map_offers *o = s->stock != NULL ? s->stock->offers : NULL;

    c->arena = arena_new();
    for (size_t i = 0; i < s->files.count; i++) {
        const struct maps_file *f = s->files.at[i];
        struct maps_entry *e = array_add(&c->entries);

        *e = f->told;
        e->name = arena_text(c->arena, f->name);
    }
    size_t made = c->entries.count;
    for (size_t i = 0; o != NULL && i < o->list.count; i++) {
        const struct map_offer *from = &o->list.at[i];
        struct maps_entry key = {.name = from->name};
        struct maps_entry *e =
            made == 0 ? NULL
                      : bsearch(&key, c->entries.at, made,
                                sizeof *c->entries.at, entries_order);

        if (e == NULL) {
            e = array_add(&c->entries);
            *e = (struct maps_entry){.name = arena_text(c->arena, from->name),
                                     .view = from->view,
                                     .nodes = from->nodes};
        }
        e->title = arena_text(c->arena, from->title);
    }
    if (c->entries.count > 0)
        qsort(c->entries.at, c->entries.count, sizeof *c->entries.at,
              entries_order);
    return c;
}

void maps_catalogue_free(struct maps_catalogue *c)
{
    if (c == NULL)
        return;
    array_fini(&c->entries);
    arena_free(c->arena);
    free(c);
}

/* ---- what is on disk ---- */

/* A document that cannot be read stays for people to look at, out of the way.
 */
static void set_aside(struct maps_shelf *s, const char *path,
                      const char *reason)
{
    struct buffer OWNED_BUFFER aside = {0};

    buffer_format(&aside, "%s.broken", path);
    s->broken++;
    if (rename(path, aside.at) < 0)
        log_error("%s: cannot be read and not be renamed: %s", path,
                  strerror(errno));
    else
        log_warning("%s: %s; kept as %s, the map is made anew", path, reason,
                    aside.at);
}

static void load_one(struct maps_shelf *s, const char *path, const char *name)
{
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why;
    struct map *m = NULL;
    int rc = file_read(path, MAP_TEXT_MAX, &text);

    if (rc < 0) {
        set_aside(s, path, strerror(-rc));
        return;
    }
    if (map_read(name, text.at != NULL ? text.at : "", text.len, &m, &why) <
        0) {
        char reason[sizeof why.place + sizeof why.what + 2];

        snprintf(reason, sizeof reason, "%s: %s", why.place, why.what);
        set_aside(s, path, reason);
        return;
    }
    struct maps_file *f = file_add(s, name, m);
    if (f == NULL)
        return;
    struct stat st;
    struct map_subject subject;

    /* What nobody made for good was asked for in an earlier life. */
    f->asked = map_subject_parse(name, &subject) && f->told.view != MAP_DRAWN &&
                       subject.view != MAP_PHYSICAL &&
                       subject.view != MAP_NETWORK
                   ? ++s->questions
                   : 0;
    f->hash = bytes_hash(buffer_view(&text));
    if (stat(path, &st) == 0)
        f->told.changed.ms = (int64_t)st.st_mtim.tv_sec * 1000;
}

/* "NAME.gv" to NAME, in place; false for other files. */
static bool document_name(char *file)
{
    size_t len = strlen(file);

    if (len <= 3 || file[0] == '.' || strcmp(file + len - 3, ".gv") != 0)
        return false;
    file[len - 3] = '\0';
    return true;
}

int maps_shelf_load(struct maps_shelf *s, struct complaint *why)
{
    DIR *dir = opendir(s->dir);
    struct dirent *entry;

    if (dir == NULL)
        return complain(why, -errno, s->dir, "check its owner and permissions",
                        "cannot be read: %s", strerror(errno));
    while ((entry = readdir(dir)) != NULL && s->files.count < MAPS_MAX) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", s->dir, entry->d_name);
        OWNED(free) char *name = mem_text(entry->d_name);
        if (document_name(name))
            load_one(s, path.at, name);
    }
    (void)closedir(dir);
    return 0;
}
