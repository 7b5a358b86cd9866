#include "topology/map_generate.h"
#include "topology/map_choose.h"
#include "topology/map_cluster.h"
#include "topology/map_doc.h"
#include "topology/map_inside.h"

static const enum map_origin origins[] = {
    [NODE_DEVICE] = MAP_DEVICE,
    [NODE_GHOST] = MAP_GHOST,
    [NODE_SEGMENT] = MAP_SEGMENT,
    [NODE_SUBNET] = MAP_SUBNET,
};

static void describe_device(struct map *m, struct map_node *n,
                            const struct topo_device *d)
{
    struct buffer OWNED_BUFFER others = {0};
    char text[ADDR_TEXT_MAX];

    if (d->addr_count > 0)
        n->address =
            arena_text(m->arena, addr_format(&d->addrs[0], text, sizeof text));
    for (size_t i = 1; i < d->addr_count && i <= MAP_ADDRESSES_MAX; i++)
        buffer_format(&others, "%s%s", i > 1 ? " " : "",
                      addr_format(&d->addrs[i], text, sizeof text));
    if (others.len > 0)
        n->addresses = arena_text(m->arena, others.at);
    if (d->facts != NULL)
        n->detail = arena_text(m->arena, d->facts->identity.hardware);
    if (d->station)
        n->kind = KIND_STATION;
}

/* The map that a subnet leads into. */
static const char *map_of_subnet(struct map *m, const struct topo_node *n)
{
    struct map_subject subject = {.view = MAP_PREFIX, .prefix = n->prefix};
    struct buffer OWNED_BUFFER name = {0};

    map_subject_name(&subject, &name);
    return arena_text(m->arena, name.at);
}

static void add_node(struct map *m, const struct map_sources *from, size_t i)
{
    const struct topo_node *node = &from->topology->nodes.at[i];
    char id[IDENT_TEXT_MAX], text[ADDR_TEXT_MAX];
    struct map_node *n;

    ident_format(&node->id, id, sizeof id);
    if (map_find_node(m, id) != UINT32_MAX)
        return;
    n = map_add_node(m, id);
    n->label = arena_text(m->arena, node->name);
    n->origin = origins[node->origin];
    n->kind = node->kind;
    n->detail = arena_text(m->arena, node->descr);
    if (addr_is_set(&node->addr))
        n->address =
            arena_text(m->arena, addr_format(&node->addr, text, sizeof text));
    if (node->origin == NODE_DEVICE) {
        n->state = MAP_UNKNOWN;
        if (node->device < from->input->count)
            describe_device(m, n, &from->input->devices[node->device]);
    } else if (node->origin == NODE_SEGMENT) {
        n->kind = KIND_SEGMENT;
    } else if (node->origin == NODE_SUBNET) {
        n->state = MAP_UP;
        n->leads = map_of_subnet(m, node);
    }
}

static void add_link(struct map *m, const struct topology *t,
                     const struct topo_link *from)
{
    struct buffer OWNED_BUFFER evidence = {0};
    char id[IDENT_TEXT_MAX];
    uint32_t a =
        map_find_node(m, ident_format(&t->nodes.at[from->a].id, id, sizeof id));
    uint32_t b =
        map_find_node(m, ident_format(&t->nodes.at[from->b].id, id, sizeof id));

    if (a == UINT32_MAX || b == UINT32_MAX)
        return;
    struct map_link *l = map_add_link(m, a, b);
    link_evidence_text(from->evidence, &evidence);
    l->id = arena_text(m->arena, ident_format(&from->id, id, sizeof id));
    l->a_port = arena_text(m->arena, from->a_port);
    l->b_port = arena_text(m->arena, from->b_port);
    l->layer = from->layer;
    l->kind = from->kind;
    l->state = from->state;
    l->speed_bps = from->speed_bps;
    l->evidence = arena_text(m->arena, evidence.at);
    l->confidence = from->confidence;
    l->one_sided = topo_link_is_one_sided(from);
    l->why = arena_text(m->arena, from->why);
}

/* ---- what a map says beyond its nodes and links ---- */

/* How many devices stand in each subnet of a map of the network layer. */
static void count_members(struct map *m, const struct topology *t)
{
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(unsigned));
    unsigned *members = (unsigned *)(void *)owned;
    char id[IDENT_TEXT_MAX], words[32];

    for (size_t i = 0; i < t->links.count; i++)
        if (t->links.at[i].layer == 3) {
            members[t->links.at[i].a]++;
            members[t->links.at[i].b]++;
        }
    for (size_t i = 0; i < t->nodes.count; i++) {
        if (t->nodes.at[i].origin != NODE_SUBNET)
            continue;
        uint32_t at =
            map_find_node(m, ident_format(&t->nodes.at[i].id, id, sizeof id));
        snprintf(words, sizeof words, "%u device%s", members[i],
                 members[i] == 1 ? "" : "s");
        if (at != UINT32_MAX)
            m->nodes.at[at].note = arena_text(m->arena, words);
    }
}

/* What a map is about stands out, and says why. */
static void set_focus(struct map *m, const struct choice *c)
{
    char id[IDENT_TEXT_MAX];

    if (c->focus == UINT32_MAX)
        return;
    uint32_t at =
        map_find_node(m, ident_format(&c->from->topology->nodes.at[c->focus].id,
                                      id, sizeof id));
    if (at == UINT32_MAX)
        return;
    m->nodes.at[at].focus = true;
    if (m->view == MAP_TREE)
        m->nodes.at[at].note = "root";
}

/* The map to go back to from here. */
static const char *map_above(enum map_view view)
{
    static const char *const above[MAP_VIEWS] = {
        [MAP_INSIDE] = "physical",  [MAP_PREFIX] = "network",
        [MAP_SITE] = "sites",       [MAP_VLAN] = "physical",
        [MAP_TREE] = "physical",    [MAP_NEAR] = "physical",
        [MAP_STATION] = "physical",
    };

    return above[view] != NULL ? above[view] : "";
}

/* Folds what is large; a map of a cloud is the inside of one that folded. */
static bool fold(struct map *m, const struct map_subject *subject,
                 const struct map_sources *from)
{
    bool sites = subject->view == MAP_SITES || subject->view == MAP_SITE;
    bool found = true;

    map_cluster(m, from, sites);
    if (subject->view == MAP_SITE || subject->view == MAP_INSIDE)
        found = map_cut_inside(m, m->name);
    map_fold(m);
    return found;
}

struct map *map_generate(const struct map_subject *subject,
                         const struct map_sources *from)
{
    const struct topology *t = from->topology;
    struct buffer OWNED_BUFFER name = {0};
    struct map_subject named = *subject;
    struct choice c;
    char text[ADDR_TEXT_MAX];

    choice_init(&c, from);
    if (!choice_make(&c, subject)) {
        choice_fini(&c);
        return NULL;
    }
    if (c.of[0] != '\0')
        memcpy(named.of, c.of, sizeof named.of);
    map_subject_name(&named, &name);
    struct map *m = map_new(name.at, subject->view);
    m->up = map_above(subject->view);
    if (subject->view == MAP_PREFIX)
        m->prefix = arena_text(
            m->arena, prefix_format(&subject->prefix, text, sizeof text));
    for (size_t i = 0; i < t->nodes.count; i++)
        if (c.nodes[i] && m->nodes.count < MAP_NODES_MAX)
            add_node(m, from, i);
    for (size_t i = 0; i < t->links.count; i++)
        if (c.links[i] && m->links.count < MAP_LINKS_MAX)
            add_link(m, t, &t->links.at[i]);
    if (subject->view == MAP_NETWORK)
        count_members(m, t);
    set_focus(m, &c);
    choice_fini(&c);
    if (!fold(m, subject, from)) {
        map_free(m);
        return NULL;
    }
    return m;
}
