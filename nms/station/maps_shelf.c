/* The documents of maps, as the worker's thread keeps them. */
#include "base/log.h"
#include "station/maps_parts.h"
#include "topology/map_doc.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

struct maps_shelf *maps_shelf_new(char *dir)
{
    struct maps_shelf *s = mem_new(struct maps_shelf);

    s->dir = dir;
    return s;
}

static void put_away(struct maps_file *f)
{
    if (f->shown != f->found)
        map_free(f->shown);
    map_free(f->found);
    f->found = f->shown = NULL;
}

static void file_free(struct maps_file *f)
{
    put_away(f);
    overlay_free(f->edits);
    free(f->name);
    free(f->alias);
    free(f->path);
    free(f->edits_path);
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

/* What the list tells of f. */
static void tell(struct maps_file *f)
{
    f->edited = f->edits->revision > 0 || map_is_edited(f->found);
    f->told = (struct maps_entry){.title = "",
                                  .made = true,
                                  .view = map_view_of(f->shown),
                                  .nodes = map_node_count(f->shown),
                                  .links = map_link_count(f->shown),
                                  .laid_out = map_is_laid_out(f->shown),
                                  .revision = f->edits->revision,
                                  .changed = f->told.changed};
}

void maps_shelf_redo(struct maps_file *f, struct map *found)
{
    struct map *earlier = f->shown != f->found ? f->shown : NULL;

    if (found != f->found)
        map_free(f->found);
    f->found = f->shown = found;
    if (f->edits->revision > 0) {
        f->shown = map_copy(found);
        overlay_apply(f->edits, f->shown, earlier);
    }
    map_free(earlier);
    tell(f);
}

bool maps_shelf_take_layout(struct maps_file *f, const struct map *laid_out)
{
    struct map *shown = maps_shelf_open(f);

    if (shown == NULL)
        return false;
    bool changed = map_take_layout(shown, laid_out);

    /* What a person placed is placed by the edits alone. */
    if (shown != f->found)
        for (size_t i = 0; i < shown->nodes.count; i++) {
            const struct map_node *n = &shown->nodes.at[i];
            uint32_t at = map_find_node(f->found, n->id);

            if (at == UINT32_MAX || !n->placed || n->edit.pinned)
                continue;
            f->found->nodes.at[at].placed = true;
            f->found->nodes.at[at].x = n->x;
            f->found->nodes.at[at].y = n->y;
            f->found->nodes.at[at].loose = n->loose;
        }
    return changed;
}

static void name_file(const struct maps_shelf *s, struct maps_file *f,
                      const char *name)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER edits = {0};

    buffer_format(&path, "%s/%s.gv", s->dir, name);
    buffer_format(&edits, "%s/%s.edits", s->dir, name);
    f->name = mem_text(name);
    f->path = buffer_take(&path);
    f->edits_path = buffer_take(&edits);
}

void maps_shelf_call(struct maps_shelf *s, struct maps_file *f,
                     const char *name)
{
    free(f->name);
    free(f->path);
    free(f->edits_path);
    name_file(s, f, name);
    qsort(s->files.at, s->files.count, sizeof *s->files.at, names_order);
}

struct maps_file *maps_shelf_add(struct maps_shelf *s, const char *name,
                                 struct map *found)
{
    if (s->files.count >= MAPS_MAX) {
        map_free(found);
        return NULL;
    }
    struct maps_file *f = mem_new(struct maps_file);
    name_file(s, f, name);
    maps_disk_read_edits(s, f);
    maps_shelf_redo(f, found);
    *array_add(&s->files) = f;
    qsort(s->files.at, s->files.count, sizeof *s->files.at, names_order);
    return f;
}

int maps_shelf_changed(struct maps_shelf *s, struct maps_file *f,
                       struct wall now)
{
    struct buffer OWNED_BUFFER text = {0};
    int rc = 0;

    tell(f);
    map_write_edited(f->found, f->shown, &text);
    uint64_t hash = bytes_hash(buffer_view(&text));
    if (hash != f->hash)
        f->told.changed = now;
    if (hash != f->hash || f->unwritten)
        rc = maps_disk_write(s, f, buffer_view(&text));
    f->hash = hash;
    return rc;
}

/* Lets m be what was found for f. False if what is there must not be lost: it
 * cannot be read just now. */
static bool take_over(struct maps_shelf *s, struct maps_file *f, struct map *m)
{
    if (maps_shelf_open(f) != NULL) {
        map_carry_over(m, f->found);
    } else if (maps_disk_give_up(s, f)) {
        f->unread = 0;
        f->hash = 0; /* written whatever it was */
    } else {
        return false;
    }
    maps_shelf_redo(f, m);
    return true;
}

struct maps_file *maps_shelf_put(struct maps_shelf *s, struct map *m,
                                 struct wall now)
{
    struct maps_file *f = maps_shelf_find(s, map_name(m));

    if (f == NULL) {
        f = maps_shelf_add(s, map_name(m), m);
        if (f == NULL)
            return NULL;
    } else if (!take_over(s, f, m)) {
        map_free(m);
        return NULL;
    }
    (void)maps_shelf_changed(s, f, now); /* it can be made again */
    return f;
}

void maps_shelf_forget(struct maps_shelf *s, struct maps_file *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->files.count; i++)
        if (s->files.at[i] != f)
            s->files.at[kept++] = s->files.at[i];
    s->files.count = kept;
    file_free(f);
}

struct map *maps_shelf_open(struct maps_file *f)
{
    struct map *found = NULL, *shown = NULL;

    if (f->found != NULL)
        return f->shown;
    f->unread = maps_disk_read(f, &found, &shown);
    if (f->unread < 0)
        return NULL;
    if (shown != NULL)
        f->shown = shown; /* its places */
    maps_shelf_redo(f, found);
    return f->shown;
}

int maps_unread(const struct maps_file *f, struct complaint *why)
{
    return complain(why, -EBUSY, f->name,
                    "ask again later; it is made anew when the network is "
                    "looked at, see the log",
                    "the document of the map cannot be read: %s",
                    strerror(-f->unread));
}

struct map *maps_shelf_look(struct maps_file *f)
{
    enum { LOOKED_AT_MS = 300000 };

    f->kept_until = mono_after_ms(mono_now(), LOOKED_AT_MS);
    return maps_shelf_open(f);
}

/* Its file holds it, and it is large or one of many. */
static bool may_rest(const struct maps_file *f)
{
    enum { NODES_KEPT = 2000 };

    return f->found != NULL && !f->unwritten && f->told.view != MAP_DRAWN &&
           (f->told.nodes >= NODES_KEPT || f->asked > 0);
}

void maps_shelf_close(struct maps_file *f)
{
    if (may_rest(f))
        put_away(f);
}

void maps_shelf_rest(struct maps_shelf *s)
{
    struct mono now = mono_now();
    bool any = false;

    maps_stock_evict(s);
    for (size_t i = 0; i < s->files.count; i++) {
        struct maps_file *f = s->files.at[i];

        if (!may_rest(f) || !mono_reached(now, f->kept_until))
            continue;
        put_away(f);
        any = true;
    }
    if (any)
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
