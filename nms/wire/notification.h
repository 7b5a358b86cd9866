/* notification.h - what an agent tells unasked: traps and informs of any
 * version, in the form that v2 gave them (RFC 3416, 4.2.6; RFC 3584, 3.1).
 *
 * Views live until the callback that got one returns.
 */
#ifndef WIRE_NOTIFICATION_H
#define WIRE_NOTIFICATION_H

#include "base/addr.h"
#include "wire/message.h"

struct notification {
    int32_t version; /* enum snmp_version, of the message */
    bool inform;     /* its sender was told that it came */
    bool replayed;   /* it came earlier, when nobody knew its sender */
    struct wall at;  /* when it came */
    struct addr from;
    uint16_t port; /* of from */
    /* Whom it is about: snmpTrapAddress.0 where a proxy tells it, the
     * agent-addr of v1 where that is one, else from. */
    struct addr origin;
    struct bytes engine_id;         /* v3: of the sender; else empty */
    struct bytes context;           /* v3: its name; else empty */
    struct bytes context_engine_id; /* v3; else empty */
    /* That of the configuration which it fits; NULL: none, but a device that is
     * known sent it. */
    const struct credential *credential;
    uint32_t uptime_cs;             /* sysUpTime.0, 0 where it does not tell */
    struct oid trap;                /* snmpTrapOID.0 */
    const struct varbind *varbinds; /* behind these two */
    size_t count;
};

/* Reads the PDU of m, which is decoded. A v1 trap's name is made in *made. 0
 * and what of *out m tells: version, inform, origin (none where m tells of
 * none), engine_id, context and its engine id, uptime_cs, trap, varbinds.
 * -EBADMSG and *out all zero: m is no notification, or does not say of what. */
int notification_read(const struct message *m, struct oid_store *made,
                      struct notification *out)
    __attribute__((warn_unused_result));

#endif
