#include "topology/dominators.h"

#include "topology/kind.h"

#include <assert.h>
#include <stdlib.h>

/* What a link is worth as a way; less is better. */
enum tier {
    TIER_CABLE,
    TIER_DOUBTFUL,
    TIER_DOWN,
    TIER_NETWORK,
    TIER_NETWORK_DOWN,
    TIERS
};

/* The ways: those of node n are heads[first[n]] .. heads[first[n + 1] - 1]. */
struct ways {
    uint32_t *first, *heads;
    uint8_t *tiers; /* as heads, while they are chosen */
};

/* Numbers are those of a walk in depth, the root's 0. */
struct dominators {
    const struct topology *t;
    uint32_t root;
    struct ways out, in; /* by node; into a node */
    uint32_t *number;    /* by node; ABOVE_NONE: not reached */
    uint32_t count;
    /* By number. */
    uint32_t *node, *parent, *semi, *best, *ancestor, *above;
    uint32_t *bucket, *next; /* lists of those with one semidominator */
    uint32_t *stack;
};

static enum tier tier_of(const struct topo_link *l)
{
    if (l->layer == 3)
        return l->state == LINK_DOWN ? TIER_NETWORK_DOWN : TIER_NETWORK;
    switch (l->state) {
    case LINK_CONFIRMED:
    case LINK_BLOCKED:
        return TIER_CABLE;
    case LINK_CANDIDATE:
    case LINK_AMBIGUOUS:
    case LINK_STALE:
        return TIER_DOUBTFUL;
    case LINK_DOWN:
        return TIER_DOWN;
    }
    return TIER_DOUBTFUL;
}

static bool passes(const struct dominators *d, uint32_t node, enum tier tier)
{
    enum device_kind kind = d->t->nodes.at[node].kind;

    return node == d->root ||
           (tier < TIER_NETWORK ? kind_forwards(kind) : kind_routes(kind));
}

/* ---- the ways ---- */

static uint32_t *numbers(size_t count, uint32_t value)
{
    uint32_t *all = mem_array(count + 1, sizeof *all);

    for (size_t i = 0; i < count; i++)
        all[i] = value;
    return all;
}

/* Both directions of each link, as far as its ends pass something on. */
static void index_ways(struct dominators *d)
{
    const struct topology *t = d->t;
    uint32_t *at = numbers(t->nodes.count + 2, 0);
    size_t links = t->links.count;

    d->out.heads = numbers(2 * links, 0);
    d->out.tiers = mem_array(2 * links + 1, 1);
    for (int filling = 0; filling < 2; filling++) {
        for (size_t i = 0; i < 2 * links; i++) {
            const struct topo_link *l = &t->links.at[i / 2];
            uint32_t from = i % 2 == 0 ? l->a : l->b;
            enum tier tier = tier_of(l);

            if (!passes(d, from, tier))
                continue;
            if (filling == 0) {
                at[from + 2]++;
                continue;
            }
            d->out.heads[at[from + 1]] = i % 2 == 0 ? l->b : l->a;
            d->out.tiers[at[from + 1]++] = (uint8_t)tier;
        }
        for (size_t n = 2; filling == 0 && n < t->nodes.count + 2; n++)
            at[n] += at[n - 1];
    }
    d->out.first = at;
}

/* The tier that each node is reached by first: the best that the worst link of
 * a way to it can be. */
static uint8_t *reach_by_tiers(struct dominators *d)
{
    size_t count = d->t->nodes.count;
    uint8_t *level = mem_array(count + 1, 1);
    size_t waiting = 0;

    memset(level, TIERS, count);
    level[d->root] = TIER_CABLE;
    for (unsigned tier = 0; tier < TIERS; tier++) {
        for (uint32_t n = 0; n < count; n++)
            if (level[n] < TIERS)
                d->stack[waiting++] = n;
        while (waiting > 0) {
            uint32_t n = d->stack[--waiting];

            for (uint32_t i = d->out.first[n]; i < d->out.first[n + 1]; i++) {
                uint32_t head = d->out.heads[i];

                if (d->out.tiers[i] > tier || level[head] < TIERS)
                    continue;
                level[head] = (uint8_t)tier;
                d->stack[waiting++] = head;
            }
        }
    }
    return level;
}

/* Leaves out the ways that are worse than what their end is reached by. */
static void choose_ways(struct dominators *d)
{
    OWNED(free) char *owned = (char *)reach_by_tiers(d);
    const uint8_t *level = (const uint8_t *)owned;
    uint32_t kept = 0;

    for (uint32_t n = 0; n < d->t->nodes.count; n++) {
        uint32_t begin = d->out.first[n], end = d->out.first[n + 1];

        d->out.first[n] = kept;
        for (uint32_t i = begin; i < end; i++)
            if (d->out.tiers[i] <= level[d->out.heads[i]])
                d->out.heads[kept++] = d->out.heads[i];
    }
    d->out.first[d->t->nodes.count] = kept;
}

/* The same ways by where they lead, between numbers. */
static void turn_ways(struct dominators *d)
{
    uint32_t *at = numbers(d->count + 2u, 0);

    d->in.heads = numbers(d->out.first[d->t->nodes.count], 0);
    for (int filling = 0; filling < 2; filling++) {
        for (uint32_t v = 0; v < d->count; v++) {
            uint32_t n = d->node[v];

            for (uint32_t i = d->out.first[n]; i < d->out.first[n + 1]; i++) {
                uint32_t head = d->number[d->out.heads[i]];

                if (filling == 0)
                    at[head + 2]++;
                else
                    d->in.heads[at[head + 1]++] = v;
            }
        }
        for (size_t n = 2; filling == 0 && n < d->count + 2u; n++)
            at[n] += at[n - 1];
    }
    d->in.first = at;
}

/* ---- the walk in depth ---- */

static void number_node(struct dominators *d, uint32_t node, uint32_t parent)
{
    d->number[node] = d->count;
    d->node[d->count] = node;
    d->parent[d->count] = parent;
    d->count++;
}

static void walk(struct dominators *d)
{
    uint32_t *next = numbers(d->t->nodes.count, 0); /* by number */
    uint32_t at = 0;

    number_node(d, d->root, 0);
    next[0] = d->out.first[d->root];
    for (;;) {
        uint32_t end = d->out.first[d->node[at] + 1];

        while (next[at] < end &&
               d->number[d->out.heads[next[at]]] != ABOVE_NONE)
            next[at]++;
        if (next[at] < end) {
            uint32_t head = d->out.heads[next[at]];

            next[d->count] = d->out.first[head];
            number_node(d, head, at);
            at = d->count - 1;
        } else if (at != 0) {
            at = d->parent[at];
        } else {
            break;
        }
    }
    free(next);
}

/* ---- semidominators ---- */

/* The number on v's way up, its root excepted, with the smallest semidominator;
 * the way is shortened for the next time. */
static uint32_t evaluate(struct dominators *d, uint32_t v)
{
    size_t depth = 0;

    if (d->ancestor[v] == ABOVE_NONE)
        return v;
    for (uint32_t u = v; d->ancestor[d->ancestor[u]] != ABOVE_NONE;
         u = d->ancestor[u])
        d->stack[depth++] = u;
    while (depth > 0) {
        uint32_t u = d->stack[--depth], up = d->ancestor[u];

        if (d->semi[d->best[up]] < d->semi[d->best[u]])
            d->best[u] = d->best[up];
        d->ancestor[u] = d->ancestor[up];
    }
    return d->best[v];
}

static void settle_bucket(struct dominators *d, uint32_t parent)
{
    uint32_t v = d->bucket[parent];

    d->bucket[parent] = ABOVE_NONE;
    while (v != ABOVE_NONE) {
        uint32_t u = evaluate(d, v);

        d->above[v] = d->semi[u] < d->semi[v] ? u : parent;
        v = d->next[v];
    }
}

static void find_dominators(struct dominators *d)
{
    for (uint32_t w = d->count - 1; w > 0; w--) {
        for (uint32_t i = d->in.first[w]; i < d->in.first[w + 1]; i++) {
            uint32_t u = evaluate(d, d->in.heads[i]);

            if (d->semi[u] < d->semi[w])
                d->semi[w] = d->semi[u];
        }
        d->next[w] = d->bucket[d->semi[w]];
        d->bucket[d->semi[w]] = w;
        d->ancestor[w] = d->parent[w];
        settle_bucket(d, d->parent[w]);
    }
    for (uint32_t w = 1; w < d->count; w++)
        if (d->above[w] != d->semi[w])
            d->above[w] = d->above[d->above[w]];
}

static void prepare_numbers(struct dominators *d)
{
    size_t count = d->t->nodes.count;

    d->number = numbers(count, ABOVE_NONE);
    d->node = numbers(count, 0);
    d->parent = numbers(count, 0);
    d->semi = numbers(count, 0);
    d->best = numbers(count, 0);
    d->ancestor = numbers(count, ABOVE_NONE);
    d->above = numbers(count, 0);
    d->bucket = numbers(count, ABOVE_NONE);
    d->next = numbers(count, ABOVE_NONE);
    d->stack = numbers(2 * count, 0);
    for (uint32_t i = 0; i < count; i++)
        d->semi[i] = d->best[i] = i;
}

uint32_t *topology_dominators(const struct topology *t, uint32_t root)
{
    struct dominators d = {.t = t, .root = root};
    uint32_t *result = numbers(t->nodes.count, ABOVE_NONE);

    assert(root < t->nodes.count);
    prepare_numbers(&d);
    index_ways(&d);
    choose_ways(&d);
    walk(&d);
    turn_ways(&d);
    find_dominators(&d);
    for (uint32_t w = 1; w < d.count; w++)
        result[d.node[w]] = d.node[d.above[w]];
    void *const owned[] = {d.out.first, d.out.heads, d.out.tiers, d.in.first,
                           d.in.heads,  d.number,    d.node,      d.parent,
                           d.semi,      d.best,      d.ancestor,  d.above,
                           d.bucket,    d.next,      d.stack};
    for (size_t i = 0; i < COUNT_OF(owned); i++)
        free(owned[i]);
    return result;
}
