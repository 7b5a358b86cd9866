/* Subnets: layer 3, from the addresses that devices list. */
#include "topology/scene.h"

#include "topology/identity.h"

enum {
    IF_LOOPBACK = 24,
    V4_BITS = 32,
    V6_BITS = 128,
    POINT_TO_POINT_BITS = 2, /* /30 and longer: two ends */
    PREFIX_LENS = V6_BITS + 1
};

/* An address in a subnet. */
struct member {
    struct prefix prefix;
    uint32_t node, port;
};
struct members ARRAY_OF(struct member);

/* A neighbor at a port without an address. */
struct unnumbered {
    uint32_t from, node; /* a port, and who is there */
};
struct unnumbereds ARRAY_OF(struct unnumbered);

struct layer3 {
    struct scene *s;
    struct unnumbereds unnumbered;
    struct members members;
    struct keymap known;    /* node and node: evidence that one knows other */
    struct keymap spoken;   /* node and prefix: routing protocols it speaks */
    struct keymap prefixes; /* prefix to the first member with it */
    bool lens[2][PREFIX_LENS]; /* lengths that occur, v4 and v6 */
};

static bool is_host_prefix(const struct prefix *p)
{
    return p->len >= (p->base.family == 4 ? V4_BITS : V6_BITS);
}

static bool is_point_to_point(const struct prefix *p)
{
    unsigned bits = p->base.family == 4 ? V4_BITS : V6_BITS;

    return (unsigned)p->len + POINT_TO_POINT_BITS >= bits;
}

static uint64_t prefix_key(const struct prefix *p)
{
    uint8_t octets[2 + sizeof p->base.octets];

    octets[0] = p->base.family;
    octets[1] = p->len;
    memcpy(octets + 2, p->base.octets, sizeof p->base.octets);
    return scene_name_key(NAME_PREFIX, NOWHERE,
                          (struct bytes){octets, sizeof octets});
}

/* Addresses that several devices have tell nothing of where they are. */
static bool addr_places(const struct scene *s, uint32_t node,
                        const struct addr *a)
{
    return identity_addr_counts(a) && !addr_is_link_local(a) &&
           owner_of_addr(s, a) == node;
}

static void add_member(struct layer3 *l, uint32_t node, uint32_t port,
                       const struct prefix *p)
{
    (void)keymap_put(&l->prefixes, prefix_key(p),
                     (uint32_t)l->members.count); /* the first stays */
    l->lens[p->base.family == 4 ? 0 : 1][p->len] = true;
    *array_add(&l->members) = (struct member){*p, node, port};
}

static void list_addresses(struct layer3 *l, uint32_t node)
{
    const struct facts *f = l->s->nodes.at[node].facts;
    const struct addr loopback = addr_v4((const uint8_t[]){127, 0, 0, 1});

    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];
        uint32_t port = port_listed(l->s, node, a->if_index);
        struct prefix p;

        if (port == NOWHERE || a->prefix_len <= 0 ||
            a->prefix_len > (a->addr.family == 4 ? V4_BITS : V6_BITS) ||
            !addr_places(l->s, node, &a->addr) ||
            l->s->ports.at[port].interface->type == IF_LOOPBACK)
            continue;
        p = prefix_of(&a->addr, (unsigned)a->prefix_len);
        if (!is_host_prefix(&p) && !prefix_contains(&p, &loopback))
            add_member(l, node, port, &p);
    }
}

/* The longest listed prefix that holds the address; NULL if none. */
static const struct prefix *find_prefix(const struct layer3 *l,
                                        const struct addr *a)
{
    unsigned bits = a->family == 4 ? V4_BITS : V6_BITS;

    for (unsigned len = bits; len > 0; len--) {
        uint32_t found;
        struct prefix p;

        if (!l->lens[a->family == 4 ? 0 : 1][len])
            continue;
        p = prefix_of(a, len);
        found = keymap_find(&l->prefixes, prefix_key(&p));
        if (found != KEYMAP_NONE)
            return &l->members.at[found].prefix;
    }
    return NULL;
}

/* Devices that tell no addresses are where the longest prefix puts them. */
static void place_addresses(struct layer3 *l, uint32_t node)
{
    const struct topo_device *d = l->s->nodes.at[node].device;
    const struct facts *f = d->facts;

    if (f != NULL && f->addresses.count > 0)
        return;
    for (size_t i = 0; i < d->addr_count; i++) {
        const struct prefix *found = addr_places(l->s, node, &d->addrs[i])
                                         ? find_prefix(l, &d->addrs[i])
                                         : NULL;

        if (found == NULL || is_point_to_point(found))
            continue;
        struct prefix p = *found; /* the array may move */
        add_member(l, node, port_of_text(l->s, node, ""), &p);
    }
}

/* ---- two ports ---- */

/* True if port has an address; *common if one is in the subnet of which. */
static bool has_address(const struct scene *s, uint32_t port,
                        const struct interface_address *which, bool *common)
{
    const struct facts *f = s->nodes.at[s->ports.at[port].node].facts;
    bool any = false;

    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];
        struct prefix p;

        if (a->if_index != s->ports.at[port].if_index || a->prefix_len <= 0 ||
            a->prefix_len > V6_BITS || addr_is_link_local(&a->addr))
            continue;
        any = true;
        p = prefix_of(&a->addr, (unsigned)a->prefix_len);
        *common =
            *common || (which != NULL && which->addr.family == a->addr.family &&
                        prefix_contains(&p, &which->addr));
    }
    return any;
}

enum kinship ports_kinship(struct scene *s, uint32_t a, uint32_t b)
{
    const struct facts *x = s->nodes.at[s->ports.at[a].node].facts;
    const struct facts *y = s->nodes.at[s->ports.at[b].node].facts;
    bool common = false;
    size_t cost;

    if (x == NULL || y == NULL || s->ports.at[a].interface == NULL ||
        s->ports.at[b].interface == NULL)
        return KIN_UNKNOWN;
    cost = x->addresses.count + y->addresses.count;
    if (s->compares + cost > COMPARES_MAX ||
        !has_address(s, a, NULL, &common) || !has_address(s, b, NULL, &common))
        return KIN_UNKNOWN;
    s->compares += cost;
    for (size_t i = 0; i < x->addresses.count && !common; i++)
        if (x->addresses.at[i].if_index == s->ports.at[a].if_index) {
            (void)has_address(s, b, &x->addresses.at[i], &common);
            s->compares += y->addresses.count;
        }
    return common ? KIN_SURELY : KIN_NOT;
}

/* ---- who knows whom ---- */

static uint64_t nodes_key(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

static void note(struct keymap *m, uint64_t key, uint32_t evidence)
{
    uint32_t before = keymap_find(m, key);

    keymap_set(m, key, (before == KEYMAP_NONE ? 0 : before) | evidence);
}

static void know(struct layer3 *l, uint32_t node, const struct addr *a,
                 uint32_t evidence)
{
    uint32_t other = addr_is_set(a) ? owner_of_addr(l->s, a) : NOWHERE;

    if (other != NOWHERE)
        note(&l->known, nodes_key(node, other), evidence);
}

static uint64_t spoken_key(uint32_t node, const struct prefix *p)
{
    return keymap_mix(prefix_key(p) ^ node);
}

/* A session says that both are there while it stands. */
static bool peer_stands(const struct peer *p)
{
    return p->protocol == PEER_BGP ? strcmp(p->state, "established") == 0
                                   : strcmp(p->state, "full") == 0 ||
                                         strcmp(p->state, "twoWay") == 0;
}

/* The address is one of the neighbor's, if not its router id. */
static void know_unnumbered(struct layer3 *l, uint32_t node,
                            const struct peer *p)
{
    uint32_t from = port_listed(l->s, node, p->if_index);
    uint32_t other = owner_of_addr(l->s, &p->addr);

    if (other == NOWHERE && addr_is_set(&p->router))
        other = owner_of_addr(l->s, &p->router);
    if (from != NOWHERE && other != NOWHERE && other != node)
        *array_add(&l->unnumbered) = (struct unnumbered){from, other};
}

static void know_peer(struct layer3 *l, uint32_t node, const struct peer *p)
{
    uint32_t evidence = p->protocol == PEER_BGP ? EVIDENCE_BGP : EVIDENCE_OSPF;
    const struct prefix *at = find_prefix(l, &p->addr);

    if (!peer_stands(p))
        return;
    if (p->if_index != 0)
        know_unnumbered(l, node, p);
    know(l, node, &p->addr, evidence);
    if (at != NULL)
        note(&l->spoken, spoken_key(node, at), evidence);
}

static void note_acquaintance(struct layer3 *l, uint32_t node)
{
    const struct facts *f = l->s->nodes.at[node].facts;

    for (size_t i = 0; i < f->arp.count; i++)
        know(l, node, &f->arp.at[i].addr, EVIDENCE_ARP);
    for (size_t i = 0; i < f->routes.count; i++)
        know(l, node, &f->routes.at[i].next_hop, EVIDENCE_ROUTE);
    for (size_t i = 0; i < f->peers.count; i++)
        know_peer(l, node, &f->peers.at[i]);
}

static uint32_t noted(const struct keymap *m, uint64_t key)
{
    uint32_t evidence = keymap_find(m, key);

    return evidence == KEYMAP_NONE ? 0 : evidence;
}

static uint32_t acquaintance(const struct layer3 *l, uint32_t a, uint32_t b)
{
    return EVIDENCE_SUBNET | noted(&l->known, nodes_key(a, b)) |
           noted(&l->known, nodes_key(b, a));
}

/* ---- links ---- */

static int member_compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = prefix_compare(&x->prefix, &y->prefix);

    if (order != 0)
        return order;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->port > y->port) - (x->port < y->port);
}

static void link_two(struct layer3 *l, const struct member *a,
                     const struct member *b)
{
    uint64_t key = (uint64_t)a->port << 32 | b->port;
    uint32_t made = (uint32_t)l->s->l3_edges.count;
    uint32_t evidence = acquaintance(l, a->node, b->node);

    /* IPv4 and IPv6 between the same two ports are one link. */
    if (keymap_put(&l->s->pairs_l3, key, made) == made)
        *array_add(&l->s->l3_edges) =
            (struct l3_edge){a->port, b->port, NOWHERE, evidence};
}

static bool is_routing(enum device_kind kind)
{
    return kind == KIND_ROUTER || kind == KIND_L3SWITCH ||
           kind == KIND_FIREWALL;
}

static void link_subnet(struct layer3 *l, const struct member *m, size_t count)
{
    struct scene *s = l->s;
    uint32_t subnet = (uint32_t)s->subnets.count;
    bool worth = m[0].node != m[count - 1].node;

    for (size_t i = 0; i < count; i++)
        worth = worth || is_routing(s->nodes.at[m[i].node].kind);
    if (!worth)
        return;
    *array_add(&s->subnets) = (struct l3_subnet){m->prefix};
    for (size_t i = 0; i < count; i++)
        if (i == 0 || m[i].port != m[i - 1].port)
            *array_add(&s->l3_edges) = (struct l3_edge){
                m[i].port, NOWHERE, subnet,
                EVIDENCE_SUBNET |
                    noted(&l->spoken, spoken_key(m[i].node, &m->prefix))};
}

static void link_members(struct layer3 *l)
{
    const struct member *m = l->members.at;

    if (l->members.count > 0)
        qsort(l->members.at, l->members.count, sizeof *m, member_compare);
    for (size_t i = 0, end; i < l->members.count; i = end) {
        end = i + 1;
        while (end < l->members.count &&
               prefix_equal(&m[end].prefix, &m[i].prefix))
            end++;
        if (!is_point_to_point(&m[i].prefix))
            link_subnet(l, &m[i], end - i);
        else if (end - i == 2 && m[i].node != m[i + 1].node)
            link_two(l, &m[i], &m[i + 1]);
    }
}

/* ---- ports without addresses ---- */

static int unnumbered_compare(const void *a, const void *b)
{
    const struct unnumbered *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

/* How many ports of one node say that another is there; *only: the last. */
static size_t count_from(const struct layer3 *l, uint32_t from, uint32_t to,
                         const struct keymap *counts, uint32_t *only)
{
    uint32_t i = keymap_find(counts, nodes_key(from, to));
    size_t count = 0;

    *only = NOWHERE;
    for (; i < l->unnumbered.count; i++) {
        const struct unnumbered *u = &l->unnumbered.at[i];

        if (l->s->ports.at[u->from].node != from)
            break;
        count += u->node == to;
        if (u->node == to)
            *only = u->from;
    }
    return count;
}

/* The port at the other end: that of the cable, or the only one there that says
 * the same. */
static uint32_t other_end(const struct layer3 *l, const struct unnumbered *u,
                          const struct keymap *counts)
{
    struct scene *s = l->s;
    uint32_t node = s->ports.at[u->from].node, back, own;
    uint32_t peer = port_peer(s, s->ports.at[u->from].carrier);

    if (peer != NOWHERE && s->ports.at[peer].node == u->node)
        return peer;
    if (count_from(l, u->node, node, counts, &back) == 1 &&
        count_from(l, node, u->node, counts, &own) == 1)
        return back;
    return port_unknown(s, u->node, "");
}

/* True if the other end tells of as many ports, and comes first. */
static bool is_told_there(const struct layer3 *l, const struct unnumbered *u,
                          const struct keymap *counts)
{
    uint32_t node = l->s->ports.at[u->from].node, last;
    size_t there = count_from(l, u->node, node, counts, &last);
    size_t here = count_from(l, node, u->node, counts, &last);

    return there > here || (there == here && u->node < node);
}

static void link_unnumbered(struct layer3 *l)
{
    struct keymap counts = {0}; /* node and node: their first row */

    if (l->unnumbered.count > 0)
        qsort(l->unnumbered.at, l->unnumbered.count, sizeof *l->unnumbered.at,
              unnumbered_compare);
    for (uint32_t i = 0; i < l->unnumbered.count; i++)
        (void)keymap_put(
            &counts,
            nodes_key(l->s->ports.at[l->unnumbered.at[i].from].node,
                      l->unnumbered.at[i].node),
            i); /* the first stays */
    for (size_t i = 0; i < l->unnumbered.count; i++) {
        const struct unnumbered *u = &l->unnumbered.at[i];
        uint32_t b = other_end(l, u, &counts);

        if (!port_is_known(l->s, b) && is_told_there(l, u, &counts))
            continue;
        uint64_t key = u->from < b ? (uint64_t)u->from << 32 | b
                                   : (uint64_t)b << 32 | u->from;
        uint32_t made = (uint32_t)l->s->l3_edges.count;

        if (keymap_put(&l->s->pairs_l3, key, made) == made)
            *array_add(&l->s->l3_edges) =
                (struct l3_edge){u->from, b, NOWHERE, EVIDENCE_OSPF};
    }
    keymap_fini(&counts);
}

void subnets_build(struct scene *s)
{
    struct layer3 l = {.s = s};

    for (uint32_t node = 0; node < s->device_count; node++)
        if (s->nodes.at[node].facts != NULL)
            list_addresses(&l, node);
    for (uint32_t node = 0; node < s->device_count; node++)
        place_addresses(&l, node);
    for (uint32_t node = 0; node < s->device_count; node++)
        if (s->nodes.at[node].facts != NULL)
            note_acquaintance(&l, node);
    link_members(&l);
    link_unnumbered(&l);
    array_fini(&l.members);
    array_fini(&l.unnumbered);
    keymap_fini(&l.known);
    keymap_fini(&l.spoken);
    keymap_fini(&l.prefixes);
}
