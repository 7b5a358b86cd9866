#include "mibs/route_mib.h"

#include "mibs/peer_mib.h"

/* The index tells all of a route but its interface. Tables of routes are large,
 * and routers slow to tell them: what can be known without is not asked. */
static const struct oid inet_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 24, 7, 1, 7), /* inetCidrRouteIfIndex */
};

static const struct oid cidr_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 24, 4, 1, 5), /* ipCidrRouteIfIndex */
};

enum { IP_IF_INDEX, IP_NEXT_HOP, IP_TYPE, IP_MASK };

static const struct oid ip_columns[] = {
    [IP_IF_INDEX] = OID_INIT(1, 3, 6, 1, 2, 1, 4, 21, 1, 2),
    [IP_NEXT_HOP] = OID_INIT(1, 3, 6, 1, 2, 1, 4, 21, 1, 7),
    [IP_TYPE] = OID_INIT(1, 3, 6, 1, 2, 1, 4, 21, 1, 8),
    [IP_MASK] = OID_INIT(1, 3, 6, 1, 2, 1, 4, 21, 1, 11),
};

enum { IPV6_IF_INDEX, IPV6_NEXT_HOP };

static const struct oid ipv6_columns[] = {
    [IPV6_IF_INDEX] = OID_INIT(1, 3, 6, 1, 2, 1, 55, 1, 11, 1, 4),
    [IPV6_NEXT_HOP] = OID_INIT(1, 3, 6, 1, 2, 1, 55, 1, 11, 1, 5),
};

enum { ROUTE_INVALID = 2, ROUTE_DIRECT = 3 }; /* ipRouteType */

/* What the three tables say of a route. */
struct told {
    struct addr to, next_hop;
    int len;
    uint32_t if_index;
};

/* What leads to no interface and to no router is a route that refuses. */
static void add_route(struct harvest *h, const struct told *t)
{
    int bits = t->to.family == 4 ? 32 : 128;
    bool onward =
        addr_is_set(&t->next_hop) && !addr_is_unspecified(&t->next_hop);

    if (h->facts->routes.count >= ROUTES_MAX || t->len < 0 || t->len > bits ||
        addr_is_multicast(&t->to) || (t->if_index == 0 && !onward))
        return;

    struct route *r = array_add(&h->facts->routes);
    r->to = prefix_of(&t->to, (unsigned)t->len);
    if (onward)
        r->next_hop = t->next_hop;
    r->if_index = t->if_index;
}

/* Index: type and address of the destination, prefix length, policy (an OID
 * behind its length), type and address of the next hop. */
static void read_inet(struct harvest *h, const struct row *row)
{
    struct told t = {.if_index = row_u32(row, 0)};
    struct oid index = row->index;
    size_t at = 1;

    if (!oid_read_address(index, &at, &t.to) || at + 1 >= index.len)
        return;
    t.len = index.sub[at] <= 128 ? (int)index.sub[at] : -1;
    at++;
    if (index.sub[at] >= index.len - at)
        return;
    at += 1 + index.sub[at]; /* policy */
    at += 1;                 /* type of the next hop; none follows for 0 */
    if (at < index.len)
        (void)oid_read_address(index, &at, &t.next_hop);
    add_route(h, &t);
}

static bool read_v4(struct oid index, size_t at, struct addr *out)
{
    uint8_t octets[4];

    *out = (struct addr){0};
    if (!oid_read_octets(index, at, sizeof octets, octets))
        return false;
    *out = addr_v4(octets);
    return true;
}

/* Index: destination, mask, type of service, next hop. */
static void read_cidr(struct harvest *h, const struct row *row)
{
    struct told t = {.if_index = row_u32(row, 0)};
    struct addr mask;

    if (row->index.len != 13 || !read_v4(row->index, 0, &t.to) ||
        !read_v4(row->index, 4, &mask) || !read_v4(row->index, 9, &t.next_hop))
        return;
    t.len = prefix_len_of_mask(&mask);
    add_route(h, &t);
}

/* Index: destination, of which there can be one route only. */
static void read_ip(struct harvest *h, const struct row *row)
{
    struct told t = {.if_index = row_u32(row, IP_IF_INDEX)};
    struct addr mask = addr_of_octets(row_octets(row, IP_MASK));
    int64_t type = row_integer(row, IP_TYPE, 0);

    if (row->index.len != 4 || !read_v4(row->index, 0, &t.to) ||
        mask.family != 4 || type == ROUTE_INVALID)
        return;
    if (type != ROUTE_DIRECT)
        t.next_hop = addr_of_octets(row_octets(row, IP_NEXT_HOP));
    t.len = prefix_len_of_mask(&mask);
    add_route(h, &t);
}

/* Index: destination, prefix length, number of the route among its like. */
static void read_ipv6(struct harvest *h, const struct row *row)
{
    enum { OCTETS = 16 };
    struct told t = {.if_index = row_u32(row, IPV6_IF_INDEX)};
    uint8_t octets[OCTETS];

    if (row->index.len != OCTETS + 2 || row->index.sub[OCTETS] > 128 ||
        !oid_read_octets(row->index, 0, OCTETS, octets))
        return;
    t.to = addr_of_octets((struct bytes){octets, OCTETS});
    t.len = (int)row->index.sub[OCTETS];
    t.next_hop = addr_of_octets(row_octets(row, IPV6_NEXT_HOP));
    add_route(h, &t);
}

static int route_compare(const void *a, const void *b)
{
    const struct route *x = a, *y = b;
    int order;

    if ((order = prefix_compare(&x->to, &y->to)) != 0 ||
        (order = addr_compare(&x->next_hop, &y->next_hop)) != 0)
        return order;
    return (x->if_index > y->if_index) - (x->if_index < y->if_index);
}

static int own_compare(const void *a, const void *b)
{
    const struct interface_address *x = a, *y = b;

    return addr_compare(&x->addr, &y->addr);
}

/* Agents that name themselves as the next hop to what is connected. */
static void own_hops_forget(struct harvest *h)
{
    const struct interface_addresses *own = &h->facts->addresses;

    for (size_t i = 0; i < h->facts->routes.count && own->count > 0; i++) {
        struct route *r = &h->facts->routes.at[i];
        const struct interface_address key = {.addr = r->next_hop};

        if (bsearch(&key, own->at, own->count, sizeof key, own_compare) != NULL)
            r->next_hop = (struct addr){0};
    }
}

void route_finish(struct harvest *h)
{
    struct routes *all = &h->facts->routes;
    size_t kept = 0;

    own_hops_forget(h);
    peer_finish(h);
    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, route_compare);
    for (size_t i = 0; i < all->count; i++)
        if (kept == 0 || route_compare(&all->at[kept - 1], &all->at[i]) != 0)
            all->at[kept++] = all->at[i];
    all->count = kept;
}

const struct reader inet_route_reader = {
    .name = "inetCidrRouteTable",
    READ_COLUMNS(inet_columns),
    .rows_max = ROUTES_MAX,
    .row = read_inet,
};

const struct reader cidr_route_reader = {
    .name = "ipCidrRouteTable",
    READ_COLUMNS(cidr_columns),
    .rows_max = ROUTES_MAX,
    .row = read_cidr,
};

const struct reader ip_route_reader = {
    .name = "ipRouteTable",
    READ_COLUMNS(ip_columns),
    .rows_max = ROUTES_MAX,
    .row = read_ip,
};

const struct reader ipv6_route_reader = {
    .name = "ipv6RouteTable",
    READ_COLUMNS(ipv6_columns),
    .rows_max = ROUTES_MAX,
    .row = read_ipv6,
};
