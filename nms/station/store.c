#include "station/store.h"

#include "base/log.h"
#include "base/mem.h"
#include "station/store_ask.h"
#include "station/store_db.h"
#include "station/store_past.h"
#include "station/store_queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

/* Changes gather that long, or until there are so many. */
enum { GATHER_MS = 400, GATHER_MAX = 1000, RETRY_MS = 1000, END_MS = 3000 };
enum { LOAD_FLUSH_MS = 5000, TRIM_PAST_MS = 3600000 };
static const int64_t NS_PER_S = 1000000000;
static const double NS_PER_MS = 1e6;

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

/* ---- the thread ---- */

/* Looks through all rows: once an hour. */
static int trim_past(struct store *s)
{
    struct mono now = mono_now();

    (void)pthread_mutex_lock(&s->lock);
    int64_t keep_ms = s->past_keep_ms;
    uint64_t max = s->past_max;
    (void)pthread_mutex_unlock(&s->lock);
    if (s->past_trimmed.ns != 0 &&
        mono_ms_between(s->past_trimmed, now) < TRIM_PAST_MS)
        return 0;
    s->past_trimmed = now;
    return store_db_trim_past(s->db, keep_ms, max);
}

static int trim_events(struct store *s)
{
    (void)pthread_mutex_lock(&s->lock);
    struct store_keep keep = s->keep;
    (void)pthread_mutex_unlock(&s->lock);
    return store_db_trim(s->db, wall_now(), &keep);
}

/* One transaction; error gets SQLite's words if it fails. */
static int write_all(struct store *s, char *error, size_t len)
{
    const struct store_queue *q = &s->pending; /* only this thread moves it */

    (void)pthread_mutex_lock(&s->db_lock);
    int rc = store_db_begin(s->db);
    if (rc == 0 && q->entries.count > q->first)
        rc = trim_events(s);
    if (rc == 0)
        rc = store_queue_write(q, s->db);
    if (rc == 0 && q->pasts.count > 0)
        rc = trim_past(s);
    if (rc == 0)
        rc = store_db_commit(s->db);
    if (rc < 0) {
        snprintf(error, len, "%s", store_db_error(s->db));
        store_db_rollback(s->db);
    }
    (void)pthread_mutex_unlock(&s->db_lock);
    return rc;
}

/* Says once that writing fails, and once that it works again. */
static void note_state(struct store *s, int rc, const char *error)
{
    bool failed_before = s->stats.error[0] != '\0';

    if (rc < 0 && !failed_before)
        log_error("%s: cannot be written: %s; changes wait in memory and are "
                  "tried again every second; check its disk",
                  s->path, error);
    if (rc == 0 && failed_before)
        log_notice("%s: is written again", s->path);
    snprintf(s->stats.error, sizeof s->stats.error, "%s", rc < 0 ? error : "");
}

/* What was written is freed without the lock, which the loop may want. */
static void note_commit(struct store *s, double took_ms)
{
    struct store_queue done = {0};

    s->stats.commits++;
    s->stats.written += store_queue_count(&s->pending);
    s->stats.commit_ms_last = took_ms;
    if (took_ms > s->stats.commit_ms_max)
        s->stats.commit_ms_max = took_ms;
    store_queue_move(&done, &s->pending);
    (void)pthread_cond_broadcast(&s->written);
    (void)pthread_mutex_unlock(&s->lock);
    store_queue_fini(&done);
    (void)pthread_mutex_lock(&s->lock);
}

/* Writes what is pending. Called and left with the lock held. */
static void write_turn(struct store *s)
{
    char error[sizeof s->stats.error] = "";
    struct mono begin = mono_now();

    (void)pthread_mutex_unlock(&s->lock);
    int rc = write_all(s, error, sizeof error);
    (void)pthread_mutex_lock(&s->lock);
    note_state(s, rc, error);
    if (rc == 0)
        note_commit(s, (double)(mono_now().ns - begin.ns) / NS_PER_MS);
    else
        s->stats.failures++;
}

static void answer(struct store *s, struct store_ask *q)
{
    s->asking = q;
    if (q->work == NULL) { /* only wants to know whether all is written */
        q->result = s->stats.error[0] != '\0' ? -EIO : 0;
    } else {
        (void)pthread_mutex_unlock(&s->lock);
        (void)pthread_mutex_lock(&s->db_lock);
        q->result = q->work(q, s->db);
        (void)pthread_mutex_unlock(&s->db_lock);
        (void)pthread_mutex_lock(&s->lock);
    }
    s->asking = NULL;
    store_asks_add(&s->answered, q);
}

/* Answers all that is due. Called and left with the lock held. */
static void answer_turn(struct store *s)
{
    uint64_t one = 1;
    bool any = s->due.first != NULL;

    for (struct store_ask *q; (q = store_asks_pop(&s->due)) != NULL;)
        answer(s, q);
    if (any && write(s->wake_fd, &one, sizeof one) < 0)
        return; /* only when it is full of news already */
}

/* Milliseconds until the thread has something to do; 0 now, -1 not known. */
static int64_t idle_ms(const struct store *s)
{
    size_t waiting = store_queue_count(&s->queue);

    if (store_queue_count(&s->pending) > 0)
        return RETRY_MS; /* it failed */
    if (s->stopping || (s->asked.first != NULL && s->holds == 0))
        return 0;
    if (waiting == 0 || s->holds > 0)
        return -1;
    if (waiting >= GATHER_MAX || s->flushes > 0)
        return 0;
    int64_t age = mono_ms_between(s->first_at, mono_now());
    return age < GATHER_MS ? GATHER_MS - age : 0;
}

static struct timespec after_ms(int64_t ms)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* there always is one */
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= NS_PER_S) {
        t.tv_sec++;
        t.tv_nsec -= NS_PER_S;
    }
    return t;
}

/* Waits until there is something to do. With the lock held. */
static void wait_turn(struct store *s)
{
    int64_t ms = idle_ms(s);

    if (store_queue_count(&s->pending) > 0) {
        /* What failed is not tried again before its time. */
        struct timespec until = after_ms(ms);
        (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
        return;
    }
    while (ms != 0) {
        struct timespec until = after_ms(ms > 0 ? ms : RETRY_MS);
        (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
        ms = idle_ms(s);
    }
}

static void *thread_main(void *arg)
{
    struct store *s = arg;

    (void)pthread_mutex_lock(&s->lock);
    for (;;) {
        wait_turn(s);
        if (store_queue_count(&s->pending) == 0 && s->holds == 0) {
            store_queue_move(&s->pending, &s->queue);
            store_asks_move(&s->due, &s->asked);
        }
        if (store_queue_count(&s->pending) > 0)
            write_turn(s);
        if (store_queue_count(&s->pending) > 0 && s->holds == 0)
            store_asks_move(&s->due, &s->asked); /* the disk fails */
        answer_turn(s);
        bool empty = store_queue_count(&s->pending) == 0 &&
                     store_queue_count(&s->queue) == 0;
        if (s->stopping && (empty || s->stopped))
            break;
    }
    s->stopped = true;
    (void)pthread_cond_broadcast(&s->written);
    (void)pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- the loop's side ---- */

static void note_change(struct store *s)
{
    size_t waiting = store_queue_count(&s->queue);

    if (waiting == 1)
        s->first_at = mono_now();
    if (waiting == 1 || waiting == GATHER_MAX)
        (void)pthread_cond_signal(&s->changed);
}

/* A text, or what will be one; neither deletes. */
static void put(struct store *s, const char *kind, const char *key,
                const char *text, const struct store_value *value)
{
    (void)pthread_mutex_lock(&s->lock);
    if (value != NULL)
        store_queue_put_later(&s->queue, kind, key, value);
    else
        store_queue_put(&s->queue, kind, key, text);
    note_change(s);
    (void)pthread_mutex_unlock(&s->lock);
}

void store_put(struct store *s, const char *kind, const char *key,
               const char *text)
{
    assert(text != NULL);
    put(s, kind, key, text, NULL);
}

void store_put_later(struct store *s, const char *kind, const char *key,
                     const struct store_value *value)
{
    put(s, kind, key, NULL, value);
}

void store_delete(struct store *s, const char *kind, const char *key)
{
    put(s, kind, key, NULL, NULL);
}

uint64_t store_event(struct store *s, const struct store_event *event)
{
    struct store_event e = *event;

    (void)pthread_mutex_lock(&s->lock);
    e.id = ++s->last_event[e.log];
    store_queue_event(&s->queue, &e, false);
    note_change(s);
    (void)pthread_mutex_unlock(&s->lock);
    return e.id;
}

void store_event_again(struct store *s, uint64_t id, struct wall last,
                       uint32_t count)
{
    struct store_event e = {.id = id, .last = last, .count = count};

    (void)pthread_mutex_lock(&s->lock);
    store_queue_event(&s->queue, &e, true);
    note_change(s);
    (void)pthread_mutex_unlock(&s->lock);
}

void store_past_put(struct store *s, struct past *p)
{
    (void)pthread_mutex_lock(&s->lock);
    store_queue_past(&s->queue, p);
    note_change(s);
    (void)pthread_mutex_unlock(&s->lock);
}

void store_keep_events(struct store *s, const struct store_keep *keep)
{
    (void)pthread_mutex_lock(&s->lock);
    s->keep = *keep;
    (void)pthread_mutex_unlock(&s->lock);
}

void store_past_keep(struct store *s, int64_t keep_ms, uint64_t rows_max)
{
    (void)pthread_mutex_lock(&s->lock);
    s->past_keep_ms = keep_ms;
    s->past_max = rows_max;
    (void)pthread_mutex_unlock(&s->lock);
}

void store_begin(struct store *s)
{
    (void)pthread_mutex_lock(&s->lock);
    s->holds++;
    (void)pthread_mutex_unlock(&s->lock);
}

void store_end(struct store *s)
{
    (void)pthread_mutex_lock(&s->lock);
    assert(s->holds > 0);
    s->holds--;
    if (s->holds == 0 &&
        (store_queue_count(&s->queue) > 0 || s->asked.first != NULL))
        (void)pthread_cond_signal(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
}

int store_flush(struct store *s, int64_t limit_ms)
{
    struct timespec until = after_ms(limit_ms);
    int rc = 0;

    (void)pthread_mutex_lock(&s->lock);
    assert(s->holds == 0);
    s->flushes++;
    (void)pthread_cond_signal(&s->changed);
    while (rc == 0 &&
           store_queue_count(&s->queue) + store_queue_count(&s->pending) > 0)
        rc = pthread_cond_timedwait(&s->written, &s->lock, &until);
    s->flushes--;
    (void)pthread_mutex_unlock(&s->lock);
    return rc == 0 ? 0 : -ETIMEDOUT;
}

/* Reads what is on disk, all that was put included: the database is locked if
 * it gives 0, until end_load(). */
static int begin_load(struct store *s, struct complaint *why)
{
    if (store_flush(s, LOAD_FLUSH_MS) < 0)
        return complain(why, -EIO, s->path, "check its disk",
                        "the database cannot be written");
    (void)pthread_mutex_lock(&s->db_lock);
    return 0;
}

static int end_load(struct store *s, int rc, struct complaint *why)
{
    if (rc == -EIO)
        rc = complain(why, -EIO, s->path, "check its disk, or restore a backup",
                      "the database cannot be read: %s", store_db_error(s->db));
    (void)pthread_mutex_unlock(&s->db_lock);
    return rc;
}

int store_load(struct store *s, const char *kind, store_object_fn on_object,
               void *arg, struct complaint *why)
{
    int rc = begin_load(s, why);

    return rc < 0
               ? rc
               : end_load(s, store_db_load(s->db, kind, on_object, arg), why);
}

int store_past_load(struct store *s, struct past **out, struct complaint *why)
{
    static const struct wall ever = {.ms = INT64_MAX};
    OWNED(past_free) struct past *found = past_new();
    int rc = begin_load(s, why);

    *out = NULL;
    if (rc == 0)
        rc = end_load(s, store_db_past(s->db, ever, found), why);
    if (rc == 0)
        *out = TAKE(found);
    return rc;
}

void store_ask(struct store *s, struct store_ask *q)
{
    assert(s->wake_fd >= 0);
    (void)pthread_mutex_lock(&s->lock);
    store_asks_add(&s->asked, q);
    (void)pthread_cond_signal(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
}

const char *store_damage(const struct store *s)
{
    return s->damage.at;
}

void store_stats(const struct store *s, struct store_stats *out)
{
    struct store *lockable = (struct store *)s; /* the lock is no state */

    (void)pthread_mutex_lock(&lockable->lock);
    *out = s->stats;
    out->waiting =
        store_queue_count(&s->queue) + store_queue_count(&s->pending);
    out->dropped = s->queue.dropped;
    (void)pthread_mutex_unlock(&lockable->lock);
}

/* Hands out the answers that are there. */
static void deliver(struct store *s, int result)
{
    for (;;) {
        (void)pthread_mutex_lock(&s->lock);
        struct store_ask *q = store_asks_pop(&s->answered);
        (void)pthread_mutex_unlock(&s->lock);

        if (q == NULL)
            return;
        if (!q->forgotten)
            q->done(q, result != 0 ? result : q->result);
        q->free(q);
    }
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    uint64_t count = (uint64_t)what; /* any: it is read over */

    if (read(fd, &count, sizeof count) > 0)
        deliver(arg, 0);
}

/* Ends the thread, which may hang in a disk that does: then false, and all it
 * holds must stay. */
static bool stop_thread(struct store *s)
{
    struct timespec soon = after_ms(END_MS);

    (void)pthread_mutex_lock(&s->lock);
    s->stopping = true;
    s->holds = 0;
    (void)pthread_cond_signal(&s->changed);
    while (!s->stopped &&
           pthread_cond_timedwait(&s->written, &s->lock, &soon) == 0)
        ;
    uint64_t left =
        store_queue_count(&s->queue) + store_queue_count(&s->pending);
    bool ended = s->stopped;
    s->stopped = true; /* it gives up after what it does now */
    (void)pthread_cond_signal(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);

    if (left > 0)
        log_error("%s: %llu changes could not be written and are lost; check "
                  "its disk",
                  s->path, (unsigned long long)left);
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until); /* as timedjoin wants it */
    until.tv_sec++;
    if (ended || pthread_timedjoin_np(s->thread, NULL, &until) == 0) {
        if (ended)
            (void)pthread_join(s->thread, NULL); /* it is leaving */
        return true;
    }
    (void)pthread_detach(s->thread);
    return false;
}

static void release(struct store *s)
{
    store_asks_move(&s->answered, &s->asked);
    deliver(s, -ECANCELED);
    if (s->wake != NULL)
        event_free(s->wake);
    if (s->wake_fd >= 0)
        close(s->wake_fd);
    store_db_close(s->db);
    store_queue_fini(&s->queue);
    store_queue_fini(&s->pending);
    (void)pthread_cond_destroy(&s->changed);
    (void)pthread_cond_destroy(&s->written);
    (void)pthread_mutex_destroy(&s->lock);
    (void)pthread_mutex_destroy(&s->db_lock);
    buffer_fini(&s->damage);
    free(s->path);
    free(s);
}

void store_forget(struct store *s, const void *arg)
{
    (void)pthread_mutex_lock(&s->lock);
    store_asks_forget(&s->asked, arg);
    store_asks_forget(&s->due, arg);
    store_asks_forget(&s->answered, arg);
    if (s->asking != NULL && s->asking->arg == arg)
        s->asking->forgotten = true;
    (void)pthread_mutex_unlock(&s->lock);
}

void store_free(struct store *s)
{
    if (s != NULL && stop_thread(s))
        release(s);
}

/* By the monotonic clock. Fails only without memory: there is, at the start. */
static void make_locks(struct store *s)
{
    pthread_condattr_t attr;

    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&s->changed, &attr);
    (void)pthread_cond_init(&s->written, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_mutex_init(&s->db_lock, NULL);
}

/* The descriptor by which the thread wakes the loop. */
static int make_wake(struct store *s, struct event_base *base)
{
    if (base == NULL)
        return 0;
    s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (s->wake_fd < 0)
        return -errno;
    s->wake = event_new(base, s->wake_fd, EV_READ | EV_PERSIST, on_wake, s);
    if (s->wake == NULL || event_add(s->wake, NULL) < 0)
        return -ENOMEM;
    return 0;
}

int store_open(struct event_base *base, const struct store_options *options,
               struct store **out, struct complaint *why)
{
    struct store *s = mem_new(struct store);

    *out = NULL;
    s->path = mem_text(options->path);
    s->wake_fd = -1;
    make_locks(s);
    int rc = store_db_open(s->path, &s->db, &s->damage, why);
    if (rc == 0 && store_db_last_events(s->db, s->last_event) < 0)
        rc = complain(why, -EIO, s->path, "restore a backup",
                      "the database cannot be read: %s", store_db_error(s->db));
    if (rc == 0 && make_wake(s, base) < 0)
        rc = complain(why, -EMFILE, s->path, "raise the limit of open files",
                      "no descriptor is left");
    if (rc == 0 && pthread_create(&s->thread, NULL, thread_main, s) != 0)
        rc = complain(why, -EAGAIN, s->path, "raise the limit of threads",
                      "cannot start its thread");
    if (rc < 0) {
        release(s);
        return rc;
    }
    *out = s;
    return 0;
}
