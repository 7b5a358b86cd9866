/* cdp.h - decodes a Cisco Discovery Protocol message, version 1 or 2, from
 * behind the SNAP header. Fields named after CISCO-CDP-MIB. Pure. */
#ifndef WIRE_CDP_H
#define WIRE_CDP_H

#include "base/addr.h"
#include "base/cursor.h"

enum { CDP_ADDRS_MAX = 8 };

struct cdp_announcement {
    struct bytes device_id;   /* cdpCacheDeviceId, 1.. octets */
    struct bytes device_port; /* cdpCacheDevicePort */
    struct bytes platform, version, vtp_domain, sys_name;
    struct addr addrs[CDP_ADDRS_MAX]; /* then management addresses */
    uint8_t addr_count;
    uint32_t caps; /* cdpCacheCapabilities */
    uint16_t native_vlan;
    uint8_t duplex; /* 0 not told, 1 half, 2 full */
    uint8_t cdp_version, ttl_s;
    unsigned tlvs_unknown, tlvs_discarded;
};

/* 0 and *out, or -EBADMSG and *out all zero (c tells why and where). The
 * checksum is verified in both ways in use (see the source). */
int cdp_decode(struct cursor *c, struct cdp_announcement *out)
    __attribute__((warn_unused_result));

#endif
