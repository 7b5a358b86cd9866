#include "topology/community.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

/* A graph whose nodes are communities of the one before. Weights count links;
 * own[n] those within n, twice. */
struct level {
    size_t count;
    uint32_t *start, *to;
    double *weight, *own;
    double total; /* of all weights, each link twice */
};

static void level_fini(struct level *l)
{
    free(l->start);
    free(l->to);
    free(l->weight);
    free(l->own);
}

static void level_room(struct level *l, size_t count, size_t links)
{
    l->count = count;
    l->start = mem_array(count + 2, sizeof *l->start);
    l->to = mem_array(links + 1, sizeof *l->to);
    l->weight = mem_array(links + 1, sizeof *l->weight);
    l->own = mem_array(count + 1, sizeof *l->own);
}

/* What the search moves: where each node is, and what each community has. */
struct search {
    const struct level *l;
    uint32_t *of;
    double *degree;   /* of each node */
    double *sum;      /* of the degrees in each community */
    double *towards;  /* weight from the node at hand to each community */
    uint32_t *around; /* the communities it neighbors */
};

static double degree_of(const struct level *l, uint32_t n)
{
    double sum = l->own[n];

    for (uint32_t i = l->start[n]; i < l->start[n + 1]; i++)
        sum += l->weight[i];
    return sum;
}

static size_t look_around(struct search *s, uint32_t n)
{
    const struct level *l = s->l;
    size_t count = 0;

    for (uint32_t i = l->start[n]; i < l->start[n + 1]; i++) {
        uint32_t c = s->of[l->to[i]];

        if (s->towards[c] == 0)
            s->around[count++] = c;
        s->towards[c] += l->weight[i];
    }
    return count;
}

/* Moves a node where modularity gains most; true if it was not there. */
static bool settle(struct search *s, uint32_t n)
{
    static const double LEAST = 1e-9;
    uint32_t was = s->of[n], best = was;
    size_t count = look_around(s, n);
    double share = s->degree[n] / s->l->total;

    s->sum[was] -= s->degree[n];
    double most = s->towards[was] - s->sum[was] * share;
    for (size_t i = 0; i < count; i++) {
        uint32_t c = s->around[i];
        double gain = s->towards[c] - s->sum[c] * share;

        if (gain > most + LEAST) {
            most = gain;
            best = c;
        }
    }
    for (size_t i = 0; i < count; i++)
        s->towards[s->around[i]] = 0;
    s->sum[best] += s->degree[n];
    s->of[n] = best;
    return best != was;
}

/* Numbers the communities that are left 0.. in the order of their nodes. */
static size_t renumber(size_t count, uint32_t *of)
{
    uint32_t *new = mem_array(count + 1, sizeof *new);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (new[of[i]] == 0)
            new[of[i]] = (uint32_t)++used;
        of[i] = new[of[i]] - 1;
    }
    free(new);
    return used;
}

static size_t search_level(const struct level *l, uint32_t *of)
{
    enum { ROUNDS = 12 };
    struct search s = {.l = l, .of = of};
    bool moved = true;

    s.degree = mem_array(l->count + 1, sizeof *s.degree);
    s.sum = mem_array(l->count + 1, sizeof *s.sum);
    s.towards = mem_array(l->count + 1, sizeof *s.towards);
    s.around = mem_array(l->count + 1, sizeof *s.around);
    for (uint32_t i = 0; i < l->count; i++) {
        of[i] = i;
        s.sum[i] = s.degree[i] = degree_of(l, i);
    }
    for (unsigned round = 0; round < ROUNDS && moved && l->total > 0; round++) {
        moved = false;
        for (uint32_t n = 0; n < l->count; n++)
            moved |= settle(&s, n);
    }
    free(s.degree);
    free(s.sum);
    free(s.towards);
    free(s.around);
    return renumber(l->count, of);
}

/* ---- a level of the communities ---- */

struct tie {
    uint32_t from, to;
    double weight;
};

static int tie_order(const void *a, const void *b)
{
    const struct tie *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void level_above(const struct level *l, const uint32_t *of, size_t count,
                        struct level *out)
{
    size_t links = l->start[l->count], used = 0, kept = 0;
    struct tie *ties = mem_array(links + 1, sizeof *ties);

    level_room(out, count, links);
    out->total = l->total;
    for (uint32_t n = 0; n < l->count; n++) {
        out->own[of[n]] += l->own[n];
        for (uint32_t i = l->start[n]; i < l->start[n + 1]; i++)
            if (of[l->to[i]] == of[n])
                out->own[of[n]] += l->weight[i];
            else
                ties[used++] = (struct tie){of[n], of[l->to[i]], l->weight[i]};
    }
    if (used > 0)
        qsort(ties, used, sizeof *ties, tie_order);
    for (size_t i = 0; i < used; i++) {
        if (i > 0 && tie_order(&ties[i - 1], &ties[i]) == 0) {
            out->weight[kept - 1] += ties[i].weight;
            continue;
        }
        out->to[kept] = ties[i].to;
        out->weight[kept++] = ties[i].weight;
        out->start[ties[i].from + 1]++;
    }
    for (size_t i = 0; i < count; i++)
        out->start[i + 1] += out->start[i];
    free(ties);
}

size_t communities_find(size_t count, const uint32_t *start, const uint32_t *to,
                        uint32_t *of)
{
    enum { LEVELS_MAX = 16 };
    struct level l = {.count = 0};
    size_t now = count, links = start[count];

    level_room(&l, count, links);
    for (size_t i = 0; i <= count; i++)
        l.start[i] = start[i];
    for (size_t i = 0; i < links; i++) {
        l.to[i] = to[i];
        l.weight[i] = 1;
    }
    l.total = (double)links;
    for (uint32_t i = 0; i < count; i++)
        of[i] = i;
    for (unsigned k = 0; k < LEVELS_MAX; k++) {
        uint32_t *moved = mem_array(l.count + 1, sizeof *moved);
        struct level above = {.count = 0};
        size_t fewer = search_level(&l, moved);

        for (size_t i = 0; i < count; i++)
            of[i] = moved[of[i]];
        if (fewer < now)
            level_above(&l, moved, fewer, &above);
        free(moved);
        level_fini(&l);
        l = above;
        if (fewer == now)
            break;
        now = fewer;
    }
    level_fini(&l);
    return now;
}
