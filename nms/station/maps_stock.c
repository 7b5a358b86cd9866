/* Maps made of what was inferred: some always, most when somebody asks. The
 * latter are documents like others, so that they keep positions and edits;
 * those that nobody edited and asked for longest go when there are too many. */
#include "station/inference.h"
#include "station/maps_parts.h"

#include <stdlib.h>
#include <unistd.h>

struct maps_stock *maps_stock_new(struct inferred *from,
                                  const struct maps_wanted *wanted)
{
    struct maps_stock *s = mem_new(struct maps_stock);

    s->from = from;
    s->arena = arena_new();
    for (size_t i = 0; i < wanted->sites.count; i++) {
        struct site_rule *r = array_add(&s->rules);

        *r = wanted->sites.at[i];
        r->name = arena_text(s->arena, r->name);
        if (r->location != NULL)
            r->location = arena_text(s->arena, r->location);
        if (r->device != NULL)
            r->device = arena_text(s->arena, r->device);
    }
    return s;
}

void maps_stock_free(struct maps_stock *s)
{
    if (s == NULL)
        return;
    inferred_unref(s->from);
    map_offers_free(s->offers);
    array_fini(&s->rules);
    arena_free(s->arena);
    free(s);
}

static struct map_sources sources_of(const struct maps_stock *s)
{
    return (struct map_sources){.topology = s->from->topology,
                                .input = &s->from->input,
                                .survey = s->from->survey,
                                .sites = {s->rules.at, s->rules.count}};
}

void maps_stock_take(struct maps_shelf *s, struct maps_stock *stock)
{
    struct map_sources from = sources_of(stock);

    stock->offers = map_offers_new(&from);
    stock->round = s->stock != NULL ? s->stock->round + 1 : 1;
    maps_stock_free(s->stock);
    s->stock = stock;
}

const struct map *maps_stock_known(const struct maps_shelf *s,
                                   const struct map_subject *subject)
{
    static const struct map_subject physical = {.view = MAP_PHYSICAL},
                                    sites = {.view = MAP_SITES};
    struct buffer OWNED_BUFFER name = {0};

    if (subject->view == MAP_INSIDE)
        subject = &physical;
    if (subject->view == MAP_SITE)
        subject = &sites;
    map_subject_name(subject, &name);
    struct maps_file *f = maps_shelf_find(s, name.at);
    if (f == NULL || f->told.view == MAP_DRAWN)
        return NULL;
    return maps_shelf_open(f) != NULL ? f->found : NULL;
}

/* NULL if there is no such subject, or no room. */
static struct maps_file *make(struct maps_shelf *s,
                              const struct map_subject *subject)
{
    struct map_sources from = sources_of(s->stock);

    from.known = maps_stock_known(s, subject);
    struct map *m = map_generate(subject, &from);

    if (m == NULL)
        return NULL;
    if (subject->view == MAP_STATION)
        maps_platform_add(m);
    if (maps_shelf_find(s, map_name(m)) == NULL)
        maps_renamed_take(s, m);
    struct maps_file *f = maps_shelf_put(s, m, s->stock->from->at);
    if (f != NULL)
        f->round = s->stock->round;
    return f;
}

void maps_stock_make(struct maps_shelf *s, const struct map_subject *subject)
{
    struct maps_file *f = make(s, subject);

    if (f != NULL)
        f->asked = 0;
}

struct maps_file *maps_stock_demand(struct maps_shelf *s, const char *name,
                                    bool *made)
{
    struct maps_file *f = s->stock != NULL ? maps_renamed_find(s, name) : NULL;
    struct map_subject subject;

    *made = false;
    if (f == NULL)
        f = maps_shelf_find(s, name);
    if (s->stock == NULL || !map_subject_parse(name, &subject) ||
        (f != NULL && f->told.view == MAP_DRAWN))
        return f;
    bool always = f != NULL && f->round == s->stock->round && f->asked == 0;
    if (f == NULL || f->round != s->stock->round ||
        maps_shelf_open(f) == NULL) {
        struct maps_file *now = make(s, &subject);

        /* What is gone is shown as it was while a person's edits are in it. */
        if (now == NULL)
            return f != NULL && (f->edited || f->asked == 0 || f->unread < 0)
                       ? f
                       : NULL;
        *made = true;
        f = now;
        maps_renamed_note(f, name);
        if (f->asked == 0 && !always && subject.view != MAP_PHYSICAL &&
            subject.view != MAP_NETWORK)
            f->asked = 1;
    }
    if (f->asked > 0)
        f->asked = ++s->questions;
    return f;
}

void maps_stock_evict(struct maps_shelf *s)
{
    for (;;) {
        size_t count = 0, oldest = 0;

        for (size_t i = 0; i < s->files.count; i++) {
            const struct maps_file *f = s->files.at[i];

            if (f->asked == 0 || f->edited)
                continue;
            if (count++ == 0 || f->asked < s->files.at[oldest]->asked)
                oldest = i;
        }
        if (count <= MAPS_ASKED_MAX)
            return;
        (void)maps_disk_remove(s->files.at[oldest]);
        maps_shelf_forget(s, s->files.at[oldest]);
    }
}
