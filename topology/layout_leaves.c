#include "topology/layout_leaves.h"

enum { GAP = 10 };                  /* between cells */
static const double RING_FIRST = 4; /* from plate to the first ring's cells */
static const double TURN = 2 * M_PI;

/* Of two rows the lower is wider by this, so that the lines to it pass through
 * the gaps of the upper. */
static const double FAN = 1.58;

/* A single column stands to the right, so that lines reach each of it. */
static const double LIST = 34;

struct layout_rows layout_rows_measure(const struct layout_bunch *b,
                                       size_t columns)
{
    struct layout_rows r = {.columns = columns};
    double cell = b->width + GAP;

    if (columns == 1 && b->count > 1) {
        r.rows = b->count;
        r.width = cell + LIST;
    } else if (b->count <= columns) {
        r.columns = b->count;
        r.rows = 1;
        r.width = (double)r.columns * cell;
    } else if (b->count < 2 * columns) {
        r.columns = b->count / 2 + 1;
        r.rows = 2;
        r.width =
            fmax((double)r.columns, (double)(b->count - r.columns) * FAN) *
            cell;
    } else {
        r.rows = (b->count + r.columns - 1) / r.columns;
        r.columns = (b->count + r.rows - 1) / r.rows; /* as even as it goes */
        r.width = ((double)r.columns + 0.5) * cell;
    }
    r.height = (double)r.rows * (b->height + GAP);
    return r;
}

/* Where leaf i stands in its rows, in cells from the middle. */
static double row_place(const struct layout_bunch *b, struct layout_rows rows,
                        size_t i)
{
    size_t row = i / rows.columns, column = i % rows.columns;
    size_t in_row =
        row + 1 < rows.rows ? rows.columns : b->count - row * rows.columns;

    if (rows.rows == 2 && row == 1 && rows.columns > 1) {
        size_t gaps = rows.columns - 1, before = (gaps - in_row) / 2;

        return ((double)(column + before) - ((double)gaps - 1) / 2) * FAN;
    }
    if (rows.columns == 1 && rows.rows > 1)
        return LIST / (b->width + GAP);
    double shift = rows.rows > 2 ? (row % 2 == 0 ? -0.25 : 0.25) : 0;
    return (double)column - (double)(in_row - 1) / 2 + shift;
}

void layout_rows_place(const struct layout_graph *g,
                       const struct layout_bunch *b, struct layout_rows rows,
                       double x, double y, struct layout_point *at)
{
    double cell = b->width + GAP, line = b->height + GAP;

    for (size_t i = 0; i < b->count; i++) {
        struct draw_box room = g->nodes[b->leaves[i]].room;
        size_t row = i / rows.columns;

        at[b->leaves[i]] = (struct layout_point){
            x + row_place(b, rows, i) * cell,
            y + rows.height / 2 - (double)row * line - room.y1 - GAP / 2.0};
    }
}

/* ---- rings ---- */

/* A ring to be filled: clockwise from start, boxes of the bunch's cell. */
struct ring {
    const struct layout_bunch *bunch;
    struct draw_box middle; /* the parent with its texts */
    double radius, gap;     /* gap between boxes */
    const double *avoid;    /* radians: where lines to others pass */
    size_t avoid_count;
};

/* More lines than that pass anyhow. */
enum { RING_LEAVES_MAX = 512, TIES_MAX = 16 };

/* To either side of a line that passes: half a box, nearly. */
static double avoided(const struct ring *r)
{
    double half = fmax(r->bunch->width, r->bunch->height) * 0.5;

    return half >= r->radius ? M_PI / 2 : asin(half / r->radius);
}

static double turned(double angle)
{
    angle = fmod(angle, TURN);
    return angle < 0 ? angle + TURN : angle;
}

/* From start on, how far a point at an angle must go on to be clear of lines.
 */
static double clear_of_lines(const struct ring *r, double angle)
{
    double zone = avoided(r), most = 0;

    for (size_t i = 0; i < r->avoid_count; i++) {
        double into = turned(r->avoid[i] + zone - angle);

        if (into < 2 * zone)
            most = fmax(most, 2 * zone - into);
    }
    return most;
}

static bool boxes_overlap(const struct ring *r, double a, double b)
{
    return fabs(cos(a) - cos(b)) * r->radius < r->bunch->width + r->gap &&
           fabs(sin(a) - sin(b)) * r->radius < r->bunch->height + r->gap;
}

static bool covers_middle(const struct ring *r, double angle)
{
    double x = cos(angle) * r->radius, y = sin(angle) * r->radius;
    double width = r->bunch->width / 2, height = r->bunch->height / 2;

    return x - width < r->middle.x1 && x + width > r->middle.x0 &&
           y - height < r->middle.y1 && y + height > r->middle.y0;
}

/* Where the next box after those that are there may stand, as near as it goes.
 */
static double next_free(const struct ring *r, double from, const double *angles,
                        size_t count, double end)
{
    enum { LOOK_BACK = 2 };
    static const double STEP = 0.012;

    while (from < end) {
        double skip = clear_of_lines(r, -from);
        bool free = skip <= 0 && !covers_middle(r, -from);

        for (size_t i = 0; i < count && free; i++)
            if (i == 0 || i + LOOK_BACK >= count)
                free = !boxes_overlap(r, -from, -angles[i]);
        if (free)
            return from;
        from += fmax(skip, STEP);
    }
    return from;
}

/* Fills a ring with at most count boxes; angles, counted clockwise, get their
 * places. Returns how many fit. */
static size_t ring_fill(const struct ring *r, size_t count, double *angles)
{
    double at = r->avoid_count > 0 ? -r->avoid[0] : -M_PI / 2, end = at + TURN;
    size_t fit = 0;

    count = count < RING_LEAVES_MAX ? count : RING_LEAVES_MAX;
    while (fit < count) {
        at = next_free(r, at, angles, fit, end);
        if (at >= end)
            break;
        angles[fit++] = at;
    }
    return fit;
}

/* As wide apart as all that fit with the least gap can stand. */
static size_t ring_spread(struct ring *r, size_t count, double *angles)
{
    static const double gaps[] = {90, 70, 52, 40, 30, 22, 15, GAP};
    r->gap = GAP;
    size_t fit = ring_fill(r, count, angles);

    for (size_t i = 0; i < COUNT_OF(gaps); i++) {
        r->gap = gaps[i];
        if (ring_fill(r, fit, angles) == fit)
            break;
    }
    return fit;
}

/* The parent's texts and the first ring's do not touch, wherever they stand. */
static double least_radius(const struct layout_graph *g,
                           const struct layout_bunch *b)
{
    const struct draw_box room = g->nodes[b->parent].room;

    return fmax(b->height / 2 - room.y0, b->width / 2 + room.x1) + RING_FIRST;
}

static double next_radius(const struct layout_bunch *b, double radius)
{
    return radius + fmax(b->width, b->height) + GAP;
}

/* One ring, if it need not be much wider than it must be. */
static double first_radius(const struct layout_graph *g, const struct ring *of,
                           double *angles)
{
    enum { SINGLE_MAX = 14 };
    struct ring r = *of;

    r.radius = least_radius(g, r.bunch);
    r.gap = GAP;
    while (r.bunch->count <= SINGLE_MAX &&
           ring_fill(&r, r.bunch->count, angles) < r.bunch->count)
        r.radius *= 1.05;
    return r.radius;
}

double layout_rings_measure(const struct layout_graph *g,
                            const struct layout_bunch *b, size_t ties)
{
    double angles[RING_LEAVES_MAX], avoid[TIES_MAX];
    struct ring r = {
        .bunch = b, .middle = g->nodes[b->parent].room, .avoid = avoid};

    r.avoid_count = ties <= TIES_MAX ? ties : 0;
    for (size_t i = 0; i < r.avoid_count; i++)
        avoid[i] = TURN * (double)i / (double)r.avoid_count;
    r.radius = first_radius(g, &r, angles);
    r.gap = GAP;
    for (size_t left = b->count;;) {
        left -= ring_fill(&r, left, angles);
        if (left == 0)
            return r.radius + fmax(b->width, b->height) / 2;
        r.radius = next_radius(b, r.radius);
    }
}

/* The directions of ties, seen from the parent. */
static size_t directions(const struct layout_bunch *b, const uint32_t *ties,
                         size_t count, const struct layout_point *at,
                         double *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = atan2(at[ties[i]].y - at[b->parent].y,
                       at[ties[i]].x - at[b->parent].x);
    return count;
}

void layout_rings_place(const struct layout_graph *g,
                        const struct layout_bunch *b, const uint32_t *ties,
                        size_t tie_count, struct layout_point *at)
{
    double angles[RING_LEAVES_MAX], avoid[TIES_MAX];
    struct ring r = {
        .bunch = b, .middle = g->nodes[b->parent].room, .avoid = avoid};
    size_t done = 0;

    r.avoid_count =
        tie_count <= TIES_MAX ? directions(b, ties, tie_count, at, avoid) : 0;
    r.radius = first_radius(g, &r, angles);
    while (done < b->count) {
        size_t fit = ring_spread(&r, b->count - done, angles);

        for (size_t i = 0; i < fit; i++) {
            struct draw_box room = g->nodes[b->leaves[done + i]].room;

            at[b->leaves[done + i]] = (struct layout_point){
                at[b->parent].x + r.radius * cos(angles[i]),
                at[b->parent].y - r.radius * sin(angles[i]) -
                    (room.y0 + room.y1) / 2};
        }
        done += fit;
        r.radius = next_radius(b, r.radius);
    }
}
