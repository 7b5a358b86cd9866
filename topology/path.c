/* Path: the way between two nodes through what forwards (Dijkstra).
 *
 * Cost of a link: one; much more if it is uncertain; more than all those if it
 * is of layer 3, which only fills the gaps of layer 2. Links that are down or
 * blocked carry nothing.
 */
#include "topology/kind.h"
#include "topology/topology.h"

#include <assert.h>
#include <stdlib.h>

#define COST_LINK UINT64_C(1)
#define COST_UNCERTAIN (UINT64_C(1) << 20)
#define COST_LAYER3 (UINT64_C(1) << 40)
#define COST_NONE UINT64_MAX

enum { NO_LINK = -1 };

struct step {
    uint64_t cost;
    uint32_t node;
};
struct steps ARRAY_OF(struct step);

/* Links of each node, and the search's state. */
struct search {
    const struct topology *t;
    uint32_t *first,
        *links; /* of node n: links[first[n]] .. first[n + 1] - 1 */
    uint64_t *cost;
    int64_t *came_by; /* link, NO_LINK */
    struct steps heap;
};

static uint64_t link_cost(const struct topo_link *l)
{
    uint64_t cost = COST_LINK + (l->layer == 3 ? COST_LAYER3 : 0);

    switch (l->state) {
    case LINK_CONFIRMED:
        return cost;
    case LINK_CANDIDATE:
    case LINK_STALE:
    case LINK_AMBIGUOUS:
        return cost + COST_UNCERTAIN;
    case LINK_DOWN:
    case LINK_BLOCKED:
        return COST_NONE;
    }
    return COST_NONE;
}

/* ---- a heap by cost, then node ---- */

static bool step_before(struct step x, struct step y)
{
    return x.cost != y.cost ? x.cost < y.cost : x.node < y.node;
}

static void heap_push(struct steps *h, struct step s)
{
    size_t at = h->count;

    (void)array_add(h); /* filled below */
    while (at > 0 && step_before(s, h->at[(at - 1) / 2])) {
        h->at[at] = h->at[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->at[at] = s;
}

static struct step heap_pop(struct steps *h)
{
    struct step top = h->at[0], last = h->at[--h->count];
    size_t at = 0;

    while (2 * at + 1 < h->count) {
        size_t child = 2 * at + 1;

        if (child + 1 < h->count && step_before(h->at[child + 1], h->at[child]))
            child++;
        if (!step_before(h->at[child], last))
            break;
        h->at[at] = h->at[child];
        at = child;
    }
    if (h->count > 0)
        h->at[at] = last;
    return top;
}

/* ---- search ---- */

static void index_links(struct search *s)
{
    const struct topology *t = s->t;
    uint32_t *start = mem_array(t->nodes.count + 2, sizeof *start);

    s->links = mem_array(2 * t->links.count + 1, sizeof *s->links);
    for (size_t i = 0; i < t->links.count; i++) {
        start[t->links.at[i].a + 2]++;
        start[t->links.at[i].b + 2]++;
    }
    for (size_t n = 2; n < t->nodes.count + 2; n++)
        start[n] += start[n - 1];
    for (size_t i = 0; i < t->links.count; i++) {
        s->links[start[t->links.at[i].a + 1]++] = (uint32_t)i;
        s->links[start[t->links.at[i].b + 1]++] = (uint32_t)i;
    }
    s->first = start;
}

static uint32_t other_end(const struct topo_link *l, uint32_t node)
{
    return l->a == node ? l->b : l->a;
}

static void follow_links(struct search *s, struct step from)
{
    for (uint32_t i = s->first[from.node]; i < s->first[from.node + 1]; i++) {
        const struct topo_link *l = &s->t->links.at[s->links[i]];
        uint32_t to = other_end(l, from.node);
        uint64_t cost = link_cost(l);

        if (cost == COST_NONE || from.cost + cost >= s->cost[to])
            continue;
        s->cost[to] = from.cost + cost;
        s->came_by[to] = s->links[i];
        heap_push(&s->heap, (struct step){s->cost[to], to});
    }
}

static void search_run(struct search *s, uint32_t a, uint32_t b)
{
    s->cost[a] = 0;
    heap_push(&s->heap, (struct step){0, a});
    while (s->heap.count > 0) {
        struct step at = heap_pop(&s->heap);

        if (at.node == b)
            return;
        if (at.cost == s->cost[at.node] &&
            (at.node == a || kind_forwards(s->t->nodes.at[at.node].kind)))
            follow_links(s, at);
    }
}

/* From b back to a, then turned round. */
static void collect(const struct search *s, uint32_t b, struct topo_path *out)
{
    uint32_t at = b;

    *array_add(&out->nodes) = at;
    while (s->came_by[at] != NO_LINK) {
        uint32_t link = (uint32_t)s->came_by[at];

        at = other_end(&s->t->links.at[link], at);
        *array_add(&out->links) = link;
        *array_add(&out->nodes) = at;
    }
    for (size_t i = 0; i < out->nodes.count / 2; i++) {
        uint32_t *x = &out->nodes.at[i];
        uint32_t *y = &out->nodes.at[out->nodes.count - 1 - i];
        uint32_t kept = *x;

        *x = *y;
        *y = kept;
    }
    for (size_t i = 0; i < out->links.count / 2; i++) {
        uint32_t *x = &out->links.at[i];
        uint32_t *y = &out->links.at[out->links.count - 1 - i];
        uint32_t kept = *x;

        *x = *y;
        *y = kept;
    }
}

bool topology_path(const struct topology *t, uint32_t a, uint32_t b,
                   struct topo_path *out)
{
    struct search s = {.t = t};
    bool found;

    assert(a < t->nodes.count && b < t->nodes.count);
    *out = (struct topo_path){0};
    index_links(&s);
    s.cost = mem_array(t->nodes.count, sizeof *s.cost);
    s.came_by = mem_array(t->nodes.count, sizeof *s.came_by);
    for (size_t i = 0; i < t->nodes.count; i++) {
        s.cost[i] = COST_NONE;
        s.came_by[i] = NO_LINK;
    }
    search_run(&s, a, b);
    found = s.cost[b] != COST_NONE;
    if (found)
        collect(&s, b, out);
    free(s.first);
    free(s.links);
    free(s.cost);
    free(s.came_by);
    array_fini(&s.heap);
    return found;
}

void topo_path_fini(struct topo_path *p)
{
    array_fini(&p->nodes);
    array_fini(&p->links);
}
