/* store_parts.h - what the two sides of the store share, for store.c, which the
 * loop calls, and store_thread.c alone. */
#ifndef STATION_STORE_PARTS_H
#define STATION_STORE_PARTS_H

#include "station/store_ask.h"
#include "station/store_queue.h"

#include <pthread.h>

/* So many changes are written at once; the thread is told. */
enum { STORE_GATHER_MAX = 1000 };

struct store {
    char *path;
    struct buffer damage; /* of the file as it was found, in words */

    pthread_mutex_t db_lock; /* taken before lock, never the other way */
    struct store_db *db;

    pthread_mutex_t lock; /* over all that follows */
    pthread_cond_t changed, written;
    struct store_queue queue;               /* of the loop */
    struct store_queue pending;             /* of the thread: being written */
    struct store_asks asked, due, answered; /* due: all before is written */
    struct store_ask *asking;               /* what the thread answers now */
    unsigned searches;                      /* not yet answered */
    struct mono first_at;                   /* when the oldest change was put */
    unsigned holds, flushes;
    bool stopping, stopped;
    struct store_keep keep; /* of events; 0 = all */
    int64_t past_keep_ms;   /* 0 = all is kept */
    uint64_t past_max;      /* rows; 0 = all */
    struct mono past_trimmed;
    uint64_t last_event[STORE_LOGS];
    struct store_stats stats;

    pthread_t thread;
    int wake_fd; /* told when there are answers; -1: nobody asks */
    struct event *wake;
};

/* 0, or -errno. */
int store_thread_start(struct store *s) __attribute__((warn_unused_result));

/* Ends the thread, which may hang in a disk that does: then false, and all it
 * holds must stay. */
bool store_thread_stop(struct store *s);

/* Wakes the loop: there are answers. */
void store_thread_wake(const struct store *s);

/* A moment of the clock that the conditions of a store wait by. */
struct timespec store_deadline(int64_t ms);

#endif
