/* notifications.h - hears notifications: sockets of their own, batches,
 * versions and security, informs acknowledged.
 *
 * Whom to believe: a community that is configured, or any from an address that
 * a device is known by; a user of v3 with its keys, localised to the engine
 * that the message names (RFC 3414, 2.6), at the level that its credential has.
 * Of traps the sender is the authority, of informs we are: senders ask for our
 * engine's id, boots and time as they would ask any agent. Others are kept as
 * they came (strangers.h) until their sender is known, and counted.
 */
#ifndef WIRE_NOTIFICATIONS_H
#define WIRE_NOTIFICATIONS_H

#include "wire/notification.h"

struct event_base;
struct notifications;

struct notifications_place {
    struct addr addr;
    uint16_t port;
};

enum { NOTIFICATION_SENDERS_MAX = 20000 }; /* engines whose keys are kept */

/* What the listener needs to know, and whom it tells. */
struct notifications_listener {
    /* Is a device known by that address? Then *credential is how it is asked,
     * NULL if it is not. */
    bool (*knows)(void *arg, const struct addr *from,
                  const struct credential **credential);
    /* What boots and time a v3 engine has by what it answered; false: it is not
     * known. For who counts from less than before. */
    bool (*engine_clock)(void *arg, struct bytes engine_id, int32_t *boots,
                         int32_t *time_s);
    void (*notified)(void *arg, const struct notification *n);
    /* The first message that is kept of a stranger, and why. */
    void (*stranger)(void *arg, const struct addr *from, const char *why);
    /* True while nothing more can be taken: sockets wait, the kernel keeps what
     * comes. */
    bool (*full)(void *arg);
    void *arg;
};

/* Opens a socket at each place: needs rights for ports below 1024 only here.
 * One that cannot be opened is told in the log and left out. Nothing is read
 * before notifications_start(). */
struct notifications *
notifications_new(struct event_base *base,
                  const struct notifications_place *places, size_t count,
                  const struct notifications_listener *listener);
void notifications_free(struct notifications *n);
OWNED_BY(struct notifications, notifications_free)

/* Our own engine, for informs: an id that is ours for life, and how often it
 * started. Begins to read. */
void notifications_start(struct notifications *n, struct bytes engine_id,
                         int32_t boots);

/* From now on these are believed; borrowed until others are given. What was
 * kept of strangers is tried with them. */
void notifications_use(struct notifications *n,
                       const struct credential *const *credentials,
                       size_t count);

/* A device is known by that address from now on: what was kept of it is read.
 */
void notifications_meet(struct notifications *n, const struct addr *from);

/* What came in a datagram, as if it had come through a socket; what would be
 * sent in answer is not. For tests. */
struct datagram;
void notifications_take(struct notifications *n, const struct datagram *d);

struct notifications_stats {
    uint64_t received; /* datagrams */
    uint64_t taken;    /* notifications told of */
    uint64_t informs;  /* of these, acknowledged */
    uint64_t replayed; /* of these, of strangers that became known */
    uint64_t malformed, strange, unauthentic, outside_window, reports;
    uint64_t dropped; /* by the kernel: no room */
    uint32_t kept;    /* of strangers, now */
    uint32_t places;  /* sockets that are open */
};
void notifications_stats(const struct notifications *n,
                         struct notifications_stats *out);

#endif
