/* notifications_parts.h - the listener from inside, for its own files. */
#ifndef WIRE_NOTIFICATIONS_PARTS_H
#define WIRE_NOTIFICATIONS_PARTS_H

#include "base/table.h"
#include "wire/engine_udp.h"
#include "wire/notifications.h"
#include "wire/strangers.h"
#include "wire/usm.h"

struct event;

/* A socket and its event. */
struct notifications_port {
    struct notifications *owner;
    struct udp *udp;
    struct event *readable, *again;
};

/* A user at an engine whose messages were authentic. */
struct known_sender {
    const struct credential *credential; /* compared, and used with its list */
    struct usm_keys keys;
    int32_t boots, time_s; /* the newest that it told */
    struct mono told;
};

struct notifications {
    struct event_base *base;
    struct notifications_listener listener;
    struct notifications_port *ports;
    size_t port_count;
    const struct credential *const *credentials;
    size_t credential_count;

    uint8_t id[MESSAGE_ENGINE_ID_MAX]; /* our own engine */
    uint8_t id_len;
    int32_t boots;
    struct mono started;
    struct usm_keys *own_keys; /* of credentials, localised to it; lazily */
    uint32_t usm_stats[7];     /* by enum usm_stat */

    struct table *senders; /* engine id and user -> struct known_sender */
    struct strangers *strangers;
    struct usm *usm;
    uint64_t salt;
    struct message_scratch *scratch;
    uint8_t *plain; /* MESSAGE_MAX */
    struct notifications_stats stats;
};

/* A message on its way in. */
struct coming {
    const struct datagram *datagram;
    struct wall at;
    struct udp *back; /* through which it is answered; NULL: it is not */
    bool replayed;
    struct message m;
    const struct credential *credential;
    const char *why; /* it is a stranger's: what is missing */
};

/* What to do with a message. */
enum coming_verdict {
    COMING_TAKEN, /* its PDU may be read from *body */
    COMING_STRANGE /* kept until its sender is known; why tells */,
    COMING_DONE /* nothing more is to be done */
};

/* notifications_v3.c: verifies, decrypts, answers senders who ask who we are.
 */
enum coming_verdict coming_open_v3(struct notifications *n, struct coming *c,
                                   struct bytes *body);

/* Acknowledges an inform that was read. */
void coming_acknowledge(struct notifications *n, const struct coming *c);

/* Forgets keys. */
void notifications_forget_keys(struct notifications *n);

/* notifications.c: sends what build() puts; a message too long is not sent. */
typedef int (*coming_build_fn)(struct notifications *n, const struct coming *c,
                               const void *what, struct ber_builder *b);
bool coming_send(struct notifications *n, const struct coming *c,
                 coming_build_fn build, const void *what);

#endif
