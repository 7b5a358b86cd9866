#include "topology/layout_balloon.h"

static const double TURN = 2 * M_PI;
static const double UPLINK = 0.5; /* of a turn's radians kept for the link up */
static const double OUTWARDS = 2.4; /* radians for what hangs on a ring */
static const double BESIDE = 16;    /* between circles side by side */

/* The circle of a subtree. Its own frame: the circle's middle is the origin,
 * the parent lies towards -x. */
struct balloon {
    double radius;
    struct layout_point node; /* where the node stands in the frame */
    /* In the frame of the parent: */
    struct layout_point middle;
    double turned; /* radians */
};

struct work {
    const struct layout_tree *t;
    struct balloon *of; /* of each node */
    uint32_t *first,
        *kin; /* children: first child, next sibling; count = none */
};

/* Children of one node, or roots, around a point. */
struct circle {
    uint32_t node;
    double half; /* radians that it takes to either side */
};
struct circles ARRAY_OF(struct circle);

/* Half the angle that a circle takes when its middle is at a distance. */
static double half_angle(double radius, double distance)
{
    double sine = (radius + BESIDE / 2) / distance;

    return sine >= 1 ? M_PI / 2 : asin(sine);
}

static double angles(const struct work *w, struct circles *c, double distance)
{
    double sum = 0;

    for (size_t i = 0; i < c->count; i++) {
        c->at[i].half = half_angle(w->of[c->at[i].node].radius, distance);
        sum += 2 * c->at[i].half;
    }
    return sum;
}

/* The least distance at which all circles stand side by side around a disc of
 * radius inner, within room radians. */
static double distance_for(const struct work *w, struct circles *c,
                           double inner, double room)
{
    double distance = 0;

    for (size_t i = 0; i < c->count; i++)
        distance = fmax(distance, w->of[c->at[i].node].radius);
    distance += inner + w->t->gap;
    while (angles(w, c, distance) > room)
        distance *= 1.03;
    return distance;
}

/* Puts circles at their angles around (0, 0), the middle one towards +x. */
static void arrange(struct work *w, struct circles *c, double distance,
                    double spread)
{
    double angle = -angles(w, c, distance) * spread / 2;

    for (size_t i = 0; i < c->count; i++) {
        struct balloon *b = &w->of[c->at[i].node];

        angle += c->at[i].half * spread;
        b->middle =
            (struct layout_point){distance * cos(angle), distance * sin(angle)};
        b->turned = angle;
        angle += c->at[i].half * spread;
    }
}

/* The circle around a disc at (0, 0) and what stands around it. */
static void enclose(const struct work *w, const struct circles *c, double inner,
                    struct balloon *out)
{
    struct draw_box box = {-inner, -inner, inner, inner};

    for (size_t i = 0; i < c->count; i++) {
        const struct balloon *b = &w->of[c->at[i].node];

        box = draw_box_join(box, draw_box_at(b->middle.x, b->middle.y,
                                             2 * b->radius, 2 * b->radius));
    }
    struct layout_point middle = {(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2};
    out->radius = hypot(middle.x, middle.y) + inner;
    for (size_t i = 0; i < c->count; i++) {
        struct balloon *b = &w->of[c->at[i].node];

        b->middle.x -= middle.x;
        b->middle.y -= middle.y;
        out->radius =
            fmax(out->radius, hypot(b->middle.x, b->middle.y) + b->radius);
    }
    out->node = (struct layout_point){-middle.x, -middle.y};
}

static void children_of(const struct work *w, uint32_t node, struct circles *c)
{
    c->count = 0;
    for (uint32_t k = w->first[node]; k < w->t->count; k = w->kin[k])
        *array_add(c) = (struct circle){.node = k};
}

/* The balloon of a node whose children have theirs. */
static void blow(struct work *w, uint32_t node, struct circles *c)
{
    bool on_ring = w->t->ring && w->t->parent[node] == UINT32_MAX;
    double own = w->t->radius[node], room = on_ring ? OUTWARDS : TURN - UPLINK;

    children_of(w, node, c);
    if (c->count == 0) {
        w->of[node].radius = own;
        w->of[node].node = (struct layout_point){0, 0};
        return;
    }
    double distance = distance_for(w, c, own, room);
    double spread = fmin(1.3, room / angles(w, c, distance));
    arrange(w, c, distance, spread);
    enclose(w, c, own, &w->of[node]);
}

/* Children of roots that are the middle together. */
static void children_of_roots(const struct work *w, struct circles *c)
{
    c->count = 0;
    for (size_t i = w->t->roots; i < w->t->count; i++) {
        uint32_t node = w->t->order[i], parent = w->t->parent[node];

        if (w->t->parent[parent] == UINT32_MAX)
            *array_add(c) = (struct circle){.node = node};
    }
}

/* Where circles around the middle are, once they are arranged: straight into
 * the frame of the whole. */
static void place_middle(struct work *w, struct layout_point *at)
{
    const struct layout_tree *t = w->t;
    double widest = 0, distance = 0;

    for (size_t i = 0; i < t->roots; i++)
        widest = fmax(widest, t->radius[t->order[i]]);
    if (t->roots > 1)
        distance = (widest + BESIDE) / sin(M_PI / (double)t->roots);
    for (size_t i = 0; i < t->roots; i++) {
        double angle = M_PI - TURN * (double)i / (double)t->roots;

        at[t->order[i]] =
            (struct layout_point){distance * cos(angle), distance * sin(angle)};
    }
    struct circles c = {0};
    children_of_roots(w, &c);
    if (c.count > 0) {
        double r = distance_for(w, &c, distance + widest, TURN);
        arrange(w, &c, r, TURN / angles(w, &c, r));
    }
    array_fini(&c);
}

static void place_circle(struct work *w)
{
    struct circles c = {0};

    for (size_t i = 0; i < w->t->roots; i++)
        *array_add(&c) = (struct circle){.node = w->t->order[i]};
    double r = distance_for(w, &c, 0, TURN);
    arrange(w, &c, r, TURN / angles(w, &c, r));
    array_fini(&c);
}

/* A large ring as a circle is mostly empty. It goes to and fro instead, row by
 * row, and back up at the left: a closed way through a grid with an even number
 * of rows. */
static void place_snake(struct work *w)
{
    static const double SHAPE = 1.6; /* width to height */
    const struct layout_tree *t = w->t;
    size_t rows =
        2 * (size_t)fmax(1, round(sqrt((double)t->roots / SHAPE) / 2));
    size_t columns = (t->roots + rows - 1) / rows;
    size_t there = rows * (columns - 1), back = t->roots - there;
    double cell = 0;

    for (size_t i = 0; i < t->roots; i++)
        cell = fmax(cell, w->of[t->order[i]].radius);
    cell = 2 * cell + t->gap;
    for (size_t i = 0; i < t->roots; i++) {
        struct balloon *b = &w->of[t->order[i]];
        size_t row = i / (columns - 1), column = i % (columns - 1);
        double x =
            row % 2 == 0 ? (double)column : (double)(columns - 2 - column);
        double y = (double)row;

        if (i >= there) { /* on the way back; fewer than there are rows */
            x = -1;
            y = (double)(rows - 1) *
                (1 -
                 (back > 1 ? (double)(i - there) / (double)(back - 1) : 0.5));
        }
        b->middle = (struct layout_point){x * cell, -y * cell};
        b->turned = -M_PI / 2; /* what hangs on it hangs down */
    }
}

static void place_ring(struct work *w)
{
    enum { CIRCLE_MAX = 30 };

    if (w->t->roots <= CIRCLE_MAX)
        place_circle(w);
    else
        place_snake(w);
}

/* A point of a frame that is turned and moved. */
static struct layout_point out_of(struct layout_point p,
                                  struct layout_point middle, double turned)
{
    return (struct layout_point){
        middle.x + p.x * cos(turned) - p.y * sin(turned),
        middle.y + p.x * sin(turned) + p.y * cos(turned)};
}

/* Frames into the frame of the whole, from the roots outwards. */
static void unfold(struct work *w, struct layout_point *at)
{
    const struct layout_tree *t = w->t;

    for (size_t i = t->ring ? 0 : t->roots; i < t->count; i++) {
        uint32_t node = t->order[i], parent = t->parent[node];
        struct balloon *b = &w->of[node];
        bool top = parent == UINT32_MAX ||
                   (!t->ring && t->parent[parent] == UINT32_MAX);

        if (!top) {
            const struct balloon *up = &w->of[parent];

            b->middle = out_of(b->middle, up->middle, up->turned);
            b->turned += up->turned;
        }
        at[node] = out_of(b->node, b->middle, b->turned);
    }
}

void layout_balloon(const struct layout_tree *t, struct layout_point *at)
{
    struct work w = {.t = t};
    struct circles c = {0};

    w.of = mem_array(t->count + 1, sizeof *w.of);
    w.first = mem_array(t->count + 1, sizeof *w.first);
    w.kin = mem_array(t->count + 1, sizeof *w.kin);
    for (size_t i = 0; i < t->count; i++)
        w.first[i] = w.kin[i] = (uint32_t)t->count;
    for (size_t i = t->count; i > t->roots; i--) {
        uint32_t node = t->order[i - 1], parent = t->parent[node];

        w.kin[node] = w.first[parent];
        w.first[parent] = node;
    }
    for (size_t i = t->count; i > (t->ring ? 0 : t->roots); i--)
        blow(&w, t->order[i - 1], &c);
    if (t->ring)
        place_ring(&w);
    else
        place_middle(&w, at);
    unfold(&w, at);
    array_fini(&c);
    free(w.of);
    free(w.first);
    free(w.kin);
}
