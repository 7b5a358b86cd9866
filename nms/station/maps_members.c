/* Which devices are in a cloud of a map. */
#include "station/maps_parts.h"
#include "topology/map_doc.h"

#include <stdlib.h>
#include <string.h>

/* One question: asked by the loop, answered by the thread. */
struct maps_roll_call {
    struct maps *maps;
    char *map, *cloud;
    struct roll_members ARRAY_OF(struct ident) members;
    maps_members_fn done; /* NULL: forgotten */
    void *arg;
    struct maps_roll_call *next;
};

/* Is n in the cloud, or one within it? */
static bool is_in(const struct map *m, const struct map_node *n, uint32_t cloud)
{
    const struct map_node *c = &m->nodes.at[cloud];
    struct prefix within;
    struct addr addr;
    uint32_t at = map_cloud_of(m, n);

    for (int depth = 0; at != UINT32_MAX && depth < MAP_CLOUD_DEPTH_MAX;
         depth++) {
        if (at == cloud)
            return true;
        at = map_cloud_of(m, &m->nodes.at[at]);
    }
    return c->within[0] != '\0' &&
           prefix_parse(c->within, true, &within) == 0 &&
           addr_parse(n->address, &addr) == 0 &&
           prefix_contains(&within, &addr);
}

static void call_cloud(struct maps_roll_call *q, const struct map *m,
                       uint32_t cloud)
{
    struct ident id;

    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        const char *device = n->bound[0] != '\0' ? n->bound : n->id;

        if (n->origin != MAP_CLOUD && ident_parse(device, &id) == 0 &&
            is_in(m, n, cloud))
            *array_add(&q->members) = id;
    }
}

static int by_ident(const void *a, const void *b)
{
    return ident_compare(a, b);
}

/* In the thread. */
static void call_work(void *arg)
{
    struct maps_roll_call *q = arg;
    bool made;
    struct maps_file *f = maps_stock_demand(q->maps->shelf, q->map, &made);
    const struct map *m = f != NULL ? maps_shelf_open(f) : NULL;

    for (uint32_t i = 0; m != NULL && i < m->nodes.count; i++)
        if (m->nodes.at[i].origin == MAP_CLOUD &&
            (strcmp(map_node_label(&m->nodes.at[i]), q->cloud) == 0 ||
             strcmp(m->nodes.at[i].id, q->cloud) == 0))
            call_cloud(q, m, i);
    maps_shelf_rest(q->maps->shelf);
    if (q->members.count > 0)
        qsort(q->members.at, q->members.count, sizeof *q->members.at, by_ident);
}

static void on_called(void *arg, bool worked)
{
    struct maps_roll_call *q = arg;
    struct maps_roll_call **at = &q->maps->roll_calls;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    if (worked && q->done != NULL)
        q->done(q->arg, q->members.at, q->members.count);
    array_fini(&q->members);
    free(q->map);
    free(q->cloud);
    free(q);
}

void maps_members(struct maps *maps, const char *cloud, maps_members_fn done,
                  void *arg)
{
    struct maps_roll_call *q = mem_new(struct maps_roll_call);
    size_t len = strcspn(cloud, "/");

    q->maps = maps;
    q->map = mem_text_of(cloud, len);
    q->cloud = mem_text(cloud[len] == '/' ? cloud + len + 1 : "");
    q->done = done;
    q->arg = arg;
    q->next = maps->roll_calls;
    maps->roll_calls = q;
    worker_do(maps->worker, call_work, on_called, q);
}

void maps_members_forget(struct maps *maps, const void *arg)
{
    for (struct maps_roll_call *q = maps->roll_calls; q != NULL; q = q->next)
        if (q->arg == arg)
            q->done = NULL;
}
