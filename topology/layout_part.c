#include "topology/layout_part.h"
#include "topology/layout_balloon.h"
#include "topology/layout_leaves.h"

enum {
    LAYERED_MAX = 260, /* inner nodes */
    FORCE_MAX = 450,   /* bodies; beyond, the engine for large graphs */
    LEVELS_MAX = 9
};
static const double ROOTS_SLACK = 1.04, PEERS_SLACK = 1.3, FLAT_SHARE_MAX = 0.3;
/* Leaves stay right below what they hang on. */
enum { CLOSE = 8 };
static const double MESHED = 1.5; /* ties for each inner node */
static const double SPRING = 36;  /* free length of a link */
static const double SHAPE = 2.1;  /* width to height that people like */
static const double SHAPE_MAX = 3.2, WIDE = 2400;

struct bunches ARRAY_OF(struct layout_bunch);

/* One part: its inner nodes, and the leaves that hang on them. */
struct part {
    const struct layout_graph *g;
    const uint32_t *members;
    size_t count;
    uint32_t *inner; /* nodes that are not leaves, by name */
    size_t inner_count;
    uint32_t *index;  /* of a node among inner; UINT32_MAX for leaves */
    uint32_t *leaves; /* grouped by parent; bunches view it */
    struct bunches bunches;
    uint32_t *bunch_of; /* of an inner node: its bunch, UINT32_MAX = none */
    int *level;         /* of inner nodes */
    uint32_t *queue;    /* inner nodes by level, as found from the core */
    uint32_t *roots;    /* the core, among inner nodes */
    size_t root_count;
    size_t tie_count; /* between inner nodes */
    bool meshed;      /* far more ties than a tree has */
    struct layout_point *at;
};

/* What leads out of the network stands above its core. */
static bool leads_outside(const struct layout_graph *g, uint32_t n)
{
    enum device_kind kind = g->map->nodes.at[n].kind;

    return kind == KIND_ROUTER || kind == KIND_FIREWALL ||
           kind == KIND_INTERNET;
}

static bool is_leaf(const struct layout_graph *g, uint32_t n)
{
    return layout_degree(g, n) == 1 &&
           layout_degree(g, g->to[g->start[n]]) > 1 && !leads_outside(g, n);
}

static void bunch_measure(const struct layout_graph *g, struct layout_bunch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct draw_box room = g->nodes[b->leaves[i]].room;

        b->width = fmax(b->width, room.x1 - room.x0);
        b->height = fmax(b->height, room.y1 - room.y0);
    }
}

static void gather_bunch(struct part *p, uint32_t parent, size_t *used)
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

static void part_init(struct part *p, const struct layout_graph *g,
                      const uint32_t *members, size_t count,
                      struct layout_point *at)
{
    size_t used = 0;

    *p = (struct part){.g = g, .members = members, .count = count, .at = at};
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

static void part_fini(struct part *p)
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

/* ---- levels: how far from the core ---- */

/* Breadth first from roots over inner nodes; the sum of all distances. */
static unsigned long spread(struct part *p, const uint32_t *roots, size_t count,
                            uint32_t *queue, int *level)
{
    const struct layout_graph *g = p->g;
    size_t head = 0, tail = 0;
    unsigned long sum = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        level[i] = -1;
    for (size_t i = 0; i < count; i++) {
        level[roots[i]] = 0;
        queue[tail++] = roots[i];
    }
    while (head < tail) {
        uint32_t at = queue[head++], n = p->inner[at];

        sum += (unsigned long)level[at];
        for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++) {
            uint32_t next = p->index[g->to[i]];

            if (next == UINT32_MAX || level[next] >= 0)
                continue;
            level[next] = level[at] + 1;
            queue[tail++] = next;
        }
    }
    return sum;
}

static size_t inner_degree(const struct part *p, size_t i)
{
    size_t leaves =
        p->bunch_of[i] == UINT32_MAX ? 0 : p->bunches.at[p->bunch_of[i]].count;

    return layout_degree(p->g, p->inner[i]) - leaves;
}

/* How many neighbors two nodes share; being neighbors counts as one. */
static unsigned shared(const struct layout_graph *g, uint32_t a, uint32_t b)
{
    unsigned count = 0;

    for (uint32_t i = g->start[a]; i < g->start[a + 1]; i++) {
        count += g->to[i] == b;
        for (uint32_t k = g->start[b]; k < g->start[b + 1]; k++)
            count += g->to[i] == g->to[k];
    }
    return count;
}

/* Is i of the core, whose middle is best? As near to all others, or nearly so
 * and joined to the same: the second of a pair. */
static bool is_root(const struct part *p, const unsigned long *sums,
                    size_t best, size_t i)
{
    const struct layout_graph *g = p->g;
    double far = (double)sums[i] / (double)sums[best];

    if (g->map->nodes.at[p->inner[i]].kind !=
        g->map->nodes.at[p->inner[best]].kind)
        return false;
    return far <= ROOTS_SLACK ||
           (far <= PEERS_SLACK && 2 * shared(g, p->inner[i], p->inner[best]) >=
                                      inner_degree(p, best));
}

/* The core: the inner nodes nearest to all others, and their equals. */
static size_t find_roots(struct part *p, uint32_t *queue, uint32_t *roots)
{
    unsigned long *sums = mem_array(p->inner_count, sizeof *sums);
    size_t best = 0, count = 0;

    for (uint32_t i = 0; i < p->inner_count; i++) {
        sums[i] = spread(p, &i, 1, queue, p->level);
        if (sums[i] < sums[best])
            best = i;
    }
    for (uint32_t i = 0; i < p->inner_count; i++)
        if (i == best || is_root(p, sums, best, i))
            roots[count++] = i;
    free(sums);
    return count;
}

/* Routers and firewalls with nothing but their like behind them stand above
 * the core, as engineers draw them. queue holds all inner nodes by level. */
static void raise_edge(struct part *p, const uint32_t *queue)
{
    const struct layout_graph *g = p->g;

    for (size_t i = p->inner_count; i > 0; i--) {
        uint32_t at = queue[i - 1], n = p->inner[at];
        bool raise = p->level[at] > 0 && p->bunch_of[at] == UINT32_MAX &&
                     leads_outside(g, n);

        for (uint32_t k = g->start[n]; raise && k < g->start[n + 1]; k++) {
            uint32_t next = p->index[g->to[k]];
            int beyond = next == UINT32_MAX ? 0 : p->level[next];

            raise = beyond <= p->level[at]; /* negative: raised already */
        }
        if (raise)
            p->level[at] = -p->level[at];
    }
}

static double flat_share(const struct part *p)
{
    const struct layout_graph *g = p->g;
    size_t flat = 0, all = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        for (uint32_t k = g->start[p->inner[i]]; k < g->start[p->inner[i] + 1];
             k++) {
            uint32_t next = p->index[g->to[k]];

            if (next == UINT32_MAX)
                continue;
            all++;
            flat += p->level[next] == p->level[i] && p->level[i] != 0;
        }
    return all == 0 ? 0 : (double)flat / (double)all;
}

static size_t tie_count(const struct part *p)
{
    const struct layout_graph *g = p->g;
    size_t ties = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        for (uint32_t k = g->start[p->inner[i]]; k < g->start[p->inner[i] + 1];
             k++)
            ties += p->index[g->to[k]] != UINT32_MAX;
    return ties / 2;
}

/* Sets the core; the part's queue holds the inner nodes by distance from it. */
static void find_core(struct part *p)
{
    p->root_count = find_roots(p, p->queue, p->roots);
    (void)spread(p, p->roots, p->root_count, p->queue, p->level);
}

/* True if the part falls into levels, and then they are set, 0 the top. */
static bool find_levels(struct part *p)
{
    int top = 0, bottom = 0;

    if (p->inner_count > LAYERED_MAX ||
        (p->root_count > 2 && p->root_count > p->inner_count / 4))
        return false;
    raise_edge(p, p->queue);
    for (size_t i = 0; i < p->inner_count; i++) {
        top = p->level[i] < top ? p->level[i] : top;
        bottom = p->level[i] > bottom ? p->level[i] : bottom;
    }
    if (bottom - top > LEVELS_MAX || flat_share(p) > FLAT_SHARE_MAX)
        return false;
    for (size_t i = 0; i < p->inner_count; i++)
        p->level[i] -= top;
    return true;
}

/* ---- layers ---- */

static int levels(const struct part *p)
{
    int most = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        most = p->level[i] > most ? p->level[i] : most;
    return most + 1;
}

/* As many columns of leaves as keep the whole in shape, least at least. */
static size_t choose_columns(const struct part *p, size_t least)
{
    enum { MOST = 8 };
    static const double LEVEL = 128; /* points high */
    size_t columns = MOST;

    for (; columns > least; columns--) {
        double width = 0, height = 0;

        for (size_t i = 0; i < p->bunches.count; i++) {
            struct layout_rows r =
                layout_rows_measure(&p->bunches.at[i], columns);
            width += r.width;
            height = fmax(height, r.height);
        }
        if (width < fmax(SHAPE * (height + levels(p) * LEVEL), 1200))
            break;
    }
    return columns;
}

static void add_inner_bodies(const struct part *p, struct layout_skeleton *s)
{
    for (size_t i = 0; i < p->inner_count; i++) {
        struct draw_box room = p->g->nodes[p->inner[i]].room;

        *array_add(&s->bodies) =
            (struct layout_body){.width = room.x1 - room.x0,
                                 .height = room.y1 - room.y0,
                                 .level = p->level[i]};
    }
}

static void add_inner_ties(const struct part *p, struct layout_skeleton *s)
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
static void layered_skeleton(const struct part *p, size_t columns,
                             struct layout_skeleton *s)
{
    add_inner_bodies(p, s);
    add_inner_ties(p, s);
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

static void take_inner(const struct part *p, const struct layout_skeleton *s)
{
    for (size_t i = 0; i < p->inner_count; i++) {
        struct draw_box room = p->g->nodes[p->inner[i]].room;

        p->at[p->inner[i]] = (struct layout_point){
            s->bodies.at[i].x, s->bodies.at[i].y - (room.y0 + room.y1) / 2};
    }
}

/* Rows begin right below their parent's row, however tall other bodies of their
 * level are: the engine centres bodies in their level. */
static double rows_top(const struct part *p, const struct layout_skeleton *s,
                       size_t bunch)
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

/* Leaves in one column are the last means: for meshes, which nothing but
 * layers shows well. */
static int layered(const struct part *p, layout_engine_fn engine, void *arg,
                   struct complaint *why)
{
    enum { COLUMNS_TREE = 3, COLUMNS_MESH = 1 };
    struct layout_skeleton s = {0};
    size_t columns = choose_columns(p, p->meshed ? COLUMNS_MESH : COLUMNS_TREE);

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

static bool is_in_shape(const struct part *p)
{
    struct draw_box b = layout_bounds(p->g, p->at, p->members, p->count);
    double width = b.x1 - b.x0, height = b.y1 - b.y0;

    return width < WIDE || width < SHAPE_MAX * height;
}

/* ---- springs ---- */

/* A body for each inner node, as large as the rings of its leaves. */
static void force_skeleton(const struct part *p, struct layout_skeleton *s)
{
    add_inner_bodies(p, s);
    for (size_t i = 0; i < p->inner_count; i++)
        if (p->bunch_of[i] != UINT32_MAX) {
            double radius = layout_rings_measure(
                p->g, &p->bunches.at[p->bunch_of[i]], inner_degree(p, i));

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
static size_t ties_of(const struct part *p, uint32_t n, uint32_t *ties)
{
    const struct layout_graph *g = p->g;
    size_t count = 0;

    for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++)
        if (p->index[g->to[i]] != UINT32_MAX)
            ties[count++] = g->to[i];
    return count;
}

/* Leaves in rings around inner nodes that have their places. */
static void place_rings(const struct part *p)
{
    uint32_t *ties = mem_array(p->count, sizeof *ties);

    for (size_t i = 0; i < p->bunches.count; i++) {
        size_t count = ties_of(p, p->bunches.at[i].parent, ties);

        layout_rings_place(p->g, &p->bunches.at[i], ties, count, p->at);
    }
    free(ties);
}

static int force(const struct part *p, layout_engine_fn engine, void *arg,
                 struct complaint *why)
{
    struct layout_skeleton s = {0};
    enum layout_engine which =
        p->inner_count > FORCE_MAX ? LAYOUT_FORCE_LARGE : LAYOUT_FORCE;

    force_skeleton(p, &s);
    int rc = engine(arg, which, &s, why);
    if (rc == 0) {
        take_inner(p, &s);
        place_rings(p);
    }
    skeleton_fini(&s);
    return rc;
}

/* ---- balloons ---- */

/* The one ring of a part, if that is all that makes it no tree: the roots are
 * then its nodes in their order. Nodes with one tie are cut off until none is
 * left; what stays must have two ties each. */
static bool find_ring(struct part *p)
{
    enum { RING_MIN = 4 };
    const struct layout_graph *g = p->g;
    OWNED(free) char *owned = mem_array(p->inner_count, sizeof(uint32_t));
    uint32_t *degree = (uint32_t *)(void *)owned;
    size_t left = p->inner_count, cut = 0, head = 0;
    uint32_t first = UINT32_MAX;

    if (p->tie_count != p->inner_count)
        return false; /* one ring: as many ties as nodes */
    for (uint32_t i = 0; i < p->inner_count; i++) {
        degree[i] = (uint32_t)inner_degree(p, i);
        if (degree[i] == 1)
            p->queue[cut++] = i;
    }
    while (head < cut) {
        uint32_t n = p->inner[p->queue[head]];

        degree[p->queue[head++]] = 0;
        left--;
        for (uint32_t k = g->start[n]; k < g->start[n + 1]; k++) {
            uint32_t to = p->index[g->to[k]];

            if (to != UINT32_MAX && degree[to] > 0 && --degree[to] == 1)
                p->queue[cut++] = to;
        }
    }
    if (left < RING_MIN)
        return false;
    for (uint32_t i = (uint32_t)p->inner_count; i > 0; i--)
        first = degree[i - 1] > 0 ? i - 1 : first;
    p->root_count = 0;
    for (uint32_t at = first; at != UINT32_MAX;) {
        uint32_t n = p->inner[at], next = UINT32_MAX;

        p->roots[p->root_count++] = at;
        degree[at] = 0; /* been there */
        for (uint32_t k = g->start[n + 1]; k > g->start[n]; k--) {
            uint32_t to = p->index[g->to[k - 1]];

            if (to != UINT32_MAX && degree[to] > 0)
                next = to;
        }
        at = next;
    }
    (void)spread(p, p->roots, p->root_count, p->queue, p->level);
    return true;
}

/* Each inner node hangs on its first neighbor that is nearer to the core. */
static void find_parents(const struct part *p, uint32_t *parent)
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

static void balloon(const struct part *p, bool ring)
{
    enum { MIDDLE_MAX = 3 };
    size_t count = p->inner_count;
    double *radius = mem_array(count, sizeof *radius);
    uint32_t *parent = mem_array(count, sizeof *parent);
    struct layout_point *at = mem_array(count, sizeof *at);

    find_parents(p, parent);
    for (size_t i = 0; i < count; i++) {
        struct draw_box room = p->g->nodes[p->inner[i]].room;

        radius[i] = hypot(room.x1 - room.x0, room.y1 - room.y0) / 2;
        if (p->bunch_of[i] != UINT32_MAX)
            radius[i] = layout_rings_measure(
                p->g, &p->bunches.at[p->bunch_of[i]], inner_degree(p, i));
    }
    struct layout_tree t = {.count = count,
                            .parent = parent,
                            .order = p->queue,
                            .radius = radius,
                            .roots = p->root_count,
                            .ring = ring || p->root_count > MIDDLE_MAX,
                            .gap = SPRING};
    layout_balloon(&t, at);
    for (size_t i = 0; i < count; i++)
        p->at[p->inner[i]] = at[i];
    place_rings(p);
    free(radius);
    free(parent);
    free(at);
}

int layout_part(const struct layout_graph *g, const uint32_t *members,
                size_t count, layout_engine_fn engine, void *arg,
                struct layout_point *at, struct complaint *why)
{
    struct part p;
    int rc = 0;

    part_init(&p, g, members, count, at);
    p.tie_count = tie_count(&p);
    p.meshed = (double)p.tie_count > MESHED * (double)p.inner_count;
    if (find_ring(&p)) {
        balloon(&p, true);
        part_fini(&p);
        return 0;
    }
    find_core(&p);
    bool done = false;
    if (find_levels(&p)) {
        rc = layered(&p, engine, arg, why);
        done = p.meshed || is_in_shape(&p);
        if (rc == 0 && !done)
            find_core(&p); /* levels from the core again */
    }
    if (rc == 0 && !done && !p.meshed)
        balloon(&p, false);
    else if (rc == 0 && !done)
        rc = force(&p, engine, arg, why);
    part_fini(&p);
    return rc;
}
