#include "topology/layout.h"
#include "topology/layout_part.h"
#include "topology/layout_space.h"

struct layout {
    struct map *map;
    struct layout_graph graph;
    struct layout_point *at; /* where nodes go, as the map's nodes */
    bool *placed;
};

/* Connected nodes, and the box they take. */
struct group {
    uint32_t *members; /* by name */
    size_t count;
    struct draw_box box;
};
struct groups ARRAY_OF(struct group);

static const double PART_GAP = 60; /* between parts */
static const double SHAPE = 1.6;   /* width to height of the whole */

static double width_of(const struct group *g)
{
    return g->box.x1 - g->box.x0;
}

static double height_of(const struct group *g)
{
    return g->box.y1 - g->box.y0;
}

/* Larger parts first, then as they are named. */
static int groups_order(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->members > y->members) - (x->members < y->members);
}

/* The parts with links; members is the room they view. */
static void gather_groups(const struct layout *l, uint32_t *members,
                          struct groups *out)
{
    const struct layout_graph *g = &l->graph;
    size_t *fill = mem_array(g->parts + 1, sizeof *fill);

    for (size_t i = 0; i < g->shown_count; i++)
        fill[g->part[g->order[i]] + 1]++;
    for (size_t i = 0; i < g->parts; i++)
        fill[i + 1] += fill[i];
    for (size_t i = 0; i < g->parts; i++)
        if (fill[i + 1] - fill[i] > 1) {
            struct group *group = array_add(out);

            group->members = members + fill[i];
            group->count = fill[i + 1] - fill[i];
        }
    for (size_t i = 0; i < g->shown_count; i++)
        members[fill[g->part[g->order[i]]]++] = g->order[i];
    free(fill);
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, groups_order);
}

static void move_group(struct layout *l, struct group *g, double dx, double dy)
{
    for (size_t i = 0; i < g->count; i++) {
        l->at[g->members[i]].x += dx;
        l->at[g->members[i]].y += dy;
        l->placed[g->members[i]] = true;
    }
    g->box = (struct draw_box){g->box.x0 + dx, g->box.y0 + dy, g->box.x1 + dx,
                               g->box.y1 + dy};
}

/* Parts in rows, left to right and top down from (0, 0); gives the lowest y. */
static double pack(struct layout *l, struct groups *groups, double *width)
{
    double area = 0, widest = 0, x = 0, top = 0, row = 0;

    for (size_t i = 0; i < groups->count; i++) {
        area += (width_of(&groups->at[i]) + PART_GAP) *
                (height_of(&groups->at[i]) + PART_GAP);
        widest = fmax(widest, width_of(&groups->at[i]));
    }
    *width = fmax(widest, sqrt(area * SHAPE));
    for (size_t i = 0; i < groups->count; i++) {
        struct group *g = &groups->at[i];

        if (x > 0 && x + width_of(g) > *width) {
            top -= row + PART_GAP;
            x = row = 0;
        }
        move_group(l, g, x - g->box.x0, top - g->box.y1);
        x += width_of(g) + PART_GAP;
        row = fmax(row, height_of(g));
    }
    return top - row;
}

/* What has no link, in a grid whose top left is (left, top). */
static void place_single(struct layout *l, double left, double top,
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
        l->at[n].x = left + ((double)(done % columns) + 0.5) * cell_x;
        l->at[n].y = top - (double)(done / columns) * cell_y - highest;
        l->placed[n] = true;
        done++;
    }
}

/* Everything anew. */
static int lay_out_all(struct layout *l, layout_engine_fn engine, void *arg,
                       struct complaint *why)
{
    uint32_t *members = mem_array(l->graph.count + 1, sizeof *members);
    struct groups groups = {0};
    double width = 0;
    int rc = 0;

    gather_groups(l, members, &groups);
    for (size_t i = 0; i < groups.count && rc == 0; i++) {
        struct group *g = &groups.at[i];

        rc = layout_part(&l->graph, g->members, g->count, engine, arg, l->at,
                         why);
        g->box = layout_bounds(&l->graph, l->at, g->members, g->count);
    }
    if (rc == 0) {
        double bottom = pack(l, &groups, &width);

        place_single(l, 0, groups.count > 0 ? bottom - PART_GAP : 0, width);
    }
    array_fini(&groups);
    free(members);
    return rc;
}

/* Pinned nodes stay where people put them: the rest moves along with them as
 * well as one shift can, and what is then in their way is placed again. */
static void respect_pins(struct layout *l)
{
    const struct map *m = l->map;
    double dx = 0, dy = 0;
    size_t pins = 0;

    for (size_t i = 0; i < m->nodes.count; i++)
        if (l->graph.shown[i] && m->nodes.at[i].placed &&
            m->nodes.at[i].edit.pinned) {
            dx += m->nodes.at[i].x - l->at[i].x;
            dy += m->nodes.at[i].y - l->at[i].y;
            pins++;
        }
    if (pins == 0)
        return;
    for (size_t i = 0; i < m->nodes.count; i++) {
        l->at[i].x += dx / (double)pins;
        l->at[i].y += dy / (double)pins;
    }
    struct space *space = space_new();
    for (uint32_t i = 0; i < m->nodes.count; i++)
        if (m->nodes.at[i].placed && m->nodes.at[i].edit.pinned) {
            struct draw_box r = l->graph.nodes[i].room;

            l->at[i] =
                (struct layout_point){m->nodes.at[i].x, m->nodes.at[i].y};
            space_add_box(
                space,
                (struct draw_box){l->at[i].x + r.x0, l->at[i].y + r.y0,
                                  l->at[i].x + r.x1, l->at[i].y + r.y1},
                i);
        }
    for (uint32_t i = 0; i < m->nodes.count; i++) {
        struct draw_box r = l->graph.nodes[i].room;
        struct draw_box box = {l->at[i].x + r.x0, l->at[i].y + r.y0,
                               l->at[i].x + r.x1, l->at[i].y + r.y1};

        if (!m->nodes.at[i].edit.pinned && l->placed[i] &&
            space_touches(space, box, i).boxes > 0)
            l->placed[i] = false;
    }
    space_free(space);
}

/* ---- a few new nodes among known ones ---- */

static bool is_inside(const struct map *m, const struct map_node *n,
                      uint32_t cloud)
{
    uint32_t at = map_cloud_of(m, n);

    for (unsigned deep = 0;
         at != UINT32_MAX && at != cloud && deep < MAP_CLOUD_DEPTH_MAX; deep++)
        at = map_cloud_of(m, &m->nodes.at[at]);
    return at == cloud && cloud != UINT32_MAX;
}

/* The middle of what a collapsed cloud stands for. False for other nodes, and
 * if its members were never placed. */
static bool members_middle(const struct layout *l, uint32_t cloud,
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

/* The nearest free place around a point, the direction angle first. */
static struct layout_point free_place(const struct layout *l,
                                      struct space *space, uint32_t n,
                                      struct layout_point from, double angle)
{
    enum { TURNS = 24, RINGS = 400 };
    static const double FIRST = 90, STEP = 30;
    struct layout_point at = from;

    for (unsigned ring = 0; ring < RINGS; ring++)
        for (unsigned turn = 0; turn < TURNS; turn++) {
            /* 0, +1, -1, +2, -2 ... steps to either side */
            double side = (turn % 2 == 0 ? 1 : -1) * (double)((turn + 1) / 2);
            double a = angle + side * 2 * M_PI / TURNS;
            double r = FIRST + ring * STEP;

            at =
                (struct layout_point){from.x + r * cos(a), from.y + r * sin(a)};
            if (space_touches(space, room_at(l, n, at), n).boxes == 0)
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

/* One new node after another, those beside known ones first. */
static void place_new(struct layout *l)
{
    const struct layout_graph *g = &l->graph;
    struct space *space = space_new();
    struct layout_point at;
    double angle;
    bool again = true;

    for (uint32_t i = 0; i < g->count; i++)
        if (l->placed[i])
            space_add_box(space, room_at(l, i, l->at[i]), i);
    while (again) {
        again = false;
        for (size_t i = 0; i < g->shown_count; i++) {
            uint32_t n = g->order[i];

            if (l->placed[n])
                continue;
            if (members_middle(l, n, &at)) {
                if (space_touches(space, room_at(l, n, at), n).boxes > 0)
                    at = free_place(l, space, n, at, -M_PI / 2);
                settle(l, space, n, at);
                again = true;
                continue;
            }
            if (!anchor(l, n, &at, &angle))
                continue;
            settle(l, space, n, free_place(l, space, n, at, angle));
            again = true;
        }
    }
    space_free(space);
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

/* What still has no place hangs together with nothing that has one: it goes
 * beneath all else. */
static void place_rest(struct layout *l)
{
    const struct layout_graph *g = &l->graph;
    struct draw_box box;
    bool known = placed_box(l, &box);

    place_single(l, box.x0, known ? box.y0 - PART_GAP : 0, box.x1 - box.x0);
    for (size_t i = 0; i < g->shown_count; i++) {
        uint32_t n = g->order[i];

        if (l->placed[n])
            continue;
        (void)placed_box(l, &box);
        l->at[n] =
            (struct layout_point){box.x0 - g->nodes[n].room.x0,
                                  box.y0 - PART_GAP - g->nodes[n].room.y1};
        l->placed[n] = true;
        place_new(l);
    }
}

/* Takes the places that the map has; returns how many shown nodes have none. */
static size_t take_known(struct layout *l)
{
    size_t unknown = 0;

    for (size_t i = 0; i < l->map->nodes.count; i++) {
        const struct map_node *n = &l->map->nodes.at[i];

        /* What stood aside for want of a link and has one now moves there. */
        bool moves = n->loose && !n->edit.pinned &&
                     layout_degree(&l->graph, (uint32_t)i) > 0;

        l->placed[i] = n->placed && l->graph.shown[i] && !moves;
        if (l->placed[i])
            l->at[i] = (struct layout_point){n->x, n->y};
        unknown += l->graph.shown[i] && !l->placed[i];
    }
    return unknown;
}

static void give(const struct layout *l)
{
    for (size_t i = 0; i < l->map->nodes.count; i++) {
        struct map_node *n = &l->map->nodes.at[i];

        if (!l->placed[i] || (n->placed && n->edit.pinned))
            continue;
        /* As the document writes them: hundredths of a point. */
        n->x = round(l->at[i].x * 100) / 100;
        n->y = round(l->at[i].y * 100) / 100;
        n->placed = true;
        n->loose = layout_degree(&l->graph, (uint32_t)i) == 0;
    }
}

static bool is_edited(const struct map *m)
{
    for (size_t i = 0; i < m->nodes.count; i++)
        if (m->nodes.at[i].edit.pinned || m->nodes.at[i].edit.added)
            return true;
    return false;
}

/* Placing new nodes one by one keeps the picture that people know; when most of
 * it is new there is no such picture yet. People's edits make it known. */
static bool is_mostly_new(const struct layout *l, size_t unknown)
{
    enum { UNTOUCHED = 50, EDITED = 75 /* percent */ };
    struct layout_point at;

    for (uint32_t i = 0; i < l->map->nodes.count; i++)
        unknown -= l->graph.shown[i] && !l->placed[i] &&
                   members_middle(l, i, &at); /* it has a place to stand */
    return unknown * 100 >
           l->graph.shown_count * (is_edited(l->map) ? EDITED : UNTOUCHED);
}

int layout_map(struct map *m, layout_engine_fn engine, void *arg,
               struct complaint *why)
{
    struct layout l = {.map = m};
    int rc = 0;

    layout_graph_init(&l.graph, m);
    l.at = mem_array(m->nodes.count + 1, sizeof *l.at);
    l.placed = mem_array(m->nodes.count + 1, sizeof *l.placed);
    size_t unknown = take_known(&l);
    if (is_mostly_new(&l, unknown)) {
        memset(l.placed, 0, m->nodes.count * sizeof *l.placed);
        rc = lay_out_all(&l, engine, arg, why);
        if (rc == 0)
            respect_pins(&l);
    }
    if (rc == 0 && unknown > 0) {
        place_new(&l);
        place_rest(&l);
    }
    if (rc == 0)
        give(&l);
    layout_graph_fini(&l.graph);
    free(l.at);
    free(l.placed);
    return rc;
}
