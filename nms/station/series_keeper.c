#include "station/series_keeper.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "station/child.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

enum {
    DIR_MODE = 0750,
    GRACE_MS = 3000,
    PID_FILE_MAX = 32,
    CMDLINE_MAX = 8192,
    STAT_MAX = 2048
};
/* One that used so much of the processor between two looks works; it may do so
 * for so many before it is taken for one that goes round in circles. */
enum { WORKS_MS = 10, WAITS_MAX = 30, LOOK_MIN_MS = 100 };
enum { BACKOFF_MIN_MS = 200, BACKOFF_MAX_MS = 30000, HEALTHY_MS = 60000 };

/* It is told what to write and when; a file that it has written it forgets
 * after so long. */
static const char write_s[] = "10", flush_s[] = "20", threads[] = "2";

struct keeper {
    struct event_base *base;
    char *dir;
    struct child *child; /* NULL: waiting to start it */
    struct event *start;
    struct mono started;
    int64_t backoff_ms;
    uint64_t starts;
    struct mono looked; /* what it had used then, when it was silent */
    int64_t used_ms;
    unsigned waits;
};

static char *path_in(const char *dir, const char *name)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", dir, name);
    return buffer_take(&path);
}

/* True if process pid is an rrdcached on this socket. */
static bool is_ours(pid_t pid, const char *socket_path)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER line = {0};

    buffer_format(&path, "/proc/%d/cmdline", (int)pid);
    if (file_read(path.at, CMDLINE_MAX, &line) < 0)
        return false;
    return memmem(line.at, line.len, socket_path, strlen(socket_path)) != NULL;
}

/* One that a station which was killed left is told to end: meanwhile its file
 * of the process id stops ours from starting. A file whose process is another
 * one is removed. */
static void clear_way(const struct keeper *k)
{
    struct buffer OWNED_BUFFER text = {0};
    OWNED(free) char *pid_path = path_in(k->dir, "rrdcached.pid");
    OWNED(free) char *socket_path = path_in(k->dir, "rrdcached.sock");

    buffer_add(&text, NULL, 0);
    if (file_read(pid_path, PID_FILE_MAX, &text) < 0)
        return;
    pid_t pid = (pid_t)strtol(text.at, NULL, 10);
    if (pid > 1 && is_ours(pid, socket_path))
        (void)kill(pid, SIGTERM); /* if it is gone already, all the better */
    else
        (void)unlink(pid_path);
}

static void schedule(struct keeper *k, int64_t wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000,
                           .tv_usec = wait_ms % 1000 * 1000};

    (void)event_add(k->start, &wait); /* fails only without memory */
}

static void back_off(struct keeper *k, struct mono now)
{
    if (mono_ms_between(k->started, now) > HEALTHY_MS)
        k->backoff_ms = BACKOFF_MIN_MS;
    schedule(k, k->backoff_ms);
    k->backoff_ms =
        k->backoff_ms * 2 < BACKOFF_MAX_MS ? k->backoff_ms * 2 : BACKOFF_MAX_MS;
}

/* The first line of what it said. */
static int first_line(const char *text)
{
    return (int)strcspn(text, "\n");
}

static void on_ended(void *arg, const struct child_end *end)
{
    struct keeper *k = arg;

    k->child = NULL;
    log_warning("rrdcached ended (%s %d%s%.*s); samples wait in the spool; it "
                "is started again in %lld ms",
                end->result == 0 ? "status" : "signal or error",
                end->result == 0 ? end->status : end->result,
                end->errors[0] != '\0' ? ": " : "", first_line(end->errors),
                end->errors, (long long)k->backoff_ms);
    back_off(k, mono_now());
}

static int start_child(struct keeper *k)
{
    OWNED(free) char *rrd = path_in(k->dir, "rrd");
    OWNED(free) char *pid = path_in(k->dir, "rrdcached.pid");
    struct buffer OWNED_BUFFER listen = {0};

    buffer_format(&listen, "unix:%s/rrdcached.sock", k->dir);
    const char *argv[] = {
        "rrdcached", "-g",                  /* stay in the foreground */
        "-l",        listen.at,             /* listen here */
        "-m",        "0660",    "-p", pid,  /* rights of the socket */
        "-b",        rrd,       "-B", "-R", /* files here alone, made on demand
                                             */
        "-w",        write_s,   "-f", flush_s, "-t", threads, NULL,
    };
    /* What one thread took another gives back: with a heap for each, what is
     * free in one is of no use to the others. */
    static const char *const env[] = {"MALLOC_ARENA_MAX=1", NULL};
    struct child_options options = {.argv = argv, .env = env};

    return child_start(k->base, &options, on_ended, k, &k->child);
}

static void on_start(evutil_socket_t fd, short what, void *arg)
{
    struct keeper *k = arg;

    (void)fd;
    (void)what;
    clear_way(k);
    k->starts++;
    k->started = mono_now();
    k->looked = (struct mono){0};
    k->used_ms = 0;
    k->waits = 0;
    int rc = start_child(k);
    if (rc < 0) {
        log_error("rrdcached cannot be started: %s; samples wait in the spool; "
                  "install rrdcached and util-linux",
                  strerror(-rc));
        back_off(k, k->started);
    }
}

uint64_t keeper_restarts(const struct keeper *k)
{
    return k->starts > 0 ? k->starts - 1 : 0;
}

int keeper_pid(const struct keeper *k)
{
    return k->child != NULL ? (int)child_pid(k->child) : 0;
}

void keeper_free(struct keeper *k)
{
    if (k == NULL)
        return;
    child_stop(k->child, GRACE_MS);
    if (k->start != NULL)
        event_free(k->start);
    free(k->dir);
    free(k);
}

/* What a process used of the processor, in ms; -1: it is gone. The 14th and
 * 15th field of /proc/PID/stat; the second, in parentheses, may hold anything
 * (proc(5)). */
static int64_t processor_ms(pid_t pid)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER text = {0};
    unsigned long long user, kernel;

    buffer_format(&path, "/proc/%d/stat", (int)pid);
    if (file_read(path.at, STAT_MAX, &text) < 0)
        return -1;
    const char *rest = strrchr(text.at, ')');
    if (rest == NULL || sscanf(rest,
                               ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                               "%llu %llu",
                               &user, &kernel) != 2)
        return -1;
    return (int64_t)(user + kernel) * 1000 / sysconf(_SC_CLK_TCK);
}

void keeper_silent(struct keeper *k)
{
    struct mono now = mono_now();

    if (k->child == NULL || mono_ms_between(k->looked, now) < LOOK_MIN_MS)
        return;
    pid_t pid = child_pid(k->child);
    int64_t used = processor_ms(pid), before = k->used_ms;

    k->looked = now;
    k->used_ms = used;
    if (used >= before + WORKS_MS && k->waits++ < WAITS_MAX) {
        log_warning("rrdcached (process %d) does not answer yet, but works: it "
                    "has used %.1f s of the processor; samples wait in the "
                    "spool",
                    (int)pid, (double)used / 1000);
        return;
    }
    log_warning("rrdcached (process %d) does not answer: it is killed",
                (int)pid);
    /* Not its child's fault if it is gone already: its end is told. */
    (void)kill(pid, SIGKILL);
}

void keeper_unreached(struct keeper *k, int64_t patience_ms)
{
    if (k->child != NULL &&
        mono_ms_between(k->started, mono_now()) >= patience_ms)
        keeper_silent(k);
}

int keeper_new(struct event_base *base, const char *data_dir,
               struct keeper **out, struct complaint *why)
{
    OWNED(free) char *rrd = path_in(data_dir, "rrd");
    int rc = file_make_dir(rrd, DIR_MODE);

    *out = NULL;
    if (rc < 0)
        return complain(why, rc, rrd, "check station.data and its rights",
                        "cannot make the directory: %s", strerror(-rc));
    struct keeper *k = mem_new(struct keeper);
    k->base = base;
    k->dir = mem_text(data_dir);
    k->backoff_ms = BACKOFF_MIN_MS;
    k->start = event_new(base, -1, 0, on_start, k);
    assert(k->start != NULL); /* fails only without memory */
    schedule(k, 0);
    *out = k;
    return 0;
}
