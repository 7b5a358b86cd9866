#include "topology/layout_round.h"
#include "topology/layout_balloon.h"
#include "topology/layout_leaves.h"
#include "topology/layout_tight.h"

static const double GAP = 36; /* between a node and what hangs on it */

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

void layout_round_rings(const struct layout_inner *p, size_t larger_than)
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

/* An inner node and what stands in rings around it belong to a node of the tree
 * together. */
static void add_inner(struct layout_loose *l, uint32_t *members,
                      uint32_t *owner, const struct layout_inner *p, uint32_t i,
                      uint32_t node, bool rings)
{
    members[l->count] = p->inner[i];
    owner[l->count++] = node;
    if (p->bunch_of[i] == UINT32_MAX || !rings)
        return;
    const struct layout_bunch *bunch = &p->bunches.at[p->bunch_of[i]];

    for (size_t k = 0; k < bunch->count; k++) {
        members[l->count] = bunch->leaves[k];
        owner[l->count++] = node;
    }
}

/* Circles are roomy: plates stand as near as they can. */
static void draw_together(const struct layout_inner *p, struct balloons *b)
{
    uint32_t *members = mem_array(p->count, sizeof *members);
    uint32_t *owner = mem_array(p->count, sizeof *owner);
    struct layout_loose loose = {
        .g = p->g, .tree = &b->tree, .members = members, .owner = owner};

    for (uint32_t i = 0; i < p->inner_count; i++)
        add_inner(&loose, members, owner, p, i, b->number[i], !is_fanned(p, i));
    for (size_t n = b->inner_count; n < b->tree.count; n++) {
        members[loose.count] = b->inner[n];
        owner[loose.count++] = (uint32_t)n;
    }
    layout_tighten(&loose, b->at, p->at);
    free(members);
    free(owner);
}

void layout_round_up(const struct layout_inner *p)
{
    size_t count = p->inner_count;
    uint32_t *members = mem_array(p->count, sizeof *members);
    uint32_t *owner = mem_array(p->count, sizeof *owner);
    uint32_t *parent = mem_array(count, sizeof *parent);
    uint32_t *order = mem_array(count, sizeof *order);
    struct layout_point *centres = mem_array(count, sizeof *centres);
    struct layout_tree tree = {.count = count,
                               .parent = parent,
                               .order = order,
                               .roots = count,
                               .ring = true};
    struct layout_loose loose = {
        .g = p->g, .tree = &tree, .members = members, .owner = owner};

    for (uint32_t i = 0; i < count; i++) {
        parent[i] = UINT32_MAX;
        order[i] = i;
        centres[i] = p->at[p->inner[i]];
        add_inner(&loose, members, owner, p, i, i, true);
    }
    layout_tighten(&loose, centres, p->at);
    free(members);
    free(owner);
    free(parent);
    free(order);
    free(centres);
}

void layout_round(const struct layout_inner *p, const uint32_t *mate, bool ring)
{
    struct balloons b = {.tree = {.count = 0}};

    balloons_init(&b, p, mate);
    b.tree.parent = b.parent;
    b.tree.order = b.order;
    b.tree.radius = b.radius;
    b.tree.roots = p->root_count;
    b.tree.ring = ring || p->root_count > LAYOUT_MIDDLE_MAX;
    b.tree.gap = GAP;
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
    layout_round_rings(p, FAN_MAX);
    draw_together(p, &b);
    balloons_fini(&b);
}
