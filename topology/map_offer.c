#include "topology/map_offer.h"
#include "topology/map_choose.h"

enum { WORTH = 2 /* devices that make a map */ };

static void offer(struct map_offers *o, const struct map_subject *subject,
                  const char *title, size_t nodes)
{
    struct buffer OWNED_BUFFER name = {0};

    map_subject_name(subject, &name);
    *array_add(&o->list) = (struct map_offer){
        .name = arena_text(o->arena, name.at),
        .title = arena_text(o->arena, title),
        .view = subject->view,
        .nodes = nodes,
    };
}

/* ---- sites ---- */

static int texts_order(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static void offer_sites(struct map_offers *o, const struct map_sources *from)
{
    OWNED(map_parts_free) struct map_parts *parts = map_parts_new();
    const char **sites = mem_array(from->input->count + 1, sizeof *sites);
    size_t count = 0, offered = 0, end;

    for (size_t i = 0; i < from->input->count; i++) {
        struct buffer OWNED_BUFFER site = {0};

        site_of(&from->sites, &from->input->devices[i], &site);
        if (site.len == 0)
            continue;
        sites[count++] = arena_text(o->arena, site.at);
        map_parts_add(parts, site.at);
    }
    if (count > 0)
        qsort(sites, count, sizeof *sites, texts_order);
    for (size_t i = 0; i < count && offered < MAP_OFFERS_MAX; i = end) {
        for (end = i + 1; end < count && strcmp(sites[end], sites[i]) == 0;)
            end++;
        if (end - i < WORTH)
            continue;
        struct map_subject subject =
            map_parts_subject(parts, MAP_SITE, sites[i]);
        offer(o, &subject, sites[i], end - i);
        offered++;
    }
    free(sites);
    if (offered > 0)
        offer(o, &(struct map_subject){.view = MAP_SITES}, "", count);
}

/* ---- VLANs, spanning trees, subnets ---- */

static void offer_vlans(struct map_offers *o, const struct survey *y)
{
    size_t offered = 0;

    for (size_t i = 0; i < y->vlans.count && offered < MAP_OFFERS_MAX; i++) {
        const struct survey_vlan *v = &y->vlans.at[i];

        if (v->devices < WORTH)
            continue;
        offer(o, &(struct map_subject){.view = MAP_VLAN, .vlan = v->id},
              v->name, v->devices);
        offered++;
    }
}

static void offer_trees(struct map_offers *o, const struct survey *y)
{
    OWNED(map_parts_free) struct map_parts *parts = choice_tree_parts(y);
    size_t offered = 0;

    for (size_t i = 0; i < y->trees.count && offered < MAP_OFFERS_MAX; i++) {
        const struct survey_tree *tree = &y->trees.at[i];
        struct map_subject subject =
            map_parts_subject(parts, MAP_TREE, tree->name);

        if (tree->bridges < WORTH)
            continue;
        offer(o, &subject, "", tree->bridges);
        offered++;
    }
}

static void offer_prefixes(struct map_offers *o, const struct topology *t)
{
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(unsigned));
    unsigned *members = (unsigned *)(void *)owned;
    size_t offered = 0;

    for (size_t i = 0; i < t->links.count; i++) {
        members[t->links.at[i].a]++;
        members[t->links.at[i].b]++;
    }
    for (size_t i = 0; i < t->nodes.count && offered < MAP_OFFERS_MAX; i++) {
        const struct topo_node *n = &t->nodes.at[i];

        if (n->origin != NODE_SUBNET || members[i] < WORTH)
            continue;
        offer(o, &(struct map_subject){.view = MAP_PREFIX, .prefix = n->prefix},
              "", members[i]);
        offered++;
    }
}

static void offer_station(struct map_offers *o, const struct map_sources *from)
{
    for (size_t i = 0; i < from->input->count; i++)
        if (from->input->devices[i].station) {
            offer(o, &(struct map_subject){.view = MAP_STATION}, "", 1);
            return;
        }
}

static int offers_order(const void *a, const void *b)
{
    const struct map_offer *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* Each name once. */
static void join_equals(struct map_offers *o)
{
    size_t kept = 0;

    if (o->list.count > 0)
        qsort(o->list.at, o->list.count, sizeof *o->list.at, offers_order);
    for (size_t i = 0; i < o->list.count; i++)
        if (kept > 0 &&
            strcmp(o->list.at[kept - 1].name, o->list.at[i].name) == 0)
            o->list.at[kept - 1].nodes += o->list.at[i].nodes;
        else
            o->list.at[kept++] = o->list.at[i];
    o->list.count = kept;
}

struct map_offers *map_offers_new(const struct map_sources *from)
{
    struct map_offers *o = mem_new(struct map_offers);

    o->arena = arena_new();
    offer_sites(o, from);
    if (from->survey != NULL) {
        offer_vlans(o, from->survey);
        offer_trees(o, from->survey);
    }
    offer_prefixes(o, from->topology);
    offer_station(o, from);
    join_equals(o);
    return o;
}

void map_offers_free(struct map_offers *o)
{
    if (o == NULL)
        return;
    array_fini(&o->list);
    arena_free(o->arena);
    free(o);
}
