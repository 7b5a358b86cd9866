/* holdup.h - what a thread was at when it had worked for long without a break:
 * a timer of its processor time, and the functions it was in when that ran out.
 * A turn that keeps within the limit costs one system call.
 */
#ifndef BASE_HOLDUP_H
#define BASE_HOLDUP_H

#include "base/bytes.h"
#include "base/own.h"

#include <stdint.h>

struct holdup;

/* Of the calling thread, which alone may use it; limit_ms of its processor time
 * are no matter. The kernel looks at that some 250 times a second, so that it
 * is told a little later. NULL where there is no such timer: then nobody
 * knows, and nothing is told. */
struct holdup *holdup_new(int64_t limit_ms);
void holdup_free(struct holdup *h);
OWNED_BY(struct holdup, holdup_free)

/* A turn begins. */
void holdup_begin(struct holdup *h);

/* Appends what was under way when the turn passed the limit, twice the limit
 * and so on: the functions that are common to these moments, that which was
 * called last first, "a < b < c"; where there are none, the first and the last
 * of them; nothing if it did not pass. What has no name in the running program
 * is told as PROGRAM+OFFSET. */
void holdup_tell(const struct holdup *h, struct buffer *out);

#endif
