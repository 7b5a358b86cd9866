#include "topology/layout_pairs.h"

/* What two nodes of a level have in common. */
struct kinship {
    unsigned below; /* neighbors farther from the core */
    bool neighbors; /* of each other */
};

static struct kinship compare(const struct layout_inner *p, uint32_t a,
                              uint32_t b)
{
    const struct layout_graph *g = p->g;
    uint32_t x = p->inner[a], y = p->inner[b];
    struct kinship k = {0, false};

    for (uint32_t i = g->start[x]; i < g->start[x + 1]; i++) {
        uint32_t to = p->index[g->to[i]];

        if (to == b)
            k.neighbors = true;
        if (to == UINT32_MAX || p->level[to] <= p->level[a])
            continue;
        for (uint32_t n = g->start[y]; n < g->start[y + 1]; n++)
            k.below += g->to[n] == g->to[i];
    }
    return k;
}

static bool are_pair(const struct layout_inner *p, uint32_t a, uint32_t b)
{
    const struct map *m = p->g->map;

    if (m->nodes.at[p->inner[a]].kind != m->nodes.at[p->inner[b]].kind)
        return false;
    struct kinship k = compare(p, a, b);
    return k.below >= 2 || (k.below == 1 && k.neighbors);
}

/* The first of the same level that leads to what i leads to. */
static uint32_t find_mate(const struct layout_inner *p, uint32_t i,
                          const uint32_t *mate)
{
    const struct layout_graph *g = p->g;
    uint32_t n = p->inner[i];

    for (uint32_t k = g->start[n]; k < g->start[n + 1]; k++) {
        uint32_t below = p->index[g->to[k]];

        if (below == UINT32_MAX || p->level[below] <= p->level[i])
            continue;
        for (uint32_t u = g->start[g->to[k]]; u < g->start[g->to[k] + 1]; u++) {
            uint32_t other = p->index[g->to[u]];

            if (other != UINT32_MAX && other != i &&
                mate[other] == UINT32_MAX && p->level[other] == p->level[i] &&
                are_pair(p, i, other))
                return other;
        }
    }
    return UINT32_MAX;
}

void layout_find_pairs(const struct layout_inner *p, uint32_t *mate)
{
    for (size_t i = 0; i < p->inner_count; i++)
        mate[i] = UINT32_MAX;
    for (uint32_t i = 0; i < p->inner_count; i++) {
        if (p->level[i] == 0 || mate[i] != UINT32_MAX)
            continue;
        uint32_t other = find_mate(p, i, mate);
        if (other == UINT32_MAX)
            continue;
        mate[i] = other;
        mate[other] = i;
    }
}

static int ties_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* What stands for a node: of a small core, its first. */
static uint32_t head_of(const struct layout_inner *p, const uint32_t *mate,
                        uint32_t i)
{
    if (p->level[i] == 0 && p->root_count <= LAYOUT_MIDDLE_MAX)
        return p->roots[0];
    return layout_pair_head(mate, i);
}

size_t layout_pair_ties(const struct layout_inner *p, const uint32_t *mate)
{
    const struct layout_graph *g = p->g;
    uint64_t *ties = mem_array(p->tie_count + 1, sizeof *ties);
    size_t count = 0, kept = 0;

    for (uint32_t i = 0; i < p->inner_count; i++)
        for (uint32_t k = g->start[p->inner[i]]; k < g->start[p->inner[i] + 1];
             k++) {
            uint32_t to = p->index[g->to[k]];

            if (to == UINT32_MAX || to <= i)
                continue;
            uint32_t a = head_of(p, mate, i), b = head_of(p, mate, to);
            if (a == b)
                continue;
            ties[count++] =
                a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
        }
    qsort(ties, count, sizeof *ties, ties_order);
    for (size_t i = 0; i < count; i++)
        kept += i == 0 || ties[i] != ties[i - 1];
    free(ties);
    return kept;
}
