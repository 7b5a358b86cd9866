/* Edges: claims that meet become edges, and who is believed first. */
#include "topology/scene.h"

static const char *protocol_words(uint32_t evidence, uint8_t heard)
{
    if (heard == HEARD_LLDP)
        return "LLDP";
    if (heard == HEARD_LACP)
        return "LACP";
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
    e->why = but;
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
    if (heard == HEARD_LACP && there->tells_lacp)
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

/* What a word is worth: by both ends, by one, by one where the other could tell
 * and does not. */
static const struct weight {
    uint8_t heard, mutual, one, mute;
} weights[] = {
    {HEARD_LLDP, 95, 80, 75},
    {HEARD_LACP, 92, 75, 60},
    {HEARD_CDP, 90, 65, 60},
    {HEARD_STP, 70, 70, 70},
};
enum { PORTLESS = 60 };

static uint8_t weigh(const struct scene *s, const struct edge *e,
                     const struct weight *w)
{
    enum level level = edge_level(s, e, w->heard);

    if (level == LEVEL_NONE || level == LEVEL_MUTUAL)
        return level == LEVEL_NONE ? 0 : w->mutual;
    if (!port_is_known(s, e->a) || !port_is_known(s, e->b))
        return PORTLESS;
    return level == LEVEL_ONE ? w->one : w->mute;
}

/* The word that counts most; *confidence: what it is worth. */
static uint8_t best_word(const struct scene *s, const struct edge *e,
                         uint8_t *confidence)
{
    uint8_t best = 0;

    *confidence = 0;
    for (size_t i = 0; i < COUNT_OF(weights); i++) {
        uint8_t worth = weigh(s, e, &weights[i]);

        if (worth <= *confidence)
            continue;
        *confidence = worth;
        best = weights[i].heard;
    }
    return best;
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
            edge_to_segment(s, c[i].edge,
                            heard == HEARD_LLDP ? JOIN_TOLD : JOIN_LEARNED);
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
    uint8_t heard;        /* the word that is worth it */
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
    edge_drop(s, edge, "there is a better proof of another cable at its port");
    return edge_prove(s, other, PORTLESS,
                      "a neighbor is heard, but its port has another cable");
}

static void settle_one(struct scene *s, const struct candidate *c)
{
    const struct edge *e = &s->edges.at[c->edge];
    uint8_t heard = c->heard;

    if (e->fate != EDGE_OPEN)
        return;
    if (segment_is_same(s, e->a, e->b))
        edge_to_segment(s, c->edge, JOIN_GUESSED);
    else if (!edge_prove(s, c->edge, c->confidence, proof_words(s, e, heard)) &&
             ((heard & HEARD_ADJACENT) == 0 ||
              !prove_without_port(s, c->edge, heard)))
        edge_lose(s, c->edge, heard,
                  "there is a better proof of another cable");
}

/* Edges that are proved by one of these words. */
static void settle(struct scene *s, unsigned words)
{
    struct candidates all = {0};

    for (uint32_t i = 0; i < s->edges.count; i++) {
        const struct edge *e = &s->edges.at[i];
        struct candidate c = {.edge = i, .kinship = KIN_UNKNOWN};

        if (e->fate != EDGE_OPEN || ((e->heard_a | e->heard_b) & words) == 0)
            continue;
        c.heard = best_word(s, e, &c.confidence);
        if (c.heard == HEARD_CDP)
            c.kinship = ports_kinship(s, e->a, e->b);
        *array_add(&all) = c;
    }
    if (all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, candidate_compare);
    for (size_t i = 0; i < all.count; i++)
        settle_one(s, &all.at[i]);
    array_fini(&all);
}

void edges_settle_adjacent(struct scene *s)
{
    judge_companies(s, HEARD_LLDP);
    settle(s, HEARD_ADJACENT);
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
        edge_to_segment(s, edge, JOIN_GUESSED);
    else if (port_is_taken(s, e->a) || port_is_taken(s, e->b))
        edge_lose(s, edge, HEARD_CDP, "a better proof tells of another cable");
    else if (fdb_parts(s, e->a, e->b, &between))
        edge_lose(s, edge, HEARD_CDP,
                  scene_format(s, "%s stands between them",
                               s->nodes.at[between].name));
    else if (silence_counts(s, e) || fdb_is_between(s, e->a, e->b))
        edge_to_segment(s, edge, JOIN_LEARNED);
}

static void check_stp(struct scene *s, uint32_t edge)
{
    const struct edge *e = &s->edges.at[edge];
    bool blocked = port_is_blocked(s, e->a) || port_is_blocked(s, e->b);
    bool taken = port_is_taken(s, e->a) || port_is_taken(s, e->b);
    uint32_t between = NOWHERE, mac;
    size_t at = 0;

    if (segment_is_same(s, e->a, e->b))
        edge_to_segment(s, edge, JOIN_GUESSED);
    else if (!taken && (lldp_is_missing(s, e->a, e->b) ||
                        (!blocked && fdb_common(s, e->a, e->b, &at, &mac))))
        edge_to_segment(s, edge, JOIN_LEARNED);
    else if (taken || (!blocked && fdb_parts(s, e->a, e->b, &between)))
        edge_drop(s, edge, "it is seen through a bridge between them");
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

/* ---- traffic ---- */

static int node_ident_compare(const void *key, const void *node)
{
    return ident_compare(key, &((const struct scene_node *)node)->id);
}

/* The port (a carrier) of a device; NOWHERE. */
static uint32_t port_of_device(const struct scene *s, const struct ident *id,
                               uint32_t if_index)
{
    const struct scene_node *n = s->device_count > 0
                                     ? bsearch(id, s->nodes.at, s->device_count,
                                               sizeof *n, node_ident_compare)
                                     : NULL;
    uint32_t port = n != NULL
                        ? port_listed(s, (uint32_t)(n - s->nodes.at), if_index)
                        : NOWHERE;

    return port != NOWHERE ? s->ports.at[port].carrier : NOWHERE;
}

/* A link whose ends both say so is not doubted for what they count. */
static void weigh_traffic(struct scene *s, struct edge *e,
                          enum traffic_verdict verdict)
{
    enum { WELL_PROVED = 90 };

    if (verdict == TRAFFIC_AGREES) {
        e->evidence |= EVIDENCE_TRAFFIC;
        e->confidence = (uint8_t)(e->confidence + (100 - e->confidence) / 3);
    } else if (verdict == TRAFFIC_DISAGREES) {
        if (e->confidence < WELL_PROVED)
            e->doubt = DOUBT_AMBIGUOUS;
        e->evidence |= EVIDENCE_MISLINK;
        e->confidence /= 2;
        e->why = scene_format(s,
                              "%s; but what goes in at one end does not come "
                              "out at the other: probably a mislink",
                              e->why);
    }
}

void edges_weigh_traffic(struct scene *s)
{
    for (size_t i = 0; i < s->input->traffic_count; i++) {
        const struct topo_traffic *t = &s->input->traffic[i];
        uint32_t a = port_of_device(s, &t->a, t->a_if_index);
        uint32_t b = port_of_device(s, &t->b, t->b_if_index);
        uint32_t edge = NOWHERE;

        if (a != NOWHERE && b != NOWHERE)
            edge = keymap_find(&s->pairs, (uint64_t)(a < b ? a : b) << 32 |
                                              (a < b ? b : a));
        if (edge != NOWHERE && s->edges.at[edge].fate == EDGE_PROVED)
            weigh_traffic(s, &s->edges.at[edge], t->verdict);
    }
}
