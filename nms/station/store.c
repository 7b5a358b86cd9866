#include "station/store.h"

#include "station/store_db.h"
#include "station/store_parts.h"
#include "station/store_past.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

enum { LOAD_FLUSH_MS = 5000 };
static const int64_t NS_PER_S = 1000000000;

struct timespec store_deadline(int64_t ms)
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

static void note_change(struct store *s)
{
    size_t waiting = store_queue_count(&s->queue);

    if (waiting == 1)
        s->first_at = mono_now();
    if (waiting == 1 || waiting == STORE_GATHER_MAX)
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
    struct timespec until = store_deadline(limit_ms);
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
        rc = complain(why, -EIO, s->path,
                      "start it again, which reads what can be read; check its "
                      "disk, or restore a backup",
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
    bool too_many = q->search && s->searches >= STORE_SEARCHES_MAX;
    if (too_many) {
        s->stats.refused++;
        q->result = -EBUSY;
        store_asks_add(&s->answered, q);
        store_thread_wake(s);
    } else {
        s->searches += q->search;
        store_asks_add(&s->asked, q);
        (void)pthread_cond_signal(&s->changed);
    }
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

static void release(struct store *s)
{
    store_asks_move(&s->answered, &s->due);
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
    if (s != NULL && store_thread_stop(s))
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
    if (rc == 0 && store_thread_start(s) < 0)
        rc = complain(why, -EAGAIN, s->path, "raise the limit of threads",
                      "cannot start its thread");
    if (rc < 0) {
        release(s);
        return rc;
    }
    *out = s;
    return 0;
}
