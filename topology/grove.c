#include "topology/grove.h"

enum { ROUNDS_MAX = 4 };

/* ---- who sees whom ---- */

struct seen {
    uint32_t *at; /* by bridge: number of the sight + 1, in this round */
    uint32_t *round;
};

/* A cable that is known already shows in the forwarding table as well. */
static void confirm_cable(struct scene *s, uint32_t port, uint32_t node)
{
    uint32_t peer = port_peer(s, port);

    if (peer != NOWHERE && s->ports.at[peer].node == node)
        s->edges.at[s->ports.at[port].edge].evidence |= EVIDENCE_FDB;
}

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
    confirm_cable(g->s, r->port, m->node);
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

static int sight_compare(const void *a, const void *b)
{
    const struct sight *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void index_sights(struct grove *g)
{
    uint32_t *to = mem_array(g->count + 2, sizeof *to);
    uint32_t *from = mem_array(g->count + 2, sizeof *from);

    if (g->sights.count > 0)
        qsort(g->sights.at, g->sights.count, sizeof *g->sights.at,
              sight_compare);
    g->to_order = mem_array(g->sights.count + 1, sizeof *g->to_order);
    for (size_t i = 0; i < g->sights.count; i++) {
        to[g->sights.at[i].to + 2]++;
        from[g->sights.at[i].from + 1]++;
    }
    for (size_t k = 1; k < g->count + 2; k++) {
        to[k] += to[k - 1];
        from[k] += from[k - 1];
    }
    for (size_t i = 0; i < g->sights.count; i++)
        g->to_order[to[g->sights.at[i].to + 1]++] = (uint32_t)i;
    g->to_first = to;
    g->from_first = from;
}

uint32_t grove_port(const struct grove *g, uint32_t from, uint32_t to)
{
    size_t low = g->to_first[to], high = g->to_first[to + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sight *x = &g->sights.at[g->to_order[middle]];

        if (x->from == from)
            return x->port;
        if (x->from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return NOWHERE;
}

uint32_t grove_bridge_of(const struct grove *g, uint32_t port)
{
    return g->s->nodes.at[g->s->ports.at[port].node].bridge;
}

void grove_at_port(const struct grove *g, uint32_t port, size_t *first,
                   size_t *end)
{
    uint32_t bridge = grove_bridge_of(g, port);
    size_t low = g->from_first[bridge], high = g->from_first[bridge + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (g->sights.at[middle].port < port)
            low = middle + 1;
        else
            high = middle;
    }
    *first = *end = low;
    while (*end < g->from_first[bridge + 1] && g->sights.at[*end].port == port)
        (*end)++;
}

/* ---- domains and roots ---- */

static uint32_t domain_of(struct grove *g, uint32_t bridge)
{
    while (g->t->domain[bridge] != bridge) {
        g->t->domain[bridge] = g->t->domain[g->t->domain[bridge]];
        bridge = g->t->domain[bridge];
    }
    return bridge;
}

static void unite(struct grove *g, uint32_t a, uint32_t b)
{
    uint32_t x = domain_of(g, a), y = domain_of(g, b);

    if (x < y)
        g->t->domain[y] = x;
    else
        g->t->domain[x] = y;
}

static uint32_t row_bridge(const struct grove *g, uint32_t mac, size_t n)
{
    uint32_t port = fdb_mac_row(g->s, mac, n)->port;

    return g->s->nodes.at[g->s->ports.at[port].node].bridge;
}

static void find_domains(struct grove *g)
{
    for (uint32_t k = 0; k < g->count; k++)
        g->t->domain[k] = k;
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
        g->t->up[bridge] = port;
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

/* ---- ancestors and parents ---- */

bool grove_is_above(const struct grove *g, const struct sight *x)
{
    return x->port != MANY && g->root[x->from] != NOWHERE &&
           g->root[x->from] == g->root[x->to] && x->port != g->t->up[x->from];
}

static void count_depths(struct grove *g)
{
    for (size_t i = 0; i < g->sights.count; i++)
        if (grove_is_above(g, &g->sights.at[i]))
            g->depth[g->sights.at[i].to]++;
}

static uint32_t *numbers(size_t count)
{
    uint32_t *all = mem_array(count + 1, sizeof *all);

    memset(all, 0xff, (count + 1) * sizeof *all);
    return all;
}

void grove_build(struct grove *g, struct scene *s, struct tree *t)
{
    size_t count = s->fdb.bridges.count;

    *g = (struct grove){
        .s = s,
        .t = t,
        .count = count,
        .root = numbers(count),
        .root_mac = numbers(count),
        .depth = mem_array(count + 1, sizeof *g->depth),
        .down = mem_array(count + 1, sizeof *g->down),
        .up = mem_array(count + 1, sizeof *g->up),
    };
    *t = (struct tree){
        .up = numbers(count),
        .domain = numbers(count),
        .top = mem_array(count + 1, 1),
        .parent = numbers(count),
        .group = numbers(count),
        .loose = mem_array(count + 1, sizeof *t->loose),
        .cover = mem_array(count + 1, sizeof *t->cover),
        .domain_cover = mem_array(count + 1, sizeof *t->domain_cover),
    };
    gather_sights(g);
    index_sights(g);
    find_domains(g);
    for (uint32_t round = 0; round < ROUNDS_MAX; round++)
        find_roots(g, round);
    for (uint32_t k = 0; k < count; k++)
        t->domain[k] = domain_of(g, k);
    count_depths(g);
}

void grove_fini(struct grove *g)
{
    array_fini(&g->sights);
    array_fini(&g->children);
    free(g->from_first);
    free(g->to_first);
    free(g->to_order);
    free(g->root);
    free(g->root_mac);
    free(g->depth);
    free(g->down);
    free(g->up);
}
