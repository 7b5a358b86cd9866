/* Leaves: end hosts, each at the deepest port that has learned its address. */
#include "topology/scene.h"

enum {
    WHERE_MAX = 8,     /* places that one address is weighed between */
    AMBIGUOUS_MAX = 4, /* more of them say nothing */
    /* A port with so many addresses is no edge port against one with a
     * quarter of them. */
    CROWD = 8,
    CROWD_SHARE = 4,
    OUI_SHIFT = 24,
    AGEING_MS = 300000 /* of an entry that is not heard again (802.1D, 7.9.2) */
};

/* Makers of virtual network cards: guests of the host they are seen with. */
static const uint32_t guest_ouis[] = {
    0x525400, 0x005056, 0x000c29, 0x00155d, 0x080027, 0x00163e, 0x001c42,
};

/* A known address at a port. */
struct leaf {
    uint32_t port;     /* of the bridge */
    uint32_t node, at; /* whose it is, and the port it is of */
    bool soft;         /* at is a guess, or stands for what is not known */
    uint32_t mac;
};
struct leaf_list ARRAY_OF(struct leaf);

struct placing {
    struct scene *s;
    struct tree *tree;
    struct leaf_list leaves;
    uint32_t *strangers; /* by port: addresses of nobody known */
};

/* ---- where an address is ---- */

/* True if only CDP and its kind prove the cable at port, and the device there
 * passes nothing on: such frames come through switches, so that the forwarding
 * table has a say. */
static bool edge_is_hearsay(const struct scene *s, uint32_t port)
{
    const struct edge *e = &s->edges.at[s->ports.at[port].edge];
    uint32_t peer = port_peer(s, port);

    return (e->heard_a | e->heard_b) != 0 &&
           ((e->heard_a | e->heard_b) & (HEARD_LLDP | HEARD_STP)) == 0 &&
           !s->nodes.at[s->ports.at[peer].node].forwards;
}

/* True if an address that port has learned may be right there. */
static bool port_is_edge(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];

    return (p->flags & PORT_INFRA) == 0 &&
           (p->edge == NOWHERE || edge_is_hearsay(s, port));
}

struct where {
    uint32_t ports[WHERE_MAX];
    size_t count;
    bool more;
};

static uint32_t bridge_of(const struct scene *s, uint32_t port)
{
    return s->nodes.at[s->ports.at[port].node].bridge;
}

static void add_where(struct where *w, uint32_t port)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->ports[i] == port)
            return;
    if (w->count < WHERE_MAX)
        w->ports[w->count++] = port;
    else
        w->more = true;
}

/* Edge ports that have learned mac: away from the root, else towards it, where
 * only the topmost bridge has an edge port. */
static struct where find_where(const struct placing *p, uint32_t mac)
{
    struct where away = {0}, towards = {0};

    for (size_t i = 0; i < fdb_mac_rows(p->s, mac); i++) {
        uint32_t port = fdb_mac_row(p->s, mac, i)->port;
        uint32_t bridge = bridge_of(p->s, port);

        if (!port_is_edge(p->s, port))
            continue;
        if (p->tree->up[bridge] != port)
            add_where(&away, port);
        else if (p->tree->top[bridge] != TOP_NOT)
            add_where(&towards, port);
    }
    return away.count > 0 ? away : towards;
}

/* The one among several that is clearly the least crowded; NOWHERE. */
static uint32_t least_crowded(const struct scene *s, const struct where *w)
{
    uint32_t best = w->ports[0];

    if (w->more)
        return NOWHERE;
    for (size_t i = 1; i < w->count; i++)
        if (fdb_port_rows(s, w->ports[i]) < fdb_port_rows(s, best))
            best = w->ports[i];
    for (size_t i = 0; i < w->count; i++) {
        size_t rows = fdb_port_rows(s, w->ports[i]);

        if (w->ports[i] != best &&
            (rows < CROWD || fdb_port_rows(s, best) * CROWD_SHARE > rows))
            return NOWHERE;
    }
    return best;
}

/* When the table of the bridge was read. */
static int64_t read_ms(const struct scene *s, uint32_t port)
{
    return s->nodes.at[s->ports.at[port].node].facts->observed_at.ms;
}

/* Of tables that were read apart the newest has it; a device moved since the
 * others, which count as having missed that. */
static void keep_newest(struct placing *p, struct where *w)
{
    int64_t newest = 0;
    size_t kept = 0;

    for (size_t i = 0; i < w->count; i++)
        if (read_ms(p->s, w->ports[i]) > newest)
            newest = read_ms(p->s, w->ports[i]);
    for (size_t i = 0; i < w->count; i++) {
        struct cover *c = &p->tree->cover[bridge_of(p->s, w->ports[i])];

        c->rows++;
        if (newest - read_ms(p->s, w->ports[i]) <= AGEING_MS)
            w->ports[kept++] = w->ports[i];
        else
            c->misses++;
    }
    w->count = kept;
}

static bool is_guest(uint64_t mac)
{
    for (size_t i = 0; i < COUNT_OF(guest_ouis); i++)
        if (mac >> OUI_SHIFT == guest_ouis[i])
            return true;
    return false;
}

/* ---- ports of the leaves ---- */

/* True if the address tells which port of its device has the cable. */
static bool mac_is_firm(const struct scene *s, const struct scene_mac *m)
{
    return m->port != NOWHERE && m->port != MANY &&
           (s->ports.at[m->port].flags & (PORT_CABLED | PORT_AGGREGATE)) != 0;
}

static struct leaf leaf_of(struct scene *s, uint32_t port, uint32_t mac)
{
    const struct scene_mac *m = &s->macs.at[mac];
    struct leaf l = {.port = port, .node = m->node, .at = m->port, .mac = mac};

    if (mac_is_firm(s, m))
        return l;
    l.soft = true;
    l.at = port_alone(s, m->node);
    if (l.at == NOWHERE)
        l.at = port_of_text(s, m->node, "");
    return l;
}

/* A guess gives way to what is known: then the port has no name. */
static uint32_t leaf_port(struct scene *s, const struct leaf *l)
{
    return l->soft && port_is_taken(s, l->at) ? port_unknown(s, l->node, "")
                                              : l->at;
}

/* Adds what the forwarding table says to a cable that is known already. True
 * if there is one: the address has its place. */
static bool confirm_known(struct scene *s, uint32_t mac)
{
    const struct scene_mac *m = &s->macs.at[mac];
    bool found = false;

    for (size_t i = 0; i < fdb_mac_rows(s, mac); i++) {
        uint32_t port = fdb_mac_row(s, mac, i)->port;
        uint32_t peer = port_peer(s, port);

        if (peer == NOWHERE || s->ports.at[peer].node != m->node)
            continue;
        s->edges.at[s->ports.at[port].edge].evidence |= EVIDENCE_FDB;
        found = true;
    }
    return found || (mac_is_firm(s, m) && s->ports.at[m->port].edge != NOWHERE);
}

static uint32_t leaf_evidence(const struct scene *s, uint32_t mac)
{
    return EVIDENCE_FDB | (s->macs.at[mac].listed ? 0 : (uint32_t)EVIDENCE_ARP);
}

static void add_ambiguous(struct scene *s, uint32_t mac, const struct where *w)
{
    uint32_t leaf = leaf_of(s, w->ports[0], mac).at;

    if (w->more || w->count > AMBIGUOUS_MAX || port_is_taken(s, leaf))
        return;
    for (size_t i = 0; i < w->count; i++) {
        uint32_t edge = edge_between(s, w->ports[i], leaf);
        struct edge *e = &s->edges.at[edge];

        if (e->fate != EDGE_OPEN || port_is_taken(s, w->ports[i]))
            continue;
        e->evidence |= leaf_evidence(s, mac);
        e->fate = EDGE_PROVED;
        e->doubt = DOUBT_AMBIGUOUS;
        e->confidence = 20;
        e->why = "several edge ports have learned its address";
    }
}

static void join_leaf(struct scene *s, const struct leaf *l)
{
    uint32_t port = leaf_port(s, l);

    if (!port_is_taken(s, port))
        segment_join(s, l->port, port, leaf_evidence(s, l->mac));
}

/* Somewhere behind a device that forwards and tells of no table. */
static void hang_behind(struct scene *s, uint32_t forwarder,
                        const struct leaf *l)
{
    uint32_t port = leaf_port(s, l), edge;

    if (port_is_taken(s, port))
        return;
    edge = edge_between(s, port_unknown(s, forwarder, ""), port);
    s->edges.at[edge].evidence |= leaf_evidence(s, l->mac);
    s->edges.at[edge].doubt = DOUBT_CANDIDATE;
    (void)edge_prove(s, edge, 30,
                     scene_format(s,
                                  "it is behind %s, which does not tell "
                                  "where",
                                  s->nodes.at[forwarder].name));
}

/* On no edge port, but learned by two bridges on the segment between them. */
static bool place_between(struct placing *p, uint32_t mac)
{
    struct scene *s = p->s;
    uint32_t first = NOWHERE;

    for (size_t i = 0; i < fdb_mac_rows(s, mac); i++) {
        uint32_t port = fdb_mac_row(s, mac, i)->port;

        if ((s->ports.at[port].flags & PORT_JOINED) == 0)
            continue;
        if (first == NOWHERE) {
            first = port;
        } else if (s->ports.at[port].node != s->ports.at[first].node &&
                   segment_of(s, port) == segment_of(s, first)) {
            struct leaf l = leaf_of(s, port, mac);
            join_leaf(s, &l);
            return true;
        }
    }
    return false;
}

/* The forwarder without a table at the other end of a cable; NOWHERE. */
static uint32_t dim_forwarder_at(const struct scene *s, uint32_t port)
{
    uint32_t peer = port_peer(s, port);
    uint32_t node = peer != NOWHERE ? s->ports.at[peer].node : NOWHERE;

    return node != NOWHERE && s->nodes.at[node].forwards &&
                   s->nodes.at[node].bridge == NOWHERE
               ? node
               : NOWHERE;
}

/* On no edge port, but behind a cable to such a forwarder, away from the root.
 */
static void place_behind(struct placing *p, uint32_t mac)
{
    struct scene *s = p->s;
    uint32_t found = NOWHERE, at = NOWHERE;

    for (size_t i = 0; i < fdb_mac_rows(s, mac); i++) {
        uint32_t port = fdb_mac_row(s, mac, i)->port;
        uint32_t node = dim_forwarder_at(s, port);

        if (node == NOWHERE || p->tree->up[bridge_of(s, port)] == port)
            continue;
        if (found != NOWHERE && found != node)
            return;
        found = node;
        at = port;
    }
    if (found == NOWHERE)
        return;
    struct leaf l = leaf_of(s, at, mac);
    hang_behind(s, found, &l);
}

static void place_mac(struct placing *p, uint32_t mac)
{
    const struct scene_mac *m = &p->s->macs.at[mac];
    struct where w;
    uint32_t port;

    if (m->node == MANY || m->kind == MAC_SELF || m->kind == MAC_PORT ||
        (m->kind == MAC_UNKNOWN && is_guest(m->key)) ||
        (m->kind == MAC_LEAF && confirm_known(p->s, mac)))
        return;
    w = find_where(p, mac);
    keep_newest(p, &w);
    if (w.count == 0) {
        if (m->kind == MAC_LEAF && !place_between(p, mac))
            place_behind(p, mac);
        return;
    }
    port = w.count == 1 ? w.ports[0] : least_crowded(p->s, &w);
    if (m->kind == MAC_UNKNOWN) {
        /* Strangers count wherever they may be. */
        for (size_t i = 0; i < w.count; i++)
            if (port == NOWHERE || port == w.ports[i])
                p->strangers[w.ports[i]]++;
    } else if (port == NOWHERE) {
        add_ambiguous(p->s, mac, &w);
    } else {
        struct leaf l = leaf_of(p->s, port, mac);
        *array_add(&p->leaves) = l;
    }
}

/* ---- what a port has ---- */

/* False if the two are on a segment instead, or the leaf has its cable. */
static bool link_leaf(const struct placing *p, const struct leaf *l)
{
    struct scene *s = p->s;
    uint32_t port = leaf_port(s, l), edge;
    bool known = port_is_known(s, port);

    if (port_is_taken(s, port))
        return false;
    if (lldp_is_missing(s, l->port, port)) {
        segment_join(s, l->port, port, leaf_evidence(s, l->mac));
        return false;
    }
    edge = edge_between(s, l->port, port);
    s->edges.at[edge].evidence |= leaf_evidence(s, l->mac);
    if (!tree_clears(s, p->tree, l->port, l->mac))
        s->edges.at[edge].doubt = DOUBT_CANDIDATE;
    return edge_prove(s, edge, known ? 50 : 40,
                      scene_format(s, "%s is the only device behind %s",
                                   s->nodes.at[l->node].name,
                                   scene_port_words(s, l->port)));
}

/* The only one that carries the frames of others: they are behind it. NULL if
 * none or several. */
static const struct leaf *find_forwarder(const struct scene *s,
                                         const struct leaf *l, size_t count)
{
    const struct leaf *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!s->nodes.at[l[i].node].forwards)
            continue;
        if (found != NULL)
            return NULL;
        found = &l[i];
    }
    return found;
}

/* A forwarder, and others that are behind it. */
static void join_forwarder(const struct placing *p,
                           const struct leaf *forwarder, const struct leaf *l,
                           size_t count)
{
    struct scene *s = p->s;
    bool linked = link_leaf(p, forwarder);

    for (size_t i = 0; i < count; i++) {
        if (l[i].node == forwarder->node)
            continue;
        if (linked)
            hang_behind(s, forwarder->node, &l[i]);
        else if (port_is_taken(s, l[i].port))
            join_leaf(s, &l[i]);
    }
}

static void judge_port(struct placing *p, const struct leaf *l, size_t count)
{
    struct scene *s = p->s;
    uint32_t port = l->port;
    const struct leaf *forwarder = find_forwarder(s, l, count);

    if (!port_is_taken(s, port)) {
        if (count == 1 && p->strangers[port] == 0)
            forwarder = l;
        if (forwarder != NULL) {
            join_forwarder(p, forwarder, l, count);
            return;
        }
    } else if (s->ports.at[port].edge != NOWHERE) {
        scene_conflict(s, "%s: CDP tells of one neighbor, but others are there",
                       scene_port_words(s, port));
        edge_to_segment(s, s->ports.at[port].edge);
    }
    for (size_t i = 0; i < count; i++)
        join_leaf(s, &l[i]);
}

static int leaf_compare(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;

    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->soft != y->soft)
        return x->soft ? 1 : -1;
    return (x->at > y->at) - (x->at < y->at);
}

/* One of each port of a device; guesses only where nothing better is there. */
static void drop_repeats(struct leaf_list *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct leaf *l = &all->at[i];
        const struct leaf *last = kept > 0 ? &all->at[kept - 1] : NULL;

        if (last == NULL || last->port != l->port || last->node != l->node ||
            (!l->soft && last->at != l->at))
            all->at[kept++] = *l;
    }
    all->count = kept;
}

/* Where a bridge is behind the port, an end device is not right there: its CDP
 * came through that bridge. */
static void drop_hearsay(struct scene *s)
{
    for (uint32_t port = 0; port < s->fdb.port_count; port++) {
        const struct scene_port *p = &s->ports.at[port];

        if ((p->flags & PORT_INFRA) == 0 || p->edge == NOWHERE ||
            !edge_is_hearsay(s, port))
            continue;
        scene_conflict(s, "%s: CDP tells of %s, but a switch is there",
                       scene_port_words(s, port),
                       s->nodes.at[s->ports.at[port_peer(s, port)].node].name);
        edge_drop(s, p->edge, "a switch is at that port");
    }
}

void leaves_place(struct scene *s, struct tree *t)
{
    struct placing p = {
        .s = s,
        .tree = t,
        .strangers = mem_array(s->fdb.port_count + 1, sizeof *p.strangers),
    };
    size_t macs = s->macs.count;

    drop_hearsay(s);
    for (uint32_t mac = 0; mac < macs; mac++)
        if (fdb_mac_rows(s, mac) > 0)
            place_mac(&p, mac);
    if (p.leaves.count > 0)
        qsort(p.leaves.at, p.leaves.count, sizeof *p.leaves.at, leaf_compare);
    drop_repeats(&p.leaves);
    for (size_t i = 0, end; i < p.leaves.count; i = end) {
        end = i + 1;
        while (end < p.leaves.count &&
               p.leaves.at[end].port == p.leaves.at[i].port)
            end++;
        judge_port(&p, &p.leaves.at[i], end - i);
    }
    array_fini(&p.leaves);
    free(p.strangers);
}
