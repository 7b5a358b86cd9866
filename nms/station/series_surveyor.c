#include "station/series_surveyor.h"

#include "base/bytes.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

/* It looks every some hours; sooner where files were made, but not for more
 * than half a percent of the time. A file that is half made is done with within
 * the hour. */
enum { FIRST_MS = 200, SOON_MS = 1000, REST_MS = 6 * 3600 * 1000 };
enum { SHARE = 200, HALF_MADE_S = 3600, DAY_S = 86400 };
enum { OCTETS_PER_BLOCK = 512 };
static const char ending[] = ".rrd";

struct surveyor {
    char *dir;
    int64_t keep_ms;
    struct event *turn, *finished;
    int wake; /* eventfd: the thread has ended its work */
    pthread_t thread;
    bool running;
    bool again; /* files were made meanwhile */
    bool stop;  /* atomic */
    struct mono began;
    int64_t took_ms;
    /* The thread's, with the next ones: when this look began; what is older
     * than any archive. */
    int64_t now_s, limit_s;
    int64_t newest_s;        /* of the files' times; 0: none seen yet */
    int64_t newest_before_s; /* when it began to look */
    struct survey job;
    struct survey found;
};

/* ---- the thread ---- */

static bool is_whole(const char *name)
{
    size_t len = strlen(name);

    return len > strlen(ending) &&
           strcmp(name + len - strlen(ending), ending) == 0;
}

static void look_at(struct surveyor *s, int dir, const char *name)
{
    struct stat about;

    if (fstatat(dir, name, &about, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISREG(about.st_mode))
        return;
    int64_t age_s = s->now_s - about.st_mtime;
    bool whole = is_whole(name);
    if ((whole && about.st_mtime < s->limit_s) ||
        (!whole && strstr(name, ending) != NULL && age_s > HALF_MADE_S)) {
        s->job.removed += unlinkat(dir, name, 0) == 0;
        return;
    }
    if (whole && about.st_mtime > s->newest_s)
        s->newest_s = about.st_mtime;
    s->job.files += whole;
    s->job.octets += (uint64_t)about.st_blocks * OCTETS_PER_BLOCK;
}

/* Looks at the files of a folder; it goes when it is empty. */
static void look_into(struct surveyor *s, int parent, const char *name)
{
    uint64_t before = s->job.removed;
    int fd =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (dir == NULL)
        return;
    for (struct dirent *d; (d = readdir(dir)) != NULL;)
        if (d->d_name[0] != '.')
            look_at(s, fd, d->d_name);
    closedir(dir);
    if (s->job.removed > before)
        (void)unlinkat(parent, name, AT_REMOVEDIR); /* if it is empty */
}

static void *work(void *arg)
{
    struct surveyor *s = arg;
    DIR *dir = opendir(s->dir);
    uint64_t one = 1;
    struct crash_stack stack;

    crash_watch_thread(&stack);
    if (dir != NULL) {
        for (struct dirent *d; (d = readdir(dir)) != NULL;)
            if (d->d_name[0] != '.' &&
                !__atomic_load_n(&s->stop, __ATOMIC_RELAXED))
                look_into(s, dirfd(dir), d->d_name);
        closedir(dir);
    }
    (void)malloc_trim(0); /* samples that waited for files left much */
    while (write(s->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
    return NULL;
}

/* ---- the loop ---- */

static void schedule(struct surveyor *s, int64_t wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000,
                           .tv_usec = wait_ms % 1000 * 1000};

    (void)event_add(s->turn, &wait); /* fails only without memory */
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct surveyor *s = arg;

    (void)fd;
    (void)what;
    s->began = mono_now();
    s->now_s = wall_now().ms / 1000;
    if (s->newest_s > s->now_s)
        s->newest_s = s->now_s;
    s->limit_s = s->newest_s - s->keep_ms / 1000;
    s->job = (struct survey){.removed = s->found.removed};
    s->again = false;
    s->newest_before_s = s->newest_s;
    s->running = pthread_create(&s->thread, NULL, work, s) == 0;
    if (!s->running)
        schedule(s, SOON_MS);
}

static int64_t soon_ms(const struct surveyor *s)
{
    int64_t wait_ms = s->took_ms * SHARE;

    return wait_ms > SOON_MS ? wait_ms : SOON_MS;
}

static void on_finished(evutil_socket_t fd, short what, void *arg)
{
    struct surveyor *s = arg;
    uint64_t count;

    (void)what;
    if (read(fd, &count, sizeof count) < 0)
        return;
    pthread_join(s->thread, NULL);
    s->running = false;
    if (s->job.removed > s->found.removed)
        log_info("series: %llu files were removed whose last sample is older "
                 "than what they keep",
                 (unsigned long long)(s->job.removed - s->found.removed));
    s->found = s->job;
    s->took_ms = mono_ms_between(s->began, mono_now());
    s->again |= s->newest_s - s->newest_before_s > DAY_S;
    schedule(s, s->again ? soon_ms(s) : REST_MS);
}

void surveyor_wake(struct surveyor *s)
{
    if (s->again)
        return;
    s->again = true;
    if (!s->running)
        schedule(s, soon_ms(s));
}

void surveyor_keep(struct surveyor *s, int64_t keep_ms)
{
    s->keep_ms = keep_ms;
}

struct survey surveyor_found(const struct surveyor *s)
{
    return s->found;
}

void surveyor_free(struct surveyor *s)
{
    if (s == NULL)
        return;
    __atomic_store_n(&s->stop, true, __ATOMIC_RELAXED);
    if (s->running)
        pthread_join(s->thread, NULL);
    event_free(s->turn);
    event_free(s->finished);
    close(s->wake);
    free(s->dir);
    free(s);
}

struct surveyor *surveyor_new(struct event_base *base, const char *dir,
                              int64_t keep_ms)
{
    struct surveyor *s = mem_new(struct surveyor);

    s->dir = mem_text(dir);
    s->keep_ms = keep_ms;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->turn = event_new(base, -1, 0, on_turn, s);
    s->finished =
        event_new(base, s->wake, EV_READ | EV_PERSIST, on_finished, s);
    /* fail only without memory */
    assert(s->turn != NULL && s->finished != NULL);
    (void)event_add(s->finished, NULL);
    schedule(s, FIRST_MS);
    return s;
}
