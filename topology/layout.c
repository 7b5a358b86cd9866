#include "topology/layout.h"
#include "topology/layout_new.h"
#include "topology/layout_part.h"
#include "topology/layout_space.h"

/* Connected nodes, and the box they take. */
struct group {
    uint32_t *members; /* by name */
    size_t count;
    struct draw_box box;
};
struct groups ARRAY_OF(struct group);

static const double SHAPE = 1.6; /* width to height of the whole */

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
        area += (width_of(&groups->at[i]) + LAYOUT_PART_GAP) *
                (height_of(&groups->at[i]) + LAYOUT_PART_GAP);
        widest = fmax(widest, width_of(&groups->at[i]));
    }
    *width = fmax(widest, sqrt(area * SHAPE));
    for (size_t i = 0; i < groups->count; i++) {
        struct group *g = &groups->at[i];

        if (x > 0 && x + width_of(g) > *width) {
            top -= row + LAYOUT_PART_GAP;
            x = row = 0;
        }
        move_group(l, g, x - g->box.x0, top - g->box.y1);
        x += width_of(g) + LAYOUT_PART_GAP;
        row = fmax(row, height_of(g));
    }
    return top - row;
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

        layout_place_single(
            l, 0, groups.count > 0 ? bottom - LAYOUT_PART_GAP : 0, width);
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
        unknown -=
            l->graph.shown[i] && !l->placed[i] &&
            layout_members_middle(l, i, &at); /* it has a place to stand */
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
    if (rc == 0 && unknown > 0)
        rc = layout_place_new(&l, engine, arg, why);
    if (rc == 0)
        give(&l);
    layout_graph_fini(&l.graph);
    free(l.at);
    free(l.placed);
    return rc;
}
