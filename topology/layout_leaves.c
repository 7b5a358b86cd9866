#include "topology/layout_leaves.h"

static const double GAP = 10;        /* between cells */
static const double RING_FIRST = 28; /* from plate to the first ring's cells */
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
        size_t gaps = rows.columns - 1;
        double gap = (double)(column + (gaps - in_row) / 2);

        return (gap - ((double)gaps - 1) / 2) * FAN;
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

        at[b->leaves[i]] = (struct layout_point){
            x + row_place(b, rows, i) * cell,
            y + rows.height / 2 - (double)(i / rows.columns) * line - room.y1 -
                GAP / 2};
    }
}

/* How far apart leaves stand on a ring. */
static double spacing(const struct layout_bunch *b)
{
    return fmax(b->width * 0.82, b->height) + GAP;
}

static double ring_radius(const struct layout_graph *g,
                          const struct layout_bunch *b, size_t ring)
{
    const struct draw_node *parent = &g->nodes[b->parent];

    return fmax(parent->width, -parent->room.y0) / 2 + RING_FIRST +
           b->height / 2 + (double)ring * (b->height + 2 * GAP);
}

/* Places on a ring, those that ties pass included. */
static size_t ring_slots(double radius, const struct layout_bunch *b)
{
    size_t slots = (size_t)(TURN * radius / spacing(b));

    return slots < 3 ? 3 : slots;
}

/* A bunch that needs a little more than one ring gets a wider ring. */
static double single_radius(const struct layout_bunch *b, size_t ties)
{
    return (double)(b->count + ties) * spacing(b) / TURN;
}

enum { SINGLE_RING_MAX = 14 };

static double first_radius(const struct layout_graph *g,
                           const struct layout_bunch *b, size_t ties)
{
    double radius = ring_radius(g, b, 0);

    return b->count <= SINGLE_RING_MAX ? fmax(radius, single_radius(b, ties))
                                       : radius;
}

static size_t usable(size_t slots, size_t ties)
{
    return slots > 2 * ties ? slots - ties : slots / 2 + 1;
}

double layout_rings_measure(const struct layout_graph *g,
                            const struct layout_bunch *b, size_t ties)
{
    double radius = first_radius(g, b, ties);
    size_t left = b->count;

    for (size_t ring = 0;; ring++) {
        size_t room = usable(ring_slots(radius, b), ties);

        if (left <= room || b->count <= SINGLE_RING_MAX)
            return radius + fmax(b->width, b->height) / 2;
        left -= room;
        radius = ring_radius(g, b, ring + 1);
    }
}

/* Marks the slots that ties pass through. */
static void block_slots(const struct layout_bunch *b, const uint32_t *ties,
                        size_t tie_count, const struct layout_point *at,
                        double turn, bool *blocked, size_t slots)
{
    for (size_t i = 0; i < tie_count; i++) {
        double angle = atan2(at[ties[i]].y - at[b->parent].y,
                             at[ties[i]].x - at[b->parent].x);
        double slot = (angle - turn) / TURN * (double)slots;

        slot -= floor(slot / (double)slots) * (double)slots;
        blocked[(size_t)lround(slot) % slots] = true;
    }
}

/* One ring of at most count leaves; returns how many found a slot. */
static size_t place_ring(const struct layout_graph *g,
                         const struct layout_bunch *b, size_t first,
                         size_t count, double radius, double turn,
                         const bool *blocked, size_t slots,
                         struct layout_point *at)
{
    size_t placed = 0, open = 0, seen = 0;

    for (size_t i = 0; i < slots; i++)
        open += !blocked[i];
    if (count > open)
        count = open;
    for (size_t i = 0; i < slots && placed < count; i++) {
        if (blocked[i])
            continue;
        /* Spread evenly over the open slots. */
        if (seen++ * count / open < placed)
            continue;
        double angle = turn + TURN * (double)i / (double)slots;
        uint32_t leaf = b->leaves[first + placed++];
        struct draw_box room = g->nodes[leaf].room;

        at[leaf] = (struct layout_point){at[b->parent].x + radius * cos(angle),
                                         at[b->parent].y + radius * sin(angle) -
                                             (room.y0 + room.y1) / 2};
    }
    return placed;
}

void layout_rings_place(const struct layout_graph *g,
                        const struct layout_bunch *b, const uint32_t *ties,
                        size_t tie_count, struct layout_point *at)
{
    size_t first = 0;

    for (size_t ring = 0; first < b->count; ring++) {
        double radius =
            ring == 0 ? first_radius(g, b, tie_count) : ring_radius(g, b, ring);
        size_t slots = ring_slots(radius, b);
        /* Half a slot further on every second ring: lines pass between. */
        double turn = M_PI / 2 + (ring % 2 == 0 ? 0 : M_PI / (double)slots);

        if (b->count <= SINGLE_RING_MAX && slots < b->count + tie_count)
            slots = b->count + tie_count;
        OWNED(free) char *owned = mem_array(slots, sizeof(bool));
        bool *blocked = (bool *)owned;
        if (slots > 2 * tie_count)
            block_slots(b, ties, tie_count, at, turn, blocked, slots);
        first += place_ring(g, b, first, b->count - first, radius, turn,
                            blocked, slots, at);
    }
}
