#include "base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V4_LEN = 4, V6_LEN = 16, V6_NETWORK = 8 };

static size_t octets_of(const struct addr *a)
{
    return a->family == 4 ? V4_LEN : a->family == 6 ? V6_LEN : 0;
}

static unsigned bits_of(const struct addr *a)
{
    return (unsigned)octets_of(a) * 8;
}

struct addr addr_v4(const uint8_t octets[4])
{
    struct addr a = {.family = 4};

    memcpy(a.octets, octets, V4_LEN);
    return a;
}

struct addr addr_v6(const uint8_t octets[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct addr a = {.family = 6};

    if (memcmp(octets, mapped, sizeof mapped) == 0)
        return addr_v4(octets + sizeof mapped);
    memcpy(a.octets, octets, V6_LEN);
    return a;
}

struct addr addr_of_octets(struct bytes octets)
{
    if (octets.len == V4_LEN)
        return addr_v4(octets.at);
    if (octets.len == V6_LEN)
        return addr_v6(octets.at);
    return (struct addr){0};
}

struct bytes addr_octets(const struct addr *a)
{
    return (struct bytes){a->octets, octets_of(a)};
}

struct bytes addr_network_octets(const struct addr *a)
{
    struct bytes octets = addr_octets(a);

    if (octets.len > V6_NETWORK && !addr_is_link_local(a))
        octets.len = V6_NETWORK;
    return octets;
}

bool addr_is_set(const struct addr *a)
{
    return a->family != 0;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    return addr_compare(a, b) == 0;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    int order = memcmp(a->octets, b->octets, sizeof a->octets);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a->zone > b->zone) - (a->zone < b->zone);
}

/* Decimal digits alone, at most max; -EINVAL else. */
static int number_parse(const char *text, uint32_t max, uint32_t *out)
{
    uint64_t n = 0;

    if (*text == '\0')
        return -EINVAL;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        n = n * 10 + (uint64_t)(*text - '0');
        if (n > max)
            return -EINVAL;
    }
    *out = (uint32_t)n;
    return 0;
}

int addr_parse(const char *text, struct addr *out)
{
    char host[ADDR_TEXT_MAX];
    uint8_t octets[V6_LEN];
    uint32_t zone = 0;
    size_t len = strcspn(text, "%");

    *out = (struct addr){0};
    if (len >= sizeof host)
        return -EINVAL;
    memcpy(host, text, len);
    host[len] = '\0';
    if (text[len] == '%' && number_parse(text + len + 1, UINT32_MAX, &zone) < 0)
        return -EINVAL;
    if (inet_pton(AF_INET, host, octets) == 1 && text[len] == '\0') {
        *out = addr_v4(octets);
        return 0;
    }
    if (inet_pton(AF_INET6, host, octets) != 1)
        return -EINVAL;

    struct addr a = addr_v6(octets);
    if (zone != 0 && !addr_is_link_local(&a))
        return -EINVAL;
    a.zone = zone;
    *out = a;
    return 0;
}

const char *addr_format(const struct addr *a, char *out, size_t len)
{
    char host[INET6_ADDRSTRLEN] = "";

    if (addr_is_set(a))
        (void)inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->octets, host,
                        sizeof host);
    if (a->zone != 0)
        (void)snprintf(out, len, "%s%%%" PRIu32, host, a->zone);
    else
        (void)snprintf(out, len, "%s", host);
    return out;
}

bool addr_is_loopback(const struct addr *a)
{
    static const uint8_t v6[V6_LEN] = {[15] = 1};

    if (a->family == 4)
        return a->octets[0] == 127;
    return a->family == 6 && memcmp(a->octets, v6, V6_LEN) == 0;
}

bool addr_is_link_local(const struct addr *a)
{
    if (a->family == 4)
        return a->octets[0] == 169 && a->octets[1] == 254;
    return a->family == 6 && a->octets[0] == 0xfe &&
           (a->octets[1] & 0xc0) == 0x80;
}

bool addr_is_multicast(const struct addr *a)
{
    static const uint8_t broadcast[V4_LEN] = {255, 255, 255, 255};

    if (a->family == 4)
        return (a->octets[0] & 0xf0) == 0xe0 ||
               memcmp(a->octets, broadcast, V4_LEN) == 0;
    return a->family == 6 && a->octets[0] == 0xff;
}

bool addr_is_unspecified(const struct addr *a)
{
    static const uint8_t zero[V6_LEN] = {0};

    /* 0.0.0.0/8 is "this network" (RFC 1122, 3.2.1.3): never a host. */
    if (a->family == 4)
        return a->octets[0] == 0;
    return a->family == 0 || memcmp(a->octets, zero, V6_LEN) == 0;
}

bool addr_is_usable(const struct addr *a)
{
    return addr_is_set(a) && !addr_is_loopback(a) && !addr_is_link_local(a) &&
           !addr_is_multicast(a) && !addr_is_unspecified(a);
}

socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port,
                           struct sockaddr_storage *out)
{
    *out = (struct sockaddr_storage){0};
    if (a->family == 4) {
        struct sockaddr_in in = {.sin_family = AF_INET,
                                 .sin_port = htons(port)};
        memcpy(&in.sin_addr, a->octets, V4_LEN);
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    if (a->family == 6) {
        struct sockaddr_in6 in = {.sin6_family = AF_INET6,
                                  .sin6_port = htons(port),
                                  .sin6_scope_id = a->zone};
        memcpy(&in.sin6_addr, a->octets, V6_LEN);
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    return 0;
}

struct addr addr_from_sockaddr(const struct sockaddr *from, uint16_t *port)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (port != NULL)
        *port = 0;
    if (from->sa_family == AF_INET) {
        memcpy(&v4, from, sizeof v4);
        if (port != NULL)
            *port = ntohs(v4.sin_port);
        return addr_v4((const uint8_t *)&v4.sin_addr);
    }
    if (from->sa_family != AF_INET6)
        return (struct addr){0};
    memcpy(&v6, from, sizeof v6);
    if (port != NULL)
        *port = ntohs(v6.sin6_port);

    struct addr a = addr_v6((const uint8_t *)&v6.sin6_addr);
    if (addr_is_link_local(&a) && a.family == 6)
        a.zone = v6.sin6_scope_id;
    return a;
}

/* The bits of octet i that belong to the first len. */
static uint8_t mask_octet(unsigned len, size_t i)
{
    unsigned before = (unsigned)i * 8;

    if (len <= before)
        return 0;
    if (len >= before + 8)
        return 0xff;
    return (uint8_t)(0xff << (8 - (len - before)));
}

struct prefix prefix_of(const struct addr *a, unsigned len)
{
    unsigned bits = bits_of(a);
    struct prefix p = {.base = *a};

    p.len = (uint8_t)(len < bits ? len : bits);
    for (size_t i = 0; i < sizeof p.base.octets; i++)
        p.base.octets[i] &= mask_octet(p.len, i);
    if (!addr_is_link_local(&p.base)) /* so short that it is of all links */
        p.base.zone = 0;
    return p;
}

int prefix_parse(const char *text, bool lenient, struct prefix *out)
{
    char host[ADDR_TEXT_MAX];
    struct addr a;
    uint32_t len = 0;
    size_t slash = strcspn(text, "/");

    *out = (struct prefix){0};
    if (slash >= sizeof host)
        return -EINVAL;
    memcpy(host, text, slash);
    host[slash] = '\0';
    if (addr_parse(host, &a) < 0)
        return -EINVAL;
    if (text[slash] == '\0')
        len = bits_of(&a);
    else if (number_parse(text + slash + 1, bits_of(&a), &len) < 0)
        return -EINVAL;

    struct prefix p = prefix_of(&a, len);
    if (!lenient && !addr_equal(&p.base, &a))
        return -EINVAL;
    *out = p;
    return 0;
}

const char *prefix_format(const struct prefix *p, char *out, size_t len)
{
    char base[ADDR_TEXT_MAX];

    if (addr_is_set(&p->base))
        (void)snprintf(out, len, "%s/%u",
                       addr_format(&p->base, base, sizeof base),
                       (unsigned)p->len);
    else if (len > 0)
        out[0] = '\0';
    return out;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
    if (p->base.family == 0 || p->base.family != a->family)
        return false;
    if (p->base.zone != 0 && p->base.zone != a->zone)
        return false;
    struct prefix of = prefix_of(a, p->len);
    return memcmp(of.base.octets, p->base.octets, sizeof of.base.octets) == 0;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
    return prefix_compare(a, b) == 0;
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
    int order = addr_compare(&a->base, &b->base);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* True if the first and the last address of p are no hosts. */
static bool has_broadcast(const struct prefix *p)
{
    return p->base.family == 4 && p->len <= 30;
}

uint64_t prefix_hosts(const struct prefix *p)
{
    unsigned bits = bits_of(&p->base);

    if (bits == 0)
        return 0;
    if (bits - p->len >= 64)
        return UINT64_MAX;
    uint64_t all = UINT64_C(1) << (bits - p->len);
    return has_broadcast(p) ? all - 2 : all;
}

struct addr prefix_host(const struct prefix *p, uint64_t n)
{
    struct addr a = p->base;
    uint64_t carry = n + (has_broadcast(p) ? 1 : 0);

    for (size_t i = octets_of(&a); i-- > 0 && carry > 0; carry >>= 8) {
        uint64_t sum = a.octets[i] + (carry & 0xff);
        a.octets[i] = (uint8_t)sum; /* bits beyond len are zero: no overflow */
    }
    return a;
}

int prefix_len_of_mask(const struct addr *mask)
{
    uint32_t bits = 0;

    if (mask->family != 4)
        return -1;
    for (size_t i = 0; i < V4_LEN; i++)
        bits = bits << 8 | mask->octets[i];
    /* Contiguous: the complement is one less than a power of two. */
    if ((~bits & (~bits + 1)) != 0)
        return -1;
    return __builtin_popcount(bits);
}
