/* Tree: the place of bridges that no neighbor protocol tells.
 *
 * In each broadcast domain one address is the root: the one that most bridges
 * have learned, mostly the gateway's, to which all of them just spoke. up(S) is
 * the port where S sees it. A bridge D that S sees on any other port is below
 * S. Those that have D below are a chain from the root down to D, so the
 * deepest of them is D's parent, and the cable runs from the port where the
 * parent sees D to up(D). Docs: docs/topology.md.
 */
#include "topology/scene.h"

enum { ROUNDS_MAX = 4 };

/* S sees D on port. */
struct sight {
    uint32_t from, to; /* numbers of bridges */
    uint32_t port;     /* of S; MANY: on several */
    bool weak;         /* by an address that the next device alone hears */
};
struct sights ARRAY_OF(struct sight);

struct child {
    uint32_t parent_port, bridge;
    bool sure;
};
struct children ARRAY_OF(struct child);

struct grove {
    struct scene *s;
    size_t count;         /* bridges */
    struct sights sights; /* by from */
    uint32_t *first;      /* sights by to: those of bridge k */
    uint32_t *order;
    uint32_t *domain;    /* union-find over bridges */
    uint32_t *up, *root; /* root: a number of the tree, NOWHERE */
    uint32_t *root_mac;  /* by bridge */
    uint32_t *depth;
    struct children children;
};

/* ---- who sees whom
 * ------------------------------------------------------------ */

struct seen {
    uint32_t *at; /* by bridge: number of the sight + 1, in this round */
    uint32_t *round;
};

static void see(struct grove *g, struct seen *seen, uint32_t from,
                const struct sighting *r)
{
    const struct scene_mac *m = &g->s->macs.at[r->mac];
    bool weak = m->kind == MAC_PORT;
    uint32_t to;
    struct sight *old;

    if (m->kind != MAC_SELF && m->kind != MAC_PORT)
        return;
    to = g->s->nodes.at[m->node].bridge;
    g->s->ports.at[r->port].flags |= PORT_INFRA;
    if (seen->round[to] != from + 1) {
        seen->round[to] = from + 1;
        seen->at[to] = (uint32_t)g->sights.count;
        *array_add(&g->sights) = (struct sight){from, to, r->port, weak};
        return;
    }
    old = &g->sights.at[seen->at[to]];
    if (old->weak && !weak)
        *old = (struct sight){from, to, r->port, weak};
    else if (old->weak == weak && old->port != r->port)
        old->port = MANY;
}

static void gather_sights(struct grove *g)
{
    const struct fdb *f = &g->s->fdb;
    struct seen seen = {
        .at = mem_array(g->count + 1, sizeof *seen.at),
        .round = mem_array(g->count + 1, sizeof *seen.round),
    };

    for (uint32_t k = 0; k < g->count; k++)
        for (uint32_t i = f->bridge_first[k]; i < f->bridge_first[k + 1]; i++)
            see(g, &seen, k, &f->rows.at[i]);
    free(seen.at);
    free(seen.round);
}

static void index_sights(struct grove *g)
{
    uint32_t *start = mem_array(g->count + 2, sizeof *start);

    g->order = mem_array(g->sights.count + 1, sizeof *g->order);
    for (size_t i = 0; i < g->sights.count; i++)
        start[g->sights.at[i].to + 2]++;
    for (size_t k = 2; k < g->count + 2; k++)
        start[k] += start[k - 1];
    for (size_t i = 0; i < g->sights.count; i++)
        g->order[start[g->sights.at[i].to + 1]++] = (uint32_t)i;
    g->first = start;
}

/* The port where from sees to: NOWHERE, MANY. */
static uint32_t sight_port(const struct grove *g, uint32_t from, uint32_t to)
{
    size_t low = g->first[to], high = g->first[to + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sight *x = &g->sights.at[g->order[middle]];

        if (x->from == from)
            return x->port;
        if (x->from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return NOWHERE;
}

/* ---- domains and roots
 * --------------------------------------------------------- */

static uint32_t domain_of(struct grove *g, uint32_t bridge)
{
    while (g->domain[bridge] != bridge) {
        g->domain[bridge] = g->domain[g->domain[bridge]];
        bridge = g->domain[bridge];
    }
    return bridge;
}

static void unite(struct grove *g, uint32_t a, uint32_t b)
{
    uint32_t x = domain_of(g, a), y = domain_of(g, b);

    if (x < y)
        g->domain[y] = x;
    else
        g->domain[x] = y;
}

static uint32_t row_bridge(const struct grove *g, uint32_t mac, size_t n)
{
    uint32_t port = fdb_mac_row(g->s, mac, n)->port;

    return g->s->nodes.at[g->s->ports.at[port].node].bridge;
}

static void find_domains(struct grove *g)
{
    for (uint32_t k = 0; k < g->count; k++)
        g->domain[k] = k;
    for (size_t i = 0; i < g->sights.count; i++)
        unite(g, g->sights.at[i].from, g->sights.at[i].to);
    for (uint32_t mac = 0; mac < g->s->macs.count; mac++) {
        if (g->s->macs.at[mac].kind == MAC_UNKNOWN)
            continue;
        for (size_t n = 1; n < fdb_mac_rows(g->s, mac); n++)
            unite(g, row_bridge(g, mac, 0), row_bridge(g, mac, n));
    }
}

/* How many bridges without a root see an address, by domain. */
struct poll {
    uint32_t *votes; /* of the address at hand */
    uint32_t *best, *most;
};

static bool is_better_root(const struct grove *g, uint32_t mac, uint32_t than)
{
    const struct scene_mac *x = &g->s->macs.at[mac];
    const struct scene_mac *y = &g->s->macs.at[than];
    bool known_x = x->kind != MAC_UNKNOWN, known_y = y->kind != MAC_UNKNOWN;

    return known_x != known_y ? known_x : x->key < y->key;
}

static void poll_mac(struct grove *g, struct poll *p, uint32_t mac)
{
    size_t rows = fdb_mac_rows(g->s, mac);

    if (g->s->macs.at[mac].node == MANY || g->s->macs.at[mac].kind == MAC_PORT)
        return;
    for (size_t n = 0; n < rows; n++) {
        uint32_t bridge = row_bridge(g, mac, n);

        if (g->root[bridge] == NOWHERE &&
            (n == 0 || row_bridge(g, mac, n - 1) != bridge))
            p->votes[domain_of(g, bridge)]++;
    }
    for (size_t n = 0; n < rows; n++) {
        uint32_t d = domain_of(g, row_bridge(g, mac, n));

        if (p->votes[d] > p->most[d] ||
            (p->votes[d] > 0 && p->votes[d] == p->most[d] &&
             is_better_root(g, mac, p->best[d]))) {
            p->most[d] = p->votes[d];
            p->best[d] = mac;
        }
        p->votes[d] = 0;
    }
}

static void take_root(struct grove *g, uint32_t domain, uint32_t mac,
                      uint32_t number)
{
    const struct scene_mac *m = &g->s->macs.at[mac];

    for (size_t n = 0; n < fdb_mac_rows(g->s, mac); n++) {
        uint32_t bridge = row_bridge(g, mac, n), node, port;

        if (g->root[bridge] != NOWHERE || domain_of(g, bridge) != domain)
            continue;
        node = g->s->fdb.bridges.at[bridge];
        port = fdb_port_of(g->s, mac, node);
        if (port == MANY)
            continue;
        g->root[bridge] = number;
        g->up[bridge] = port;
        g->root_mac[bridge] = mac;
    }
    if (m->kind == MAC_SELF) { /* the root itself is a bridge */
        uint32_t bridge = g->s->nodes.at[m->node].bridge;

        if (g->root[bridge] == NOWHERE)
            g->root[bridge] = number;
    }
}

static void find_roots(struct grove *g, uint32_t round)
{
    struct poll p = {
        .votes = mem_array(g->count + 1, sizeof *p.votes),
        .best = mem_array(g->count + 1, sizeof *p.best),
        .most = mem_array(g->count + 1, sizeof *p.most),
    };

    for (uint32_t mac = 0; mac < g->s->macs.count; mac++)
        poll_mac(g, &p, mac);
    for (uint32_t d = 0; d < g->count; d++)
        if (p.most[d] > 0)
            take_root(g, d, p.best[d], round * (uint32_t)g->count + d);
    free(p.votes);
    free(p.best);
    free(p.most);
}

/* ---- ancestors and parents
 * ------------------------------------------------------ */

/* True if the sight says that from is an ancestor of to. */
static bool is_above(const struct grove *g, const struct sight *x)
{
    return x->port != MANY && g->root[x->from] != NOWHERE &&
           g->root[x->from] == g->root[x->to] && x->port != g->up[x->from];
}

static void count_depths(struct grove *g)
{
    for (size_t i = 0; i < g->sights.count; i++)
        if (is_above(g, &g->sights.at[i]))
            g->depth[g->sights.at[i].to]++;
}

/* The deepest that has bridge k below; NULL if none, *tie if several. */
static const struct sight *find_parent(const struct grove *g, uint32_t k,
                                       bool *tie)
{
    const struct sight *best = NULL;

    *tie = false;
    for (uint32_t i = g->first[k]; i < g->first[k + 1]; i++) {
        const struct sight *x = &g->sights.at[g->order[i]];

        if (!is_above(g, x))
            continue;
        *tie = best != NULL && g->depth[x->from] == g->depth[best->from];
        if (best == NULL || g->depth[x->from] > g->depth[best->from]) {
            best = x;
            *tie = false;
        }
    }
    return best;
}

/* The other ancestors of k must have its parent below, on the port where they
 * see k: else the chain has a gap, and something may be in between. */
static bool chain_is_whole(const struct grove *g, uint32_t k,
                           const struct sight *parent)
{
    uint32_t back = sight_port(g, k, parent->from);

    if (back != NOWHERE && back != g->up[k])
        return false;
    for (uint32_t i = g->first[k]; i < g->first[k + 1]; i++) {
        const struct sight *x = &g->sights.at[g->order[i]];

        if (is_above(g, x) && x->from != parent->from &&
            sight_port(g, x->from, parent->from) != x->port)
            return false;
    }
    return true;
}

static void find_children(struct grove *g)
{
    for (uint32_t k = 0; k < g->count; k++) {
        bool tie = false;
        const struct sight *parent =
            g->root[k] != NOWHERE && g->up[k] != NOWHERE
                ? find_parent(g, k, &tie)
                : NULL;

        if (parent == NULL || tie)
            continue;
        *array_add(&g->children) = (struct child){
            parent->port, k, !parent->weak && chain_is_whole(g, k, parent)};
    }
}

/* ---- cables and segments
 * -------------------------------------------------------- */

/* Addresses that both sides have learned lie between: an unmanaged switch. */
static bool join_between(struct scene *s, uint32_t port, uint32_t up)
{
    bool found = false;
    uint32_t mac;
    size_t at = 0;

    while (fdb_common(s, port, up, &at, &mac)) {
        const struct scene_mac *m = &s->macs.at[mac];

        if (m->node == MANY)
            continue;
        found = true;
        segment_join(s, port, up, EVIDENCE_FDB);
        if (m->kind != MAC_LEAF)
            continue;
        uint32_t leaf = m->port;
        if (leaf == NOWHERE || leaf == MANY)
            leaf = port_of_text(s, m->node, "");
        if (!port_is_taken(s, leaf))
            segment_join(s, port, leaf, EVIDENCE_FDB);
    }
    return found;
}

static void link_only_child(struct grove *g, const struct child *c)
{
    struct scene *s = g->s;
    uint32_t up = g->up[c->bridge], edge;
    bool mutual;

    if (s->ports.at[c->parent_port].edge != NOWHERE ||
        s->ports.at[up].edge != NOWHERE)
        return; /* a neighbor protocol knows better */
    if (join_between(s, c->parent_port, up))
        return;
    if (lldp_is_missing(s, c->parent_port, up)) {
        segment_join(s, c->parent_port, up, EVIDENCE_FDB);
        return;
    }
    mutual =
        sight_port(g, c->bridge,
                   s->nodes.at[s->ports.at[c->parent_port].node].bridge) == up;
    edge = edge_between(s, c->parent_port, up);
    s->edges.at[edge].evidence |= EVIDENCE_FDB;
    s->edges.at[edge].ambiguous = !c->sure;
    (void)edge_prove(s, edge, mutual ? 50 : 45,
                     "forwarding tables: each is the next behind the other's "
                     "port"); /* both ports are free */
}

static int child_compare(const void *a, const void *b)
{
    const struct child *x = a, *y = b;

    if (x->parent_port != y->parent_port)
        return x->parent_port < y->parent_port ? -1 : 1;
    return (x->bridge > y->bridge) - (x->bridge < y->bridge);
}

/* Children behind one port that are not above each other share a segment. */
static void link_siblings(struct grove *g, const struct child *c, size_t count)
{
    struct scene *s = g->s;

    if (s->ports.at[c->parent_port].edge != NOWHERE)
        return;
    for (size_t i = 0; i < count; i++) {
        uint32_t up = g->up[c[i].bridge];

        if (s->ports.at[up].edge != NOWHERE)
            continue;
        segment_join(s, c->parent_port, up, EVIDENCE_FDB);
        (void)join_between(s, c->parent_port, up); /* they are joined */
    }
}

/* Children that a cable places elsewhere are behind something else. */
static void drop_placed(struct grove *g)
{
    size_t kept = 0;

    for (size_t i = 0; i < g->children.count; i++) {
        const struct child *c = &g->children.at[i];

        if (g->s->ports.at[g->up[c->bridge]].edge == NOWHERE)
            g->children.at[kept++] = *c;
    }
    g->children.count = kept;
}

static void link_children(struct grove *g)
{
    const struct child *all;

    drop_placed(g);
    all = g->children.at;
    if (g->children.count > 0)
        qsort(g->children.at, g->children.count, sizeof *all, child_compare);
    for (size_t i = 0, end; i < g->children.count; i = end) {
        end = i + 1;
        while (end < g->children.count &&
               all[end].parent_port == all[i].parent_port)
            end++;
        if (end - i == 1)
            link_only_child(g, &all[i]);
        else
            link_siblings(g, &all[i], end - i);
    }
}

/* ---- bridges below nobody
 * ------------------------------------------------------- */

/* True if both see each other where they see the root: the root is behind
 * something that both are cabled to. */
static bool are_beside(const struct grove *g, uint32_t a, uint32_t b)
{
    return g->root[a] == g->root[b] && sight_port(g, a, b) == g->up[a] &&
           sight_port(g, b, a) == g->up[b];
}

static bool is_top(const struct grove *g, uint32_t k)
{
    return g->root[k] != NOWHERE && g->up[k] != NOWHERE && g->depth[k] == 0 &&
           g->s->ports.at[g->up[k]].edge == NOWHERE;
}

/* The root has no forwarding table. A switch without one has a cable to each
 * top; anything else shares a segment with them. */
static void link_top(struct grove *g, uint32_t k)
{
    struct scene *s = g->s;
    const struct scene_mac *m = &s->macs.at[g->root_mac[k]];
    uint32_t edge;

    if (m->kind != MAC_LEAF || !s->nodes.at[m->node].forwards ||
        (s->ports.at[g->up[k]].flags & PORT_JOINED) != 0)
        return;
    if (nodes_miss_lldp(s, s->ports.at[g->up[k]].node, m->node)) {
        segment_join(s, g->up[k], port_unknown(s, m->node, ""), EVIDENCE_FDB);
        return;
    }
    edge = edge_between(s, g->up[k], port_unknown(s, m->node, ""));
    s->edges.at[edge].evidence |= EVIDENCE_FDB;
    (void)edge_prove(s, edge, 40,
                     "forwarding tables: all others are behind it");
}

static void join_tops(struct grove *g, uint32_t a, uint32_t b)
{
    struct scene *s = g->s;
    const struct scene_mac *m = &s->macs.at[g->root_mac[a]];

    if (m->kind == MAC_LEAF && s->nodes.at[m->node].forwards)
        return;
    segment_join(s, g->up[a], g->up[b], EVIDENCE_FDB);
    if (m->kind == MAC_LEAF && m->port != NOWHERE && m->port != MANY &&
        !port_is_taken(s, m->port))
        segment_join(s, g->up[a], m->port, EVIDENCE_FDB);
}

/* Tops are few: one in most trees, so that pairs are cheap; sights are walked,
 * not pairs of bridges. */
static void link_tops(struct grove *g)
{
    uint8_t *beside = mem_array(g->count + 1, 1);

    for (size_t i = 0; i < g->sights.count; i++) {
        const struct sight *x = &g->sights.at[i];

        if (x->from > x->to || !is_top(g, x->from) || !is_top(g, x->to) ||
            !are_beside(g, x->from, x->to))
            continue;
        beside[x->from] = beside[x->to] = 1;
        join_tops(g, x->from, x->to);
    }
    for (uint32_t k = 0; k < g->count; k++)
        if (beside[k] != 0)
            link_top(g, k);
    free(beside);
}

static uint32_t *numbers(size_t count)
{
    uint32_t *all = mem_array(count + 1, sizeof *all);

    memset(all, 0xff, (count + 1) * sizeof *all);
    return all;
}

static void grove_fini(struct grove *g)
{
    array_fini(&g->sights);
    array_fini(&g->children);
    free(g->first);
    free(g->order);
    free(g->domain);
    free(g->root);
    free(g->root_mac);
    free(g->depth);
}

void tree_build(struct scene *s, struct tree *t)
{
    size_t count = s->fdb.bridges.count;
    struct grove g = {
        .s = s,
        .count = count,
        .domain = numbers(count),
        .up = numbers(count),
        .root = numbers(count),
        .root_mac = numbers(count),
        .depth = mem_array(count + 1, sizeof *g.depth),
    };

    gather_sights(&g);
    index_sights(&g);
    find_domains(&g);
    for (uint32_t round = 0; round < ROUNDS_MAX; round++)
        find_roots(&g, round);
    count_depths(&g);
    find_children(&g);
    link_children(&g);
    link_tops(&g);
    t->up = g.up;
    grove_fini(&g);
}

void tree_fini(struct tree *t)
{
    free(t->up);
    t->up = NULL;
}
