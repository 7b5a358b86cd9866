#include "topology/map_same.h"
#include "topology/map_edit.h"

/* A cloud of now and one of earlier, and how many members they share. */
struct likeness {
    uint32_t now, earlier;
    size_t shared;
    double share; /* of all that either has */
};
struct likenesses ARRAY_OF(struct likeness);

struct census {
    size_t *now, *earlier; /* members of each cloud, of clouds within too */
};

static int likeness_order(const void *a, const void *b)
{
    const struct likeness *x = a, *y = b;

    if (x->now != y->now)
        return x->now < y->now ? -1 : 1;
    return (x->earlier > y->earlier) - (x->earlier < y->earlier);
}

static void count_members(const struct map *m, size_t *sizes)
{
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        uint32_t at = map_cloud_of(m, n);

        for (unsigned deep = 0; n->origin != MAP_CLOUD && at != UINT32_MAX &&
                                deep < MAP_CLOUD_DEPTH_MAX;
             deep++) {
            sizes[at]++;
            at = map_cloud_of(m, &m->nodes.at[at]);
        }
    }
}

/* One row for each node, cloud around it now and cloud around it earlier. */
static void gather(const struct map *m, const struct map *earlier,
                   struct likenesses *out)
{
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        uint32_t was = map_find_node(earlier, n->id);
        uint32_t a = map_cloud_of(m, n);

        if (n->origin == MAP_CLOUD || was == UINT32_MAX)
            continue;
        for (unsigned deep = 0; a != UINT32_MAX && deep < MAP_CLOUD_DEPTH_MAX;
             deep++) {
            uint32_t b = map_cloud_of(earlier, &earlier->nodes.at[was]);

            for (unsigned d = 0; b != UINT32_MAX && d < MAP_CLOUD_DEPTH_MAX;
                 d++) {
                *array_add(out) = (struct likeness){.now = a, .earlier = b};
                b = map_cloud_of(earlier, &earlier->nodes.at[b]);
            }
            a = map_cloud_of(m, &m->nodes.at[a]);
        }
    }
}

/* Counts equal rows; what shares too little is left out. */
static void sum_up(struct likenesses *all, const struct census *c)
{
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, likeness_order);
    for (size_t i = 0, end; i < all->count; i = end) {
        struct likeness l = all->at[i];

        for (end = i + 1;
             end < all->count && likeness_order(&all->at[end], &l) == 0;)
            end++;
        l.shared = end - i;
        l.share = (double)l.shared /
                  (double)(c->now[l.now] + c->earlier[l.earlier] - l.shared);
        if (2 * l.shared > c->earlier[l.earlier])
            all->at[kept++] = l;
    }
    all->count = kept;
}

/* The most alike first. */
static int share_order(const void *a, const void *b)
{
    const struct likeness *x = a, *y = b;

    if (x->share > y->share || x->share < y->share)
        return x->share > y->share ? -1 : 1;
    return likeness_order(a, b);
}

/* The first free of "NAME", "NAME 2" ... */
static const char *free_id(struct map *m, struct table *taken,
                           const char *label)
{
    enum { TRIES = 10000 };
    struct buffer OWNED_BUFFER id = {0};

    for (unsigned i = 1; i < TRIES; i++) {
        buffer_clear(&id);
        map_cloud_id(label, &id);
        if (i > 1)
            buffer_format(&id, " %u", i);
        if (table_find_text(taken, id.at) == NULL)
            break;
    }
    return map_keep(m, id.at);
}

static bool has_name(const struct map_node *n)
{
    return n->origin != MAP_CLOUD || n->leads[0] != '\0';
}

/* ids: of each node, "" = it keeps its own if nobody took that. */
static void give_ids(struct map *m, const char **ids)
{
    OWNED(table_free) struct table *taken = table_new();
    OWNED(table_free) struct table *becomes = table_new();

    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (has_name(n))
            ids[i] = n->id;
        if (ids[i] != NULL)
            (void)table_put_text(taken, ids[i], m);
    }
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (ids[i] == NULL) {
            ids[i] = table_find_text(taken, n->id) == NULL
                         ? n->id
                         : free_id(m, taken, n->label);
            (void)table_put_text(taken, ids[i], m);
        }
        if (n->origin == MAP_CLOUD)
            (void)table_put_text(becomes, n->id, (void *)(uintptr_t)(i + 1));
    }
    for (size_t i = 0; i < m->nodes.count; i++) {
        uintptr_t at =
            (uintptr_t)table_find_text(becomes, m->nodes.at[i].cloud);

        if (at != 0)
            m->nodes.at[i].cloud = ids[at - 1];
    }
    for (size_t i = 0; i < m->nodes.count; i++)
        m->nodes.at[i].id = ids[i];
}

void map_same_clouds(struct map *m, const struct map *earlier)
{
    struct likenesses all = {0};
    size_t now_count = m->nodes.count + 1;
    struct census c = {mem_array(now_count, sizeof *c.now),
                       mem_array(earlier->nodes.count + 1, sizeof *c.earlier)};
    const char **ids = mem_array(now_count, sizeof *ids);
    bool *used = mem_array(earlier->nodes.count + 1, sizeof *used);

    count_members(m, c.now);
    count_members(earlier, c.earlier);
    gather(m, earlier, &all);
    sum_up(&all, &c);
    if (all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, share_order);
    for (size_t i = 0; i < all.count; i++) {
        const struct likeness *l = &all.at[i];

        if (ids[l->now] != NULL || used[l->earlier] ||
            has_name(&m->nodes.at[l->now]))
            continue;
        ids[l->now] = map_keep(m, earlier->nodes.at[l->earlier].id);
        used[l->earlier] = true;
    }
    give_ids(m, ids);
    map_tidy(m); /* nodes are found by their ids again */
    array_fini(&all);
    free(c.now);
    free(c.earlier);
    free(ids);
    free(used);
}
