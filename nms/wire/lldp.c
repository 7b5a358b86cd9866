#include "wire/lldp.h"

#include "base/mem.h"

#include <errno.h>

/* TLV header: 7 bits of type, 9 bits of length (8.4). */
enum { TLV_LENGTH_BITS = 9, TLV_LENGTH_MASK = 0x1ff };

/* Types of the basic set (table 8-1). */
enum tlv_type {
    TLV_END = 0,
    TLV_CHASSIS_ID = 1,
    TLV_PORT_ID = 2,
    TLV_TTL = 3,
    TLV_PORT_DESC = 4,
    TLV_SYS_NAME = 5,
    TLV_SYS_DESC = 6,
    TLV_SYS_CAPS = 7,
    TLV_MGMT_ADDR = 8,
};

/* Chassis ID, Port ID and TTL open every LLDPDU, once, in this order. */
enum { TLVS_MANDATORY = 3 };

/* Management address subtypes (8.5.9.3): IANA's address family numbers. */
enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

static void read_chassis_id(struct cursor *body, struct lldp_announcement *out)
{
    out->chassis_subtype = cursor_u8(body);
    out->chassis_id = cursor_bytes(body, cursor_left(body));
}

static void read_port_id(struct cursor *body, struct lldp_announcement *out)
{
    out->port_subtype = cursor_u8(body);
    out->port_id = cursor_bytes(body, cursor_left(body));
}

static void read_ttl(struct cursor *body, struct lldp_announcement *out)
{
    out->ttl_s = cursor_u16(body);
}

static void read_port_desc(struct cursor *body, struct lldp_announcement *out)
{
    out->port_desc = cursor_bytes(body, cursor_left(body));
}

static void read_sys_name(struct cursor *body, struct lldp_announcement *out)
{
    out->sys_name = cursor_bytes(body, cursor_left(body));
}

static void read_sys_desc(struct cursor *body, struct lldp_announcement *out)
{
    out->sys_desc = cursor_bytes(body, cursor_left(body));
}

static void read_sys_caps(struct cursor *body, struct lldp_announcement *out)
{
    out->caps_supported = cursor_u16(body);
    out->caps_enabled = cursor_u16(body);
}

/* The address of a management address string (8.5.9.3, 8.5.9.4). None where
 * the family is not IP or its length does not fit: then c is broken. */
static struct addr read_mgmt_string(struct cursor *c)
{
    uint8_t family = cursor_u8(c);
    struct bytes octets = cursor_bytes(c, cursor_left(c));
    size_t want = family == FAMILY_IPV4   ? 4
                  : family == FAMILY_IPV6 ? 16
                                          : octets.len;

    if (octets.len == 0 || octets.len != want)
        cursor_break(c, "management address: bad length");
    if (!cursor_ok(c) || (family != FAMILY_IPV4 && family != FAMILY_IPV6))
        return (struct addr){0};
    return addr_of_octets(octets);
}

/* Of the interface number and object identifier behind the address nothing is
 * used, so that their absence, which is seen, hides no address. */
static void read_mgmt_addr(struct cursor *body, struct lldp_announcement *out)
{
    uint8_t len = cursor_u8(body);
    struct cursor string = cursor_sub(body, len);
    struct addr addr = read_mgmt_string(&string);

    if (!cursor_ok(&string) || out->mgmt_count == COUNT_OF(out->mgmt))
        out->tlvs_discarded++;
    else if (addr_is_set(&addr) && !addr_is_unspecified(&addr))
        out->mgmt[out->mgmt_count++] = addr;
}

/* What we read, by type: legal lengths in octets and who reads it. Only the
 * reader of the management address can run short; it counts that itself. */
static const struct rule {
    size_t min, max;
    void (*read)(struct cursor *body, struct lldp_announcement *out);
    const char *illegal; /* why a wrong length breaks the LLDPDU, or NULL */
} rules[] = {
    [TLV_CHASSIS_ID] = {2, 256, read_chassis_id, "Chassis ID TLV: bad length"},
    [TLV_PORT_ID] = {2, 256, read_port_id, "Port ID TLV: bad length"},
    [TLV_TTL] = {2, TLV_LENGTH_MASK, read_ttl, "TTL TLV: bad length"},
    [TLV_PORT_DESC] = {0, 255, read_port_desc, NULL},
    [TLV_SYS_NAME] = {0, 255, read_sys_name, NULL},
    [TLV_SYS_DESC] = {0, 255, read_sys_desc, NULL},
    [TLV_SYS_CAPS] = {4, 4, read_sys_caps, NULL},
    [TLV_MGMT_ADDR] = {3, 167, read_mgmt_addr, NULL},
};

static const struct rule *rule_of(unsigned type)
{
    if (type >= COUNT_OF(rules) || rules[type].read == NULL)
        return NULL;
    return &rules[type];
}

/* Reads the body of one TLV into *out. Breaks *c, in which it lies, if the
 * whole LLDPDU must be discarded for it. */
static void read_tlv(struct cursor *c, struct cursor *body, unsigned type,
                     struct lldp_announcement *out)
{
    const struct rule *rule = rule_of(type);
    size_t len = cursor_left(body);

    if (rule == NULL) {
        out->tlvs_unknown++;
    } else if (len >= rule->min && len <= rule->max) {
        rule->read(body, out);
    } else if (rule->illegal != NULL) {
        cursor_break(body, rule->illegal);
        cursor_join(c, body);
    } else {
        out->tlvs_discarded++;
    }
}

/* True if a TLV of this type may stand at place nth, counted from 0. */
static bool in_order(unsigned nth, unsigned type)
{
    return nth < TLVS_MANDATORY ? type == nth + 1 : type > TLVS_MANDATORY;
}

int lldp_decode(struct cursor *c, struct lldp_announcement *out)
{
    struct lldp_announcement seen = {0};
    unsigned nth = 0;

    for (; cursor_left(c) > 0; nth++) {
        uint16_t head = cursor_u16(c);
        unsigned type = (unsigned)head >> TLV_LENGTH_BITS;
        struct cursor body = cursor_sub(c, head & TLV_LENGTH_MASK);

        if (!cursor_ok(c) || type == TLV_END)
            break;
        if (!in_order(nth, type)) {
            cursor_break(&body, "mandatory TLV missing, repeated or misplaced");
            cursor_join(c, &body);
        }
        read_tlv(c, &body, type, &seen);
    }
    if (nth < TLVS_MANDATORY)
        cursor_break(c, "ends before its mandatory TLVs");

    *out = cursor_ok(c) ? seen : (struct lldp_announcement){0};
    return cursor_ok(c) ? 0 : -EBADMSG;
}
