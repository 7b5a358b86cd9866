/* worker.h - a thread that does jobs one after another, so that the loop is not
 * held by them. What a job reads must not change meanwhile; what it makes is
 * the loop's from the moment its end is told. */
#ifndef STATION_WORKER_H
#define STATION_WORKER_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct worker;

typedef void (*worker_fn)(void *arg);                   /* in the thread */
typedef void (*worker_done_fn)(void *arg, bool worked); /* in the loop */

/* The thread is started with the first job: after the station has become the
 * user it runs as. */
struct worker *worker_new(struct event_base *base);

/* Waits for the job that is being done. Those behind it are not done any more:
 * each is told so. NULL is fine. */
void worker_free(struct worker *w);
OWNED_BY(struct worker, worker_free)

/* The same, for jobs that may never end, as they wait for others: for so long
 * at most. False: the job goes on, and neither w nor what the job uses is ever
 * freed; the process is to end soon. */
bool worker_free_within(struct worker *w, unsigned ms)
    __attribute__((warn_unused_result));

/* Does a job after those before it; then done(arg, true) comes from the loop,
 * once, never from within. done may be NULL. Where no thread can be had, the
 * job is done here: late rather than never. */
void worker_do(struct worker *w, worker_fn work, worker_done_fn done,
               void *arg);

/* Jobs whose end has not been told. From the loop. */
size_t worker_waiting(const struct worker *w);

#endif
