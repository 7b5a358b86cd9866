#include "topology/layout_part.h"
#include "topology/layout_core.h"
#include "topology/layout_leaves.h"
#include "topology/layout_pairs.h"
#include "topology/layout_round.h"

enum {
    FORCE_MAX = 450, /* bodies; beyond, the engine for large graphs */
};
/* Leaves stay right below what they hang on. */
enum { CLOSE = 8 };
/* Points for ports and load of a link between neighbors in a row. */
static const double FLAT_ROOM = 30;
static const double MESHED = 1.4; /* ties for each inner node */
static const double SPRING = 36;  /* free length of a link */
static const double SHAPE = 2.1;  /* width to height that people like */
static const double SHAPE_MAX = 3.2, WIDE = 2400;

/* The second of two roots: what the tree blocks leads there. */
static bool is_spare_root(const struct layout_graph *g, uint32_t n)
{
    enum { BLOCKED_MIN = 4 };

    return layout_degree(g, n) == 1 && g->blocked[n] >= BLOCKED_MIN;
}

static bool is_leaf(const struct layout_graph *g, uint32_t n)
{
    return layout_degree(g, n) == 1 && !is_spare_root(g, n) &&
           layout_degree(g, g->to[g->start[n]]) > 1 &&
           !layout_leads_outside(g, n) && !g->map->nodes.at[n].focus;
}

static void bunch_measure(const struct layout_graph *g, struct layout_bunch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct draw_box room = g->nodes[b->leaves[i]].room;

        b->width = fmax(b->width, room.x1 - room.x0);
        b->height = fmax(b->height, room.y1 - room.y0);
    }
}

static void gather_bunch(struct layout_inner *p, uint32_t parent, size_t *used)
{
    const struct layout_graph *g = p->g;
    size_t from = *used;

    for (uint32_t i = g->start[parent]; i < g->start[parent + 1]; i++)
        if (is_leaf(g, g->to[i]))
            p->leaves[(*used)++] = g->to[i];
    p->bunch_of[p->index[parent]] = UINT32_MAX;
    if (*used == from)
        return;
    p->bunch_of[p->index[parent]] = (uint32_t)p->bunches.count;
    struct layout_bunch *b = array_add(&p->bunches);
    b->parent = parent;
    b->leaves = p->leaves + from;
    b->count = *used - from;
    bunch_measure(g, b);
}

static void part_init(struct layout_inner *p, const struct layout_graph *g,
                      const uint32_t *members, size_t count,
                      struct layout_point *at)
{
    size_t used = 0;

    *p = (struct layout_inner){
        .g = g, .members = members, .count = count, .at = at};
    p->inner = mem_array(count, sizeof *p->inner);
    p->index = mem_array(g->count, sizeof *p->index);
    p->leaves = mem_array(count, sizeof *p->leaves);
    p->level = mem_array(count, sizeof *p->level);
    p->bunch_of = mem_array(count, sizeof *p->bunch_of);
    p->queue = mem_array(count, sizeof *p->queue);
    p->roots = mem_array(count, sizeof *p->roots);
    for (size_t i = 0; i < count; i++) {
        p->index[members[i]] = UINT32_MAX;
        if (is_leaf(g, members[i]))
            continue;
        p->index[members[i]] = (uint32_t)p->inner_count;
        p->inner[p->inner_count++] = members[i];
    }
    for (size_t i = 0; i < p->inner_count; i++)
        gather_bunch(p, p->inner[i], &used);
}

static void part_fini(struct layout_inner *p)
{
    free(p->inner);
    free(p->index);
    free(p->leaves);
    free(p->level);
    free(p->bunch_of);
    free(p->queue);
    free(p->roots);
    array_fini(&p->bunches);
}

/* ---- layers ---- */

static int levels(const struct layout_inner *p)
{
    int most = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        most = p->level[i] > most ? p->level[i] : most;
    return most + 1;
}

/* About how wide and high the layers become with so many columns of leaves. */
static struct layout_point foresee(const struct layout_inner *p, size_t columns)
{
    static const double LEVEL = 128; /* points high */
    struct layout_point size = {0, 0};

    for (size_t i = 0; i < p->bunches.count; i++) {
        struct layout_rows r = layout_rows_measure(&p->bunches.at[i], columns);

        size.x += r.width;
        size.y = fmax(size.y, r.height);
    }
    size.y += levels(p) * LEVEL;
    return size;
}

/* Leaves in one column are the last means: for meshes, which nothing but
 * layers shows well. */
static size_t least_columns(const struct layout_inner *p)
{
    return p->meshed ? 1 : 3;
}

/* As many columns of leaves as keep the whole in shape. */
static size_t choose_columns(const struct layout_inner *p)
{
    enum { MOST = 8, NARROW = 1200, MOST_ROOTED = 16, NARROW_ROOTED = 2400 };
    bool rooted = p->g->map->view == MAP_TREE;
    double narrow = rooted ? NARROW_ROOTED : NARROW;
    size_t columns = rooted ? MOST_ROOTED : MOST;

    while (columns > least_columns(p)) {
        struct layout_point size = foresee(p, columns);

        if (size.x < fmax(SHAPE * size.y, narrow))
            break;
        columns--;
    }
    return columns;
}

/* False if layers would be far too wide: then they need not be tried. */
static bool may_be_layered(const struct layout_inner *p)
{
    struct layout_point size = foresee(p, least_columns(p));

    return size.x < fmax(WIDE, SHAPE_MAX * size.y);
}

static void add_inner_bodies(const struct layout_inner *p,
                             struct layout_skeleton *s)
{
    for (size_t i = 0; i < p->inner_count; i++) {
        struct draw_box room = p->g->nodes[p->inner[i]].room;

        *array_add(&s->bodies) =
            (struct layout_body){.width = room.x1 - room.x0,
                                 .height = room.y1 - room.y0,
                                 .level = p->level[i]};
    }
}

static void add_inner_ties(const struct layout_inner *p,
                           struct layout_skeleton *s)
{
    const struct layout_graph *g = p->g;

    for (uint32_t i = 0; i < p->inner_count; i++)
        for (uint32_t k = g->start[p->inner[i]]; k < g->start[p->inner[i] + 1];
             k++) {
            uint32_t next = p->index[g->to[k]];

            if (next == UINT32_MAX || next < i)
                continue;
            *array_add(&s->ties) = (struct layout_tie){
                .a = p->level[i] <= p->level[next] ? i : next,
                .b = p->level[i] <= p->level[next] ? next : i,
                .flat = p->level[i] == p->level[next],
                .weight =
                    1 + abs(p->level[i] < p->level[next] ? p->level[i]
                                                         : p->level[next])};
        }
}

/* A spare root stands in the middle below the rows that it would lead. */
static void put_spare_below(const struct layout_inner *p,
                            const struct layout_bunch *b, uint32_t rows,
                            struct layout_skeleton *s)
{
    const struct layout_graph *g = p->g;

    for (uint32_t k = g->start[b->parent]; k < g->start[b->parent + 1]; k++)
        if (is_spare_root(g, g->to[k]))
            *array_add(&s->ties) = (struct layout_tie){
                .a = rows, .b = p->index[g->to[k]], .weight = CLOSE * CLOSE};
}

/* The skeleton of layers: inner nodes, then a body for each bunch's rows. */
static void layered_skeleton(const struct layout_inner *p, size_t columns,
                             struct layout_skeleton *s)
{
    add_inner_bodies(p, s);
    add_inner_ties(p, s);
    for (size_t i = 0; i < s->ties.count; i++)
        if (s->ties.at[i].flat) {
            s->bodies.at[s->ties.at[i].a].width += FLAT_ROOM;
            s->bodies.at[s->ties.at[i].b].width += FLAT_ROOM;
        }
    for (size_t i = 0; i < p->bunches.count; i++) {
        const struct layout_bunch *b = &p->bunches.at[i];
        struct layout_rows r = layout_rows_measure(b, columns);
        uint32_t parent = p->index[b->parent];

        *array_add(&s->bodies) =
            (struct layout_body){.width = r.width,
                                 .height = r.height,
                                 .level = p->level[parent] + 1};
        *array_add(&s->ties) = (struct layout_tie){
            .a = parent, .b = (uint32_t)(p->inner_count + i), .weight = CLOSE};
        put_spare_below(p, b, (uint32_t)(p->inner_count + i), s);
    }
}

static void take_inner(const struct layout_inner *p,
                       const struct layout_skeleton *s)
{
    for (size_t i = 0; i < p->inner_count; i++) {
        struct draw_box room = p->g->nodes[p->inner[i]].room;

        p->at[p->inner[i]] = (struct layout_point){
            s->bodies.at[i].x, s->bodies.at[i].y - (room.y0 + room.y1) / 2};
    }
}

/* Rows begin right below their parent's row, however tall other bodies of their
 * level are: the engine centres bodies in their level. */
static double rows_top(const struct layout_inner *p,
                       const struct layout_skeleton *s, size_t bunch)
{
    const struct layout_body *b = &s->bodies.at[p->inner_count + bunch];
    double top = b->y + b->height / 2;

    for (size_t i = 0; i < s->bodies.count; i++)
        if (s->bodies.at[i].level == b->level)
            top = fmax(top, s->bodies.at[i].y + s->bodies.at[i].height / 2);
    return top;
}

static void skeleton_fini(struct layout_skeleton *s)
{
    array_fini(&s->bodies);
    array_fini(&s->ties);
}

/* Where layers are wide there is height to spare: levels farther apart make
 * lines between them steep enough to be followed. */
static void spread_levels(const struct layout_inner *p)
{
    static const double MOST = 170;
    struct draw_box b = layout_bounds(p->g, p->at, p->members, p->count);
    double spare = (b.x1 - b.x0) / SHAPE - (b.y1 - b.y0);
    double step = fmin(spare / levels(p), MOST);

    if (step <= 0)
        return;
    for (size_t i = 0; i < p->inner_count; i++)
        p->at[p->inner[i]].y -= step * p->level[i];
    for (size_t i = 0; i < p->bunches.count; i++) {
        const struct layout_bunch *bunch = &p->bunches.at[i];

        for (size_t k = 0; k < bunch->count; k++)
            p->at[bunch->leaves[k]].y -=
                step * (p->level[p->index[bunch->parent]] + 0.4);
    }
}

static int layered(const struct layout_inner *p, layout_engine_fn engine,
                   void *arg, struct complaint *why)
{
    struct layout_skeleton s = {0};
    size_t columns = choose_columns(p);

    layered_skeleton(p, columns, &s);
    int rc = engine(arg, LAYOUT_LAYERED, &s, why);
    if (rc == 0) {
        take_inner(p, &s);
        for (size_t i = 0; i < p->bunches.count; i++) {
            struct layout_rows r =
                layout_rows_measure(&p->bunches.at[i], columns);

            layout_rows_place(p->g, &p->bunches.at[i], r,
                              s.bodies.at[p->inner_count + i].x,
                              rows_top(p, &s, i) - r.height / 2, p->at);
        }
        spread_levels(p);
    }
    skeleton_fini(&s);
    return rc;
}

static bool is_in_shape(const struct layout_inner *p)
{
    struct draw_box b = layout_bounds(p->g, p->at, p->members, p->count);
    double width = b.x1 - b.x0, height = b.y1 - b.y0;

    return width < WIDE || width < SHAPE_MAX * height;
}

/* Read on a laptop without a lens. */
static bool is_at_ease(const struct layout_inner *p)
{
    static const double WIDTH = 1700, HEIGHT = 900;
    struct draw_box b = layout_bounds(p->g, p->at, p->members, p->count);

    return b.x1 - b.x0 < WIDTH && b.y1 - b.y0 < HEIGHT;
}

/* ---- springs ---- */

/* A body for each inner node, as large as the rings of its leaves. */
static void force_skeleton(const struct layout_inner *p,
                           struct layout_skeleton *s)
{
    add_inner_bodies(p, s);
    for (size_t i = 0; i < p->inner_count; i++)
        if (p->bunch_of[i] != UINT32_MAX) {
            double radius =
                layout_rings_measure(p->g, &p->bunches.at[p->bunch_of[i]],
                                     layout_inner_degree(p, i));

            s->bodies.at[i].width = s->bodies.at[i].height = 2 * radius;
        }
    add_inner_ties(p, s);
    for (size_t i = 0; i < s->ties.count; i++) {
        const struct layout_body *a = &s->bodies.at[s->ties.at[i].a];
        const struct layout_body *b = &s->bodies.at[s->ties.at[i].b];

        s->ties.at[i].length =
            SPRING +
            (fmax(a->width, a->height) + fmax(b->width, b->height)) / 2;
    }
}

static int force(const struct layout_inner *p, layout_engine_fn engine,
                 void *arg, struct complaint *why)
{
    struct layout_skeleton s = {0};
    enum layout_engine which =
        p->inner_count > FORCE_MAX ? LAYOUT_FORCE_LARGE : LAYOUT_FORCE;

    force_skeleton(p, &s);
    int rc = engine(arg, which, &s, why);
    if (rc == 0) {
        take_inner(p, &s);
        layout_round_rings(p, 0);
        layout_round_up(p);
    }
    skeleton_fini(&s);
    return rc;
}

/* True if the part is, but for a few ties, a tree of nodes and pairs. */
static bool is_tree_of_pairs(const struct layout_inner *p, const uint32_t *mate)
{
    size_t nodes = 0;

    for (uint32_t i = 0; i < p->inner_count; i++)
        nodes += layout_pair_head(mate, i) == i;
    return (double)layout_pair_ties(p, mate) <= MESHED * (double)nodes;
}

/* How large a part can be shown on a screen, whose sides are as 16 to 9. */
static double scale_on_screen(const struct layout_inner *p)
{
    struct draw_box b = layout_bounds(p->g, p->at, p->members, p->count);

    return fmin(16 / (b.x1 - b.x0), 9 / (b.y1 - b.y0));
}

/* Layers that are there already stay unless all can be shown much larger
 * without them. */
static void lay_out_round(struct layout_inner *p, const uint32_t *mate,
                          bool layers)
{
    enum { BETTER = 140 /* percent */ };
    struct layout_point *before = mem_array(p->g->count, sizeof *before);
    double scale = layers ? scale_on_screen(p) : 0;

    memcpy(before, p->at, p->g->count * sizeof *before);
    layout_round(p, mate, false);
    if (scale_on_screen(p) * 100 < scale * BETTER)
        memcpy(p->at, before, p->g->count * sizeof *before);
    free(before);
}

/* A spanning tree stands below its root, whatever its shape. */
static bool is_rooted(const struct layout_inner *p)
{
    enum { ROOTED_MAX = 1500 };

    return p->g->map->view == MAP_TREE && p->inner_count <= ROOTED_MAX &&
           p->g->map->nodes.at[p->inner[p->roots[0]]].focus;
}

/* A spare root stands below what it would lead, so that blocked links do not
 * run between the others. */
enum { SPARE_BELOW = 1 };

/* Anything but a ring: layers where they stay in shape; around its core what
 * is like a tree; else layers however wide, and springs where there are none.
 */
static int lay_out_part(struct layout_inner *p, uint32_t *mate,
                        layout_engine_fn engine, void *arg,
                        struct complaint *why)
{
    if (is_rooted(p)) {
        for (size_t i = 0; i < p->inner_count; i++)
            if (is_spare_root(p->g, p->inner[i]))
                p->level[i] += SPARE_BELOW;
        return layered(p, engine, arg, why);
    }
    bool layers = layout_find_levels(p) && may_be_layered(p);

    if (layers) {
        int rc = layered(p, engine, arg, why);
        if (rc < 0 || is_at_ease(p))
            return rc;
        layers = is_in_shape(p);
    }
    layout_find_core(p); /* levels from the core, nothing above it */
    layout_find_pairs(p, mate);
    if (is_tree_of_pairs(p, mate)) {
        lay_out_round(p, mate, layers);
        return 0;
    }
    if (layers)
        return 0;
    if (p->meshed && layout_find_levels(p))
        return layered(p, engine, arg, why);
    return force(p, engine, arg, why);
}

int layout_part(const struct layout_graph *g, const uint32_t *members,
                size_t count, layout_engine_fn engine, void *arg,
                struct layout_point *at, struct complaint *why)
{
    struct layout_inner p;
    uint32_t *mate = mem_array(count, sizeof *mate);
    int rc = 0;

    part_init(&p, g, members, count, at);
    p.tie_count = layout_tie_count(&p);
    p.meshed = (double)p.tie_count > MESHED * (double)p.inner_count;
    if (g->map->view != MAP_TREE && layout_find_ring(&p)) {
        for (size_t i = 0; i < p.inner_count; i++)
            mate[i] = UINT32_MAX;
        layout_round(&p, mate, true);
    } else {
        layout_find_core(&p);
        rc = lay_out_part(&p, mate, engine, arg, why);
    }
    part_fini(&p);
    free(mate);
    return rc;
}
