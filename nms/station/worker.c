#include "station/worker.h"

#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include <event2/event.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

struct job {
    struct job *next;
    worker_fn work;
    worker_done_fn done;
    void *arg;
};

struct job_list {
    struct job *first, **last;
};

struct worker {
    pthread_t thread;
    bool started;
    struct event *finished;
    int wake;       /* eventfd: jobs were done */
    size_t waiting; /* the loop's */
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job_list todo, done; /* below: under the lock */
    bool ends;
};

static void list_add(struct job_list *l, struct job *j)
{
    if (l->first == NULL)
        l->last = &l->first;
    j->next = NULL;
    *l->last = j;
    l->last = &j->next;
}

static struct job *list_take(struct job_list *l)
{
    struct job *j = l->first;

    if (j != NULL)
        l->first = j->next;
    return j;
}

/* ---- the thread ---- */

/* The next job; NULL when the end has come. */
static struct job *next_job(struct worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    while (w->todo.first == NULL && !w->ends)
        (void)pthread_cond_wait(&w->more, &w->lock);
    struct job *j = w->ends ? NULL : list_take(&w->todo);
    (void)pthread_mutex_unlock(&w->lock);
    return j;
}

static void hand_back(struct worker *w, struct job *j)
{
    uint64_t one = 1;

    (void)pthread_mutex_lock(&w->lock);
    list_add(&w->done, j);
    (void)pthread_mutex_unlock(&w->lock);
    while (write(w->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static void *thread_main(void *arg)
{
    struct worker *w = arg;
    struct crash_stack stack;

    crash_watch_thread(&stack);
    for (struct job *j; (j = next_job(w)) != NULL;) {
        j->work(j->arg);
        hand_back(w, j);
    }
    return NULL;
}

/* ---- the loop's side ---- */

static void tell(struct worker *w, struct job *j, bool worked)
{
    w->waiting--;
    if (j->done != NULL)
        j->done(j->arg, worked);
    free(j);
}

static void on_finished(evutil_socket_t fd, short what, void *arg)
{
    struct worker *w = arg;
    uint64_t count;

    (void)what;
    if (read(fd, &count, sizeof count) < 0)
        return;
    (void)pthread_mutex_lock(&w->lock);
    struct job *j = w->done.first;
    w->done.first = NULL;
    (void)pthread_mutex_unlock(&w->lock);
    while (j != NULL) {
        struct job *next = j->next;

        tell(w, j, true);
        j = next;
    }
}

/* Signals are the loop's. */
static bool start(struct worker *w)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    sandbox_spare_signals(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    w->started = pthread_create(&w->thread, NULL, thread_main, w) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!w->started)
        log_warning("station: no further thread can be had: its loop does "
                    "more itself, and may be late; see the limits of the "
                    "process");
    return w->started;
}

struct worker *worker_new(struct event_base *base)
{
    struct worker *w = mem_new(struct worker);

    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->more, NULL);
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    w->finished =
        event_new(base, w->wake, EV_READ | EV_PERSIST, on_finished, w);
    event_add(w->finished, NULL);
    return w;
}

static void end(struct worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    w->ends = true;
    (void)pthread_cond_signal(&w->more);
    (void)pthread_mutex_unlock(&w->lock);
}

/* Its thread has ended. */
static void release(struct worker *w)
{
    for (struct job *j; (j = list_take(&w->done)) != NULL;)
        tell(w, j, true);
    for (struct job *j; (j = list_take(&w->todo)) != NULL;)
        tell(w, j, false);
    event_free(w->finished);
    close(w->wake);
    (void)pthread_cond_destroy(&w->more);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    end(w);
    if (w->started)
        (void)pthread_join(w->thread, NULL);
    release(w);
}

bool worker_free_within(struct worker *w, unsigned ms)
{
    struct timespec limit;

    end(w);
    (void)clock_gettime(CLOCK_REALTIME, &limit); /* as the call wants it */
    limit.tv_sec += ms / MS_PER_S;
    limit.tv_nsec += (long)(ms % MS_PER_S) * NS_PER_MS;
    limit.tv_sec += limit.tv_nsec / NS_PER_S;
    limit.tv_nsec %= NS_PER_S;
    if (w->started && pthread_timedjoin_np(w->thread, NULL, &limit) != 0) {
        (void)pthread_detach(w->thread);
        (void)event_del(w->finished);
        return false;
    }
    release(w);
    return true;
}

void worker_do(struct worker *w, worker_fn work, worker_done_fn done, void *arg)
{
    struct job *j = mem_new(struct job);

    *j = (struct job){.work = work, .done = done, .arg = arg};
    w->waiting++;
    if (!w->started && !start(w)) {
        work(arg);
        hand_back(w, j);
        return;
    }
    (void)pthread_mutex_lock(&w->lock);
    list_add(&w->todo, j);
    (void)pthread_cond_signal(&w->more);
    (void)pthread_mutex_unlock(&w->lock);
}

size_t worker_waiting(const struct worker *w)
{
    return w->waiting;
}
