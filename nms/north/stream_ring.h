/* stream_ring.h - the last messages of the stream of changes, as server-sent
 * events (HTML Living Standard, 9.2): written once, sent to every client.
 *
 * A message has a number that grows by one, and an id "EPOCH-NUMBER": who
 * followed before this epoch, or before the oldest message that is kept, missed
 * something.
 */
#ifndef NORTH_STREAM_RING_H
#define NORTH_STREAM_RING_H

#include "base/bytes.h"
#include "base/mem.h"

#include <jansson.h>

/* In the order of the words of ?kinds=. */
enum stream_kind {
    STREAM_DEVICE,
    STREAM_LINK,
    STREAM_ALERT,
    STREAM_RISK,
    STREAM_DISCOVERY,
    STREAM_MAP,
    STREAM_STATUS,
    STREAM_EVENT,
    STREAM_KINDS
};
enum { STREAM_ALL = (1 << STREAM_KINDS) - 1 };
const char *stream_kind_name(enum stream_kind kind); /* "device" ... */

/* "device,link" as bits; NULL is all of them. False for other words. */
bool stream_kinds_parse(const char *text, unsigned *out);

enum {
    STREAM_RING_OCTETS = 4 << 20, /* of messages that are kept */
    STREAM_RING_BATCHES = 1000,
    STREAM_SETTLE_OCTETS = 1 << 20 /* of a kind at once */
};

struct stream_piece {
    enum stream_kind kind;
    size_t end; /* of its octets */
};

/* Messages that are sent together. */
struct stream_batch {
    uint64_t epoch;
    uint64_t first; /* number of the first */
    struct stream_pieces ARRAY_OF(struct stream_piece) pieces;
    struct buffer text;
    unsigned kinds; /* bits: what is in it */
    unsigned refs;  /* the loop's */
};

struct stream_batch *stream_batch_new(uint64_t epoch, uint64_t first);
/* Appends a message; data is taken. */
void stream_batch_add(struct stream_batch *b, enum stream_kind kind,
                      json_t *data);
/* Whoever follows is told to load a kind anew. */
void stream_batch_reset(struct stream_batch *b, enum stream_kind kind);

/* What b holds at a moment, and the end of what is added of a kind since: where
 * that is more than is worth sending, whoever follows is told to load the kind
 * anew instead. */
struct stream_mark {
    size_t pieces, octets;
};
struct stream_mark stream_batch_mark(const struct stream_batch *b);
void stream_batch_settle(struct stream_batch *b, struct stream_mark since,
                         enum stream_kind kind);

void stream_batch_unref(struct stream_batch *b); /* NULL is fine */

/* What a client of these kinds gets of b: the octets of several messages in a
 * row at each call, until it gives false. *at begins with 0. */
bool stream_batch_part(const struct stream_batch *b, unsigned kinds, size_t *at,
                       struct bytes *out);

struct stream_ring {
    struct stream_batch *at[STREAM_RING_BATCHES];
    size_t first, count; /* of at, which goes round */
    size_t octets;
    uint64_t epoch, next; /* the number of the next message */
};

void stream_ring_init(struct stream_ring *r, uint64_t epoch);
void stream_ring_fini(struct stream_ring *r);

/* Takes b, whose first message is the next one; the oldest go. */
void stream_ring_add(struct stream_ring *r, struct stream_batch *b);

/* "EPOCH-NUMBER" as the number of the message that comes after it. False: that
 * is no id, not of this epoch, or what follows it is not kept any more. */
bool stream_ring_resume(const struct stream_ring *r, const char *id,
                        uint64_t *next);

/* The nth batch that is kept; NULL beyond the last. */
struct stream_batch *stream_ring_batch(const struct stream_ring *r, size_t n);

#endif
