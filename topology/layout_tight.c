#include "topology/layout_tight.h"
#include "topology/layout_space.h"

/* Shares of their distance that are tried, the nearest first; and what share of
 * that in height, as screens are wider than high. */
static const double shares[] = {0.15, 0.2, 0.25, 0.3,  0.35, 0.4,  0.45, 0.5,
                                0.55, 0.6, 0.66, 0.72, 0.78, 0.84, 0.9,  0.95,
                                1,    1.1, 1.2,  1.35, 1.5,  1.75};
static const double squeezes[] = {1, 0.8, 0.65, 0.52};
enum { MUCH = 11, SOME = 15 }; /* shares that are worth to go alone for */
/* Between the centres of a node and of what hangs on it, for names of ports. */
static const double NEAR = 112;
static const double AROUND = 22;

struct work {
    const struct layout_loose *l;
    struct layout_point *centres, *at;
    uint32_t *first, *next; /* children, as nodes of the tree */
    uint32_t *stock;        /* members by node of the tree, depth first */
    size_t *begin, *end;    /* what of it is a subtree's */
    size_t *own;            /* and how much of that its root's */
    struct space *space;
};

/* Subtrees that move towards a point. */
struct move {
    struct layout_point to;
    uint32_t *roots; /* of what moves */
    size_t count;
    uint32_t *still; /* nodes of the tree that do not */
    size_t still_count;
    const uint32_t *others; /* roots of subtrees that stay; may tell of roots */
    size_t other_count;
    double around; /* room to be kept around each */
};

static void link_children(struct work *w)
{
    const struct layout_tree *t = w->l->tree;

    for (size_t i = 0; i < t->count; i++)
        w->first[i] = w->next[i] = UINT32_MAX;
    for (size_t i = t->count; i-- > 0;) {
        uint32_t n = t->order[i], up = t->parent[n];

        if (up == UINT32_MAX)
            continue;
        w->next[n] = w->first[up];
        w->first[up] = n;
    }
}

/* Members by subtree, so that each is one piece of stock. */
static void sort_members(struct work *w)
{
    const struct layout_tree *t = w->l->tree;
    size_t *sizes = mem_array(t->count + 1, sizeof *sizes);

    for (size_t i = 0; i < w->l->count; i++)
        w->own[w->l->owner[i]]++;
    for (size_t i = t->count; i-- > 0;) {
        uint32_t n = t->order[i];

        sizes[n] += w->own[n];
        if (t->parent[n] != UINT32_MAX)
            sizes[t->parent[n]] += sizes[n];
    }
    size_t top = 0;
    for (size_t i = 0; i < t->count; i++) {
        uint32_t n = t->order[i];

        if (t->parent[n] == UINT32_MAX) {
            w->begin[n] = top;
            top += sizes[n];
        }
        size_t from = w->begin[n] + w->own[n];
        for (uint32_t c = w->first[n]; c != UINT32_MAX; c = w->next[c]) {
            w->begin[c] = from;
            from += sizes[c];
        }
        w->end[n] = w->begin[n];
    }
    for (size_t i = 0; i < w->l->count; i++)
        w->stock[w->end[w->l->owner[i]]++] = w->l->members[i];
    for (size_t i = 0; i < t->count; i++)
        w->end[i] = w->begin[i] + sizes[i];
    free(sizes);
}

static struct layout_point step_of(const struct work *w, const struct move *m,
                                   uint32_t root, double x, double y)
{
    return (struct layout_point){(w->centres[root].x - m->to.x) * (x - 1),
                                 (w->centres[root].y - m->to.y) * (y - 1)};
}

static struct draw_box room_of(const struct work *w, uint32_t member,
                               struct layout_point step)
{
    struct draw_box r = w->l->g->nodes[member].room;
    struct layout_point at = {w->at[member].x + step.x,
                              w->at[member].y + step.y};

    return (struct draw_box){at.x + r.x0, at.y + r.y0, at.x + r.x1,
                             at.y + r.y1};
}

/* Lines from a subtree's root to what it hangs on. */
static void add_lines(const struct work *w, struct space *space,
                      const struct move *m, uint32_t root,
                      struct layout_point step)
{
    const struct layout_graph *g = w->l->g;

    for (size_t i = 0; i < w->own[root]; i++) {
        uint32_t n = w->stock[w->begin[root] + i];

        for (size_t s = 0; s < m->still_count; s++)
            for (size_t k = 0; k < w->own[m->still[s]]; k++) {
                uint32_t up = w->stock[w->begin[m->still[s]] + k];

                for (uint32_t e = g->start[n]; e < g->start[n + 1]; e++)
                    if (g->to[e] == up)
                        space_add_line(space, w->at[n].x + step.x,
                                       w->at[n].y + step.y, w->at[up].x,
                                       w->at[up].y, root);
            }
    }
}

static struct draw_box spaced(const struct move *m, struct draw_box room)
{
    return (struct draw_box){room.x0 - m->around, room.y0 - m->around,
                             room.x1 + m->around, room.y1 + m->around};
}

static bool is_near(const struct work *w, const struct move *m, double x,
                    double y)
{
    for (size_t i = 0; i < m->count && m->still_count > 0; i++)
        if (hypot((w->centres[m->roots[i]].x - m->to.x) * x,
                  (w->centres[m->roots[i]].y - m->to.y) * y) < NEAR)
            return true;
    return false;
}

static void add_rooms(const struct work *w, struct space *space, uint32_t root,
                      struct layout_point step)
{
    for (size_t k = w->begin[root]; k < w->end[root]; k++)
        space_add_box(space, room_of(w, w->stock[k], step), root);
}

/* Subtrees that stay where they are. */
static void add_others(const struct work *w, struct space *space,
                       const struct move *m)
{
    static const struct layout_point here = {0, 0};

    for (size_t i = 0; i < m->other_count; i++)
        if (m->others[i] != m->roots[0]) {
            add_rooms(w, space, m->others[i], here);
            add_lines(w, space, m, m->others[i], here);
        }
}

/* True if all stands free when subtrees have moved to these shares. */
static bool is_free(const struct work *w, const struct move *m, double x,
                    double y)
{
    struct space *space = w->space;
    bool free = true;

    space_empty(space);
    for (size_t s = 0; s < m->still_count; s++)
        for (size_t i = 0; i < w->own[m->still[s]]; i++)
            space_add_box(space,
                          room_of(w, w->stock[w->begin[m->still[s]] + i],
                                  (struct layout_point){0, 0}),
                          UINT32_MAX - 1);
    add_others(w, space, m);
    for (size_t i = 0; i < m->count; i++)
        add_lines(w, space, m, m->roots[i], step_of(w, m, m->roots[i], x, y));
    for (size_t i = 0; i < m->count && free; i++) {
        uint32_t root = m->roots[i];
        struct layout_point step = step_of(w, m, root, x, y);

        for (size_t k = w->begin[root]; k < w->end[root] && free; k++) {
            struct space_touch t = space_touches(
                space, spaced(m, room_of(w, w->stock[k], step)), root);

            free = t.boxes == 0 && t.lines == 0;
        }
        add_rooms(w, space, root, step);
    }
    return free;
}

static void draw_near(struct work *w, const struct move *m, double x, double y)
{
    for (size_t i = 0; i < m->count; i++) {
        uint32_t root = m->roots[i];
        struct layout_point step = step_of(w, m, root, x, y);

        for (size_t k = w->begin[root]; k < w->end[root]; k++) {
            w->at[w->stock[k]].x += step.x;
            w->at[w->stock[k]].y += step.y;
        }
        w->centres[root].x += step.x;
        w->centres[root].y += step.y;
    }
}

/* How large a screen, whose sides are as 16 to 9, must be for it. */
static double extent(const struct work *w, const struct move *m, double x,
                     double y)
{
    double most = 0;

    for (size_t i = 0; i < m->count; i++) {
        uint32_t root = m->roots[i];
        struct layout_point step = step_of(w, m, root, x, y);

        for (size_t k = w->begin[root]; k < w->end[root]; k++) {
            struct draw_box r = room_of(w, w->stock[k], step);

            most = fmax(most, fmax(r.x1 - m->to.x, m->to.x - r.x0) / 16);
            most = fmax(most, fmax(r.y1 - m->to.y, m->to.y - r.y0) / 9);
        }
    }
    return most;
}

/* All draw near together: as far as they can, in the shape that fits best. */
static void draw_together(struct work *w, const struct move *m)
{
    double least = extent(w, m, 1, 1), best_x = 1, best_y = 1;

    for (size_t q = 0; q < COUNT_OF(squeezes); q++)
        for (size_t i = 0; i < COUNT_OF(shares); i++) {
            double x = shares[i], y = x * squeezes[q];

            if (extent(w, m, x, y) >= least)
                break;
            if (is_near(w, m, x, y) || !is_free(w, m, x, y))
                continue;
            least = extent(w, m, x, y);
            best_x = x;
            best_y = y;
            break;
        }
    draw_near(w, m, best_x, best_y);
}

/* Moves roots[i] alone, as far as it can: to one of the first count shares. */
static bool draw_one(struct work *w, const struct move *m, size_t i,
                     size_t count)
{
    struct move alone = *m;

    alone.roots = m->roots + i;
    alone.count = 1;
    alone.others = m->roots;
    alone.other_count = m->count;
    for (size_t k = 0; k < count; k++)
        if (!is_near(w, &alone, shares[k], shares[k]) &&
            is_free(w, &alone, shares[k], shares[k])) {
            draw_near(w, &alone, shares[k], shares[k]);
            return true;
        }
    return false;
}

/* The one that is farthest out. */
static size_t outermost(const struct work *w, const struct move *m)
{
    double most = 0;
    size_t found = 0;

    for (size_t i = 0; i < m->count; i++) {
        struct move alone = *m;

        alone.roots = m->roots + i;
        alone.count = 1;
        double reach = extent(w, &alone, 1, 1);
        if (reach > most) {
            most = reach;
            found = i;
        }
    }
    return found;
}

/* What has much room before it goes on alone; then what makes the picture as
 * large as it is, while it can. */
static void draw_alone(struct work *w, const struct move *m)
{
    enum { PASSES = 2, OUTERMOST_MAX = 12 };

    for (unsigned pass = 0; pass < PASSES; pass++)
        for (size_t i = 0; i < m->count; i++)
            (void)draw_one(w, m, i, MUCH);
    for (unsigned i = 0; i < OUTERMOST_MAX; i++)
        if (!draw_one(w, m, outermost(w, m), SOME))
            break;
}

static void tighten(struct work *w, const struct move *m)
{
    if (m->count == 0)
        return;
    draw_together(w, m);
    if (m->count > 1 && m->still_count > 0)
        draw_alone(w, m);
}

/* What hangs on one node of the tree. */
static void tighten_node(struct work *w, struct move *m, uint32_t node)
{
    m->to = w->centres[node];
    m->count = 0;
    for (uint32_t c = w->first[node]; c != UINT32_MAX; c = w->next[c])
        m->roots[m->count++] = c;
    m->still[0] = node;
    m->still_count = 1;
    tighten(w, m);
}

/* Roots on a ring draw together; else what hangs on any of them draws near the
 * middle of all. */
static void tighten_roots(struct work *w, struct move *m)
{
    const struct layout_tree *t = w->l->tree;

    m->to = (struct layout_point){0, 0};
    m->count = m->still_count = 0;
    for (size_t i = 0; i < t->roots; i++) {
        uint32_t root = t->order[i];

        m->to.x += w->centres[root].x / (double)t->roots;
        m->to.y += w->centres[root].y / (double)t->roots;
        if (t->ring) {
            m->roots[m->count++] = root;
            continue;
        }
        m->still[m->still_count++] = root;
        for (uint32_t c = w->first[root]; c != UINT32_MAX; c = w->next[c])
            m->roots[m->count++] = c;
    }
    /* Where there is no middle to keep off from, room is left for lines. */
    m->around = t->ring ? AROUND : 0;
    if (!is_free(w, m, 1, 1))
        m->around = 0;
    tighten(w, m);
}

void layout_tighten(const struct layout_loose *l, struct layout_point *centres,
                    struct layout_point *at)
{
    const struct layout_tree *t = l->tree;
    struct work w = {.l = l, .centres = centres, .at = at};
    struct move m = {.count = 0};

    w.space = space_new();
    w.first = mem_array(t->count + 1, sizeof *w.first);
    w.next = mem_array(t->count + 1, sizeof *w.next);
    w.stock = mem_array(l->count + 1, sizeof *w.stock);
    w.begin = mem_array(t->count + 1, sizeof *w.begin);
    w.end = mem_array(t->count + 1, sizeof *w.end);
    w.own = mem_array(t->count + 1, sizeof *w.own);
    m.roots = mem_array(t->count + 1, sizeof *m.roots);
    m.still = mem_array(t->count + 1, sizeof *m.still);
    link_children(&w);
    sort_members(&w);
    for (size_t i = t->count; i-- > (t->ring ? 0 : t->roots);)
        tighten_node(&w, &m, t->order[i]);
    tighten_roots(&w, &m);
    space_free(w.space);
    free(w.first);
    free(w.next);
    free(w.stock);
    free(w.begin);
    free(w.end);
    free(w.own);
    free(m.roots);
    free(m.still);
}
