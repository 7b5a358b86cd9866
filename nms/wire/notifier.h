/* notifier.h - sends notifications of our own: traps of v1, v2c and v3, and
 * informs, which their receiver acknowledges.
 *
 * Of traps we are the authority: they bear our engine's id, boots and time. Of
 * informs the receiver is: it is asked for its engine as any agent is, and for
 * its time, and asked again when it does not answer. v1 traps are made of the
 * others as RFC 3584, 3.2 says; what v1 has no type for is left out.
 */
#ifndef WIRE_NOTIFIER_H
#define WIRE_NOTIFIER_H

#include "base/addr.h"
#include "mibs/value.h"
#include "wire/credential.h"

struct event_base;
struct notifier;
struct notifier_peer;

/* engine_id is ours for life, boots how often it started. NULL and errno if no
 * socket can be opened. */
struct notifier *notifier_new(struct event_base *base, struct bytes engine_id,
                              int32_t boots);
/* Peers must be gone. */
void notifier_free(struct notifier *n);
OWNED_BY(struct notifier, notifier_free)

/* A receiver; credential is borrowed. */
struct notifier_peer *notifier_peer_new(struct notifier *n,
                                        const struct addr *addr, uint16_t port,
                                        const struct credential *credential);
/* Informs under way are forgotten: no callback comes. */
void notifier_peer_free(struct notifier_peer *p);

/* What is told. */
struct notifying {
    uint32_t uptime_cs;             /* sysUpTime.0: of the moment it is about */
    struct oid trap;                /* snmpTrapOID.0 */
    const struct varbind *varbinds; /* behind these */
    size_t count;
};

enum { NOTIFYING_VARBINDS_MAX = 32, NOTIFYING_OCTETS_MAX = 3000 };

/* Appends it as a VarBindList, which is what can be kept and sent. 0, or
 * -EMSGSIZE. */
int notifying_encode(const struct notifying *what, struct buffer *out)
    __attribute__((warn_unused_result));

/* Varbinds of such a list, which views of subs are part of. 0, or -EINVAL. */
int notifying_decode(struct bytes octets, struct varbind *out, size_t room,
                     uint32_t *subs, size_t subs_room, size_t *count)
    __attribute__((warn_unused_result));

/* Sends a trap of such a list. 0; -EMSGSIZE, -EINVAL: it cannot be written so;
 * -EAGAIN: the kernel has no room, or refuses. */
int notifier_trap(struct notifier_peer *p, struct bytes list)
    __attribute__((warn_unused_result));

/* Sends an inform; one at a time to each receiver. The callback comes once,
 * from the loop: 0 it was acknowledged; -EAGAIN no answer; -EACCES the receiver
 * refuses us; -EINVAL it answers with an error. why in words, without secrets;
 * "" for 0. */
typedef void (*notifier_fn)(void *arg, int result, const char *why);
int notifier_inform(struct notifier_peer *p, struct bytes list,
                    notifier_fn done, void *arg)
    __attribute__((warn_unused_result));

#endif
