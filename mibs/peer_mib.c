#include "mibs/peer_mib.h"

enum { BGP_STATE, BGP_ADMIN, BGP_LOCAL, BGP_REMOTE_AS, BGP_LOCAL_AS };
enum { OSPF_ROUTER, OSPF_STATE };

#define BGP 1, 3, 6, 1, 2, 1, 15
#define OSPF_NBR 1, 3, 6, 1, 2, 1, 14, 10, 1

/* bgpLocalAs is a scalar: a column whose only index is 0. */
static const struct oid bgp_columns[] = {
    [BGP_STATE] = OID_INIT(BGP, 3, 1, 2),     /* bgpPeerState */
    [BGP_ADMIN] = OID_INIT(BGP, 3, 1, 3),     /* bgpPeerAdminStatus */
    [BGP_LOCAL] = OID_INIT(BGP, 3, 1, 5),     /* bgpPeerLocalAddr */
    [BGP_REMOTE_AS] = OID_INIT(BGP, 3, 1, 9), /* bgpPeerRemoteAs */
    [BGP_LOCAL_AS] = OID_INIT(BGP, 2),        /* bgpLocalAs */
};

static const struct oid ospf_columns[] = {
    [OSPF_ROUTER] = OID_INIT(OSPF_NBR, 3), /* ospfNbrRtrId */
    [OSPF_STATE] = OID_INIT(OSPF_NBR, 6),  /* ospfNbrState */
};

static const char *name_of(const char *const *names, size_t count, int64_t i)
{
    return i > 0 && (size_t)i < count ? names[i] : "";
}

static bool read_v4(struct oid index, struct addr *out)
{
    uint8_t octets[4];

    if (!oid_read_octets(index, 0, sizeof octets, octets))
        return false;
    *out = addr_v4(octets);
    return true;
}

/* Index: address of the peer. */
static void read_bgp(struct harvest *h, const struct row *row)
{
    static const char *const states[] = {
        "",         "idle",        "connect",    "active",
        "opensent", "openconfirm", "established"};
    static const char *const admins[] = {"", "stop", "start"};
    struct peer p = {.protocol = PEER_BGP};

    if (row->index.len == 1)
        h->local_as = row_u32(row, BGP_LOCAL_AS);
    if (row->index.len != 4 || !read_v4(row->index, &p.addr) ||
        h->facts->peers.count >= PEERS_MAX)
        return;
    p.as = row_u32(row, BGP_REMOTE_AS);
    p.local = addr_of_octets(row_octets(row, BGP_LOCAL));
    p.state = name_of(states, COUNT_OF(states), row_integer(row, BGP_STATE, 0));
    p.admin = name_of(admins, COUNT_OF(admins), row_integer(row, BGP_ADMIN, 0));
    *array_add(&h->facts->peers) = p;
}

/* Index: address of the neighbor, its ifIndex where it has no address. */
static void read_ospf(struct harvest *h, const struct row *row)
{
    static const char *const states[] = {"",         "down",    "attempt",
                                         "init",     "twoWay",  "exchangeStart",
                                         "exchange", "loading", "full"};
    struct peer p = {.protocol = PEER_OSPF, .admin = ""};

    if (row->index.len != 5 || !read_v4(row->index, &p.addr) ||
        h->facts->peers.count >= PEERS_MAX)
        return;
    p.router = addr_of_octets(row_octets(row, OSPF_ROUTER));
    p.state =
        name_of(states, COUNT_OF(states), row_integer(row, OSPF_STATE, 0));
    *array_add(&h->facts->peers) = p;
}

static int peer_compare(const void *a, const void *b)
{
    const struct peer *x = a, *y = b;

    if (x->protocol != y->protocol)
        return x->protocol < y->protocol ? -1 : 1;
    return addr_compare(&x->addr, &y->addr);
}

void peer_finish(struct harvest *h)
{
    struct peers *all = &h->facts->peers;
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, peer_compare);
    for (size_t i = 0; i < all->count; i++) {
        struct peer p = all->at[i];

        if (kept > 0 && peer_compare(&all->at[kept - 1], &p) == 0)
            continue;
        if (p.protocol == PEER_BGP)
            p.local_as = h->local_as;
        all->at[kept++] = p;
    }
    all->count = kept;
}

const struct reader bgp_reader = {
    .name = "bgpPeerTable",
    READ_COLUMNS(bgp_columns),
    .rows_max = PEERS_MAX,
    .row = read_bgp,
};

const struct reader ospf_reader = {
    .name = "ospfNbrTable",
    READ_COLUMNS(ospf_columns),
    .rows_max = PEERS_MAX,
    .row = read_ospf,
};
