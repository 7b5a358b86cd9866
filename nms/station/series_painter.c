#include "station/series_painter.h"

#include "base/clock.h"
#include "base/mem.h"
#include "station/child.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <event2/event.h>

enum { AT_ONCE_MAX = 2, QUEUE_MAX = 128, TIME_MAX_MS = 20000 };
enum { PICTURE_OCTETS_MAX = 16 << 20 };
static const uint64_t MEMORY_MAX = (uint64_t)1 << 30;

struct drawing {
    struct drawing *next;
    struct painter *painter;
    struct picture picture;
    char *path, *title, *unit;
    struct picture_gap *gaps;
    series_picture_fn done; /* NULL: forgotten */
    void *arg;
    struct child *child; /* NULL: it waits */
};

struct painter {
    struct event_base *base;
    char *root, *daemon;
    struct buffer cache; /* "XDG_CACHE_HOME=..." */
    struct event *turn;
    struct drawing *first, **last; /* in order of asking, under way or not */
    size_t count, running;
};

static void start_turn(struct painter *p)
{
    static const struct timeval at_once = {0};

    (void)event_add(p->turn, &at_once); /* fails only without memory */
}

static void unlink_drawing(struct drawing *d)
{
    struct painter *p = d->painter;
    struct drawing **at = &p->first;

    while (*at != d)
        at = &(*at)->next;
    *at = d->next;
    if (p->last == &d->next)
        p->last = at;
    p->count--;
}

static struct picture_gap *copy_gaps(const struct picture_gap *from,
                                     size_t count)
{
    struct picture_gap *gaps = mem_array(count, sizeof *gaps);

    for (size_t i = 0; i < count; i++)
        gaps[i] = (struct picture_gap){from[i].from_s, from[i].to_s,
                                       mem_text(from[i].reason)};
    return gaps;
}

static void drawing_free(struct drawing *d)
{
    for (size_t i = 0; i < d->picture.gap_count; i++)
        free((char *)d->gaps[i].reason);
    free(d->gaps);
    free(d->path);
    free(d->title);
    free(d->unit);
    free(d);
}

/* Ends a drawing that has no process any more. */
static void tell(struct drawing *d, int result, struct bytes picture,
                 const char *why)
{
    unlink_drawing(d);
    start_turn(d->painter);
    if (d->done != NULL)
        d->done(d->arg, result, picture, why);
    drawing_free(d);
}

static void fail(struct drawing *d, int result, const char *why)
{
    tell(d, result, (struct bytes){0}, why);
}

static void on_ended(void *arg, const struct child_end *end)
{
    struct drawing *d = arg;

    d->child = NULL;
    d->painter->running--;
    if (end->result == -ETIMEDOUT)
        fail(d, -ETIMEDOUT, "rrdtool took too long");
    else if (end->result == 0 && end->status == 0 && end->output.len > 0)
        tell(d, 0, end->output, NULL);
    else if (strstr(end->errors, "No such file") != NULL)
        fail(d, -ENOENT, "there is no such series yet");
    else
        fail(d, -EIO, end->errors[0] != '\0' ? end->errors : "rrdtool failed");
}

/* Starts one. False if it cannot be; then it is told. */
static void start(struct painter *p, struct drawing *d)
{
    OWNED(picture_argv_free)
    struct picture_argv *argv =
        picture_arguments(&d->picture, p->root, p->daemon);
    const char *env[] = {p->cache.at, NULL};
    struct child_options options = {.argv = (const char *const *)argv->at,
                                    .env = env,
                                    .output_max = PICTURE_OCTETS_MAX,
                                    .time_max_ms = TIME_MAX_MS,
                                    .memory_max = MEMORY_MAX};

    int rc = child_start(p->base, &options, on_ended, d, &d->child);
    if (rc < 0)
        fail(d, -EIO, "rrdtool cannot be started; install rrdtool");
    else
        p->running++;
}

/* The first that has not begun, NULL if there is none. */
static struct drawing *next_waiting(struct painter *p)
{
    struct drawing *d = p->first;

    while (d != NULL && d->child != NULL)
        d = d->next;
    return d;
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct painter *p = arg;
    struct drawing *d;

    (void)fd;
    (void)what;
    while (p->running < AT_ONCE_MAX && (d = next_waiting(p)) != NULL) {
        if (p->count > QUEUE_MAX)
            fail(d, -EBUSY, "too many pictures are asked for at once");
        else if (d->done == NULL)
            fail(d, -ECANCELED, NULL);
        else if (!layout_path_is_ours(d->path))
            fail(d, -ENOENT, "this is no path of a series");
        else
            start(p, d);
    }
}

void painter_draw(struct painter *p, const struct picture *picture,
                  series_picture_fn done, void *arg)
{
    struct drawing *d = mem_new(struct drawing);

    assert(done != NULL);
    d->painter = p;
    d->picture = *picture;
    d->picture.path = d->path = mem_text(picture->path);
    d->picture.title = d->title = mem_text(picture->title);
    d->picture.unit = d->unit = mem_text(picture->unit);
    d->picture.gaps = d->gaps = copy_gaps(picture->gaps, picture->gap_count);
    d->done = done;
    d->arg = arg;
    *p->last = d;
    p->last = &d->next;
    p->count++;
    start_turn(p);
}

void painter_forget(struct painter *p, const void *arg)
{
    for (struct drawing *d = p->first; d != NULL; d = d->next)
        if (d->arg == arg)
            d->done = NULL;
}

void painter_free(struct painter *p)
{
    if (p == NULL)
        return;
    while (p->first != NULL) {
        child_stop(p->first->child, 0);
        fail(p->first, -ECANCELED, "the station ends");
    }
    event_free(p->turn);
    buffer_fini(&p->cache);
    free(p->root);
    free(p->daemon);
    free(p);
}

struct painter *painter_new(struct event_base *base, const char *root,
                            const char *daemon, const char *cache_dir)
{
    struct painter *p = mem_new(struct painter);

    p->base = base;
    p->root = mem_text(root);
    p->daemon = mem_text(daemon);
    buffer_format(&p->cache, "XDG_CACHE_HOME=%s", cache_dir);
    p->last = &p->first;
    p->turn = event_new(base, -1, 0, on_turn, p);
    assert(p->turn != NULL); /* fails only without memory */
    return p;
}
