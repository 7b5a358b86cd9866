/* Documents of generated maps that are called otherwise by now: names of
 * earlier versions were ASCII alone, and a name gets a mark when another is
 * alike. What was placed and edited goes with the map. */
#include "base/log.h"
#include "station/maps_parts.h"
#include "topology/map_doc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* True if most of what the document shows is on m too: names that are alike
 * were one. */
static bool is_of(struct maps_file *f, const struct map *m)
{
    size_t all = 0, there = 0;

    if (maps_shelf_open(f) == NULL)
        return false;
    for (size_t i = 0; i < f->found->nodes.count; i++) {
        const struct map_node *n = &f->found->nodes.at[i];

        if (n->origin != MAP_DEVICE)
            continue;
        all++;
        there += map_find_node(m, n->id) != UINT32_MAX;
    }
    return there * 2 > all;
}

/* False: it stays where it is. */
static bool move(const char *from, const char *to)
{
    if (access(to, F_OK) == 0 && access(from, F_OK) == 0)
        return false;
    if (rename(from, to) == 0 || errno == ENOENT)
        return true;
    log_warning("%s: cannot be renamed to %s: %s", from, to, strerror(errno));
    return false;
}

/* The edits first: they find their document by its name. */
static void rename_file(struct maps_shelf *s, struct maps_file *f,
                        const char *name)
{
    OWNED(free) char *path = mem_text(f->path);
    OWNED(free) char *edits = mem_text(f->edits_path);
    OWNED(free) char *earlier = mem_text(f->name);

    maps_shelf_call(s, f, name);
    if (!move(edits, f->edits_path)) {
        maps_shelf_call(s, f, earlier);
        return;
    }
    log_info("maps: %s is called %s by now", earlier, name);
    f->unwritten = f->unwritten || !move(path, f->path);
    overlay_free(f->edits);
    maps_disk_read_edits(s, f);
}

void maps_renamed_take(struct maps_shelf *s, const struct map *m)
{
    for (size_t i = 0; i < s->files.count; i++) {
        struct maps_file *f = s->files.at[i];

        if (f->told.view != map_view_of(m) || f->told.view == MAP_DRAWN ||
            !map_subject_was(map_name(m), f->name) || !is_of(f, m))
            continue;
        rename_file(s, f, map_name(m));
        return;
    }
}

struct maps_file *maps_renamed_find(const struct maps_shelf *s,
                                    const char *name)
{
    for (size_t i = 0; i < s->files.count; i++) {
        struct maps_file *f = s->files.at[i];

        if (f->alias != NULL && f->round == s->stock->round &&
            strcmp(f->alias, name) == 0)
            return f;
    }
    return NULL;
}

void maps_renamed_note(struct maps_file *f, const char *name)
{
    if (strcmp(f->name, name) == 0)
        return;
    free(f->alias);
    f->alias = mem_text(name);
}
