#include "topology/layout_new.h"
#include "topology/layout_part.h"
#include "topology/layout_room.h"
#include "topology/layout_space.h"

static const double SHAPE = 1.6; /* width to height of a grid */

void layout_place_single(struct layout *l, double left, double top,
                         double width)
{
    const struct layout_graph *g = &l->graph;
    double cell_x = 0, cell_y = 0, highest = 0;
    size_t count = 0, done = 0;

    for (size_t i = 0; i < g->shown_count; i++) {
        uint32_t n = g->order[i];

        if (layout_degree(g, n) > 0 || l->placed[n])
            continue;
        cell_x = fmax(cell_x, g->nodes[n].room.x1 - g->nodes[n].room.x0);
        cell_y = fmax(cell_y, g->nodes[n].room.y1 - g->nodes[n].room.y0);
        highest = fmax(highest, g->nodes[n].room.y1);
        count++;
    }
    if (count == 0)
        return;
    double least = sqrt((double)count * cell_x * cell_y * SHAPE);
    size_t columns = (size_t)(fmax(width, least) / cell_x);
    columns = columns < 1 ? 1 : columns;
    for (size_t i = 0; i < g->shown_count; i++) {
        uint32_t n = g->order[i];

        if (layout_degree(g, n) > 0 || l->placed[n])
            continue;
        size_t row = done / columns, column = done % columns;
        l->at[n].x = left + ((double)column + 0.5) * cell_x;
        l->at[n].y = top - (double)row * cell_y - highest;
        l->placed[n] = true;
        done++;
    }
}

static bool is_inside(const struct map *m, const struct map_node *n,
                      uint32_t cloud)
{
    uint32_t at = map_cloud_of(m, n);

    for (unsigned deep = 0;
         at != UINT32_MAX && at != cloud && deep < MAP_CLOUD_DEPTH_MAX; deep++)
        at = map_cloud_of(m, &m->nodes.at[at]);
    return at == cloud && cloud != UINT32_MAX;
}

bool layout_members_middle(const struct layout *l, uint32_t cloud,
                           struct layout_point *out)
{
    const struct map *m = l->map;
    size_t count = 0;

    *out = (struct layout_point){0, 0};
    if (m->nodes.at[cloud].origin != MAP_CLOUD)
        return false;
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (!n->placed || !is_inside(m, n, cloud))
            continue;
        out->x += n->x;
        out->y += n->y;
        count++;
    }
    if (count == 0)
        return false;
    out->x /= (double)count;
    out->y /= (double)count;
    return true;
}

static struct draw_box room_at(const struct layout *l, uint32_t n,
                               struct layout_point at)
{
    struct draw_box r = l->graph.nodes[n].room;

    return (struct draw_box){at.x + r.x0, at.y + r.y0, at.x + r.x1,
                             at.y + r.y1};
}

/* The middle of the placed neighbors of n, and the way out from there: away
 * from what those neighbors neighbor. False if none is placed. */
static bool anchor(const struct layout *l, uint32_t n, struct layout_point *out,
                   double *angle)
{
    const struct layout_graph *g = &l->graph;
    struct layout_point far = {0, 0};
    double near = 0, count = 0;

    *out = (struct layout_point){0, 0};
    for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++) {
        uint32_t to = g->to[i];

        if (!l->placed[to])
            continue;
        out->x += l->at[to].x;
        out->y += l->at[to].y;
        near++;
        for (uint32_t k = g->start[to]; k < g->start[to + 1]; k++)
            if (l->placed[g->to[k]]) {
                far.x += l->at[g->to[k]].x;
                far.y += l->at[g->to[k]].y;
                count++;
            }
    }
    if (near == 0)
        return false;
    out->x /= near;
    out->y /= near;
    *angle = count == 0 ? -M_PI / 2
                        : atan2(out->y - far.y / count, out->x - far.x / count);
    return true;
}

/* The nearest free place for a room around a point, from a distance on, the
 * direction angle first. */
static struct layout_point free_place(struct space *space, struct draw_box room,
                                      uint32_t n, struct layout_point from,
                                      double angle, double first)
{
    enum { TURNS = 24, RINGS = 400 };
    static const double STEP = 30;
    struct layout_point at = from;

    for (unsigned ring = 0; ring < RINGS; ring++)
        for (unsigned turn = 0; turn < TURNS; turn++) {
            double a = layout_turned(angle, turn, TURNS);
            double r = first + ring * STEP;

            at =
                (struct layout_point){from.x + r * cos(a), from.y + r * sin(a)};
            struct draw_box box = {at.x + room.x0, at.y + room.y0,
                                   at.x + room.x1, at.y + room.y1};
            if (space_touches(space, box, n).boxes == 0)
                return at;
        }
    return at;
}

static void settle(struct layout *l, struct space *space, uint32_t n,
                   struct layout_point at)
{
    l->at[n] = at;
    l->placed[n] = true;
    space_add_box(space, room_at(l, n, at), n);
}

static void enter_placed(const struct layout *l, struct space *space)
{
    space_empty(space);
    for (uint32_t i = 0; i < l->graph.count; i++)
        if (l->placed[i])
            space_add_box(space, room_at(l, i, l->at[i]), i);
}

/* ---- one new node after another ---- */

/* Beside what it neighbors; what is in the way of a short line gives way. */
static void place_beside(struct layout *l, struct space *space, uint32_t n,
                         struct layout_point beside, double angle)
{
    static const double FIRST = 90, LONG = 240;
    struct layout_point at =
        free_place(space, l->graph.nodes[n].room, n, beside, angle, FIRST);

    if (hypot(at.x - beside.x, at.y - beside.y) > LONG &&
        layout_make_room(l, n, beside, angle)) {
        enter_placed(l, space);
        return;
    }
    settle(l, space, n, at);
}

/* Those beside known ones first. */
static void place_one_by_one(struct layout *l, struct space *space)
{
    const struct layout_graph *g = &l->graph;
    struct layout_point at;
    double angle;
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < g->shown_count; i++) {
            uint32_t n = g->order[i];

            if (l->placed[n])
                continue;
            if (layout_members_middle(l, n, &at)) {
                if (space_touches(space, room_at(l, n, at), n).boxes > 0)
                    at = free_place(space, g->nodes[n].room, n, at, -M_PI / 2,
                                    30);
                settle(l, space, n, at);
                again = true;
                continue;
            }
            if (!anchor(l, n, &at, &angle))
                continue;
            place_beside(l, space, n, at, angle);
            again = true;
        }
    }
}

/* ---- new nodes that hang together ---- */

/* New ones that hang together, and stand together when they are so many. */
struct block {
    uint32_t *members; /* by name */
    size_t count;
};
enum { BLOCK_MIN = 5 };

static bool is_new(const struct layout *l, uint32_t n)
{
    struct layout_point ignored;

    return l->graph.shown[n] && !l->placed[n] &&
           !layout_members_middle(l, n, &ignored);
}

/* Members of a block as a graph of their own; layout_graph_fini() it. */
static void block_graph(const struct layout *l, const struct block *b,
                        struct layout_graph *out)
{
    bool *in = mem_array(l->graph.count + 1, sizeof *in);

    for (size_t i = 0; i < b->count; i++)
        in[b->members[i]] = true;
    layout_graph_cut(&l->graph, in, out);
    free(in);
}

/* All that hangs together with from and is new, by name. */
static void gather_block(const struct layout *l, uint32_t from, bool *seen,
                         struct block *b)
{
    const struct layout_graph *g = &l->graph;
    bool *in = mem_array(g->count + 1, sizeof *in);
    size_t head = 0, tail = 0;

    b->members[tail++] = from;
    seen[from] = in[from] = true;
    while (head < tail) {
        uint32_t n = b->members[head++];

        for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++)
            if (!seen[g->to[i]] && is_new(l, g->to[i])) {
                seen[g->to[i]] = in[g->to[i]] = true;
                b->members[tail++] = g->to[i];
            }
    }
    b->count = 0;
    for (size_t i = 0; i < g->shown_count; i++)
        if (in[g->order[i]])
            b->members[b->count++] = g->order[i];
    free(in);
}

/* The middle of the known nodes that a block has links to. */
static bool block_anchor(const struct layout *l, const struct block *b,
                         struct layout_point *out, double *angle)
{
    struct layout_point sum = {0, 0};
    size_t count = 0;

    *angle = -M_PI / 2;
    for (size_t i = 0; i < b->count; i++)
        if (anchor(l, b->members[i], out, angle)) {
            sum.x += out->x;
            sum.y += out->y;
            count++;
        }
    if (count > 0)
        *out =
            (struct layout_point){sum.x / (double)count, sum.y / (double)count};
    return count > 0;
}

/* How long its links to known nodes are, with the block at a place. */
static double block_reach(const struct layout *l, const struct block *b,
                          struct layout_point at, double turn)
{
    const struct layout_graph *g = &l->graph;
    double sum = 0;

    for (size_t i = 0; i < b->count; i++) {
        uint32_t n = b->members[i];

        for (uint32_t k = g->start[n]; k < g->start[n + 1]; k++)
            if (l->placed[g->to[k]])
                sum += hypot(at.x + turn * l->at[n].x - l->at[g->to[k]].x,
                             at.y + l->at[n].y - l->at[g->to[k]].y);
    }
    return sum;
}

/* Lays a block out around (0, 0); its box. */
static int shape_block(struct layout *l, const struct block *b,
                       layout_engine_fn engine, void *arg, struct draw_box *out,
                       struct complaint *why)
{
    struct layout_graph g;

    block_graph(l, b, &g);
    int rc = layout_part(&g, b->members, b->count, engine, arg, l->at, why);
    struct draw_box box = layout_bounds(&g, l->at, b->members, b->count);
    layout_graph_fini(&g);
    struct layout_point middle = {(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2};
    for (size_t i = 0; i < b->count; i++) {
        l->at[b->members[i]].x -= middle.x;
        l->at[b->members[i]].y -= middle.y;
    }
    *out = draw_box_at(0, 0, box.x1 - box.x0, box.y1 - box.y0);
    return rc;
}

static void put_block(struct layout *l, struct space *space,
                      const struct block *b, struct layout_point at)
{
    double turn =
        block_reach(l, b, at, 1) <= block_reach(l, b, at, -1) ? 1 : -1;

    for (size_t i = 0; i < b->count; i++) {
        uint32_t n = b->members[i];

        l->at[n] =
            (struct layout_point){at.x + turn * l->at[n].x, at.y + l->at[n].y};
    }
    for (size_t i = 0; i < b->count; i++)
        settle(l, space, b->members[i], l->at[b->members[i]]);
}

/* The box of all that has a place; false if nothing has. */
static bool placed_box(const struct layout *l, struct draw_box *out)
{
    uint32_t *members = mem_array(l->graph.count + 1, sizeof *members);
    size_t known = 0;

    for (uint32_t i = 0; i < l->graph.count; i++)
        if (l->placed[i])
            members[known++] = i;
    *out = layout_bounds(&l->graph, l->at, members, known);
    free(members);
    return known > 0;
}

/* The first free place for a box on a ray; false if there is none. */
static bool place_on_ray(struct space *space, struct draw_box box,
                         struct layout_point from, double angle,
                         struct layout_point *out)
{
    enum { STEPS = 200 };
    static const double STEP = 30, AROUND = 40;
    double first = fmin(box.x1, box.y1) + AROUND;

    for (unsigned i = 0; i < STEPS; i++) {
        double r = first + i * STEP;

        *out = (struct layout_point){from.x + r * cos(angle),
                                     from.y + r * sin(angle)};
        if (space_touches(
                space,
                draw_box_at(out->x, out->y, box.x1 - box.x0, box.y1 - box.y0),
                UINT32_MAX)
                .boxes == 0)
            return true;
    }
    return false;
}

/* Of the free places around a point the one where all takes the smallest
 * screen, whose sides are as 16 to 9; a longer way counts a little. */
static bool place_around(const struct layout *l, struct space *space,
                         struct draw_box box, struct layout_point from,
                         double angle, struct layout_point *out)
{
    enum { TURNS = 24 };
    static const double WAY = 0.02;
    struct draw_box all;
    double least = INFINITY;

    (void)placed_box(l, &all);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        struct layout_point at;

        if (!place_on_ray(space, box, from, angle + turn * 2 * M_PI / TURNS,
                          &at))
            continue;
        struct draw_box both = draw_box_join(
            all, draw_box_at(at.x, at.y, box.x1 - box.x0, box.y1 - box.y0));
        double size = fmax((both.x1 - both.x0) / 16, (both.y1 - both.y0) / 9) +
                      WAY * hypot(at.x - from.x, at.y - from.y);
        if (size < least) {
            least = size;
            *out = at;
        }
    }
    return isfinite(least);
}

/* Beside what it has links to, else beneath all else. */
static int place_block(struct layout *l, struct space *space,
                       const struct block *b, layout_engine_fn engine,
                       void *arg, struct complaint *why)
{
    struct draw_box box, all;
    struct layout_point at = {0, 0}, from;
    double angle;
    int rc = shape_block(l, b, engine, arg, &box, why);

    if (rc < 0)
        return rc;
    bool beside = block_anchor(l, b, &from, &angle) &&
                  place_around(l, space, box, from, angle, &at);
    if (!beside && placed_box(l, &all))
        at = (struct layout_point){all.x0 + box.x1,
                                   all.y0 - LAYOUT_PART_GAP - box.y1};
    put_block(l, space, b, at);
    return 0;
}

/* Blocks with links to what is known first, or the others. */
static int place_blocks(struct layout *l, struct space *space, bool linked,
                        layout_engine_fn engine, void *arg,
                        struct complaint *why)
{
    const struct layout_graph *g = &l->graph;
    bool *seen = mem_array(g->count + 1, sizeof *seen);
    struct block b = {.members = mem_array(g->count + 1, sizeof *b.members)};
    struct layout_point at;
    double angle;
    int rc = 0;

    for (size_t i = 0; i < g->shown_count && rc == 0; i++) {
        uint32_t n = g->order[i];

        if (seen[n] || !is_new(l, n) || layout_degree(g, n) == 0)
            continue;
        gather_block(l, n, seen, &b);
        if (linked ? b.count >= BLOCK_MIN && block_anchor(l, &b, &at, &angle)
                   : b.count > 1)
            rc = place_block(l, space, &b, engine, arg, why);
    }
    free(b.members);
    free(seen);
    return rc;
}

int layout_place_new(struct layout *l, layout_engine_fn engine, void *arg,
                     struct complaint *why)
{
    struct space *space = space_new();
    struct draw_box box;

    enter_placed(l, space);
    int rc = place_blocks(l, space, true, engine, arg, why);
    if (rc == 0) {
        place_one_by_one(l, space);
        rc = place_blocks(l, space, false, engine, arg, why);
    }
    if (rc == 0) {
        bool known = placed_box(l, &box);

        layout_place_single(l, box.x0, known ? box.y0 - LAYOUT_PART_GAP : 0,
                            box.x1 - box.x0);
    }
    space_free(space);
    return rc;
}
