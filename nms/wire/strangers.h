/* strangers.h - messages of senders that nobody knows yet, as they came: kept
 * for a while, so that they can be read once their sender is known.
 *
 * The oldest goes where there are too many; none has more than its share.
 */
#ifndef WIRE_STRANGERS_H
#define WIRE_STRANGERS_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/own.h"

enum {
    STRANGERS_MAX = 4096, /* messages */
    STRANGERS_OCTETS_MAX = 4 << 20,
    STRANGER_MAX = 256, /* messages of one address */
    STRANGERS_KEEP_S = 3600
};

struct stranger {
    struct addr from;
    uint16_t port;
    struct wall at; /* when it came */
    struct mono came;
    struct bytes octets;
};

struct strangers;

struct strangers *strangers_new(void);
void strangers_free(struct strangers *s);
OWNED_BY(struct strangers, strangers_free)

/* Copies; forgets what is too old, then what is too much. *first tells whether
 * there is no other of that address. */
void strangers_keep(struct strangers *s, const struct stranger *message,
                    bool *first);

/* Hands out each that is not too old, oldest first, of one address or, with
 * NULL, of all. Those that are read (true) are forgotten. */
typedef bool (*stranger_fn)(void *arg, const struct stranger *message);
void strangers_replay(struct strangers *s, const struct addr *from,
                      struct mono now, stranger_fn read, void *arg);

size_t strangers_count(const struct strangers *s);

#endif
