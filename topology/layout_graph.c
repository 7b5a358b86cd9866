#include "topology/layout_graph.h"

struct pair {
    uint32_t from, rank; /* a node, and its neighbor's place in the order */
};

static int pair_order(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

struct named {
    const char *label, *id;
    uint32_t node;
};

static int named_order(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->label, y->label);

    return order != 0 ? order : strcmp(x->id, y->id);
}

static void sort_nodes(struct layout_graph *g)
{
    struct named *names = mem_array(g->count + 1, sizeof *names);

    for (uint32_t i = 0; i < g->count; i++) {
        const struct map_node *n = &g->map->nodes.at[i];

        g->nodes[i] = draw_node_measure(n);
        g->shown[i] = map_node_is_shown(n);
        if (g->shown[i])
            names[g->shown_count++] =
                (struct named){map_node_label(n), n->id, i};
    }
    qsort(names, g->shown_count, sizeof *names, named_order);
    for (size_t i = 0; i < g->shown_count; i++)
        g->order[i] = names[i].node;
    free(names);
}

/* What a spanning tree blocks is drawn on its map, but is no part of the tree.
 */
static bool is_tie(const struct map *m, const struct map_link *l)
{
    return l->a != l->b && map_link_is_shown(m, l) &&
           !(m->view == MAP_TREE && l->state == LINK_BLOCKED);
}

/* Both directions of every shown link between two nodes. */
static size_t gather(struct layout_graph *g, const uint32_t *rank,
                     struct pair *pairs)
{
    size_t count = 0;

    for (size_t i = 0; i < g->map->links.count; i++) {
        const struct map_link *l = &g->map->links.at[i];

        if (!is_tie(g->map, l)) {
            g->blocked[l->a] += l->state == LINK_BLOCKED;
            g->blocked[l->b] += l->state == LINK_BLOCKED;
            continue;
        }
        pairs[count++] = (struct pair){l->a, rank[l->b]};
        pairs[count++] = (struct pair){l->b, rank[l->a]};
    }
    return count;
}

static void find_neighbors(struct layout_graph *g)
{
    size_t room = 2 * g->map->links.count;
    struct pair *pairs = mem_array(room + 1, sizeof *pairs);
    uint32_t *rank = mem_array(g->count + 1, sizeof *rank);

    for (size_t i = 0; i < g->shown_count; i++)
        rank[g->order[i]] = (uint32_t)i;
    size_t count = gather(g, rank, pairs), kept = 0;
    qsort(pairs, count, sizeof *pairs, pair_order);
    g->to = mem_array(count + 1, sizeof *g->to);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || pair_order(&pairs[i - 1], &pairs[i]) != 0) {
            g->to[kept++] = g->order[pairs[i].rank];
            g->start[pairs[i].from + 1]++;
        }
    for (size_t i = 0; i < g->count; i++)
        g->start[i + 1] += g->start[i];
    free(pairs);
    free(rank);
}

static void flood(struct layout_graph *g, uint32_t from, uint32_t *queue)
{
    size_t head = 0, tail = 0;

    queue[tail++] = from;
    g->part[from] = (uint32_t)g->parts;
    while (head < tail) {
        uint32_t n = queue[head++];

        for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++)
            if (g->part[g->to[i]] == UINT32_MAX) {
                g->part[g->to[i]] = (uint32_t)g->parts;
                queue[tail++] = g->to[i];
            }
    }
    g->parts++;
}

static void find_parts(struct layout_graph *g)
{
    uint32_t *queue = mem_array(g->count + 1, sizeof *queue);

    for (size_t i = 0; i < g->count; i++)
        g->part[i] = UINT32_MAX;
    for (size_t i = 0; i < g->shown_count; i++)
        if (g->part[g->order[i]] == UINT32_MAX)
            flood(g, g->order[i], queue);
    free(queue);
}

void layout_graph_init(struct layout_graph *g, const struct map *m)
{
    *g = (struct layout_graph){.map = m, .count = m->nodes.count};
    g->nodes = mem_array(g->count + 1, sizeof *g->nodes);
    g->shown = mem_array(g->count + 1, sizeof *g->shown);
    g->order = mem_array(g->count + 1, sizeof *g->order);
    g->start = mem_array(g->count + 2, sizeof *g->start);
    g->blocked = mem_array(g->count + 1, sizeof *g->blocked);
    g->part = mem_array(g->count + 1, sizeof *g->part);
    sort_nodes(g);
    find_neighbors(g);
    find_parts(g);
}

void layout_graph_cut(const struct layout_graph *g, const bool *in,
                      struct layout_graph *out)
{
    size_t kept = 0;

    *out = (struct layout_graph){.map = g->map, .count = g->count};
    out->nodes = mem_array(g->count + 1, sizeof *out->nodes);
    out->shown = mem_array(g->count + 1, sizeof *out->shown);
    out->order = mem_array(g->count + 1, sizeof *out->order);
    out->start = mem_array(g->count + 2, sizeof *out->start);
    out->blocked = mem_array(g->count + 1, sizeof *out->blocked);
    out->part = mem_array(g->count + 1, sizeof *out->part);
    memcpy(out->blocked, g->blocked, g->count * sizeof *g->blocked);
    out->to = mem_array(g->start[g->count] + 1, sizeof *out->to);
    memcpy(out->nodes, g->nodes, g->count * sizeof *g->nodes);
    for (uint32_t n = 0; n < g->count; n++) {
        out->shown[n] = g->shown[n] && in[n];
        for (uint32_t i = g->start[n]; i < g->start[n + 1]; i++)
            if (out->shown[n] && in[g->to[i]])
                out->to[kept++] = g->to[i];
        out->start[n + 1] = (uint32_t)kept;
    }
    for (size_t i = 0; i < g->shown_count; i++)
        if (in[g->order[i]])
            out->order[out->shown_count++] = g->order[i];
    find_parts(out);
}

void layout_graph_fini(struct layout_graph *g)
{
    free(g->nodes);
    free(g->shown);
    free(g->order);
    free(g->start);
    free(g->to);
    free(g->blocked);
    free(g->part);
}

struct draw_box layout_bounds(const struct layout_graph *g,
                              const struct layout_point *at,
                              const uint32_t *members, size_t count)
{
    struct draw_box all = {0, 0, 0, 0};

    for (size_t i = 0; i < count; i++) {
        uint32_t n = members[i];
        struct draw_box room = g->nodes[n].room;
        struct draw_box box = {at[n].x + room.x0, at[n].y + room.y0,
                               at[n].x + room.x1, at[n].y + room.y1};

        all = i == 0 ? box : draw_box_join(all, box);
    }
    return all;
}
