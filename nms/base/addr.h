/* addr.h - addresses of the network: IPv4, IPv6, MAC, prefixes. Values. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include "base/bytes.h"

#include <sys/socket.h>

/* An IP address; family 0 is "none". Unused octets are zero, so that equal
 * addresses are equal octets. zone is the interface index of a link-local IPv6
 * address, else 0. */
struct addr {
    uint8_t family; /* 0, 4 or 6 */
    uint8_t octets[16];
    uint32_t zone;
};

enum { ADDR_TEXT_MAX = 64, MAC_TEXT_MAX = 18 };

struct addr addr_v4(const uint8_t octets[4]);
struct addr addr_v6(const uint8_t octets[16]); /* a mapped v4 becomes v4 */

/* The address of octets.len 4 or 16 (else none), as InetAddress has it. */
struct addr addr_of_octets(struct bytes octets);

/* The octets of a, 4 or 16, valid as long as *a. */
struct bytes addr_octets(const struct addr *a);

bool addr_is_set(const struct addr *a);
bool addr_equal(const struct addr *a, const struct addr *b);

/* The octets that tell one's machines from others': of IPv6 a /64, of which a
 * host may have all addresses, unless it is the link. */
struct bytes addr_network_octets(const struct addr *a);
int addr_compare(const struct addr *a, const struct addr *b); /* v4 first */

/* Reads "192.0.2.1", "2001:db8::1", "fe80::1%3". 0 or -EINVAL. No DNS. */
int addr_parse(const char *text, struct addr *out)
    __attribute__((warn_unused_result));

/* Writes a ("" if none) and returns out. len >= ADDR_TEXT_MAX. */
const char *addr_format(const struct addr *a, char *out, size_t len);

bool addr_is_loopback(const struct addr *a);
bool addr_is_link_local(const struct addr *a);
bool addr_is_multicast(const struct addr *a); /* and v4 broadcast */
bool addr_is_unspecified(const struct addr *a);

/* Unicast that another machine may use: none of the above. */
bool addr_is_usable(const struct addr *a);

/* To and from a socket address; from gives none for other families. */
socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port,
                           struct sockaddr_storage *out);
struct addr addr_from_sockaddr(const struct sockaddr *from, uint16_t *port);

/* A block of addresses; bits beyond len are zero. */
struct prefix {
    struct addr base;
    uint8_t len; /* bits */
};

/* The block of len bits that a is in. */
struct prefix prefix_of(const struct addr *a, unsigned len);

/* Reads "192.0.2.0/24" or an address (a block of one). Host bits must be zero
 * unless lenient. 0 or -EINVAL. */
int prefix_parse(const char *text, bool lenient, struct prefix *out)
    __attribute__((warn_unused_result));
const char *prefix_format(const struct prefix *p, char *out, size_t len);
bool prefix_contains(const struct prefix *p, const struct addr *a);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* Hosts of p that can be swept: without network and broadcast address for v4
 * of /30 and shorter; capped at UINT64_MAX. */
uint64_t prefix_hosts(const struct prefix *p);

/* The nth host of p, counted from 0, n < prefix_hosts(p). */
struct addr prefix_host(const struct prefix *p, uint64_t n);

/* Length of a v4 netmask; -1 if its bits are not contiguous. */
int prefix_len_of_mask(const struct addr *mask);

/* An IEEE 802 address. */
struct mac {
    uint8_t octets[6];
};

/* False unless b has 6 octets that are neither all zero nor all ones. */
bool mac_of_octets(struct bytes b, struct mac *out);
/* Reads 00:11:22:33:44:55, 00-11-.., 0011.2233.4455, 001122334455, 0:1:2:.. */
int mac_parse(const char *text, struct mac *out)
    __attribute__((warn_unused_result));
const char *mac_format(const struct mac *m, char *out, size_t len);
bool mac_is_set(const struct mac *m);
bool mac_is_multicast(const struct mac *m);
bool mac_is_local(const struct mac *m); /* locally administered */
/* VRRP, HSRP, GLBP and similar addresses that several routers share. */
bool mac_is_virtual(const struct mac *m);
bool mac_equal(const struct mac *a, const struct mac *b);
int mac_compare(const struct mac *a, const struct mac *b);

#endif
