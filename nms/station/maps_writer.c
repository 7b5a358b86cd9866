#include "station/maps_writer.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/table.h"

#include <pthread.h>
#include <signal.h>

enum { MODE = 0640 };

struct waiting {
    char *path, *text;
};
struct waitings ARRAY_OF(struct waiting);

struct maps_writer {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock;
    pthread_cond_t more, idle;
    struct waitings queue; /* below: under the lock */
    uint64_t written, failed;
    bool ends, busy;
};

static int write_one(const struct waiting *one)
{
    int rc = file_write(one->path, bytes_of_text(one->text), MODE);

    if (rc < 0)
        log_error("%s: cannot be written: %s; the map is lost if the station "
                  "ends now, check the disk",
                  one->path, strerror(-rc));
    return rc;
}

static void waitings_free(struct waitings *q)
{
    for (size_t i = 0; i < q->count; i++) {
        free(q->at[i].path);
        free(q->at[i].text);
    }
    array_fini(q);
}

static void *work(void *arg)
{
    struct maps_writer *w = arg;
    bool ends = false;

    while (!ends) {
        (void)pthread_mutex_lock(&w->lock);
        while (w->queue.count == 0 && !w->ends)
            (void)pthread_cond_wait(&w->more, &w->lock);
        struct waitings batch = w->queue;
        w->queue = (struct waitings){0};
        ends = w->ends;
        w->busy = true;
        (void)pthread_mutex_unlock(&w->lock);

        uint64_t written = 0;
        for (size_t i = 0; i < batch.count; i++)
            written += write_one(&batch.at[i]) == 0;
        (void)pthread_mutex_lock(&w->lock);
        w->written += written;
        w->failed += batch.count - written;
        w->busy = false;
        (void)pthread_cond_broadcast(&w->idle);
        (void)pthread_mutex_unlock(&w->lock);
        waitings_free(&batch);
    }
    return NULL;
}

struct maps_writer *maps_writer_new(void)
{
    struct maps_writer *w = mem_new(struct maps_writer);

    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->more, NULL);
    (void)pthread_cond_init(&w->idle, NULL);
    return w;
}

/* The thread is started with the first text: after the station has become the
 * user it runs as. Signals are the loop's. */
static void start(struct maps_writer *w)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    w->started = pthread_create(&w->thread, NULL, work, w) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!w->started)
        log_error("maps: no thread to write them: they are written when the "
                  "station ends");
}

void maps_writer_put(struct maps_writer *w, const char *path, char *text)
{
    struct waiting *at = NULL;

    if (!w->started)
        start(w);
    (void)pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < w->queue.count && at == NULL; i++)
        if (strcmp(w->queue.at[i].path, path) == 0)
            at = &w->queue.at[i];
    if (at == NULL) {
        at = array_add(&w->queue);
        at->path = mem_text(path);
    }
    free(at->text);
    at->text = text;
    (void)pthread_cond_signal(&w->more);
    (void)pthread_mutex_unlock(&w->lock);
}

bool maps_writer_flush(struct maps_writer *w)
{
    (void)pthread_mutex_lock(&w->lock);
    while (w->started && (w->queue.count > 0 || w->busy))
        (void)pthread_cond_wait(&w->idle, &w->lock);
    bool written = w->queue.count == 0 && w->failed == 0;
    (void)pthread_mutex_unlock(&w->lock);
    return written;
}

uint64_t maps_writer_count(struct maps_writer *w)
{
    (void)pthread_mutex_lock(&w->lock);
    uint64_t written = w->written;
    (void)pthread_mutex_unlock(&w->lock);
    return written;
}

void maps_writer_free(struct maps_writer *w)
{
    if (w == NULL)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->ends = true;
    (void)pthread_cond_signal(&w->more);
    (void)pthread_mutex_unlock(&w->lock);
    if (w->started)
        (void)pthread_join(w->thread, NULL);
    for (size_t i = 0; i < w->queue.count; i++) /* without a thread */
        (void)write_one(&w->queue.at[i]);
    waitings_free(&w->queue);
    (void)pthread_cond_destroy(&w->more);
    (void)pthread_cond_destroy(&w->idle);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}
