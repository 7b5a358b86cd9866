/* What belongs to a map: one function a view. */
#include "topology/map_choose.h"

void choice_init(struct choice *c, const struct map_sources *from)
{
    *c = (struct choice){.from = from, .focus = UINT32_MAX};
    c->nodes = mem_array(from->topology->nodes.count + 1, sizeof *c->nodes);
    c->links = mem_array(from->topology->links.count + 1, sizeof *c->links);
}

void choice_fini(struct choice *c)
{
    free(c->nodes);
    free(c->links);
}

static bool is_layer(const struct topo_link *l, uint8_t layer)
{
    return l->layer == layer;
}

static const struct topo_device *device_of(const struct choice *c, size_t i)
{
    const struct topo_node *n = &c->from->topology->nodes.at[i];

    return n->origin == NODE_DEVICE && n->device < c->from->input->count
               ? &c->from->input->devices[n->device]
               : NULL;
}

/* Every link of a layer between two that are shown. */
static void take_links(struct choice *c, uint8_t layer)
{
    const struct topology *t = c->from->topology;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        c->links[i] = is_layer(l, layer) && c->nodes[l->a] && c->nodes[l->b];
    }
}

/* Segments that join at least two of those that are shown. */
static void take_segments(struct choice *c)
{
    const struct topology *t = c->from->topology;
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(unsigned));
    unsigned *members = (unsigned *)(void *)owned;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        members[l->a] += c->nodes[l->b];
        members[l->b] += c->nodes[l->a];
    }
    for (size_t i = 0; i < t->nodes.count; i++)
        if (t->nodes.at[i].origin == NODE_SEGMENT && members[i] > 1)
            c->nodes[i] = true;
}

/* Layer 2: every device, and what their cables lead to. */
static bool choose_physical(struct choice *c, const struct map_subject *s)
{
    const struct topology *t = c->from->topology;

    (void)s;
    for (size_t i = 0; i < t->nodes.count; i++)
        c->nodes[i] = t->nodes.at[i].origin == NODE_DEVICE;
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (is_layer(l, 2))
            c->nodes[l->a] = c->nodes[l->b] = true;
    }
    take_links(c, 2);
    return true;
}

static bool is_routing(enum device_kind kind)
{
    return kind == KIND_ROUTER || kind == KIND_L3SWITCH ||
           kind == KIND_FIREWALL || kind == KIND_STATION;
}

/* Layer 3: subnets, and what joins them: devices that route or stand in two of
 * them. A host in one subnet is told by the subnet's count. */
static bool choose_network(struct choice *c, const struct map_subject *s)
{
    const struct topology *t = c->from->topology;
    OWNED(free) char *owned = mem_array(t->nodes.count + 1, sizeof(unsigned));
    unsigned *degree = (unsigned *)(void *)owned;

    (void)s;
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (is_layer(l, 3)) {
            degree[l->a]++;
            degree[l->b]++;
        }
    }
    for (size_t i = 0; i < t->nodes.count; i++) {
        const struct topo_node *n = &t->nodes.at[i];

        c->nodes[i] = n->origin == NODE_SUBNET ||
                      (degree[i] > 0 && is_routing(n->kind)) || degree[i] > 1;
    }
    take_links(c, 3);
    return true;
}

static bool is_within(const struct choice *c, size_t i, const struct prefix *p)
{
    const struct topo_node *n = &c->from->topology->nodes.at[i];
    const struct topo_device *d = device_of(c, i);

    if (n->origin == NODE_GHOST)
        return addr_is_set(&n->addr) && prefix_contains(p, &n->addr);
    for (size_t k = 0; d != NULL && k < d->addr_count; k++)
        if (prefix_contains(p, &d->addrs[k]))
            return true;
    return false;
}

/* Devices and ghosts with an address within, and the segments between. */
static bool choose_prefix(struct choice *c, const struct map_subject *s)
{
    const struct topology *t = c->from->topology;

    for (size_t i = 0; i < t->nodes.count; i++)
        c->nodes[i] = is_within(c, i, &s->prefix);
    take_segments(c);
    take_links(c, 2);
    return true;
}

/* Devices that have it, the links that carry it and what is at their ends. A
 * link of which no table knows its VLANs may carry it if both ends have it. */
static bool choose_vlan(struct choice *c, const struct map_subject *s)
{
    const struct topology *t = c->from->topology;
    const struct survey *y = c->from->survey;
    bool any = false;

    for (size_t i = 0; y != NULL && i < y->vlan_nodes.count; i++)
        if (y->vlan_nodes.at[i].vlan == s->vlan)
            c->nodes[y->vlan_nodes.at[i].of] = any = true;
    for (size_t i = 0; any && i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        c->links[i] = is_layer(l, 2) && !y->tells_vlans[i] && c->nodes[l->a] &&
                      c->nodes[l->b];
    }
    for (size_t i = 0; any && i < y->vlan_links.count; i++)
        if (y->vlan_links.at[i].vlan == s->vlan) {
            const struct topo_link *l = &t->links.at[y->vlan_links.at[i].of];

            c->links[y->vlan_links.at[i].of] = true;
            c->nodes[l->a] = c->nodes[l->b] = true;
        }
    return any;
}

/* How well a name fits what is asked for. */
enum fit { FIT_NONE, FIT_EARLIER, FIT_PART, FIT_WHOLE };

/* name: as it stands in a map's. */
static enum fit fit_of(const char *name, const char *asked)
{
    if (strcmp(name, asked) == 0)
        return FIT_PART;
    return map_subject_was(name, asked) ? FIT_EARLIER : FIT_NONE;
}

struct map_parts *choice_tree_parts(const struct survey *y)
{
    struct map_parts *parts = map_parts_new();

    for (size_t i = 0; i < y->trees.count; i++)
        map_parts_add(parts, y->trees.at[i].name);
    return parts;
}

static uint32_t find_tree(struct choice *c, const struct survey *y,
                          const char *asked)
{
    OWNED(map_parts_free) struct map_parts *parts = choice_tree_parts(y);
    uint32_t tree = UINT32_MAX;
    enum fit best = FIT_EARLIER;

    for (uint32_t i = 0; i < y->trees.count; i++) {
        struct map_subject s =
            map_parts_subject(parts, MAP_TREE, y->trees.at[i].name);
        enum fit fit = fit_of(s.of, asked);

        if (fit < best)
            continue;
        best = fit;
        tree = i;
        memcpy(c->of, s.of, sizeof c->of);
    }
    return tree;
}

/* The bridges that agree on a root, and the cables between them. */
static bool choose_tree(struct choice *c, const struct map_subject *s)
{
    const struct topology *t = c->from->topology;
    const struct survey *y = c->from->survey;
    uint32_t tree = y != NULL ? find_tree(c, y, s->of) : UINT32_MAX;

    if (tree == UINT32_MAX)
        return false;
    for (size_t i = 0; i < t->nodes.count; i++)
        c->nodes[i] = y->tree_of[i] == tree;
    c->focus = y->trees.at[tree].node;
    take_segments(c);
    take_links(c, 2);
    return true;
}

/* ---- neighbourhoods ---- */

static bool has_address(const struct topo_device *d, const struct addr *addr)
{
    for (size_t k = 0; k < d->addr_count; k++)
        if (addr_equal(&d->addrs[k], addr))
            return true;
    return false;
}

/* A device by its name, as it stands in a map's, or by an address. */
static uint32_t find_device(struct choice *c, const char *text)
{
    const struct topology *t = c->from->topology;
    struct addr addr;
    bool is_addr = addr_parse(text, &addr) == 0;
    uint32_t found = UINT32_MAX;
    enum fit best = FIT_NONE;

    for (uint32_t i = 0; i < t->nodes.count; i++) {
        const struct topo_device *d = device_of(c, i);
        const char *name = t->nodes.at[i].name;
        struct buffer OWNED_BUFFER part = {0};

        if (d == NULL)
            continue;
        if (is_addr && has_address(d, &addr)) {
            c->of[0] = '\0';
            return i;
        }
        map_subject_part(name, &part);
        enum fit fit =
            strcmp(name, text) == 0 ? FIT_WHOLE : fit_of(part.at, text);
        if (fit <= best)
            continue;
        best = fit;
        found = i;
        memcpy(c->of, part.at, part.len + 1);
    }
    return found;
}

/* Who is linked to whom on a layer: links of n are of[start[n]] and on. */
struct reach {
    uint32_t *start, *of;
};

static void reach_init(struct reach *r, const struct topology *t, uint8_t layer)
{
    size_t fill = 0;

    r->start = mem_array(t->nodes.count + 2, sizeof *r->start);
    r->of = mem_array(2 * t->links.count + 1, sizeof *r->of);
    for (size_t i = 0; i < t->links.count; i++)
        if (is_layer(&t->links.at[i], layer)) {
            r->start[t->links.at[i].a + 2]++;
            r->start[t->links.at[i].b + 2]++;
            fill += 2;
        }
    for (size_t i = 2; i < t->nodes.count + 2; i++)
        r->start[i] += r->start[i - 1];
    for (size_t i = 0; fill > 0 && i < t->links.count; i++)
        if (is_layer(&t->links.at[i], layer)) {
            const struct topo_link *l = &t->links.at[i];

            r->of[r->start[l->a + 1]++] = l->b;
            r->of[r->start[l->b + 1]++] = l->a;
        }
}

static void reach_fini(struct reach *r)
{
    free(r->start);
    free(r->of);
}

/* Breadth first. An unmanaged segment or a subnet is no step: who shares it is
 * a neighbor. */
static void take_near(struct choice *c, const struct reach *r, unsigned depth)
{
    const struct topology *t = c->from->topology;
    uint32_t *queue = mem_array(t->nodes.count + 1, sizeof *queue);
    uint32_t *next = mem_array(t->nodes.count + 1, sizeof *next);
    size_t count = 0, taken = 1;

    queue[count++] = c->focus;
    c->nodes[c->focus] = true;
    for (unsigned step = 0; step < depth && count > 0; step++) {
        size_t found = 0;

        for (size_t i = 0; i < count; i++)
            for (uint32_t k = r->start[queue[i]]; k < r->start[queue[i] + 1];
                 k++) {
                uint32_t to = r->of[k];
                enum node_origin origin = t->nodes.at[to].origin;

                if (c->nodes[to] || taken >= MAP_NEAR_NODES_MAX)
                    continue;
                c->nodes[to] = true;
                taken++;
                if (origin == NODE_SEGMENT || origin == NODE_SUBNET)
                    queue[count++] = to; /* its others in this very step */
                else
                    next[found++] = to;
            }
        memcpy(queue, next, found * sizeof *queue);
        count = found;
    }
    free(queue);
    free(next);
}

/* By cables; where none is known, by subnets. The layer it was. */
static uint8_t choose_around(struct choice *c, unsigned depth)
{
    struct reach r;
    uint8_t layer = 2;

    reach_init(&r, c->from->topology, layer);
    if (r.start[c->focus] == r.start[c->focus + 1]) { /* no cable is known */
        reach_fini(&r);
        reach_init(&r, c->from->topology, ++layer);
    }
    take_near(c, &r, depth);
    take_links(c, layer);
    reach_fini(&r);
    return layer;
}

static bool choose_near(struct choice *c, const struct map_subject *s)
{
    c->focus = find_device(c, s->of);
    if (c->focus == UINT32_MAX)
        return false;
    (void)choose_around(c, s->depth);
    return true;
}

/* Of those that share a subnet with it, the way out is of interest alone. */
static void leave_routers(struct choice *c)
{
    const struct topology *t = c->from->topology;

    for (size_t i = 0; i < t->nodes.count; i++)
        c->nodes[i] = c->nodes[i] &&
                      (i == c->focus || t->nodes.at[i].origin == NODE_SUBNET ||
                       is_routing(t->nodes.at[i].kind));
    take_links(c, 3);
}

/* The station, and what it is plugged into. */
static bool choose_station(struct choice *c, const struct map_subject *s)
{
    enum { UPLINKS = 1 };

    (void)s;
    for (uint32_t i = 0; i < c->from->topology->nodes.count; i++) {
        const struct topo_device *d = device_of(c, i);

        if (d != NULL && d->station)
            c->focus = i;
    }
    if (c->focus == UINT32_MAX)
        return false;
    if (choose_around(c, UPLINKS) == 3)
        leave_routers(c);
    return true;
}

bool choice_make(struct choice *c, const struct map_subject *s)
{
    static bool (*const choose[MAP_VIEWS])(struct choice * c,
                                           const struct map_subject *s) = {
        [MAP_PHYSICAL] = choose_physical, [MAP_NETWORK] = choose_network,
        [MAP_PREFIX] = choose_prefix,     [MAP_SITES] = choose_physical,
        [MAP_SITE] = choose_physical,     [MAP_INSIDE] = choose_physical,
        [MAP_VLAN] = choose_vlan,         [MAP_TREE] = choose_tree,
        [MAP_NEAR] = choose_near,         [MAP_STATION] = choose_station,
    };

    return choose[s->view] != NULL && choose[s->view](c, s);
}
