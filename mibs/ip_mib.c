#include "mibs/ip_mib.h"

#include "mibs/prefix_finder.h"

#include <string.h>

static const struct oid ip_addr_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 20, 1, 2), /* ipAdEntIfIndex */
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 20, 1, 3), /* ipAdEntNetMask */
};

static const struct oid ip_address_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 34, 1, 3), /* ipAddressIfIndex */
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 34, 1, 4), /* ipAddressType */
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 34, 1, 5), /* ipAddressPrefix */
};

static const struct oid ip_prefix_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 32, 1, 5), /* ipAddressPrefixOrigin */
};

/* cIpAddressIfIndex, cIpAddressType, cIpAddressPrefix: a draft of the later
 * ipAddressTable. */
static const struct oid cisco_ip_address_columns[] = {
    OID_INIT(1, 3, 6, 1, 4, 1, 9, 10, 86, 1, 1, 2, 1, 3),
    OID_INIT(1, 3, 6, 1, 4, 1, 9, 10, 86, 1, 1, 2, 1, 4),
    OID_INIT(1, 3, 6, 1, 4, 1, 9, 10, 86, 1, 1, 2, 1, 5),
};

/* rlIpAddressPrefixLength, of the index of ipAddressTable: what Marvell's
 * agent, which many vendors use, tells in place of ipAddressPrefix. */
static const struct oid radlan_columns[] = {
    OID_INIT(1, 3, 6, 1, 4, 1, 89, 26, 19, 1, 1),
};

enum { TPLINK_IF_INDEX, TPLINK_ADDRESS, TPLINK_PREFIX };

static const struct oid tplink_columns[] = {
    [TPLINK_IF_INDEX] = OID_INIT(1, 3, 6, 1, 4, 1, 11863, 6, 50, 1, 1, 1, 1),
    [TPLINK_ADDRESS] = OID_INIT(1, 3, 6, 1, 4, 1, 11863, 6, 50, 1, 1, 1, 4),
    [TPLINK_PREFIX] = OID_INIT(1, 3, 6, 1, 4, 1, 11863, 6, 50, 1, 1, 1, 5),
};

static const struct oid ipv6_addr_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 55, 1, 8, 1, 2), /* ipv6AddrPfxLength */
};

static const struct oid net_to_media_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 22, 1, 2), /* ipNetToMediaPhysAddress */
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 22, 1, 4), /* ipNetToMediaType */
};

static const struct oid net_to_physical_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 35, 1, 4), /* ipNetToPhysicalPhysAddress */
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 35, 1, 6), /* ipNetToPhysicalType */
    OID_INIT(1, 3, 6, 1, 2, 1, 4, 35, 1, 7), /* ipNetToPhysicalState */
};

enum {
    ADDRESS_TYPE_BROADCAST = 3, /* IpAddressTC of ipAddressType */
    ARP_TYPE_INVALID = 2,       /* ipNetToMediaType, ipNetToPhysicalType */
    ARP_STATE_INVALID = 5,      /* ipNetToPhysicalState */
    ARP_STATE_INCOMPLETE = 7,
};

static void add_address(struct harvest *h, const struct addr *a,
                        uint32_t if_index, int prefix_len)
{
    int bits = a->family == 4 ? 32 : 128;

    if (h->facts->addresses.count >= ADDRESSES_MAX || addr_is_unspecified(a) ||
        addr_is_multicast(a))
        return;
    *array_add(&h->facts->addresses) = (struct interface_address){
        .addr = *a,
        .if_index = if_index,
        .prefix_len = prefix_len <= bits ? prefix_len : -1,
    };
}

/* Index: four octets. FortiOS appends numbers to tell one address on two
 * interfaces apart. A mask of zeros says that there is none. */
static void read_ip_addr(struct harvest *h, const struct row *row)
{
    enum { INDEX_MAX = 8 };
    uint8_t octets[4];
    struct addr mask = addr_of_octets(row_octets(row, 1));

    if (row->index.len < sizeof octets || row->index.len > INDEX_MAX ||
        !oid_read_octets(row->index, 0, sizeof octets, octets))
        return;

    struct addr a = addr_v4(octets);
    int len = mask.family == 4 ? prefix_len_of_mask(&mask) : -1;
    add_address(h, &a, row_u32(row, 0), len > 0 ? len : -1);
}

/* The prefix is told by pointing at a row of ipAddressPrefixTable, whose index
 * ends with its length; 0.0 where there is none (RFC 4293). */
static int prefix_len_of_pointer(const struct value *v)
{
    if (v->type != VALUE_OID || v->oid.len < 12 ||
        v->oid.sub[v->oid.len - 1] > 128)
        return -1;
    return (int)v->oid.sub[v->oid.len - 1];
}

static void read_ip_address(struct harvest *h, const struct row *row)
{
    struct addr a;
    size_t at = 1; /* behind the address type */

    if (row_integer(row, 1, 0) == ADDRESS_TYPE_BROADCAST ||
        row_integer(row, 0, 0) < 0 || !oid_read_address(row->index, &at, &a))
        return;
    add_address(h, &a, row_u32(row, 0), prefix_len_of_pointer(row_at(row, 2)));
}

static void add_prefix(struct harvest *h, uint32_t if_index,
                       const struct addr *a, int64_t len)
{
    if (len > 0 && len <= (a->family == 4 ? 32 : 128) &&
        h->prefixes.count < ADDRESSES_MAX)
        *array_add(&h->prefixes) =
            (struct connected){if_index, prefix_of(a, (unsigned)len)};
}

/* Index: ifIndex, address type, address, length. The address of an interface
 * may stand there with its host bits. */
static void read_ip_prefix(struct harvest *h, const struct row *row)
{
    struct addr a;
    size_t at = 2;
    struct oid index = row->index;

    if (index.len < 4)
        return;
    uint32_t len = index.sub[--index.len]; /* behind the address */
    if (!oid_read_address(index, &at, &a) || addr_is_multicast(&a) ||
        len == 0 || len > (a.family == 4 ? 32 : 128))
        return;
    struct prefix prefix = prefix_of(&a, len);
    add_prefix(h, index.sub[0], &a, len);
    if (!addr_equal(&prefix.base, &a))
        add_address(h, &a, index.sub[0], (int)len);
}

static void read_radlan(struct harvest *h, const struct row *row)
{
    struct addr a;
    size_t at = 1; /* behind the address type */

    if (oid_read_address(row->index, &at, &a))
        add_prefix(h, 0, &a, row_integer(row, 0, 0));
}

static void read_tplink_ipv6(struct harvest *h, const struct row *row)
{
    struct addr a = addr_of_octets(row_octets(row, TPLINK_ADDRESS));
    int64_t len = row_integer(row, TPLINK_PREFIX, -1);

    if (a.family == 6)
        add_address(h, &a, row_u32(row, TPLINK_IF_INDEX),
                    len >= 0 && len <= 128 ? (int)len : -1);
}

/* Agents that write the address as text, "2001:db8::1/64". */
static bool read_ipv6_text(struct oid index, size_t at, struct addr *out)
{
    char text[ADDR_TEXT_MAX];
    uint8_t octets[ADDR_TEXT_MAX];
    size_t len = index.len - at;

    if (len >= sizeof text || !oid_read_octets(index, at, len, octets))
        return false;
    memcpy(text, octets, len);
    text[len] = '\0';
    text[strcspn(text, "/")] = '\0';
    return addr_parse(text, out) == 0 && out->family == 6;
}

/* Index: ipv6IfIndex, 16 octets; some agents put their number before them. */
static bool read_ipv6_index(struct oid index, struct addr *out)
{
    uint8_t octets[16];
    size_t at = index.len == 18 && index.sub[1] == 16 ? 2 : 1;

    if (index.len < 2)
        return false;
    if (index.len > 18)
        return read_ipv6_text(index, 1, out);
    if (index.len != at + 16 ||
        !oid_read_octets(index, at, sizeof octets, octets))
        return false;
    *out = addr_v6(octets);
    return true;
}

static void read_ipv6_addr(struct harvest *h, const struct row *row)
{
    int64_t len = row_integer(row, 0, -1);
    struct addr a;

    if (read_ipv6_index(row->index, &a))
        add_address(h, &a, row->index.sub[0],
                    len >= 0 && len <= 128 ? (int)len : -1);
}

static void add_arp(struct harvest *h, const struct addr *a, uint32_t if_index,
                    const struct value *phys)
{
    struct mac mac;

    if (h->facts->arp.count >= ARP_MAX || !mac_of_value(phys, &mac) ||
        addr_is_multicast(a) || addr_is_unspecified(a))
        return;
    *array_add(&h->facts->arp) = (struct arp_entry){*a, mac, if_index};
}

/* Index: ifIndex, four octets; RFC 1213 agents put a 1 between them. */
static void read_net_to_media(struct harvest *h, const struct row *row)
{
    uint8_t octets[4];
    size_t at = row->index.len == 6 ? 2 : 1;

    if (row->index.len != at + 4 ||
        row_integer(row, 1, 0) == ARP_TYPE_INVALID ||
        !oid_read_octets(row->index, at, sizeof octets, octets))
        return;

    struct addr a = addr_v4(octets);
    add_arp(h, &a, row->index.sub[0], row_at(row, 0));
}

/* Index: ifIndex, address type, address. Entries that failed to resolve stay
 * in the table of Linux agents as incomplete. */
static void read_net_to_physical(struct harvest *h, const struct row *row)
{
    struct addr a;
    size_t at = 2;
    int64_t state = row_integer(row, 2, 0);

    if (row->index.len < 2 || row_integer(row, 1, 0) == ARP_TYPE_INVALID ||
        state == ARP_STATE_INVALID || state == ARP_STATE_INCOMPLETE ||
        !oid_read_address(row->index, &at, &a))
        return;
    add_arp(h, &a, row->index.sub[0], row_at(row, 0));
}

/* By address and interface; the longer prefix first, so that what is told
 * comes before what is not. */
static int address_compare(const void *a, const void *b)
{
    const struct interface_address *x = a, *y = b;
    int order = addr_compare(&x->addr, &y->addr);

    if (order != 0)
        return order;
    if (x->if_index != y->if_index)
        return x->if_index < y->if_index ? -1 : 1;
    return (x->prefix_len < y->prefix_len) - (x->prefix_len > y->prefix_len);
}

static void addresses_finish(struct interface_addresses *all)
{
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, address_compare);
    for (size_t i = 0; i < all->count; i++) {
        struct interface_address *last = kept > 0 ? &all->at[kept - 1] : NULL;
        const struct interface_address *a = &all->at[i];

        if (last == NULL || last->if_index != a->if_index ||
            !addr_equal(&last->addr, &a->addr))
            all->at[kept++] = *a;
    }
    all->count = kept;
}

/* The length of the longest connected prefix that a is in; of addresses of a
 * host's own and of the link, what the standards say (RFC 1122, 3927, 4291);
 * else -1. */
static int connected_len(const struct prefix_finder *prefixes,
                         const struct interface_address *a)
{
    int len = prefix_finder_len(prefixes, a->if_index, &a->addr);

    if (len < 0 && addr_is_loopback(&a->addr))
        len = a->addr.family == 4 ? 8 : 128;
    if (len < 0 && a->addr.family == 4 && addr_is_link_local(&a->addr))
        len = 16;
    return len;
}

static void prefixes_finish(struct harvest *h)
{
    struct interface_addresses *all = &h->facts->addresses;
    OWNED(prefix_finder_free)
    struct prefix_finder *prefixes = prefix_finder_new(&h->prefixes);

    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].prefix_len < 0)
            all->at[i].prefix_len = connected_len(prefixes, &all->at[i]);
}

static int arp_compare(const void *a, const void *b)
{
    const struct arp_entry *x = a, *y = b;
    int order = addr_compare(&x->addr, &y->addr);

    if (order != 0)
        return order;
    if (x->if_index != y->if_index)
        return x->if_index < y->if_index ? -1 : 1;
    return mac_compare(&x->mac, &y->mac);
}

static void arp_finish(struct arp_entries *all)
{
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, arp_compare);
    for (size_t i = 0; i < all->count; i++)
        if (kept == 0 || arp_compare(&all->at[kept - 1], &all->at[i]) != 0)
            all->at[kept++] = all->at[i];
    all->count = kept;
}

void ip_finish(struct harvest *h)
{
    addresses_finish(&h->facts->addresses);
    prefixes_finish(h);
    arp_finish(&h->facts->arp);
}

const struct reader ip_addr_reader = {
    .name = "ipAddrTable",
    READ_COLUMNS(ip_addr_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_ip_addr,
};

const struct reader ip_address_reader = {
    .name = "ipAddressTable",
    READ_COLUMNS(ip_address_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_ip_address,
};

const struct reader ip_prefix_reader = {
    .name = "ipAddressPrefixTable",
    READ_COLUMNS(ip_prefix_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_ip_prefix,
};

const struct reader cisco_ip_address_reader = {
    .name = "cIpAddressTable",
    READ_COLUMNS(cisco_ip_address_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_ip_address,
};

const struct reader radlan_address_reader = {
    .name = "rlIpAddressTable",
    READ_COLUMNS(radlan_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_radlan,
};

const struct reader tplink_ipv6_reader = {
    .name = "ipv6ParaConfigTable",
    READ_COLUMNS(tplink_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_tplink_ipv6,
};

const struct reader ipv6_addr_reader = {
    .name = "ipv6AddrTable",
    READ_COLUMNS(ipv6_addr_columns),
    .rows_max = ADDRESSES_MAX,
    .row = read_ipv6_addr,
};

const struct reader net_to_media_reader = {
    .name = "ipNetToMediaTable",
    READ_COLUMNS(net_to_media_columns),
    .rows_max = ARP_MAX,
    .row = read_net_to_media,
};

const struct reader net_to_physical_reader = {
    .name = "ipNetToPhysicalTable",
    READ_COLUMNS(net_to_physical_columns),
    .rows_max = ARP_MAX,
    .row = read_net_to_physical,
};
