#include "station/series_drawer.h"

#include "base/mem.h"
#include "station/child.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

/* It is ended after so many questions, so that no leak lasts, and when nobody
 * asks. */
enum { ASKED_MAX = 1000, IDLE_MAX_S = 60 };
static const uint64_t MEMORY_MAX = (uint64_t)1 << 30;

struct drawer {
    struct event_base *base;
    struct buffer cache; /* "XDG_CACHE_HOME=..." */
    struct child *child; /* NULL: it does not run */
    unsigned asked;      /* of this child */
    struct event *ended, *late, *idle;
    struct timeval limit; /* of an answer */
    drawer_fn done;       /* NULL: nothing is asked */
    void *arg;
    struct talk answer;
    int result; /* while the end is to be told */
    bool over;  /* it is to be told */
    char why[512];
};

static void stop(struct drawer *d)
{
    child_stop(d->child, 0);
    d->child = NULL;
    d->asked = 0;
}

/* Tells the end from the loop; the first one holds. */
static void end(struct drawer *d, int result, const char *why)
{
    if (d->done == NULL || d->over)
        return;
    d->over = true;
    d->result = result;
    (void)snprintf(d->why, sizeof d->why, "%s", why);
    (void)event_del(d->late);
    event_active(d->ended, 0, 0);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval idle = {.tv_sec = IDLE_MAX_S};
    struct drawer *d = arg;
    drawer_fn done = d->done;
    struct talk answer = d->answer;
    char why[sizeof d->why];

    (void)fd;
    (void)what;
    memcpy(why, d->why, sizeof why);
    d->answer = (struct talk){0};
    d->done = NULL;
    d->over = false;
    if ((d->result < 0 && d->result != -EREMOTEIO) || d->asked >= ASKED_MAX)
        stop(d);
    else
        (void)event_add(d->idle, &idle); /* fails only without memory */
    done(d->arg, d->result, &answer, why);
    talk_clear(&answer);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    end(arg, -ETIMEDOUT, "rrdtool took too long");
}

static void on_idle(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    stop(arg);
}

static void on_said(void *arg, struct bytes output)
{
    struct drawer *d = arg;

    if (d->done == NULL || d->over)
        return;
    switch (talk_take(&d->answer, output)) {
    case TALK_MORE:
        break;
    case TALK_DONE:
        end(d, 0, "");
        break;
    case TALK_FAILED:
        end(d, -EREMOTEIO, d->answer.error);
        break;
    case TALK_BROKEN:
        end(d, -EBADMSG, "rrdtool cannot be understood");
        break;
    }
}

static void on_child_ended(void *arg, const struct child_end *ended)
{
    struct drawer *d = arg;

    d->child = NULL;
    d->asked = 0;
    (void)event_del(d->idle);
    end(d, -EIO,
        ended->errors[0] != '\0' ? ended->errors
                                 : "rrdtool ended; install rrdtool");
}

static int start(struct drawer *d)
{
    static const char *const argv[] = {"rrdtool", "-", NULL};
    const char *env[] = {d->cache.at, "LC_ALL=C.UTF-8", NULL};
    struct child_options options = {
        .argv = argv, .env = env, .memory_max = MEMORY_MAX, .said = on_said};

    return child_start(d->base, &options, on_child_ended, d, &d->child);
}

void drawer_ask(struct drawer *d, const struct picture_argv *argv,
                drawer_fn done, void *arg)
{
    struct buffer OWNED_BUFFER text = {0};

    assert(d->done == NULL && done != NULL);
    d->done = done;
    d->arg = arg;
    (void)event_del(d->idle);
    if (d->child == NULL && start(d) < 0) {
        end(d, -EIO, "rrdtool cannot be started; install rrdtool");
        return;
    }
    d->asked++;
    (void)event_add(d->late, &d->limit); /* fails only without memory */
    talk_command(argv, &text);
    child_say(d->child, buffer_view(&text));
}

bool drawer_is_free(const struct drawer *d)
{
    return d->done == NULL;
}

void drawer_restart(struct drawer *d)
{
    assert(d->done == NULL);
    (void)event_del(d->idle);
    stop(d);
}

void drawer_free(struct drawer *d)
{
    if (d == NULL)
        return;
    stop(d);
    event_free(d->ended);
    event_free(d->late);
    event_free(d->idle);
    talk_clear(&d->answer);
    buffer_fini(&d->cache);
    free(d);
}

struct drawer *drawer_new(struct event_base *base, const char *cache_dir,
                          int64_t limit_ms)
{
    struct drawer *d = mem_new(struct drawer);

    d->base = base;
    d->limit = (struct timeval){.tv_sec = limit_ms / 1000,
                                .tv_usec = limit_ms % 1000 * 1000};
    buffer_format(&d->cache, "XDG_CACHE_HOME=%s", cache_dir);
    d->ended = event_new(base, -1, 0, on_end, d);
    d->late = event_new(base, -1, 0, on_late, d);
    d->idle = event_new(base, -1, 0, on_idle, d);
    /* fail only without memory */
    assert(d->ended != NULL && d->late != NULL && d->idle != NULL);
    return d;
}
