/* Which devices are in clouds of maps. */
#include "base/log.h"
#include "station/maps_parts.h"
#include "topology/map_doc.h"

#include <stdlib.h>
#include <string.h>

/* One question: asked by the loop, answered by the thread. */
struct maps_roll_call {
    struct maps *maps;
    char *asked;      /* as asked; NULL: all clouds */
    char *map, *name; /* of that cloud */
    struct roll_members ARRAY_OF(struct cloud_member) members;
    struct arena *arena;  /* holds names of clouds */
    maps_members_fn done; /* NULL: forgotten */
    void *arg;
    struct maps_roll_call *next;
};

/* A cloud of the map at hand that is asked for. */
struct roll_cloud {
    uint32_t node; /* of the map */
    const char *name;
    bool has_prefix;
    struct prefix within;
};
struct roll_clouds ARRAY_OF(struct roll_cloud);

static bool is_asked(const struct maps_roll_call *q, const struct map_node *n)
{
    return n->origin == MAP_CLOUD &&
           (q->asked == NULL || strcmp(map_node_label(n), q->name) == 0 ||
            strcmp(n->id, q->name) == 0);
}

static void list_clouds(struct maps_roll_call *q, const struct map *m,
                        struct roll_clouds *out)
{
    struct buffer OWNED_BUFFER name = {0};

    for (uint32_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (!is_asked(q, n))
            continue;
        struct roll_cloud *c = array_add(out);

        buffer_clear(&name);
        buffer_format(&name, "%s/%s", map_name(m), map_node_label(n));
        *c = (struct roll_cloud){
            .node = i,
            .name =
                arena_text(q->arena, q->asked != NULL ? q->asked : name.at)};
        c->has_prefix = n->within[0] != '\0' &&
                        prefix_parse(n->within, true, &c->within) == 0;
    }
}

static int by_node(const void *a, const void *b)
{
    const struct roll_cloud *x = a, *y = b;

    return (x->node > y->node) - (x->node < y->node);
}

static void call_clouds_around(struct maps_roll_call *q, const struct map *m,
                               const struct roll_clouds *clouds,
                               const struct map_node *n,
                               const struct ident *device)
{
    uint32_t at = map_cloud_of(m, n);

    for (int depth = 0; at != UINT32_MAX && depth < MAP_CLOUD_DEPTH_MAX;
         depth++) {
        const struct roll_cloud key = {.node = at};
        const struct roll_cloud *c = bsearch(&key, clouds->at, clouds->count,
                                             sizeof *clouds->at, by_node);

        if (c != NULL)
            *array_add(&q->members) = (struct cloud_member){c->name, *device};
        at = map_cloud_of(m, &m->nodes.at[at]);
    }
}

static void call_by_address(struct maps_roll_call *q,
                            const struct roll_clouds *prefixed,
                            const struct map_node *n,
                            const struct ident *device)
{
    struct addr addr;

    if (prefixed->count == 0 || addr_parse(n->address, &addr) < 0)
        return;
    for (size_t i = 0; i < prefixed->count; i++)
        if (prefix_contains(&prefixed->at[i].within, &addr))
            *array_add(&q->members) =
                (struct cloud_member){prefixed->at[i].name, *device};
}

static void call_map(struct maps_roll_call *q, const struct map *m)
{
    struct roll_clouds clouds = {0}, prefixed = {0};
    struct ident id;

    list_clouds(q, m, &clouds);
    for (size_t i = 0; i < clouds.count; i++)
        if (clouds.at[i].has_prefix)
            *array_add(&prefixed) = clouds.at[i];
    for (size_t i = 0; clouds.count > 0 && i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        const char *device = n->bound[0] != '\0' ? n->bound : n->id;

        if (n->origin == MAP_CLOUD || ident_parse(device, &id) < 0)
            continue;
        call_clouds_around(q, m, &clouds, n, &id);
        call_by_address(q, &prefixed, n, &id);
    }
    array_fini(&clouds);
    array_fini(&prefixed);
}

static int by_cloud(const void *a, const void *b)
{
    const struct cloud_member *x = a, *y = b;
    int order = strcmp(x->cloud, y->cloud);

    return order != 0 ? order : ident_compare(&x->device, &y->device);
}

/* In order, each once; clouds as a whole, until there are too many. */
static void settle(struct maps_roll_call *q)
{
    struct cloud_member *m = q->members.at;
    size_t kept = 0, from = 0;

    if (q->members.count > 0)
        qsort(m, q->members.count, sizeof *m, by_cloud);
    for (size_t i = 0; i < q->members.count; i++) {
        if (kept > 0 && by_cloud(&m[kept - 1], &m[i]) == 0)
            continue;
        if (kept == 0 || strcmp(m[kept - 1].cloud, m[i].cloud) != 0)
            from = kept;
        if (kept == CLOUD_MEMBERS_MAX) {
            log_warning("maps: cloud %s and those behind it are too many: "
                        "their risk is not known",
                        m[i].cloud);
            kept = from;
            break;
        }
        m[kept++] = m[i];
    }
    q->members.count = kept;
}

/* The clouds of one document; of one that cannot be read, none. */
static void call_file(struct maps_roll_call *q, struct maps_file *f)
{
    bool passing = f->found == NULL && f->asked > 0;
    const struct map *m = maps_shelf_open(f);

    if (m != NULL)
        call_map(q, m);
    if (passing)
        maps_shelf_close(f);
}

static void call_all(struct maps_roll_call *q)
{
    struct maps_shelf *shelf = q->maps->shelf;

    for (size_t i = 0; i < shelf->files.count; i++) {
        struct maps_file *f = shelf->files.at[i];

        if (f->asked == 0 || f->edited)
            call_file(q, f);
    }
}

/* In the thread. */
static void call_work(void *arg)
{
    struct maps_roll_call *q = arg;
    bool made;

    if (q->asked == NULL) {
        call_all(q);
    } else {
        struct maps_file *f = maps_stock_demand(q->maps->shelf, q->map, &made);

        if (f != NULL)
            call_file(q, f);
    }
    maps_shelf_rest(q->maps->shelf);
    settle(q);
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
    arena_free(q->arena);
    free(q->asked);
    free(q->map);
    free(q->name);
    free(q);
}

void maps_members(struct maps *maps, const char *cloud, maps_members_fn done,
                  void *arg)
{
    struct maps_roll_call *q = mem_new(struct maps_roll_call);

    q->maps = maps;
    if (cloud != NULL) {
        size_t len = strcspn(cloud, "/");

        q->asked = mem_text(cloud);
        q->map = mem_text_of(cloud, len);
        q->name = mem_text(cloud[len] == '/' ? cloud + len + 1 : "");
    }
    q->arena = arena_new();
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
