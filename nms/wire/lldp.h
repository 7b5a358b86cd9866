/* lldp.h - decodes an LLDPDU, what a neighbor says of itself on a port.
 *
 * Source: IEEE Std 802.1AB-2016, clauses 8 and 9.2.7.7; fields are named after
 * LLDP-MIB. Pure: no I/O, no clock, no memory of its own.
 */
#ifndef WIRE_LLDP_H
#define WIRE_LLDP_H

#include "base/addr.h"
#include "base/cursor.h"

enum { LLDP_MGMT_MAX = 8 };

/* One neighbor as it announced itself. Views point into the LLDPDU. An
 * optional field that was not sent has length 0, capabilities 0. */
struct lldp_announcement {
    struct bytes chassis_id; /* lldpRemChassisId, 1..255 octets */
    struct bytes port_id;    /* lldpRemPortId, 1..255 octets */
    struct bytes port_desc, sys_name, sys_desc; /* 0..255 octets */
    struct addr mgmt[LLDP_MGMT_MAX]; /* lldpRemManAddr, IPv4 and IPv6 */
    uint8_t mgmt_count;
    unsigned tlvs_unknown;   /* lldpStatsRxPortTLVsUnrecognizedTotal */
    unsigned tlvs_discarded; /* lldpStatsRxPortTLVsDiscardedTotal */
    uint16_t caps_supported, caps_enabled;
    uint16_t ttl_s;          /* 0: the neighbor leaves */
    uint8_t chassis_subtype; /* LldpChassisIdSubtype, or reserved */
    uint8_t port_subtype;    /* LldpPortIdSubtype, or reserved */
};

/* Decodes the LLDPDU under c, which begins after the Ethertype. 0 and *out, or
 * -EBADMSG for one that must be discarded; then *out is all zero, and c tells
 * what is wrong and where. An optional TLV of illegal length is dropped and
 * counted. */
int lldp_decode(struct cursor *c, struct lldp_announcement *out)
    __attribute__((warn_unused_result));

#endif
