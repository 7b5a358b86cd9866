#include "mibs/peer_mib.h"

#include "mibs/peer.h"

#include <string.h>

/* What all tables of BGP peers have; some tell the peer's address too. */
enum {
    BGP_STATE,
    BGP_ADMIN,
    BGP_LOCAL,
    BGP_REMOTE_AS,
    BGP_LOCAL_AS,
    BGP_REMOTE
};
enum { OSPF_ROUTER, OSPF_STATE, OSPF_ADMIN };

/* State and administrative state tell whether a session is well. */
enum { BGP_MEASURED = BGP_ADMIN + 1 };

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

#define ENTERPRISES 1, 3, 6, 1, 4, 1
#define CISCO_PEER2 ENTERPRISES, 9, 9, 187, 1, 2, 5, 1    /* CISCO-BGP4-MIB */
#define JUNIPER_M2 ENTERPRISES, 2636, 5, 1, 1, 2, 1, 1, 1 /* BGP4-V2-MIB */

static const struct oid cisco_bgp_columns[] = {
    [BGP_STATE] = OID_INIT(CISCO_PEER2, 3),
    [BGP_ADMIN] = OID_INIT(CISCO_PEER2, 4),
    [BGP_LOCAL] = OID_INIT(CISCO_PEER2, 6),
    [BGP_REMOTE_AS] = OID_INIT(CISCO_PEER2, 11),
    [BGP_LOCAL_AS] = OID_INIT(CISCO_PEER2, 8),
};

static const struct oid juniper_bgp_columns[] = {
    [BGP_STATE] = OID_INIT(JUNIPER_M2, 2),
    [BGP_ADMIN] = OID_INIT(JUNIPER_M2, 3),
    [BGP_LOCAL] = OID_INIT(JUNIPER_M2, 7),
    [BGP_REMOTE_AS] = OID_INIT(JUNIPER_M2, 13),
    [BGP_LOCAL_AS] = OID_INIT(JUNIPER_M2, 9),
    [BGP_REMOTE] = OID_INIT(JUNIPER_M2, 11),
};

/* bgp4V2PeerTable (draft-ietf-idr-bgp4-mibv2) at the place of each vendor. */
#define BGP4V2(...)                                  \
    {                                                \
        [BGP_STATE] = OID_INIT(__VA_ARGS__, 13),     \
        [BGP_ADMIN] = OID_INIT(__VA_ARGS__, 12),     \
        [BGP_LOCAL] = OID_INIT(__VA_ARGS__, 3),      \
        [BGP_REMOTE_AS] = OID_INIT(__VA_ARGS__, 10), \
        [BGP_LOCAL_AS] = OID_INIT(__VA_ARGS__, 7),   \
    }

static const struct oid arista_bgp_columns[] =
    BGP4V2(ENTERPRISES, 30065, 4, 1, 1, 2, 1);
static const struct oid dell_bgp_columns[] =
    BGP4V2(ENTERPRISES, 674, 11000, 5000, 200, 1, 1, 2, 1);
static const struct oid foundry_bgp_columns[] =
    BGP4V2(ENTERPRISES, 1991, 3, 5, 1, 1, 2, 1);

/* ospfAdminStat is a scalar too: where OSPF runs there is a row, though it may
 * have no neighbor for the moment. */
static const struct oid ospf_columns[] = {
    [OSPF_ROUTER] = OID_INIT(OSPF_NBR, 3), /* ospfNbrRtrId */
    [OSPF_STATE] = OID_INIT(OSPF_NBR, 6),  /* ospfNbrState */
    [OSPF_ADMIN] = OID_INIT(1, 3, 6, 1, 2, 1, 14, 1, 2),
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

/* Octets of an address, or its text. */
static struct addr addr_at(const struct row *row, size_t column)
{
    struct bytes b = row_octets(row, column);
    struct addr a = addr_of_octets(b);
    char text[ADDR_TEXT_MAX];

    if (addr_is_set(&a) || b.len >= sizeof text)
        return a;
    if (b.len > 0)
        memcpy(text, b.at, b.len);
    text[b.len] = '\0';
    if (addr_parse(text, &a) < 0)
        a = (struct addr){0};
    return a;
}

/* Words of an administrative state: 1 and 2 in all tables. */
struct admin_words {
    const char *off, *on;
};
static const struct admin_words start_words = {"stop", "start"};
static const struct admin_words run_words = {"halted", "running"};

static void add_bgp(struct harvest *h, const struct row *row,
                    const struct addr *peer, const struct admin_words *words)
{
    static const char *const states[] = {
        "",         "idle",        "connect",    "active",
        "opensent", "openconfirm", "established"};
    const char *const admins[] = {"", words->off, words->on};

    if (!addr_is_set(peer) || addr_is_unspecified(peer) ||
        h->facts->peers.count >= PEERS_MAX)
        return;
    *array_add(&h->facts->peers) = (struct peer){
        .protocol = PEER_BGP,
        .addr = *peer,
        .local = addr_at(row, BGP_LOCAL),
        .as = row_u32(row, BGP_REMOTE_AS),
        .local_as = row_u32(row, BGP_LOCAL_AS),
        .state =
            name_of(states, COUNT_OF(states), row_integer(row, BGP_STATE, 0)),
        .admin =
            name_of(admins, COUNT_OF(admins), row_integer(row, BGP_ADMIN, 0)),
    };
}

/* Index: address of the peer. */
static void read_bgp(struct harvest *h, const struct row *row)
{
    struct addr peer;

    if (row->index.len == 1)
        h->local_as = row_u32(row, BGP_LOCAL_AS);
    if (row->index.len == 4 && read_v4(row->index, &peer))
        add_bgp(h, row, &peer, &start_words);
}

/* Index: type and address of the peer. */
static void read_cisco_bgp(struct harvest *h, const struct row *row)
{
    struct addr peer;
    size_t at = 1;

    if (oid_read_address(row->index, &at, &peer))
        add_bgp(h, row, &peer, &start_words);
}

/* Index: instance, both addresses with their types, as far as they go. */
static void read_juniper_bgp(struct harvest *h, const struct row *row)
{
    const struct addr peer = addr_at(row, BGP_REMOTE);

    add_bgp(h, row, &peer, &run_words);
}

/* Index: instance, type and address of the peer. */
static void read_bgp4v2(struct harvest *h, const struct row *row)
{
    struct addr peer;
    size_t at = 2;

    if (oid_read_address(row->index, &at, &peer))
        add_bgp(h, row, &peer, &run_words);
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
    p.if_index = row->index.sub[4]; /* ospfNbrAddressLessIndex */
    p.router = addr_of_octets(row_octets(row, OSPF_ROUTER));
    p.state =
        name_of(states, COUNT_OF(states), row_integer(row, OSPF_STATE, 0));
    *array_add(&h->facts->peers) = p;
}

/* How little a row says: tables of two octets have AS_TRANS for what needs
 * four (RFC 6793). */
static int peer_lacks(const struct peer *p)
{
    enum { AS_TRANS = 23456 };

    return 2 * (p->as == 0 || p->as == AS_TRANS) + (p->state[0] == '\0');
}

/* Of rows of the same peer the one that says most first. */
static int peer_order(const void *a, const void *b)
{
    int order = peer_compare(a, b);

    return order != 0 ? order : peer_lacks(a) - peer_lacks(b);
}

void peer_finish(struct harvest *h)
{
    struct peers *all = &h->facts->peers;
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, peer_order);
    for (size_t i = 0; i < all->count; i++) {
        struct peer p = all->at[i];

        if (kept > 0 && peer_compare(&all->at[kept - 1], &p) == 0)
            continue; /* the same in several routing instances, or tables */
        if (p.protocol == PEER_BGP && p.local_as == 0)
            p.local_as = h->local_as;
        all->at[kept++] = p;
    }
    all->count = kept;
}

const struct reader bgp_reader = {
    .name = "bgpPeerTable",
    READ_COLUMNS(bgp_columns),
    .measured = BGP_MEASURED,
    .rows_max = PEERS_MAX,
    .row = read_bgp,
};

const struct reader cisco_bgp_reader = {
    .name = "cbgpPeer2Table",
    READ_COLUMNS(cisco_bgp_columns),
    .measured = BGP_MEASURED,
    .rows_max = PEERS_MAX,
    .row = read_cisco_bgp,
};

const struct reader juniper_bgp_reader = {
    .name = "jnxBgpM2PeerTable",
    READ_COLUMNS(juniper_bgp_columns),
    .rows_max = PEERS_MAX,
    .row = read_juniper_bgp,
};

const struct reader arista_bgp_reader = {
    .name = "aristaBgp4V2PeerTable",
    READ_COLUMNS(arista_bgp_columns),
    .measured = BGP_MEASURED,
    .rows_max = PEERS_MAX,
    .row = read_bgp4v2,
};

const struct reader dell_bgp_reader = {
    .name = "os10bgp4V2PeerTable",
    READ_COLUMNS(dell_bgp_columns),
    .measured = BGP_MEASURED,
    .rows_max = PEERS_MAX,
    .row = read_bgp4v2,
};

const struct reader foundry_bgp_reader = {
    .name = "bgp4V2PeerTable",
    READ_COLUMNS(foundry_bgp_columns),
    .measured = BGP_MEASURED,
    .rows_max = PEERS_MAX,
    .row = read_bgp4v2,
};

const struct reader ospf_reader = {
    .name = "ospfNbrTable",
    READ_COLUMNS(ospf_columns),
    .rows_max = PEERS_MAX,
    .row = read_ospf,
};
