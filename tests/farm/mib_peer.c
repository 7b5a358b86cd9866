/* OSPF-MIB and BGP4-MIB: whoever is at the other end of a routed port is a
 * neighbor of both. Where the network tells sessions (farm --sessions). */
#include "tests/farm/mib.h"

enum { FULL = 8, ACTIVE = 3, ESTABLISHED = 6, AS_FIRST = 65000 };

static bool is_session(const struct view *v, uint32_t port)
{
    const struct port *p = &v->net->ports.at[port];

    return p->ip != 0 && p->peer != NONE && v->net->ports.at[p->peer].ip != 0;
}

static uint32_t peer_ip(const struct view *v, uint32_t port)
{
    return v->net->ports.at[v->net->ports.at[port].peer].ip;
}

static bool is_up(const struct view *v, uint32_t port)
{
    return (v->net->ports.at[port].flags & (PORT_CUT | PORT_NO_SESSION)) == 0;
}

/* The port of the nth session, by the addresses of peers; only such as are up,
 * or all. NONE: there are less. */
static uint32_t nth_session(const struct view *v, uint32_t nth, bool all)
{
    uint32_t last = 0, found = NONE;

    if (!v->net->sessions)
        return NONE;
    for (uint32_t n = 0; n <= nth; n++) {
        found = NONE;
        for (uint32_t i = 0; i < v->dev->ports; i++) {
            uint32_t port = v->dev->first_port + i;

            if (is_session(v, port) && (all || is_up(v, port)) &&
                peer_ip(v, port) > last &&
                (found == NONE || peer_ip(v, port) < peer_ip(v, found)))
                found = port;
        }
        if (found == NONE)
            return NONE;
        last = peer_ip(v, found);
    }
    return found;
}

static uint32_t count(const struct view *v, bool all)
{
    uint32_t n = 0;

    for (uint32_t i = 0; v->net->sessions && i < v->dev->ports; i++) {
        uint32_t port = v->dev->first_port + i;

        n += is_session(v, port) && (all || is_up(v, port));
    }
    return n;
}

/* ---- BGP: a peer that is down stays in the table --------------------------
 */

static uint32_t bgp_rows(const struct view *v)
{
    return count(v, true);
}

static uint32_t bgp_runs(const struct view *v)
{
    return count(v, true) > 0;
}

static bool bgp_as_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    (void)column;
    (void)row;
    return value_int(out, AS_FIRST + v->index % 500);
}

static void bgp_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push_ip(out, peer_ip(v, nth_session(v, row, true)));
}

static bool bgp_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    uint32_t port = nth_session(v, row, true);
    const struct port *p = &v->net->ports.at[port];

    switch (column) {
    case 2:
        return value_int(out, is_up(v, port) ? ESTABLISHED : ACTIVE);
    case 3: /* start(2) */
        return value_int(out, 2);
    case 5:
        return value_ip(v, out, p->ip);
    default:
        return value_int(out,
                         AS_FIRST + v->net->ports.at[p->peer].device % 500);
    }
}

/* ---- OSPF: a neighbor that is down is in the table no more ----------------
 */

static uint32_t ospf_rows(const struct view *v)
{
    return count(v, false);
}

static bool ospf_admin_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    (void)row;
    return column == 1 ? value_ip(v, out, v->dev->ip)
                       : value_int(out, 1); /* enabled(1) */
}

static void ospf_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push_ip(out, peer_ip(v, nth_session(v, row, false)));
    index_push(out, 0);
}

static bool ospf_get(struct view *v, unsigned column, uint32_t row,
                     struct value *out)
{
    uint32_t port = nth_session(v, row, false);
    uint32_t peer = v->net->ports.at[port].peer;

    if (column == 3)
        return value_ip(
            v, out, network_device(v->net, v->net->ports.at[peer].device)->ip);
    return value_int(out, FULL);
}

const struct group groups_peer[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 14, 1),
        GROUP_COLUMNS(1, 2),
        .rows = bgp_runs,
        .get = ospf_admin_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 14, 10, 1),
        GROUP_COLUMNS(3, 6),
        .rows = ospf_rows,
        .index = ospf_index,
        .get = ospf_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 15),
        GROUP_COLUMNS(2),
        .rows = bgp_runs,
        .get = bgp_as_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 15, 3, 1),
        GROUP_COLUMNS(2, 3, 5, 9),
        .rows = bgp_rows,
        .index = bgp_index,
        .get = bgp_get,
    },
    {.count = 0},
};
