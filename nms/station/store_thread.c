/* The thread that writes what was put, and answers what was asked. */
#include "station/store_parts.h"

#include "base/crash.h"
#include "base/log.h"
#include "station/store_db.h"
#include "station/store_past.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Changes gather that long, or until there are so many. */
enum {
    GATHER_MS = 400,
    RETRY_MS = 1000,
    END_MS = 3000,
    TRIM_PAST_MS = 3600000
};
static const double NS_PER_MS = 1e6;

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

void store_thread_wake(const struct store *s)
{
    uint64_t one = 1;

    if (write(s->wake_fd, &one, sizeof one) < 0)
        return; /* only when it is full of news already */
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

/* ---- answering ---- */

static int work_at(struct store *s, struct store_ask *q)
{
    if (q->forgotten) /* who asked has left */
        return -ECANCELED;
    (void)pthread_mutex_unlock(&s->lock);
    (void)pthread_mutex_lock(&s->db_lock);
    int rc = q->work(q, s->db);
    (void)pthread_mutex_unlock(&s->db_lock);
    (void)pthread_mutex_lock(&s->lock);
    return rc;
}

static void answer(struct store *s, struct store_ask *q)
{
    s->asking = q;
    if (q->work == NULL) /* only wants to know whether all is written */
        q->result = s->stats.error[0] != '\0' ? -EIO : 0;
    else
        q->result = work_at(s, q);
    s->asking = NULL;
    s->searches -= q->search;
    store_asks_add(&s->answered, q);
    store_thread_wake(s);
}

/* Who only wants to know whether all is written waits for no search. */
static void settle_turn(struct store *s)
{
    struct store_asks others = {0};

    for (struct store_ask *q; (q = store_asks_pop(&s->due)) != NULL;)
        if (q->work == NULL)
            answer(s, q);
        else
            store_asks_add(&others, q);
    store_asks_move(&s->due, &others);
}

/* Milliseconds until what was put is to be written; -1: nothing is. */
static int64_t gather_ms(const struct store *s)
{
    size_t waiting = store_queue_count(&s->queue);

    if (waiting == 0 || s->holds > 0)
        return -1;
    if (waiting >= STORE_GATHER_MAX || s->flushes > 0)
        return 0;
    int64_t age = mono_ms_between(s->first_at, mono_now());
    return age < GATHER_MS ? GATHER_MS - age : 0;
}

/* Is there something that goes before the next search? */
static bool is_urgent(const struct store *s, struct mono begin)
{
    if (s->stopping)
        return true;
    if (store_queue_count(&s->pending) > 0) /* it failed */
        return mono_ms_between(begin, mono_now()) >= RETRY_MS;
    for (const struct store_ask *q = s->asked.first; q != NULL && s->holds == 0;
         q = q->next)
        if (q->work == NULL)
            return true;
    return gather_ms(s) == 0;
}

/* Answers what is due; searches one at a time while something is to be written.
 * Called and left with the lock held. */
static void answer_turn(struct store *s)
{
    struct mono begin = mono_now();
    struct store_ask *q;

    settle_turn(s);
    while (!s->stopping && (q = store_asks_pop(&s->due)) != NULL) {
        answer(s, q);
        if (is_urgent(s, begin))
            return;
    }
}

/* ---- waiting ---- */

/* Milliseconds until the thread has something to do; 0 now, -1 not known. */
static int64_t idle_ms(const struct store *s)
{
    if (s->stopping || s->due.first != NULL ||
        (s->asked.first != NULL && s->holds == 0))
        return 0;
    return gather_ms(s);
}

/* Waits until there is something to do. With the lock held. */
static void wait_turn(struct store *s)
{
    if (store_queue_count(&s->pending) > 0) {
        /* What failed is not tried again before its time. */
        struct timespec until = store_deadline(RETRY_MS);
        if (s->due.first == NULL || s->stopping)
            (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
        return;
    }
    for (int64_t ms; (ms = idle_ms(s)) != 0;) {
        struct timespec until = store_deadline(ms > 0 ? ms : RETRY_MS);
        (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
    }
}

static void *thread_main(void *arg)
{
    struct store *s = arg;
    struct crash_stack stack;

    crash_watch_thread(&stack);
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

int store_thread_start(struct store *s)
{
    return -pthread_create(&s->thread, NULL, thread_main, s);
}

bool store_thread_stop(struct store *s)
{
    struct timespec soon = store_deadline(END_MS);

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
