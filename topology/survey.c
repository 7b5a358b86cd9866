#include "topology/survey_parts.h"

static int pair_order(const void *a, const void *b)
{
    const struct survey_pair *x = a, *y = b;

    if (x->vlan != y->vlan)
        return x->vlan < y->vlan ? -1 : 1;
    return (x->of > y->of) - (x->of < y->of);
}

void survey_add(struct survey_pairs *to, uint16_t vlan, uint32_t of)
{
    if (vlan >= 1 && vlan <= VLAN_MAX && to->count < SURVEY_PAIRS_MAX)
        *array_add(to) = (struct survey_pair){of, vlan};
}

void survey_settle(struct survey_pairs *pairs, size_t from)
{
    size_t kept = from;

    if (pairs->count - from < 2)
        return;
    qsort(pairs->at + from, pairs->count - from, sizeof *pairs->at, pair_order);
    for (size_t i = from; i < pairs->count; i++)
        if (i == from || pair_order(&pairs->at[i - 1], &pairs->at[i]) != 0)
            pairs->at[kept++] = pairs->at[i];
    pairs->count = kept;
}

/* ---- which links a port has ---- */

/* "A port of node, or the bundle it is in, has this link." */
struct port_link {
    uint32_t node, if_index, link;
};
struct port_links ARRAY_OF(struct port_link);

static int port_link_order(const void *a, const void *b)
{
    const struct port_link *x = a, *y = b;

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->if_index != y->if_index)
        return x->if_index < y->if_index ? -1 : 1;
    return (x->link > y->link) - (x->link < y->link);
}

static void gather_port_links(const struct topology *t, struct port_links *out)
{
    for (uint32_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (l->layer != 2)
            continue;
        if (l->a_if_index != 0)
            *array_add(out) = (struct port_link){l->a, l->a_if_index, i};
        if (l->b_if_index != 0)
            *array_add(out) = (struct port_link){l->b, l->b_if_index, i};
    }
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, port_link_order);
}

/* The first entry of a node and port. */
static size_t port_links_from(const struct port_links *all, uint32_t node,
                              uint32_t if_index)
{
    struct port_link key = {node, if_index, 0};
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (port_link_order(&all->at[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The links of one device, also under the ifIndex of their bundles. */
static void links_of_device(const struct port_links *all, uint32_t node,
                            const struct facts *f, struct port_links *out)
{
    out->count = 0;
    for (size_t i = port_links_from(all, node, 0);
         i < all->count && all->at[i].node == node; i++)
        *array_add(out) = all->at[i];
    for (size_t k = 0; k < f->stack.count; k++) {
        const struct stack_entry *e = &f->stack.at[k];

        for (size_t i = port_links_from(all, node, e->lower);
             e->aggregate && i < all->count && all->at[i].node == node &&
             all->at[i].if_index == e->lower;
             i++)
            *array_add(out) =
                (struct port_link){node, e->upper, all->at[i].link};
    }
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, port_link_order);
}

/* ---- VLANs ---- */

static void take_vlans(struct survey *s, uint32_t node, const struct facts *f,
                       struct vlan_names *names)
{
    for (size_t i = 0; i < f->vlans.count; i++) {
        const struct vlan *v = &f->vlans.at[i];

        survey_add(&s->vlan_nodes, v->id, node);
        if (v->id <= VLAN_MAX && names->at[v->id] == NULL && v->name[0] != '\0')
            names->at[v->id] = arena_text(s->arena, v->name);
    }
}

/* At how many ends of a link the VLANs are known. */
struct tellers {
    uint32_t last; /* node + 1: a port may be told twice, and its bundle too */
    uint8_t count;
};

static void count_teller(struct tellers *t, uint32_t node)
{
    if (t->last != node + 1)
        t->count++;
    t->last = node + 1;
}

/* The VLANs of a port are those of its links; of such as the device has: a
 * trunk may be open for all that could be. */
static void take_members(struct survey *s, uint32_t node,
                         const struct port_links *links, const struct facts *f,
                         struct tellers *tell)
{
    for (size_t i = 0; i < f->port_vlans.count; i++) {
        const struct port_vlans *p = &f->port_vlans.at[i];

        for (size_t k = port_links_from(links, node, p->if_index);
             p->if_index != 0 && p->member.len > 0 && k < links->count &&
             links->at[k].if_index == p->if_index;
             k++) {
            uint32_t link = links->at[k].link;

            count_teller(&tell[link], node);
            s->tells_vlans[link] = true;
            for (size_t v = 0; v < f->vlans.count; v++)
                if (vlan_set_has(p->member, f->vlans.at[v].id))
                    survey_add(&s->vlan_links, f->vlans.at[v].id, link);
        }
    }
}

/* What was learned on a port in a VLAN came over its links. */
static void take_learned(struct survey *s, uint32_t node,
                         const struct port_links *links, const struct facts *f)
{
    for (size_t i = 0; i < f->fdb.count; i++) {
        const struct fdb_entry *e = &f->fdb.at[i];

        if (e->vlan == 0 || e->if_index == 0)
            continue;
        for (size_t k = port_links_from(links, node, e->if_index);
             k < links->count && links->at[k].if_index == e->if_index; k++) {
            survey_add(&s->vlan_links, e->vlan, links->at[k].link);
            s->tells_vlans[links->at[k].link] = true;
        }
    }
}

/* Leaves each link once, and none whose other end is known to be out of the
 * VLAN: those at which VLANs are known told each its own. */
static void agree(struct survey *s, const struct tellers *tell)
{
    struct survey_pairs *all = &s->vlan_links;
    size_t kept = 0, end;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, pair_order);
    for (size_t i = 0; i < all->count; i = end) {
        for (end = i + 1;
             end < all->count && pair_order(&all->at[i], &all->at[end]) == 0;)
            end++;
        if (end - i >= tell[all->at[i].of].count)
            all->at[kept++] = all->at[i];
    }
    all->count = kept;
}

void survey_count_vlans(struct survey *s, const struct vlan_names *names)
{
    for (size_t i = 0; i < s->vlan_nodes.count; i++) {
        uint16_t id = s->vlan_nodes.at[i].vlan;

        if (s->vlans.count == 0 || s->vlans.at[s->vlans.count - 1].id != id)
            *array_add(&s->vlans) = (struct survey_vlan){
                id, names->at[id] != NULL ? names->at[id] : "", 0};
        s->vlans.at[s->vlans.count - 1].devices++;
    }
}

/* ---- spanning trees ---- */

static int root_order(const void *a, const void *b)
{
    const struct survey_tree *x = a, *y = b;

    return memcmp(x->root, y->root, sizeof x->root);
}

static bool has_root(const struct facts *f)
{
    return f->bridge.stp_root.len == sizeof((struct survey_tree){0}.root);
}

void survey_settle_trees(struct survey *s)
{
    size_t kept = 0;

    if (s->trees.count > 0)
        qsort(s->trees.at, s->trees.count, sizeof *s->trees.at, root_order);
    for (size_t i = 0; i < s->trees.count && kept < SURVEY_TREES_MAX; i++)
        if (kept == 0 ||
            root_order(&s->trees.at[kept - 1], &s->trees.at[i]) != 0)
            s->trees.at[kept++] = s->trees.at[i];
    s->trees.count = kept;
}

static void gather_trees(struct survey *s, const struct topo_input *input)
{
    for (size_t i = 0; i < input->count; i++) {
        const struct facts *f = input->devices[i].facts;

        if (f == NULL || !has_root(f))
            continue;
        struct survey_tree *tree = array_add(&s->trees);

        memcpy(tree->root, f->bridge.stp_root.at, sizeof tree->root);
        tree->node = UINT32_MAX;
    }
    survey_settle_trees(s);
}

struct survey_tree *survey_tree_of_root(const struct survey *s,
                                        const uint8_t root[8])
{
    struct survey_tree key = {.node = 0};

    if (s->trees.count == 0)
        return NULL;
    memcpy(key.root, root, sizeof key.root);
    return bsearch(&key, s->trees.at, s->trees.count, sizeof *s->trees.at,
                   root_order);
}

static struct survey_tree *tree_of_facts(const struct survey *s,
                                         const struct facts *f)
{
    return f != NULL && has_root(f)
               ? survey_tree_of_root(s, f->bridge.stp_root.at)
               : NULL;
}

/* The root is the bridge that has the address of the root's id. */
static void find_roots(struct survey *s, const struct topo_input *input)
{
    for (uint32_t i = 0; i < input->count; i++) {
        const struct facts *f = input->devices[i].facts;
        struct survey_tree *tree = tree_of_facts(s, f);

        if (tree == NULL)
            continue;
        tree->bridges++;
        if (tree->node == UINT32_MAX &&
            memcmp(tree->root + 2, f->bridge.base_mac.octets,
                   sizeof f->bridge.base_mac.octets) == 0)
            tree->node = i;
    }
}

void survey_name_trees(struct survey *s, const struct topology *t)
{
    for (size_t i = 0; i < s->trees.count; i++) {
        struct survey_tree *tree = &s->trees.at[i];
        unsigned vlan = (tree->root[0] & 0x0FU) << 8 | tree->root[1];
        struct buffer OWNED_BUFFER name = {0};

        if (tree->node != UINT32_MAX)
            buffer_text(&name, t->nodes.at[tree->node].name);
        else
            for (size_t k = 2; k < sizeof tree->root; k++)
                buffer_format(&name, "%s%02x", k > 2 ? "-" : "", tree->root[k]);
        if (vlan > 1) /* the system id extension of 802.1D-2004, 9.2.5 */
            buffer_format(&name, "-vlan-%u", vlan);
        tree->name = arena_text(s->arena, name.at);
    }
}

static void take_trees(struct survey *s, const struct topo_input *input,
                       const struct topology *t)
{
    gather_trees(s, input);
    find_roots(s, input);
    survey_name_trees(s, t);
    for (uint32_t i = 0; i < input->count; i++) {
        const struct survey_tree *tree =
            tree_of_facts(s, input->devices[i].facts);

        if (tree != NULL)
            s->tree_of[i] = (uint32_t)(tree - s->trees.at);
    }
}

/* A port of a bundle is to its tree what the bundle is. */
static void take_ends(struct survey *s, uint32_t node,
                      const struct port_links *links, const struct facts *f,
                      const struct topology *t)
{
    for (size_t i = 0; i < f->bridge.ports.count; i++) {
        const struct bridge_port *p = &f->bridge.ports.at[i];

        for (size_t k = port_links_from(links, node, p->if_index);
             p->if_index != 0 && k < links->count &&
             links->at[k].if_index == p->if_index;
             k++) {
            uint32_t link = links->at[k].link;
            struct survey_end end = {p->stp_role, p->stp_state};

            if (t->links.at[link].a == node)
                s->ends[link].a = end;
            else
                s->ends[link].b = end;
        }
    }
}

/* ---- the whole ---- */

struct survey *survey_make(const struct topology *t)
{
    struct survey *s = mem_new(struct survey);

    s->arena = arena_new();
    s->tree_of = mem_array(t->nodes.count + 1, sizeof *s->tree_of);
    s->tells_vlans = mem_array(t->links.count + 1, sizeof *s->tells_vlans);
    s->ends = mem_array(t->links.count + 1, sizeof *s->ends);
    for (size_t i = 0; i < t->nodes.count; i++)
        s->tree_of[i] = UINT32_MAX;
    return s;
}

struct survey *survey_new(const struct topo_input *input,
                          const struct topology *t)
{
    struct survey *s = survey_make(t);
    struct vlan_names *names = mem_new(struct vlan_names);
    struct port_links all = {0}, own = {0};
    struct tellers *tell = mem_array(t->links.count + 1, sizeof *tell);

    gather_port_links(t, &all);
    for (uint32_t i = 0; i < input->count; i++) {
        const struct facts *f = input->devices[i].facts;

        if (f == NULL)
            continue;
        size_t from = s->vlan_links.count;
        take_vlans(s, i, f, names);
        links_of_device(&all, i, f, &own);
        take_members(s, i, &own, f, tell);
        take_learned(s, i, &own, f);
        take_ends(s, i, &own, f, t);
        survey_settle(&s->vlan_links, from);
    }
    survey_settle(&s->vlan_nodes, 0);
    agree(s, tell);
    survey_count_vlans(s, names);
    take_trees(s, input, t);
    array_trim(&s->vlan_nodes);
    array_trim(&s->vlan_links);
    array_fini(&all);
    array_fini(&own);
    free(tell);
    free(names);
    return s;
}

void survey_free(struct survey *s)
{
    if (s == NULL)
        return;
    array_fini(&s->vlan_nodes);
    array_fini(&s->vlan_links);
    array_fini(&s->vlans);
    array_fini(&s->trees);
    free(s->tree_of);
    free(s->tells_vlans);
    free(s->ends);
    arena_free(s->arena);
    free(s);
}

const struct survey_vlan *survey_find_vlan(const struct survey *s, uint16_t id)
{
    for (size_t i = 0; i < s->vlans.count; i++)
        if (s->vlans.at[i].id == id)
            return &s->vlans.at[i];
    return NULL;
}

const struct survey_tree *survey_find_tree(const struct survey *s,
                                           const char *name)
{
    for (size_t i = 0; i < s->trees.count; i++)
        if (strcmp(s->trees.at[i].name, name) == 0)
            return &s->trees.at[i];
    return NULL;
}
