/* Edges: claims that meet become edges, and who is believed first. */
#include "topology/scene.h"

static const char *protocol_words(uint32_t evidence, uint8_t heard)
{
    if (heard == HEARD_LLDP)
        return "LLDP";
    if (heard == HEARD_STP)
        return "the spanning tree";
    if ((evidence & EVIDENCE_CDP) != 0)
        return "CDP";
    if ((evidence & EVIDENCE_FDP) != 0)
        return "FDP";
    return (evidence & EVIDENCE_EDP) != 0 ? "EDP" : "NDP";
}

static void edge_lose(struct scene *s, uint32_t edge, uint8_t heard,
                      const char *but)
{
    struct edge *e = &s->edges.at[edge];
    bool by_a = (e->heard_a & heard) != 0;
    bool both = by_a && (e->heard_b & heard) != 0;

    e->fate = EDGE_LOST;
    scene_conflict(s, "%s %s %s by %s, but %s",
                   scene_port_words(s, by_a ? e->a : e->b),
                   both ? "and the other end hear each other:" : "hears",
                   scene_port_words(s, by_a ? e->b : e->a),
                   protocol_words(e->evidence, heard), but);
}

/* ---- claims to edges ---- */

static void hear(struct scene *s, uint32_t edge, const struct claim *c)
{
    struct edge *e = &s->edges.at[edge];

    e->evidence |= c->evidence;
    if (e->a == c->from)
        e->heard_a |= c->heard;
    else
        e->heard_b |= c->heard;
}

/* Claims that name no port: how many ports of one node hear another. */
static uint64_t nodes_key(const struct scene *s, const struct claim *c,
                          bool back)
{
    uint32_t from = s->ports.at[c->from].node;

    return back ? (uint64_t)c->node << 32 | from
                : (uint64_t)from << 32 | c->node;
}

static uint32_t count_of(const struct keymap *counts, uint64_t key)
{
    uint32_t n = keymap_find(counts, key);

    return n == KEYMAP_NONE ? 0 : n;
}

struct portless {
    struct keymap seen;   /* port and node: once */
    struct keymap counts; /* node and node: ports */
    struct keymap firsts; /* node and node: the first such claim */
};

static void count_portless(struct scene *s, struct portless *p)
{
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim *c = &s->claims.at[i];
        uint64_t key = nodes_key(s, c, false);

        if (c->to != NOWHERE ||
            keymap_find(&s->towards, edge_towards_key(c->from, c->node)) !=
                KEYMAP_NONE)
            continue;
        if (keymap_put(&p->seen, edge_towards_key(c->from, c->node),
                       (uint32_t)i) != i)
            continue;
        keymap_set(&p->counts, key, count_of(&p->counts, key) + 1);
        (void)keymap_put(&p->firsts, key, (uint32_t)i); /* the first stays */
    }
}

/* One port each way: the two are the ends of one cable. Of several, only the
 * side that hears more is taken, so that no cable counts twice. */
static void pair_portless(struct scene *s, const struct claim *c,
                          const struct portless *p)
{
    uint32_t there = count_of(&p->counts, nodes_key(s, c, false));
    uint32_t back = count_of(&p->counts, nodes_key(s, c, true));

    if (there == 1 && back == 1) {
        uint32_t other = keymap_find(&p->firsts, nodes_key(s, c, true));
        hear(s, edge_between(s, c->from, s->claims.at[other].from), c);
        return;
    }
    if (there < back || (there == back && c->node < s->ports.at[c->from].node))
        return;
    hear(s, edge_between(s, c->from, port_unknown(s, c->node, c->text)), c);
}

/* Claims without a port join what is known between that port and that device,
 * else they make edges of their own. */
static void join_portless(struct scene *s)
{
    struct portless p = {0};

    count_portless(s, &p);
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim c = s->claims.at[i];
        uint32_t edge;

        if (c.to != NOWHERE)
            continue;
        edge = keymap_find(&s->towards, edge_towards_key(c.from, c.node));
        if (edge == KEYMAP_NONE)
            pair_portless(s, &c, &p);
        else if (edge != MANY)
            hear(s, edge, &c);
    }
    keymap_fini(&p.seen);
    keymap_fini(&p.counts);
    keymap_fini(&p.firsts);
}

static void mark_both(struct scene *s)
{
    const unsigned both = HEARD_LLDP | HEARD_CDP;

    for (size_t i = 0; i < s->edges.count; i++) {
        const struct edge *e = &s->edges.at[i];

        if ((e->heard_a & both) == both)
            s->nodes.at[s->ports.at[e->a].node].tells_both = true;
        if ((e->heard_b & both) == both)
            s->nodes.at[s->ports.at[e->b].node].tells_both = true;
    }
}

void edges_pair(struct scene *s)
{
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim c = s->claims.at[i];

        if (c.to != NOWHERE)
            hear(s, edge_between(s, c.from, c.to), &c);
    }
    join_portless(s);
    mark_both(s);
}

/* ---- how much one end's word is worth ---- */

enum level {
    LEVEL_NONE,
    LEVEL_MUTE, /* the other end could tell, and hears nothing of it */
    LEVEL_ONE,  /* the other end cannot be asked */
    LEVEL_MUTUAL
};

static enum level level_of(const struct scene *s, const struct edge *e,
                           bool by_a, uint8_t heard)
{
    uint32_t port = by_a ? e->a : e->b, other = by_a ? e->b : e->a;
    const struct scene_node *here = &s->nodes.at[s->ports.at[port].node];
    const struct scene_node *there = &s->nodes.at[s->ports.at[other].node];
    uint8_t mine = by_a ? e->heard_a : e->heard_b;
    uint8_t theirs = by_a ? e->heard_b : e->heard_a;

    if ((mine & heard) == 0)
        return LEVEL_NONE;
    if ((theirs & heard) != 0)
        return LEVEL_MUTUAL;
    if (heard == HEARD_LLDP && there->tells_lldp && here->sends_lldp)
        return LEVEL_MUTE;
    if (heard == HEARD_CDP && there->tells_cdp && here->sends_cdp)
        return LEVEL_MUTE;
    return LEVEL_ONE;
}

static enum level edge_level(const struct scene *s, const struct edge *e,
                             uint8_t heard)
{
    enum level a = level_of(s, e, true, heard);
    enum level b = level_of(s, e, false, heard);

    return a > b ? a : b;
}

static uint8_t edge_confidence(const struct scene *s, const struct edge *e,
                               uint8_t heard)
{
    enum level level = edge_level(s, e, heard);
    bool ports = port_is_known(s, e->a) && port_is_known(s, e->b);

    if (heard == HEARD_STP)
        return 70;
    if (heard == HEARD_LLDP && level == LEVEL_MUTUAL)
        return 95;
    if (edge_level(s, e, HEARD_CDP) == LEVEL_MUTUAL)
        return 90;
    if (!ports)
        return 60;
    if (heard == HEARD_LLDP)
        return level == LEVEL_MUTE ? 75 : 80;
    return level == LEVEL_MUTE ? 60 : 65;
}

/* ---- company: a port that hears several ---- */

struct company {
    uint32_t port, edge;
    enum level level;
};
struct companies ARRAY_OF(struct company);

static int company_compare(const void *a, const void *b)
{
    const struct company *x = a, *y = b;

    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    return (x->edge > y->edge) - (x->edge < y->edge);
}

static void collect_company(const struct scene *s, uint8_t heard,
                            struct companies *out)
{
    for (uint32_t i = 0; i < s->edges.count; i++) {
        const struct edge *e = &s->edges.at[i];
        enum level a = level_of(s, e, true, heard);
        enum level b = level_of(s, e, false, heard);

        if (e->fate != EDGE_OPEN)
            continue;
        if (a != LEVEL_NONE || heard == HEARD_STP)
            *array_add(out) = (struct company){e->a, i, a};
        if (b != LEVEL_NONE || heard == HEARD_STP)
            *array_add(out) = (struct company){e->b, i, b};
    }
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, company_compare);
}

static uint32_t peer_node(const struct scene *s, const struct company *c)
{
    const struct edge *e = &s->edges.at[c->edge];

    return s->ports.at[e->a == c->port ? e->b : e->a].node;
}

/* One port's company, the best first. Who is heard by word of equal weight
 * shares a segment with it; who could confirm and does not loses to who does.
 */
static void judge_company(struct scene *s, const struct company *c,
                          size_t count, uint8_t heard)
{
    bool several = false;
    size_t strong = 0;

    while (strong < count &&
           (c[strong].level >= LEVEL_ONE || c[0].level < LEVEL_ONE))
        strong++;
    for (size_t i = 1; i < strong; i++)
        several = several || peer_node(s, &c[i]) != peer_node(s, &c[0]);
    for (size_t i = 0; several && i < strong; i++)
        if (s->edges.at[c[i].edge].fate == EDGE_OPEN ||
            s->edges.at[c[i].edge].fate == EDGE_SEGMENT)
            edge_to_segment(s, c[i].edge);
    for (size_t i = strong; i < count; i++)
        if (s->edges.at[c[i].edge].fate == EDGE_OPEN)
            edge_lose(s, c[i].edge, heard,
                      "another neighbor confirms, this not");
}

static void judge_companies(struct scene *s, uint8_t heard)
{
    struct companies all = {0};

    collect_company(s, heard, &all);
    for (size_t i = 0, end; i < all.count; i = end) {
        end = i + 1;
        while (end < all.count && all.at[end].port == all.at[i].port)
            end++;
        if (end - i > 1 &&
            (s->ports.at[all.at[i].port].flags & PORT_AGGREGATE) == 0)
            judge_company(s, &all.at[i], end - i, heard);
    }
    array_fini(&all);
}

/* ---- settling ---- */

struct candidate {
    uint32_t edge;
    uint8_t confidence;
    enum kinship kinship; /* tells between proofs of equal weight */
};
struct candidates ARRAY_OF(struct candidate);

static int candidate_compare(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->confidence != y->confidence)
        return x->confidence > y->confidence ? -1 : 1;
    if (x->kinship != y->kinship)
        return x->kinship > y->kinship ? -1 : 1;
    return (x->edge > y->edge) - (x->edge < y->edge);
}

static const char *proof_words(struct scene *s, const struct edge *e,
                               uint8_t heard)
{
    const char *protocol = protocol_words(e->evidence, heard);
    bool by_a = (e->heard_a & heard) != 0;

    if (heard == HEARD_STP)
        return "the spanning tree names the bridge and port on the other side";
    if (by_a && (e->heard_b & heard) != 0)
        return scene_format(s, "both ends hear each other by %s", protocol);
    return scene_format(s, "%s hears %s by %s",
                        scene_port_words(s, by_a ? e->a : e->b),
                        scene_port_words(s, by_a ? e->b : e->a), protocol);
}

/* The listener is sure of its own port and of who it hears, but the port that
 * it was told has another cable: keep the device, drop the port. */
static bool prove_without_port(struct scene *s, uint32_t edge, uint8_t heard)
{
    const struct edge *e = &s->edges.at[edge];
    bool by_a = level_of(s, e, true, heard) == LEVEL_ONE;
    uint32_t from = by_a ? e->a : e->b, to = by_a ? e->b : e->a;
    uint32_t evidence = e->evidence, other;

    if (edge_level(s, e, heard) != LEVEL_ONE || port_is_busy(s, from))
        return false;
    other = edge_between(s, from, port_unknown(s, s->ports.at[to].node, ""));
    s->edges.at[other].evidence = evidence;
    s->edges.at[edge].fate = EDGE_LOST;
    return edge_prove(s, other, 60,
                      "a neighbor is heard, but its port has another cable");
}

static void settle_one(struct scene *s, const struct candidate *c,
                       uint8_t heard)
{
    const struct edge *e = &s->edges.at[c->edge];

    if (e->fate != EDGE_OPEN)
        return;
    if (segment_is_same(s, e->a, e->b))
        edge_to_segment(s, c->edge);
    else if (!edge_prove(s, c->edge, c->confidence, proof_words(s, e, heard)) &&
             (heard != HEARD_LLDP || !prove_without_port(s, c->edge, heard)))
        edge_lose(s, c->edge, heard,
                  "there is a better proof of another cable");
}

static void settle(struct scene *s, uint8_t heard)
{
    struct candidates all = {0};

    for (uint32_t i = 0; i < s->edges.count; i++) {
        const struct edge *e = &s->edges.at[i];

        if (e->fate == EDGE_OPEN && ((e->heard_a | e->heard_b) & heard) != 0)
            *array_add(&all) = (struct candidate){
                i, edge_confidence(s, e, heard),
                heard == HEARD_CDP ? ports_kinship(s, e->a, e->b)
                                   : KIN_UNKNOWN};
    }
    if (all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, candidate_compare);
    for (size_t i = 0; i < all.count; i++)
        settle_one(s, &all.at[i], heard);
    array_fini(&all);
}

void edges_settle_lldp(struct scene *s)
{
    judge_companies(s, HEARD_LLDP);
    settle(s, HEARD_LLDP);
}

/* ---- what bridges pass on ---- */

/* Silence of LLDP beside CDP says something only where the listener hears both
 * in parallel: some switches have LLDP on some ports alone. */
static bool silence_counts(const struct scene *s, const struct edge *e)
{
    const struct scene_node *a = &s->nodes.at[s->ports.at[e->a].node];
    const struct scene_node *b = &s->nodes.at[s->ports.at[e->b].node];

    return (e->heard_a != 0 && a->hears_lldp && b->sends_lldp &&
            (a->tells_both || (e->heard_a & HEARD_CDP_LISTED) != 0)) ||
           (e->heard_b != 0 && b->hears_lldp && a->sends_lldp &&
            (b->tells_both || (e->heard_b & HEARD_CDP_LISTED) != 0));
}

/* Drops CDP that a bridge passed on. */
static void check_cdp(struct scene *s, uint32_t edge)
{
    const struct edge *e = &s->edges.at[edge];
    uint32_t between = NOWHERE;

    if (segment_is_same(s, e->a, e->b))
        edge_to_segment(s, edge);
    else if (port_is_taken(s, e->a) || port_is_taken(s, e->b))
        edge_lose(s, edge, HEARD_CDP, "LLDP proves another cable");
    else if (fdb_parts(s, e->a, e->b, &between))
        edge_lose(s, edge, HEARD_CDP,
                  scene_format(s, "%s stands between them",
                               s->nodes.at[between].name));
    else if (silence_counts(s, e) || fdb_is_between(s, e->a, e->b))
        edge_to_segment(s, edge);
}

static void check_stp(struct scene *s, uint32_t edge)
{
    const struct edge *e = &s->edges.at[edge];
    bool blocked = port_is_blocked(s, e->a) || port_is_blocked(s, e->b);
    uint32_t between = NOWHERE, mac;
    size_t at = 0;

    if (segment_is_same(s, e->a, e->b) ||
        (!port_is_taken(s, e->a) && !port_is_taken(s, e->b) &&
         (lldp_is_missing(s, e->a, e->b) ||
          (!blocked && fdb_common(s, e->a, e->b, &at, &mac)))))
        edge_to_segment(s, edge);
    else if (port_is_taken(s, e->a) || port_is_taken(s, e->b) ||
             (!blocked && fdb_parts(s, e->a, e->b, &between)))
        s->edges.at[edge].fate = EDGE_LOST; /* seen through a bridge */
}

static void settle_stp(struct scene *s)
{
    size_t first = s->claims.count;

    claims_gather_stp(s);
    for (size_t i = first; i < s->claims.count; i++) {
        struct claim c = s->claims.at[i];
        hear(s, edge_between(s, c.from, c.to), &c);
    }
    judge_companies(s, HEARD_STP);
    for (uint32_t i = 0; i < s->edges.count; i++)
        if (s->edges.at[i].fate == EDGE_OPEN)
            check_stp(s, i);
    settle(s, HEARD_STP);
}

void edges_settle_rest(struct scene *s)
{
    for (uint32_t i = 0; i < s->edges.count; i++)
        if (s->edges.at[i].fate == EDGE_OPEN)
            check_cdp(s, i);
    judge_companies(s, HEARD_CDP);
    settle(s, HEARD_CDP);
    settle_stp(s);
}
