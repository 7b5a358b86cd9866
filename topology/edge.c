/* Edge: between two ports; it becomes a cable, a part of a segment, or loses.
 */
#include "topology/scene.h"

/* ---- segments ---- */

uint32_t segment_core(struct scene *s, uint32_t port)
{
    uint32_t at = port;

    while (s->ports.at[at].core != at) {
        uint32_t over = s->ports.at[at].core;
        s->ports.at[at].core = s->ports.at[over].core;
        at = over;
    }
    return at;
}

uint32_t segment_of(struct scene *s, uint32_t port)
{
    uint32_t at = port;

    while (s->ports.at[at].segment != at) {
        uint32_t over = s->ports.at[at].segment;
        s->ports.at[at].segment = s->ports.at[over].segment;
        at = over;
    }
    return at;
}

static void core_join(struct scene *s, uint32_t a, uint32_t b)
{
    uint32_t x = segment_core(s, a), y = segment_core(s, b);

    s->ports.at[x < y ? y : x].core = x < y ? x : y;
}

void segment_join(struct scene *s, uint32_t a, uint32_t b, uint32_t evidence,
                  enum join_proof proof)
{
    uint32_t x = segment_of(s, a), y = segment_of(s, b);

    if (proof == JOIN_TOLD)
        core_join(s, a, b);
    else if (proof == JOIN_LEARNED)
        *array_add(&s->joins) = (struct join){a, b, NOWHERE};

    s->ports.at[a].flags |= PORT_JOINED;
    s->ports.at[b].flags |= PORT_JOINED;
    s->ports.at[a].evidence |= evidence;
    s->ports.at[b].evidence |= evidence;
    if (x < y)
        s->ports.at[y].segment = x;
    else
        s->ports.at[x].segment = y;
}

void segment_join_between(struct scene *s, uint32_t a, uint32_t with,
                          uint32_t b, uint32_t evidence)
{
    segment_join(s, a, b, evidence, JOIN_GUESSED);
    *array_add(&s->joins) = (struct join){a, b, with};
}

bool segment_is_same(struct scene *s, uint32_t a, uint32_t b)
{
    return (s->ports.at[a].flags & s->ports.at[b].flags & PORT_JOINED) != 0 &&
           segment_of(s, a) == segment_of(s, b);
}

/* ---- edges ---- */

uint64_t edge_towards_key(uint32_t port, uint32_t node)
{
    return (uint64_t)port << 32 | node;
}

uint32_t edge_between(struct scene *s, uint32_t a, uint32_t b)
{
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    uint32_t made = (uint32_t)s->edges.count;
    uint32_t edge = keymap_put(&s->pairs, (uint64_t)low << 32 | high, made);

    if (edge != made)
        return edge;
    *array_add(&s->edges) = (struct edge){.a = low, .b = high, .why = ""};
    scene_name_put(&s->towards, edge_towards_key(a, s->ports.at[b].node), made);
    scene_name_put(&s->towards, edge_towards_key(b, s->ports.at[a].node), made);
    return made;
}

uint32_t edge_said(const struct edge *e, uint8_t heard)
{
    const uint32_t of_cdp =
        EVIDENCE_CDP | EVIDENCE_FDP | EVIDENCE_EDP | EVIDENCE_NDP;
    uint32_t said = 0;

    if ((heard & HEARD_LLDP) != 0)
        said |= EVIDENCE_LLDP;
    if ((heard & HEARD_CDP) != 0)
        said |= e->evidence & of_cdp;
    if ((heard & HEARD_LACP) != 0)
        said |= EVIDENCE_LACP;
    if ((heard & HEARD_STP) != 0)
        said |= EVIDENCE_STP;
    return said;
}

bool port_is_busy(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];

    return (p->flags & PORT_AGGREGATE) == 0 &&
           (p->edge != NOWHERE || (p->flags & PORT_JOINED) != 0);
}

bool port_is_taken(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];

    return p->edge != NOWHERE || (p->flags & PORT_JOINED) != 0;
}

uint32_t port_peer(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];
    const struct edge *e;

    if (p->edge == NOWHERE)
        return NOWHERE;
    e = &s->edges.at[p->edge];
    return s->ports.at[e->a].node == p->node ? e->b : e->a;
}

static void occupy(struct scene *s, uint32_t port, uint32_t edge)
{
    struct scene_port *p = &s->ports.at[port];
    struct scene_port *bundle = &s->ports.at[p->bundle];

    if (p->edge == NOWHERE)
        p->edge = edge;
    if (bundle->edge == NOWHERE)
        bundle->edge = edge;
}

bool edge_prove(struct scene *s, uint32_t edge, uint8_t confidence,
                const char *why)
{
    struct edge *e = &s->edges.at[edge];

    if (e->fate == EDGE_PROVED)
        return true;
    if (port_is_busy(s, e->a) || port_is_busy(s, e->b))
        return false;
    e->fate = EDGE_PROVED;
    e->confidence = confidence;
    e->why = why;
    occupy(s, e->a, edge);
    occupy(s, e->b, edge);
    return true;
}

static void vacate(struct scene *s, uint32_t port, uint32_t edge)
{
    struct scene_port *p = &s->ports.at[port];
    struct scene_port *bundle = &s->ports.at[p->bundle];

    if (p->edge == edge)
        p->edge = NOWHERE;
    if (bundle->edge == edge)
        bundle->edge = NOWHERE;
}

void edge_drop(struct scene *s, uint32_t edge, const char *why)
{
    struct edge *e = &s->edges.at[edge];

    vacate(s, e->a, edge);
    vacate(s, e->b, edge);
    e->fate = EDGE_LOST;
    e->why = why;
}

void edge_to_segment(struct scene *s, uint32_t edge, enum join_proof proof)
{
    struct edge *e = &s->edges.at[edge];

    edge_drop(s, edge, "both are on a segment that others share");
    e->fate = EDGE_SEGMENT;
    segment_join(s, e->a, e->b, e->evidence, proof);
}

/* ---- silence ---- */

/* True if the port listens to LLDP and hears none. An agent that serves the MIB
 * may have LLDP switched off: its word counts only if it heard somebody
 * elsewhere, or counts the frames. Frames that were counted, but are in no
 * table, were no silence. */
static bool port_hears_nothing(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];
    const struct scene_node *n = &s->nodes.at[p->node];

    if (!n->tells_lldp || (p->flags & (PORT_DEAF | PORT_LOUD)) != 0)
        return false;
    return n->hears_lldp || (p->flags & PORT_QUIET) != 0;
}

/* True if the port sends LLDP. What it says of itself counts only where it
 * speaks nothing else: some agents count the frames of CDP as well. */
static bool port_speaks(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];
    const struct scene_node *n = &s->nodes.at[p->node];

    return n->sends_lldp || ((p->flags & PORT_TALKS) != 0 && !n->sends_cdp);
}

bool lldp_is_missing(const struct scene *s, uint32_t a, uint32_t b)
{
    return (port_hears_nothing(s, a) && port_speaks(s, b)) ||
           (port_hears_nothing(s, b) && port_speaks(s, a));
}

bool lldp_is_missing_from(const struct scene *s, uint32_t port, uint32_t node)
{
    const struct scene_node *n = &s->nodes.at[node];

    return (port_hears_nothing(s, port) && n->sends_lldp) ||
           (n->hears_lldp && s->nodes.at[s->ports.at[port].node].sends_lldp);
}

/* ---- bundles over several devices ---- */

static uint64_t bundle_key(const struct scene *s, uint32_t port)
{
    return (uint64_t)s->ports.at[port].bundle + 1;
}

static void note_peer(const struct scene *s, struct keymap *peers,
                      uint32_t port, uint32_t peer)
{
    if (s->ports.at[port].bundle != port)
        scene_name_put(peers, bundle_key(s, port), s->ports.at[peer].node);
}

static bool is_spread(const struct scene *s, const struct keymap *peers,
                      uint32_t port)
{
    return s->ports.at[port].bundle != port &&
           keymap_find(peers, bundle_key(s, port)) == MANY;
}

void edges_name_spread_bundles(struct scene *s)
{
    struct keymap peers = {0};

    for (size_t i = 0; i < s->edges.count; i++) {
        const struct edge *e = &s->edges.at[i];

        if (e->fate != EDGE_PROVED || e->doubt != DOUBT_NONE)
            continue;
        note_peer(s, &peers, e->a, e->b);
        note_peer(s, &peers, e->b, e->a);
    }
    for (size_t i = 0; i < s->edges.count; i++) {
        struct edge *e = &s->edges.at[i];

        if (e->fate == EDGE_PROVED &&
            (is_spread(s, &peers, e->a) || is_spread(s, &peers, e->b)))
            e->why = scene_format(s,
                                  "%s; its bundle goes to several devices "
                                  "(MC-LAG)",
                                  e->why);
    }
    keymap_fini(&peers);
}
