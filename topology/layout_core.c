#include "topology/layout_core.h"

enum { LAYERED_MAX = 260 /* inner nodes */, LEVELS_MAX = 9 };
static const double ROOTS_SLACK = 1.04, PEERS_SLACK = 1.3, FLAT_SHARE_MAX = 0.3,
                    FLAT_SHARE_MESH = 0.1;

/* What leads out of the network stands above its core. */
bool layout_leads_outside(const struct layout_graph *g, uint32_t n)
{
    enum device_kind kind = g->map->nodes.at[n].kind;

    return kind == KIND_ROUTER || kind == KIND_FIREWALL ||
           kind == KIND_INTERNET;
}

size_t layout_inner_degree(const struct layout_inner *p, size_t i)
{
    size_t leaves =
        p->bunch_of[i] == UINT32_MAX ? 0 : p->bunches.at[p->bunch_of[i]].count;

    return layout_degree(p->g, p->inner[i]) - leaves;
}

/* ---- levels: how far from the core ---- */

/* Breadth first from roots over inner nodes; the sum of all distances. */
static unsigned long spread(struct layout_inner *p, const uint32_t *roots,
                            size_t count, uint32_t *queue, int *level)
{
    const struct layout_graph *g = p->g;
    size_t head = 0, tail = 0;
    unsigned long sum = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        level[i] = -1;
    for (size_t i = 0; i < count; i++) {
        level[roots[i]] = 0;
        queue[tail++] = roots[i];
    }
    while (head < tail) {
        uint32_t at = queue[head++], n = p->inner[at];

        sum += (unsigned long)level[at];
        for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++) {
            uint32_t next = p->index[g->to[i]];

            if (next == UINT32_MAX || level[next] >= 0)
                continue;
            level[next] = level[at] + 1;
            queue[tail++] = next;
        }
    }
    return sum;
}

/* How many neighbors two nodes share; being neighbors counts as one. */
static unsigned shared(const struct layout_graph *g, uint32_t a, uint32_t b)
{
    unsigned count = 0;

    for (uint32_t i = g->start[a]; i < g->start[a + 1]; i++) {
        count += g->to[i] == b;
        for (uint32_t k = g->start[b]; k < g->start[b + 1]; k++)
            count += g->to[i] == g->to[k];
    }
    return count;
}

/* "core-1" and "core-2": people name equals alike. */
static bool are_named_alike(const char *a, const char *b)
{
    size_t differ = 0;

    for (; *a != '\0' && *b != '\0'; a++, b++)
        differ += *a != *b;
    return *a == *b && differ == 1;
}

/* Is i of the core, whose middle is best? As near to all others; or nearly so,
 * and joined to the same: the second of a pair. */
static bool is_root(const struct layout_inner *p, const unsigned long *sums,
                    size_t best, size_t i)
{
    const struct layout_graph *g = p->g;
    const struct map_node *a = &g->map->nodes.at[p->inner[best]];
    const struct map_node *b = &g->map->nodes.at[p->inner[i]];
    double far = (double)sums[i] / (double)sums[best];
    unsigned common = shared(g, p->inner[i], p->inner[best]);

    if (a->kind != b->kind)
        return false;
    return far <= ROOTS_SLACK ||
           (far <= PEERS_SLACK &&
            (4 * common >= 3 * layout_inner_degree(p, best) ||
             (common >= 2 &&
              are_named_alike(map_node_label(a), map_node_label(b)))));
}

static bool is_focused(const struct layout_inner *p)
{
    return p->root_count > 0 &&
           p->g->map->nodes.at[p->inner[p->roots[0]]].focus;
}

/* What the map is about stands in its middle, or on top of it. */
static size_t find_focus(const struct layout_inner *p, uint32_t *roots)
{
    size_t count = 0;

    for (uint32_t i = 0; i < p->inner_count; i++)
        if (p->g->map->nodes.at[p->inner[i]].focus)
            roots[count++] = i;
    return count;
}

/* The core: the inner nodes nearest to all others, and their equals. */
static size_t find_roots(struct layout_inner *p, uint32_t *queue,
                         uint32_t *roots)
{
    unsigned long *sums = mem_array(p->inner_count, sizeof *sums);
    size_t best = 0, count = 0;

    for (uint32_t i = 0; i < p->inner_count; i++) {
        sums[i] = spread(p, &i, 1, queue, p->level);
        if (sums[i] < sums[best])
            best = i;
    }
    for (uint32_t i = 0; i < p->inner_count; i++)
        if (i == best || is_root(p, sums, best, i))
            roots[count++] = i;
    free(sums);
    return count;
}

/* Routers and firewalls with nothing but their like behind them stand above
 * the core, as engineers draw them. queue holds all inner nodes by level. */
static void raise_edge(struct layout_inner *p, const uint32_t *queue)
{
    const struct layout_graph *g = p->g;

    for (size_t i = p->inner_count; i > 0; i--) {
        uint32_t at = queue[i - 1], n = p->inner[at];
        bool raise = p->level[at] > 0 && p->bunch_of[at] == UINT32_MAX &&
                     layout_leads_outside(g, n);

        for (uint32_t k = g->start[n]; raise && k < g->start[n + 1]; k++) {
            uint32_t next = p->index[g->to[k]];
            int beyond = next == UINT32_MAX ? 0 : p->level[next];

            raise = beyond <= p->level[at]; /* negative: raised already */
        }
        if (raise)
            p->level[at] = -p->level[at];
    }
}

static double flat_share(const struct layout_inner *p)
{
    const struct layout_graph *g = p->g;
    size_t flat = 0, all = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        for (uint32_t k = g->start[p->inner[i]]; k < g->start[p->inner[i] + 1];
             k++) {
            uint32_t next = p->index[g->to[k]];

            if (next == UINT32_MAX)
                continue;
            all++;
            flat += p->level[next] == p->level[i] && p->level[i] != 0;
        }
    return all == 0 ? 0 : (double)flat / (double)all;
}

size_t layout_tie_count(const struct layout_inner *p)
{
    const struct layout_graph *g = p->g;
    size_t ties = 0;

    for (size_t i = 0; i < p->inner_count; i++)
        for (uint32_t k = g->start[p->inner[i]]; k < g->start[p->inner[i] + 1];
             k++)
            ties += p->index[g->to[k]] != UINT32_MAX;
    return ties / 2;
}

void layout_find_core(struct layout_inner *p)
{
    p->root_count = find_focus(p, p->roots);
    if (p->root_count == 0)
        p->root_count = find_roots(p, p->queue, p->roots);
    (void)spread(p, p->roots, p->root_count, p->queue, p->level);
}

bool layout_find_levels(struct layout_inner *p)
{
    int top = 0, bottom = 0;

    if (p->inner_count > LAYERED_MAX ||
        (p->root_count > 2 && p->root_count > p->inner_count / 4))
        return false;
    /* In a mesh of routers none is the edge; nothing is above a root. */
    if (!p->meshed && !is_focused(p))
        raise_edge(p, p->queue);
    for (size_t i = 0; i < p->inner_count; i++) {
        top = p->level[i] < top ? p->level[i] : top;
        bottom = p->level[i] > bottom ? p->level[i] : bottom;
    }
    double most = p->meshed ? FLAT_SHARE_MESH : FLAT_SHARE_MAX;
    if (bottom - top > LEVELS_MAX || flat_share(p) > most)
        return false;
    for (size_t i = 0; i < p->inner_count; i++)
        p->level[i] -= top;
    return true;
}

/* Nodes with one tie are cut off until none is left; what stays is the ring. */
bool layout_find_ring(struct layout_inner *p)
{
    enum { RING_MIN = 4 };
    const struct layout_graph *g = p->g;
    OWNED(free) char *owned = mem_array(p->inner_count, sizeof(uint32_t));
    uint32_t *degree = (uint32_t *)(void *)owned;
    size_t left = p->inner_count, cut = 0, head = 0;
    uint32_t first = UINT32_MAX;

    if (p->tie_count != p->inner_count)
        return false; /* one ring: as many ties as nodes */
    for (uint32_t i = 0; i < p->inner_count; i++) {
        degree[i] = (uint32_t)layout_inner_degree(p, i);
        if (degree[i] == 1)
            p->queue[cut++] = i;
    }
    while (head < cut) {
        uint32_t n = p->inner[p->queue[head]];

        degree[p->queue[head++]] = 0;
        left--;
        for (uint32_t k = g->start[n]; k < g->start[n + 1]; k++) {
            uint32_t to = p->index[g->to[k]];

            if (to != UINT32_MAX && degree[to] > 0 && --degree[to] == 1)
                p->queue[cut++] = to;
        }
    }
    if (left < RING_MIN)
        return false;
    for (uint32_t i = (uint32_t)p->inner_count; i > 0; i--)
        first = degree[i - 1] > 0 ? i - 1 : first;
    p->root_count = 0;
    for (uint32_t at = first; at != UINT32_MAX;) {
        uint32_t n = p->inner[at], next = UINT32_MAX;

        p->roots[p->root_count++] = at;
        degree[at] = 0; /* been there */
        for (uint32_t k = g->start[n + 1]; k > g->start[n]; k--) {
            uint32_t to = p->index[g->to[k - 1]];

            if (to != UINT32_MAX && degree[to] > 0)
                next = to;
        }
        at = next;
    }
    (void)spread(p, p->roots, p->root_count, p->queue, p->level);
    return true;
}
