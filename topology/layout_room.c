#include "topology/layout_room.h"

enum { PUSHES_MAX = 150, MOVED_MAX = 48 };
static const double NEAR = 112;     /* of the new node, from what it hangs on */
static const double PUSH_MAX = 260; /* that a known node moves, at most */

struct pushing {
    struct layout *l;
    uint32_t n; /* the new one: it stays where it is put */
    uint32_t moved[MOVED_MAX];
    struct layout_point was[MOVED_MAX];
    size_t count;
    unsigned pushes;
};

static struct draw_box room_of(const struct pushing *p, uint32_t n)
{
    struct draw_box r = p->l->graph.nodes[n].room;
    struct layout_point at = p->l->at[n];

    return (struct draw_box){at.x + r.x0, at.y + r.y0, at.x + r.x1,
                             at.y + r.y1};
}

static bool note(struct pushing *p, uint32_t n)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->moved[i] == n)
            return true;
    if (p->count == MOVED_MAX)
        return false;
    p->moved[p->count] = n;
    p->was[p->count++] = p->l->at[n];
    return true;
}

static void undo(struct pushing *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->l->at[p->moved[i]] = p->was[i];
    p->count = 0;
}

static double moved_by(const struct pushing *p, uint32_t n)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->moved[i] == n)
            return hypot(p->l->at[n].x - p->was[i].x,
                         p->l->at[n].y - p->was[i].y);
    return 0;
}

/* Moves other out of the room of n, the shorter way, away from the new node.
 * False if it may not. */
static bool push(struct pushing *p, uint32_t n, uint32_t other)
{
    static const double APART = 0.05;
    struct draw_box a = room_of(p, n), b = room_of(p, other);
    struct layout_point *at = &p->l->at[other], from = p->l->at[n];
    double right = a.x1 - b.x0 + APART, left = b.x1 - a.x0 + APART;
    double up = a.y1 - b.y0 + APART, down = b.y1 - a.y0 + APART;
    double x = at->x >= from.x ? right : -left;
    double y = at->y >= from.y ? up : -down;

    if (other == p->n || p->l->map->nodes.at[other].edit.pinned ||
        ++p->pushes > PUSHES_MAX || !note(p, other))
        return false;
    if (fabs(x) < fabs(y))
        at->x += x;
    else
        at->y += y;
    return moved_by(p, other) <= PUSH_MAX;
}

static bool overlap(struct draw_box a, struct draw_box b)
{
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

/* Pushes all out of the room of n. */
static bool clear(struct pushing *p, uint32_t n)
{
    const struct layout_graph *g = &p->l->graph;
    struct draw_box room = room_of(p, n);

    for (size_t i = 0; i < g->shown_count; i++) {
        uint32_t other = g->order[i];

        if (other != n && p->l->placed[other] &&
            overlap(room, room_of(p, other)) && !push(p, n, other))
            return false;
    }
    return true;
}

static bool is_clear(const struct pushing *p, uint32_t n)
{
    const struct layout_graph *g = &p->l->graph;
    struct draw_box room = room_of(p, n);

    for (size_t i = 0; i < g->shown_count; i++)
        if (g->order[i] != n && p->l->placed[g->order[i]] &&
            overlap(room, room_of(p, g->order[i])))
            return false;
    return true;
}

/* Pushes until what moved stands free too. */
static bool settle(struct pushing *p)
{
    bool done = false;

    while (!done) {
        done = true;
        if (!clear(p, p->n))
            return false;
        for (size_t i = 0; i < p->count; i++) {
            if (is_clear(p, p->moved[i]))
                continue;
            done = false;
            if (!clear(p, p->moved[i]))
                return false;
        }
    }
    return true;
}

double layout_turned(double angle, unsigned nth, unsigned turns)
{
    unsigned steps = (nth + 1) / 2;

    return angle + (nth % 2 == 0 ? 2 : -2) * M_PI * steps / turns;
}

bool layout_make_room(struct layout *l, uint32_t n, struct layout_point beside,
                      double angle)
{
    enum { TURNS = 12 };
    struct pushing best = {.l = l, .n = n}, p;
    struct layout_point at[MOVED_MAX], place = beside;
    bool found = false;

    /* The direction in which the fewest must give way. */
    for (unsigned turn = 0; turn < TURNS; turn++) {
        double a = layout_turned(angle, turn, TURNS);

        p = (struct pushing){.l = l, .n = n};
        l->at[n] = (struct layout_point){beside.x + NEAR * cos(a),
                                         beside.y + NEAR * sin(a)};
        if (settle(&p) && (!found || p.count < best.count)) {
            found = true;
            best = p;
            place = l->at[n];
            for (size_t i = 0; i < p.count; i++)
                at[i] = l->at[p.moved[i]];
        }
        undo(&p);
    }
    if (!found)
        return false;
    l->at[n] = place;
    l->placed[n] = true;
    for (size_t i = 0; i < best.count; i++)
        l->at[best.moved[i]] = at[i];
    return true;
}
