/* notify.h - SNMP notifications of the station to receivers of its
 * configuration: for north, which knows what to tell and keeps what waits. */
#ifndef STATION_NOTIFY_H
#define STATION_NOTIFY_H

#include "mibs/value.h"
#include "station/receiver.h"

struct station;
struct notify_peer;

enum { NOTIFY_VARBINDS_MAX = 34, NOTIFY_OCTETS_MAX = 3000 };

/* A receiver of SNMP, which may go before the peer does. NULL: no socket can be
 * opened. */
struct notify_peer *notify_peer_new(struct station *s,
                                    const struct receiver *r);
/* What is under way is forgotten. NULL is fine. */
void notify_peer_free(struct notify_peer *p);

/* What a notification says, as text that can be kept: of that moment, behind
 * sysUpTime.0 and snmpTrapOID.0. 0, or -EMSGSIZE. */
int notify_write(const struct station *s, struct oid trap,
                 const struct varbind *varbinds, size_t count,
                 struct buffer *out) __attribute__((warn_unused_result));

/* What such a text says; points into itself. */
struct notify_said {
    struct oid trap;
    const struct varbind *varbinds; /* behind these two */
    size_t count;
    struct varbind all[NOTIFY_VARBINDS_MAX];
    uint32_t subs[NOTIFY_OCTETS_MAX];
    uint8_t octets[NOTIFY_OCTETS_MAX];
};
int notify_read(const char *text, struct notify_said *out)
    __attribute__((warn_unused_result));

/* Notes one that was sent in the log of notifications (trap_log.h). */
void notify_log(struct station *s, const struct notify_said *said);

/* Sends it. The callback comes once, for traps before this returns: 0 it is
 * sent, or acknowledged; -EAGAIN not yet; -EINVAL it never will be. why in
 * words, "" for 0. */
typedef void (*notify_fn)(void *arg, int result, const char *why);
void notify_send(struct notify_peer *p, const char *text, notify_fn done,
                 void *arg);

/* The receivers of the configuration in force; borrowed until it changes. */
const struct receivers *station_receivers(const struct station *s);

#endif
