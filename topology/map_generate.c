#include "topology/map.h"
#include "topology/map_doc.h"

/* What a view takes of a topology: one flag a node, and the layer of links. */
struct choice {
    const struct topology *t;
    const struct topo_input *input;
    const struct prefix *prefix;
    bool *takes; /* as t->nodes */
};

static const enum map_origin origins[] = {
    [NODE_DEVICE] = MAP_DEVICE,
    [NODE_GHOST] = MAP_GHOST,
    [NODE_SEGMENT] = MAP_SEGMENT,
    [NODE_SUBNET] = MAP_SUBNET,
};

static bool is_layer(const struct topo_link *l, uint8_t layer)
{
    return l->layer == layer;
}

/* Layer 2: every device, and what their cables lead to. */
static void choose_physical(struct choice *c)
{
    for (size_t i = 0; i < c->t->nodes.count; i++)
        c->takes[i] = c->t->nodes.at[i].origin == NODE_DEVICE;
    for (size_t i = 0; i < c->t->links.count; i++) {
        const struct topo_link *l = &c->t->links.at[i];

        if (is_layer(l, 2))
            c->takes[l->a] = c->takes[l->b] = true;
    }
}

static bool is_routing(enum device_kind kind)
{
    return kind == KIND_ROUTER || kind == KIND_L3SWITCH ||
           kind == KIND_FIREWALL || kind == KIND_STATION;
}

/* Layer 3: subnets, and what joins them: devices that route or stand in two of
 * them. A host in one subnet is told by the subnet's count. */
static void choose_network(struct choice *c)
{
    size_t count = c->t->nodes.count;
    OWNED(free) char *owned = mem_array(count + 1, sizeof(unsigned));
    unsigned *degree = (unsigned *)(void *)owned;

    for (size_t i = 0; i < c->t->links.count; i++) {
        const struct topo_link *l = &c->t->links.at[i];

        if (is_layer(l, 3)) {
            degree[l->a]++;
            degree[l->b]++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct topo_node *n = &c->t->nodes.at[i];

        c->takes[i] = n->origin == NODE_SUBNET ||
                      (degree[i] > 0 && is_routing(n->kind)) || degree[i] > 1;
    }
}

static bool device_is_within(const struct topo_device *d,
                             const struct prefix *p)
{
    for (size_t i = 0; i < d->addr_count; i++)
        if (prefix_contains(p, &d->addrs[i]))
            return true;
    return false;
}

/* Devices and ghosts with an address within, and the segments that join at
 * least two of them. */
static void choose_prefix(struct choice *c)
{
    const struct topology *t = c->t;
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(unsigned));
    unsigned *members = (unsigned *)(void *)owned;

    for (size_t i = 0; i < t->nodes.count; i++) {
        const struct topo_node *n = &t->nodes.at[i];

        if (n->origin == NODE_DEVICE && n->device < c->input->count)
            c->takes[i] =
                device_is_within(&c->input->devices[n->device], c->prefix);
        else if (n->origin == NODE_GHOST && addr_is_set(&n->addr))
            c->takes[i] = prefix_contains(c->prefix, &n->addr);
    }
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        members[l->a] += c->takes[l->b];
        members[l->b] += c->takes[l->a];
    }
    for (size_t i = 0; i < t->nodes.count; i++)
        if (t->nodes.at[i].origin == NODE_SEGMENT && members[i] > 1)
            c->takes[i] = true;
}

static void describe_device(struct map *m, struct map_node *n,
                            const struct topo_device *d)
{
    char text[ADDR_TEXT_MAX];

    if (d->addr_count > 0)
        n->address =
            arena_text(m->arena, addr_format(&d->addrs[0], text, sizeof text));
    if (d->facts != NULL)
        n->detail = arena_text(m->arena, d->facts->identity.hardware);
    if (d->station)
        n->kind = KIND_STATION;
}

static void add_node(struct map *m, const struct choice *c, size_t i)
{
    const struct topo_node *from = &c->t->nodes.at[i];
    char id[IDENT_TEXT_MAX], text[ADDR_TEXT_MAX];
    struct map_node *n;

    ident_format(&from->id, id, sizeof id);
    if (map_find_node(m, id) != UINT32_MAX)
        return;
    n = map_add_node(m, id);
    n->label = arena_text(m->arena, from->name);
    n->origin = origins[from->origin];
    n->kind = from->kind;
    n->detail = arena_text(m->arena, from->descr);
    if (addr_is_set(&from->addr))
        n->address =
            arena_text(m->arena, addr_format(&from->addr, text, sizeof text));
    if (from->origin == NODE_DEVICE) {
        n->state = MAP_UNKNOWN;
        if (from->device < c->input->count)
            describe_device(m, n, &c->input->devices[from->device]);
    } else if (from->origin == NODE_SEGMENT) {
        n->kind = KIND_SEGMENT;
    } else if (from->origin == NODE_SUBNET) {
        n->state = MAP_UP;
    }
}

static void add_link(struct map *m, const struct choice *c,
                     const struct topo_link *from)
{
    struct buffer OWNED_BUFFER evidence = {0};
    char id[IDENT_TEXT_MAX];
    uint32_t a = map_find_node(
        m, ident_format(&c->t->nodes.at[from->a].id, id, sizeof id));
    uint32_t b = map_find_node(
        m, ident_format(&c->t->nodes.at[from->b].id, id, sizeof id));

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
    l->why = arena_text(m->arena, from->why);
}

/* How many devices stand in each subnet of a map of the network layer. */
static void count_members(struct map *m, const struct topology *t)
{
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(unsigned));
    unsigned *members = (unsigned *)(void *)owned;
    char id[IDENT_TEXT_MAX], words[32];

    for (size_t i = 0; i < t->links.count; i++)
        if (is_layer(&t->links.at[i], 3)) {
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
            m->nodes.at[at].detail = arena_text(m->arena, words);
    }
}

static bool link_belongs(enum map_view view, const struct choice *c,
                         const struct topo_link *l)
{
    if (!c->takes[l->a] || !c->takes[l->b])
        return false;
    return view == MAP_NETWORK ? is_layer(l, 3) : is_layer(l, 2);
}

struct map *map_generate(const char *name, enum map_view view,
                         const struct topology *t,
                         const struct topo_input *input,
                         const struct prefix *prefix)
{
    struct map *m = map_new(name, view);
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(bool));
    struct choice c = {t, input, prefix, (bool *)owned};
    char text[ADDR_TEXT_MAX];

    if (view == MAP_NETWORK)
        choose_network(&c);
    else if (view == MAP_PREFIX && prefix != NULL)
        choose_prefix(&c);
    else
        choose_physical(&c);
    if (view == MAP_PREFIX && prefix != NULL)
        m->prefix =
            arena_text(m->arena, prefix_format(prefix, text, sizeof text));
    for (size_t i = 0; i < t->nodes.count; i++)
        if (c.takes[i] && m->nodes.count < MAP_NODES_MAX)
            add_node(m, &c, i);
    for (size_t i = 0; i < t->links.count; i++)
        if (link_belongs(view, &c, &t->links.at[i]) &&
            m->links.count < MAP_LINKS_MAX)
            add_link(m, &c, &t->links.at[i]);
    if (view == MAP_NETWORK)
        count_members(m, t);
    return m;
}
