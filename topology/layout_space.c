#include "topology/layout_space.h"

enum { BUCKETS = 1 << 16, ENTRIES_MAX = 16 << 20 };
static const double CELL = 64;

struct item {
    struct draw_box box; /* of a line: from (x0, y0) to (x1, y1) */
    uint32_t owner;
    uint32_t seen; /* the last question that met it */
    bool line;
};

/* An item in one cell; entries of a bucket are chained by index + 1. */
struct entry {
    int32_t column, row;
    uint32_t item, next;
};

struct space {
    struct space_items ARRAY_OF(struct item) items;
    struct space_entries ARRAY_OF(struct entry) entries;
    uint32_t *buckets;
    uint32_t question;
};

struct space *space_new(void)
{
    struct space *s = mem_new(struct space);

    s->buckets = mem_array(BUCKETS, sizeof *s->buckets);
    return s;
}

void space_free(struct space *s)
{
    if (s == NULL)
        return;
    array_fini(&s->items);
    array_fini(&s->entries);
    free(s->buckets);
    free(s);
}

static int32_t cell_of(double v)
{
    return (int32_t)floor(v / CELL);
}

static uint32_t *bucket_of(struct space *s, int32_t column, int32_t row)
{
    uint32_t hash = (uint32_t)column * UINT32_C(73856093) ^
                    (uint32_t)row * UINT32_C(19349663);

    return &s->buckets[(hash ^ hash >> 15) % BUCKETS];
}

void space_empty(struct space *s)
{
    for (size_t i = 0; i < s->entries.count; i++)
        *bucket_of(s, s->entries.at[i].column, s->entries.at[i].row) = 0;
    s->entries.count = s->items.count = 0;
    s->question = 0;
}

static void enter(struct space *s, uint32_t item, int32_t column, int32_t row)
{
    uint32_t *bucket = bucket_of(s, column, row);

    if (s->entries.count >= ENTRIES_MAX)
        return;
    *array_add(&s->entries) = (struct entry){column, row, item, *bucket};
    *bucket = (uint32_t)s->entries.count;
}

void space_add_box(struct space *s, struct draw_box box, uint32_t owner)
{
    uint32_t item = (uint32_t)s->items.count;

    *array_add(&s->items) = (struct item){box, owner, 0, false};
    for (int32_t c = cell_of(box.x0); c <= cell_of(box.x1); c++)
        for (int32_t r = cell_of(box.y0); r <= cell_of(box.y1); r++)
            enter(s, item, c, r);
}

/* The rows that a line passes in the column of cells from x to x + CELL. */
static void enter_column(struct space *s, uint32_t item, int32_t column)
{
    struct draw_box l = s->items.at[item].box;
    double from = fmax(column * CELL, fmin(l.x0, l.x1));
    double to = fmin((column + 1) * CELL, fmax(l.x0, l.x1));
    double dx = l.x1 - l.x0, y0 = l.y0, y1 = l.y1;

    if (fabs(dx) > 1e-9) {
        y0 = l.y0 + (from - l.x0) / dx * (l.y1 - l.y0);
        y1 = l.y0 + (to - l.x0) / dx * (l.y1 - l.y0);
    }
    for (int32_t r = cell_of(fmin(y0, y1)); r <= cell_of(fmax(y0, y1)); r++)
        enter(s, item, column, r);
}

void space_add_line(struct space *s, double x0, double y0, double x1, double y1,
                    uint32_t owner)
{
    uint32_t item = (uint32_t)s->items.count;

    if (hypot(x1 - x0, y1 - y0) > SPACE_LINE_MAX)
        return;
    *array_add(&s->items) = (struct item){{x0, y0, x1, y1}, owner, 0, true};
    for (int32_t c = cell_of(fmin(x0, x1)); c <= cell_of(fmax(x0, x1)); c++)
        enter_column(s, item, c);
}

static bool boxes_touch(struct draw_box a, struct draw_box b)
{
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

/* Narrows the part [*from, *to] of a line to where p + t * d is between low
 * and high; false if nothing is left (Liang-Barsky). */
static bool clip(double p, double d, double low, double high, double *from,
                 double *to)
{
    if (fabs(d) < 1e-12)
        return p > low && p < high;
    double t0 = (low - p) / d, t1 = (high - p) / d;
    *from = fmax(*from, fmin(t0, t1));
    *to = fmin(*to, fmax(t0, t1));
    return *from < *to;
}

static bool line_touches(struct draw_box l, struct draw_box box)
{
    double from = 0, to = 1;

    return clip(l.x0, l.x1 - l.x0, box.x0, box.x1, &from, &to) &&
           clip(l.y0, l.y1 - l.y0, box.y0, box.y1, &from, &to);
}

static void meet(struct space *s, struct entry e, struct draw_box box,
                 uint32_t except, struct space_touch *touch)
{
    struct item *i = &s->items.at[e.item];

    if (i->seen == s->question || (except != UINT32_MAX && i->owner == except))
        return;
    i->seen = s->question;
    if (i->line)
        touch->lines += line_touches(i->box, box);
    else
        touch->boxes += boxes_touch(i->box, box);
}

struct space_touch space_touches(struct space *s, struct draw_box box,
                                 uint32_t except)
{
    struct space_touch touch = {0, 0};

    s->question++;
    for (int32_t c = cell_of(box.x0); c <= cell_of(box.x1); c++)
        for (int32_t r = cell_of(box.y0); r <= cell_of(box.y1); r++)
            for (uint32_t e = *bucket_of(s, c, r); e != 0;
                 e = s->entries.at[e - 1].next)
                if (s->entries.at[e - 1].column == c &&
                    s->entries.at[e - 1].row == r)
                    meet(s, s->entries.at[e - 1], box, except, &touch);
    return touch;
}
