/* Clear: that nothing is between two ends, shown and not guessed.
 *
 * Forwarding tables have holes: entries age, and not everybody speaks. That a
 * bridge has not learned another says nothing; only what it has learned does. A
 * bridge X is not behind port p of S if
 *   S sees X on another port, or
 *   cables that are proved lead from S to X (p has none), or
 *   some A above S sees X elsewhere than S, or X is above S itself: were it
 *   behind p, it would see S where it sees the root.
 * Bridges of the domain of which nothing of this is known are loose for S. In
 * tables that are complete towards the root there are none.
 */
#include "topology/grove.h"

#include <stdlib.h>

enum {
    LOOSE_MAX = 32, /* for one bridge; more may be anywhere */
    /* Of so many addresses on a port one may be missing elsewhere: tables are
     * not read at the same moment. */
    MISS_SHARE = 16,
    KIDS_MAX = 16,  /* behind one port; more are not compared */
    DEPTH_MAX = 256 /* of a tree */
};

static bool is_seen(uint32_t port)
{
    return port != NOWHERE && port != MANY;
}

/* ---- what proved cables join ---- */

static uint32_t group_of(uint32_t *groups, uint32_t node)
{
    while (groups[node] != node) {
        groups[node] = groups[groups[node]];
        node = groups[node];
    }
    return node;
}

/* True for a cable that frames take, and that more than hearsay proves. */
static bool joins(const struct scene *s, const struct edge *e)
{
    enum { PROVED = 70 };

    return e->fate == EDGE_PROVED && e->doubt == DOUBT_NONE &&
           e->confidence >= PROVED &&
           s->nodes.at[s->ports.at[e->a].node].forwards &&
           s->nodes.at[s->ports.at[e->b].node].forwards &&
           !port_is_down(s, e->a) && !port_is_down(s, e->b) &&
           !port_is_blocked(s, e->a) && !port_is_blocked(s, e->b);
}

static void join_groups(struct grove *g)
{
    const struct scene *s = g->s;
    uint32_t *groups = mem_array(s->nodes.count + 1, sizeof *groups);

    for (uint32_t i = 0; i < s->nodes.count; i++)
        groups[i] = i;
    for (size_t i = 0; i < s->edges.count; i++) {
        const struct edge *e = &s->edges.at[i];
        uint32_t a, b;

        if (!joins(s, e))
            continue;
        a = group_of(groups, s->ports.at[e->a].node);
        b = group_of(groups, s->ports.at[e->b].node);
        groups[a < b ? b : a] = a < b ? a : b;
    }
    for (uint32_t k = 0; k < g->count; k++)
        g->t->group[k] = group_of(groups, s->fdb.bridges.at[k]);
    free(groups);
}

/* ---- loose bridges ---- */

/* Some bridge above k tells that x is not behind k. */
static bool is_above_or_aside(const struct grove *g, uint32_t k, uint32_t x)
{
    for (uint32_t i = g->to_first[k]; i < g->to_first[k + 1]; i++) {
        const struct sight *sight = &g->sights.at[g->to_order[i]];
        uint32_t there;

        if (!grove_is_above(g, sight))
            continue;
        if (sight->from == x)
            return true;
        there = grove_port(g, sight->from, x);
        if (is_seen(there) && there != sight->port)
            return true;
    }
    return false;
}

static bool is_loose(const struct grove *g, uint32_t k, uint32_t x)
{
    return x != k && g->t->group[x] != g->t->group[k] &&
           !is_seen(grove_port(g, k, x)) && !is_above_or_aside(g, k, x);
}

/* A list that is being made for one bridge; full: too many. */
struct loose_draft {
    uint32_t at[LOOSE_MAX];
    size_t count;
    bool full;
};

static void consider(const struct grove *g, uint32_t k, uint32_t x,
                     struct loose_draft *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->at[i] == x)
            return;
    if (out->full || !is_loose(g, k, x))
        return;
    if (out->count < LOOSE_MAX)
        out->at[out->count++] = x;
    else
        out->full = true;
}

static void keep(struct grove *g, uint32_t k, const struct loose_draft *d)
{
    struct loose *l = &g->t->loose[k];

    l->known = true;
    l->many = d->full;
    l->first = (uint32_t)g->t->loose_bridges.count;
    l->count = d->full ? 0 : (uint32_t)d->count;
    for (size_t i = 0; i < l->count; i++)
        *array_add(&g->t->loose_bridges) = d->at[i];
}

/* Bridges by domain: order[first[d]] .. of domain d. */
struct domains {
    uint32_t *first, *order;
};

static struct domains list_domains(const struct grove *g)
{
    struct domains d = {
        .first = mem_array(g->count + 2, sizeof *d.first),
        .order = mem_array(g->count + 1, sizeof *d.order),
    };

    for (uint32_t k = 0; k < g->count; k++)
        d.first[g->t->domain[k] + 2]++;
    for (size_t k = 2; k < g->count + 2; k++)
        d.first[k] += d.first[k - 1];
    for (uint32_t k = 0; k < g->count; k++)
        d.order[d.first[g->t->domain[k] + 1]++] = k;
    return d;
}

/* Of a bridge below another: those that are loose for that one, or behind the
 * same port of it. Whoever is aside of the parent is aside of it as well. */
static void list_below(struct grove *g, uint32_t k, uint32_t parent)
{
    const struct loose *l = &g->t->loose[parent];
    struct loose_draft d = {.full = l->many};
    size_t i, end;

    for (uint32_t n = 0; n < l->count && !d.full; n++)
        consider(g, k, g->t->loose_bridges.at[l->first + n], &d);
    for (grove_at_port(g, g->t->parent[k], &i, &end); i < end && !d.full; i++)
        consider(g, k, g->sights.at[i].to, &d);
    keep(g, k, &d);
}

static void list_all(struct grove *g, const struct domains *all, uint32_t k)
{
    uint32_t domain = g->t->domain[k];
    struct loose_draft d = {.count = 0};

    for (uint32_t i = all->first[domain]; i < all->first[domain + 1] && !d.full;
         i++)
        consider(g, k, all->order[i], &d);
    keep(g, k, &d);
}

/* It knows where every other bridge of its domain is. */
static bool sees_all(const struct grove *g, const struct domains *all,
                     uint32_t k)
{
    uint32_t domain = g->t->domain[k];

    for (uint32_t i = all->first[domain]; i < all->first[domain + 1]; i++) {
        uint32_t x = all->order[i];

        if (x != k && g->t->group[x] != g->t->group[k] &&
            !is_seen(grove_port(g, k, x)))
            return false;
    }
    return true;
}

static uint32_t *by_depth(const struct grove *g)
{
    uint32_t *order = mem_array(g->count + 1, sizeof *order);
    uint32_t *first = mem_array(g->count + 2, sizeof *first);

    for (uint32_t k = 0; k < g->count; k++)
        first[g->depth[k] + 1]++;
    for (size_t n = 1; n < g->count + 1; n++)
        first[n] += first[n - 1];
    for (uint32_t k = 0; k < g->count; k++)
        order[first[g->depth[k]]++] = k;
    free(first);
    return order;
}

/* ---- what tables lack ---- */

/* What port has learned must the bridge behind it, node, have learned too: it
 * came through it. */
static struct cover cover_of_node(const struct scene *s, uint32_t port,
                                  uint32_t node)
{
    struct cover c = {0};

    for (size_t i = 0; i < fdb_port_rows(s, port); i++) {
        uint32_t mac = fdb_port_row(s, port, i)->mac;
        const struct scene_mac *m = &s->macs.at[mac];

        if (m->node == node || m->node == MANY || m->kind == MAC_PORT)
            continue;
        c.rows++;
        c.misses += fdb_port_of(s, mac, node) == NOWHERE;
    }
    return c;
}

/* What bridge k has learned, but not upwards, is behind it: its parent has it
 * on the port towards k, if at all. On another one it denies that the two stand
 * so: a table is of another time, or the root is not where it seems. */
static struct cover denial_of(const struct grove *g, uint32_t k)
{
    const struct fdb *f = &g->s->fdb;
    uint32_t behind = g->t->parent[k];
    uint32_t parent = g->s->ports.at[behind].node;
    struct cover c = {0};

    for (uint32_t i = f->bridge_first[k]; i < f->bridge_first[k + 1]; i++) {
        const struct sighting *r = &f->rows.at[i];
        uint32_t there = NOWHERE;

        if (r->port != g->t->up[k] && g->s->macs.at[r->mac].node != MANY)
            there = fdb_port_of(g->s, r->mac, parent);
        c.rows += is_seen(there);
        c.misses += is_seen(there) && there != behind;
    }
    return c;
}

static void add_cover(struct cover *sum, const struct cover *c)
{
    sum->rows += c->rows;
    sum->misses += c->misses;
}

static bool is_whole(const struct cover *c)
{
    return (uint64_t)c->misses * MISS_SHARE <= c->rows;
}

/* What others see in the direction of a bridge that nobody is above: most of it
 * is behind that bridge, and the rest passed by. Nobody to compare with: it may
 * lack anything. */
static struct cover cover_of_top(const struct grove *g, uint32_t k)
{
    struct cover c = {.misses = 1};

    for (uint32_t i = g->to_first[k]; i < g->to_first[k + 1]; i++) {
        const struct sight *sight = &g->sights.at[g->to_order[i]];

        if (is_seen(sight->port) && sight->port < g->s->fdb.port_count)
            return cover_of_node(g->s, sight->port, g->s->fdb.bridges.at[k]);
    }
    return c;
}

/* Bridges by the port that their parents see them on. */
struct kids {
    uint32_t *count, *first; /* by port; first: number + 1, 0 = none */
    uint32_t *next;          /* by bridge, the same */
};

static struct kids list_kids(const struct grove *g)
{
    size_t ports = g->s->fdb.port_count;
    struct kids kids = {
        .count = mem_array(ports + 1, sizeof *kids.count),
        .first = mem_array(ports + 1, sizeof *kids.first),
        .next = mem_array(g->count + 1, sizeof *kids.next),
    };

    for (uint32_t k = 0; k < g->count; k++) {
        uint32_t port = g->t->parent[k];

        if (port == NOWHERE)
            continue;
        kids.count[port]++;
        kids.next[k] = kids.first[port];
        kids.first[port] = k + 1;
    }
    return kids;
}

/* Of several children behind one port it is not known through which an address
 * came; if none of them has it, it may be that of any. */
static struct cover cover_of_kids(const struct grove *g, uint32_t port,
                                  const struct kids *kids)
{
    struct cover c = {0};

    if (kids->count[port] > KIDS_MAX)
        return c;
    for (size_t i = 0; i < fdb_port_rows(g->s, port); i++) {
        uint32_t mac = fdb_port_row(g->s, port, i)->mac;
        const struct scene_mac *m = &g->s->macs.at[mac];
        bool is_known = m->kind == MAC_SELF || m->kind == MAC_PORT;

        for (uint32_t k = kids->first[port]; k != 0 && !is_known;
             k = kids->next[k - 1])
            is_known =
                fdb_port_of(g->s, mac, g->s->fdb.bridges.at[k - 1]) != NOWHERE;
        c.rows++;
        c.misses += !is_known;
    }
    return c;
}

static void measure_child(struct grove *g, uint32_t k, const struct kids *kids)
{
    struct tree *t = g->t;
    uint32_t parent = t->parent[k];
    struct cover lacks;

    g->up[k] = cover_of_node(g->s, t->up[k], g->s->ports.at[parent].node);
    add_cover(&t->cover[grove_bridge_of(g, parent)], &g->up[k]);
    g->down[k] = denial_of(g, k);
    lacks = kids->count[parent] == 1
                ? cover_of_node(g->s, parent, g->s->fdb.bridges.at[k])
                : cover_of_kids(g, parent, kids);
    add_cover(&g->down[k], &lacks);
    add_cover(&t->cover[k], &g->down[k]);
}

/* Where one bridge is above all others, what these have tells what it lacks. */
static void measure_covers(struct grove *g)
{
    struct kids kids = list_kids(g);
    uint32_t *tops = mem_array(g->count + 1, sizeof *tops);
    struct tree *t = g->t;

    for (uint32_t k = 0; k < g->count; k++)
        tops[t->domain[k]] += t->parent[k] == NOWHERE;
    for (uint32_t k = 0; k < g->count; k++)
        if (t->parent[k] != NOWHERE) {
            measure_child(g, k, &kids);
        } else if (tops[t->domain[k]] > 1) {
            struct cover c = cover_of_top(g, k);
            add_cover(&t->cover[k], &c);
        }
    for (uint32_t k = 0; k < g->count; k++)
        add_cover(&t->domain_cover[t->domain[k]], &t->cover[k]);
    free(tops);
    free(kids.count);
    free(kids.first);
    free(kids.next);
}

void clear_build(struct grove *g)
{
    struct domains all = list_domains(g);
    uint32_t *order = by_depth(g);

    join_groups(g);
    measure_covers(g);
    for (size_t n = 0; n < g->count; n++) {
        uint32_t k = order[n], parent = NOWHERE;

        if (g->t->parent[k] != NOWHERE)
            parent = grove_bridge_of(g, g->t->parent[k]);
        if (parent != NOWHERE && g->t->loose[parent].known)
            list_below(g, k, parent);
        else
            list_all(g, &all, k);
        g->t->loose[k].sees_all =
            g->t->parent[k] == NOWHERE && sees_all(g, &all, k);
    }
    free(order);
    free(all.first);
    free(all.order);
}

/* ---- between a bridge and what is next ---- */

/* x is not between two that it sees in one direction. */
static bool sees_in_one(const struct grove *g, uint32_t x, uint32_t a,
                        uint32_t b)
{
    uint32_t port = grove_port(g, x, a);

    return is_seen(port) && port == grove_port(g, x, b);
}

/* x is on the far side of child, or off the way between it and its parent. */
static bool is_off(const struct grove *g, uint32_t parent, uint32_t child,
                   uint32_t x)
{
    uint32_t port = grove_port(g, child, x);

    return x == child || g->t->group[x] == g->t->group[child] ||
           (is_seen(port) && port != g->t->up[child]) ||
           sees_in_one(g, x, parent, child);
}

bool clear_is_cable(const struct grove *g, uint32_t parent_port, uint32_t child)
{
    uint32_t parent = grove_bridge_of(g, parent_port);
    const struct loose *l = &g->t->loose[parent];
    size_t i, end;

    if (l->many)
        return false;
    for (uint32_t n = 0; n < l->count; n++)
        if (!is_off(g, parent, child, g->t->loose_bridges.at[l->first + n]))
            return false;
    for (grove_at_port(g, parent_port, &i, &end); i < end; i++)
        if (!is_off(g, parent, child, g->sights.at[i].to))
            return false;
    return is_whole(&g->down[child]) && is_whole(&g->up[child]) &&
           is_whole(&g->t->domain_cover[g->t->domain[child]]);
}

/* ---- between a bridge and a leaf ---- */

/* x, a bridge, sees the bridge of node and the address in one direction. */
static bool sees_leaf_aside(const struct scene *s, uint32_t x, uint32_t node,
                            uint32_t mac)
{
    uint32_t where = s->fdb.bridges.at[x], voice = s->fdb.voices[node];
    uint32_t port = fdb_port_of(s, mac, where);

    return is_seen(port) && is_seen(voice) &&
           fdb_port_of(s, voice, where) == port;
}

/* All tables on the way to the root have what they must; and those of the
 * domain together do: where holes are frequent some are where none is seen. */
static bool is_known_whole(const struct scene *s, const struct tree *t,
                           uint32_t bridge)
{
    if (!is_whole(&t->domain_cover[t->domain[bridge]]))
        return false;
    for (unsigned n = 0; n < DEPTH_MAX; n++) {
        if (t->loose[bridge].unplaced || !is_whole(&t->cover[bridge]))
            return false;
        if (t->parent[bridge] == NOWHERE)
            return t->loose[bridge].sees_all;
        bridge = s->nodes.at[s->ports.at[t->parent[bridge]].node].bridge;
    }
    return false;
}

/* The same towards the root, where nobody is above: all others of the domain
 * must be on other ports. */
static bool clears_upwards(const struct scene *s, const struct tree *t,
                           uint32_t port)
{
    uint32_t node = s->ports.at[port].node, bridge = s->nodes.at[node].bridge;

    for (uint32_t x = 0; x < s->fdb.bridges.count; x++) {
        uint32_t voice = s->fdb.voices[s->fdb.bridges.at[x]], there;

        if (x == bridge || t->domain[x] != t->domain[bridge] ||
            t->group[x] == t->group[bridge])
            continue;
        there = is_seen(voice) ? fdb_port_of(s, voice, node) : NOWHERE;
        if (!is_seen(there) || there == port)
            return false;
    }
    return true;
}

/* When its table was read; 0: it has none. */
static int64_t read_ms(const struct scene *s, uint32_t port)
{
    const struct scene_node *n = &s->nodes.at[s->ports.at[port].node];

    return n->bridge != NOWHERE ? n->facts->observed_at.ms : 0;
}

/* Tables that were read apart differ by what moved meanwhile. */
static bool are_of_one_time(const struct scene *s, const struct join *j)
{
    int64_t a = read_ms(s, j->a), b = read_ms(s, j->b);

    return a == 0 || b == 0 || llabs(a - b) <= FDB_AGEING_MS;
}

void tree_weigh_joins(struct scene *s, const struct tree *t)
{
    for (size_t i = 0; i < s->joins.count; i++) {
        const struct join *j = &s->joins.at[i];
        uint32_t a = s->nodes.at[s->ports.at[j->a].node].bridge;
        uint32_t b = s->nodes.at[s->ports.at[j->b].node].bridge;

        if (are_of_one_time(s, j) &&
            (j->with == NOWHERE ||
             segment_core(s, j->a) == segment_core(s, j->with)) &&
            (a == NOWHERE || is_known_whole(s, t, a)) &&
            (b == NOWHERE || is_known_whole(s, t, b)))
            segment_join(s, j->a, j->b, 0, JOIN_TOLD);
    }
}

bool tree_clears(const struct scene *s, const struct tree *t, uint32_t port,
                 uint32_t mac)
{
    uint32_t node = s->ports.at[port].node, bridge = s->nodes.at[node].bridge;
    const struct loose *l = &t->loose[bridge];

    if (!is_known_whole(s, t, bridge))
        return false;
    if (port == t->up[bridge])
        return clears_upwards(s, t, port);
    if (l->many)
        return false;
    for (uint32_t n = 0; n < l->count; n++)
        if (!sees_leaf_aside(s, t->loose_bridges.at[l->first + n], node, mac))
            return false;
    return true;
}
