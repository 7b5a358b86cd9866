/* stream_look.h - what became other since it was told of: one published state
 * after the other, as messages of the stream.
 *
 * Costs a look at each device and link and what is told. Any thread, one at a
 * time. Nothing of a snapshot is held between two looks but its parts that do
 * not change: a snapshot that nobody reads is brought up to date in place.
 */
#ifndef NORTH_STREAM_LOOK_H
#define NORTH_STREAM_LOOK_H

#include "north/stream_ring.h"
#include "station/snapshot.h"

struct stream_seen;

struct stream_seen *stream_seen_new(void);
void stream_seen_free(struct stream_seen *seen); /* NULL is fine */

/* Appends what is other now; links only if they are wanted, which cost most.
 * The first look appends nothing. */
void stream_look(struct stream_seen *seen, const struct snapshot *s, bool links,
                 struct stream_batch *out);

/* What the last look saw of the whole, for whoever begins to follow: of the
 * kinds "status" and "discovery"; NULL before the first. */
json_t *stream_seen_status(const struct stream_seen *seen);

#endif
