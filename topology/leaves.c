/* Leaves: end hosts, each at the deepest port that has learned its address. */
#include "topology/leaves.h"

#include <stdlib.h>

enum {
    AMBIGUOUS_MAX = 4, /* more places of one address say nothing */
    OUI_SHIFT = 24
};

/* Makers of virtual network cards: guests of the host they are seen with. */
static const uint32_t guest_ouis[] = {
    0x525400, 0x005056, 0x000c29, 0x00155d, 0x080027, 0x00163e, 0x001c42,
};

static bool is_guest(uint64_t mac)
{
    for (size_t i = 0; i < COUNT_OF(guest_ouis); i++)
        if (mac >> OUI_SHIFT == guest_ouis[i])
            return true;
    return false;
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

/* True if the leaf is behind its port and no bridge is between. */
static bool is_there(const struct placing *p, const struct leaf *l)
{
    return !p->contested[l->port] &&
           tree_clears(p->s, p->tree, l->port, l->mac) &&
           !leaf_is_outdated(p->s, l->port, l->mac);
}

static void join_at_port(const struct placing *p, const struct leaf *l)
{
    leaf_join(p->s, l, is_there(p, l) ? JOIN_TOLD : JOIN_GUESSED);
}

static void place_mac(struct placing *p, uint32_t mac)
{
    const struct scene_mac *m = &p->s->macs.at[mac];
    uint32_t port;

    if (m->node == MANY || m->kind == MAC_SELF || m->kind == MAC_PORT ||
        (m->kind == MAC_UNKNOWN && is_guest(m->key)) ||
        (m->kind == MAC_LEAF && confirm_known(p->s, mac)))
        return;
    struct where w = where_is(p, mac);
    if (w.count == 0) {
        if (m->kind == MAC_LEAF)
            between_place(p, mac);
        return;
    }
    port = w.count == 1 ? w.ports[0] : where_least_crowded(p->s, &w);
    if (m->kind == MAC_UNKNOWN) {
        /* Strangers count wherever they may be. */
        for (size_t i = 0; i < w.count; i++)
            if (port == NOWHERE || port == w.ports[i]) {
                p->strangers[w.ports[i]]++;
                p->contested[w.ports[i]] |= port == NOWHERE;
            }
    } else if (port == NOWHERE) {
        add_ambiguous(p->s, mac, &w);
        for (size_t i = 0; i < w.count; i++)
            p->contested[w.ports[i]] = true;
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
        join_at_port(p, l);
        return false;
    }
    edge = edge_between(s, l->port, port);
    s->edges.at[edge].evidence |= leaf_evidence(s, l->mac);
    if (!is_there(p, l))
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
            leaf_hang(s, forwarder->node, &l[i]);
        else if (port_is_taken(s, l[i].port))
            join_at_port(p, &l[i]);
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
        edge_to_segment(s, s->ports.at[port].edge, JOIN_LEARNED);
    }
    for (size_t i = 0; i < count; i++)
        join_at_port(p, &l[i]);
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
        .contested = mem_array(s->fdb.port_count + 1, sizeof *p.contested),
    };
    size_t macs = s->macs.count;

    drop_hearsay(s);
    between_list(&p);
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
    array_fini(&p.members);
    free(p.strangers);
    free(p.contested);
}
