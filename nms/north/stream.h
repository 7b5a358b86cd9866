/* stream.h - the changes of the station as they happen, to everybody who
 * follows: GET /api/v1/stream (server-sent events).
 *
 * What changed is found once, in a thread, after each publication, and written
 * once: clients share its octets. Nothing is looked for while nobody follows.
 * A client that does not read is cut off; it comes back and goes on where it
 * was, or is told that it missed something.
 */
#ifndef NORTH_STREAM_H
#define NORTH_STREAM_H

#include "base/own.h"

struct api_request;
struct event_base;
struct station;
struct stream;

enum {
    STREAM_CLIENTS_MAX = 300,
    STREAM_EACH_MAX = 200, /* of a session or token */
    STREAM_BEAT_S = 5,
    STREAM_BACKLOG_MAX = 6 << 20, /* octets that a client did not read */
    STREAM_LINGER_MS = 120000     /* followed on for those who come back */
};

/* Borrows both. */
struct stream *stream_new(struct event_base *base, struct station *station);

/* Its requests are over by then. NULL is fine. */
void stream_free(struct stream *s);
OWNED_BY(struct stream, stream_free)

/* Answers r with what happens from now on, or since ?after= or Last-Event-ID.
 * From the loop. */
void stream_follow(struct stream *s, struct api_request *r);

#endif
