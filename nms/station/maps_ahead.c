/* Generated maps are laid out before somebody asks: when the topology came to
 * rest, or did not for a minute; one at a time. */
#include "station/maps_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum { UNREST_MAX_MS = 60000 };

struct maps_ahead {
    struct maps *maps;
    unsigned after_ms;
    struct event *rest;
    struct mono latest; /* when unrest counts no more */
    bool waits;         /* for rest */
    size_t left;        /* layouts until the topology is another */
    char *failed;       /* the last one that could not be; NULL: none */
    enum map_view failed_view;
    bool lays_out;
    char *name; /* that one, or the last */
    enum map_view view;
};

/* e comes behind the one that failed: by view, then as the list has them. */
static bool is_behind(const struct maps_ahead *a, const struct maps_entry *e)
{
    return a->failed == NULL || e->view > a->failed_view ||
           (e->view == a->failed_view && strcmp(e->name, a->failed) > 0);
}

/* Those that are always there; the first that has no layout. */
static const struct maps_entry *next(const struct maps_ahead *a)
{
    const struct maps_entries *all = &a->maps->catalogue->entries;
    const struct maps_entry *found = NULL;

    for (size_t i = 0; i < all->count; i++) {
        const struct maps_entry *e = &all->at[i];

        if (e->made && !e->laid_out && e->view <= MAP_PREFIX &&
            is_behind(a, e) && (found == NULL || e->view < found->view))
            found = e;
    }
    return found;
}

static void lay_out(struct maps_ahead *a);

/* What failed is tried again when the topology is another; the others go on.
 */
static void on_laid_out(void *arg, int result, struct bytes picture,
                        uint64_t revision, const struct complaint *why)
{
    struct maps_ahead *a = arg;

    (void)picture;
    (void)revision;
    (void)why;
    a->lays_out = false;
    if (result == -ECANCELED)
        return;
    if (result < 0) {
        free(a->failed);
        a->failed = TAKE(a->name);
        a->failed_view = a->view;
    }
    lay_out(a);
}

static void lay_out(struct maps_ahead *a)
{
    static const struct maps_view shown = {.form = {.shown = true}};
    const struct maps_entry *e = next(a);

    if (e == NULL || a->lays_out || a->left == 0)
        return;
    a->left--;
    a->lays_out = true;
    free(a->name);
    a->name = mem_text(e->name);
    a->view = e->view;
    maps_picture(a->maps, e->name, MAPS_JSON, &shown, on_laid_out, a);
}

static void on_rest(evutil_socket_t fd, short what, void *arg)
{
    struct maps_ahead *a = arg;

    (void)fd;
    (void)what;
    a->waits = false;
    free(TAKE(a->failed));
    a->left = a->maps->catalogue->entries.count;
    lay_out(a);
}

void maps_ahead_refreshed(struct maps_ahead *a)
{
    struct mono now = mono_now();

    if (a->after_ms == 0)
        return;
    free(TAKE(a->failed));
    if (next(a) == NULL)
        return;
    if (!a->waits)
        a->latest = mono_after_ms(now, UNREST_MAX_MS);
    int64_t left = mono_ms_between(now, a->latest);
    int64_t ms = left < a->after_ms ? left : a->after_ms;
    struct timeval in = {ms / 1000, (ms % 1000) * 1000};

    a->waits = true;
    if (ms > 0)
        evtimer_add(a->rest, &in);
}

struct maps_ahead *maps_ahead_new(struct maps *maps, unsigned after_ms)
{
    struct maps_ahead *a = mem_new(struct maps_ahead);

    a->maps = maps;
    a->after_ms = after_ms;
    a->rest = evtimer_new(maps->base, on_rest, a);
    return a;
}

void maps_ahead_free(struct maps_ahead *a)
{
    if (a == NULL)
        return;
    event_free(a->rest);
    free(a->failed);
    free(a->name);
    free(a);
}
