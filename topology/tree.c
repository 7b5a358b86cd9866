/* Tree: the place of bridges that no neighbor protocol tells.
 *
 * Those that have bridge D below (grove.h) are a chain from the root down to D,
 * so the deepest of them is D's parent, and the cable runs from the port where
 * the parent sees D to up(D) - if nothing else can be between the two.
 */
#include "topology/grove.h"

enum {
    SIBLINGS_MAX = 64,  /* that are held against each other */
    WITNESSES_MAX = 256 /* rows of one that another may know */
};

/* ---- parents ---- */

/* The deepest that has bridge k below; NULL if none, *tie if several. */
static const struct sight *find_parent(const struct grove *g, uint32_t k,
                                       bool *tie)
{
    const struct sight *best = NULL;

    *tie = false;
    for (uint32_t i = g->to_first[k]; i < g->to_first[k + 1]; i++) {
        const struct sight *x = &g->sights.at[g->to_order[i]];

        if (!grove_is_above(g, x))
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
    uint32_t back = grove_port(g, k, parent->from);

    if (back != NOWHERE && back != g->t->up[k])
        return false;
    for (uint32_t i = g->to_first[k]; i < g->to_first[k + 1]; i++) {
        const struct sight *x = &g->sights.at[g->to_order[i]];

        if (grove_is_above(g, x) && x->from != parent->from &&
            grove_port(g, x->from, parent->from) != x->port)
            return false;
    }
    return true;
}

static void find_children(struct grove *g)
{
    for (uint32_t k = 0; k < g->count; k++) {
        bool tie = false;
        const struct sight *parent =
            g->root[k] != NOWHERE && g->t->up[k] != NOWHERE
                ? find_parent(g, k, &tie)
                : NULL;

        if (parent == NULL || tie)
            continue;
        g->t->parent[k] = parent->port;
        *array_add(&g->children) = (struct child){
            parent->port, k, !parent->weak && chain_is_whole(g, k, parent)};
    }
}

/* ---- the top ---- */

/* How many bridges each has below, by sights. */
static uint32_t *count_below(const struct grove *g)
{
    uint32_t *below = mem_array(g->count + 1, sizeof *below);

    for (size_t i = 0; i < g->sights.count; i++)
        if (grove_is_above(g, &g->sights.at[i]))
            below[g->sights.at[i].from]++;
    return below;
}

/* The top of each tree: of those below nobody the one with most below. */
static void mark_tops(const struct grove *g)
{
    struct keymap tops = {0};
    uint32_t *below = count_below(g);

    for (uint32_t k = 0; k < g->count; k++) {
        uint32_t top;

        if (g->root[k] == NOWHERE || g->depth[k] > 0)
            continue;
        g->t->top[k] = TOP_MAYBE;
        top = keymap_put(&tops, g->root[k], k);
        if (below[k] > below[top])
            keymap_set(&tops, g->root[k], k);
    }
    for (uint32_t k = 0; k < g->count; k++)
        if (g->root[k] != NOWHERE && keymap_find(&tops, g->root[k]) == k)
            g->t->top[k] = TOP_SURELY;
    keymap_fini(&tops);
    free(below);
}

/* ---- cables and segments ---- */

/* An address that both sides have learned is between them. */
static bool has_between(const struct scene *s, uint32_t port, uint32_t up)
{
    uint32_t mac;
    size_t at = 0;

    while (fdb_common(s, port, up, &at, &mac))
        if (s->macs.at[mac].node != MANY)
            return true;
    return false;
}

static void link_only_child(struct grove *g, const struct child *c)
{
    struct scene *s = g->s;
    uint32_t up = g->t->up[c->bridge], edge;
    bool mutual;

    if (has_between(s, c->parent_port, up) ||
        lldp_is_missing(s, c->parent_port, up)) {
        segment_join(s, c->parent_port, up, EVIDENCE_FDB, JOIN_LEARNED);
        return;
    }
    mutual = grove_port(g, c->bridge, grove_bridge_of(g, c->parent_port)) == up;
    edge = edge_between(s, c->parent_port, up);
    s->edges.at[edge].evidence |= EVIDENCE_FDB;
    if (!c->sure || !clear_is_cable(g, c->parent_port, c->bridge))
        s->edges.at[edge].doubt = DOUBT_CANDIDATE;
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

/* True if x sees y, or something that is behind y, where it sees the root: it
 * is not above y. That it sees neither says nothing. */
static bool is_not_above(const struct grove *g, uint32_t x, uint32_t y)
{
    const struct fdb *f = &g->s->fdb;
    uint32_t up = g->t->up[x], end = f->bridge_first[y + 1];

    if (grove_port(g, x, y) == up)
        return true;
    if (end - f->bridge_first[y] > WITNESSES_MAX)
        end = f->bridge_first[y] + WITNESSES_MAX;
    for (uint32_t i = f->bridge_first[y]; i < end; i++) {
        const struct sighting *r = &f->rows.at[i];

        if (r->port != g->t->up[y] &&
            fdb_port_of(g->s, r->mac, f->bridges.at[x]) == up)
            return true;
    }
    return false;
}

static bool are_siblings(const struct grove *g, const struct child *c,
                         size_t count)
{
    if (count > SIBLINGS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (i != k && !is_not_above(g, c[i].bridge, c[k].bridge))
                return false;
    return true;
}

/* Children behind one port that are not above each other share a segment. */
static void link_siblings(struct grove *g, const struct child *c, size_t count)
{
    enum join_proof proof =
        are_siblings(g, c, count) ? JOIN_LEARNED : JOIN_GUESSED;

    for (size_t i = 0; i < count; i++) {
        segment_join(g->s, c->parent_port, g->t->up[c[i].bridge], EVIDENCE_FDB,
                     proof);
        g->t->loose[c[i].bridge].unplaced = proof == JOIN_GUESSED;
    }
}

/* Children of one port, in one run: where it ends. */
static size_t run_of(const struct grove *g, size_t i)
{
    size_t end = i + 1;

    while (end < g->children.count &&
           g->children.at[end].parent_port == g->children.at[i].parent_port)
        end++;
    return end;
}

/* Children that a cable places elsewhere are behind something else; so are all
 * behind a port that has a cable. */
static void drop_placed(struct grove *g)
{
    size_t kept = 0;

    for (size_t i = 0; i < g->children.count; i++) {
        const struct child *c = &g->children.at[i];

        if (g->s->ports.at[g->t->up[c->bridge]].edge == NOWHERE &&
            g->s->ports.at[c->parent_port].edge == NOWHERE)
            g->children.at[kept++] = *c;
    }
    g->children.count = kept;
    if (kept > 0)
        qsort(g->children.at, kept, sizeof *g->children.at, child_compare);
}

static void link_children(struct grove *g)
{
    for (size_t i = 0, end; i < g->children.count; i = end) {
        end = run_of(g, i);
        if (end - i == 1)
            link_only_child(g, &g->children.at[i]);
        else
            link_siblings(g, &g->children.at[i], end - i);
    }
}

/* ---- bridges below nobody ---- */

/* True if both see each other where they see the root: the root is behind
 * something that both are cabled to. */
static bool are_beside(const struct grove *g, uint32_t a, uint32_t b)
{
    return g->root[a] == g->root[b] && grove_port(g, a, b) == g->t->up[a] &&
           grove_port(g, b, a) == g->t->up[b];
}

static bool is_top(const struct grove *g, uint32_t k)
{
    return g->root[k] != NOWHERE && g->t->up[k] != NOWHERE &&
           g->depth[k] == 0 && g->s->ports.at[g->t->up[k]].edge == NOWHERE;
}

/* The root has no forwarding table. A switch without one has a cable to each
 * top; anything else shares a segment with them. */
static void link_top(struct grove *g, uint32_t k)
{
    struct scene *s = g->s;
    const struct scene_mac *m = &s->macs.at[g->root_mac[k]];
    uint32_t edge;

    if (m->kind != MAC_LEAF || !s->nodes.at[m->node].forwards ||
        (s->ports.at[g->t->up[k]].flags & PORT_JOINED) != 0)
        return;
    if (lldp_is_missing_from(s, g->t->up[k], m->node)) {
        segment_join(s, g->t->up[k], port_unknown(s, m->node, ""), EVIDENCE_FDB,
                     JOIN_LEARNED);
        return;
    }
    edge = edge_between(s, g->t->up[k], port_unknown(s, m->node, ""));
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
    segment_join(s, g->t->up[a], g->t->up[b], EVIDENCE_FDB, JOIN_LEARNED);
    if (m->kind == MAC_LEAF && m->port != NOWHERE && m->port != MANY &&
        !port_is_taken(s, m->port))
        segment_join(s, g->t->up[a], m->port, EVIDENCE_FDB, JOIN_LEARNED);
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

void tree_build(struct scene *s, struct tree *t)
{
    struct grove g;

    grove_build(&g, s, t);
    find_children(&g);
    clear_build(&g);
    drop_placed(&g);
    mark_tops(&g);
    link_tops(&g);
    link_children(&g);
    grove_fini(&g);
}

void tree_fini(struct tree *t)
{
    free(t->up);
    free(t->domain);
    free(t->top);
    free(t->parent);
    free(t->group);
    free(t->loose);
    free(t->cover);
    free(t->domain_cover);
    array_fini(&t->loose_bridges);
    *t = (struct tree){0};
}
