/* notice_queue.h - what waits for one receiver, in order, over restarts too.
 * The oldest goes where there is too much, and is counted: who sees a number
 * missing reads the alarms again.
 */
#ifndef NORTH_NOTICE_QUEUE_H
#define NORTH_NOTICE_QUEUE_H

#include "base/clock.h"
#include "base/complaint.h"

struct notice_queue;
struct store;

enum { NOTICES_WAITING_MAX = 10000 };

struct notice_waiting {
    uint32_t seq;
    struct wall at; /* when it was put */
    char *text;     /* as the receiver's kind has it */
    /* Not before the master serves that version of the alerts (0: any), or
     * then; not kept over restarts. */
    uint64_t version;
    struct mono until;
};

/* store is borrowed; name is copied. */
struct notice_queue *notice_queue_new(struct store *store, const char *name);
void notice_queue_free(struct notice_queue *q); /* what waits stays kept */

/* Behind what waits; text is taken. */
void notice_queue_put(struct notice_queue *q, uint32_t seq, struct wall at,
                      char *text);
/* The one that was put last waits for that version, or until then. */
void notice_queue_hold(struct notice_queue *q, uint64_t version,
                       struct mono until);
/* The first; NULL: nothing waits. Valid until it is popped, or one is put. */
const struct notice_waiting *notice_queue_first(const struct notice_queue *q);
void notice_queue_pop(struct notice_queue *q);

size_t notice_queue_count(const struct notice_queue *q);
uint64_t notice_queue_dropped(const struct notice_queue *q);

/* Reads what waits of an earlier run for whom queue_of() knows; the others'
 * is forgotten. For the start: it blocks. 0, or -EIO and *why. */
typedef struct notice_queue *(*notice_queue_of_fn)(void *arg, const char *name);
int notice_queues_load(struct store *store, notice_queue_of_fn queue_of,
                       void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
