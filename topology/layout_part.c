#include "topology/layout_part.h"
#include "topology/layout_balloon.h"
#include "topology/layout_core.h"
#include "topology/layout_leaves.h"
#include "topology/layout_pairs.h"

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

static bool is_leaf(const struct layout_graph *g, uint32_t n)
{
    return layout_degree(g, n) == 1 &&
           layout_degree(g, g->to[g->start[n]]) > 1 &&
           !layout_leads_outside(g, n);
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
    enum { MOST = 8, NARROW = 1200 };
    size_t columns = MOST;

    while (columns > least_columns(p)) {
        struct layout_point size = foresee(p, columns);

        if (size.x < fmax(SHAPE * size.y, NARROW))
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

/* The neighbors of an inner node that are not its leaves. */
static size_t ties_of(const struct layout_inner *p, uint32_t n, uint32_t *ties)
{
    const struct layout_graph *g = p->g;
    size_t count = 0;

    for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++)
        if (p->index[g->to[i]] != UINT32_MAX)
            ties[count++] = g->to[i];
    return count;
}

/* Leaves in rings around inner nodes that have their places: of bunches larger
 * than some. */
static void place_rings(const struct layout_inner *p, size_t larger_than)
{
    uint32_t *ties = mem_array(p->count, sizeof *ties);

    for (size_t i = 0; i < p->bunches.count; i++) {
        if (p->bunches.at[i].count <= larger_than)
            continue;
        size_t count = ties_of(p, p->bunches.at[i].parent, ties);

        layout_rings_place(p->g, &p->bunches.at[i], ties, count, p->at);
    }
    free(ties);
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
        place_rings(p, 0);
    }
    skeleton_fini(&s);
    return rc;
}

/* ---- balloons ---- */

/* Each inner node hangs on its first neighbor that is nearer to the core. */
static void find_parents(const struct layout_inner *p, uint32_t *parent)
{
    const struct layout_graph *g = p->g;

    for (size_t i = 0; i < p->inner_count; i++) {
        uint32_t n = p->inner[i];

        parent[i] = UINT32_MAX;
        for (uint32_t k = g->start[n + 1]; k > g->start[n]; k--) {
            uint32_t to = p->index[g->to[k - 1]];

            if (to != UINT32_MAX && p->level[to] == p->level[i] - 1)
                parent[i] = to;
        }
    }
}

/* A few leaves are fanned out away from the core; more stand in rings. */
enum { FAN_MAX = 4 };

static bool is_fanned(const struct layout_inner *p, uint32_t i)
{
    return p->bunch_of[i] != UINT32_MAX &&
           p->bunches.at[p->bunch_of[i]].count <= FAN_MAX;
}

/* Of a leaf, whose texts and plate are in the middle of its circle. */
static double leaf_radius(const struct layout_inner *p, uint32_t node)
{
    struct draw_box room = p->g->nodes[node].room;

    return hypot(room.x1 - room.x0, room.y1 - room.y0) / 2;
}

/* What an inner node takes, its texts and rings of leaves included. */
static double radius_of(const struct layout_inner *p, uint32_t i)
{
    struct draw_box room = p->g->nodes[p->inner[i]].room;

    if (p->bunch_of[i] == UINT32_MAX || is_fanned(p, i))
        return hypot(room.x1, fmax(room.y1, -room.y0)); /* round the plate */
    return layout_rings_measure(p->g, &p->bunches.at[p->bunch_of[i]],
                                layout_inner_degree(p, i));
}

/* The tree of balloons: inner nodes, each pair as one; then fanned leaves. */
struct balloons {
    struct layout_tree tree;
    size_t inner_count; /* nodes of the tree that are no leaves */
    uint32_t *inner;  /* of those, the head of the pair; of leaves, the node */
    uint32_t *number; /* of each inner node: its node of the tree */
    uint32_t *parent, *order;
    double *radius, *own; /* own: of inner nodes */
    struct layout_point *at;
};

static const double BESIDE = 8; /* between the two of a pair */

static void balloons_room(struct balloons *b, size_t count)
{
    b->inner = mem_array(count, sizeof *b->inner);
    b->number = mem_array(count, sizeof *b->number);
    b->parent = mem_array(count, sizeof *b->parent);
    b->order = mem_array(count, sizeof *b->order);
    b->radius = mem_array(count, sizeof *b->radius);
    b->own = mem_array(count, sizeof *b->own);
    b->at = mem_array(count, sizeof *b->at);
}

static void add_fans(struct balloons *b, const struct layout_inner *p)
{
    for (uint32_t i = 0; i < p->inner_count; i++) {
        if (!is_fanned(p, i))
            continue;
        const struct layout_bunch *bunch = &p->bunches.at[p->bunch_of[i]];

        for (size_t k = 0; k < bunch->count; k++) {
            uint32_t n = (uint32_t)b->tree.count++;

            b->inner[n] = bunch->leaves[k];
            b->order[n] = n;
            b->parent[n] = b->number[i];
            b->radius[n] = leaf_radius(p, bunch->leaves[k]);
        }
    }
}

static void balloons_init(struct balloons *b, const struct layout_inner *p,
                          const uint32_t *mate)
{
    size_t count = p->inner_count;
    uint32_t *parent = mem_array(count, sizeof *parent);

    balloons_room(b, p->count);
    find_parents(p, parent);
    for (uint32_t i = 0; i < count; i++)
        b->own[i] = radius_of(p, i);
    for (size_t q = 0; q < count; q++) {
        uint32_t i = p->queue[q], n = (uint32_t)b->tree.count;

        if (layout_pair_head(mate, i) != i)
            continue;
        b->inner[n] = i;
        b->number[i] = n;
        b->order[n] = n;
        b->radius[n] = b->own[i];
        if (mate[i] != UINT32_MAX) {
            b->number[mate[i]] = n;
            b->radius[n] += b->own[mate[i]] + BESIDE / 2;
        }
        b->tree.count++;
    }
    b->inner_count = b->tree.count;
    for (size_t n = 0; n < b->inner_count; n++) {
        uint32_t up = parent[b->inner[n]];

        b->parent[n] = up == UINT32_MAX ? UINT32_MAX : b->number[up];
    }
    free(parent);
    add_fans(b, p);
}

static void balloons_fini(struct balloons *b)
{
    free(b->inner);
    free(b->number);
    free(b->parent);
    free(b->order);
    free(b->radius);
    free(b->own);
    free(b->at);
}

/* The two of a pair stand side by side, across the way to their parent. */
static void place_pair(const struct layout_inner *p, const struct balloons *b,
                       size_t n, uint32_t mate)
{
    uint32_t i = b->inner[n];
    struct layout_point up = b->at[b->parent[n]], at = b->at[n];
    double away = atan2(at.y - up.y, at.x - up.x) + M_PI / 2;
    double first = b->own[mate] + BESIDE / 2, second = b->own[i] + BESIDE / 2;

    p->at[p->inner[i]] = (struct layout_point){at.x + first * cos(away),
                                               at.y + first * sin(away)};
    p->at[p->inner[mate]] = (struct layout_point){at.x - second * cos(away),
                                                  at.y - second * sin(away)};
}

static void balloon(const struct layout_inner *p, const uint32_t *mate,
                    bool ring)
{
    enum { MIDDLE_MAX = 3 };
    struct balloons b = {.tree = {.count = 0}};

    balloons_init(&b, p, mate);
    b.tree.parent = b.parent;
    b.tree.order = b.order;
    b.tree.radius = b.radius;
    b.tree.roots = p->root_count;
    b.tree.ring = ring || p->root_count > MIDDLE_MAX;
    b.tree.gap = SPRING;
    layout_balloon(&b.tree, b.at);
    for (size_t n = b.inner_count; n < b.tree.count; n++) {
        struct draw_box room = p->g->nodes[b.inner[n]].room;

        p->at[b.inner[n]] = (struct layout_point){
            b.at[n].x, b.at[n].y - (room.y0 + room.y1) / 2};
    }
    for (size_t n = 0; n < b.inner_count; n++) {
        p->at[p->inner[b.inner[n]]] = b.at[n];
        if (mate[b.inner[n]] != UINT32_MAX)
            place_pair(p, &b, n, mate[b.inner[n]]);
    }
    place_rings(p, FAN_MAX);
    balloons_fini(&b);
}

/* True if the part is, but for a few ties, a tree of nodes and pairs. */
static bool is_tree_of_pairs(const struct layout_inner *p, const uint32_t *mate)
{
    size_t nodes = 0;

    for (uint32_t i = 0; i < p->inner_count; i++)
        nodes += layout_pair_head(mate, i) == i;
    return (double)layout_pair_ties(p, mate) <= MESHED * (double)nodes;
}

/* Anything but a ring: layers where they stay in shape; balloons for what is
 * like a tree; else layers however wide, and springs where there are none. */
static int lay_out_part(struct layout_inner *p, uint32_t *mate,
                        layout_engine_fn engine, void *arg,
                        struct complaint *why)
{
    bool levels_known = layout_find_levels(p);

    if (levels_known && may_be_layered(p)) {
        int rc = layered(p, engine, arg, why);
        if (rc < 0 || is_in_shape(p))
            return rc;
    }
    layout_find_core(p); /* levels from the core, nothing above it */
    layout_find_pairs(p, mate);
    if (is_tree_of_pairs(p, mate)) {
        balloon(p, mate, false);
        return 0;
    }
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
    if (layout_find_ring(&p)) {
        for (size_t i = 0; i < p.inner_count; i++)
            mate[i] = UINT32_MAX;
        balloon(&p, mate, true);
    } else {
        layout_find_core(&p);
        rc = lay_out_part(&p, mate, engine, arg, why);
    }
    part_fini(&p);
    free(mate);
    return rc;
}
