/* Between: addresses that no edge port has learned. */
#include "topology/leaves.h"

#include <stdlib.h>

static int member_compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return (x->port > y->port) - (x->port < y->port);
}

void between_list(struct placing *p)
{
    struct scene *s = p->s;

    for (uint32_t port = 0; port < s->fdb.port_count; port++)
        if ((s->ports.at[port].flags & PORT_JOINED) != 0 &&
            leaf_bridge(s, port) != NOWHERE)
            *array_add(&p->members) =
                (struct member){segment_of(s, port), port};
    if (p->members.count > 0)
        qsort(p->members.at, p->members.count, sizeof *p->members.at,
              member_compare);
}

void leaf_join(struct scene *s, const struct leaf *l, enum join_proof proof)
{
    uint32_t port = leaf_port(s, l);

    if (!port_is_taken(s, port))
        segment_join(s, l->port, port, leaf_evidence(s, l->mac), proof);
}

void leaf_hang(struct scene *s, uint32_t forwarder, const struct leaf *l)
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

/* Two ports of a segment that have learned an address. */
struct pair {
    uint32_t a, b;
    bool current; /* nobody's later table has it */
};

/* True if mac may be on a segment: two of its bridges have learned it there,
 * and none elsewhere. */
static bool is_between(const struct scene *s, const struct member *m,
                       size_t count, uint32_t mac, struct pair *by)
{
    *by = (struct pair){NOWHERE, NOWHERE, true};
    for (size_t i = 0; i < count; i++) {
        uint32_t there = fdb_port_of(s, mac, s->ports.at[m[i].port].node);

        if (there != NOWHERE && there != m[i].port)
            return false;
        if (there == NOWHERE)
            continue;
        by->current = by->current && !leaf_is_outdated(s, there, mac);
        if (by->a == NOWHERE)
            by->a = there;
        else if (by->b == NOWHERE)
            by->b = there;
    }
    return by->b != NOWHERE;
}

/* Members of the segment of port: [*first, *end). */
static void members_of(const struct placing *p, uint32_t port, size_t *first,
                       size_t *end)
{
    const struct member_list *all = &p->members;
    uint32_t segment = segment_of(p->s, port);
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (all->at[middle].segment < segment)
            low = middle + 1;
        else
            high = middle;
    }
    *first = *end = low;
    while (*end < all->count && all->at[*end].segment == segment)
        ++*end;
}

/* True if somebody sees mac away from the root behind a cable to a device
 * without a table, or behind a port of which nothing is known: whatever passes
 * it on there is not above. */
static bool is_deeper(const struct placing *p, uint32_t mac)
{
    const struct scene *s = p->s;

    for (size_t i = 0; i < fdb_mac_rows(s, mac); i++) {
        uint32_t port = fdb_mac_row(s, mac, i)->port;
        uint32_t peer = port_peer(s, port);

        bool dim = peer != NOWHERE
                       ? leaf_bridge(s, peer) == NOWHERE
                       : (s->ports.at[port].flags & PORT_JOINED) == 0;

        if (dim && p->tree->up[leaf_bridge(s, port)] != port)
            return true;
    }
    return false;
}

/* On no edge port, but learned by bridges on the one segment between them. */
static void place_between(struct placing *p, uint32_t mac)
{
    struct scene *s = p->s;
    struct pair found = {NOWHERE, NOWHERE, false}, by;
    struct where tried = {0};

    for (size_t i = 0; i < fdb_mac_rows(s, mac) && !tried.more; i++) {
        uint32_t port = fdb_mac_row(s, mac, i)->port;
        size_t first, end, count = tried.count;

        members_of(p, port, &first, &end);
        if (first == end)
            continue;
        where_add(&tried, p->members.at[first].port);
        if (tried.count == count ||
            !is_between(s, &p->members.at[first], end - first, mac, &by))
            continue;
        if (found.a != NOWHERE)
            return;
        found = by;
    }
    if (found.a == NOWHERE)
        return;
    struct leaf l = leaf_of(s, found.a, mac);
    uint32_t port = leaf_port(s, &l);
    if (port_is_taken(s, port))
        return;
    if (found.current)
        segment_join_between(s, found.a, found.b, port, leaf_evidence(s, mac));
    else
        segment_join(s, found.a, port, leaf_evidence(s, mac), JOIN_GUESSED);
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
static bool place_behind(struct placing *p, uint32_t mac)
{
    struct scene *s = p->s;
    uint32_t found = NOWHERE, at = NOWHERE;

    for (size_t i = 0; i < fdb_mac_rows(s, mac); i++) {
        uint32_t port = fdb_mac_row(s, mac, i)->port;
        uint32_t node = dim_forwarder_at(s, port);

        if (node == NOWHERE || p->tree->up[leaf_bridge(s, port)] == port)
            continue;
        if (found != NOWHERE && found != node)
            return false;
        found = node;
        at = port;
    }
    if (found == NOWHERE)
        return false;
    struct leaf l = leaf_of(s, at, mac);
    leaf_hang(s, found, &l);
    return true;
}

void between_place(struct placing *p, uint32_t mac)
{
    if (!place_behind(p, mac) && !is_deeper(p, mac))
        place_between(p, mac);
}
