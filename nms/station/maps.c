#include "station/maps.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "station/maps_parts.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIR_MODE = 0750 };

static int names_order(const void *a, const void *b)
{
    const struct maps_file *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

struct maps_file *maps_file_find(const struct maps *s, const char *name)
{
    struct maps_file wanted = {.name = (char *)(uintptr_t)name};
    const struct maps_file *key = &wanted;
    struct maps_file **found = s->files.count == 0
                                   ? NULL
                                   : bsearch(&key, s->files.at, s->files.count,
                                             sizeof *s->files.at, names_order);

    return found != NULL ? *found : NULL;
}

static struct maps_file *file_add(struct maps *s, const char *name)
{
    if (s->files.count >= MAPS_MAX)
        return NULL;
    struct buffer OWNED_BUFFER path = {0};
    struct maps_file *f = mem_new(struct maps_file);

    buffer_format(&path, "%s/%s.gv", s->dir, name);
    f->name = mem_text(name);
    f->path = buffer_take(&path);
    *array_add(&s->files) = f;
    qsort(s->files.at, s->files.count, sizeof *s->files.at, names_order);
    return f;
}

static void file_free(struct maps_file *f)
{
    map_free(f->map);
    free(f->name);
    free(f->path);
    free(f);
}

void maps_file_changed(struct maps *s, struct maps_file *f, struct wall now)
{
    struct buffer OWNED_BUFFER text = {0};

    map_write(f->map, &text);
    uint64_t hash = bytes_hash(buffer_view(&text));
    if (hash == f->hash)
        return;
    f->hash = hash;
    f->changed = now;
    maps_writer_put(s->writer, f->path, buffer_take(&text));
}

int maps_new(struct event_base *base, const struct maps_options *options,
             struct maps **out, struct complaint *why)
{
    struct buffer OWNED_BUFFER render = {0};
    struct buffer OWNED_BUFFER icons = {0};
    struct buffer OWNED_BUFFER dir = {0};

    *out = NULL;
    buffer_format(&dir, "%s/maps", options->data_dir);
    int rc = file_make_dir(dir.at, DIR_MODE);
    if (rc < 0)
        return complain(why, rc, dir.at,
                        "check its owner and permissions, and station.data",
                        "cannot be made: %s", strerror(-rc));
    if (options->render != NULL)
        buffer_text(&render, options->render);
    else
        maps_find_render(&render);
    if (options->icons != NULL)
        buffer_text(&icons, options->icons);
    else
        maps_find_icons(&icons);
    struct maps *s = mem_new(struct maps);
    s->base = base;
    s->dir = buffer_take(&dir);
    s->render = buffer_take(&render);
    s->icons = icons.len > 0 ? buffer_take(&icons) : NULL;
    s->writer = maps_writer_new();
    s->pictures = pictures_new(s);
    *out = s;
    return 0;
}

void maps_free(struct maps *s)
{
    if (s == NULL)
        return;
    pictures_free(s->pictures);
    maps_writer_free(s->writer);
    for (size_t i = 0; i < s->files.count; i++)
        file_free(s->files.at[i]);
    array_fini(&s->files);
    free(s->dir);
    free(s->render);
    free(s->icons);
    free(s);
}

/* ---- what is on disk ---- */

/* A document that cannot be read stays for people to look at, out of the way.
 */
static void set_aside(struct maps *s, const char *path, const char *reason)
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

static void load_one(struct maps *s, const char *path, const char *name)
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
    struct maps_file *f = file_add(s, name);
    if (f == NULL) {
        map_free(m);
        return;
    }
    struct stat st;
    f->map = m;
    f->hash = bytes_hash(buffer_view(&text));
    if (stat(path, &st) == 0)
        f->changed.ms = (int64_t)st.st_mtim.tv_sec * 1000;
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

int maps_load(struct maps *s, struct complaint *why)
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

/* ---- generated maps ---- */

void maps_prefix_name(const struct prefix *p, struct buffer *out)
{
    char text[ADDR_TEXT_MAX];

    prefix_format(p, text, sizeof text);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '/' || *c == ':' || *c == '%')
            *c = '-';
    buffer_format(out, "prefix-%s", text);
}

/* What a refresh makes its maps of. */
struct source {
    const struct topology *topology;
    const struct topo_input *input;
    struct wall now;
};

static void refresh_one(struct maps *s, const struct source *from,
                        const char *name, enum map_view view,
                        const struct prefix *prefix)
{
    struct maps_file *f = maps_file_find(s, name);

    if (f == NULL)
        f = file_add(s, name);
    if (f == NULL)
        return;
    struct map *m =
        map_generate(name, view, from->topology, from->input, prefix);
    if (f->map != NULL)
        map_carry_over(m, f->map);
    map_free(f->map);
    f->map = m;
    maps_file_changed(s, f, from->now);
}

void maps_refresh(struct maps *s, const struct topology *t,
                  const struct topo_input *input, const struct prefix *prefixes,
                  size_t count, struct wall now)
{
    struct source from = {t, input, now};

    refresh_one(s, &from, "physical", MAP_PHYSICAL, NULL);
    refresh_one(s, &from, "network", MAP_NETWORK, NULL);
    for (size_t i = 0; i < count; i++) {
        struct buffer OWNED_BUFFER name = {0};

        maps_prefix_name(&prefixes[i], &name);
        refresh_one(s, &from, name.at, MAP_PREFIX, &prefixes[i]);
    }
}

/* ---- questions ---- */

void maps_list(const struct maps *s, struct maps_entries *out)
{
    for (size_t i = 0; i < s->files.count; i++) {
        const struct maps_file *f = s->files.at[i];

        *array_add(out) =
            (struct maps_entry){.name = f->name,
                                .view = map_view_of(f->map),
                                .nodes = map_node_count(f->map),
                                .links = map_link_count(f->map),
                                .laid_out = map_is_laid_out(f->map),
                                .changed = f->changed};
    }
}

const struct map *maps_find(const struct maps *s, const char *name)
{
    struct maps_file *f = maps_file_find(s, name);

    return f != NULL ? f->map : NULL;
}

static const struct {
    const char *word, *type;
} formats[MAPS_FORMATS] = {
    [MAPS_SVG] = {"svg", "image/svg+xml"},
    [MAPS_PNG] = {"png", "image/png"},
    [MAPS_PDF] = {"pdf", "application/pdf"},
    [MAPS_GV] = {"gv", "text/vnd.graphviz"},
    [MAPS_JSON] = {"json", "application/json"},
    [MAPS_GRAPHML] = {"graphml", "application/graphml+xml"},
};

bool maps_format_parse(const char *word, enum maps_format *out)
{
    word += word[0] == '.';
    for (int i = 0; i < MAPS_FORMATS; i++)
        if (text_compare_nocase(word, formats[i].word) == 0) {
            *out = (enum maps_format)i;
            return true;
        }
    return false;
}

const char *maps_format_type(enum maps_format f)
{
    return formats[(unsigned)f < MAPS_FORMATS ? f : MAPS_SVG].type;
}

void maps_stats(const struct maps *s, struct maps_stats *out)
{
    *out = (struct maps_stats){.written = maps_writer_count(s->writer),
                               .broken = s->broken};
    pictures_stats(s->pictures, out);
}
