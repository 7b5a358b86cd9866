/* Places: where an address may be, by the tables that have learned it. */
#include "topology/leaves.h"

enum {
    /* A port with so many addresses is no edge port against one with a
     * quarter of them. */
    CROWD = 8,
    CROWD_SHARE = 4
};

bool edge_is_hearsay(const struct scene *s, uint32_t port)
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

uint32_t leaf_bridge(const struct scene *s, uint32_t port)
{
    return s->nodes.at[s->ports.at[port].node].bridge;
}

void where_add(struct where *w, uint32_t port)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->ports[i] == port)
            return;
    if (w->count < WHERE_MAX)
        w->ports[w->count++] = port;
    else
        w->more = true;
}

static struct where find_where(const struct placing *p, uint32_t mac)
{
    struct where away = {0}, towards = {0};

    for (size_t i = 0; i < fdb_mac_rows(p->s, mac); i++) {
        uint32_t port = fdb_mac_row(p->s, mac, i)->port;
        uint32_t bridge = leaf_bridge(p->s, port);

        if (!port_is_edge(p->s, port))
            continue;
        if (p->tree->up[bridge] != port)
            where_add(&away, port);
        else if (p->tree->top[bridge] != TOP_NOT)
            where_add(&towards, port);
    }
    return away.count > 0 ? away : towards;
}

uint32_t where_least_crowded(const struct scene *s, const struct where *w)
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

static void keep_newest(struct placing *p, struct where *w)
{
    int64_t newest = 0;
    size_t kept = 0;

    for (size_t i = 0; i < w->count; i++)
        if (read_ms(p->s, w->ports[i]) > newest)
            newest = read_ms(p->s, w->ports[i]);
    for (size_t i = 0; i < w->count; i++) {
        struct cover *c = &p->tree->cover[leaf_bridge(p->s, w->ports[i])];

        c->rows++;
        if (newest - read_ms(p->s, w->ports[i]) <= FDB_AGEING_MS)
            w->ports[kept++] = w->ports[i];
        else
            c->misses++;
    }
    w->count = kept;
}

struct where where_is(struct placing *p, uint32_t mac)
{
    struct where w = find_where(p, mac);

    keep_newest(p, &w);
    return w;
}

bool leaf_is_outdated(const struct scene *s, uint32_t port, uint32_t mac)
{
    for (size_t i = 0; i < fdb_mac_rows(s, mac); i++)
        if (read_ms(s, fdb_mac_row(s, mac, i)->port) - read_ms(s, port) >
            FDB_AGEING_MS)
            return true;
    return false;
}

bool mac_is_firm(const struct scene *s, const struct scene_mac *m)
{
    return m->port != NOWHERE && m->port != MANY &&
           (s->ports.at[m->port].flags & (PORT_CABLED | PORT_AGGREGATE)) != 0;
}

struct leaf leaf_of(struct scene *s, uint32_t port, uint32_t mac)
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

uint32_t leaf_port(struct scene *s, const struct leaf *l)
{
    return l->soft && port_is_taken(s, l->at) ? port_unknown(s, l->node, "")
                                              : l->at;
}

uint32_t leaf_evidence(const struct scene *s, uint32_t mac)
{
    return EVIDENCE_FDB | (s->macs.at[mac].listed ? 0 : (uint32_t)EVIDENCE_ARP);
}
