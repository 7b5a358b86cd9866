/* Risks as they are published, and as samples of their series. */
#include "station/risks_parts.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    return ident_compare(&((const struct risk_entry *)a)->id,
                         &((const struct risk_entry *)b)->id);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct risk_entry *)a)->name,
                  ((const struct risk_entry *)b)->name);
}

static struct risk_entry entry_of(const struct risk_state *s)
{
    return (struct risk_entry){
        .name = "",
        .history = s->history != NULL ? risk_history_ref(s->history) : NULL,
        .risk = (float)s->risk,
        .level = (uint8_t)s->mark.level};
}

static void add_devices(struct risks *r, struct risk_book *b)
{
    struct risk_entry *to =
        arena_zero(b->arena, (table_count(r->devices) + 1) * sizeof *to);
    void *value;

    b->devices = to;
    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        const struct risk_device *o = value;

        if (o->state.mark.level == 0)
            continue;
        *to = entry_of(&o->state);
        to->id = o->id;
        to->value = o->value;
        to->exposure = o->exposure;
        to++;
        b->device_count++;
    }
    qsort((void *)b->devices, b->device_count, sizeof *to, by_id);
}

static void add_links(struct risks *r, struct risk_book *b)
{
    struct risk_entry *to =
        arena_zero(b->arena, (table_count(r->links) + 1) * sizeof *to);
    void *value;

    b->links = to;
    for (size_t at = 0; table_next(r->links, &at, NULL, &value); to++) {
        const struct risk_link *l = value;

        *to = entry_of(&l->state);
        to->id = l->id;
        to->name = arena_text(b->arena, l->name);
        to->value = l->value;
        to->exposure = l->exposure;
        b->link_count++;
    }
    qsort((void *)b->links, b->link_count, sizeof *to, by_id);
}

static void add_groups(struct risks *r, struct risk_book *b)
{
    struct risk_entry *to =
        arena_zero(b->arena, (table_count(r->groups) + 1) * sizeof *to);
    void *value;

    b->groups = to;
    for (size_t at = 0; table_next(r->groups, &at, NULL, &value);) {
        const struct risk_group *g = value;

        if (g->members.count == 0)
            continue;
        *to = entry_of(&g->state);
        to->name = arena_text(b->arena, g->name);
        to++;
        b->group_count++;
    }
    qsort((void *)b->groups, b->group_count, sizeof *to, by_name);
}

static void add_clouds(struct risks *r, struct risk_book *b)
{
    struct risk_entry *to =
        arena_zero(b->arena, (table_count(r->clouds) + 1) * sizeof *to);
    void *value;

    b->clouds = to;
    for (size_t at = 0; table_next(r->clouds, &at, NULL, &value); to++) {
        const struct risk_cloud *c = value;

        *to = entry_of(&c->state);
        to->name = arena_text(b->arena, c->name);
        b->cloud_count++;
    }
    qsort((void *)b->clouds, b->cloud_count, sizeof *to, by_name);
}

static size_t count_series(const struct risk_book *b)
{
    size_t count = b->group_count + b->cloud_count + 1;

    for (size_t i = 0; i < b->device_count; i++)
        count += b->devices[i].history != NULL;
    for (size_t i = 0; i < b->link_count; i++)
        count += b->links[i].history != NULL;
    return count;
}

struct risk_book *risks_book(struct risks *r)
{
    if (r->book != NULL && !r->changed)
        return risk_book_ref(r->book);
    struct risk_book *b = mem_new(struct risk_book);

    b->refs = 1;
    b->arena = arena_new();
    b->version = r->book != NULL ? r->book->version + 1 : 1;
    b->changed = r->wall;
    add_devices(r, b);
    add_links(r, b);
    add_groups(r, b);
    add_clouds(r, b);
    b->whole = entry_of(&r->whole);
    r->series = count_series(b);
    risk_book_unref(r->book);
    r->book = b;
    r->changed = false;
    return risk_book_ref(b);
}

/* ---- series ---- */

size_t risks_series(const struct risks *r)
{
    return r->series;
}

/* The nth of all in the book, and what it is; NULL: it has no series. */
static const struct risk_entry *nth(const struct risk_book *b, size_t n,
                                    enum risk_class *class)
{
    const struct {
        const struct risk_entry *at;
        size_t count;
        bool always;
    } lists[] = {[RISK_DEVICE] = {b->devices, b->device_count, false},
                 [RISK_LINK] = {b->links, b->link_count, false},
                 [RISK_SITE] = {b->groups, b->group_count, true},
                 [RISK_CLOUD] = {b->clouds, b->cloud_count, true},
                 [RISK_WHOLE] = {&b->whole, 1, true}};

    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        if (n < lists[i].count) {
            *class = (enum risk_class)i;
            return lists[i].always || lists[i].at[n].history != NULL
                       ? &lists[i].at[n]
                       : NULL;
        }
        n -= lists[i].count;
    }
    return NULL;
}

static bool find_path(const struct risks *r, enum risk_class class,
                      const struct risk_entry *e, struct buffer *out)
{
    char id[IDENT_TEXT_MAX];
    const char *name = e->name;

    if (class == RISK_DEVICE) {
        const struct device *d = inventory_by_id(r->parts.inventory, &e->id);

        if (d == NULL || d->dir == NULL)
            return false;
        name = d->dir;
    } else if (class == RISK_LINK) {
        name = ident_format(&e->id, id, sizeof id);
    }
    risk_series_path(class, name, out);
    return true;
}

void risks_sample(struct risks *r, int64_t step_ms, risk_sample_fn fn,
                  void *arg)
{
    enum { LEAST = 200, TICK_MS = 1000 };
    const struct risk_book *b = r->book;
    size_t left = LEAST + r->series * TICK_MS / (size_t)step_ms;
    struct buffer OWNED_BUFFER path = {0};

    if (b == NULL || !mono_reached(r->now, r->series_due))
        return;
    size_t all =
        b->device_count + b->link_count + b->group_count + b->cloud_count + 1;
    for (; left > 0 && r->series_at < all; r->series_at++) {
        enum risk_class class;
        const struct risk_entry *e = nth(b, r->series_at, &class);

        buffer_clear(&path);
        if (e == NULL || !find_path(r, class, e, &path))
            continue;
        fn(arg, path.at, (double)e->risk);
        left--;
    }
    if (r->series_at < all)
        return; /* the others the next time */
    r->series_at = 0;
    r->series_due = mono_after_ms(r->series_due, step_ms);
    if (mono_reached(r->now, r->series_due)) /* late, or the first time */
        r->series_due = mono_after_ms(r->now, step_ms);
}
