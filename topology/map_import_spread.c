/* Places of an import, for signs of our size. */
#include "topology/map_import_parts.h"

/* How near two nodes are to each other; INFINITY if no two have places. */
static double least_apart(const struct map *m)
{
    enum { COMPARED_MAX = 2000 };
    double least = INFINITY;

    for (size_t i = 0; i < m->nodes.count && i < COMPARED_MAX; i++)
        for (size_t k = 0; k < i; k++) {
            const struct map_node *a = &m->nodes.at[i], *b = &m->nodes.at[k];
            double apart = fmax(fabs(a->x - b->x), fabs(a->y - b->y));

            if (a->placed && b->placed && apart > 1 && apart < least)
                least = apart;
        }
    return least;
}

struct extent {
    double left, right, bottom, top;
};

static struct extent extent_of(const struct map *m)
{
    struct extent e = {INFINITY, -INFINITY, INFINITY, -INFINITY};

    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (!n->placed)
            continue;
        e.left = fmin(e.left, n->x);
        e.right = fmax(e.right, n->x);
        e.bottom = fmin(e.bottom, n->y);
        e.top = fmax(e.top, n->y);
    }
    return e;
}

/* How much an axis may grow around its middle until an end is too far out. */
static double most_growth(double low, double high)
{
    double middle = (low + high) / 2;

    return high > low ? (IMPORT_FAR - 1 - fabs(middle)) / (high - middle)
                      : INFINITY;
}

void import_spread(struct map *m)
{
    static const double ROOM = 80, MOST = 6;
    double least = least_apart(m);

    if (least >= ROOM || !isfinite(least))
        return;
    struct extent e = extent_of(m);
    double x = (e.left + e.right) / 2, y = (e.bottom + e.top) / 2;
    double scale = fmin(ROOM / least, MOST);
    scale = fmin(scale, most_growth(e.left, e.right));
    scale = fmin(scale, most_growth(e.bottom, e.top));
    for (size_t i = 0; i < m->nodes.count && scale > 1; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (!n->placed)
            continue;
        n->x = x + (n->x - x) * scale;
        n->y = y + (n->y - y) * scale;
    }
}
