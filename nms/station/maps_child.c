#include "station/maps_child.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WORDS_MAX = 400,  /* octets kept of what it says */
    REAP_MS = 5,      /* between looks for its end */
    REAP_TRIES = 1000 /* then it is ended */
};

struct maps_child {
    struct event_base *base;
    pid_t pid;
    struct bufferevent *in, *out, *err; /* its standard streams */
    struct event *limit, *reap;
    size_t output_max;
    struct buffer output, words;
    unsigned tries;
    int result;
    maps_child_fn done;
    void *arg;
};

/* A child's standard streams: mine are close-on-exec and do not block. */
struct pipes {
    int mine[3], its[3];
};

static void pipes_close(int ends[3])
{
    for (int i = 0; i < 3; i++)
        if (ends[i] >= 0) {
            (void)close(ends[i]);
            ends[i] = -1;
        }
}

static int pipes_open(struct pipes *p)
{
    *p = (struct pipes){{-1, -1, -1}, {-1, -1, -1}};
    for (int i = 0; i < 3; i++) {
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0) {
            int rc = -errno;

            pipes_close(p->mine);
            pipes_close(p->its);
            return rc;
        }
        p->mine[i] = ends[i == 0];
        p->its[i] = ends[i != 0];
        (void)fcntl(p->mine[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

static int spawn(const struct maps_call *call, const struct pipes *p,
                 pid_t *pid)
{
    static char locale[] = "LC_ALL=C.UTF-8", path[] = "PATH=/usr/bin:/bin";
    char *environment[] = {locale, path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    for (int i = 0; i < 3; i++)
        (void)posix_spawn_file_actions_adddup2(&actions, p->its[i], i);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &all);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    int rc =
        posix_spawnp(pid, call->program, &actions, &attributes,
                     (char *const *)(uintptr_t)call->arguments, environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return -rc;
}

static void stream_free(struct bufferevent **stream)
{
    if (*stream != NULL)
        bufferevent_free(*stream);
    *stream = NULL;
}

/* Its last words, that the loop did not bring yet. */
static void hear_rest(struct maps_child *c)
{
    char rest[WORDS_MAX];
    ssize_t len =
        c->err != NULL ? read(bufferevent_getfd(c->err), rest, sizeof rest) : 0;

    if (len > 0 && c->words.len < WORDS_MAX)
        buffer_add(&c->words, rest, (size_t)len);
}

/* Ended: what it left is judged, and whoever asked is told. */
static void finish(struct maps_child *c, int status)
{
    struct buffer OWNED_BUFFER words = {0};
    struct bytes none = {NULL, 0};

    c->pid = 0;
    hear_rest(c);
    if (c->result == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        c->result = -EIO;
    text_safe(buffer_view(&c->words), NULL, false, WORDS_MAX, &words);
    if (words.len == 0 && WIFSIGNALED(status))
        buffer_format(&words, "the drawing process ended by signal %d",
                      WTERMSIG(status));
    buffer_text(&words, "");
    c->done(c->arg, c->result, c->result == 0 ? buffer_view(&c->output) : none,
            words.at);
}

static void reap_soon(struct maps_child *c)
{
    static const struct timeval wait = {0, REAP_MS * 1000};

    (void)event_add(c->reap, &wait);
}

static void on_reap(evutil_socket_t fd, short what, void *arg)
{
    struct maps_child *c = arg;
    int status = 0;

    (void)fd;
    (void)what;
    pid_t got = waitpid(c->pid, &status, WNOHANG);
    if (got == 0) {
        if (++c->tries == REAP_TRIES)
            (void)kill(c->pid, SIGKILL);
        reap_soon(c);
        return;
    }
    finish(c, status); /* may free c */
}

/* No more of it is wanted. */
static void stop(struct maps_child *c, int result)
{
    if (c->result == 0)
        c->result = result;
    if (result != 0)
        (void)kill(c->pid, SIGKILL);
    (void)event_del(c->limit);
    stream_free(&c->in);
    stream_free(&c->out);
    reap_soon(c);
}

static void on_limit(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    stop(arg, -ETIMEDOUT);
}

/* Moves what arrived; what is beyond limit is dropped, and false. */
static bool take(struct bufferevent *from, struct buffer *to, size_t limit)
{
    struct evbuffer *input = bufferevent_get_input(from);
    size_t len = evbuffer_get_length(input);
    size_t room = to->len < limit ? limit - to->len : 0;
    size_t taken = len < room ? len : room;

    if (taken > 0)
        buffer_add(to, evbuffer_pullup(input, (ev_ssize_t)taken), taken);
    (void)evbuffer_drain(input, len);
    return len <= room;
}

static void on_output(struct bufferevent *stream, void *arg)
{
    struct maps_child *c = arg;

    if (!take(stream, &c->output, c->output_max))
        stop(c, -EFBIG);
}

static void on_words(struct bufferevent *stream, void *arg)
{
    struct maps_child *c = arg;

    (void)take(stream, &c->words, WORDS_MAX);
}

static void on_written(struct bufferevent *stream, void *arg)
{
    struct maps_child *c = arg;

    (void)stream;
    stream_free(&c->in); /* its end of file */
}

static void on_input_event(struct bufferevent *stream, short what, void *arg)
{
    (void)what;
    on_written(stream, arg); /* it stopped reading: its status tells */
}

static void on_output_event(struct bufferevent *stream, short what, void *arg)
{
    struct maps_child *c = arg;

    (void)what;
    (void)take(stream, &c->output, c->output_max);
    stop(c, 0);
}

static void on_words_event(struct bufferevent *stream, short what, void *arg)
{
    struct maps_child *c = arg;

    (void)what;
    (void)take(stream, &c->words, WORDS_MAX);
    (void)bufferevent_disable(stream, EV_READ);
}

static struct bufferevent *stream_new(struct maps_child *c, int fd,
                                      bufferevent_data_cb read,
                                      bufferevent_data_cb write,
                                      bufferevent_event_cb event)
{
    struct bufferevent *b =
        bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);

    if (b == NULL) {
        (void)close(fd);
        return NULL;
    }
    bufferevent_setcb(b, read, write, event, c);
    (void)bufferevent_disable(b, EV_READ | EV_WRITE);
    (void)bufferevent_enable(b, read != NULL ? EV_READ : EV_WRITE);
    return b;
}

static void streams_new(struct maps_child *c, const struct pipes *p,
                        struct bytes input)
{
    c->in = stream_new(c, p->mine[0], NULL, on_written, on_input_event);
    c->out = stream_new(c, p->mine[1], on_output, NULL, on_output_event);
    c->err = stream_new(c, p->mine[2], on_words, NULL, on_words_event);
    if (c->in != NULL)
        (void)bufferevent_write(c->in, input.at, input.len);
}

int maps_child_new(struct event_base *base, const struct maps_call *call,
                   maps_child_fn done, void *arg, struct maps_child **out)
{
    struct timeval limit = {call->limit_ms / 1000,
                            call->limit_ms % 1000 * 1000};
    struct pipes pipes;
    pid_t pid;
    int rc = pipes_open(&pipes);

    *out = NULL;
    if (rc < 0)
        return rc;
    rc = spawn(call, &pipes, &pid);
    pipes_close(pipes.its);
    if (rc < 0) {
        pipes_close(pipes.mine);
        return rc;
    }
    struct maps_child *c = mem_new(struct maps_child);
    c->base = base;
    c->pid = pid;
    c->output_max = call->output_max;
    c->done = done;
    c->arg = arg;
    c->limit = evtimer_new(base, on_limit, c);
    c->reap = evtimer_new(base, on_reap, c);
    streams_new(c, &pipes, call->input);
    (void)evtimer_add(c->limit, &limit);
    *out = c;
    return 0;
}

void maps_child_free(struct maps_child *c)
{
    if (c == NULL)
        return;
    stream_free(&c->in);
    stream_free(&c->out);
    stream_free(&c->err);
    event_free(c->limit);
    event_free(c->reap);
    if (c->pid > 0) {
        (void)kill(c->pid, SIGKILL);
        (void)waitpid(c->pid, NULL, 0); /* killed: at once */
    }
    buffer_fini(&c->output);
    buffer_fini(&c->words);
    free(c);
}
