#include "topology/cluster.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "topology/community.h"

#include <stdlib.h>
#include <string.h>

struct cutting {
    const struct cluster_graph *g;
    int32_t *part;
    size_t parts;
    uint32_t *component; /* of each node */
    uint32_t *level;     /* from the middle of its component */
    uint32_t *queue;     /* room for one search */
    bool *seen;
};

#define NOWHERE UINT32_MAX

static size_t degree(const struct cluster_graph *g, uint32_t n)
{
    return g->start[n + 1] - g->start[n];
}

/* ---- searches ---- */

/* Breadth first from what is in the queue already, over nodes of level NOWHERE;
 * gives how many the queue holds then. */
static size_t spread(struct cutting *c, size_t tail)
{
    for (size_t head = 0; head < tail; head++) {
        uint32_t n = c->queue[head];

        for (uint32_t i = c->g->start[n]; i < c->g->start[n + 1]; i++) {
            uint32_t to = c->g->to[i];

            if (c->level[to] != NOWHERE)
                continue;
            c->level[to] = c->level[n] + 1;
            c->queue[tail++] = to;
        }
    }
    return tail;
}

/* The members of a component. */
struct members {
    uint32_t *at;
    size_t count;
};

static void forget_levels(struct cutting *c, const struct members *m)
{
    for (size_t i = 0; i < m->count; i++)
        c->level[m->at[i]] = NOWHERE;
}

static size_t spread_from(struct cutting *c, const struct members *m,
                          const uint32_t *roots, size_t count)
{
    forget_levels(c, m);
    for (size_t i = 0; i < count; i++) {
        c->level[roots[i]] = 0;
        c->queue[i] = roots[i];
    }
    return spread(c, count);
}

/* ---- the middle ---- */

static bool is_leaf(const struct cluster_graph *g, uint32_t n)
{
    return degree(g, n) == 1;
}

/* How far each member is from all others: from all, or from a sample where that
 * would take too long. */
static bool measure(struct cutting *c, const struct members *m, uint64_t *sums)
{
    enum { SAMPLE = 256, STEPS_MAX = 40000000 };
    size_t links = 0;

    for (size_t i = 0; i < m->count; i++)
        links += degree(c->g, m->at[i]);
    bool all = m->count <= SAMPLE || links <= STEPS_MAX / m->count;
    size_t samples = all ? m->count : SAMPLE;
    for (size_t s = 0; s < samples; s++) {
        uint32_t from = m->at[s * m->count / samples];

        (void)spread_from(c, m, &from, 1);
        for (size_t i = 0; i < m->count; i++)
            sums[i] += c->level[m->at[i]];
    }
    return all;
}

/* Is a node of the middle, as best is? It is of the same kind and nearly as
 * near to all others; or people call it alike, and it is not at the edge: a
 * link out of one core does not make the others less of a core. */
static bool is_middle(const struct cutting *c, const struct members *m,
                      const uint64_t *sums, size_t best, size_t i, double slack)
{
    static const double NAMED = 2;
    const struct cluster_graph *g = c->g;
    double far = (double)sums[i] / (double)sums[best];

    if (i == best || is_leaf(g, m->at[i]))
        return i == best;
    return (g->kind[m->at[i]] == g->kind[m->at[best]] && far <= slack) ||
           (g->alike[m->at[i]] == g->alike[m->at[best]] && far <= NAMED);
}

/* Levels from the nodes that are nearest to all others. */
static void find_levels(struct cutting *c, const struct members *m)
{
    static const double SLACK = 1.04, SLACK_OF_SAMPLE = 1.12;
    uint64_t *sums = mem_array(m->count + 1, sizeof *sums);
    uint32_t *roots = mem_array(m->count + 1, sizeof *roots);
    size_t best = SIZE_MAX, count = 0;
    double slack = measure(c, m, sums) ? SLACK : SLACK_OF_SAMPLE;

    for (size_t i = 0; i < m->count; i++)
        if (!is_leaf(c->g, m->at[i]) &&
            (best == SIZE_MAX || sums[i] < sums[best]))
            best = i;
    for (size_t i = 0; best != SIZE_MAX && i < m->count; i++)
        if (is_middle(c, m, sums, best, i, slack))
            roots[count++] = m->at[i];
    (void)spread_from(c, m, roots, count);
    free(sums);
    free(roots);
}

/* ---- what is below a level ---- */

/* How a cut looks before it is made. */
struct outlook {
    size_t largest; /* part */
    size_t shown;   /* parts and nodes in none, those of the cut left out */
};

static size_t flood(struct cutting *c, uint32_t from, uint32_t above)
{
    size_t tail = 1;

    c->seen[from] = true;
    c->queue[0] = from;
    for (size_t head = 0; head < tail; head++) {
        uint32_t n = c->queue[head];

        for (uint32_t i = c->g->start[n]; i < c->g->start[n + 1]; i++) {
            uint32_t to = c->g->to[i];

            if (c->seen[to] || c->level[to] <= above)
                continue;
            c->seen[to] = true;
            c->queue[tail++] = to;
        }
    }
    return tail;
}

/* With take, what hangs together below becomes a part. */
static struct outlook cut_below(struct cutting *c, const struct members *m,
                                uint32_t above, bool take)
{
    struct outlook out = {0, 0};

    for (size_t i = 0; i < m->count; i++)
        c->seen[m->at[i]] = false;
    for (size_t i = 0; i < m->count; i++) {
        uint32_t n = m->at[i];

        if (c->seen[n] || c->level[n] <= above)
            continue;
        size_t count = flood(c, n, above);
        out.largest = count > out.largest ? count : out.largest;
        out.shown += count < CLUSTER_PART_MIN ? count : 1;
        if (!take || count < CLUSTER_PART_MIN)
            continue;
        for (size_t k = 0; k < count; k++)
            c->part[c->queue[k]] = (int32_t)c->parts;
        c->parts++;
    }
    return out;
}

/* Below the level nearest to the middle that leaves parts of a size to look at.
 * False if there is none. */
static bool cut_by_level(struct cutting *c, const struct members *m)
{
    uint32_t deepest = 0;

    find_levels(c, m);
    for (size_t i = 0; i < m->count; i++)
        deepest = c->level[m->at[i]] > deepest ? c->level[m->at[i]] : deepest;
    for (uint32_t above = 0; above < deepest; above++) {
        struct outlook o = cut_below(c, m, above, false);

        if (o.shown > 2 * CLUSTER_SHOWN_MAX)
            return false; /* and more of them further down */
        if (o.largest > CLUSTER_PART_MAX || o.shown < 2)
            continue;
        (void)cut_below(c, m, above, true);
        return true;
    }
    return false;
}

/* ---- communities ---- */

/* Parts with many links within and few between. */
static void cut_by_community(struct cutting *c, const struct members *m)
{
    uint32_t *start = mem_array(m->count + 2, sizeof *start);
    uint32_t *of = mem_array(m->count + 1, sizeof *of);
    size_t room = 0, fill = 0;

    for (uint32_t i = 0; i < m->count; i++) {
        c->level[m->at[i]] = i; /* its number here */
        room += degree(c->g, m->at[i]);
    }
    uint32_t *to = mem_array(room + 1, sizeof *to);
    for (size_t i = 0; i < m->count; i++) {
        uint32_t n = m->at[i];

        for (uint32_t k = c->g->start[n]; k < c->g->start[n + 1]; k++)
            to[fill++] = c->level[c->g->to[k]];
        start[i + 1] = (uint32_t)fill;
    }
    size_t found = communities_find(m->count, start, to, of);
    for (size_t i = 0; found > 1 && i < m->count; i++)
        c->part[m->at[i]] = (int32_t)(c->parts + of[i]);
    c->parts += found > 1 ? found : 0;
    free(start);
    free(of);
    free(to);
}

/* ---- what is left ---- */

/* Nodes with the same neighbors, as far as these are told apart. */
struct likeness {
    uint64_t hash;
    uint32_t node;
};

static int likeness_order(const void *a, const void *b)
{
    const struct likeness *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static int numbers_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static uint64_t likeness_of(const struct cutting *c, uint32_t n,
                            uint64_t *around)
{
    size_t count = 0, kept = 0;

    for (uint32_t i = c->g->start[n]; i < c->g->start[n + 1]; i++) {
        uint32_t to = c->g->to[i];

        around[count++] = c->part[to] != CLUSTER_ALONE ? (uint64_t)c->part[to]
                                                       : (uint64_t)1 << 32 | to;
    }
    if (count > 1)
        qsort(around, count, sizeof *around, numbers_order);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || around[i] != around[i - 1])
            around[kept++] = around[i];
    around[kept++] = c->g->alike[n];
    return bytes_hash(
        (struct bytes){(const uint8_t *)around, kept * sizeof *around});
}

/* Those that are in no part and have the same around them become one. */
static void join_equals(struct cutting *c)
{
    struct likeness *all = mem_array(c->g->count + 1, sizeof *all);
    uint64_t *around = mem_array(c->g->count + 2, sizeof *around);
    size_t count = 0, end;

    for (uint32_t n = 0; n < c->g->count; n++)
        if (c->part[n] == CLUSTER_ALONE)
            all[count++] = (struct likeness){likeness_of(c, n, around), n};
    if (count > 0)
        qsort(all, count, sizeof *all, likeness_order);
    for (size_t i = 0; i < count; i = end) {
        for (end = i + 1; end < count && all[end].hash == all[i].hash;)
            end++;
        if (end - i < CLUSTER_PART_MIN)
            continue;
        for (size_t k = i; k < end; k++)
            c->part[all[k].node] = (int32_t)c->parts;
        c->parts++;
    }
    free(all);
    free(around);
}

/* ---- the whole ---- */

static void take_whole(struct cutting *c, const struct members *m)
{
    for (size_t i = 0; i < m->count; i++)
        c->part[m->at[i]] = (int32_t)c->parts;
    c->parts++;
}

static int places_order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* One component: a part as it is, or cut. */
static void cut_component(struct cutting *c, const struct members *m)
{
    if (m->count < CLUSTER_PART_MIN)
        return;
    if (m->count <= CLUSTER_PART_MAX && m->count < c->g->count / 2) {
        take_whole(c, m);
        return;
    }
    if (!cut_by_level(c, m))
        cut_by_community(c, m);
}

struct islands ARRAY_OF(struct members);

/* What hangs together, in the order of first members; room holds them. */
static void find_islands(struct cutting *c, uint32_t *room, struct islands *out)
{
    size_t used = 0;

    for (uint32_t n = 0; n < c->g->count; n++)
        c->level[n] = NOWHERE;
    for (uint32_t n = 0; n < c->g->count; n++) {
        struct members m = {room + used, 0};

        if (c->level[n] != NOWHERE || degree(c->g, n) == 0)
            continue;
        c->level[n] = 0;
        c->queue[0] = n;
        m.count = spread(c, 1);
        memcpy(m.at, c->queue, m.count * sizeof *m.at);
        qsort(m.at, m.count, sizeof *m.at, places_order);
        used += m.count;
        *array_add(out) = m;
    }
}

/* More islands than can be looked at: small ones are one part together. */
static void pack_islands(struct cutting *c, const struct islands *islands)
{
    size_t filled = 0, part = 0;

    for (size_t i = 0; i < islands->count; i++) {
        const struct members *m = &islands->at[i];

        if (m->count > CLUSTER_PART_MAX / 2) {
            cut_component(c, m);
            continue;
        }
        if (filled == 0 || filled + m->count > CLUSTER_PART_MAX) {
            part = c->parts++;
            filled = 0;
        }
        for (size_t k = 0; k < m->count; k++)
            c->part[m->at[k]] = (int32_t)part;
        filled += m->count;
    }
}

size_t cluster_cut(const struct cluster_graph *g, int32_t *part)
{
    struct cutting c = {.g = g, .part = part};
    uint32_t *room = mem_array(g->count + 1, sizeof *room);
    struct islands islands = {0};

    c.level = mem_array(g->count + 1, sizeof *c.level);
    c.queue = mem_array(g->count + 1, sizeof *c.queue);
    c.seen = mem_array(g->count + 1, sizeof *c.seen);
    for (size_t i = 0; i < g->count; i++)
        part[i] = CLUSTER_ALONE;
    find_islands(&c, room, &islands);
    if (islands.count > CLUSTER_SHOWN_MAX)
        pack_islands(&c, &islands);
    for (size_t i = 0; i < islands.count && islands.count <= CLUSTER_SHOWN_MAX;
         i++)
        cut_component(&c, &islands.at[i]);
    join_equals(&c);
    array_fini(&islands);
    free(room);
    free(c.level);
    free(c.queue);
    free(c.seen);
    return c.parts;
}
