#include "station/maps.h"
#include "base/file.h"
#include "base/text.h"
#include "station/inference.h"
#include "station/maps_parts.h"

enum { DIR_MODE = 0750 };

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
    s->render = buffer_take(&render);
    s->icons = icons.len > 0 ? buffer_take(&icons) : NULL;
    s->worker = worker_new(base);
    s->shelf = maps_shelf_new(buffer_take(&dir));
    s->catalogue = maps_shelf_list(s->shelf);
    s->pictures = pictures_new(s);
    s->ahead = maps_ahead_new(s, options->ahead_ms);
    *out = s;
    return 0;
}

void maps_free(struct maps *s)
{
    if (s == NULL)
        return;
    pictures_end(s->pictures);
    worker_free(s->worker);
    pictures_free(s->pictures);
    maps_ahead_free(s->ahead);
    maps_shelf_free(s->shelf);
    maps_catalogue_free(s->catalogue);
    array_fini(&s->asks);
    free(s->render);
    free(s->icons);
    free(s);
}

int maps_load(struct maps *s, struct complaint *why)
{
    int rc = maps_shelf_load(s->shelf, why); /* nobody works on it yet */

    maps_publish(s, maps_shelf_list(s->shelf), NULL);
    maps_shelf_rest(s->shelf);
    return rc;
}

/* ---- generated maps ---- */

/* What a refresh makes its maps of, and what came of it. */
struct refresh {
    struct maps *maps;
    struct maps_stock *stock;
    struct refresh_prefixes ARRAY_OF(struct prefix) prefixes;
    struct maps_catalogue *made;
};

/* In the thread. */
static void refresh_work(void *arg)
{
    struct refresh *r = arg;
    struct maps_shelf *shelf = r->maps->shelf;

    maps_stock_take(shelf, TAKE(r->stock));
    maps_stock_make(shelf, &(struct map_subject){.view = MAP_PHYSICAL});
    maps_stock_make(shelf, &(struct map_subject){.view = MAP_NETWORK});
    for (size_t i = 0; i < r->prefixes.count; i++)
        maps_stock_make(shelf,
                        &(struct map_subject){.view = MAP_PREFIX,
                                              .prefix = r->prefixes.at[i]});
    r->made = maps_shelf_list(shelf);
    maps_shelf_rest(shelf);
}

static void on_refreshed(void *arg, bool worked)
{
    struct refresh *r = arg;

    if (worked)
        maps_publish(r->maps, TAKE(r->made), NULL);
    r->maps->refreshing--;
    maps_ahead_refreshed(r->maps->ahead);
    maps_stock_free(r->stock);
    array_fini(&r->prefixes);
    free(r);
}

void maps_refresh(struct maps *s, const struct inferred *from,
                  const struct maps_wanted *wanted)
{
    struct refresh *r = mem_new(struct refresh);

    r->maps = s;
    r->stock = maps_stock_new(inferred_ref(from), wanted);
    for (size_t i = 0; i < wanted->prefix_count; i++)
        *array_add(&r->prefixes) = wanted->prefixes[i];
    s->refreshing++;
    worker_do(s->worker, refresh_work, on_refreshed, r);
}

bool maps_busy(const struct maps *s)
{
    return s->refreshing > 0;
}

/* ---- questions ---- */

void maps_list(const struct maps *s, struct maps_entries *out)
{
    for (size_t i = 0; i < s->catalogue->entries.count; i++)
        *array_add(out) = s->catalogue->entries.at[i];
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
    [MAPS_CSV] = {"csv", "text/csv"},
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
    *out = (struct maps_stats){
        .written = __atomic_load_n(&s->shelf->written, __ATOMIC_RELAXED),
        .broken = s->shelf->broken};
    pictures_stats(s->pictures, out);
}
