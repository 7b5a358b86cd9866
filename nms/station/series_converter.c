#include "station/series_converter.h"

#include "base/crash.h"
#include "base/file.h"
#include "base/mem.h"
#include "graphs/recast.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

/* Polls go first. */
enum { NICE = 10 };

struct converter {
    char *root;
    converter_fn done;
    void *arg;
    struct event *finished;
    int wake; /* eventfd: the thread has ended its work */
    pthread_t thread;
    bool running, threaded;
    /* The thread's, while it runs. */
    struct buffer path;
    struct layout layout;
    enum series_group group;
    int result;
};

/* ---- the thread ---- */

/* A file that was just written lies in memory in large pieces, and some kernels
 * (ext4 from 6.16 on, XFS) then write a whole piece where rrdcached changes one
 * number. Read again it lies there in pages. */
static void let_go(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

static int convert(const char *path, const struct layout *l,
                   enum series_group group)
{
    struct buffer OWNED_BUFFER octets = {0};
    struct stat about;

    if (stat(path, &about) < 0)
        return -errno;
    int rc = file_read(path, RRD_OCTETS_MAX, &octets);
    if (rc < 0)
        return rc;
    OWNED(rrd_free) struct rrd *from = NULL;
    rc = rrd_read(buffer_view(&octets), &from);
    if (rc < 0)
        return rc;
    OWNED(rrd_free) struct rrd *to = rrd_recast(from, l, group);
    buffer_clear(&octets);
    rrd_write(to, &octets);
    rc = file_write(path, buffer_view(&octets), about.st_mode & ACCESSPERMS);
    if (rc == 0) /* it is on the disk */
        let_go(path);
    return rc;
}

static void *work(void *arg)
{
    struct converter *c = arg;
    uint64_t one = 1;
    struct crash_stack stack;

    if (c->threaded)
        crash_watch_thread(&stack);
    if (c->threaded) /* as far as the system permits */
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    c->result = convert(c->path.at, &c->layout, c->group);
    /* An eventfd that is not full takes it. */
    ssize_t sent = write(c->wake, &one, sizeof one);
    assert(sent == sizeof one);
    return NULL;
}

/* ---- the loop ---- */

static void on_finished(evutil_socket_t fd, short what, void *arg)
{
    struct converter *c = arg;
    uint64_t times;

    (void)what;
    if (read(fd, &times, sizeof times) < 0 || !c->running)
        return;
    if (c->threaded)
        pthread_join(c->thread, NULL);
    c->running = false;
    c->done(c->arg, c->result);
}

void converter_start(struct converter *c, const char *path,
                     const struct layout *l, enum series_group group)
{
    assert(!c->running);
    buffer_clear(&c->path);
    buffer_format(&c->path, "%s%s", c->root, path);
    c->layout = *l;
    c->group = group;
    c->running = true;
    c->threaded = true;
    if (pthread_create(&c->thread, NULL, work, c) == 0)
        return;
    c->threaded = false; /* none to be had: here, late rather than never */
    (void)work(c);
}

void converter_free(struct converter *c)
{
    if (c == NULL)
        return;
    if (c->running && c->threaded)
        pthread_join(c->thread, NULL);
    if (c->finished != NULL)
        event_free(c->finished);
    if (c->wake >= 0)
        close(c->wake);
    buffer_fini(&c->path);
    free(c->root);
    free(c);
}

struct converter *converter_new(struct event_base *base, const char *root,
                                converter_fn done, void *arg)
{
    struct converter *c = mem_new(struct converter);

    c->root = mem_text(root);
    c->done = done;
    c->arg = arg;
    c->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    c->finished =
        event_new(base, c->wake, EV_READ | EV_PERSIST, on_finished, c);
    /* fail only without memory or descriptors */
    assert(c->wake >= 0 && c->finished != NULL);
    (void)event_add(c->finished, NULL);
    return c;
}
