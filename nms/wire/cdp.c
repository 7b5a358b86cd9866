#include "wire/cdp.h"

#include "base/mem.h"

#include <errno.h>

/* The header: version, time to live, checksum; then TLVs whose length counts
 * their own header. No standard describes CDP; what is here is what senders
 * do, in the names of CISCO-CDP-MIB. */
enum { TLV_HEADER = 4, DEVICE_ID_MAX = 255, PORT_ID_MAX = 255 };
enum { TEXT_MAX = 1500 };

enum tlv_type {
    TLV_DEVICE_ID = 0x01,
    TLV_ADDRESSES = 0x02,
    TLV_PORT_ID = 0x03,
    TLV_CAPABILITIES = 0x04,
    TLV_VERSION = 0x05,
    TLV_PLATFORM = 0x06,
    TLV_VTP_DOMAIN = 0x09,
    TLV_NATIVE_VLAN = 0x0a,
    TLV_DUPLEX = 0x0b,
    TLV_SYS_NAME = 0x14,
    TLV_MGMT_ADDRESSES = 0x16,
};

/* How an address names its protocol: an ISO NLPID of one octet, or an IEEE
 * 802.2 header of 3 octets or, with SNAP, 8. */
enum { PROTOCOL_NLPID = 1, PROTOCOL_8022 = 2 };

static const uint8_t nlpid_ipv4[] = {0xcc};
static const uint8_t snap_ipv4[] = {0xaa, 0xaa, 0x03, 0, 0, 0, 0x08, 0x00};
static const uint8_t snap_ipv6[] = {0xaa, 0xaa, 0x03, 0, 0, 0, 0x86, 0xdd};

static const struct protocol {
    uint8_t type;
    struct bytes name;
    size_t addr_len;
} protocols[] = {
    {PROTOCOL_NLPID, {nlpid_ipv4, sizeof nlpid_ipv4}, 4},
    {PROTOCOL_8022, {snap_ipv4, sizeof snap_ipv4}, 4},
    {PROTOCOL_8022, {snap_ipv6, sizeof snap_ipv6}, 16},
};

/* An announcement while it is read. */
struct draft {
    struct cdp_announcement said;
    struct cursor mgmt; /* the management addresses, read behind the others */
};

static bool is_ip(uint8_t type, struct bytes name, size_t addr_len)
{
    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        const struct protocol *p = &protocols[i];

        if (p->type == type && p->addr_len == addr_len &&
            bytes_equal(p->name, name))
            return true;
    }
    return false;
}

/* One address of a list: none if it is not IP. */
static struct addr read_address(struct cursor *c)
{
    uint8_t type = cursor_u8(c);
    uint8_t name_len = cursor_u8(c);
    struct bytes name = cursor_bytes(c, name_len);
    uint16_t len = cursor_u16(c);
    struct bytes octets = cursor_bytes(c, len);

    if (!cursor_ok(c) || !is_ip(type, name, octets.len))
        return (struct addr){0};
    return addr_of_octets(octets);
}

static void keep_address(struct cdp_announcement *said, const struct addr *addr)
{
    if (!addr_is_set(addr) || addr_is_unspecified(addr))
        return;
    for (size_t i = 0; i < said->addr_count; i++)
        if (addr_equal(&said->addrs[i], addr))
            return;
    if (said->addr_count < COUNT_OF(said->addrs))
        said->addrs[said->addr_count++] = *addr;
}

/* The count is only a bound: some senders tell more than they send. A list that
 * ends amid an address keeps those before. */
static void read_addresses(struct cursor *body, struct cdp_announcement *said)
{
    uint32_t count = cursor_u32(body);

    for (; count > 0 && cursor_left(body) > 0; count--) {
        struct addr addr = read_address(body);
        keep_address(said, &addr);
    }
    if (!cursor_ok(body))
        said->tlvs_discarded++;
}

static void take_addresses(struct cursor *body, struct draft *out)
{
    read_addresses(body, &out->said);
}

static void take_mgmt_addresses(struct cursor *body, struct draft *out)
{
    out->mgmt = *body;
}

static void take_device_id(struct cursor *body, struct draft *out)
{
    out->said.device_id = cursor_bytes(body, cursor_left(body));
}

static void take_port_id(struct cursor *body, struct draft *out)
{
    out->said.device_port = cursor_bytes(body, cursor_left(body));
}

static void take_caps(struct cursor *body, struct draft *out)
{
    out->said.caps = cursor_u32(body);
}

static void take_version(struct cursor *body, struct draft *out)
{
    out->said.version = cursor_bytes(body, cursor_left(body));
}

static void take_platform(struct cursor *body, struct draft *out)
{
    out->said.platform = cursor_bytes(body, cursor_left(body));
}

static void take_vtp_domain(struct cursor *body, struct draft *out)
{
    out->said.vtp_domain = cursor_bytes(body, cursor_left(body));
}

static void take_native_vlan(struct cursor *body, struct draft *out)
{
    out->said.native_vlan = cursor_u16(body);
}

static void take_duplex(struct cursor *body, struct draft *out)
{
    out->said.duplex = cursor_u8(body) == 0 ? 1 : 2;
}

static void take_sys_name(struct cursor *body, struct draft *out)
{
    out->said.sys_name = cursor_bytes(body, cursor_left(body));
}

/* What we read, by type: legal lengths in octets and who reads it. */
static const struct rule {
    size_t min, max;
    void (*take)(struct cursor *body, struct draft *out);
    const char *illegal; /* why a wrong length breaks the message, or NULL */
} rules[] = {
    [TLV_DEVICE_ID] = {1, DEVICE_ID_MAX, take_device_id,
                       "Device ID TLV: bad length"},
    [TLV_ADDRESSES] = {4, TEXT_MAX, take_addresses, NULL},
    [TLV_PORT_ID] = {1, PORT_ID_MAX, take_port_id, NULL},
    [TLV_CAPABILITIES] = {4, 4, take_caps, NULL},
    [TLV_VERSION] = {0, TEXT_MAX, take_version, NULL},
    [TLV_PLATFORM] = {0, TEXT_MAX, take_platform, NULL},
    [TLV_VTP_DOMAIN] = {0, 255, take_vtp_domain, NULL},
    [TLV_NATIVE_VLAN] = {2, 2, take_native_vlan, NULL},
    [TLV_DUPLEX] = {1, 1, take_duplex, NULL},
    [TLV_SYS_NAME] = {0, 255, take_sys_name, NULL},
    [TLV_MGMT_ADDRESSES] = {4, TEXT_MAX, take_mgmt_addresses, NULL},
};

/* Reads one TLV. Breaks *c, in which it lies, if the whole message must be
 * discarded for it. */
static void read_tlv(struct cursor *c, struct cursor *body, uint16_t type,
                     struct draft *out)
{
    const struct rule *rule = type < COUNT_OF(rules) ? &rules[type] : NULL;
    size_t len = cursor_left(body);

    if (rule == NULL || rule->take == NULL) {
        out->said.tlvs_unknown++;
    } else if (len >= rule->min && len <= rule->max) {
        rule->take(body, out);
    } else if (rule->illegal != NULL) {
        cursor_break(body, rule->illegal);
        cursor_join(c, body);
    } else {
        out->said.tlvs_discarded++;
    }
}

static uint32_t fold(uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
}

/* The Internet checksum (RFC 1071) of a message of even length. Of odd length
 * there are two ways in use: RFC 1071's, which adds the last octet as the high
 * half of a word, and that of Cisco's own software, which adds it as a signed
 * number: as the low half, and if its high bit is set as 0xff00 + octet - 1. */
static bool checksum_holds(struct bytes message)
{
    uint32_t sum = 0;
    size_t even = message.len & ~(size_t)1;

    for (size_t i = 0; i < even; i += 2)
        sum += (uint32_t)message.at[i] << 8 | message.at[i + 1];
    if (even == message.len)
        return fold(sum) == 0xffff;

    uint32_t last = message.at[even];
    uint32_t as_signed = last < 0x80 ? last : 0xff00 + last - 1;
    return fold(sum + (last << 8)) == 0xffff || fold(sum + as_signed) == 0xffff;
}

static void read_header(struct cursor *c, struct cdp_announcement *out)
{
    struct cursor whole = *c;
    struct bytes message = cursor_bytes(&whole, cursor_left(&whole));

    out->cdp_version = cursor_u8(c);
    out->ttl_s = cursor_u8(c);
    (void)cursor_u16(c); /* checksum: over the whole message, below */
    if (out->cdp_version != 1 && out->cdp_version != 2)
        cursor_break(c, "unknown version");
    if (cursor_ok(c) && !checksum_holds(message))
        cursor_break(c, "wrong checksum");
}

int cdp_decode(struct cursor *c, struct cdp_announcement *out)
{
    struct draft seen = {0};

    read_header(c, &seen.said);
    while (cursor_left(c) > 0) {
        uint16_t type = cursor_u16(c);
        uint16_t len = cursor_u16(c);

        if (cursor_ok(c) && len < TLV_HEADER)
            cursor_break(c, "TLV shorter than its header");
        size_t body_len = len < TLV_HEADER ? 0 : (size_t)len - TLV_HEADER;
        struct cursor body = cursor_sub(c, body_len);
        if (cursor_ok(c))
            read_tlv(c, &body, type, &seen);
    }
    if (cursor_ok(c) && seen.said.device_id.len == 0)
        cursor_break(c, "no Device ID");
    if (cursor_left(&seen.mgmt) > 0)
        read_addresses(&seen.mgmt, &seen.said);

    *out = cursor_ok(c) ? seen.said : (struct cdp_announcement){0};
    return cursor_ok(c) ? 0 : -EBADMSG;
}
